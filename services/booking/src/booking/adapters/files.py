"""Booking files in PostgreSQL: each save writes what changed, the snapshot, and the news."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import outbox
from chassis.actor import Scope
from chassis.clock import Clock, today
from chassis.database import visible
from chassis.migrations import lock_key
from chassis.together import Row, is_plain
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    RowMapping,
    Select,
    Table,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from booking.adapters import codec, rows
from booking.adapters.files_in_between import LIVE_OPTIONS, FilesInBetween
from booking.adapters.later import Later
from booking.adapters.tables import (
    BOOKINGS,
    CLIENTS,
    FILE_COUNTERS,
    GUEST_LINKS,
    JOURNAL,
    LINES,
    PAYMENTS,
    REVISIONS,
    TERMS,
)
from booking.application.ports import OpenOptions
from booking.domain.booking import PARIS, BookingFile
from booking.domain.client import fold
from booking.domain.errors import BadValue, BookingNotFound, GuestLinkUnknown
from booking.domain.states import IN_BETWEEN, LIVE, Means, State

BOOKINGS_TOPIC = "booking.bookings"
PAYMENTS_TOPIC = "booking.payments"


# Built once: every command and every read of a file runs them.
_STANDS = (
    select(BOOKINGS.c.id)
    .where(
        BOOKINGS.c.id == bindparam("file"),
        BOOKINGS.c.state == State.PLACING.value,
        BOOKINGS.c.failure == "",
        BOOKINGS.c.revision == bindparam("seen"),
    )
    .with_for_update()
)
_BY_ID = select(BOOKINGS).where(BOOKINGS.c.id == bindparam("file"))
_BY_ID_LOCKED = _BY_ID.with_for_update()
_THEIR_CLIENTS = select(CLIENTS).where(CLIENTS.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
_THEIR_TERMS = select(TERMS).where(
    TERMS.c.owner_id == func.any(bindparam("owners", type_=ARRAY(Uuid))),
    TERMS.c.revision == func.any(bindparam("revisions", type_=ARRAY(BigInteger))),
)
_THEIR_PARTS = {
    table: select(table)
    .where(table.c.booking_id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(table.c.position)
    for table in (LINES, PAYMENTS, JOURNAL)
}
_counter = upsert(FILE_COUNTERS).values(owner_id=bindparam("owner"), last=1)
_NEXT_NUMBER = _counter.on_conflict_do_update(
    index_elements=["owner_id"], set_={"last": FILE_COUNTERS.c.last + 1}
).returning(FILE_COUNTERS.c.last)

_KEEP_LINK = upsert(GUEST_LINKS).on_conflict_do_nothing(index_elements=["token_hash"])


def _link_values(file_id: UUID, token_hash: bytes, now: datetime) -> dict[str, Any]:
    return {"token_hash": token_hash, "booking_id": file_id, "issued_at": now}


class PostgresFiles(FilesInBetween):
    """The repository of files; one per transaction."""

    def __init__(
        self,
        session: AsyncSession,
        clock: Clock,
        later: Later | None = None,
        *,
        hidden: frozenset[Means] = frozenset(),
    ) -> None:
        self._hidden = hidden
        self._session = session
        self._clock = clock
        self._later = later or Later(session)
        self._written: dict[UUID, tuple[int, int]] = {}

    async def add(self, file: BookingFile) -> None:
        """Keeps a new file."""
        now = self._clock()
        await self._later.begin(file.id)
        values = rows.file_values(file) | {"touched_at": now, "step_began_at": now}
        self._later.add(Row(BOOKINGS, values))
        for index, line in enumerate(file.lines):
            self._later.add(Row(LINES, rows.line_values(line, file.id, index)))
        self._written[file.id] = (0, 0)

    async def stands(self, file: BookingFile) -> bool:
        """Whether a file is as it was when it was written down; keeps rivals out until the commit."""
        await self._later.flush()
        seen = {"file": file.id, "seen": file.revision}
        return await self._session.scalar(_STANDS, seen) is not None

    async def get(self, file_id: UUID, scope: Scope, *, lock: bool = False) -> BookingFile:
        """One file within the scope."""
        found = await self._load(_BY_ID_LOCKED if lock else _BY_ID, {"file": file_id})
        if not found or not scope.may("owner", found[0].owner_id):
            raise BookingNotFound(id=file_id)
        return found[0]

    async def one(self, condition: ColumnElement[bool]) -> BookingFile:
        """The file of a condition, which holds the scope as well; raises `BookingNotFound`."""
        found = await self._load(select(BOOKINGS).where(condition))
        if not found:
            raise BookingNotFound
        return found[0]

    async def many(self, ids: Sequence[UUID], scope: Scope) -> list[BookingFile]:
        """Several files within the scope, in the order of the ids."""
        found = await self._load(
            select(BOOKINGS).where(BOOKINGS.c.id.in_(ids), visible(BOOKINGS.c.owner_id, scope, "owner"))
        )
        by_id = {file.id: file for file in found}
        return [by_id[one] for one in ids if one in by_id]

    async def _load(
        self, query: Select[Any], values: Mapping[str, object] | None = None
    ) -> list[BookingFile]:
        await self._later.flush()
        heads = (await self._session.execute(query, values)).mappings().all()
        if not heads:
            return []
        ids = [head["id"] for head in heads]
        clients = await self._clients([head["client_id"] for head in heads if head["client_id"]])
        asked = {
            "owners": [head["owner_id"] for head in heads],
            "revisions": [head["terms_revision"] for head in heads],
        }
        terms = {
            (row["owner_id"], row["revision"]): row
            for row in (await self._session.execute(_THEIR_TERMS, asked)).mappings()
        }
        lines, payments, journal = [await self._parts(table, ids) for table in (LINES, PAYMENTS, JOURNAL)]
        found = []
        for head in heads:
            key = head["id"]
            self._written[key] = (len(payments[key]), len(journal[key]))
            found.append(
                rows.file_of(
                    head,
                    client=clients.get(head["client_id"]),
                    terms=terms[head["owner_id"], head["terms_revision"]],
                    lines=lines[key],
                    payments=payments[key],
                    journal=journal[key],
                    seen_on=today(self._clock(), PARIS),
                    hidden=self._hidden,
                )
            )
        return found

    async def _clients(self, ids: Sequence[UUID]) -> dict[UUID, RowMapping]:
        if not ids:
            return {}
        result = await self._session.execute(_THEIR_CLIENTS, {"ids": ids})
        return {row["id"]: row for row in result.mappings()}

    async def _parts(self, table: Table, ids: Sequence[UUID]) -> dict[UUID, list[RowMapping]]:
        found: dict[UUID, list[RowMapping]] = defaultdict(list)
        for row in (await self._session.execute(_THEIR_PARTS[table], {"ids": ids})).mappings():
            found[row["booking_id"]].append(row)
        return found

    async def save(self, file: BookingFile) -> None:
        """Keeps what changed; a revision that others see gets its snapshot and its news."""
        now = self._clock()
        values: dict[str, Any] = rows.file_values(file) | {"touched_at": now, "step_began_at": None}
        if file.state in IN_BETWEEN or file.pending is not None:
            # A step that goes on keeps its beginning.
            values["step_began_at"] = func.coalesce(BOOKINGS.c.step_began_at, now)
        await self._later.begin(file.id)
        if is_plain(values):
            self._later.add(Row(BOOKINGS, values, key=file.id))
        else:
            self._later.add(update(BOOKINGS).where(BOOKINGS.c.id == file.id).values(values))
        changes, new_payments = file.collect()
        if file.new_link:
            self._later.add(Row(GUEST_LINKS, _link_values(file.id, file.new_link, now)))
            file.new_link, file.has_new_link = b"", True
        self._save_parts(file)
        if not changes:
            return
        snapshot = codec.booking(file).SerializeToString(deterministic=True)
        frozen = {"booking_id": file.id, "revision": file.revision, "snapshot": snapshot, "at": now}
        self._later.add(Row(REVISIONS, frozen))
        for payment in new_payments:
            # At once, and not with the others: rows of one statement get their numbers in any order.
            await outbox.add(
                self._session,
                topic=PAYMENTS_TOPIC,
                key=file.id,
                message=codec.payment_recorded(file, payment),
                revision=file.revision,
                now=now,
            )
        self._later.add(
            outbox.addition(
                self._session,
                topic=BOOKINGS_TOPIC,
                key=file.id,
                message=codec.changed(file, changes[-1]),
                revision=file.revision,
                now=now,
            )
        )

    def _save_parts(self, file: BookingFile) -> None:
        payments, entries = self._written.get(file.id, (0, 0))
        for index, payment in enumerate(file.payments[payments:], payments):
            self._later.add(Row(PAYMENTS, rows.payment_values(payment, file.id, index)))
        new_entries = file.journal[entries:]
        for index, entry in enumerate(new_entries, entries):
            self._later.add(Row(JOURNAL, rows.entry_values(entry, file.id, index)))
        if any(entry.kind == "PARTY_CHANGED" for entry in new_entries):
            for index, line in enumerate(file.lines):
                values = rows.line_values(line, file.id, index)
                self._later.add(Row(LINES, values, key=line.id))
        self._written[file.id] = (len(file.payments), len(file.journal))

    async def next_number(self, owner_id: UUID, wanted: int) -> int:
        """The owner's next number; a wanted one moves the counter up and must be free."""
        if not wanted:
            return int((await self._session.execute(_NEXT_NUMBER, {"owner": owner_id})).scalar_one())
        taken = await self._session.scalar(
            select(BOOKINGS.c.id).where(BOOKINGS.c.owner_id == owner_id, BOOKINGS.c.number == wanted)
        )
        if taken is not None:
            raise BadValue(field="number", why="taken")
        moved = upsert(FILE_COUNTERS).values(owner_id=owner_id, last=wanted)
        grown = {"last": func.greatest(FILE_COUNTERS.c.last, wanted)}
        await self._session.execute(moved.on_conflict_do_update(index_elements=["owner_id"], set_=grown))
        return wanted

    async def open_options(self, file: BookingFile, *, since: datetime) -> OpenOptions:
        """Unpaid public options that stand; rivals on the same listings wait for this transaction."""
        await self._later.flush()
        listings = sorted({line.listing_id for line in file.lines})
        email = fold(file.client.email) if file.client else ""
        names = [f"options:{listing}" for listing in listings]
        names += [f"options of mail:{email}"] * bool(email)
        names += [f"options of caller:{file.caller_key}"] * bool(file.caller_key)
        # Always in one order, so that rivals queue and none waits for another in a circle.
        for key in sorted({lock_key(name) for name in names}):
            await self._session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
        standing = and_(
            BOOKINGS.c.by_guest,
            BOOKINGS.c.state.in_(LIVE_OPTIONS),
            BOOKINGS.c.paid == 0,
            BOOKINGS.c.id != file.id,
            or_(BOOKINGS.c.hold_expires_at.is_(None), BOOKINGS.c.hold_expires_at > self._clock()),
        )
        per_listing = (
            select(func.count(BOOKINGS.c.id.distinct()).label("options"))
            .join_from(BOOKINGS, LINES, LINES.c.booking_id == BOOKINGS.c.id)
            .where(standing, LINES.c.listing_id.in_(listings))
            .group_by(LINES.c.listing_id)
            .subquery()
        )
        of_mail = select(func.count()).where(standing, BOOKINGS.c.guest_email == email)
        of_caller = select(func.count()).where(
            standing, BOOKINGS.c.caller_key == file.caller_key, BOOKINGS.c.created_at >= since
        )
        return OpenOptions(
            listing=await self._session.scalar(select(func.max(per_listing.c.options))) or 0,
            mail=(await self._session.scalar(of_mail) or 0) if email else 0,
            caller=(await self._session.scalar(of_caller) or 0) if file.caller_key else 0,
        )

    async def of_client(self, client_id: UUID, scope: Scope) -> Sequence[UUID]:
        """Files of a client that are not over."""
        query = select(BOOKINGS.c.id).where(
            BOOKINGS.c.client_id == client_id,
            BOOKINGS.c.state.in_([str(state) for state in LIVE]),
            visible(BOOKINGS.c.owner_id, scope, "owner"),
        )
        return (await self._session.scalars(query.order_by(BOOKINGS.c.id))).all()

    async def add_link(self, file_id: UUID, token_hash: bytes, *, now: datetime) -> None:
        """Keeps the hash of a secret link of a file that is there; one that is kept already stays."""
        await self._session.execute(_KEEP_LINK, _link_values(file_id, token_hash, now))

    async def by_link(self, token_hash: bytes) -> UUID:
        """The file behind a secret link."""
        query = select(GUEST_LINKS.c.booking_id).where(GUEST_LINKS.c.token_hash == token_hash)
        found: UUID | None = await self._session.scalar(query)
        if found is None:
            raise GuestLinkUnknown
        return found
