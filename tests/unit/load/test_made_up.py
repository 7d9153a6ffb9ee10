"""Measurements are only worth what their listings are: sellable, varied, and the same on every machine."""

from datetime import date
from itertools import islice

from availability.entrypoints.grpc_search import to_query
from availability.search.calendars import Calendar
from made_up import made_up, searches
from tariff import DiscountKind, find_problems, from_json
from tariff.vector import vectorise

TODAY = date(2026, 3, 1)


def test_a_seed_gives_the_same_listings_again():
    first, again = (list(made_up(5, today=TODAY)) for _ in range(2))
    assert first == again


def test_a_listing_is_the_same_whatever_the_count():
    assert next(made_up(1, today=TODAY, first=7)) == list(made_up(9, today=TODAY))[7]


def test_other_seeds_give_other_listings():
    ids = {each.listing.id for seed in (1, 2) for each in made_up(20, today=TODAY, seed=seed)}
    assert len(ids) == 40


def test_every_tariff_could_be_published():
    sheets = [from_json(sheet.sheet_json) for each in made_up(60, today=TODAY) for sheet in each.rates.sheets]
    assert len(sheets) > 60
    assert [problem for sheet in sheets for problem in find_problems(sheet)] == []


def test_two_nights_of_five_are_sold_in_summer():
    origin = TODAY.toordinal()
    first, last = (day.toordinal() - origin for day in (date(2026, 7, 4), date(2026, 8, 29)))
    summer = (1 << last) - (1 << first)
    calendars = [Calendar.of(each.calendar, origin) for each in made_up(200, today=TODAY)]
    sold = sum((busy & summer).bit_count() for each in calendars for busy, _held in each.units)
    assert 0.34 < sold / (200 * summer.bit_count()) < 0.46


def test_four_searches_of_five_have_a_place():
    asked = list(islice(searches(today=TODAY), 500))
    assert 370 < sum(each.radius_km > 0 for each in asked) < 430
    assert all(to_query(each).arrival > TODAY for each in asked)


def test_tariffs_have_every_kind_of_price_and_the_arrays_take_them_all():
    sheets = [
        from_json(sheet.sheet_json) for each in made_up(150, today=TODAY) for sheet in each.rates.sheets
    ]
    seasons = [sheet.seasons[0] for sheet in sheets]
    assert 0.04 < sum(bool(each.named) for each in seasons) / len(seasons) < 0.16
    assert 0.04 < sum(bool(each.weekday_prices) for each in seasons) / len(seasons) < 0.16
    assert 0.04 < sum(bool(each.occupancies) for each in seasons) / len(seasons) < 0.2
    kinds = [one.kind for sheet in sheets for one in sheet.discounts]
    assert 0.03 < kinds.count(DiscountKind.SECOND_WEEK) / len(sheets) < 0.15
    assert not any(vectorise(sheet).odd for sheet in sheets)
