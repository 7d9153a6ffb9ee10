"""The compiled rate sheet of one listing and rate plan: what pricing publishes and everyone computes with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tariff.index import Index
from tariff.parts import Discount, MealPlan, NightPrice, Season, Straddle, Supplement, TaxRule

FORMAT = 2
"""The version of the JSON form; it grows when an older reader would misread a newer sheet."""
FORMATS = frozenset({1, FORMAT})
"""What is read."""


@dataclass(frozen=True)
class RateSheet:
    """All that decides a price, in integers. Build it with `tariff.compile_sheet`, which checks it."""

    currency: str
    base_persons: int
    """How many persons the seasons' prices cover."""
    max_persons: int
    seasons: tuple[Season, ...] = ()
    night_prices: tuple[NightPrice, ...] = ()
    straddle: Straddle = Straddle.PRORATA
    supplements: tuple[Supplement, ...] = ()
    discounts: tuple[Discount, ...] = ()
    meal_plan: MealPlan = MealPlan.ROOM_ONLY
    notice_days: int = 0
    horizon_days: int | None = None
    """Arrivals at most that many days after the booking."""
    max_nights: int = 90
    """The law's 90 days for one tenant (loi Hoguet 70-9, art. 1-1), or less."""
    tax_rules: tuple[TaxRule, ...] = ()
    vat_bp: int = 0
    """VAT inside the accommodation's price; 0 for an owner who is not liable. Only the tourist tax asks."""
    meals: int = 0
    """What of the price is for meals, per person and night, minor units. Only the tourist tax asks: it is a
    share of the accommodation alone."""

    @cached_property
    def index(self) -> Index:
        """The night index, made on first use."""
        return Index(self.seasons, self.night_prices)

    @cached_property
    def supplements_by_code(self) -> dict[str, Supplement]:
        """The supplements, by code."""
        return {supplement.code: supplement for supplement in self.supplements}
