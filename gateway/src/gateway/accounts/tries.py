"""Tries of a password: counted before they are checked, so that rivals at the same instant count too."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.database import Database
from chassis.errors import ErrorKind, ServiceError
from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from gateway.accounts.tables import LOGIN_FAILURES

FREE_FAILURES = 5
FREE_FAILURES_OF_ALL = 30
_FORGOTTEN = timedelta(days=1)


class LoginDelayed(ServiceError):
    """Too many wrong passwords: the next try must wait."""

    kind = ErrorKind.LIMITED
    reason = "LOGIN_DELAYED"


@dataclass(frozen=True, slots=True)
class _Counter:
    """Failures under one name: how many are free, and the longest wait after those."""

    key: bytes
    free: int
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """Doubles with each failure."""
        if failures < self.free:
            return timedelta(0)
        return min(self.longest, timedelta(seconds=2 ** min(failures - self.free + 1, 10)))


def _counters(who: str, household: str) -> tuple[_Counter, _Counter]:
    """One's failures from one household, and from everywhere.

    The second has more free tries and short waits: nobody must be able to keep an owner out of his account.
    """
    near = hashlib.sha256(f"{household} {who}".encode()).digest()
    far = hashlib.sha256(f"everywhere {who}".encode()).digest()
    return (
        _Counter(near, FREE_FAILURES, timedelta(minutes=15)),
        _Counter(far, FREE_FAILURES_OF_ALL, timedelta(minutes=1)),
    )


class Tries:
    """Wrong passwords lately, by account (or what was typed for one) and household."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, who: str, household: str, *, now: datetime) -> None:
        """Counts a try as failed until `succeed` takes it back.

        Raises:
            LoginDelayed: it comes too early; `retry_after` says how long to wait, and it does not count.

        """
        counters = _counters(who, household)
        async with self._database.transaction() as session:
            for each in counters:
                mine = LOGIN_FAILURES.c.login_hash == each.key
                row = {"login_hash": each.key, "failures": 0, "last_at": now}
                await session.execute(insert(LOGIN_FAILURES).values(**row).on_conflict_do_nothing())
                found = (await session.execute(select(LOGIN_FAILURES).where(mine).with_for_update())).one()
                wait = each.wait(found.failures)
                # A clock that was set back (development) must not make anybody wait for years.
                left = min(wait, found.last_at + wait - now).total_seconds()
                if left > 0:
                    raise LoginDelayed(retry_after=left, seconds=int(left) + 1)
                old = LOGIN_FAILURES.c.last_at < now - _FORGOTTEN
                failures = case((old, 1), else_=LOGIN_FAILURES.c.failures + 1)
                counted = update(LOGIN_FAILURES).where(mine).values(failures=failures, last_at=now)
                await session.execute(counted)

    async def succeed(self, who: str, household: str) -> None:
        """Forgets the failures of this household, and takes one back of those from everywhere."""
        near, far = _counters(who, household)
        async with self._database.transaction() as session:
            await session.execute(delete(LOGIN_FAILURES).where(LOGIN_FAILURES.c.login_hash == near.key))
            await session.execute(
                update(LOGIN_FAILURES)
                .where(LOGIN_FAILURES.c.login_hash == far.key, LOGIN_FAILURES.c.failures > 0)
                .values(failures=LOGIN_FAILURES.c.failures - 1)
            )

    async def forget_old(self, now: datetime) -> None:
        """Removes failures that count no more."""
        async with self._database.transaction() as session:
            await session.execute(delete(LOGIN_FAILURES).where(LOGIN_FAILURES.c.last_at < now - _FORGOTTEN))
