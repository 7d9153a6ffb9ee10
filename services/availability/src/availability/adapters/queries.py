"""Reads of availability: from rows to protobuf, each within a scope. Holds past their end are free here."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import today
from chassis.database import Database, visible
from sejour.availability.v1 import availability_service_pb2 as pb
from sejour.availability.v1 import availability_types_pb2 as types_pb
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection
from values import NightRange

from availability.adapters.calendars import KeptCalendars, draw_calendar
from availability.adapters.event_codec import KINDS, nights_pb, timestamp
from availability.adapters.rows import (
    RESOURCES_OF,
    live,
    read_periods,
    read_standing,
    to_listing,
    to_occupancy,
)
from availability.adapters.tables import BLOCKS, LISTINGS, OCCUPANCIES
from availability.domain.calendar import find_hole
from availability.domain.errors import ListingNotFound
from availability.domain.listing import Listing, ListingState
from availability.domain.occupancy import Kind, Occupancy
from availability.domain.opening import missing

FARTHEST_NIGHTS = 760
"""How far ahead nights can be sold; as far as the search looks."""
_HOLE_MARGIN = timedelta(days=400)
_LISTING = select(LISTINGS, RESOURCES_OF).where(LISTINGS.c.id == bindparam("listing"))


def period_pb(
    listing_id: UUID, period_id: UUID | None, nights: NightRange, *, rolling: bool
) -> types_pb.OpenPeriod:
    """An open period; one that is only previewed has no id."""
    return types_pb.OpenPeriod(
        id=str(period_id or ""), listing_id=str(listing_id), nights=nights_pb(nights), rolling=rolling
    )


def stay_lines_pb(rows: Sequence[Occupancy]) -> list[types_pb.StayLine]:
    """The lines of a booking, each once, whatever number of resources it takes."""
    found: dict[UUID | None, types_pb.StayLine] = {}
    for row in rows:
        found.setdefault(
            row.line_id,
            types_pb.StayLine(
                line_id=str(row.line_id),
                listing_id=str(row.listing_id),
                nights=nights_pb(row.nights),
                kind=KINDS[row.kind],
                expires_at=timestamp(row.expires_at),
                pinned=row.pinned,
                guests=row.guests,
            ),
        )
    return list(found.values())


class Queries:
    """The reads of the three services of availability."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._calendars = KeptCalendars()

    async def open_periods(
        self, listing_ids: Sequence[UUID], within: NightRange | None, scope: Scope
    ) -> list[types_pb.OpenPeriod]:
        """Open periods of an owner's listings; those that touch `within` are given whole."""
        async with self._database.reading() as connection:
            await _owned(connection, listing_ids, scope)
            periods = await read_periods(connection, listing_ids, within)
        return [
            period_pb(listing_id, one.id, one.nights, rolling=one.rolling)
            for listing_id, found in periods.items()
            for one in found
        ]

    async def planning(
        self, listing_ids: Sequence[UUID], span: NightRange, scope: Scope, now: datetime
    ) -> list[types_pb.ListingPlanning]:
        """Bars that touch the range, with all their nights, and open nights clipped to it."""
        async with self._database.reading() as connection:
            listings = await _owned(connection, listing_ids, scope)
            periods = await read_periods(connection, listing_ids, span)
            resources = {one for listing in listings.values() for one in listing.resources}
            standing = await read_standing(connection, resources, [span], now=now)
            blocks = await _blocks(connection, {one.block_id for one in standing if one.block_id})
            known = await _within_reach(connection, {one.listing_id for one in standing}, scope)
        return [
            types_pb.ListingPlanning(
                listing_id=str(listing.id),
                bars=_bars(listing, standing, blocks, known),
                open=[
                    nights_pb(part)
                    for one in NightRange.merge(period.nights for period in periods[listing.id])
                    if (part := one.intersection(span)) is not None
                ],
            )
            for listing in listings.values()
        ]

    async def stays(self, booking_id: UUID, now: datetime) -> list[types_pb.StayLine]:
        """The lines of a booking that stand."""
        async with self._database.reading() as connection:
            query = select(OCCUPANCIES).where(OCCUPANCIES.c.booking_id == booking_id, live(now))
            rows = await connection.execute(query.order_by(OCCUPANCIES.c.nights, OCCUPANCIES.c.id))
            return stay_lines_pb([to_occupancy(row) for row in rows])

    async def calendar(
        self, listing_id: UUID, span: NightRange, scope: Scope, now: datetime
    ) -> pb.GetCalendarResponse:
        """The state of each night; drawn anew only where something has changed or a hold has ended."""
        async with self._database.reading() as connection:
            listing, revision = await _readable(connection, listing_id, scope)
            known = self._calendars.find(listing_id, span, revision, now)
            if known is not None:
                return known
            periods = (await read_periods(connection, [listing_id], span))[listing_id]
            standing = await read_standing(connection, listing.resources, [span], now=now)
        drawn = draw_calendar(listing, span, periods, standing, revision=revision)
        self._calendars.keep(listing_id, span, drawn, standing, now)
        return drawn

    async def check(
        self, listing_id: UUID, nights: NightRange, scope: Scope, now: datetime
    ) -> list[pb.NightsRefusal]:
        """Every reason why the nights cannot be sold to a guest."""
        async with self._database.reading() as connection:
            listing, _ = await _readable(connection, listing_id, scope)
            periods = (await read_periods(connection, [listing_id], nights))[listing_id]
            standing = await read_standing(connection, listing.resources, [nights], now=now)
        found: list[tuple[str, NightRange]] = []
        if not listing.in_production:
            found.append(("NOT_IN_PRODUCTION", nights))
        day = today(now, listing.zone)
        if nights.arrival < day:
            found.append(("IN_PAST", NightRange(nights.arrival, min(day, nights.departure))))
        end = day + timedelta(days=FARTHEST_NIGHTS)
        if nights.departure > end:
            found.append(("TOO_FAR", NightRange(max(end, nights.arrival), nights.departure)))
        found += [("NOT_OPEN", gap) for gap in missing(nights, [one.nights for one in periods])]
        found += _occupied(listing, nights, standing)
        return [pb.NightsRefusal(reason=reason, nights=nights_pb(part)) for reason, part in found]

    async def hole(
        self, listing_id: UUID, nights: NightRange, scope: Scope, now: datetime
    ) -> NightRange | None:
        """The run of free open nights around some nights, from today on: nobody can add a past night."""
        async with self._database.reading() as connection:
            listing, _ = await _readable(connection, listing_id, scope)
            first = max(nights.arrival - _HOLE_MARGIN, min(today(now, listing.zone), nights.arrival))
            wide = NightRange(first, nights.departure + _HOLE_MARGIN)
            periods = (await read_periods(connection, [listing_id], wide))[listing_id]
            standing = await read_standing(connection, listing.resources, [wide], now=now)
        units = [
            [one.nights for one in standing if one.resource_id in resources] for resources in _units(listing)
        ]
        opened = [both for one in periods if (both := one.nights.intersection(wide)) is not None]
        return find_hole(nights, NightRange.merge(opened), units)

    async def first_open(
        self, listing_id: UUID, among: Sequence[NightRange], scope: Scope, now: datetime
    ) -> date | None:
        """The first open night, from today on, among some nights (none given = any)."""
        async with self._database.reading() as connection:
            listing, _ = await _readable(connection, listing_id, scope)
            periods = (await read_periods(connection, [listing_id]))[listing_id]
        day = today(now, listing.zone)
        wanted = among or [NightRange(day, day + timedelta(days=FARTHEST_NIGHTS))]
        future = NightRange(day, day + timedelta(days=10 * FARTHEST_NIGHTS))
        nights = [
            both.arrival
            for period in periods
            for one in wanted
            if (common := period.nights.intersection(one)) and (both := common.intersection(future))
        ]
        return min(nights, default=None)


