"""Who did what and when: rows that are only added to; written by pages, API and AccountService."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.database import Connectable, Database
from chassis.ids import new_id
from sqlalchemy import delete, func, insert, literal, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from gateway.accounts.tables import API_BOOKINGS, AUDIT

KEPT = timedelta(days=400)
OK, REFUSED = "ok", "refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: no name, mail or secret of a person; `actor` is `account:<id>`, `key:<name>` or `nobody`."""

    at: datetime
    event: str
    actor: str
    outcome: str = OK
    subject: str = ""
    """For whom the actor acted: `owner:<id>`, `label:<id>`, `operator`."""
    about: str = ""
    """What it is about: an address of the dashboard, a reference, the name of a key."""
    household: str = ""
    """Prefix of the IP address, as limits count it."""
    request_id: str = ""


async def add_entry(session: Connectable, entry: Entry) -> None:
    """Adds a row in the transaction of what it tells of: both are kept, or neither."""
    row = {
        "id": new_id(),
        "at": entry.at,
        "event": entry.event,
        "outcome": entry.outcome,
        "actor": entry.actor[:200],
        "subject": entry.subject,
        "about": entry.about[:300],
        "household": entry.household[:50],
        "request_id": entry.request_id[:32],
    }
    await session.execute(insert(AUDIT).values(**row))


class Audit:
    """The table `audit`; the database itself refuses to change or (within a year) to remove its rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, entry: Entry) -> None:
        """Adds a row in a transaction of its own."""
        async with self._database.transaction() as session:
            await add_entry(session, entry)

    async def entries(
        self,
        *,
        since: datetime | None = None,
        event: str = "",
        actor: str = "",
        about: str = "",
        limit: int = 100,
    ) -> Sequence[Entry]:
        """Returns the newest rows first; a file made with an API key counts as `booking.made`."""
        rows = select(
            AUDIT.c.at, AUDIT.c.event, AUDIT.c.actor, AUDIT.c.outcome, AUDIT.c.subject, AUDIT.c.about,
            AUDIT.c.household, AUDIT.c.request_id,
        )  # fmt: skip
        made = select(
            API_BOOKINGS.c.created_at, literal("booking.made"), literal("key:") + API_BOOKINGS.c.key_name,
            literal(OK), literal(""), API_BOOKINGS.c.reference, literal(""), literal(""),
        )  # fmt: skip
        all_rows = union_all(rows, made).subquery()
        wanted: list[ColumnElement[bool]] = []
        if since is not None:
            wanted.append(all_rows.c.at >= since)
        if event:
            wanted.append(all_rows.c.event.startswith(event, autoescape=True))
        if actor:
            wanted.append(all_rows.c.actor == actor)
        if about:
            wanted.append(all_rows.c.about.contains(about, autoescape=True))
        query = select(all_rows).where(*wanted).order_by(all_rows.c.at.desc()).limit(limit)
        async with self._database.reading() as connection:
            return [Entry(**row._mapping) for row in await connection.execute(query)]  # noqa: SLF001

    async def forget_old(self, now: datetime) -> None:
        """Removes what nobody may keep any longer, by both clocks: the guard in the database has its own."""
        old = (AUDIT.c.at < now - KEPT) & (AUDIT.c.at < func.now() - KEPT)
        async with self._database.transaction() as session:
            await session.execute(delete(AUDIT).where(old))


def account(account_id: UUID | None) -> str:
    """Names an account in a row."""
    return f"account:{account_id}" if account_id else "nobody"
