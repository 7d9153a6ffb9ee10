from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from availability.domain.errors import NightsTaken
from availability.domain.listing import Listing, ListingKind, ListingState, Mode
from availability.domain.occupancy import Kind, Occupancy, choose_resources
from values import NightRange

NOW = datetime(2027, 3, 1, tzinfo=UTC)
ROOMS = (UUID(int=1), UUID(int=2), UUID(int=3))


def nights(day: int, count: int) -> NightRange:
    return NightRange.of_length(date(2027, 7, day), count)


def a_listing(mode: Mode) -> Listing:
    return Listing(
        id=UUID(int=9), owner_id=UUID(int=8), property_id=UUID(int=7), mode=mode, kind=ListingKind.SEASONAL_RENTAL,
        state=ListingState.IN_PRODUCTION, zone="Europe/Paris", max_persons=4, revision=1, resources=ROOMS,
    )  # fmt: skip


def standing(resource: UUID, stay: NightRange, **changes) -> Occupancy:
    return Occupancy(UUID(int=5), resource, UUID(int=9), stay, changes.pop("kind", Kind.STAY), **changes)


def test_a_house_takes_all_its_resources():
    assert choose_resources(a_listing(Mode.ALL), nights(3, 7), []) == ROOMS


def test_a_house_with_one_taken_room_is_taken():
    with pytest.raises(NightsTaken):
        choose_resources(a_listing(Mode.ALL), nights(3, 7), [standing(ROOMS[2], nights(9, 1))])


def test_the_first_free_room_is_taken():
    taken = [standing(ROOMS[0], nights(3, 1))]
    assert choose_resources(a_listing(Mode.ANY), nights(3, 7), taken) == (ROOMS[1],)


def test_a_room_with_neighbours_on_both_sides_comes_first():
    beside = [
        standing(ROOMS[1], nights(1, 2)),
        standing(ROOMS[2], nights(1, 2)),
        standing(ROOMS[2], nights(10, 2)),
    ]
    assert choose_resources(a_listing(Mode.ANY), nights(3, 7), beside) == (ROOMS[2],)


def test_a_moved_stay_keeps_its_room_when_it_can():
    assert choose_resources(a_listing(Mode.ANY), nights(3, 7), [], prefer=[ROOMS[1]]) == (ROOMS[1],)


def test_a_hold_ends_at_its_time_and_a_pinned_one_does_not():
    hold = standing(ROOMS[0], nights(3, 7), kind=Kind.HOLD, expires_at=NOW)
    pinned = standing(ROOMS[0], nights(3, 7), kind=Kind.HOLD, expires_at=NOW, pinned_at=NOW)
    assert hold.expired(NOW)
    assert not hold.expired(NOW - timedelta(seconds=1))
    assert not pinned.expired(NOW + timedelta(days=9))
    assert (hold.frees_at, pinned.frees_at) == (NOW, None)