async def _owned(connection: AsyncConnection, ids: Sequence[UUID], scope: Scope) -> dict[UUID, Listing]:
    query = select(LISTINGS, RESOURCES_OF).where(
        LISTINGS.c.id.in_(ids), visible(LISTINGS.c.owner_id, scope, "owner")
    )
    rows = {row.id: row for row in await connection.execute(query)}
    for listing_id in ids:
        if listing_id not in rows:
            raise ListingNotFound(listing_id=listing_id)
    return {one: to_listing(rows[one]) for one in ids}


async def _readable(connection: AsyncConnection, listing_id: UUID, scope: Scope) -> tuple[Listing, int]:
    """A listing in production, or the actor's own; with its calendar's revision."""
    row = (await connection.execute(_LISTING, {"listing": listing_id})).first()
    public = row is not None and row.state == ListingState.IN_PRODUCTION.value
    if row is None or not (public or scope.may("owner", row.owner_id)):
        raise ListingNotFound(listing_id=listing_id)
    return to_listing(row), row.calendar_revision


async def _within_reach(connection: AsyncConnection, ids: Collection[UUID], scope: Scope) -> set[UUID]:
    query = select(LISTINGS.c.id).where(LISTINGS.c.id.in_(ids), visible(LISTINGS.c.owner_id, scope, "owner"))
    return set((await connection.execute(query)).scalars())


