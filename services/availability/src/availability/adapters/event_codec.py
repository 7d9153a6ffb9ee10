"""News of availability on the wire."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp
from sejour.availability.v1 import availability_events_pb2 as events_pb
from sejour.availability.v1 import availability_types_pb2 as types_pb
from sejour.common.v1 import common_pb2
from values import NightRange

from availability.domain.calendar import Busy, Calendar
from availability.domain.occupancy import Kind

CALENDARS = "availability.calendars"
HOLDS = "availability.holds"

KINDS = {
    Kind.HOLD: types_pb.OCCUPANCY_KIND_HOLD,
    Kind.STAY: types_pb.OCCUPANCY_KIND_STAY,
    Kind.BLOCK: types_pb.OCCUPANCY_KIND_BLOCK,
    Kind.EXTERNAL: types_pb.OCCUPANCY_KIND_EXTERNAL,
}


def nights_pb(nights: NightRange) -> common_pb2.Nights:
    """ISO dates, half-open."""
    return common_pb2.Nights(arrival=nights.arrival.isoformat(), departure=nights.departure.isoformat())


def timestamp(at: datetime | None) -> Timestamp | None:
    """An instant; None leaves the field unset."""
    if at is None:
        return None
    found = Timestamp()
    found.FromDatetime(at)
    return found


def _busy(every: Iterable[Busy]) -> list[events_pb.BusyNights]:
    return [
        events_pb.BusyNights(
            nights=nights_pb(one.nights), kind=KINDS[one.kind], frees_at=timestamp(one.frees_at)
        )
        for one in every
    ]


def calendar_changed(calendar: Calendar) -> events_pb.CalendarChanged:
    """The whole calendar of a listing."""
    return events_pb.CalendarChanged(
        listing_id=str(calendar.listing.id),
        owner_id=str(calendar.listing.owner_id),
        revision=calendar.revision,
        open=[nights_pb(one) for one in calendar.open],
        busy=_busy(calendar.busy),
        rolling=calendar.rolling,
        units=[events_pb.UnitCalendar(busy=_busy(unit)) for unit in calendar.units],
    )


def hold_expired(booking_id: UUID, revision: int, at: datetime) -> events_pb.HoldExpired:
    """The holds of a booking ended."""
    return events_pb.HoldExpired(booking_id=str(booking_id), revision=revision, expired_at=timestamp(at))
