"""Calendars of guests: the state of each night, kept until something changes; used by `queries`."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

from sejour.availability.v1 import availability_service_pb2 as pb
from values import NightRange

from availability.domain.calendar import busy_nights
from availability.domain.listing import Listing
from availability.domain.occupancy import Kind, Occupancy
from availability.domain.opening import Period

_MOST = 4096
"""Calendars kept; a year of states takes less than a kilobyte."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A calendar, and from when until when it is as it is while its revision stands."""

    answer: pb.GetCalendarResponse
    since: datetime
    until: datetime


class KeptCalendars:
    """The calendars drawn last, by listing and nights.

    Every change gives a calendar another revision, but a hold ends without anybody's doing, by the clock.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[UUID, NightRange], _Kept] = OrderedDict()

    def find(
        self, listing_id: UUID, span: NightRange, revision: int, now: datetime
    ) -> pb.GetCalendarResponse | None:
        """The calendar of that revision, where it is kept and no hold of it has ended since."""
        kept = self._kept.get((listing_id, span))
        if kept is None or kept.answer.revision != revision or not kept.since <= now < kept.until:
            return None
        self._kept.move_to_end((listing_id, span))
        return kept.answer

    def keep(
        self,
        listing_id: UUID,
        span: NightRange,
        drawn: pb.GetCalendarResponse,
        standing: Sequence[Occupancy],
        now: datetime,
    ) -> None:
        """Keeps a calendar that was drawn of what stands at an instant."""
        ends = [
            one.expires_at
            for one in standing
            if one.kind is Kind.HOLD and not one.pinned and one.expires_at is not None
        ]
        self._kept[listing_id, span] = _Kept(drawn, now, min(ends, default=_NEVER))
        self._kept.move_to_end((listing_id, span))
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)


def draw_calendar(
    listing: Listing,
    span: NightRange,
    periods: Sequence[Period],
    standing: Sequence[Occupancy],
    *,
    revision: int,
) -> pb.GetCalendarResponse:
    """The state of each night of a span; `revision` was read before what stands, so it is never newer."""
    states = bytearray([pb.NIGHT_STATE_CLOSED]) * span.length
    _paint(states, span, [one.nights for one in periods], pb.NIGHT_STATE_FREE)
    # A night that is closed and taken is told as taken: the bar stands whether it is open or not.
    _paint(states, span, [one.nights for one in busy_nights(listing, standing)], pb.NIGHT_STATE_TAKEN)
    tag = blake2b(states, digest_size=12).hexdigest()
    named = [pb.NightState.ValueType(state) for state in states]
    return pb.GetCalendarResponse(states=named, revision=revision, tag=tag)


def _paint(
    states: bytearray, span: NightRange, ranges: Sequence[NightRange], state: pb.NightState.ValueType
) -> None:
    for one in ranges:
        part = one.intersection(span)
        if part is not None:
            first = (part.arrival - span.arrival).days
            states[first : first + part.length] = bytes([state]) * part.length
