"""The six published grids of `shared/data/pricing/real_tariff_grids.json`, each as a rate sheet.

The prices are read from the file, the totals were worked out by hand from what the owners publish.
"""

from datetime import date
from typing import Any

import pytest
from tariff import (
    ChosenSupplement,
    Discount,
    DiscountKind,
    ExtraPersonPrice,
    NamedPackage,
    NightPrice,
    PackageKind,
    Party,
    PersonsCounted,
    PriceUnit,
    Supplement,
    SupplementBase,
)
from tariff_builders import PERIODS_2026, a_season, a_sheet, nights, priced, refused, shared

GRIDS = "pricing/real_tariff_grids.json"
SATURDAY = (6,)


def grid_of(source):
    found = next(grid for grid in shared(GRIDS) if source in grid["source"])
    return found, found["data"]


def week_end(euros, *lengths):
    return NamedPackage(PackageKind.WEEK_END, 100 * euros, nights=lengths)


def cevennes(name):
    """village-vacances-cevennes.fr: 1, 2, 3, 4 and 7 nights in four seasons."""
    document, data = grid_of("village-vacances-cevennes.fr")
    lengths = document["columns_nights"]
    return a_sheet(
        *(
            a_season(season, PERIODS_2026[season], {n: 100 * p for n, p in zip(lengths, prices, strict=True)})
            for season, prices in data[name].items()
        )
    )


@pytest.mark.parametrize(
    ("name", "arrival", "departure", "total"),
    [
        ("GITE_2_4", "2026-07-14", "2026-07-17", 28_000),  # THS, 3 nights: 280
        ("GITE_2_4", "2026-06-20", "2026-06-27", 48_000),  # MS, a week: 480
        ("GITE_2_4", "2026-07-14", "2026-07-24", 91_429),  # THS, 10 nights: 640 x 10 / 7 = 914,2857
        ("GITE_2_4", "2026-07-11", "2026-07-25", 128_000),  # THS, two weeks: 2 x 640
        ("GITE_6_8", "2026-07-08", "2026-07-15", 75_429),  # 640 x 3 / 7 + 840 x 4 / 7 = 754,2857
        ("GITE_4_6", "2026-10-02", "2026-10-06", 24_000),  # BS, 4 nights: 240
    ],
)
def test_the_village_of_the_cevennes(name, arrival, departure, total):
    assert priced(cevennes(name), arrival, departure).total == total


def test_the_village_of_the_cevennes_sells_no_five_nights():
    assert refused(cevennes("GITE_2_4"), "2026-07-13", "2026-07-18")["NO_PRICE"]["length"] == 5


