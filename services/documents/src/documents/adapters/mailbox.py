"""Mail tasks in PostgreSQL. A task is unique by file, revision, kind and recipient; M17 by request id."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis import inbox, requests
from chassis.actor import Scope
from chassis.clock import Clock
from chassis.database import Database
from chassis.ids import new_id
from chassis.logging import get_logger
from prometheus_client import Counter, Gauge
from sejour.documents.v1 import documents_events_pb2 as events_pb
from sejour.documents.v1 import documents_service_pb2 as pb
from sqlalchemy import Row

from documents.adapters import repository
from documents.adapters.queries import mail_state, mail_to_pb
from documents.application.ports import WaitingMail, WrittenMail
from documents.domain.mail_plan import Audience, BookingNews, PlannedMail, Variant

log = get_logger()

LEASE = timedelta(minutes=2)
CONSUMER = "mails"
"""Whose events the inbox remembers."""
_WRITTEN = "M17"
_SYSTEM = Scope.system("documents")
_NO_FILE = frozenset({Variant.PROPOSAL, Variant.ASKED_AGAIN, Variant.PAYPAL})

MAILS_ENDED = Counter(
    "sejour_mails_ended_total",
    "Mails by kind and end. REFUSED: look at the failure in the file's journal. IN_DOUBT: ask the owner.",
    ["kind", "state"],
)
OLDEST_MAIL = Gauge(
    "sejour_mail_oldest_seconds",
    "How long the oldest due mail has waited. When it grows, look at the mail server, then the log.",
)
WITHOUT_DOCUMENTS = Gauge(
    "sejour_bookings_confirmed_without_documents",
    "Confirmed files whose documents are not out after 10 minutes. Must be 0: read the log of `mail`.",
)


class PostgresMailbox:
    """`application.ports.Mailbox` on PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def plan(self, found: Sequence[tuple[PlannedMail, str]], news: BookingNews) -> int:
        """Writes planned mails with their recipients, once per event; answers how many are new.

        A repeat under another event, or asked for without one, changes nothing either: tasks are unique.
        """
        now, booking_id, event_id, new = self._clock(), UUID(news.booking_id), news.event_id, 0
        async with self._database.transaction() as session:
            if event_id is not None and await inbox.seen(session, CONSUMER, event_id, now=now):
                return 0
            for planned, recipient in found:
                if planned.once_per_file and await repository.has_mail(session, booking_id, planned.kind):
                    continue
                new += await repository.add_mail(
                    session,
                    {
                        "booking_id": booking_id,
                        "owner_id": UUID(news.owner_id),
                        "revision": news.revision,
                        "kind": planned.kind,
                        "variant": planned.variant,
                        "audience": planned.audience,
                        "recipient": recipient,
                        "planned_end": news.hold_expires_at,
                        "due_at": planned.due_at,
                        "created_at": now,
                    },
                )
        return new

    async def drop_reminders(self, booking_id: UUID, *, before_revision: int) -> None:
        """Drops the waiting reminders (M05) of earlier revisions."""
        async with self._database.transaction() as session:
            await repository.drop_waiting(session, booking_id, "M05", before_revision)

    async def with_mail(self, booking_ids: Sequence[UUID], kind: str) -> set[UUID]:
        """Those files to which a mail of this kind was planned and not dropped."""
        async with self._database.transaction() as session:
            return await repository.with_mail(session, booking_ids, kind)

    async def lease(self, limit: int) -> list[WaitingMail]:
        """Mails that are due."""
        async with self._database.transaction() as session:
            rows = await repository.lease_due_mails(session, now=self._clock(), lease=LEASE, limit=limit)
        return [_waiting(row) for row in sorted(rows, key=lambda row: (row.due_at, row.id))]

    async def begin(self, mail: WaitingMail, subject: str, document_ids: Sequence[UUID]) -> bool:
        """Notes that a mail is about to be handed over; False when somebody else did."""
        async with self._database.transaction() as session:
            return await repository.move_mail(
                session,
                mail.id,
                only_from="WAITING",
                attempts=mail.attempts,
                state="SENDING",
                subject=subject,
                document_ids=list(document_ids),
                leased_until=self._clock() + LEASE,
            )

    async def end(self, mail: WaitingMail, state: str, failure: str = "") -> None:
        """Notes `SENT`, `REFUSED`, `IN_DOUBT` or `DROPPED`, and publishes it."""
        now = self._clock()
        values: dict[str, Any] = {"state": state, "failure": failure, "leased_until": None}
        if state == "SENT":
            values["sent_at"] = now
        async with self._database.transaction() as session:
            moved = any(
                [
                    await repository.move_mail(
                        session, mail.id, only_from=before, attempts=mail.attempts, **values
                    )
                    for before in ("SENDING", "WAITING")
                ]
            )
            if not moved:
                return
            if state == "SENT":
                row = await repository.mail(session, _SYSTEM, mail.id)
                await repository.mark_sent(session, row.document_ids if row else (), now)
            if state != "DROPPED":
                await repository.publish(
                    session,
                    events_pb.MailEnded(
                        mail_id=str(mail.id),
                        booking_id="" if mail.variant in _NO_FILE else str(mail.booking_id),
                        owner_id=str(mail.owner_id),
                        kind=mail.kind,
                        state=mail_state(state),
                    ),
                    key=mail.booking_id,
                    now=now,
                )
        MAILS_ENDED.labels(mail.kind, state).inc()
        log.info("mail_ended", mail_id=str(mail.id), kind=mail.kind, state=state, failure=failure)

    async def later(self, mail: WaitingMail, due_at: datetime, failure: str) -> None:
        """Puts a mail back, unless another worker has it by now."""
        values = {"state": "WAITING", "due_at": due_at, "leased_until": None, "failure": failure}
        async with self._database.transaction() as session:
            for before in ("SENDING", "WAITING"):
                await repository.move_mail(
                    session, mail.id, only_from=before, attempts=mail.attempts, **values
                )
        log.info("mail_later", mail_id=str(mail.id), kind=mail.kind, failure=failure)

    async def doubt_the_lost(self) -> int:
        """Ends as `IN_DOUBT` the mails whose worker died while sending."""
        async with self._database.transaction() as session:
            rows = await repository.mails_left_sending(session, self._clock())
        for row in rows:
            await self.end(_waiting(row), "IN_DOUBT", "WORKER_LOST")
        return len(rows)

    async def write(self, request_id: UUID, body_hash: bytes, written: WrittenMail) -> pb.Mail:
        """Queues a mail of the owner, once per request id."""
        now, mail_id = self._clock(), new_id()
        async with self._database.transaction() as session:
            previous = await requests.claim(
                session, request_id, method="SendDocuments", body_hash=body_hash, now=now
            )
            if previous is not None and previous.resource_id:
                mail_id = UUID(previous.resource_id)
            else:
                await repository.add_mail(
                    session,
                    {
                        "id": mail_id,
                        "booking_id": written.booking_id,
                        "owner_id": written.owner_id,
                        "revision": 0,
                        "kind": _WRITTEN,
                        "variant": written.variant,
                        "audience": Audience.GUEST,
                        "recipient": written.recipient,
                        "subject": written.subject,
                        "body": written.body,
                        "document_ids": list(written.document_ids),
                        "due_at": now,
                        "created_at": now,
                    },
                )
                await requests.finish(session, request_id, mail_id)
            row = await repository.mail(session, _SYSTEM, mail_id)
        if row is None:
            raise LookupError(mail_id)
        return mail_to_pb(row)

    async def get(self, scope: Scope, mail_id: UUID) -> pb.Mail | None:
        """One mail."""
        async with self._database.transaction() as session:
            row = await repository.mail(session, scope, mail_id)
        return None if row is None else mail_to_pb(row)

    async def of_booking(
        self, scope: Scope, booking_id: UUID, *, before: UUID | None, limit: int
    ) -> list[pb.Mail]:
        """Mails of a file, newest first."""
        async with self._database.transaction() as session:
            rows = await repository.mails_of(session, scope, booking_id, before=before, limit=limit)
        return [mail_to_pb(row) for row in rows]

    async def measure(self) -> None:
        """Sets the gauges of the promise (a job)."""
        now = self._clock()
        async with self._database.transaction() as session:
            oldest, without = await repository.oldest_waiting(session, now)
        OLDEST_MAIL.set(max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
        WITHOUT_DOCUMENTS.set(without)


def _waiting(row: Row[Any]) -> WaitingMail:
    return WaitingMail(
        id=row.id,
        booking_id=row.booking_id,
        owner_id=row.owner_id,
        kind=row.kind,
        variant=row.variant,
        revision=row.revision,
        audience=Audience(row.audience),
        recipient=row.recipient,
        subject=row.subject,
        body=row.body,
        document_ids=tuple(row.document_ids),
        planned_end=row.planned_end,
        attempts=row.attempts,
        created_at=row.created_at,
    )
