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
        login = await _made(services, one, role=calls.ACCOUNT_ROLE_OPERATOR)
        accounts.setdefault("operator", login)
    for label in data.labels:
        for one in label.accounts:
            login = await _made(services, one, role=calls.ACCOUNT_ROLE_LABEL, subject_id=labels[label.slug])
            accounts.setdefault("label", login)
    for owner in data.owners:
        number = owner.supplier_no
        for account in owner.accounts:
            login = await _made(
                services,
                account,
                role=_ROLES[account.role],
                subject_id=owners[number],
                supplier_no=number,
            )
            login = {**login, "login": str(number), "email": account.email}
            accounts.setdefault("owner", login)
            accounts.setdefault(f"owner_{number}", login)
    return {"accounts": accounts, "keys": await _keys(data, labels, owners, services)}


async def _made(services: Services, one: model.LabelAccount, **rights: Any) -> dict[str, str]:
    """Makes an account; how its person signs in."""
    await services.accounts.CreateAccount(
        calls.CreateAccountRequest(
            email=one.email, password=one.password, display_name=one.display_name, **rights
        )
    )
    return {"login": one.email, "password": one.password}


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
