from datetime import date

import pytest
from chassis.errors import ErrorKind, RemoteError
from gateway.conflicts import meet, origin_of
from gateway.forms import Form
from gateway.owner.seasons import next_year
from gateway.owner.tariff_form import fail_on_cell, form_of, priced_first, tariff_of
from gateway.owner.tariff_grid import lengths_of, line_up, named_words, specials_of
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
    assert grid["columns"] == ["semaine", "10 nuits"]
    assert grid["rows"][0]["cells"] == [63000, 90000]
    assert grid["rows"][0]["arrivals"] == "samedi"


def a_rich_tariff():
    """Everything that a grid can hold besides lengths: weekdays, persons, named packages on days of their own."""
    tariff = a_tariff()
    thursday = pricing.NamedPackage(
        kind=pricing.PACKAGE_KIND_WEEK_END, price=30000, arrival_days=[4, 5], nights=[2, 3]
    )
    row = tariff.rows[0]
    row.named_packages.append(pricing.NamedPackage(kind=pricing.PACKAGE_KIND_MONTH, price=180000))
    row.named_packages.append(thursday)
    row.weekday_prices.update({5: 12000, 6: 12500})
    row.rules.min_by_arrival_day.update({5: 2, 6: 7})
    two = pricing.OccupancyPrices(persons=2, packages={7: 50000}, extra_night=7000)
    two.named_packages.append(thursday)
    two.weekday_prices.update({1: 8000})
    row.occupancies.extend([two, pricing.OccupancyPrices(persons=6, packages={7: 80000})])
    return tariff


def test_a_tariff_of_every_kind_of_price_sent_back_as_it_was_is_the_same():
    tariff = a_rich_tariff()
    form = form_of(tariff, LISTINGS)
    assert read(form, tariff) == tariff
    assert form.ok


def test_prices_for_other_numbers_of_persons_are_grids_of_their_own():
    form = form_of(a_tariff(), LISTINGS)
    form.set("personnes", ["2"])
    form.set("o2.p.s-high.7", "480")
    form.set("o2.j5.s-high", "90")
    row = read(form, a_tariff()).rows[0]
    assert list(row.occupancies) == [
        pricing.OccupancyPrices(persons=2, packages={7: 48000}, weekday_prices={5: 9000})
    ]


def test_a_grid_without_prices_is_gone_and_one_for_the_base_is_refused():
    form = form_of(a_rich_tariff(), LISTINGS)
    for name in [name for name in form.values if name.startswith("o6.")]:
        form.set(name, "")
    assert [one.persons for one in read(form, a_rich_tariff()).rows[0].occupancies] == [2]
    form.set("base", "2")
    read(form, a_rich_tariff())
    assert "sa propre grille" in form.error("base")


def test_a_package_on_other_days_is_a_column_named_by_its_days_and_nights():
    form = form_of(a_rich_tariff(), LISTINGS)
    special = specials_of(form)[0]
    assert named_words(special) == "Week-end (jeu., ven. ; 2 ou 3 nuits)"
    assert form.value(f"{special.part}.s-high") == "300,00"
    form.set("fn1", "2 ou 4")
    form.set("f1.s-low", "250")
    changed = read(form, a_rich_tariff())
    assert [list(one.nights) for row in changed.rows for one in row.named_packages if one.nights] == [
        [2, 4]
    ] * 2


@pytest.mark.parametrize("typed", ["quelques", "0", "2, 36", "2,,x"])
def test_nights_of_a_package_that_cannot_be_are_refused_and_kept_as_typed(typed):
    form = form_of(a_rich_tariff(), LISTINGS)
    form.set("fn1", typed)
    read(form, a_rich_tariff())
    assert "de 1 à 35" in form.error("fn1")
    assert form.value("fn1") == typed


def test_a_package_on_its_usual_days_needs_no_column_of_its_own():
    form = form_of(a_tariff(), LISTINGS)
    form.set("fs1", "1")
    read(form, a_tariff())
    assert "existe déjà" in form.error("fn1")


@pytest.mark.parametrize(
    ("path", "cell"),
    [
        ("weekday_prices[5]", "j5.s-high"),
        ("named_packages[1].price", "f1.s-high"),
        ("named_packages[0]", "mo.s-high"),
        ("rules.min_by_arrival_day[6]", "min6.s-high"),
        ("occupancies[0].packages[7]", "o2.p.s-high.7"),
        ("occupancies[1].extra_night", "o6.n.s-high"),
        ("child_bands[0].price", "c1.s-high"),
        ("rules.max_nights", "max.s-high"),
    ],
)
def test_every_cell_that_pricing_can_name_is_found(path, cell):
    form = form_of(a_rich_tariff(), LISTINGS)
    error = RemoteError(
        kind=ErrorKind.REFUSED, reason="BAD_VALUE",
        metadata={"field": f"tariff.rows[0].{path}", "why": "out_of_range", "least": "0", "most": "90"},
    )  # fmt: skip
    assert fail_on_cell(form, error, a_rich_tariff())
    assert "90" in form.error(cell)


def test_the_view_shows_every_kind_of_price_with_a_row_for_each_number_of_persons():
    grid = grid_of(a_rich_tariff(), SEASONS)
    assert grid["columns"] == ["semaine", "10 nuits", "Mois", "Week-end (jeu., ven. ; 2 ou 3 nuits)"]
    assert [(row["persons"], row["cells"]) for row in grid["rows"]] == [
        ("", [63000, 90000, 180000, 30000]),
        ("2 personnes", [50000, None, None, 30000]),
        ("6 personnes", [80000, None, None, None]),
    ]
    assert [" ".join(row["by_day"].split()) for row in grid["rows"]] == [
        "ven. 120,00 €, sam. 125,00 €",
        "lun. 80,00 €",
        "",
    ]
    assert [" ".join(each.split()) for each in grid["rows"][0]["least"]] == [
        "2 nuits au moins en arrivant le vendredi",
        "7 nuits au moins en arrivant le samedi",
    ]


def column(number, kind, day, nights, price):
    return {
        f"fs{number}": kind, f"fj{number}": [day], f"fn{number}": nights, f"f{number}.s-high": price,
        f"o2.f{number}.s-high": price,
    }  # fmt: skip


def test_two_tabs_that_each_add_a_column_on_other_days_keep_both():
    now = Form({**column(1, "1", "4", "2", "100,00"), "revision": 2})
    mine = Form({**column(1, "2", "1", "3", "80"), "revision": 1, "origine": "{}"})
    line_up(mine, now)
    assert meet(mine, now, str, lambda _name, values: " ".join(values)).asked == ()
    assert [(each.kind, each.days, each.nights) for each in specials_of(mine)] == [
        (1, (4,), (2,)),
        (2, (1,), (3,)),
    ]
    assert [mine.value(f"{part}.s-high") for part in ("f1", "f2", "o2.f2")] == ["100,00", "80", "80"]


def test_a_column_whose_number_has_changed_meanwhile_is_still_the_same_column():
    first = Form({**column(1, "1", "4", "2", "100,00"), **column(2, "2", "1", "3", "80,00"), "revision": 1})
    mine = Form({**first.values, "f2.s-high": "85", "origine": origin_of(first)})
    # The other tab took the first column away, so the second is the first now.
    now = Form({**column(1, "2", "1", "3", "80,00"), "revision": 2})
    line_up(mine, now)
    found = meet(mine, now, str, lambda _name, values: " ".join(values))
    assert found.asked == ()
    assert [(each.kind, each.nights) for each in specials_of(mine)] == [(2, (3,))]
    assert mine.value("f1.s-high") == "85"
