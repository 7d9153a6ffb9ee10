from datetime import date

import pytest
from chassis.errors import ErrorKind, RemoteError
from gateway.forms import Form
from gateway.owner.seasons import next_year
from gateway.owner.tariff_form import fail_on_cell, form_of, lengths_of, priced_first, tariff_of
from gateway.owner.tariff_view import grid_of, season_of, year_of
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_types_pb2 as pricing

LISTINGS = [catalog.Listing(id="l1", code="07MS01731"), catalog.Listing(id="l2", code="26CH1481")]
SEASONS = [
    pricing.Season(
        id="s-low",
        name="Basse",
        color="s1",
        periods=[common.Nights(arrival="2026-02-01", departure="2026-06-13")],
    ),
    pricing.Season(
        id="s-high",
        name="Haute",
        color="s3",
        periods=[common.Nights(arrival="2026-08-08", departure="2026-08-15")],
    ),
]


def a_tariff():
    row = pricing.TariffRow(
        season_id="s-high", packages={7: 63000, 10: 90000}, extra_adult=7000, extra_night=9000,
        child_bands=[pricing.ChildBand(max_age=12, price=3500)],
        rules=pricing.StayRules(arrival_days=[6], min_nights=7),
    )  # fmt: skip
    return pricing.Tariff(
        id="t1", owner_id="o1", name="Gîte 4/6", rate_plan_id="p1", listing_ids=["l1"], base_persons=4,
        extra_person_unit=pricing.EXTRA_PERSON_UNIT_WEEK, straddle=pricing.STRADDLE_MODE_PRORATA, rows=[row], revision=5,
    )  # fmt: skip


def read(form, tariff):
    changed = tariff_of(form, tariff, SEASONS, LISTINGS)
    changed.rate_plan_id = tariff.rate_plan_id
    return changed


def test_a_tariff_sent_back_as_it_was_is_the_same():
    tariff = a_tariff()
    form = form_of(tariff, LISTINGS)
    assert read(form, tariff) == tariff
    assert form.ok


def test_an_empty_cell_is_not_sold_and_zero_is_a_price():
    tariff = a_tariff()
    form = form_of(tariff, LISTINGS)
    form.set("p.s-high.7", "")
    form.set("p.s-low.2", "0")
    form.set("gratuit", "1")
    changed = read(form, tariff)
    assert {row.season_id: dict(row.packages) for row in changed.rows} == {
        "s-low": {2: 0},
        "s-high": {10: 90000},
    }


def test_zero_euros_is_asked_about_before_it_is_taken():
    form = form_of(a_tariff(), LISTINGS)
    form.set("p.s-high.7", "0")
    read(form, a_tariff())
    assert "est-ce gratuit" in form.error("p.s-high.7")


@pytest.mark.parametrize(
    ("typed", "words"), [("-5", "négatif"), ("200 000", "trop haut"), ("beaucoup", "ne se lit pas")]
)
def test_a_price_that_cannot_be_is_refused_on_its_cell_and_kept_as_typed(typed, words):
    form = form_of(a_tariff(), LISTINGS)
    form.set("p.s-high.7", typed)
    read(form, a_tariff())
    assert words in form.error("p.s-high.7")
    assert form.value("p.s-high.7") == typed


def test_a_price_of_children_without_an_age_is_refused_on_the_age():
    form = form_of(a_tariff(), LISTINGS)
    form.set("c2.s-high", "20")
    read(form, a_tariff())
    assert form.error("age2")


def test_a_maximum_below_the_minimum_is_refused_on_the_maximum():
    form = form_of(a_tariff(), LISTINGS)
    form.set("max.s-high", "3")
    read(form, a_tariff())
    assert "plus petit" in form.error("max.s-high")


def test_what_pricing_refuses_stands_on_the_cell_that_it_names():
    form = Form()
    error = RemoteError(
        kind=ErrorKind.REFUSED, reason="BAD_PRICE",
        metadata={"field": "tariff.rows[0].packages[7]", "amount": "60000000", "limit": "50000000"},
    )  # fmt: skip
    assert fail_on_cell(form, error, a_tariff())
    assert "500" in form.error("p.s-high.7")


def test_a_length_added_on_the_form_is_a_column():
    form = form_of(a_tariff(), LISTINGS)
    form.set("colonne", ["5"])
    assert 5 in lengths_of(a_tariff(), form)


def test_lengths_that_a_tariff_has_besides_the_usual_ones_are_columns():
    assert 10 in lengths_of(a_tariff())
    assert 10 not in lengths_of(pricing.Tariff())


def test_all_seven_days_ticked_is_no_rule():
    tariff = a_tariff()
    form = form_of(tariff, LISTINGS)
    form.set("arr.s-high", [str(day) for day in range(1, 8)])
    assert list(read(form, tariff).rows[0].rules.arrival_days) == []


def test_a_grid_without_a_price_is_refused():
    form = Form({"nom": "Vide", "hebergement": ["07MS01731"], "base": "4", "unite": "2", "mode": "1"})
    tariff_of(form, pricing.Tariff(owner_id="o1"), SEASONS, LISTINGS)
    assert form.error("")


def test_seasons_that_a_tariff_prices_come_first():
    assert [season.name for season in priced_first(list(SEASONS), a_tariff())] == ["Haute", "Basse"]


def test_a_season_is_copied_to_the_same_weekday():
    assert next_year(date(2026, 7, 4)) == date(2027, 7, 3)
    assert next_year(date(2026, 7, 4)).weekday() == date(2026, 7, 4).weekday()


def test_the_year_shows_each_night_in_its_season():
    assert season_of(date(2026, 8, 14), SEASONS).name == "Haute"
    assert season_of(date(2026, 8, 15), SEASONS) is None
    august = year_of(2026, SEASONS)[7]
    assert august["label"] == "Août 2026"
    day = next(cell for week in august["weeks"] for cell in week if cell.number == 8)
    assert (day.colour, day.season, day.price) == ("s3", "Haute", "")


def test_a_day_of_the_year_tells_its_price_and_that_a_typed_price_wins():
    typed = pricing.PriceOnDates(
        nights=common.Nights(arrival="2026-08-08", departure="2026-08-15"), unit=pricing.PRICE_UNIT_STAY, reason="foire"
    )  # fmt: skip
    totals = {date(2026, 8, 8): 69000}
    months = year_of(2026, SEASONS, prices=[typed], totals=totals, length=7)
    day = next(cell for week in months[7]["weeks"] for cell in week if cell.number == 8)
    assert (day.price, day.source, day.pinned) == ("690", "prix saisi : foire".replace(" :", "\u00a0:"), True)


def test_the_view_shows_a_dash_where_a_length_is_not_sold():
    grid = grid_of(a_tariff(), SEASONS)
    assert grid["lengths"] == ["semaine", "10 nuits"]
    assert grid["rows"][0]["cells"] == [63000, 90000]
    assert grid["rows"][0]["arrivals"] == "samedi"
