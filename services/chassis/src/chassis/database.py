"""PostgreSQL through SQLAlchemy and asyncpg: engine, transactions, and errors turned into typed ones."""

import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Self

import orjson
from pydantic import SecretStr
from sqlalchemy import ColumnElement, MetaData, event, exc, text, true
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry

from chassis.actor import All, Scope
from chassis.errors import Busy, DeadlineExceeded, ServiceError, Unavailable
from chassis.rpc_errors import register_translator
from chassis.settings import ServiceSettings

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Connectable = AsyncSession | AsyncConnection

_LOCK_NOT_AVAILABLE = "55P03"
_DEADLOCK = "40P01"
_SERIALIZATION = "40001"
_CANCELED = "57014"
_GONE = ("08", "57P", "53")
_SSLMODE = re.compile(r"([?&])sslmode=")


def new_metadata() -> MetaData:
    """Metadata of one service, with the naming convention of constraints."""
    return MetaData(naming_convention=NAMING_CONVENTION)


def async_url(url: str | SecretStr) -> str:
    """The address for asyncpg, also from a plain `postgresql://` one with libpq's `sslmode`.

    Without it `PGSSLMODE` counts; the authority that signs the server's certificate is `PGSSLROOTCERT`.
    """
    plain = url.get_secret_value() if isinstance(url, SecretStr) else url
    scheme, separator, rest = plain.partition("://")
    rest = _SSLMODE.sub(r"\1ssl=", rest)
    driver = "postgresql+asyncpg" if scheme in {"postgres", "postgresql"} else scheme
    return f"{driver}{separator}{rest}"


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _drop_closed(dbapi_connection: Any, _entry: ConnectionPoolEntry, _proxy: object) -> None:
    # asyncpg learns of a server's end from the socket, so this costs no round trip.
    if dbapi_connection.driver_connection.is_closed():
        raise exc.DisconnectionError


def make_engine(
    url: str | SecretStr,
    *,
    application: str,
    pool_size: int = 8,
    pool_overflow: int = 4,
    statement_timeout_ms: int = 5000,
) -> AsyncEngine:
    """An engine with a bounded pool, a statement timeout and no wait beyond 2 s for a connection."""
    engine = create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=pool_overflow,
        pool_timeout=2,
        pool_use_lifo=True,
        # What a statement writes may be a person; errors go to logs and to dead-letter topics.
        hide_parameters=True,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": 3,
            "server_settings": {
                "application_name": application,
                "statement_timeout": str(statement_timeout_ms),
                "idle_in_transaction_session_timeout": "60000",
                "timezone": "UTC",
                "jit": "off",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _drop_closed)
    return engine


class Database:
    """Engine and sessions of one service; `transaction` commits at its end, `unit` only when told."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.sessions = async_sessionmaker(engine, expire_on_commit=False, autoflush=False)

    @classmethod
    def of(cls, settings: ServiceSettings, *, application: str) -> Self:
        """The database that a service's settings name."""
        return cls(
            make_engine(
                settings.database_url,
                application=application,
                pool_size=settings.pool_size,
                pool_overflow=settings.pool_overflow,
                statement_timeout_ms=settings.statement_timeout_ms,
            )
        )

    @classmethod
    def at(cls, url: str | SecretStr, *, application: str = "test", pool_size: int = 8) -> Self:
        """The database at an address, with default limits."""
        return cls(make_engine(url, application=application, pool_size=pool_size))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction: commits when the block ends, rolls back when it raises."""
        async with self.sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[AsyncSession]:
        """A session for a unit of work: only an explicit `await session.commit()` keeps anything."""
        async with self.sessions() as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A plain connection for Core reads; nothing is committed."""
        async with self.engine.connect() as connection:
            yield connection

    async def ping(self) -> None:
        """Raises when the database does not answer (a readiness check)."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Closes all connections."""
        await self.engine.dispose()


async def set_lock_timeout(session: Connectable, milliseconds: int = 800) -> None:
    """Bounds the wait for locks until this transaction's end; beyond it `Busy` reaches the caller."""
    await session.execute(
        text("SELECT set_config('lock_timeout', :value, true)"), {"value": f"{milliseconds}ms"}
    )


def visible(column: Any, scope: Scope, kind: str) -> ColumnElement[bool]:
    """The condition that keeps the rows whose id of this kind lies within the scope."""
    ids = scope.ids(kind)
    if isinstance(ids, All):
        return true()
    condition: ColumnElement[bool] = column.in_(ids)
    return condition


def sqlstate(error: BaseException) -> str:
    """The five-character code of PostgreSQL behind an error, or an empty string."""
    found = getattr(getattr(error, "orig", None), "sqlstate", None) or getattr(error, "sqlstate", None)
    return found or ""


def constraint_name(error: exc.IntegrityError) -> str:
    """The name of the violated constraint, or an empty string."""
    cause: BaseException | None = error.orig
    while cause is not None:
        name = getattr(cause, "constraint_name", None)
        if name:
            return str(name)
        cause = cause.__cause__
    return ""


@contextmanager
def constraints(table: Mapping[str, Callable[[], ServiceError]]) -> Iterator[None]:
    """Turns violations of the named constraints into typed errors; others pass.

    `with constraints({"ex_occupancies_nights": NightsTaken}): await session.flush()`.
    """
    try:
        yield
    except exc.IntegrityError as error:
        make = table.get(constraint_name(error))
        if make is None:
            raise
        raise make() from error


def translate(error: BaseException) -> ServiceError | None:
    """The typed failure of a lost lock, a deadlock, a timeout or an absent database; else None."""
    state = sqlstate(error)
    if state in {_LOCK_NOT_AVAILABLE, _DEADLOCK, _SERIALIZATION}:
        return Busy()
    if state == _CANCELED:
        return DeadlineExceeded(part="database")
    gone = isinstance(error, exc.DBAPIError) and error.connection_invalidated
    if gone or state.startswith(_GONE) or isinstance(error, exc.TimeoutError):
        return Unavailable(part="database")
    # asyncpg raises a bare OSError when several addresses of one host all failed.
    if isinstance(error, ConnectionError | socket.gaierror) or type(error) is OSError:
        return Unavailable(part="network")
    return None


register_translator(translate)
