"""Reads and writes of accounts and sessions; every call takes `now`."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.database import Database
from chassis.ids import hash_token, new_token
from sqlalchemy import case, delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement

from gateway.accounts import passwords
from gateway.accounts.keys import ApiKey, WidgetKey
from gateway.accounts.making import AccountMaking, PasswordTooWeak
from gateway.accounts.tables import ACCOUNT_ROLES, ACCOUNTS, SESSIONS
from gateway.accounts.tries import LoginDelayed, Tries

__all__ = ["Accounts", "ApiKey", "LoginDelayed", "PasswordTooWeak", "Role", "Session", "WidgetKey"]
SHORT_SESSION = timedelta(hours=12)
LONG_SESSION = timedelta(days=90)
SHORT_SILENCE = timedelta(hours=4)
LONG_SILENCE = timedelta(days=30)
"""A session ends after this time without a request, and in any case at the end of its own time."""
_SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Role:
    """What an account may do, and for whom."""

    id: UUID
    role: str
    subject_id: UUID | None
    supplier_no: int | None

    @property
    def grant(self) -> str:
        """The grant that goes with calls: `owner:<id>`, `label:<id>` or `operator`."""
        if self.role == "operator":
            return "operator"
        return f"{'label' if self.role == 'label' else 'owner'}:{self.subject_id}"


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in on a device, acting in one of his roles."""

    token: str
    account_id: UUID
    email: str
    display_name: str
    locale: str
    role: Role | None
    flashes: list[tuple[str, str]]
    last_seen_at: datetime
    remember: bool = False

    @property
    def form_token(self) -> str:
        """The token of this session's forms; it does not give the session away."""
        return hashlib.sha256(b"form:" + self.token.encode()).hexdigest()[:32]


