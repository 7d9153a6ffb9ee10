"""Open periods and blocks in the ledger; a part of `postgres`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from chassis.actor import Scope
from chassis.database import visible
from chassis.ids import new_id
from sqlalchemy import and_, delete, false, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.rows import (
    read_periods,
    to_nights,
    to_range,
)
from availability.adapters.tables import (
    BLOCKS,
    LISTINGS,
    OCCUPANCIES,
    OPEN_PERIODS,
)
from availability.application.ports import Block
from availability.domain.opening import Period


class OpeningRows:
    """The part of a ledger that knows open periods and blocks."""

    _session: AsyncSession

    async def periods(self, listing_ids: Collection[UUID]) -> dict[UUID, list[Period]]:
        """Open periods of listings."""
        return await read_periods(self._session, listing_ids)

    async def replace_periods(
        self, listing_id: UUID, before: Sequence[Period], after: Sequence[Period]
    ) -> list[Period]:
        """Writes the difference."""
        kept = {one.id for one in after if one.id is not None}
        gone = [one.id for one in before if one.id not in kept]
        if gone:
            await self._session.execute(delete(OPEN_PERIODS).where(OPEN_PERIODS.c.id.in_(gone)))
        stored = [one if one.id is not None else replace(one, id=new_id()) for one in after]
        new = [
            {"id": one.id, "listing_id": listing_id, "nights": to_range(one.nights), "rolling": one.rolling}
            for one in stored
            if one.id not in kept
        ]
        if new:
            await self._session.execute(insert(OPEN_PERIODS), new)
        return stored

    async def zones(self) -> list[str]:
        """Zones of the listings with rolling periods."""
        query = (
            select(LISTINGS.c.zone)
            .join(OPEN_PERIODS, OPEN_PERIODS.c.listing_id == LISTINGS.c.id)
            .where(OPEN_PERIODS.c.rolling)
            .distinct()
        )
        return list((await self._session.execute(query)).scalars())

    async def rolling_behind(
        self, limit_by_zone: Mapping[str, date], limit: int, *, after: UUID | None = None
    ) -> list[UUID]:
        """Listings by id, after one, with a rolling period that ends before its zone's horizon."""
        behind = [
            and_(LISTINGS.c.zone == zone, func.upper(OPEN_PERIODS.c.nights) < end)
            for zone, end in limit_by_zone.items()
        ]
        query = (
            select(OPEN_PERIODS.c.listing_id)
            .join(LISTINGS, OPEN_PERIODS.c.listing_id == LISTINGS.c.id)
            .where(OPEN_PERIODS.c.rolling, or_(false(), *behind))
            .distinct()
            .order_by(OPEN_PERIODS.c.listing_id)
            .limit(limit)
        )
        if after is not None:
            query = query.where(OPEN_PERIODS.c.listing_id > after)
        return list((await self._session.execute(query)).scalars())

    async def add_block(self, block: Block, now: datetime) -> None:
        """Writes a block."""
        await self._session.execute(
            insert(BLOCKS).values(
                id=block.id,
                listing_id=block.listing_id,
                nights=to_range(block.nights),
                reason=block.reason,
                note=block.note,
                created_at=now,
            )
        )

    async def find_block(self, block_id: UUID, scope: Scope) -> Block | None:
        """A block within reach of the scope."""
        query = (
            select(BLOCKS)
            .join(LISTINGS, LISTINGS.c.id == BLOCKS.c.listing_id)
            .where(BLOCKS.c.id == block_id, visible(LISTINGS.c.owner_id, scope, "owner"))
        )
        row = (await self._session.execute(query)).first()
        if row is None:
            return None
        return Block(row.id, row.listing_id, to_nights(row.nights), row.reason, row.note)

    async def remove_block(self, block_id: UUID) -> list[UUID]:
        """Deletes a block and its nights."""
        statement = (
            delete(OCCUPANCIES).where(OCCUPANCIES.c.block_id == block_id).returning(OCCUPANCIES.c.resource_id)
        )
        resources = list((await self._session.execute(statement)).scalars())
        await self._session.execute(delete(BLOCKS).where(BLOCKS.c.id == block_id))
        return resources
