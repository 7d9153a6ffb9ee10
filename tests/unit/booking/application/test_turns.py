"""Rivals for the same nights: one goes first, the others learn what became of them, and nobody waits for ever."""

import asyncio
from uuid import uuid4

import pytest
from booking.application import turns
from booking.application.turns import Turns
from booking.domain.errors import NightsTaken
from values import NightRange

HOUSE, OTHER_HOUSE = uuid4(), uuid4()


def week(first, last, house=HOUSE):
    return [(house, NightRange.parse(f"2026-07-{first:02}", f"2026-07-{last:02}"))]


class Availability:
    """Knows which nights are taken, and counts how often it is asked."""

    def __init__(self) -> None:
        self.stays = []
        self.asked = 0

    async def taken(self, listing_id, nights):
        self.asked += 1
        await asyncio.sleep(0)
        return next(
            (each for house, each in self.stays if house == listing_id and each.overlaps(nights)), None
        )


@pytest.fixture
def availability():
    return Availability()


async def settled(*tasks):
    """Lets everything run that can; tells which have ended."""
    for _ in range(20):
        await asyncio.sleep(0)
    return [each.done() for each in tasks]


async def test_the_first_goes_at_once_and_asks_nothing(availability):
    rivals = Turns()
    await rivals.take(uuid4(), week(4, 11), availability)
    assert availability.asked == 0


async def test_rivals_wait_for_the_first_and_share_one_question_when_it_has_the_nights(availability):
    rivals, first = Turns(), uuid4()
    await rivals.take(first, week(4, 11), availability)
    others = [asyncio.create_task(rivals.take(uuid4(), week(4, 11), availability)) for _ in range(19)]
    assert not any(await settled(*others))
    availability.stays = week(4, 11)
    rivals.end(first)
    outcomes = await asyncio.gather(*others, return_exceptions=True)
    assert {type(each) for each in outcomes} == {NightsTaken}
    assert outcomes[0].metadata == {
        "listing_id": str(HOUSE), "arrival": "2026-07-04", "departure": "2026-07-11",
    }  # fmt: skip
    assert availability.asked == 1


async def test_the_next_goes_when_the_first_did_not_get_the_nights(availability):
    rivals, first, second = Turns(), uuid4(), uuid4()
    await rivals.take(first, week(4, 11), availability)
    next_one = asyncio.create_task(rivals.take(second, week(5, 12), availability))
    last = asyncio.create_task(rivals.take(uuid4(), week(5, 12), availability))
    rivals.end(first)
    assert await settled(next_one, last) == [True, False]
    rivals.end(second)
    assert await settled(last) == [True]


async def test_other_nights_and_other_houses_are_no_rivals(availability):
    rivals = Turns()
    await rivals.take(uuid4(), week(4, 11), availability)
    await rivals.take(uuid4(), week(11, 18), availability)
    await rivals.take(uuid4(), week(4, 11, house=OTHER_HOUSE), availability)
    assert availability.asked == 0


async def test_whoever_comes_just_after_the_end_asks_first_but_does_not_wait(availability):
    rivals, first = Turns(), uuid4()
    await rivals.take(first, week(4, 11), availability)
    rivals.end(first)
    rivals.end(first)
    await rivals.take(uuid4(), week(11, 18), availability)
    assert availability.asked == 0
    availability.stays = week(4, 11)
    with pytest.raises(NightsTaken):
        await rivals.take(uuid4(), week(10, 12), availability)


async def test_an_attempt_is_forgotten_after_a_while(availability, monkeypatch):
    monkeypatch.setattr(turns, "REMEMBERED", 0)
    rivals, first = Turns(), uuid4()
    await rivals.take(first, week(4, 11), availability)
    rivals.end(first)
    await settled()
    await rivals.take(uuid4(), week(4, 11), availability)
    assert availability.asked == 0


async def test_nobody_waits_for_ever(availability, monkeypatch):
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.01)
    rivals = Turns()
    await rivals.take(uuid4(), week(4, 11), availability)
    async with asyncio.timeout(5):
        await rivals.take(uuid4(), week(4, 11), availability)
    assert availability.asked == 1


async def test_who_hangs_up_leaves_the_others_their_answer(availability):
    rivals, first = Turns(), uuid4()
    await rivals.take(first, week(4, 11), availability)
    others = [asyncio.create_task(rivals.take(uuid4(), week(4, 11), availability)) for _ in range(3)]
    await settled()
    availability.stays = week(4, 11)
    rivals.end(first)
    await asyncio.sleep(0)
    others[0].cancel()
    outcomes = await asyncio.gather(*others, return_exceptions=True)
    assert [type(each) for each in outcomes] == [asyncio.CancelledError, NightsTaken, NightsTaken]
