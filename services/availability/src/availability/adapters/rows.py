"""Rows of PostgreSQL and values of the domain; used by the ledger and the queries."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.database import Connectable
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    Row,
    Uuid,
    and_,
    bindparam,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATEMULTIRANGE, DATERANGE, Range
from values import NightRange

from availability.adapters.tables import LISTING_RESOURCES, LISTINGS, OCCUPANCIES, OPEN_PERIODS
from availability.domain.listing import Listing, ListingKind, ListingState, Mode
from availability.domain.occupancy import Kind, Occupancy
from availability.domain.opening import Period

_DAY = timedelta(days=1)


def to_range(nights: NightRange) -> Range[date]:
    """Half-open on both sides of the wire."""
    return Range(nights.arrival, nights.departure, bounds="[)")


def to_nights(stored: Range[date]) -> NightRange:
    """PostgreSQL gives discrete ranges in their canonical form, `[)`."""
    if stored.lower is None or stored.upper is None:
        raise ValueError("a stored range is bounded")
    return NightRange(stored.lower, stored.upper)


def live(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """What stands: everything but holds past their end, which are free for every reader."""
    return not_(
        and_(
            OCCUPANCIES.c.kind == Kind.HOLD.value,
            OCCUPANCIES.c.pinned_at.is_(None),
            OCCUPANCIES.c.expires_at.is_not(None),
            OCCUPANCIES.c.expires_at <= now,
        )
    )


def wide(nights: Iterable[NightRange], *, beside: bool = False) -> list[NightRange]:
    """The nights merged, or with the night before and after each."""
    margin = _DAY if beside else timedelta()
    return list(NightRange.merge(NightRange(one.arrival - margin, one.departure + margin) for one in nights))


def touching(nights: Iterable[NightRange]) -> ColumnElement[bool]:
    """Rows on the nights."""
    return or_(false(), *(OCCUPANCIES.c.nights.overlaps(to_range(one)) for one in wide(nights)))


def to_occupancy(row: Row[Any]) -> Occupancy:
    """A row of `occupancies`."""
    return Occupancy(
        id=row.id,
        resource_id=row.resource_id,
        listing_id=row.listing_id,
        nights=to_nights(row.nights),
        kind=Kind(row.kind),
        booking_id=row.booking_id,
        line_id=row.line_id,
        booking_revision=row.booking_revision,
        block_id=row.block_id,
        expires_at=row.expires_at,
        pinned_at=row.pinned_at,
        guests=row.guests,
        client_key=row.client_key,
    )


def of_occupancy(one: Occupancy) -> dict[str, Any]:
    """The row of an occupancy."""
    return {
        "id": one.id,
        "resource_id": one.resource_id,
        "listing_id": one.listing_id,
        "nights": to_range(one.nights),
        "kind": one.kind.value,
        "booking_id": one.booking_id,
        "line_id": one.line_id,
        "booking_revision": one.booking_revision,
        "block_id": one.block_id,
        "expires_at": one.expires_at,
        "pinned_at": one.pinned_at,
        "guests": one.guests,
        "client_key": one.client_key,
    }


RESOURCES_OF = func.array(
    select(LISTING_RESOURCES.c.resource_id)
    .where(LISTING_RESOURCES.c.listing_id == LISTINGS.c.id)
    .order_by(LISTING_RESOURCES.c.position)
    .scalar_subquery(),
    type_=ARRAY(Uuid),
).label("resources")
"""The resources of a row of `listings`, in the catalog's order."""


def to_listing(row: Row[Any]) -> Listing:
    """A row of `listings` with `RESOURCES_OF`."""
    return Listing(
        id=row.id,
        owner_id=row.owner_id,
        property_id=row.property_id,
        mode=Mode(row.mode),
        kind=ListingKind(row.kind),
        state=ListingState(row.state),
        zone=row.zone,
        max_persons=row.max_persons,
        revision=row.revision,
        resources=tuple(row.resources),
    )


