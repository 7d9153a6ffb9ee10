"""Tells rate sheets again, as after a restore of the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis import outbox
from chassis.maintenance import REVISION_STEP
from sejour.pricing.v1 import pricing_events_pb2 as events
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pricing.adapters import tables
from pricing.adapters.postgres import TOPIC


async def republish_sheets(
    session: AsyncSession, after: UUID | None, limit: int, now: datetime
) -> list[UUID]:
    """Tells the sheets of the next listings by id under a higher revision; returns the listings."""
    sheets = tables.RATE_SHEETS
    query = select(sheets).order_by(sheets.c.listing_id).limit(limit).with_for_update(key_share=True)
    if after is not None:
        query = query.where(sheets.c.listing_id > after)
    rows = (await session.execute(query)).all()
    for row in rows:
        message = events.RateSheetsChanged.FromString(row.message)
        message.revision = row.revision + REVISION_STEP
        await session.execute(
            update(sheets)
            .where(sheets.c.listing_id == row.listing_id)
            .values(revision=message.revision, message=message.SerializeToString())
        )
        await outbox.add(
            session, topic=TOPIC, key=row.listing_id, message=message, revision=message.revision, now=now
        )
    return [row.listing_id for row in rows]
