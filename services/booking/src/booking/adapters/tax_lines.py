"""The tourist tax of an owner's confirmed stays, a page at a time, straight to protobuf; for his register."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.actor import Scope
from chassis.database import Database, visible
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from sqlalchemy import select, tuple_

from booking.adapters.tables import BOOKINGS, LINES
from booking.application.rights import require_owner
from booking.domain.errors import BadValue
from booking.domain.states import State

MOST = 500
STANDS = (State.CONFIRMED, State.CHANGING)
_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Departures:
    """Whose lines: departures from `first` to `last`, both included."""

    owner_id: UUID
    first: date
    last: date
    limit: int = MOST
    cursor: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadValue(field="last", why="before_first")


def page_size(asked: int) -> int:
    """How many lines a page has."""
    return min(asked, MOST) if asked > 0 else MOST


async def tax_lines(database: Database, wanted: Departures, scope: Scope) -> calls.ListTaxLinesResponse:
    """A page of lines by departure, number of the file and place in it.

    Raises:
        OwnerNotFound: the owner is not within reach.

    """
    require_owner(scope, wanted.owner_id)
    owed, came_in = BOOKINGS.c.total + BOOKINGS.c.tourist_tax, BOOKINGS.c.paid + BOOKINGS.c.tax_paid
    collected = (owed <= came_in).label("collected")
    key = (LINES.c.departure, BOOKINGS.c.number, LINES.c.position)
    query = (
        select(
            *key, LINES.c.listing_id, LINES.c.listing_code, LINES.c.arrival, LINES.c.adults,
            LINES.c.children_ages, LINES.c.exempt_adults, LINES.c.currency, LINES.c.tourist_tax,
            LINES.c.price, collected,
        )
        .join_from(LINES, BOOKINGS, LINES.c.booking_id == BOOKINGS.c.id)
        .where(
            visible(BOOKINGS.c.owner_id, scope, "owner"),
            BOOKINGS.c.owner_id == wanted.owner_id,
            BOOKINGS.c.state.in_([state.value for state in STANDS]),
            LINES.c.departure.between(wanted.first, wanted.last),
        )
        .order_by(*key)
        .limit(wanted.limit + 1)
    )  # fmt: skip
    if wanted.cursor:
        query = query.where(tuple_(*key) > _after(wanted.cursor))
    async with database.reading() as connection:
        found = (await connection.execute(query)).all()
    page = found[: wanted.limit]
    return calls.ListTaxLinesResponse(
        lines=[_line(row) for row in page], next_cursor=_next(page[-1]) if len(found) > wanted.limit else ""
    )


def _line(row: Any) -> calls.TaxLine:
    price = pricing.QuoteLine.FromString(row.price)
    return calls.TaxLine(
        file_number=row.number,
        listing_id=str(row.listing_id),
        listing_code=row.listing_code,
        nights=common.Nights(arrival=row.arrival.isoformat(), departure=row.departure.isoformat()),
        party=common.Party(
            adults=row.adults, children_ages=row.children_ages, exempt_adults=row.exempt_adults
        ),
        tax=common.Money(amount=row.tourist_tax, currency=row.currency),
        explained=[each for each in price.beside if each.kind == "TOURIST_TAX"],
        is_collected=row.collected,
    )


def _next(row: Any) -> str:
    return _SEPARATOR.join((row.departure.isoformat(), str(row.number), str(row.position)))


def _after(cursor: str) -> Any:
    try:
        day, number, position = cursor.split(_SEPARATOR)
        return tuple_(date.fromisoformat(day), int(number[:9]), int(position[:9]))
    except ValueError:
        raise BadValue(field="page.cursor", why="malformed") from None
