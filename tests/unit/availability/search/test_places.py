import pytest
from availability.search.places import department_of, fold, place_keys
from sejour.catalog.v1.catalog_types_pb2 import Address


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Vallon-Pont-d'Arc", "vallon pont d arc"),
        ("  VALLON pont d’arc ", "vallon pont d arc"),
        ("St-Étienne", "saint etienne"),
        ("Œuilly", "oeuilly"),
        ("", ""),
    ],
)
def test_names_are_compared_without_case_accents_and_signs(typed, folded):
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("code", "department"),
    [("07330", "07"), ("2A004", "2A"), ("20100", "2A"), ("20200", "2B"), ("97411", "974")],
)
def test_a_code_names_its_department(code, department):
    assert department_of(code) == department


def test_a_listing_is_found_by_commune_codes_and_department():
    keys = place_keys(Address(city="Vallon-Pont-d'Arc", insee="07330", postal_code="07150", country="FR"))
    assert keys == {"vallon pont d arc", "07330", "07150", "07", "ardeche"}
