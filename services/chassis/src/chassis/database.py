"""PostgreSQL through SQLAlchemy and asyncpg: engine, transactions, and errors turned into typed ones."""

import asyncio
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

from chassis.actor import All, Scope
from chassis.connections import drop_closed, let_go
from chassis.errors import Busy, DeadlineExceeded, Overloaded, ServiceError, Unavailable
from chassis.rpc_errors import register_translator
from chassis.settings import ServiceSettings
from chassis.statements import watch

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
# Connection lost, shutting down or starting, out of room (disk, connections), input and output, read-only.
_GONE = ("08", "57P", "53", "58", "25006")
_POOL_SECONDS = 1.0
_CONNECT_SECONDS = 3.0
_SILENCE_SECONDS = 10.0
_KEEPALIVE = ("tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3")
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


def make_engine(
    url: str | SecretStr,
    *,
    application: str,
    pool_size: int = 8,
    pool_overflow: int = 4,
    statement_timeout_ms: int = 5000,
    lock_timeout_ms: int | None = None,
) -> AsyncEngine:
    """An engine with a bounded pool, a statement timeout and no wait beyond 1 s for a free connection.

    `lock_timeout_ms` bounds every wait for a lock without a statement of its own in each transaction.

    The pool's wait is shorter than any caller's deadline, so that he learns of it as `Overloaded`.
    """
    engine = create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=pool_overflow,
        pool_timeout=_POOL_SECONDS,
        pool_use_lifo=True,
        # What a statement writes may be a person; errors go to logs and to dead-letter topics.
        hide_parameters=True,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": _CONNECT_SECONDS,
            # A server that stands still keeps no promise about its own timeout: jobs go on without it, too.
            "command_timeout": statement_timeout_ms / 1000 + _SILENCE_SECONDS,
            "server_settings": {
                "application_name": application,
                "statement_timeout": str(statement_timeout_ms),
                "idle_in_transaction_session_timeout": "60000",
                "timezone": "UTC",
                "jit": "off",
                **({} if lock_timeout_ms is None else {"lock_timeout": str(lock_timeout_ms)}),
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", drop_closed)
    engine.sync_engine.dialect.do_terminate = let_go  # type: ignore[method-assign]
    watch(engine.sync_engine, application)
    return engine


class Database:
    """Engine and sessions of one service; `transaction` commits at its end, `unit` only when told.

    With `patience` (seconds) each of them ends in time, as `DeadlineExceeded`: for the gateway, whose
    requests have no deadline of their own as gRPC calls have.
    """

    def __init__(
        self, engine: AsyncEngine, *, patience: float | None = None, lock_timeout_ms: int | None = None
    ) -> None:
        self.engine = engine
        self.lock_timeout_ms = lock_timeout_ms
        """How long its connections wait for a lock; None: as long as a statement may take."""
        # A read of one statement needs no transaction, and so two round trips less; several of them see
        # what is committed at each one's beginning, as within a transaction of this isolation.
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.sessions = async_sessionmaker(engine, expire_on_commit=False, autoflush=False)
        self._patience = patience

    @classmethod
    def of(
        cls,
        settings: ServiceSettings,
        *,
        application: str,
        patience: float | None = None,
        lock_timeout_ms: int | None = None,
    ) -> Self:
        """The database that a service's settings name."""
        return cls(
            make_engine(
                settings.database_url,
                application=application,
                pool_size=settings.pool_size,
                pool_overflow=settings.pool_overflow,
                statement_timeout_ms=settings.statement_timeout_ms,
                lock_timeout_ms=lock_timeout_ms,
            ),
            patience=patience,
            lock_timeout_ms=lock_timeout_ms,
        )

    @classmethod
    def at(cls, url: str | SecretStr, *, application: str = "test", pool_size: int = 8) -> Self:
        """The database at an address, with default limits."""
        return cls(make_engine(url, application=application, pool_size=pool_size))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction: commits when the block ends, rolls back when it raises."""
        async with self._in_time(), self.sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[AsyncSession]:
        """A session for a unit of work: only an explicit `await session.commit()` keeps anything."""
        async with self._in_time(), self.sessions() as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A plain connection for Core reads, without a transaction: each statement stands alone."""
        async with self._in_time(), self._reading.connect() as connection:
            yield connection

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[AsyncSession]:
        """A session without a transaction: each statement stands alone, and is kept if it writes."""
        async with self._in_time(), self.sessions(bind=self._reading) as session:
            yield session

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        if self._patience is None:
            yield
            return
        try:
            async with asyncio.timeout(self._patience):
                yield
        except TimeoutError:
            raise DeadlineExceeded(part="database") from None

    async def ping(self) -> None:
        """Raises when the database does not answer (a readiness check).

        A pool in full use is no reason: taking this process away would leave its calls to fewer others.
        """
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except exc.TimeoutError:
            return

    async def close(self) -> None:
        """Closes all connections."""
        await self.engine.dispose()


async def set_lock_timeout(session: Connectable, milliseconds: int = 800) -> None:
    """Bounds the wait for locks until this transaction's end; beyond it `Busy` reaches the caller."""
    await session.execute(
        text("SELECT set_config('lock_timeout', :value, true)"), {"value": f"{milliseconds}ms"}
    )


async def keep_alive(connection: AsyncConnection) -> None:
    """Lets PostgreSQL miss the other end of a connection that holds a lock within 25 s, not after 2 hours.

    For connections that are thrown away at the end: the setting stays with them.
    """
    for setting in _KEEPALIVE:
        await connection.execute(text(f"SET {setting}"))
    await connection.commit()


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
    if isinstance(error, exc.TimeoutError):
        return Overloaded(part="database")
    gone = isinstance(error, exc.DBAPIError) and error.connection_invalidated
    if gone or state.startswith(_GONE):
        return Unavailable(part="database")
    # asyncpg raises a bare OSError when several addresses of one host all failed.
    if isinstance(error, ConnectionError | socket.gaierror) or type(error) is OSError:
        return Unavailable(part="network")
    return None


register_translator(translate)
