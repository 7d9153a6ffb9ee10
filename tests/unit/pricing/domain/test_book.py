"""The book of an owner: what may be saved, and what each change touches."""

from dataclasses import replace
from datetime import date

import pytest
from chassis.ids import new_id
from pricing.domain.book import RateBook
from pricing.domain.errors import (
    BadValue,
    CodeTaken,
    PlanPricedTwice,
    PricesOverlap,
    RevisionStale,
    SeasonInUse,
    SeasonNotFound,
    SeasonsOverlap,
)
from pricing.domain.parts import (
    Discount,
    PriceOnDates,
    RatePlan,
    Season,
    Supplement,
    Tariff,
    TariffRow,
)
from tariff import DiscountKind, PriceUnit, SupplementBase, evaluate
from tariff import Party as TariffParty
from values import NightRange

from tests.unit.pricing.builders import OWNER, a_book, a_listing, a_plan, a_season, a_tariff


@pytest.fixture
def house():
    return a_listing()


@pytest.fixture
def book(house) -> RateBook:
    """A house, a plan, two seasons that touch, one tariff."""
    found = a_book(house, a_listing())
    plan, _ = found.save(a_plan(), is_new=True)
    low, _ = found.save(a_season("Basse", ("2026-01-01", "2026-07-01")), is_new=True)
    high, _ = found.save(a_season("Haute", ("2026-07-01", "2026-09-01")), is_new=True)
    rows = (TariffRow(low.id, {7: 34000}), TariffRow(high.id, {7: 74000}))
    found.save(a_tariff(plan, house, *rows), is_new=True)
    return found


def the(book, kind):
    return next(iter(book.shelf(kind).values()))


def test_seasons_of_one_tariff_may_touch_and_not_share_a_night(book):
    low = the(book, Season)
    longer = replace(low, periods=(NightRange.parse("2026-01-01", "2026-07-02"),))
    with pytest.raises(SeasonsOverlap) as refused:
        book.save(longer, is_new=False)
    assert refused.value.metadata == {
        "first": "Basse",
        "second": "Haute",
        "from": "2026-07-01",
        "to": "2026-07-02",
    }


def test_seasons_of_no_common_tariff_may_overlap(book):
    season, touched = book.save(a_season("Vacances", ("2026-02-07", "2026-03-07")), is_new=True)
    assert (season.revision, touched) == (1, frozenset())


def test_a_season_touches_the_listings_of_its_tariffs(book, house):
    season, touched = book.save(replace(the(book, Season), name="Basse saison"), is_new=False)
    assert (season.revision, touched) == (2, {house.id})


def test_a_tariff_that_leaves_a_listing_touches_it_too(book, house):
    tariff = the(book, Tariff)
    other = next(one for one in book.listings if one != house.id)
    _, touched = book.save(replace(tariff, listing_ids=(other,)), is_new=False)
    assert touched == {house.id, other}


def test_a_season_in_use_stays(book):
    with pytest.raises(SeasonInUse):
        book.remove(Season, the(book, Season).id)
    assert len(book.seasons) == 2


def test_an_unknown_season_in_a_grid_is_not_found(book):
    tariff = replace(the(book, Tariff), rows=(TariffRow(new_id()),))
    with pytest.raises(SeasonNotFound):
        book.save(tariff, is_new=False)


def test_a_stale_revision_is_refused(book):
    season = the(book, Season)
    book.save(season, is_new=False)
    with pytest.raises(RevisionStale):
        book.save(season, is_new=False)


def test_a_second_tariff_of_the_same_plan_and_listing_is_refused(book, house):
    with pytest.raises(PlanPricedTwice):
        book.save(a_tariff(the(book, RatePlan), house), is_new=True)


def test_a_code_is_used_once(book):
    with pytest.raises(CodeTaken):
        book.save(a_plan("location"), is_new=True)


def a_price(book, house, arrival, departure, unit=PriceUnit.NIGHT, *, plan=None) -> PriceOnDates:
    return PriceOnDates(
        id=new_id(),
        owner_id=OWNER,
        listing_id=house.id,
        rate_plan_id=(plan or the(book, RatePlan)).id,
        nights=NightRange.parse(arrival, departure),
        unit=unit,
        price=5000,
    )


def test_a_fixed_stay_may_lie_over_a_night_price_and_not_over_the_same_stay(book, house):
    book.save(a_price(book, house, "2026-08-01", "2026-08-08"), is_new=True)
    book.save(a_price(book, house, "2026-08-03", "2026-08-05", PriceUnit.STAY), is_new=True)
    with pytest.raises(PricesOverlap):
        book.save(a_price(book, house, "2026-08-03", "2026-08-05", PriceUnit.STAY), is_new=True)
    with pytest.raises(PricesOverlap):
        book.save(a_price(book, house, "2026-08-07", "2026-08-09", PriceUnit.WEEK), is_new=True)


def test_a_plan_priced_only_on_dates_has_a_sheet(book, house):
    plan, _ = book.save(a_plan("pension"), is_new=True)
    _, touched = book.save(a_price(book, house, "2026-10-01", "2026-10-08", plan=plan), is_new=True)
    sheets = book.sheets(house, ())
    assert touched == {house.id}
    assert [one.name for one in sheets] == ["Location", "Pension"]
    price = evaluate(
        sheets[1].sheet, NightRange.parse("2026-10-02", "2026-10-04"), TariffParty(2), date(2026, 9, 1)
    )
    assert price.total == 10000


def test_a_listing_that_shrank_below_the_base_is_still_sold(book, house):
    small = replace(house, max_persons=2)
    (sheet,) = book.sheets(small, ())
    assert (sheet.sheet.base_persons, sheet.sheet.max_persons) == (2, 2)


def test_supplements_and_discounts_go_where_the_owner_said(book, house):
    other = next(one for one in book.listings.values() if one.id != house.id)
    common = {"owner_id": OWNER, "base": SupplementBase.PER_STAY, "price": 6000}
    for code, values in (
        ("menage", {}),
        ("ailleurs", {"listing_ids": (other.id,)}),
        ("compteur", {"on_site": True}),
    ):
        book.save(Supplement(id=new_id(), code=code, name=code, **common, **values), is_new=True)
    discount = Discount(
        id=new_id(),
        owner_id=OWNER,
        code="d",
        name="D",
        kind=DiscountKind.LATE,
        basis_points=500,
        listing_ids=(other.id,),
    )
    _, touched = book.save(discount, is_new=True)
    (plan,) = book.sheets(house, ())
    assert [one.code for one in plan.sheet.supplements] == ["menage"]
    assert [one.code for one in plan.on_site] == ["compteur"]
    assert (plan.sheet.discounts, touched) == ((), {other.id})


def test_a_discount_with_a_day_must_be_an_early_one(book):
    discount = Discount(
        id=new_id(),
        owner_id=OWNER,
        code="d",
        name="D",
        kind=DiscountKind.LATE,
        basis_points=500,
        before=date(2026, 4, 1),
    )
    with pytest.raises(BadValue):
        book.save(discount, is_new=True)


def test_a_deleted_tariff_leaves_no_sheet(book, house):
    _, touched = book.remove(Tariff, the(book, Tariff).id)
    assert (touched, book.sheets(house, ())) == ({house.id}, ())
