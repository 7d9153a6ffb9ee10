"""The catalog's unit of work on PostgreSQL: repositories that write state and news in one transaction."""

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from chassis import requests
from chassis.actor import Scope
from chassis.clock import Clock
from chassis.database import Database, set_lock_timeout
from chassis.migrations import lock_key
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.adapters.postgres_imports import SqlImports
from catalog.adapters.postgres_listings import SqlListings
from catalog.adapters.postgres_owners import SqlLabels, SqlOwners
from catalog.application.ports import Request

LOCK_WAIT_MS = 2000


class SqlUnitOfWork:
    """One transaction within a scope; leaving it without `commit` keeps nothing."""

    listings: SqlListings
    owners: SqlOwners
    labels: SqlLabels
    imports: SqlImports

    def __init__(self, database: Database, scope: Scope, clock: Clock) -> None:
        self._database = database
        self._scope = scope
        self._clock = clock
        self._context: AbstractAsyncContextManager[AsyncSession] | None = None
        self._session: Any = None

    async def __aenter__(self) -> Self:
        """Begins, with a bounded wait for locks."""
        self._context = self._database.unit()
        self._session = await self._context.__aenter__()
        await set_lock_timeout(self._session, LOCK_WAIT_MS)
        self.owners = SqlOwners(self._session, self._scope, self._clock)
        self.listings = SqlListings(self._session, self._scope, self._clock)
        self.labels = SqlLabels(self._session, self._clock)
        self.imports = SqlImports(self._session)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Rolls back what was not committed."""
        if self._context is not None:
            await self._context.__aexit__(kind, error, trace)

    async def claim(self, request: Request) -> str | None:
        """Takes a request id, or tells the resource it made before."""
        done = await requests.claim(
            self._session,
            request.id,
            method=request.method,
            body_hash=request.body_hash,
            now=self._clock(),
        )
        return done.resource_id if done else None

    async def commit(self, request: Request | None = None, resource: UUID | None = None) -> None:
        """Notes the resource of a claimed request, and keeps everything."""
        if request is not None and resource is not None:
            await requests.finish(self._session, request.id, resource)
        await self._session.commit()

    async def serialize(self, name: str) -> None:
        """Waits until no other unit of work has that name."""
        await self._session.execute(select(func.pg_advisory_xact_lock(lock_key(name))))
