"""What an owner may state about himself."""

import pytest
from catalog.domain.errors import BadValue
from catalog.domain.owner import OwnerData


def refused(**stated):
    with pytest.raises(BadValue) as found:
        OwnerData(last_name="FAURE", **stated)
    return [(one.field, one.reason) for one in found.value.fields]


def test_an_owner_who_says_nothing_of_vat_has_none():
    assert (OwnerData(last_name="FAURE").vat_bp, OwnerData(last_name="FAURE").vat_number) == (0, "")


@pytest.mark.parametrize(
    ("kind", "vat_bp", "given", "said"),
    [
        ("PROFESSIONAL", 0, False, False),
        ("PROFESSIONAL", 0, True, True),
        ("PROFESSIONAL", 1000, True, True),
        ("PROFESSIONAL", 1000, False, True),
        ("PRIVATE", 0, True, False),
        ("", 0, True, False),
    ],
)
def test_no_vat_is_said_by_a_professional_and_a_rate_says_it_too(kind, vat_bp, given, said):
    assert OwnerData(last_name="FAURE", kind=kind, vat_bp=vat_bp, vat_said=given).vat_said is said


@pytest.mark.parametrize("vat_bp", [0, 1, 1000, 2500])
def test_a_professional_is_liable_at_any_rate_of_the_scale(vat_bp):
    assert OwnerData(last_name="FAURE", kind="PROFESSIONAL", vat_bp=vat_bp).vat_bp == vat_bp


@pytest.mark.parametrize("vat_bp", [-1, 2501])
def test_a_rate_beyond_the_scale_is_refused(vat_bp):
    assert refused(kind="PROFESSIONAL", vat_bp=vat_bp) == [("vat_bp", "EXPECTED_BASIS_POINTS_UP_TO_2500")]


@pytest.mark.parametrize("kind", ["", "PRIVATE"])
def test_only_a_professional_is_liable_or_has_a_number(kind):
    assert refused(kind=kind, vat_bp=1000, vat_number="FR44732829320") == [
        ("vat_bp", "EXPECTED_NO_VAT_OF_A_PRIVATE_PERSON"),
        ("vat_number", "EXPECTED_NO_VAT_OF_A_PRIVATE_PERSON"),
    ]


@pytest.mark.parametrize("number", ["FR44732829320", "FRK7399859412", "FR2H399859412"])
def test_a_vat_number_has_two_characters_and_a_siren(number):
    assert OwnerData(last_name="FAURE", kind="PROFESSIONAL", vat_number=number).vat_number == number


@pytest.mark.parametrize(
    "number", ["44732829320", "FR4473282932", "FRO1732829320", "DE44732829320", "FR447328293201"]
)
def test_another_form_of_vat_number_is_refused(number):
    assert refused(kind="PROFESSIONAL", vat_number=number) == [("vat_number", "EXPECTED_VAT_NUMBER")]
