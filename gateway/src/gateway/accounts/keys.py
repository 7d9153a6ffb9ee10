"""API keys, kept by their hash, and public widget keys."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Database
from chassis.ids import hash_token
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

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


class KeyStore:
    """The keys in the gateway's database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def create_api_key(
        self,
        *,
        name: str,
        key: str,
        scopes: list[str],
        owner_ids: list[UUID],
        label_ids: list[UUID],
        now: datetime,
    ) -> None:
        """Keeps the hash of an API key; the same name replaces it."""
        row = {"key_hash": hash_token(key), "scopes": scopes, "owner_ids": owner_ids, "label_ids": label_ids}
        statement = insert(API_KEYS).values(name=name, created_at=now, **row)
        async with self.database.transaction() as session:
            await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))

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
        self, *, key: str, owner_id: UUID | None, label_id: UUID | None, origins: list[str], now: datetime
    ) -> None:
        """Keeps a public widget key; the same key is replaced."""
        row = {"owner_id": owner_id, "label_id": label_id, "origins": origins}
        statement = insert(WIDGET_KEYS).values(key=key, created_at=now, **row)
        async with self.database.transaction() as session:
            await session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=row))

    async def widget_key(self, key: str) -> WidgetKey | None:
        """Returns whose listings a widget key shows, or None."""
        async with self.database.reading() as connection:
            row = (await connection.execute(select(WIDGET_KEYS).where(WIDGET_KEYS.c.key == key))).first()
        return WidgetKey(row.key, row.owner_id, row.label_id, tuple(row.origins)) if row else None
