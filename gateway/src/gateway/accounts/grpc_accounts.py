"""AccountService: operators and `sejour load` make accounts and keys; a port of its own, never public."""

import re
from datetime import UTC
from uuid import UUID

from chassis.actor import OPERATOR, Scope, current_actor
from chassis.clock import Clock
from chassis.errors import FieldError, Malformed
from chassis.ids import new_token
from chassis.requests import hash_request, parse_request_id
from chassis.tracing import trace_id
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.gateway.v1 import account_service_pb2 as pb
from sejour.gateway.v1 import account_service_pb2_grpc

from gateway.accounts.audit import Entry
from gateway.accounts.keys import LEAST_KEY, WidgetKey, Write
from gateway.accounts.store import Accounts

_EVENT = re.compile(r"[a-z_.]{1,60}")
_MOST_ENTRIES = 1000
_ROLES = {
    pb.ACCOUNT_ROLE_OWNER: "owner",
    pb.ACCOUNT_ROLE_HELPER: "helper",
    pb.ACCOUNT_ROLE_ACCOUNTANT: "accountant",
    pb.ACCOUNT_ROLE_LABEL: "label",
    pb.ACCOUNT_ROLE_OPERATOR: "operator",
}


def _id(value: str, field: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Malformed(fields=[FieldError(field, "NOT_A_UUID")]) from None


def _maybe_id(value: str, field: str) -> UUID | None:
    return _id(value, field) if value else None


class GrpcAccounts(account_service_pb2_grpc.AccountServiceServicer):
    """Translates calls of operators into the store."""

    def __init__(self, accounts: Accounts, clock: Clock) -> None:
        self._accounts = accounts
        self._clock = clock

    def _entry(self, event: str, about: str) -> Entry:
        return Entry(
            at=self._clock(), event=event, actor=current_actor().account, subject=OPERATOR, about=about,
            request_id=trace_id(),
        )  # fmt: skip

    async def CreateAccount(
        self, request: pb.CreateAccountRequest, _context: object
    ) -> pb.CreateAccountResponse:
        """Makes an account or gives an existing one another role."""
        Scope.current().require(OPERATOR)
        role = _ROLES.get(request.role)
        if role is None or "@" not in request.email:
            raise Malformed(fields=[FieldError("role" if role is None else "email", "BAD_VALUE")])
        subject = None if role == "operator" else _id(request.subject_id, "subject_id")
        account_id = await self._accounts.open_account(
            role,
            email=request.email,
            password=request.password,
            display_name=request.display_name,
            subject_id=subject,
            supplier_no=request.supplier_no or None,
            now=self._clock(),
            note=lambda made: self._entry(
                "account.made", f"account:{made} {role} {request.subject_id}".rstrip()
            ),
        )
        return pb.CreateAccountResponse(account_id=str(account_id))

    async def CreateApiKey(
        self, request: pb.CreateApiKeyRequest, _context: object
    ) -> pb.CreateApiKeyResponse:
        """Makes an API key, shown once."""
        Scope.current().require(OPERATOR)
        key = request.key or f"sk_{new_token()}{new_token()}"
        if len(key) < LEAST_KEY:
            raise Malformed(fields=[FieldError("key", "TOO_SHORT")])
        await self._accounts.create_api_key(
            name=request.name,
            key=key,
            scopes=list(request.scopes),
            owner_ids=[_id(each, "owner_ids") for each in request.owner_ids],
            label_ids=[_id(each, "label_ids") for each in request.label_ids],
            now=self._clock(),
            note=self._entry("key.made", f"{request.name}: {' '.join(sorted(request.scopes))}"),
        )
        return pb.CreateApiKeyResponse(key=key)

    async def CreateWidgetKey(
        self, request: pb.CreateWidgetKeyRequest, _context: object
    ) -> pb.CreateWidgetKeyResponse:
        """Makes a public widget key."""
        Scope.current().require(OPERATOR)
        wanted = WidgetKey(
            key=request.key,
            owner_id=_maybe_id(request.owner_id, "owner_id"),
            label_id=_maybe_id(request.label_id, "label_id"),
            origins=tuple(request.origins),
        )
        write = None
        if request.request_id or not request.key:
            write = Write(parse_request_id(request.request_id), hash_request(request))
        key = await self._accounts.create_widget_key(
            wanted, write=write, now=self._clock(), note=lambda key: self._entry("key.made", f"widget {key}")
        )
        return pb.CreateWidgetKeyResponse(key=key)

    async def RecordAudit(self, request: pb.RecordAuditRequest, _context: object) -> pb.RecordAuditResponse:
        """Notes what an operator did elsewhere."""
        Scope.current().require(OPERATOR)
        if not _EVENT.fullmatch(request.event):
            raise Malformed(fields=[FieldError("event", "BAD_VALUE")])
        await self._accounts.audit.record(self._entry(request.event, request.about))
        return pb.RecordAuditResponse()

    async def ListAudit(self, request: pb.ListAuditRequest, _context: object) -> pb.ListAuditResponse:
        """Returns the newest rows first."""
        Scope.current().require(OPERATOR)
        if not 0 <= request.limit <= _MOST_ENTRIES:
            raise Malformed(fields=[FieldError("limit", "OUT_OF_RANGE")])
        found = await self._accounts.audit.entries(
            since=request.since.ToDatetime(UTC) if request.HasField("since") else None,
            event=request.event,
            actor=request.actor,
            about=request.about,
            limit=request.limit or 100,
        )
        return pb.ListAuditResponse(entries=[_entry(each) for each in found])


def _entry(entry: Entry) -> pb.AuditEntry:
    at = Timestamp()
    at.FromDatetime(entry.at)
    return pb.AuditEntry(
        at=at, event=entry.event, actor=entry.actor, outcome=entry.outcome, subject=entry.subject,
        about=entry.about, household=entry.household, request_id=entry.request_id,
    )  # fmt: skip
