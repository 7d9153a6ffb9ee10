from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from availability.domain.calendar import Busy, busy_nights, find_hole, unit_nights
from availability.domain.listing import Listing, ListingKind, ListingState, Mode
from availability.domain.occupancy import Kind, Occupancy
from values import NightRange

NOW = datetime(2027, 3, 1, tzinfo=UTC)
ROOMS = (UUID(int=1), UUID(int=2))


def nights(first: int, last: int) -> NightRange:
    base = date(2027, 7, 1)
    return NightRange(base + timedelta(days=first), base + timedelta(days=last))


def a_listing(mode: Mode) -> Listing:
    return Listing(
        id=UUID(int=9), owner_id=UUID(int=8), property_id=UUID(int=7), mode=mode, kind=ListingKind.SEASONAL_RENTAL,
        state=ListingState.IN_PRODUCTION, zone="Europe/Paris", max_persons=4, revision=1, resources=ROOMS,
    )  # fmt: skip


def stay(room: int, span: NightRange) -> Occupancy:
    return Occupancy(UUID(int=room), ROOMS[room], UUID(int=9), span, Kind.STAY)


def hold(room: int, span: NightRange, minutes: int) -> Occupancy:
    end = NOW + timedelta(minutes=minutes)
    return Occupancy(UUID(int=room), ROOMS[room], UUID(int=9), span, Kind.HOLD, expires_at=end)


def test_a_house_is_busy_where_any_room_is():
    rows = [stay(0, nights(0, 3)), stay(1, nights(2, 5))]
    assert [one.nights for one in busy_nights(a_listing(Mode.ALL), rows)] == [nights(0, 3), nights(2, 5)]


def test_a_house_taken_whole_is_told_once():
    rows = [stay(0, nights(0, 3)), stay(1, nights(0, 3))]
    assert busy_nights(a_listing(Mode.ALL), rows) == (Busy(nights(0, 3), Kind.STAY),)


def test_like_rooms_are_busy_where_none_is_free():
    rows = [stay(0, nights(0, 3)), stay(1, nights(2, 5))]
    assert busy_nights(a_listing(Mode.ANY), rows) == (Busy(nights(2, 3), Kind.STAY),)
    assert [[one.nights for one in unit] for unit in unit_nights(a_listing(Mode.ANY), rows)] == [
        [nights(0, 3)],
        [nights(2, 5)],
    ]


def test_like_rooms_are_free_again_when_the_first_hold_ends():
    rows = [hold(0, nights(0, 3), 30), hold(1, nights(0, 3), 10)]
    [busy] = busy_nights(a_listing(Mode.ANY), rows)
    assert busy.frees_at == NOW + timedelta(minutes=10)
    [mixed] = busy_nights(a_listing(Mode.ANY), [hold(0, nights(0, 3), 30), stay(1, nights(0, 3))])
    assert (mixed.kind, mixed.frees_at) == (Kind.HOLD, NOW + timedelta(minutes=30))


def test_the_tightest_hole_is_found():
    units = [[nights(0, 2), nights(9, 12)], [nights(0, 3), nights(6, 12)]]
    assert find_hole(nights(4, 6), [nights(0, 30)], units) == nights(3, 6)
    assert find_hole(nights(4, 7), [nights(0, 30)], units) == nights(2, 9)


def test_closed_nights_have_no_hole():
    assert find_hole(nights(4, 6), [nights(0, 5)], [[]]) is None
