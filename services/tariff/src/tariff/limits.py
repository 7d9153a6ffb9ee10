"""What the search index has room for (`tariff.vector`): more is refused before it is published.

A sheet that does not fit would still be priced rightly, but one listing after the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from tariff.parts import Supplement, SupplementBase
from tariff.problems import MAX_CONDITIONAL, MAX_DISCOUNTS, Finding, Problem
from tariff.sheet import RateSheet


def is_conditional(supplement: Supplement) -> bool:
    """Whether an obligatory supplement takes a slot of its own."""
    bounds = (supplement.nights, supplement.min_nights, supplement.max_nights)
    base = supplement.base
    if any(bound is not None for bound in bounds) or base is SupplementBase.PER_WEEK:
        return True
    return base.counts_persons and supplement.persons.value != "ALL"


def problems(sheet: RateSheet) -> Iterator[Finding]:
    """More discounts or conditional supplements than there is room for.

    Very many different prices typed on dates are not refused: search then prices that listing by itself.
    """
    conditional = [each for each in sheet.supplements if each.obligatory and is_conditional(each)]
    for where, count, most in (
        ("discounts", len(sheet.discounts), MAX_DISCOUNTS),
        ("supplements", len(conditional), MAX_CONDITIONAL),
    ):
        if count > most:
            yield Finding(Problem.TOO_MANY, where, {"count": count, "max_count": most})
