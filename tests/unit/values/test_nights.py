import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from values import EmptyStay, NightRange, merge

days = st.integers(0, 60).map(lambda n: date(2026, 6, 1) + timedelta(days=n))
ranges = st.builds(NightRange.of_length, days, st.integers(1, 20))


def nights_of(*many: NightRange):
    return {night for one in many for night in one.nights}


def test_departure_day_is_free_for_the_next_arrival():
    first, second = NightRange.parse("2026-07-11", "2026-07-18"), NightRange.parse("2026-07-18", "2026-07-25")
    assert not first.overlaps(second)
    assert not first.contains(date(2026, 7, 18))
    assert first.length == 7


@pytest.mark.parametrize("departure", ["2026-07-18", "2026-07-17"])
def test_a_stay_without_a_night_is_refused(departure):
    with pytest.raises(EmptyStay):
        NightRange.parse("2026-07-18", departure)


def test_what_is_no_date_is_refused():
    with pytest.raises(ValueError, match="isoformat"):
        NightRange.parse("18/07/2026", "2026-07-25")


def test_ranges_that_touch_become_one():
    parts = [NightRange.parse("2026-07-18", "2026-07-25"), NightRange.parse("2026-07-11", "2026-07-18")]
    assert merge(parts) == [NightRange.parse("2026-07-11", "2026-07-25")]


@given(ranges, ranges)
def test_overlap_and_intersection_are_those_of_the_sets_of_nights(a, b):
    common = nights_of(a) & nights_of(b)
    both = a.intersection(b)
    assert a.overlaps(b) == b.overlaps(a) == bool(common)
    assert (nights_of(both) if both else set()) == common
    assert a.covers(b) == (nights_of(b) <= nights_of(a))


@given(ranges, ranges)
def test_minus_takes_exactly_the_common_nights_away(a, b):
    left = a.minus(b)
    assert nights_of(*left) == nights_of(a) - nights_of(b)
    assert left == sorted(left)


@given(st.lists(ranges, max_size=12))
def test_merging_keeps_the_nights_in_ranges_that_do_not_touch(many):
    merged = merge(many)
    assert nights_of(*merged) == nights_of(*many)
    assert all(a.departure < b.arrival for a, b in itertools.pairwise(merged))
    assert merge(merged) == merged


@given(ranges)
def test_a_range_holds_its_length_in_nights(a):
    nights = list(a.nights)
    assert len(nights) == a.length == len(set(nights))
    assert all(a.contains(night) for night in nights)
    assert not a.contains(a.departure)
