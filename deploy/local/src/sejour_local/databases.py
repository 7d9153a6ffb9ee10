"""Databases of a copy: made when they are missing, migrated when a migration is new."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import json
import sys

import asyncpg

from sejour_local.environment import DATABASES, Copy, database_name
from sejour_local.processes import Program
from sejour_local.sentences import CannotStart


async def create(copy: Copy) -> list[str]:
    """Makes the databases that are missing and returns the names of their services.

    Raises:
        CannotStart: the server of `SEJOUR_POSTGRES_URL` does not answer.

    """
    try:
        connection = await asyncpg.connect(copy.postgres_url, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise CannotStart(f"PostgreSQL does not answer at the given address: {error}.") from error
    try:
        rows = await connection.fetch("SELECT datname FROM pg_database")
        there = {row["datname"] for row in rows}
        missing = [name for name in DATABASES if database_name(name) not in there]
        for name in missing:
            await connection.execute(f'CREATE DATABASE "{database_name(name)}"')
    finally:
        await connection.close()
    return missing


async def migrate(copy: Copy, *, fresh: list[str]) -> bool:
    """Brings every database up to date in one process; False when nothing can have changed since last time.

    Raises:
        CannotStart: a migration failed; its output is in the sentence.

    """
    stamp = copy.places.home / "migrated"
    wanted = _fingerprint(copy)
    if not fresh and stamp.exists() and stamp.read_text() == wanted:
        return False
    urls = json.dumps({name: copy.database_url(name) for name in DATABASES})
    program = Program(
        name="migrate",
        command=(sys.executable, "-m", "sejour_local.databases", urls),
        environment=copy.shared(),
        folder=copy.places.home,
    )
    done = await asyncio.to_thread(program.run)
    if done.returncode != 0:
        raise CannotStart(f"A migration failed:\n{(done.stdout + done.stderr).strip()[-3000:]}")
    stamp.write_text(wanted)
    return True


def _fingerprint(copy: Copy) -> str:
    digest = hashlib.sha256(copy.database_url("catalog").encode())
    repository = copy.places.repository
    for folder in (*repository.glob("services/*/migrations"), repository / "gateway" / "migrations"):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


async def _migrate_all(urls: dict[str, str]) -> None:
    from chassis.migrations import migrate as upgrade  # noqa: PLC0415  (late: Alembic costs a second)

    for service, url in urls.items():
        done = upgrade(service, url)
        if inspect.isawaitable(done):
            await done


if __name__ == "__main__":
    asyncio.run(_migrate_all(json.loads(sys.argv[1])))
