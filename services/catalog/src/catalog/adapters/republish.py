"""Tells owners and listings again, as after a restore of the database."""

from datetime import datetime
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.maintenance import REVISION_STEP, Republisher
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.adapters.postgres_listings import TOPIC as LISTINGS_TOPIC
from catalog.adapters.postgres_listings import SqlListings
from catalog.adapters.postgres_owners import TOPIC as OWNERS_TOPIC
from catalog.adapters.postgres_owners import SqlOwners
from catalog.adapters.tables import LISTINGS, OWNERS

SELF = Scope.system("catalog")


def republishers(clock: Clock) -> dict[str, Republisher]:
    """What tells the catalog's compacted topics again."""

    async def listings(session: AsyncSession, after: UUID | None, limit: int, _now: datetime) -> list[UUID]:
        ids = await _next(session, LISTINGS, after, limit)
        for one in ids:
            await SqlListings(session, SELF, clock).tell_again(one, step=REVISION_STEP)
        return ids

    async def owners(session: AsyncSession, after: UUID | None, limit: int, _now: datetime) -> list[UUID]:
        ids = await _next(session, OWNERS, after, limit)
        for one in ids:
            await SqlOwners(session, SELF, clock).tell_again(one, step=REVISION_STEP)
        return ids

    return {LISTINGS_TOPIC: listings, OWNERS_TOPIC: owners}


async def _next(session: AsyncSession, table: Table, after: UUID | None, limit: int) -> list[UUID]:
    query = select(table.c.id).order_by(table.c.id).limit(limit)
    if after is not None:
        query = query.where(table.c.id > after)
    return list((await session.scalars(query)).all())
