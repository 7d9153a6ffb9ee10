"""A data file is refused whole, with file, line and what was expected."""

from decimal import Decimal
from pathlib import Path

import pytest
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from sejour_local.load import export, model, translate
from sejour_local.load.model import DataFile, Part, TaxRule
from sejour_local.load.names import Names
from sejour_local.load.reading import FileRefused, read
from sejour_local.load.written import slim, word
from sejour_local.places import Places

CAST = Places.here().repository / "deploy" / "local" / "demo" / "cast.yaml"

SMALL = """\
format: sejour/1
owners:
  - supplier_no: 1
    last_name: FAURE
    address: {city: Beaulieu}
    email: a@b.example
    kind: private
    listings:
      - code: 07MS1
        kind: seasonal_rental
        name: {fr: Le Mas}
        open: [{from: 2026-03-01, to: 2027-01-01}]
    seasons:
      - name: Été
        periods: [{from: 2026-07-01, to: 2026-09-01}]
    rate_plans: [{code: location, name: Location seule}]
    tariffs:
      - name: Grille
        rate_plan: location
        listings: [07MS1]
        base_persons: 4
        rows:
          - season: Été
            packages: {7: 740.50}
"""


@pytest.fixture
def small(tmp_path):
    def write(old="", new="") -> Path:
        assert old in SMALL
        path = tmp_path / "data.yaml"
        path.write_text(SMALL.replace(old, new) if old else SMALL)
        return path

    return write


def faults(path):
    with pytest.raises(FileRefused) as refused:
        read(path)
    return str(refused.value).replace(str(path), "data.yaml")


def test_a_right_file_is_read(small):
    data = read(small())
    assert data.owners[0].tariffs[0].rows[0].packages == {7: Decimal("740.50")}


def test_the_demonstration_cast_has_no_fault():
    data = read(CAST)
    assert [owner.supplier_no for owner in data.owners] == [27144, 27145]
    assert [listing.code for listing in data.owners[0].listings] == ["07MS01731", "26CH1481", "07MS01732"]


def test_an_unknown_key_is_named_with_its_line_and_the_known_ones(small):
    said = faults(small("        base_persons: 4\n", "        base_person: 4\n"))
    assert (
        "data.yaml:21: unknown key « base_person »; known here: name, rate_plan, listings, base_persons"
        in said
    )
    assert "data.yaml:18: « base_persons » is missing" in said


def test_a_wrong_date_is_named_with_its_line(small):
    said = faults(small("to: 2026-09-01", "to: 2026-09-31"))
    assert "data.yaml:15: « to » is '2026-09-31'; expected a date such as 2026-07-18" in said


def test_a_reversed_period_is_named(small):
    assert "data.yaml:15: " in faults(small("to: 2026-09-01", "to: 2026-06-01"))
    assert "must come after « from »" in faults(small("to: 2026-09-01", "to: 2026-06-01"))


def test_a_reference_to_nothing_is_named_with_what_is_declared(small):
    said = faults(small("- season: Été", "- season: Hiver"))
    assert "data.yaml:23: « Hiver » is no season; declared: Été" in said


def test_a_word_outside_its_list_is_named_with_the_list(small):
    said = faults(small("kind: seasonal_rental", "kind: hotel"))
    assert "data.yaml:10: « kind » is 'hotel'; expected 'seasonal_rental' or 'guest_room'" in said


def test_a_key_written_twice_is_refused(small):
    said = faults(small("    kind: private\n", "    kind: private\n    kind: private\n"))
    assert "data.yaml:8: this key stands here a second time" in said


def test_what_is_no_yaml_is_refused(small):
    assert "this is no YAML" in faults(small("address: {city", "address: {city}} {"))


def test_a_third_decimal_is_refused(small):
    assert "data.yaml:24: " in faults(small("740.50", "740.505"))


def test_all_faults_are_said_at_once(small):
    path = small("to: 2026-09-01", "to: soon")
    path.write_text(path.read_text().replace("kind: private", "kind: priv"))
    assert "data.yaml:7" in faults(path)
    assert "data.yaml:15" in faults(path)


def test_amounts_become_cents_and_packages_keep_their_lengths(small):
    owner = read(small()).owners[0]
    names = Names("o", listings={"07MS1": "l"}, seasons={"Été": "s"}, plans={"location": "p"})
    tariff = translate.tariff(owner.tariffs[0], names)
    assert dict(tariff.rows[0].packages) == {7: 74050}
    assert (tariff.rate_plan_id, list(tariff.listing_ids)) == ("p", ["l"])


def test_listings_that_name_one_resource_share_its_id():
    shared = {"property": "mas", "resources": ["maison", "chambre"]}
    data = read(CAST)
    first = data.owners[0].listings[0].model_copy(update=shared)
    second = data.owners[0].listings[1].model_copy(update={**shared, "sells": "any"})
    one, two = (translate.listing(each, "owner", "") for each in (first, second))
    assert one.sells.property_id == two.sells.property_id
    assert list(one.sells.resource_ids) == list(two.sells.resource_ids)
    assert (one.sells.mode, two.sells.mode) == (catalog.SELLS_MODE_ALL, catalog.SELLS_MODE_ANY)


def test_only_what_differs_is_changed_in_a_listing_that_is_there():
    given = read(CAST).owners[0].listings[0]
    there = translate.listing(given, "owner", "label")
    assert dict(translate.changes(given, there).fields) == {}
    there.name["fr"] = "Autre nom"
    assert list(translate.changes(given, there).fields) == ["name.fr"]


