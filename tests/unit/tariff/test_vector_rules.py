"""One subtraction says what five comparisons say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tariff.vector.layout import FAR
from tariff.vector.rules import KEPT, KEPT_THROUGH, NEVER, keeps, rules_word, stay_word

nights = st.integers(0, 255) | st.sampled_from([1, 7, 254, 255])
days = st.integers(0, FAR) | st.sampled_from([0, 1, FAR])
rules = st.fixed_dictionaries(
    {"least": nights, "through": nights, "most": nights, "notice": days, "horizon": days}
)
aheads = st.integers(-400, 33_000) | st.sampled_from([-1, 0, 1, FAR - 1, FAR, FAR + 1, 2**15])


def expected(rule, length, ahead):
    through = rule["through"] <= length
    kept = through and rule["least"] <= length <= rule["most"]
    return kept and ahead >= 0 and rule["notice"] <= ahead <= rule["horizon"], through


@given(st.lists(rules, min_size=1, max_size=6), st.integers(1, 255), aheads)
def test_a_stay_is_held_against_all_rules_at_once(some, length, ahead):
    words = np.array([rules_word(**rule) for rule in some] + [NEVER])
    asked = stay_word(length, ahead)
    found = keeps(asked, words, KEPT).tolist()
    assert found == [expected(rule, length, ahead)[0] for rule in some] + [False]
    each = stay_word(length, np.full(len(words), ahead))
    assert keeps(each, words, KEPT).tolist() == found
    if ahead >= 0:
        through = keeps(asked, words[:-1], KEPT_THROUGH).tolist()
        assert through == [expected(rule, length, ahead)[1] for rule in some]


def test_no_rule_allows_a_stay_of_more_nights_than_it_can_tell():
    free = np.array([rules_word(least=0, through=0, most=255, notice=0, horizon=FAR)])
    assert keeps(stay_word(255, 3), free, KEPT).all()
    assert not keeps(stay_word(256, 3), free, KEPT).any()
