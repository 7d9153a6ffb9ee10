"""Rows of documents and mails. Every reading takes a scope; what lies outside is not there."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis import outbox
from chassis.actor import Scope
from chassis.database import Connectable, visible
from chassis.ids import new_id
from chassis.jobs import claim_due
from google.protobuf.message import Message
from sejour.documents.v1 import documents_service_pb2 as pb
from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from documents.adapters.tables import DOCUMENTS, MAILS
from documents.application.ports import Place

TOPIC = "documents.documents"


def _at(place: Place) -> ColumnElement[bool]:
    columns = DOCUMENTS.c
    return (
        columns.booking_id.is_not_distinct_from(place.booking_id)
        & columns.listing_id.is_not_distinct_from(place.listing_id)
        & (columns.kind == place.kind)
        & (columns.language == place.language)
    )


async def lock(session: Connectable, place: Place) -> None:
    """Takes the place until the transaction's end."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"document:{place}"}
    )


async def newest(session: Connectable, place: Place) -> Row[Any] | None:
    """The highest version of a place."""
    query = select(DOCUMENTS).where(_at(place)).order_by(DOCUMENTS.c.version.desc()).limit(1)
    return (await session.execute(query)).one_or_none()


async def add_document(session: Connectable, values: dict[str, Any]) -> Row[Any]:
    """Stores a new version."""
    found: Row[Any] = (await session.execute(insert(DOCUMENTS).values(values).returning(DOCUMENTS))).one()
    return found


def _document_scope(scope: Scope) -> ColumnElement[bool]:
    """Documents of the actor's owners, and of what he holds the link of (`booking:<id>`, `proposal:<id>`)."""
    owned = visible(DOCUMENTS.c.owner_id, scope, "owner")
    if scope.is_unlimited:
        return owned
    is_proposal = DOCUMENTS.c.kind == pb.DOCUMENT_KIND_PROPOSAL
    return or_(
        owned,
        and_(~is_proposal, visible(DOCUMENTS.c.booking_id, scope, "booking")),
        and_(is_proposal, visible(DOCUMENTS.c.booking_id, scope, "proposal")),
    )


async def document(session: Connectable, scope: Scope, document_id: UUID) -> Row[Any] | None:
    """One document."""
    query = select(DOCUMENTS).where(DOCUMENTS.c.id == document_id, _document_scope(scope))
    return (await session.execute(query)).one_or_none()


async def documents_of(session: Connectable, scope: Scope, booking_id: UUID) -> Sequence[Row[Any]]:
    """Documents of a file, newest first."""
    query = (
        select(DOCUMENTS)
        .where(DOCUMENTS.c.booking_id == booking_id, _document_scope(scope))
        .order_by(DOCUMENTS.c.created_at.desc(), DOCUMENTS.c.id.desc())
    )
    return (await session.execute(query)).all()


async def documents_by_id(session: Connectable, scope: Scope, ids: Iterable[UUID]) -> list[Row[Any]]:
    """Documents in the order asked; those out of reach are missing."""
    wanted = list(ids)
    query = select(DOCUMENTS).where(DOCUMENTS.c.id.in_(wanted), _document_scope(scope))
    found = {row.id: row for row in (await session.execute(query)).all()}
    return [found[one] for one in wanted if one in found]


async def mark_sent(session: Connectable, ids: Iterable[UUID], now: datetime) -> None:
    """Notes the first time that documents were mailed."""
    statement = (
        update(DOCUMENTS)
        .where(DOCUMENTS.c.id.in_(list(ids)), DOCUMENTS.c.sent_at.is_(None))
        .values(sent_at=now)
    )
    await session.execute(statement)


async def add_mail(session: Connectable, values: dict[str, Any]) -> bool:
    """Writes a mail to do; False when the task (file, revision, kind, recipient) is there already."""
    filled = {
        "id": new_id(),
        "variant": "",
        "subject": "",
        "body": "",
        "document_ids": [],
        "planned_end": None,
        "state": "WAITING",
        "attempts": 0,
        "failure": "",
        **values,
    }
    statement = upsert(MAILS).values(filled).on_conflict_do_nothing().returning(MAILS.c.id)
    return (await session.execute(statement)).first() is not None


