from datetime import date, timedelta
from itertools import pairwise

import pytest
from availability.domain.opening import Period, closed, count_within, horizon, missing, on_weekdays, opened
from hypothesis import given
from hypothesis import strategies as st
from values import NightRange

BASE = date(2027, 1, 1)


def nights(first: int, last: int) -> NightRange:
    return NightRange(BASE + timedelta(days=first), BASE + timedelta(days=last))


ranges = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: nights(pair[0], pair[0] + pair[1])),
    max_size=6,
)


def every_night(periods) -> set[date]:
    return {night for one in periods for night in one.nights.nights}


@given(ranges, ranges)
def test_opening_adds_nights_and_loses_none(before, new):
    periods = opened([], [Period(one) for one in before])
    after = opened(periods, [Period(one) for one in new])
    assert every_night(after) == every_night(periods) | every_night(Period(one) for one in new)
    pairs = pairwise(after)
    assert all(left.nights.departure < right.nights.arrival for left, right in pairs)


@given(ranges, ranges)
def test_closing_takes_away_exactly_what_was_asked(before, shut):
    periods = opened([], [Period(one) for one in before])
    after = closed(periods, shut)
    assert every_night(after) == every_night(periods) - every_night(Period(one) for one in shut)


def test_a_period_that_does_not_change_keeps_its_id():
    kept = Period(nights(0, 10), id="kept")
    assert opened([kept], [Period(nights(20, 30))])[0] is kept
    assert closed([kept], [nights(10, 12)]) == [kept]


def test_a_rolling_period_rolls_on_around_closed_nights():
    left = closed([Period(nights(0, 100), rolling=True)], [nights(40, 50)])
    assert [(one.nights, one.rolling) for one in left] == [(nights(0, 40), False), (nights(50, 100), True)]


def test_closing_the_end_of_a_rolling_period_stops_it():
    left = closed([Period(nights(0, 100), rolling=True)], [nights(90, 100)])
    assert [(one.nights, one.rolling) for one in left] == [(nights(0, 90), False)]


def test_what_touches_a_rolling_period_rolls_with_it():
    after = opened([Period(nights(10, 100), rolling=True)], [Period(nights(5, 10))])
    assert [(one.nights, one.rolling) for one in after] == [(nights(5, 100), True)]


@pytest.mark.parametrize(("today", "end"), [("2027-03-01", "2029-03-01"), ("2028-02-29", "2030-02-28")])
def test_sans_fin_reaches_24_months(today, end):
    assert horizon(date.fromisoformat(today)) == date.fromisoformat(end)


def test_weekdays_pick_their_nights():
    # 1 January 2027 is a Friday.
    assert on_weekdays(nights(0, 14), {5, 6}) == [nights(0, 2), nights(7, 9)]
    assert on_weekdays(nights(0, 14), ()) == [nights(0, 14)]


def test_gaps_and_counts():
    assert missing(nights(0, 10), [nights(2, 4), nights(8, 20)]) == [nights(0, 2), nights(4, 8)]
    assert count_within([nights(0, 10)], [nights(2, 4), nights(8, 20)]) == 4
