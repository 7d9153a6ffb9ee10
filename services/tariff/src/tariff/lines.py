"""What an evaluation answers: a price in explained lines, or every reason why there is none.

Lines and reasons are data (a kind and parameters); the gateway turns them into sentences. Parameters are
integers or strings, so that they pass unchanged through an error's metadata or a protobuf map: lists are
joined by commas, weekdays are ISO numbers, dates ISO strings, amounts minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique

from values import Money

from tariff.tax import TouristTax

Params = Mapping[str, int | str]


@unique
class LineKind(Enum):
    """What a line is for, with the parameters it bears."""

    ACCOMMODATION = "ACCOMMODATION"
    """season, season_id, nights, length, basis (PACKAGE | WEEK | PACKAGE_AND_NIGHTS | NAMED | WEEKDAYS),
    unit_amount, package, extra_night; priced_as where a straddle mode priced them as another season; named
    (NAMED); weekdays and prices, one of each per night (WEEKDAYS); covered (persons) where not the base's."""
    TYPED_PRICE = "TYPED_PRICE"
    """price_id, nights, unit (NIGHT | WEEK), unit_amount, reason."""
    FIXED_STAY = "FIXED_STAY"
    """price_id, nights, unit_amount, reason."""
    EXTRA_PERSONS = "EXTRA_PERSONS"
    """season, season_id, persons, nights, unit (NIGHT | WEEK), unit_amount; up_to_age for children."""
    DISCOUNT = "DISCOUNT"
    """discount_id, name, discount_kind, percent_bp, base_amount (SECOND_WEEK: that week's part);
    promo_code where one was typed; the amount is negative."""
    SUPPLEMENT = "SUPPLEMENT"
    """code, name, base, unit_amount, quantity, obligatory (0 | 1); persons and nights where they count."""


@unique
class ReasonKind(Enum):
    """Why a stay is not sold, with the parameters it bears."""

    NO_SEASON = "NO_SEASON"
    """nights."""
    NO_PRICE = "NO_PRICE"
    """season, season_id, length, nights."""
    MIN_STAY = "MIN_STAY"
    """min_nights, nights, season, season_id, scope (ARRIVAL | THROUGH)."""
    MAX_STAY = "MAX_STAY"
    """max_nights, nights; season and season_id unless the limit is the whole sheet's."""
    ARRIVAL_DAY = "ARRIVAL_DAY"
    """weekday, allowed, season, season_id."""
    DEPARTURE_DAY = "DEPARTURE_DAY"
    """weekday, allowed, season, season_id."""
    NOTICE = "NOTICE"
    """notice_days, days_before."""
    HORIZON = "HORIZON"
    """horizon_days, days_before."""
    CAPACITY = "CAPACITY"
    """max_persons, persons."""
    UNKNOWN_SUPPLEMENT = "UNKNOWN_SUPPLEMENT"
    """code; also a supplement that these dates or this length do not have."""
    SUPPLEMENT_QUANTITY = "SUPPLEMENT_QUANTITY"
    """code, quantity, max_quantity."""


@unique
class PromoState(Enum):
    """What became of a promotional code; never a reason to refuse."""

    APPLIED = "APPLIED"
    UNKNOWN = "UNKNOWN"
    NOT_FOR_STAY = "NOT_FOR_STAY"
    NOT_BEST = "NOT_BEST"


@dataclass(frozen=True, slots=True)
class Line:
    """One explained amount, in minor units."""

    kind: LineKind
    amount: int
    params: Params


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, with what it takes to explain it."""

    kind: ReasonKind
    params: Params


@dataclass(frozen=True, slots=True)
class Price:
    """A sellable stay; `total = accommodation + extra_persons + discounts + supplements = sum(lines)`."""

    currency: str
    accommodation: int
    extra_persons: int
    discounts: int
    """Zero or negative."""
    supplements: int
    total: int
    lines: tuple[Line, ...]
    tourist_tax: TouristTax | None
    """An estimate beside the total, never in it; None where no rule covers a night."""
    warnings: tuple[Reason, ...] = field(default=())
    """Stay rules an owner went past; always empty for a guest."""
    promo: PromoState | None = None
    """What became of the promotional code; None where none was typed."""
    promo_bounds: Params = field(default_factory=dict)
    """NOT_FOR_STAY: min_nights, max_nights, arrivals_from and arrivals_until (exclusive) of the code."""

    def money(self, amount: int) -> Money:
        """An amount of this price with its currency."""
        return Money(amount, self.currency)


@dataclass(frozen=True, slots=True)
class NotSellable:
    """Every reason why the stay is not sold, at least one."""

    reasons: tuple[Reason, ...]
