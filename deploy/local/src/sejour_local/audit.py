"""`sejour audit`: who did what and when, for the operator; the gateway keeps the rows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from chassis.errors import RemoteError
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.gateway.v1 import account_service_pb2 as calls

from sejour_local.load.services import Services, services
from sejour_local.places import Places
from sejour_local.sentences import CannotStart

ZONE = ZoneInfo("Europe/Paris")


def print_audit(places: Places, *, since: str, event: str, actor: str, about: str, limit: int) -> int:
    """Prints the rows, oldest first, one a line, fields parted by tabs.

    Raises:
        CannotStart: the day cannot be read, or nothing runs there.

    """
    request = calls.ListAuditRequest(event=event, actor=actor, about=about, limit=limit)
    if since:
        request.since.CopyFrom(_instant(since))

    async def run() -> calls.ListAuditResponse:
        async with services(places) as connected:
            answer: calls.ListAuditResponse = await connected.accounts.ListAudit(request)
            return answer

    try:
        found = asyncio.run(run())
    except RemoteError as error:
        raise CannotStart(f"The audit could not be read: {error.reason}.") from error
    for entry in reversed(found.entries):
        at = entry.at.ToDatetime(UTC).astimezone(ZONE)
        row = (
            f"{at:%Y-%m-%d %H:%M:%S}", entry.event, entry.outcome, entry.actor, entry.subject, entry.about,
            entry.household, entry.request_id,
        )  # fmt: skip
        print("\t".join(each or "-" for each in row))
    return 0


def _instant(text: str) -> Timestamp:
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise CannotStart(
            f"« {text} » is no day or time: write « 2026-03-01 » or « 2026-03-01 10:00 »."
        ) from None
    stamp = Timestamp()
    stamp.FromDatetime(day if day.tzinfo else day.replace(tzinfo=ZONE))
    return stamp


async def note(connected: Services, event: str, about: str) -> None:
    """Notes what an operator does by himself, such as an export, before it is done."""
    await connected.accounts.RecordAudit(calls.RecordAuditRequest(event=event, about=about))
