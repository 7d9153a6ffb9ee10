"""Work that one process of all replicas does at a time: it ends with the process that has it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from chassis.database import Database, keep_alive
from chassis.migrations import lock_key


@asynccontextmanager
async def only_one(database: Database, name: str) -> AsyncIterator[bool]:
    """Gives True to one of those who ask for a name at a time, and False to the others.

    An advisory lock of the database on a connection of its own: whoever dies gives it up at once, and whose
    machine vanishes within 25 s.
    """
    async with database.engine.connect() as connection:
        key = {"key": lock_key(f"lease:{name}")}
        mine = bool(await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))
        await connection.commit()
        try:
            if mine:
                await keep_alive(connection)
            yield mine
        finally:
            if mine:
                # The connection goes back to the pool, where a lock left on it would outlive the work.
                await connection.invalidate()
