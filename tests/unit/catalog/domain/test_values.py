"""Which values fields take, and their stored form."""

import pytest
from catalog.domain.errors import BadValue, UnknownField
from catalog.domain.values import normal
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("key", "given_value", "stored"),
    [
        ("surface_m2", "92,5", 92.5),
        ("surface_m2", 85.0, 85),
        ("bedrooms", 0, 0),
        ("wifi", False, False),
        ("kitchen", "none", "none"),
        ("heating", "electric", ["electric"]),
        ("heating", ["wood", "electric"], ["electric", "wood"]),
        ("view", "  la vallée \r\n le lac ", "la vallée \n le lac"),
        ("view", "   ", None),
        ("name.fr", " Le   Mas\n", "Le Mas"),
        ("max_persons", 0, None),
        ("kind", "LISTING_KIND_GUEST_ROOM", "GUEST_ROOM"),
        ("address.lines", "Le Mas\n\nLe Vert", ["Le Mas", "Le Vert"]),
        ("address.insee", "2a004", "2A004"),
        ("registration_number", "07028 000123 4k", "070280001234K"),
        ("registration_number", "FRA-07028-XYZ", "FRA-07028-XYZ"),
        ("classification_date", "2024-05-02", "2024-05-02"),
        (
            "rooms",
            [{"designation": "Séjour", "surface": "25,5", "view": ""}, {}],
            [{"designation": "Séjour", "surface": 25.5}],
        ),
        ("latitude", 0, 0),
    ],
)
def test_a_value_is_kept_in_one_form(key, given_value, stored):
    assert normal(key, given_value) == stored


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("surface_m2", "grand", "NUMBER"),
        ("surface_m2", -1, "BETWEEN_0_AND_1e+06"),
        ("surface_m2", float("nan"), "NUMBER"),
        ("surface_m2", True, "NUMBER"),
        ("wifi", "oui", "BOOLEAN"),
        ("kitchen", "marble", "CHOICE"),
        ("heating", ["none", "gas"], "NONE_ALONE"),
        ("heating", [["gas"]], "CHOICES"),
        ("max_persons", 2.5, "WHOLE_NUMBER"),
        ("official_stars", 6, "BETWEEN_0_AND_5"),
        ("latitude", 91, "BETWEEN_-90_AND_90"),
        ("address.insee", "7028", "INSEE_CODE"),
        ("address.lines", ["a", "b", "c", "d"], "AT_MOST_3_LINES"),
        ("classification_date", "02/05/2024", "DATE"),
        ("registration_number", "x" * 41, "AT_MOST_40_CHARACTERS"),
        ("rooms", [{"colour": "red"}], "ROOMS"),
        ("kind", "CASTLE", "LISTING_KIND"),
        ("name.fr", 3, "TEXT"),
    ],
)
def test_a_wrong_value_says_what_was_expected(key, value, expected):
    with pytest.raises(BadValue) as refused:
        normal(key, value)
    assert refused.value.metadata == {"field": key, "expected": expected}


@pytest.mark.parametrize("key", ["wfii", "name.french", "address", "photos", ""])
def test_an_undeclared_key_is_unknown(key):
    with pytest.raises(UnknownField):
        normal(key, 1)


@given(st.sampled_from(["surface_m2", "view", "heating", "rooms", "name.fr", "address.lines", "max_persons"]), st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
))  # fmt: skip
def test_any_value_is_refused_or_has_a_stored_form_that_stays(key, value):
    try:
        stored = normal(key, value)
    except BadValue:
        return
    assert normal(key, stored) == stored
