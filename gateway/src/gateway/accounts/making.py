"""Accounts as operators make them: with their role, and the row of the audit, in one transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.errors import ErrorKind, ServiceError
from chassis.ids import new_id
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts import passwords
from gateway.accounts.audit import Entry, add_entry
from gateway.accounts.keys import KeyStore
from gateway.accounts.tables import ACCOUNT_ROLES, ACCOUNTS, SESSIONS


class PasswordTooWeak(ServiceError):
    """A new password is too short or too common."""

    kind = ErrorKind.REFUSED
    reason = "PASSWORD_TOO_WEAK"


class AccountMaking(KeyStore):
    """Makes accounts and gives them roles."""

    async def open_account(
        self,
        role: str,
        *,
        email: str,
        password: str,
        display_name: str,
        subject_id: UUID | None,
        supplier_no: int | None,
        now: datetime,
        note: Callable[[UUID], Entry],
    ) -> UUID:
        """`create_account` and `grant_role` together, with the row that `note` makes of the account's id.

        Raises:
            PasswordTooWeak: a new password is too short or common.

        """
        row, changes = await self._account(email, password, display_name, now)
        async with self.database.transaction() as session:
            account_id = await _keep_account(session, row, changes)
            await _grant(session, account_id, role, subject_id=subject_id, supplier_no=supplier_no, now=now)
            await add_entry(session, note(account_id))
        return account_id

    async def create_account(self, *, email: str, password: str, display_name: str, now: datetime) -> UUID:
        """Makes an account, or finds the one with that mail (then an empty password keeps the old one).

        A new password for an account that was there signs all its devices out.

        Raises:
            PasswordTooWeak: a new password is too short or common.

        """
        row, changes = await self._account(email, password, display_name, now)
        async with self.database.transaction() as session:
            return await _keep_account(session, row, changes)

    async def grant_role(
        self, account_id: UUID, role: str, *, subject_id: UUID | None, supplier_no: int | None, now: datetime
    ) -> None:
        """Gives an account a role; a repeat changes nothing but the supplier number.

        A new role signs all its devices out: no session goes on with other rights than it began with.
        """
        async with self.database.transaction() as session:
            await _grant(session, account_id, role, subject_id=subject_id, supplier_no=supplier_no, now=now)

    async def _account(
        self, email: str, password: str, display_name: str, now: datetime
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The row of a new account, and what changes in one that is there; hashing takes its time first."""
        email = email.strip().lower()
        if password and passwords.is_too_weak(password):
            raise PasswordTooWeak
        async with self.database.reading() as connection:
            known = (await connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.email == email))).first()
        if password and known and await passwords.matches(known.password_hash, password):
            password = ""
        hashed = await passwords.hash_password(password) if password else ""
        row = {"id": new_id(), "email": email, "password_hash": hashed, "display_name": display_name}
        row |= {"locale": "fr", "created_at": now, "password_changed_at": now}
        changes: dict[str, Any] = {"display_name": display_name or ACCOUNTS.c.display_name}
        if hashed:
            changes |= {"password_hash": hashed, "password_changed_at": now}
        return row, changes


async def _keep_account(session: AsyncSession, row: dict[str, Any], changes: dict[str, Any]) -> UUID:
    statement = insert(ACCOUNTS).values(**row).on_conflict_do_update(index_elements=["email"], set_=changes)
    found: UUID = (await session.execute(statement.returning(ACCOUNTS.c.id))).scalar_one()
    if "password_hash" in changes:
        await session.execute(delete(SESSIONS).where(SESSIONS.c.account_id == found))
    return found


async def _grant(
    session: AsyncSession,
    account_id: UUID,
    role: str,
    *,
    subject_id: UUID | None,
    supplier_no: int | None,
    now: datetime,
) -> None:
    row = {"id": new_id(), "account_id": account_id, "role": role, "subject_id": subject_id}
    row |= {"supplier_no": supplier_no, "created_at": now}
    statement = insert(ACCOUNT_ROLES).values(**row)
    statement = statement.on_conflict_do_update(
        index_elements=["account_id", "role", "subject_id"], set_={"supplier_no": supplier_no}
    )
    kept = (await session.execute(statement.returning(ACCOUNT_ROLES.c.id))).scalar_one()
    if kept == row["id"]:
        await session.execute(delete(SESSIONS).where(SESSIONS.c.account_id == account_id))
