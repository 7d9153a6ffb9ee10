"""Loads accounts and keys at the gateway; returns what `demo.json` tells of them."""

from __future__ import annotations

from typing import Any

from chassis.ids import new_id
from sejour.gateway.v1 import account_service_pb2 as calls

from sejour_local.load import model
from sejour_local.load.services import Services

_ROLES = {
    "owner": calls.ACCOUNT_ROLE_OWNER,
    "helper": calls.ACCOUNT_ROLE_HELPER,
    "accountant": calls.ACCOUNT_ROLE_ACCOUNTANT,
}


async def load_accounts(
    data: model.DataFile, labels: dict[str, str], owners: dict[int, str], services: Services
) -> dict[str, Any]:
    """Makes accounts and keys (both idempotent at the gateway); the first of each role is told."""
    accounts: dict[str, dict[str, str]] = {}
    for one in data.operators:
        await services.accounts.CreateAccount(
            calls.CreateAccountRequest(
                email=one.email,
                password=one.password,
                display_name=one.display_name,
                role=calls.ACCOUNT_ROLE_OPERATOR,
            )
        )
        accounts.setdefault("operator", {"login": one.email, "password": one.password})
    for label in data.labels:
        for somebody in label.accounts:
            await services.accounts.CreateAccount(
                calls.CreateAccountRequest(
                    email=somebody.email,
                    password=somebody.password,
                    display_name=somebody.display_name,
                    role=calls.ACCOUNT_ROLE_LABEL,
                    subject_id=labels[label.slug],
                )
            )
            accounts.setdefault("label", {"login": somebody.email, "password": somebody.password})
    for owner in data.owners:
        for account in owner.accounts:
            await services.accounts.CreateAccount(
                calls.CreateAccountRequest(
                    email=account.email,
                    password=account.password,
                    display_name=account.display_name,
                    role=_ROLES[account.role],
                    subject_id=owners[owner.supplier_no],
                    supplier_no=owner.supplier_no,
                )
            )
            login = {"login": str(owner.supplier_no), "email": account.email, "password": account.password}
            accounts.setdefault("owner", login)
            accounts.setdefault(f"owner_{owner.supplier_no}", login)
    return {"accounts": accounts, "keys": await _keys(data, labels, owners, services)}


async def _keys(
    data: model.DataFile, labels: dict[str, str], owners: dict[int, str], services: Services
) -> dict[str, str]:
    keys: dict[str, str] = {}
    for key in data.api_keys:
        made = await services.accounts.CreateApiKey(
            calls.CreateApiKeyRequest(
                name=key.name,
                scopes=key.scopes,
                owner_ids=[owners[number] for number in key.owners],
                label_ids=[labels[slug] for slug in key.labels],
            )
        )
        keys[key.name] = made.key
        if key.role:
            keys["api_key" if key.role == "owner" else "partner_key"] = made.key
    for widget in data.widget_keys:
        made = await services.accounts.CreateWidgetKey(
            calls.CreateWidgetKeyRequest(
                request_id=str(new_id()),
                key=widget.key,
                owner_id=owners[widget.owner] if widget.owner is not None else "",
                label_id=labels[widget.label] if widget.label is not None else "",
                origins=widget.origins,
            )
        )
        keys.setdefault("widget_key", made.key)
    return keys