class Accounts(AccountMaking):
    """The gateway's own database."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.tries = Tries(database)

    async def sign_in(self, login: str, password: str, *, household: str = "", now: datetime) -> UUID | None:
        """Returns the account behind a mail or supplier number if the password is right, else None.

        Raises:
            LoginDelayed: too many wrong passwords lately; `retry_after` says how long.

        """
        login = login.strip().lower()
        row = await self._find_login(login)
        who = str(row.id) if row else login
        await self.tries.begin(who, household, now=now)
        if not await passwords.matches(row.password_hash if row else None, password):
            return None
        await self.tries.succeed(who, household)
        found: UUID = row.id
        return found

    async def _find_login(self, login: str) -> Any:
        where = ACCOUNTS.c.email == login
        columns = select(ACCOUNTS.c.id, ACCOUNTS.c.password_hash)
        if login.isdecimal() and len(login) < 10:
            # A supplier number opens its first owner account.
            where = (ACCOUNT_ROLES.c.supplier_no == int(login)) & (ACCOUNT_ROLES.c.role == "owner")
            columns = columns.join(ACCOUNT_ROLES).order_by(ACCOUNT_ROLES.c.created_at, ACCOUNT_ROLES.c.id)
        async with self.database.reading() as connection:
            return (await connection.execute(columns.where(where).limit(1))).first()

    async def open_session(
        self, account_id: UUID, *, remember: bool, device: str, supplier_no: int | None, now: datetime
    ) -> str:
        """Signs a device in, in the role of `supplier_no` or the first; returns its cookie's token."""
        token = new_token() + new_token()
        wanted = ACCOUNT_ROLES.c.supplier_no == (supplier_no or 0)
        role = select(ACCOUNT_ROLES.c.id).where(ACCOUNT_ROLES.c.account_id == account_id)
        role = role.order_by(
            wanted.desc().nulls_last(), ACCOUNT_ROLES.c.created_at, ACCOUNT_ROLES.c.id
        ).limit(1)
        async with self.database.transaction() as session:
            role_id = (await session.execute(role)).scalar()
            await session.execute(delete(SESSIONS).where(SESSIONS.c.expires_at < now))
            await session.execute(
                insert(SESSIONS).values(
                    token_hash=hash_token(token),
                    account_id=account_id,
                    role_id=role_id,
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + (LONG_SESSION if remember else SHORT_SESSION),
                    remember=remember,
                    device=device[:200],
                    flashes=[],
                )
            )
        return token

    async def session(self, token: str, *, now: datetime) -> Session | None:
        """Returns the live session of a token: within its time, and not silent for too long."""
        hashed = hash_token(token)
        columns = (
            ACCOUNTS.c.id,
            ACCOUNTS.c.email,
            ACCOUNTS.c.display_name,
            ACCOUNTS.c.locale,
            SESSIONS.c.last_seen_at,
            SESSIONS.c.flashes,
            SESSIONS.c.remember,
            ACCOUNT_ROLES.c.id.label("role_id"),
            ACCOUNT_ROLES.c.role,
            ACCOUNT_ROLES.c.subject_id,
            ACCOUNT_ROLES.c.supplier_no,
        )
        joined = SESSIONS.join(ACCOUNTS).outerjoin(ACCOUNT_ROLES, SESSIONS.c.role_id == ACCOUNT_ROLES.c.id)
        query = select(*columns).select_from(joined)
        query = query.where(SESSIONS.c.token_hash == hashed, _is_live(now))
        async with self.database.reading() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        role = Role(row.role_id, row.role, row.subject_id, row.supplier_no) if row.role_id else None
        flashes = [(kind, sentence) for kind, sentence in row.flashes]
        found = Session(
            token,
            row.id,
            row.email,
            row.display_name,
            row.locale,
            role,
            flashes,
            row.last_seen_at,
            row.remember,
        )
        if now - row.last_seen_at > _SEEN_EVERY:
            async with self.database.transaction() as session:
                seen = update(SESSIONS).where(SESSIONS.c.token_hash == hashed).values(last_seen_at=now)
                await session.execute(seen)
        return found

    async def add_flash(self, token: str, kind: str, sentence: str) -> None:
        """Keeps a sentence for the session's next page."""
        more = SESSIONS.c.flashes + literal([[kind, sentence]], SESSIONS.c.flashes.type)
        async with self.database.transaction() as session:
            await session.execute(
                update(SESSIONS).where(SESSIONS.c.token_hash == hash_token(token)).values(flashes=more)
            )

    async def take_flashes(self, token: str) -> None:
        """Forgets the sentences that a page has shown."""
        async with self.database.transaction() as session:
            await session.execute(
                update(SESSIONS).where(SESSIONS.c.token_hash == hash_token(token)).values(flashes=[])
            )

    async def close_session(self, token: str) -> None:
        """Signs a device out."""
        async with self.database.transaction() as session:
            await session.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == hash_token(token)))

    async def devices(self, account_id: UUID, *, now: datetime) -> list[Any]:
        """Returns the rows of the devices that are signed in, newest first."""
        query = select(SESSIONS).where(SESSIONS.c.account_id == account_id, _is_live(now))
        async with self.database.reading() as connection:
            return list(await connection.execute(query.order_by(SESSIONS.c.last_seen_at.desc())))

    async def change_password(self, account_id: UUID, password: str, *, keep: str, now: datetime) -> str:
        """Sets a new password, signs out every device but the one that asks, and gives that one a new token.

        Raises:
            PasswordTooWeak: too short or common.

        """
        if passwords.is_too_weak(password):
            raise PasswordTooWeak
        hashed = await passwords.hash_password(password)
        token = new_token() + new_token()
        kept = SESSIONS.c.token_hash == hash_token(keep)
        async with self.database.transaction() as session:
            await session.execute(
                update(ACCOUNTS)
                .where(ACCOUNTS.c.id == account_id)
                .values(password_hash=hashed, password_changed_at=now)
            )
            await session.execute(delete(SESSIONS).where(SESSIONS.c.account_id == account_id, ~kept))
            await session.execute(update(SESSIONS).where(kept).values(token_hash=hash_token(token)))
        return token

    async def password_is(
        self, account_id: UUID, password: str, *, household: str = "", now: datetime
    ) -> bool:
        """Whether it is the account's present password; a wrong one counts like one at the login.

        Raises:
            LoginDelayed: too many wrong ones lately.

        """
        await self.tries.begin(str(account_id), household, now=now)
        async with self.database.reading() as connection:
            stored = (
                await connection.execute(select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.id == account_id))
            ).scalar()
        right = await passwords.matches(stored, password)
        if right:
            await self.tries.succeed(str(account_id), household)
        return right


def _is_live(now: datetime) -> ColumnElement[bool]:
    seen_after = case((SESSIONS.c.remember, now - LONG_SILENCE), else_=now - SHORT_SILENCE)
    return (SESSIONS.c.expires_at > now) & (SESSIONS.c.last_seen_at > seen_after)
