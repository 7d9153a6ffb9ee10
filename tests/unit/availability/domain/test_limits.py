from datetime import date, timedelta
from uuid import UUID

import pytest
from availability.domain.errors import ChainTooLong, GuestLimit
from availability.domain.limits import check_chain, check_guest_rooms
from availability.domain.occupancy import Kind, Line, Occupancy
from values import NightRange

BASE = date(2027, 4, 1)
LISTING = UUID(int=1)


def nights(first: int, last: int) -> NightRange:
    return NightRange(BASE + timedelta(days=first), BASE + timedelta(days=last))


def test_90_nights_are_allowed_and_91_are_not():
    check_chain(LISTING, nights(0, 90), [])
    with pytest.raises(ChainTooLong):
        check_chain(LISTING, nights(0, 91), [])


def test_stays_that_touch_make_a_chain_on_both_sides():
    with pytest.raises(ChainTooLong) as refused:
        check_chain(LISTING, nights(40, 60), [nights(0, 40), nights(60, 91)])
    assert refused.value.metadata["nights"] == "91"


def test_one_free_night_breaks_the_chain():
    check_chain(LISTING, nights(61, 100), [nights(0, 60)])


def row(line: int, stay: NightRange, guests: int, resource: int) -> Occupancy:
    return Occupancy(
        UUID(int=resource), UUID(int=resource), LISTING, stay, Kind.STAY,
        booking_id=UUID(int=99), line_id=UUID(int=line), guests=guests,
    )  # fmt: skip


def wanted(stay: NightRange, guests: int, rooms: int = 1) -> list[tuple[Line, int]]:
    return [(Line(UUID(int=50), LISTING, stay, guests), rooms)]


def test_the_guests_of_a_line_count_once_however_many_rooms_it_takes():
    standing = [row(1, nights(0, 3), 10, 1), row(1, nights(0, 3), 10, 2)]
    check_guest_rooms(wanted(nights(0, 3), 5), standing, UUID(int=7))
    with pytest.raises(GuestLimit):
        check_guest_rooms(wanted(nights(0, 3), 6), standing, UUID(int=7))


def test_guests_that_leave_that_day_do_not_count():
    check_guest_rooms(wanted(nights(3, 4), 15), [row(1, nights(0, 3), 10, 1)], UUID(int=7))


def test_a_sixth_room_is_refused():
    standing = [row(i, nights(0, 3), 1, i) for i in range(1, 5)]
    check_guest_rooms(wanted(nights(2, 5), 1), standing, UUID(int=7))
    with pytest.raises(GuestLimit) as refused:
        check_guest_rooms(wanted(nights(2, 5), 1, rooms=2), standing, UUID(int=7))
    assert refused.value.metadata["night"] == "2027-04-03"