def vignal():
    """gites-en-ardeche.com, summer 2022 (16/07 is a Saturday): weeks, week-ends, persons beyond four."""
    _, data = grid_of("gite-vignal")
    extra = ExtraPersonPrice(PriceUnit.WEEK, 100 * data["pers. suppl./semaine (au-delà de 4)"])

    def season(name, periods, price, **more: Any):
        night = 100 * data["nuit supplémentaire"]
        return a_season(name, periods, {7: 100 * data[price]}, extra_person=extra, extra_night=night, **more)

    two, three = data["week-end 2 nuits BS"], data["week-end férié 3 nuits"]
    return a_sheet(
        season("THS", [("2022-07-16", "2022-08-20")], "THS 16/07-20/08"),
        season("S2", [("2022-07-09", "2022-07-16")], "09/07-16/07"),
        season("S3", [("2022-07-02", "2022-07-09")], "02/07-09/07"),
        season("S4", [("2022-08-20", "2022-08-27")], "20/08-27/08"),
        season(
            "MS",
            [("2022-03-30", "2022-07-02"), ("2022-09-03", "2022-11-13")],
            "MS 30/03-29/06 et 03/09-13/11 (4 pers.)",
        ),
        season(
            "BS",
            [("2022-01-01", "2022-03-30"), ("2022-11-13", "2023-01-01")],
            "BS (4 pers.)",
            named=(week_end(two, 2), week_end(three, 3)),
        ),
        max_persons=9,
        supplements=(
            Supplement(
                "chauffage",
                "Chauffage",
                SupplementBase.PER_WEEK,
                100 * data["chauffage /semaine"],
                min_nights=7,
            ),
            Supplement(
                "chauffage-we",
                "Chauffage du week-end",
                SupplementBase.PER_STAY,
                100 * data["chauffage /week-end"],
                max_nights=3,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("arrival", "departure", "persons", "chosen", "total"),
    [
        ("2022-07-16", "2022-07-23", 4, "", 130_000),
        ("2022-07-16", "2022-07-23", 6, "", 144_000),  # 1 300 + 2 x 70
        ("2022-12-02", "2022-12-04", 4, "chauffage-we", 28_000),  # 250 + 30
        ("2022-12-23", "2022-12-26", 4, "", 35_000),
        ("2022-11-19", "2022-11-26", 4, "chauffage", 34_000),  # 300 + 40
        ("2022-12-02", "2022-12-04", 6, "", 29_000),  # 250 + 2 x 70 x 2 / 7 = 290
        ("2022-07-13", "2022-07-20", 4, "", 121_000),  # 1 090 x 3 / 7 + 1 300 x 4 / 7 = 467,14 + 742,86
    ],
)
def test_gite_vignal(arrival, departure, persons, chosen, total):
    choice = (ChosenSupplement(chosen),) if chosen else ()
    booked = date(2022, 1, 2)
    assert priced(vignal(), arrival, departure, Party(persons), choice, booked_on=booked).total == total


def test_gite_vignal_sells_week_ends_from_friday_and_in_low_season_alone():
    booked = date(2022, 1, 2)
    for arrival, departure in (("2022-12-01", "2022-12-03"), ("2022-06-03", "2022-06-05")):
        assert "NO_PRICE" in refused(vignal(), arrival, departure, booked_on=booked)


def aveyron():
    """giteaveyron.com: weeks from Saturday to Saturday, week-ends, two stays of fixed dates."""
    _, data = grid_of("giteaveyron.com")
    ends = (week_end(data["week-end 2 nuits"], 2), week_end(data["week-end 3 nuits"], 3))
    weeks = {"arrival_weekdays": SATURDAY, "departure_weekdays": SATURDAY, "min_nights": 7}
    fixed = (
        NightPrice(
            "ascension", nights("2026-05-14", "2026-05-17"), PriceUnit.STAY, 100 * data["pont Ascension"]
        ),
        NightPrice(
            "noel", nights("2026-12-24", "2026-12-27"), PriceUnit.STAY, 100 * data["Noël / Nouvel an 3 nuits"]
        ),
    )
    return a_sheet(
        a_season("THS", [("2026-07-11", "2026-08-22")], {7: 100 * data["THS"]}, **weeks),
        a_season(
            "HS", [("2026-07-04", "2026-07-11"), ("2026-08-22", "2026-08-29")], {7: 100 * data["HS"]}, **weeks
        ),
        a_season(
            "MS",
            [("2026-03-01", "2026-07-04"), ("2026-08-29", "2027-01-01")],
            {7: 100 * data["MS"]},
            named=ends,
        ),
        night_prices=fixed,
        supplements=(
            Supplement("draps", "Draps", SupplementBase.PER_STAY, 100 * data["draps"]),
            Supplement("menage", "Ménage", SupplementBase.PER_STAY, 100 * data["ménage"]),
        ),
    )


@pytest.mark.parametrize(
    ("arrival", "departure", "chosen", "total"),
    [
        ("2026-07-18", "2026-07-25", ("draps", "menage"), 161_500),  # 1 465 + 75 + 75
        ("2026-07-18", "2026-08-01", (), 293_000),  # 2 x 1 465
        ("2026-07-04", "2026-07-18", (), 236_500),  # 1 800 x 7 / 14 + 2 930 x 7 / 14
        ("2026-05-08", "2026-05-10", (), 45_000),
        ("2026-05-08", "2026-05-11", (), 50_000),
        ("2026-05-14", "2026-05-17", (), 60_000),
        ("2026-12-24", "2026-12-27", ("menage",), 97_500),  # 900 + 75
    ],
)
def test_the_gite_of_the_aveyron(arrival, departure, chosen, total):
    chosen = tuple(map(ChosenSupplement, chosen))
    assert priced(aveyron(), arrival, departure, chosen=chosen).total == total


def test_the_gite_of_the_aveyron_lets_the_summer_from_saturday_to_saturday():
    assert refused(aveyron(), "2026-07-15", "2026-07-22").keys() == {"ARRIVAL_DAY", "DEPARTURE_DAY"}
    assert "MIN_STAY" in refused(aveyron(), "2026-07-18", "2026-07-20")


def barbotine():
    """gitesdelabarbotine, 2024: nights, mid-week, long stays, fees by length, 10 % for who books early."""
    _, data = grid_of("barbotine")
    week = data["gite_simple"]
    low = {int(n): 100 * price for n, price in data["forfait_nuits_BS"].items()}
    low |= {6: 100 * week["BS"], 7: 100 * week["BS"], 14: 100 * data["2_semaines"]}
    low |= {21: 100 * data["3_semaines"], 28: 100 * data["4_semaines"]}

    def fee(code, name, key, **bounds: Any):
        return Supplement(code, name, SupplementBase.PER_STAY, 100 * data[key], obligatory=True, **bounds)

    return a_sheet(
        a_season("THS", [("2024-07-27", "2024-08-17")], {7: 100 * week["THS 27/07-17/08"]}),
        a_season("HS", [("2024-07-06", "2024-07-27")], {7: 100 * week["HS 06/07-27/07"]}),
        a_season(
            "MS",
            [("2024-06-29", "2024-07-06"), ("2024-08-17", "2024-08-24")],
            {7: 100 * week["MS 29/06-06/07 et 17/08-24/08"]},
        ),
        a_season(
            "BS",
            [("2024-01-01", "2024-06-29"), ("2024-08-24", "2025-01-01")],
            low,
            named=(NamedPackage(PackageKind.MID_WEEK, 100 * data["mid_week_lundi_vendredi"]),),
        ),
        supplements=(
            fee("dossier-court", "Frais de dossier", "frais_dossier_<6_nuits", max_nights=5),
            fee("dossier", "Frais de dossier", "frais_dossier_>6_nuits", min_nights=6),
            fee("menage-court", "Ménage", "menage_<3_nuits", max_nights=3),
            fee("menage", "Ménage", "menage_>3_nuits", min_nights=4),
            Supplement("draps", "Draps", SupplementBase.PER_UNIT, int(100 * data["draps"]), max_quantity=6),
        ),
        discounts=(
            Discount(
                "tot",
                "Réservé avant le 29/02",
                DiscountKind.EARLY,
                1000,
                booked_before=date(2024, 2, 29),
                min_nights=7,
                max_nights=7,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("arrival", "departure", "booked", "total"),
    [
        ("2024-04-08", "2024-04-12", "2024-03-01", 30_300),  # mid-week: 220 + 8 + 75
        ("2024-04-09", "2024-04-13", "2024-03-01", 32_700),  # four nights from Tuesday: 244 + 8 + 75
        ("2024-04-09", "2024-04-11", "2024-03-01", 22_600),  # 178 + 8 + 40
        ("2024-04-08", "2024-04-14", "2024-03-01", 42_600),  # six nights at the week's price: 326 + 25 + 75
        ("2024-04-06", "2024-04-20", "2024-03-01", 61_200),  # 512 + 25 + 75
        ("2024-04-06", "2024-04-21", "2024-03-01", 79_857),  # 15 nights: 326 x 15 / 7 = 698,57 + 100
        ("2024-07-27", "2024-08-03", "2024-02-28", 73_270),  # 703 - 70,30 + 25 + 75
        ("2024-07-27", "2024-08-03", "2024-02-29", 80_300),  # too late for the 10 %
        ("2024-07-24", "2024-07-31", "2024-03-01", 76_314),  # 610 x 3 / 7 + 703 x 4 / 7 = 663,14 + 100
    ],
)
def test_the_gites_of_la_barbotine(arrival, departure, booked, total):
    assert priced(barbotine(), arrival, departure, booked_on=date.fromisoformat(booked)).total == total


def larriu():
    """loucaminelarriu.com: a price for Monday to Thursday, another for Friday to Sunday, six persons."""
    _, data = grid_of("loucaminelarriu")
    week, end = data["lundi-jeudi"], data["vendredi-lundi"]
    more = data["pers_suppl_jour_au_dela_de_6"]

    def season(name, *periods, **rules: Any):
        prices = {day: 100 * (week if day < 5 else end)[name] for day in range(1, 8)}
        extra = ExtraPersonPrice(PriceUnit.NIGHT, 100 * more[name])
        return a_season(name, periods, {}, weekday_prices=prices, extra_person=extra, **rules)

    heating = Supplement(
        "chauffage",
        "Chauffage",
        SupplementBase.PER_PERSON_PER_NIGHT,
        100 * data["chauffage_par_pers_jour_01/11-31/03"],
        obligatory=True,
        persons=PersonsCounted.ALL,
        nights=nights("2026-11-01", "2027-04-01"),
    )
    return a_sheet(
        season("MS", ("2026-04-01", "2026-06-27"), ("2026-08-29", "2026-12-20")),
        season("HS", ("2026-06-27", "2026-07-11")),
        season("THS", ("2026-07-11", "2026-08-29"), min_nights=3),
        base_persons=6,
        max_persons=8,
        supplements=(heating,),
    )


@pytest.mark.parametrize(
    ("arrival", "departure", "persons", "total"),
    [
        ("2026-05-08", "2026-05-11", 6, 36_000),  # Friday to Monday: 3 x 120
        ("2026-05-11", "2026-05-15", 6, 36_000),  # Monday to Friday: 4 x 90
        ("2026-05-09", "2026-05-16", 6, 72_000),  # 4 x 90 + 3 x 120
        ("2026-07-03", "2026-07-05", 8, 34_000),  # 2 x 120 + 2 persons x 2 nights x 25
        ("2026-06-25", "2026-06-30", 6, 56_000),  # 90 + 120 | 120 + 120 + 110
        ("2026-10-31", "2026-11-02", 4, 24_400),  # 2 x 120, heating for the night of 01/11: 4 x 1
        ("2026-07-11", "2026-07-25", 6, 186_000),  # 8 x 120 + 6 x 150
    ],
)
def test_lou_camin_de_larriu(arrival, departure, persons, total):
    price = priced(larriu(), arrival, departure, Party(persons))
    assert price.total == total
    assert price.lines[0].params["basis"] == "WEEKDAYS"


def test_lou_camin_de_larriu_wants_three_nights_in_summer():
    assert refused(larriu(), "2026-07-14", "2026-07-16")["MIN_STAY"]["min_nights"] == 3


def rocher():
    """lagrangedurocher.com: a week, a week-end from Friday to Sunday, a month."""
    _, data = grid_of("lagrangedurocher")
    month = NamedPackage(PackageKind.MONTH, 100 * data["mois"])
    end = week_end(data["week-end vendredi 18h - dimanche 16h"])
    return a_sheet(a_season(packages={7: 100 * data["semaine"]}, named=(end, month)))


@pytest.mark.parametrize(
    ("arrival", "departure", "total"),
    [
        ("2026-05-09", "2026-05-16", 20_000),
        ("2026-05-08", "2026-05-10", 14_000),
        ("2026-05-01", "2026-05-31", 45_000),  # 30 nights: the month
        ("2026-05-01", "2026-05-29", 45_000),  # 28 nights too
        ("2026-05-01", "2026-05-28", 77_143),  # 27 nights: 200 x 27 / 7 = 771,43
        ("2026-05-01", "2026-05-15", 40_000),
    ],
)
def test_la_grange_du_rocher(arrival, departure, total):
    assert priced(rocher(), arrival, departure).total == total


def test_la_grange_du_rocher_has_no_two_nights_from_saturday():
    assert "NO_PRICE" in refused(rocher(), "2026-05-09", "2026-05-11")
