"""A calendar is given again while nothing has changed, and never when older than it says."""

import asyncio
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from gateway.api import models
from gateway.api.calendars import FRESH_SECONDS, Calendars, Wished
from sejour.availability.v1 import availability_service_pb2 as availability_pb
from sejour.pricing.v1 import pricing_service_pb2 as prices_pb

WISHED = Wished("listing", "07MS01731", date(2026, 7, 18), date(2026, 7, 20), 1, 2, (9,))
FREE, TAKEN = availability_pb.NIGHT_STATE_FREE, availability_pb.NIGHT_STATE_TAKEN


class Services:
    """Availability and pricing: what they would answer, and how often they were asked for how much."""

    def __init__(self):
        self.states, self.price, self.code = [FREE, FREE, FREE], 8000, ""
        self.asked, self.sent = 0, []
        self.calendar = SimpleNamespace(GetCalendar=self._calendar)
        self.prices = SimpleNamespace(PriceCalendar=self._prices)

    async def _calendar(self, request):
        self.asked += 1
        await asyncio.sleep(0)
        tag = str(self.states)
        if tag == request.known_tag:
            return availability_pb.GetCalendarResponse(tag=tag)
        self.sent.append("states")
        return availability_pb.GetCalendarResponse(states=self.states, tag=tag)

    async def _prices(self, request):
        await asyncio.sleep(0)
        price = self.price - 800 if self.code and request.promo_code == self.code else self.price
        if str(price) == request.known_tag:
            return prices_pb.PriceCalendarResponse(tag=str(price))
        self.sent.append("prices")
        days = [prices_pb.CalendarDay(price=price, arrival_allowed=True)] * 2
        return prices_pb.PriceCalendarResponse(days=days, currency="EUR", tag=str(price))


@pytest.fixture
def services():
    return Services()


@pytest.fixture
def clock():
    return SimpleNamespace(seconds=0.0)


@pytest.fixture
def calendars(services, clock):
    return Calendars(services, lambda: clock.seconds)


async def read(calendars, wished=WISHED):
    content, tag = await calendars.written(wished)
    return models.Calendar.model_validate_json(content), tag


async def test_a_calendar_is_asked_for_once_in_a_second(calendars, services, clock):
    first = await read(calendars)
    clock.seconds = FRESH_SECONDS * 0.9
    assert await read(calendars) == first
    assert services.asked == 1


async def test_a_calendar_that_has_not_changed_is_not_sent_again(calendars, services, clock):
    first = await read(calendars)
    clock.seconds = FRESH_SECONDS
    assert await read(calendars) == first
    assert (services.asked, services.sent) == (2, ["states", "prices"])


CHANGES = [
    ({"states": [TAKEN, FREE, FREE]}, ["taken", "free"], 8000),
    ({"price": 9000}, ["free", "free"], 9000),
    ({"states": [FREE, TAKEN, FREE], "price": 9000}, ["free", "taken"], 9000),
]


@pytest.mark.parametrize(("change", "states", "price"), CHANGES)
async def test_what_has_changed_is_told_after_a_second(services, clock, change, states, price):
    calendars = Calendars(services, lambda: clock.seconds)
    _, before = await read(calendars)
    for name, value in change.items():
        setattr(services, name, value)
    clock.seconds = FRESH_SECONDS
    calendar, tag = await read(calendars)
    assert tag != before
    assert [day.state for day in calendar.days] == states
    assert [day.price.amount for day in calendar.days] == [price] * 2
    assert calendar.days[0].bookable == (states[0] == "free")


async def test_who_comes_meanwhile_waits_for_the_same_answer(calendars, services):
    found = await asyncio.gather(*(read(calendars) for _ in range(5)))
    assert found == [found[0]] * 5
    assert services.asked == 1


async def test_other_parties_have_calendars_of_their_own(calendars, services):
    await read(calendars)
    await read(calendars, Wished("listing", "07MS01731", date(2026, 7, 18), date(2026, 7, 20), 1, 3, (9,)))
    assert services.asked == 2


async def test_the_oldest_are_forgotten_when_they_take_too_much_room(calendars, services, monkeypatch):
    monkeypatch.setattr("gateway.api.calendars._MOST_BYTES", 1)
    await read(calendars)
    await read(calendars)
    assert services.asked == 2


async def test_a_code_that_counts_has_a_calendar_of_its_own(calendars, services, clock):
    services.code = "AMIS26"
    plain, _ = await read(calendars)
    coded, _ = await read(calendars, replace(WISHED, promo="AMIS26"))
    assert [day.price.amount for day in (plain.days[0], coded.days[0])] == [8000, 7200]
    asked = services.asked
    assert (await read(calendars, replace(WISHED, promo="AMIS26")))[0] == coded
    assert (await read(calendars))[0] == plain
    assert services.asked == asked
    clock.seconds = FRESH_SECONDS
    services.code, services.sent = "", []
    assert (await read(calendars, replace(WISHED, promo="AMIS26")))[0] == plain


async def test_codes_that_nobody_knows_share_the_calendar_without_a_code(
    calendars, services, clock, monkeypatch
):
    plain = await read(calendars)
    monkeypatch.setattr("gateway.api.calendars._MOST_BYTES", len(calendars._written[WISHED].content) * 3 // 2)
    services.sent = []
    for number in range(20):
        assert await read(calendars, replace(WISHED, promo=f"TRY{number}")) == plain
    assert services.sent == []
    services.states = [TAKEN, FREE, FREE]
    clock.seconds = FRESH_SECONDS
    changed, _ = await read(calendars, replace(WISHED, promo="TRY1"))
    assert [day.state for day in changed.days] == ["taken", "free"]
    assert list(calendars._written) == [WISHED]