# Built once: every quote, hold and calendar runs them.
_PERIODS = (
    select(OPEN_PERIODS)
    .where(OPEN_PERIODS.c.listing_id == func.any(bindparam("listings", type_=ARRAY(Uuid))))
    .order_by(OPEN_PERIODS.c.nights)
)
_PERIODS_WITHIN = _PERIODS.where(OPEN_PERIODS.c.nights.overlaps(bindparam("within", type_=DATERANGE)))
_STANDING = (
    select(OCCUPANCIES)
    .where(
        OCCUPANCIES.c.resource_id == func.any(bindparam("resources", type_=ARRAY(Uuid))),
        OCCUPANCIES.c.nights.overlaps(bindparam("wanted", type_=DATEMULTIRANGE)),
    )
    .order_by(OCCUPANCIES.c.nights, OCCUPANCIES.c.id)
)
_LIVE = _STANDING.where(live(bindparam("now", type_=DateTime(timezone=True))))


async def read_periods(
    session: Connectable, listing_ids: Collection[UUID], within: NightRange | None = None
) -> dict[UUID, list[Period]]:
    """Open periods by listing and first night, whole even where they only touch `within`."""
    found: dict[UUID, list[Period]] = {listing_id: [] for listing_id in listing_ids}
    asked: dict[str, object] = {"listings": list(listing_ids)}
    if within is None:
        rows = await session.execute(_PERIODS, asked)
    else:
        rows = await session.execute(_PERIODS_WITHIN, asked | {"within": to_range(within)})
    for row in rows:
        found[row.listing_id].append(Period(to_nights(row.nights), rolling=row.rolling, id=row.id))
    return found


async def read_standing(
    session: Connectable,
    resources: Collection[UUID],
    nights: Iterable[NightRange],
    *,
    now: datetime | None = None,
    beside: bool = False,
) -> list[Occupancy]:
    """What stands on resources and nights, by first night; with `now` without the holds past their end.

    `beside` takes the night before and after as well.
    """
    wanted = wide(nights, beside=beside)
    if not resources or not wanted:
        return []
    asked: dict[str, object] = {"resources": list(resources), "wanted": [to_range(one) for one in wanted]}
    if now is None:
        rows = await session.execute(_STANDING, asked)
    else:
        rows = await session.execute(_LIVE, asked | {"now": now})
    return [to_occupancy(row) for row in rows]


async def read_nights(
    session: Connectable,
    listing_ids: Collection[UUID],
    resources: Collection[UUID],
    condition: ColumnElement[bool],
) -> tuple[dict[UUID, list[Period]], list[Occupancy]]:
    """What `read_periods` and `read_standing` read, in one round trip."""
    no_kind = literal("")
    open_nights = select(
        OPEN_PERIODS.c.id,
        null().label("resource_id"),
        OPEN_PERIODS.c.listing_id,
        OPEN_PERIODS.c.nights,
        no_kind.label("kind"),
        *(null().label(name) for name in _REST_OF_OCCUPANCY),
        OPEN_PERIODS.c.rolling,
    ).where(OPEN_PERIODS.c.listing_id.in_(listing_ids))
    taken = select(
        OCCUPANCIES.c.id,
        OCCUPANCIES.c.resource_id,
        OCCUPANCIES.c.listing_id,
        OCCUPANCIES.c.nights,
        OCCUPANCIES.c.kind,
        *(OCCUPANCIES.c[name] for name in _REST_OF_OCCUPANCY),
        null().label("rolling"),
    ).where(OCCUPANCIES.c.resource_id.in_(resources), condition)
    query = union_all(taken, open_nights)
    periods: dict[UUID, list[Period]] = {listing_id: [] for listing_id in listing_ids}
    standing: list[Occupancy] = []
    for row in await session.execute(query.order_by("nights", "id")):
        if row.kind:
            standing.append(to_occupancy(row))
        else:
            periods[row.listing_id].append(Period(to_nights(row.nights), rolling=row.rolling, id=row.id))
    return periods, standing


_REST_OF_OCCUPANCY = (
    "booking_id", "line_id", "booking_revision", "block_id", "expires_at", "pinned_at", "guests",
    "client_key",
)  # fmt: skip
