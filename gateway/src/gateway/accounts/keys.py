"""API keys, kept by their hash, and public widget keys."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import requests
from chassis.database import Database
from chassis.ids import hash_token
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts.audit import Audit, Entry, add_entry
from gateway.accounts.tables import API_KEYS, WIDGET_KEYS

LEAST_KEY = 32
"""Characters of a key that somebody else made: shorter ones could be guessed."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What an API key may do."""

    name: str
    scopes: frozenset[str]
    owner_ids: tuple[UUID, ...]
    label_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class WidgetKey:
    """Whose listings a public widget key shows, and where."""

    key: str
    owner_id: UUID | None
    label_id: UUID | None
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """Under which id a write came, and a hash of what it asks."""

    request_id: UUID
    body_hash: bytes


class KeyStore:
    """The keys in the gateway's database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.audit = Audit(database)

    async def create_api_key(
        self,
        *,
        name: str,
        key: str,
        scopes: list[str],
        owner_ids: list[UUID],
        label_ids: list[UUID],
        now: datetime,
        note: Entry | None = None,
    ) -> None:
        """Keeps the hash of an API key, with its row of the audit; the same name replaces it."""
        row = {"key_hash": hash_token(key), "scopes": scopes, "owner_ids": owner_ids, "label_ids": label_ids}
        statement = insert(API_KEYS).values(name=name, created_at=now, **row)
        async with self.database.transaction() as session:
            await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))
            if note is not None:
                await add_entry(session, note)

    async def api_key(self, key: str) -> ApiKey | None:
        """Returns what a key may do, or None."""
        async with self.database.reading() as connection:
            row = (
                await connection.execute(select(API_KEYS).where(API_KEYS.c.key_hash == hash_token(key)))
            ).first()
        if row is None:
            return None
        return ApiKey(row.name, frozenset(row.scopes), tuple(row.owner_ids), tuple(row.label_ids))

    async def create_widget_key(
        self, wanted: WidgetKey, *, write: Write | None, now: datetime, note: Callable[[str], Entry]
    ) -> str:
        """Keeps a public widget key, with its row of the audit; the same key is replaced.

        Without a key it makes a new one. A `write` that was done before changes nothing and gives its key.

        Raises:
            RequestIdReused: the request id stands for another write.

        """
        row = {"owner_id": wanted.owner_id, "label_id": wanted.label_id, "origins": list(wanted.origins)}
        async with self.database.transaction() as session:
            if write is not None:
                before = await requests.claim(
                    session, write.request_id, method="CreateWidgetKey", body_hash=write.body_hash, now=now
                )
                if before is not None:
                    return before.resource_id or ""
            key = wanted.key or await _free_key(session)
            statement = insert(WIDGET_KEYS).values(key=key, created_at=now, **row)
            await session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=row))
            await add_entry(session, note(key))
            if write is not None:
                await requests.finish(session, write.request_id, key)
        return key

    async def widget_key(self, key: str) -> WidgetKey | None:
        """Returns whose listings a widget key shows, or None."""
        async with self.database.reading() as connection:
            row = (await connection.execute(select(WIDGET_KEYS).where(WIDGET_KEYS.c.key == key))).first()
        return WidgetKey(row.key, row.owner_id, row.label_id, tuple(row.origins)) if row else None


async def _free_key(session: AsyncSession) -> str:
    """A key that nobody has, such as `24549-1082`; a widget of somebody else must not change hands."""
    while True:
        key = f"{secrets.randbelow(90_000) + 10_000}-{secrets.randbelow(9_000) + 1_000}"
        if await session.scalar(select(WIDGET_KEYS.c.key).where(WIDGET_KEYS.c.key == key)) is None:
            return key
