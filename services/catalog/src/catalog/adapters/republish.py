"""Tells owners and listings again, as after a restore of the database."""

from datetime import datetime
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.maintenance import REVISION_STEP, Compacted
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.adapters.postgres_listings import TOPIC as LISTINGS_TOPIC
from catalog.adapters.postgres_listings import SqlListings
from catalog.adapters.postgres_owners import TOPIC as OWNERS_TOPIC
from catalog.adapters.postgres_owners import SqlOwners
from catalog.adapters.tables import LISTINGS, OWNERS

SELF = Scope.system("catalog")


def compacted(clock: Clock) -> dict[str, Compacted]:
    """The catalog's compacted topics, and what tells them again."""

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

    return {
        LISTINGS_TOPIC: Compacted(listings, LISTINGS.c.id),
        OWNERS_TOPIC: Compacted(owners, OWNERS.c.id),
    }


async def _next(session: AsyncSession, table: Table, after: UUID | None, limit: int) -> list[UUID]:
    query = select(table.c.id).order_by(table.c.id).limit(limit)
    if after is not None:
        query = query.where(table.c.id > after)
    return list((await session.scalars(query)).all())
