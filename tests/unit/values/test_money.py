from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from values import CurrencyMismatch, Money, MoneyNotUnderstood, half_up, largest_remainder

amounts = st.integers(-(10**9), 10**9)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1 234,50", 123450),
        ("1\u202f234,50\u00a0€", 123450),
        ("1234.5", 123450),
        ("12", 1200),
        ("12,", 1200),
        ("-3,05", -305),
        ("0", 0),
    ],
)
def test_what_an_owner_types_is_understood(text, cents):
    assert Money.parse(text) == Money(cents, "EUR")


@pytest.mark.parametrize("text", ["", "abc", "1,234.50", "1,2,3", "1e3", ",5", "12,345", "٣", "--1", "$5"])
def test_what_is_no_amount_in_euros_is_refused(text):
    with pytest.raises(MoneyNotUnderstood):
        Money.parse(text)


def test_a_currency_without_decimals_refuses_them():
    assert Money.parse("1 500", "JPY") == Money(1500, "JPY")
    with pytest.raises(MoneyNotUnderstood):
        Money.parse("1500,5", "JPY")


def test_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "CHF")
    with pytest.raises(CurrencyMismatch):
        _ = Money(1, "EUR") < Money(1, "CHF")


def test_a_float_or_a_wrong_code_is_no_money():
    with pytest.raises(TypeError):
        Money(1.5, "EUR")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, "euro")


def test_a_quarter_of_612_euros_is_153():
    assert Money(61200, "EUR").percent(Decimal(25)) == Money(15300, "EUR")


def test_half_a_cent_rounds_away_from_zero():
    assert Money(50, "EUR").percent(Decimal(5)) == Money(3, "EUR")
    assert Money(-50, "EUR").percent(Decimal(5)) == Money(-3, "EUR")
    assert [half_up(n, 2) for n in (-3, -1, 1, 3)] == [-2, -1, 1, 2]


def test_a_tie_goes_to_the_first_part():
    assert [part.amount for part in Money(100, "EUR").split([1, 1, 1])] == [34, 33, 33]
    assert [part.amount for part in Money(-100, "EUR").split([1, 1, 1])] == [-34, -33, -33]
    assert largest_remainder([177000, 296000], 7, 67571) == [25286, 42285]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [2, -1]])
def test_weights_that_share_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        Money(100, "EUR").split(weights)


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_the_parts_of_a_split_add_up_and_are_within_a_cent_of_their_share(amount, weights):
    parts = Money(amount, "EUR").split(weights)
    assert sum(part.amount for part in parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.amount * sum(weights) - amount * weight) < sum(weights)


@given(amounts, amounts, amounts)
def test_addition_is_a_group(a, b, c):
    x, y, z = (Money(n, "EUR") for n in (a, b, c))
    assert (x + y) + z == x + (y + z)
    assert x + y - y == x
    assert x + -x == Money.zero("EUR")
    assert (x < y) == (a < b)
    assert (x >= y) == (a >= b)


@given(amounts, st.integers(1, 10**6))
def test_half_up_is_the_nearest_integer_and_odd(numerator, denominator):
    rounded = half_up(numerator, denominator)
    assert abs(2 * (rounded * denominator - numerator)) <= denominator
    assert half_up(-numerator, denominator) == -rounded == half_up(numerator, -denominator)


@given(amounts)
def test_money_written_is_read_again(amount):
    money = Money(amount, "EUR")
    assert Money.parse(str(money.decimal())) == money
    assert Money.parse(str(money.decimal()).replace(".", ",")) == money