async def _blocks(connection: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    query = select(BLOCKS.c.id, BLOCKS.c.reason, BLOCKS.c.note).where(BLOCKS.c.id.in_(ids))
    return {row.id: (row.reason, row.note) for row in await connection.execute(query)}


def _bars(
    listing: Listing,
    standing: Sequence[Occupancy],
    blocks: dict[UUID, tuple[str, str]],
    known: Collection[UUID],
) -> list[types_pb.Bar]:
    found: dict[tuple[object, ...], types_pb.Bar] = {}
    for one in standing:
        key = (one.booking_id, one.line_id, one.block_id, None if one.booking_id or one.block_id else one.id)
        if one.resource_id not in listing.resources or key in found:
            continue
        other = one.listing_id != listing.id
        own = one.listing_id in known
        reason, note = blocks.get(one.block_id, ("", "")) if one.block_id and own else ("", "")
        found[key] = types_pb.Bar(
            kind=KINDS[one.kind],
            nights=nights_pb(one.nights),
            booking_id=str(one.booking_id) if one.booking_id and own else "",
            line_id=str(one.line_id) if one.line_id and own else "",
            block_id=str(one.block_id) if one.block_id and own else "",
            block_reason=types_pb.BlockReason.Value(f"BLOCK_REASON_{reason or 'UNSPECIFIED'}"),
            block_note=note,
            expires_at=timestamp(one.expires_at),
            pinned=one.pinned,
            through_other_listing=other,
        )
    return list(found.values())


def _units(listing: Listing) -> list[tuple[UUID, ...]]:
    """Sets of resources of which one must be free throughout."""
    return [(one,) for one in listing.resources] if listing.sells_units else [listing.resources]


def _occupied(
    listing: Listing, nights: NightRange, standing: Sequence[Occupancy]
) -> list[tuple[str, NightRange]]:
    """What stands there: of like resources, the one with the fewest nights in the way speaks."""
    best: list[tuple[str, NightRange]] | None = None
    for resources in _units(listing):
        found = {
            ("BLOCKED" if one.kind is Kind.BLOCK else "TAKEN", part)
            for one in standing
            if one.resource_id in resources and (part := one.nights.intersection(nights)) is not None
        }
        here = sorted(found, key=lambda one: (one[1], one[0]))
        if best is None or sum(part.length for _, part in here) < sum(part.length for _, part in best):
            best = here
    return best or []
