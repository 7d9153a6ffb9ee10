"""Alembic without its command line: `migrate` for processes and tests, `run_env` for each env.py."""

import asyncio
import hashlib
import importlib.util
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.database import async_url
from chassis.logging import get_logger

log = get_logger()

_LOCK_TIMEOUT = "5s"


def lock_key(name: str) -> int:
    """A signed 64-bit key for PostgreSQL's advisory locks, from a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def folder_of(service: str) -> Path:
    """The migrations of a service: inside its package when packaged, else beside `src`.

    Raises:
        LookupError: the package is not installed or has no migrations.

    """
    spec = importlib.util.find_spec(service)
    if spec is None or spec.origin is None:
        raise LookupError(f"no package {service}")
    package = Path(spec.origin).parent
    for folder in (package / "migrations", package.parents[1] / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise LookupError(f"no migrations of {service} near {package}")


def _config(folder: Path) -> Any:
    from alembic.config import Config  # noqa: PLC0415 (slow to import; serving does not need it)

    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


async def _with_connection(url: str, work: Callable[[Connection], Any], *, lock: str | None = None) -> Any:
    engine = create_async_engine(
        async_url(url),
        poolclass=pool.NullPool,
        connect_args={"timeout": 10, "server_settings": {"timezone": "UTC"}},
    )
    try:
        async with engine.connect() as connection:
            if lock is not None:
                await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": lock_key(lock)})
                await connection.commit()
            found = await connection.run_sync(work)
            await connection.commit()
            return found
    finally:
        await engine.dispose()


async def migrate(service: str, url: str, *, revision: str = "head") -> str:
    """Brings a service's database to a revision, one process at a time; returns the revision reached."""
    from alembic import command  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    config = _config(folder_of(service))

    def work(connection: Connection) -> str:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        return MigrationContext.configure(connection).get_current_revision() or ""

    reached: str = await _with_connection(url, work, lock=f"migrate:{service}")
    log.info("migrated", service=service, revision=reached)
    return reached


async def drift(service: str, url: str, metadata: MetaData) -> list[Any]:
    """Differences between a migrated database and the tables the code declares; a test wants none."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    def work(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    found: list[Any] = await _with_connection(url, work)
    log.info("drift_compared", service=service, differences=len(found))
    return found


def run_env(metadata: MetaData | None = None) -> None:
    """The body of every `migrations/env.py`: runs the migrations on the connection that `migrate` gives.

    From Alembic's own command line the address comes as `-x url=postgresql://...`.
    """
    from alembic import context  # noqa: PLC0415

    def run(connection: Connection) -> None:
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
        connection.commit()
        with context.begin_transaction():
            context.run_migrations()

    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
    else:
        asyncio.run(_with_connection(context.get_x_argument(as_dictionary=True)["url"], run))


def run_migrate(service: str, url: str) -> None:
    """`python -m NAME migrate`: migrates and ends."""
    asyncio.run(migrate(service, url))