def test_a_tax_rule_is_written_for_each_year_with_its_dates():
    rule = TaxRule.model_validate(
        {"insee": "07028", "category": "3", "years": {"from": 2026, "to": 2027}, "tariff": 1.10,
         "additional_percent": {"departmental": 10}, "collected_from": "04-01", "collected_to": "10-31"}
    )  # fmt: skip
    message = translate.tax_rule(rule, 2027)
    assert (message.tariff, message.additional["departmental"]) == (110, 1000)
    assert (message.collected_from, message.collected_to) == ("2027-04-01", "2027-10-31")
    assert [(one.arrival, one.departure) for one in message.collected] == [("2027-04-01", "2027-11-01")]


def test_a_tax_rule_has_several_periods_of_collection_a_year():
    given = {"insee": "07028", "category": "3", "years": {"from": 2027, "to": 2027}, "tariff": 1.10}
    periods = [{"first": "02-29", "last": "09-30"}, {"first": "12-19", "last": "12-31"}]
    message = translate.tax_rule(TaxRule.model_validate(given | {"collected": periods}), 2027)
    assert [(one.arrival, one.departure) for one in message.collected] == [
        ("2027-02-28", "2027-10-01"), ("2027-12-19", "2028-01-01"),
    ]  # fmt: skip
    assert (message.collected_from, message.collected_to) == ("2027-02-28", "2027-12-31")
    for wrong in (
        {"collected": [{"first": "04-31", "last": "05-01"}]},
        {"collected": [{"first": "12-19", "last": "01-03"}]},
        {"collected": periods, "collected_to": "10-31"},
    ):
        with pytest.raises(ValueError, match=r"such as 04-01|New Year|give either"):
            TaxRule.model_validate(given | wrong)


@pytest.mark.parametrize(
    ("enum", "value", "expected"),
    [
        (pricing.MealPlan, pricing.MEAL_PLAN_HALF_BOARD, "half_board"),
        (booking.DepositKind, booking.DEPOSIT_KIND_ARRHES, "arrhes"),
        (catalog.ListingKind, catalog.LISTING_KIND_GUEST_ROOM, "guest_room"),
    ],
)
def test_words_of_the_file_are_those_of_the_contracts(enum, value, expected):
    assert word(enum, value) == expected


def test_every_key_is_documented():
    page = (Places.here().repository / "docs" / "data-file.md").read_text()
    keys = set()
    todo = [DataFile]
    while todo:
        part = todo.pop()
        for name, field in part.model_fields.items():
            keys.add(field.alias or name)
            todo += parts_in(field.annotation)
    assert sorted(key for key in keys if f"`{key}`" not in page) == []


def parts_in(annotation):
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return [annotation]
    return [part for each in getattr(annotation, "__args__", ()) for part in parts_in(each)]


EVERYTHING = """
            weekday_prices: {fri: 90, sat: 95.50}
            named_packages:
              - {kind: week_end, price: 230, nights: [2, 3]}
            occupancies:
              - persons: 2
                packages: {7: 600}
            min_by_arrival_day: {sat: 7}
            sell_gaps: true
            horizon_days: 400
"""


def test_every_kind_of_price_is_read_and_written_back_as_it_stood(small):
    given = read(small("            packages: {7: 740.50}\n", EVERYTHING.lstrip("\n"))).owners[0].tariffs[0]
    names = Names("o", listings={"07MS1": "l"}, seasons={"Été": "s"}, plans={"location": "p"})
    tariff = translate.tariff(given, names)
    assert dict(tariff.rows[0].weekday_prices) == {5: 9000, 6: 9550}
    assert tariff.rows[0].occupancies[0].packages[7] == 60000
    node = export.tariff_node(tariff, {"l": "07MS1"}, {"p": "location"}, {"s": "Été"})
    assert translate.tariff(model.Tariff.model_validate(node), names) == tariff


LIABLE = "    kind: professional\n    vat_percent: {percent}\n    vat_number: FR44732829320\n"


@pytest.mark.parametrize(("percent", "vat_bp"), [("10", 1000), ("5.5", 550), ("0", 0)])
def test_the_vat_of_an_owner_is_read_and_written_back_as_it_stood(small, percent, vat_bp):
    given = read(small("    kind: private\n", LIABLE.format(percent=percent))).owners[0]
    owner = translate.owner(given, [])
    assert (owner.vat_said, owner.vat_bp, owner.vat_number) == (True, vat_bp, "FR44732829320")
    node = slim(export.owner_node(owner, {}))
    assert node["vat_percent"] == Decimal(percent)
    assert translate.owner(model.Owner.model_validate(node), []) == owner


def test_a_professional_who_has_not_said_his_vat_has_not_said_it_in_a_file_either(small):
    owner = translate.owner(read(small("    kind: private\n", "    kind: professional\n")).owners[0], [])
    assert (owner.vat_said, owner.vat_bp) == (False, 0)
    node = slim(export.owner_node(owner, {}))
    assert "vat_percent" not in node
    assert translate.owner(model.Owner.model_validate(node), []) == owner


@pytest.mark.parametrize("line", ["vat_percent: 0", "vat_percent: 10", "vat_number: FR44732829320"])
def test_a_private_owner_has_no_vat(small, line):
    said = faults(small("    kind: private\n", f"    kind: private\n    {line}\n"))
    assert "« vat_percent » and « vat_number » are for « kind: professional » alone" in said


@pytest.mark.parametrize(("percent", "number"), [("25.01", "FR44732829320"), ("10", "44732829320")])
def test_a_rate_or_a_number_of_another_form_is_refused(small, percent, number):
    said = faults(
        small("    kind: private\n", LIABLE.format(percent=percent).replace("FR44732829320", number))
    )
    assert "data.yaml:8" in said or "data.yaml:9" in said


def test_a_row_without_any_price_is_refused(small):
    assert "named_packages" in faults(
        small("            packages: {7: 740.50}\n", "            min_nights: 2\n")
    )