async def has_mail(session: Connectable, booking_id: UUID, kind: str) -> bool:
    """True when the file has a mail of this kind that was not dropped."""
    query = select(MAILS.c.id).where(
        MAILS.c.booking_id == booking_id, MAILS.c.kind == kind, MAILS.c.state != "DROPPED"
    )
    return (await session.execute(query.limit(1))).first() is not None


async def with_mail(session: Connectable, booking_ids: Sequence[UUID], kind: str) -> set[UUID]:
    """Those files that have a mail of this kind to the guest that was not dropped."""
    query = select(MAILS.c.booking_id).where(
        MAILS.c.booking_id.in_(booking_ids),
        MAILS.c.kind == kind,
        MAILS.c.audience == "GUEST",
        MAILS.c.state != "DROPPED",
    )
    return set((await session.execute(query)).scalars())


async def mail(session: Connectable, scope: Scope, mail_id: UUID) -> Row[Any] | None:
    """One mail."""
    query = select(MAILS).where(MAILS.c.id == mail_id, visible(MAILS.c.owner_id, scope, "owner"))
    return (await session.execute(query)).one_or_none()


async def mails_of(
    session: Connectable, scope: Scope, booking_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Mails of a file, newest first, without those that were dropped."""
    query = select(MAILS).where(
        MAILS.c.booking_id == booking_id,
        MAILS.c.state != "DROPPED",
        visible(MAILS.c.owner_id, scope, "owner"),
    )
    if before is not None:
        query = query.where(MAILS.c.id < before)
    return (await session.execute(query.order_by(MAILS.c.id.desc()).limit(limit))).all()


async def lease_due_mails(
    session: Connectable, *, now: datetime, lease: timedelta, limit: int
) -> Sequence[Row[Any]]:
    """Mails that are due, leased to this worker."""
    return await claim_due(
        session, MAILS, now=now, lease=lease, limit=limit, where=MAILS.c.state == "WAITING"
    )


async def move_mail(
    session: Connectable, mail_id: UUID, *, only_from: str, attempts: int, **values: Any
) -> bool:
    """Changes a mail if it is still in a state and nobody leased it since; False otherwise.

    Each lease counts one attempt more, so that a worker whose lease ended touches nothing of the next one's.
    """
    statement = (
        update(MAILS)
        .where(MAILS.c.id == mail_id, MAILS.c.state == only_from, MAILS.c.attempts == attempts)
        .values(values)
        .returning(MAILS.c.id)
    )
    return (await session.execute(statement)).first() is not None


async def drop_waiting(session: Connectable, booking_id: UUID, kind: str, before_revision: int) -> None:
    """Drops waiting mails of a kind that earlier revisions of a file planned."""
    statement = (
        update(MAILS)
        .where(
            MAILS.c.booking_id == booking_id,
            MAILS.c.kind == kind,
            MAILS.c.state == "WAITING",
            MAILS.c.revision < before_revision,
        )
        .values(state="DROPPED")
    )
    await session.execute(statement)


async def mails_left_sending(session: Connectable, now: datetime) -> Sequence[Row[Any]]:
    """Mails whose worker died while sending: nobody knows whether they went out."""
    query = select(MAILS).where(MAILS.c.state == "SENDING", MAILS.c.leased_until <= now)
    return (await session.execute(query)).all()


async def oldest_waiting(session: Connectable, now: datetime) -> tuple[datetime | None, int]:
    """When the oldest due mail became due, and how many confirmed files wait for their documents."""
    late = MAILS.c.state.in_(["WAITING", "SENDING"]) & (MAILS.c.due_at <= now)
    without = (MAILS.c.kind == "M04") & (MAILS.c.due_at <= now - timedelta(minutes=10))
    query = select(func.min(MAILS.c.due_at), func.count().filter(without)).where(late)
    row = (await session.execute(query)).one()
    return row[0], row[1]


async def publish(session: Connectable, message: Message, *, key: UUID | str, now: datetime) -> None:
    """Writes news into the outbox with the next revision."""
    revision = await session.scalar(text("SELECT nextval('news_revision')"))
    await outbox.add(session, topic=TOPIC, key=key, message=message, revision=int(revision or 0), now=now)
