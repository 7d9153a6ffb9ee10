"""Codes of listings and registration numbers."""

import pytest
from catalog.domain.codes import is_code, is_label_code, is_usual_registration, normal_registration, own_code


@pytest.mark.parametrize("code", ["07MS01731", "26CH1481", "2AMS1", "971CH12"])
def test_codes_met_in_clevacances_are_recognised(code):
    assert is_label_code(code)


@pytest.mark.parametrize("code", ["00MS1", "07XX01731", "07MS", "07MS1234567", "96MS1"])
def test_other_forms_are_not_codes_of_the_label(code):
    assert not is_label_code(code)


def test_our_own_codes_are_no_codes_of_a_label():
    assert own_code(1) == "SJ00001"
    assert is_code(own_code(123456))
    assert not is_label_code(own_code(1))


@pytest.mark.parametrize(
    ("written", "kept", "usual"),
    [
        ("07028 000123 4K", "070280001234K", True),
        ("2A004-000123-AB", "2A004000123AB", True),
        ("FRA07028XX", "FRA07028XX", False),
        ("en cours", "en cours", False),
    ],
)
def test_a_registration_number_is_freed_of_blanks_where_that_gives_its_form(written, kept, usual):
    assert normal_registration(written) == kept
    assert is_usual_registration(kept) is usual
