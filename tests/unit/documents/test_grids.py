"""Grids of documents hold every kind of price that a guest may pay."""

from datetime import date

from documents.printing.grids import grids
from documents.printing.texts import texts
from sejour.pricing.v1 import pricing_types_pb2 as pb

from tests.unit.documents import builders


def a_rich_sheet():
    sheet = builders.a_price_sheet()
    row = sheet.tariffs[0].rows[0]
    row.named_packages.add(kind=pb.PACKAGE_KIND_WEEK_END, price=16000)
    row.named_packages.add(kind=pb.PACKAGE_KIND_WEEK_END, price=21000, arrival_days=[4, 5], nights=[2, 3])
    row.weekday_prices.update({5: 12000, 6: 12500})
    row.extra_night = 4500
    two = row.occupancies.add(persons=2)
    two.packages[7] = 30000
    return sheet


def plain(text):
    return " ".join(text.split())


def the_grid(language):
    [grid] = grids(a_rich_sheet(), builders.LISTING_ID, date(2026, 1, 1), texts(language))
    return grid


def test_named_packages_prices_by_weekday_and_by_persons_are_in_the_grid():
    grid = the_grid("fr")
    assert [plain(each) for each in grid["columns"]] == [
        "1 nuit", "2 nuits", "3 nuits", "4 nuits", "Semaine", "Week-end", "Week-end (jeu., ven. ; 2 ou 3 nuits)",
        "Nuit selon le jour", "Nuit suppl.",
    ]  # fmt: skip
    base, two = grid["rows"][:2]
    assert [plain(each) for each in base["prices"][5:]] == [
        "160,00 €", "210,00 €", "ven. 120,00 €, sam. 125,00 €", "45,00 €",
    ]  # fmt: skip
    assert (two["season"], two["periods"]) == ("BS, 2 personnes", [])
    assert [plain(each) for each in two["prices"]] == ["–", "–", "–", "–", "300,00 €", "–", "–", "–", "–"]


def test_the_english_grid_has_english_words():
    grid = the_grid("en")
    assert [plain(each) for each in grid["columns"][5:]] == [
        "Weekend", "Weekend (Thu, Fri ; 2 or 3 nights)", "Night by day", "Extra night",
    ]  # fmt: skip
    assert grid["rows"][1]["season"] == "BS, 2 persons"


def test_a_plain_tariff_has_no_more_columns_than_before():
    [grid] = grids(builders.a_price_sheet(), builders.LISTING_ID, date(2026, 1, 1), texts("fr"))
    assert [plain(each) for each in grid["columns"]] == ["1 nuit", "2 nuits", "3 nuits", "4 nuits", "Semaine"]
    assert len(grid["rows"]) == 4


def test_a_table_that_is_wider_than_the_paper_goes_on_below():
    sheet = a_rich_sheet()
    sheet.tariffs[0].rows[0].packages.update(dict.fromkeys((5, 6, 10, 14, 21, 28), 90000))
    first, second = grids(sheet, builders.LISTING_ID, date(2026, 1, 1), texts("fr"))
    assert [plain(each) for each in first["columns"] + second["columns"]] == [
        "1 nuit", "2 nuits", "3 nuits", "4 nuits", "5 nuits", "6 nuits", "Semaine", "10 nuits", "2 semaines", "3 semaines",
        "4 semaines", "Week-end", "Week-end (jeu., ven. ; 2 ou 3 nuits)", "Nuit selon le jour", "Nuit suppl.",
    ]  # fmt: skip
    assert abs(len(first["columns"]) - len(second["columns"])) <= 2
    assert ("continued" in first, second["continued"]) == (False, True)
    assert (first["extra"], second["extra"] != "") == ("", True)
    # Only the season with named packages has a price in the second.
    assert [row["season"] for row in first["rows"]][:2] == ["BS", "BS, 2 personnes"]
    assert [row["season"] for row in second["rows"]] == ["BS"]
    assert all(len(row["prices"]) == len(part["columns"]) for part in (first, second) for row in part["rows"])
