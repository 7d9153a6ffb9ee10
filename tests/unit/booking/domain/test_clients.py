"""Codes and names."""

import pytest
from booking.domain.client import fold, letters_of
from booking.domain.errors import BadValue
from booking_builders import a_client
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("name", "letters"),
    [("DUPOND", "DUP"), ("LE GOFF", "LEG"), ("Ô", "O"), ("d'Arc", "DAR"), ("Œuvrard", "OEU"), ("D’Été", "DET"),
     ("Łukasz", "LUK"), ("Straße", "STR"), ("李", "X"), ("Saint-Éxupéry", "SAI")],
)  # fmt: skip
def test_letters_of_a_code(name, letters):
    assert letters_of(name) == letters


@given(st.text(max_size=30))
def test_a_code_has_one_to_three_plain_letters(name):
    found = letters_of(name)
    assert 1 <= len(found) <= 3
    assert all("A" <= letter <= "Z" for letter in found)


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_a_client_needs_a_name_and_a_right_mail():
    with pytest.raises(BadValue):
        a_client("  ")
    with pytest.raises(BadValue):
        a_client(email="nobody")
    with pytest.raises(BadValue):
        a_client(email="a@b\r\nBcc: c@d")
