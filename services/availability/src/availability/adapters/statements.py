"""The ledger's statements, built once: to build one anew costs more than to send it."""

from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, bindparam, insert, select, union
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.dialects.postgresql import insert as upsert

from availability.adapters.rows import live
from availability.adapters.tables import BOOKINGS, LISTINGS, OCCUPANCIES, PROPERTIES, RESOURCES
from availability.domain.listing import ListingKind
from availability.domain.occupancy import Kind

HELD = (Kind.HOLD.value, Kind.STAY.value)
"""Kinds that a booking has."""
MARK = (
    upsert(BOOKINGS)
    .values(id=bindparam("booking"), revision=-1, released_revision=-1)
    .on_conflict_do_update(index_elements=["id"], set_={"revision": BOOKINGS.c.revision})
    .returning(BOOKINGS)
)
OF_BOOKING = (
    select(OCCUPANCIES)
    .where(OCCUPANCIES.c.booking_id == bindparam("booking"))
    .order_by(OCCUPANCIES.c.nights, OCCUPANCIES.c.id)
)
OF_CLIENT = select(OCCUPANCIES).where(
    OCCUPANCIES.c.listing_id == bindparam("listing"),
    OCCUPANCIES.c.client_key == bindparam("client"),
    OCCUPANCIES.c.kind.in_(HELD),
    OCCUPANCIES.c.nights.overlaps(bindparam("wide", type_=DATERANGE)),
    live(bindparam("now", type_=DateTime(timezone=True))),
)
ADD = insert(OCCUPANCIES)


def lock(which: ColumnElement[bool]) -> Select[UUID]:
    """Locks properties in id order, so that rivals queue and none waits for another in a circle."""
    query = select(PROPERTIES.c.id).where(which).order_by(PROPERTIES.c.id)
    return query.with_for_update(key_share=True, of=PROPERTIES)


@cache
def lock_for(*, with_guest_rooms: bool, with_booking: bool) -> Select[UUID]:
    """Locks the properties of listings, of their owners' guest rooms, and of what a booking has."""
    asked = LISTINGS.c.id.in_(bindparam("listings", expanding=True))
    found = [select(LISTINGS.c.property_id).where(asked)]
    if with_guest_rooms:
        room = LISTINGS.c.kind == ListingKind.GUEST_ROOM.value
        owners = select(LISTINGS.c.owner_id).where(asked, room)
        found.append(select(LISTINGS.c.property_id).where(room, LISTINGS.c.owner_id.in_(owners)))
    if with_booking:
        found.append(
            select(RESOURCES.c.property_id)
            .join(OCCUPANCIES, OCCUPANCIES.c.resource_id == RESOURCES.c.id)
            .where(OCCUPANCIES.c.booking_id == bindparam("booking"))
        )
    ids = union(*found).subquery()
    return lock(PROPERTIES.c.id.in_(select(ids.c.property_id)))
