"""Writes the calendars of listings to the outbox, in the transaction that changed them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from chassis import outbox
from chassis.clock import today
from chassis.maintenance import REVISION_STEP
from chassis.together import Row, together
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from values import NightRange

from availability.adapters.event_codec import CALENDARS, calendar_changed
from availability.adapters.rows import RESOURCES_OF, live, read_nights, to_listing
from availability.adapters.tables import LISTING_RESOURCES, LISTINGS, OCCUPANCIES
from availability.domain.calendar import Calendar, busy_nights, unit_nights

_KEEP_DAYS = 35
"""Nights before that are left out: nobody can ask for them, and calendars would grow for ever."""


async def calendars_changed(
    session: AsyncSession,
    now: datetime,
    resources: Collection[UUID],
    listings: Collection[UUID],
    *,
    step: int = 1,
) -> list[Row]:
    """Gives each listing its next calendar revision (`step` higher); returns the news of each calendar.

    The news must be written in this transaction.

    The listings' rows are locked in id order before anything is read, so that what a rival committed
    in the meantime is in the calendar with the higher revision.
    """
    sharing = select(LISTING_RESOURCES.c.listing_id).where(LISTING_RESOURCES.c.resource_id.in_(resources))
    picked = (
        select(LISTINGS.c.id)
        .where(or_(LISTINGS.c.id.in_(sharing), LISTINGS.c.id.in_(listings)))
        .order_by(LISTINGS.c.id)
        .with_for_update(key_share=True)
        .cte("picked")
    )
    statement = (
        update(LISTINGS)
        .where(LISTINGS.c.id == picked.c.id)
        .values(calendar_revision=LISTINGS.c.calendar_revision + step)
        .returning(LISTINGS, RESOURCES_OF)
    )
    rows = (await session.execute(statement)).all()
    if not rows:
        return []
    ids = [row.id for row in rows]
    first_night = today(now) - timedelta(days=_KEEP_DAYS)
    periods, standing = await read_nights(
        session,
        ids,
        {resource for row in rows for resource in row.resources},
        and_(live(now), func.upper(OCCUPANCIES.c.nights) > first_night),
    )
    news = []
    for row in rows:
        listing = to_listing(row)
        own = [one for one in standing if one.resource_id in listing.resources]
        nights = [one.nights for one in periods[row.id] if one.nights.departure > first_night]
        calendar = Calendar(
            listing=listing,
            revision=row.calendar_revision,
            open=tuple(NightRange.merge(nights)),
            busy=busy_nights(listing, own),
            units=unit_nights(listing, own),
            rolling=any(one.rolling for one in periods[row.id]),
        )
        news.append(
            outbox.addition(
                session,
                topic=CALENDARS,
                key=listing.id,
                message=calendar_changed(calendar),
                revision=calendar.revision,
                now=now,
            )
        )
    return news


async def republish_calendars(
    session: AsyncSession, after: UUID | None, limit: int, now: datetime
) -> list[UUID]:
    """Tells the calendars of the next listings again, as after a restore."""
    query = select(LISTINGS.c.id).order_by(LISTINGS.c.id).limit(limit)
    if after is not None:
        query = query.where(LISTINGS.c.id > after)
    ids = list((await session.scalars(query)).all())
    if ids:
        for news in await calendars_changed(session, now, (), ids, step=REVISION_STEP):
            await together(session, news)
    return ids
