"""Rules of the tourist tax per commune, category and year, and the national frame they should lie in."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from tariff import AdditionalTax, TaxKind, TaxRounding
from tariff import TaxRule as SheetTaxRule
from values import EmptyStay, NightRange

from pricing.domain.compiling import Remark
from pricing.domain.errors import BadValue, PeriodReversed
from pricing.domain.parts import need_between, need_length, need_price

FLOORS = {"palace": 70, "5": 70, "4": 70, "3": 50, "2": 30, "1": 20, "guest_room": 20}
CAPS = {
    2020: {"palace": 410, "5": 300, "4": 230, "3": 150, "2": 90, "1": 80, "guest_room": 80},
    2024: {"palace": 460, "5": 330, "4": 250, "3": 160, "2": 100, "1": 80, "guest_room": 80},
    2025: {"palace": 480, "5": 350, "4": 260, "3": 170, "2": 100, "1": 80, "guest_room": 80},
    2026: {"palace": 490, "5": 360, "4": 260, "3": 170, "2": 100, "1": 80, "guest_room": 80},
}
"""Minor units per person and night before additional taxes (`domain.md` 2.2); a year takes the last known."""
UNCLASSIFIED = "unclassified"
CATEGORIES = frozenset({*FLOORS, UNCLASSIFIED})
YEARS = (1990, 2100)
RATES = (100, 500)
"""1 % to 5 % of the cost per person and night (CGCT L2333-30)."""
MAX_COMMUNE = 200
MAX_PERIODS = 12
"""As many as the operator's form shows."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRule:
    """What a commune voted for a category and a year."""

    id: UUID
    insee: str
    category: str
    year: int
    tariff: int = 0
    rate_basis_points: int = 0
    cap: int = 0
    additional: Mapping[str, int] = field(default_factory=dict)
    collected: tuple[NightRange, ...] = ()
    """Periods of collection within the year, in order; none: the whole year."""
    round_each_step: bool = True
    source: str = ""
    to_confirm: bool = False
    commune: str = ""
    """Its name as it was written; empty: not known."""

    @property
    def key(self) -> tuple[str, str, int]:
        """What it is the one rule of: commune, category, year."""
        return self.insee, self.category, self.year

    def check(self) -> None:
        """A known category, a plausible year, exactly one of tariff and rate, periods that can be."""
        if len(self.insee) != 5:
            raise BadValue(field="rule.insee", why="five_characters")
        need_length("rule.source", self.source)
        if len(self.commune) > MAX_COMMUNE:
            raise BadValue(field="rule.commune", why="too_long")
        if self.category not in CATEGORIES:
            raise BadValue(field="rule.category", why="unknown")
        need_between("rule.year", self.year, *YEARS)
        need_price("rule.tariff", self.tariff)
        need_price("rule.cap", self.cap)
        need_between("rule.rate_basis_points", self.rate_basis_points, 0, 10_000)
        if self.tariff and self.rate_basis_points:
            raise BadValue(field="rule.rate_basis_points", why="tariff_or_rate")
        for name, rate in self.additional.items():
            need_between(f"rule.additional[{name}]", rate, 0, 100_000)
        self._check_periods()

    @property
    def outside_the_frame(self) -> bool:
        """Whether it lies below the national floor or above the cap of its year."""
        return any(one.reason != "CAP_MISSING" for one in self.remarks())

    def remarks(self) -> list[Remark]:
        """What is worth a look: a tariff or a rate outside the national frame, a rate without a cap."""
        if self.rate_basis_points or self.category == UNCLASSIFIED:
            found = []
            if not RATES[0] <= self.rate_basis_points <= RATES[1]:
                found.append(Remark("RATE_OUTSIDE", {"least": str(RATES[0]), "most": str(RATES[1])}))
            if not self.cap:
                # The highest tariff that the commune voted; without it a dear night is taxed too much.
                found.append(Remark("CAP_MISSING"))
            return found
        years = sorted(CAPS)
        cap = CAPS[years[max(0, bisect_right(years, self.year) - 1)]][self.category]
        if self.tariff < FLOORS[self.category]:
            return [Remark("BELOW_FLOOR", {"floor": str(FLOORS[self.category])})]
        return [Remark("ABOVE_CAP", {"cap": str(cap)})] if self.tariff > cap else []

    def as_saved(self, known: TaxRule | None) -> TaxRule:
        """To be confirmed where it lies outside the frame; a commune that is not named keeps its name."""
        commune = self.commune or (known.commune if known is not None else "")
        return replace(self, commune=commune, to_confirm=self.to_confirm or self.outside_the_frame)

    def for_next_year(self, new_id: UUID) -> TaxRule:
        """The same for the year after, to be confirmed; periods on the same days, 29 February on the 28th."""
        collected = tuple(
            NightRange(_a_year_later(one.arrival), _a_year_later(one.departure - _DAY) + _DAY)
            for one in self.collected
        )
        return replace(self, id=new_id, year=self.year + 1, collected=collected, to_confirm=True)

    def beside(self, known: TaxRule | None) -> Remark:
        """Whether it is new, or what it replaces."""
        if known is None:
            return Remark("NEW")
        if replace(known, id=self.id) == self:
            return Remark("UNCHANGED")
        was = {"tariff": known.tariff, "rate_basis_points": known.rate_basis_points, "cap": known.cap}
        return Remark("REPLACES", {**{key: str(value) for key, value in was.items()}, "source": known.source})

    def compiled(self) -> SheetTaxRule:
        """The rule as a rate sheet holds it."""
        percent = bool(self.rate_basis_points)
        return SheetTaxRule(
            name=f"{self.insee}:{self.category}:{self.year}",
            valid=whole_year(self.year),
            kind=TaxKind.PERCENT if percent else TaxKind.FIXED,
            tariff=0 if percent else self.tariff,
            rate_bp=self.rate_basis_points,
            cap=(self.cap or None) if percent else None,
            additional=tuple(AdditionalTax(name, rate) for name, rate in sorted(self.additional.items())),
            collected=self.collected,
            rounding=TaxRounding.EACH_STEP if self.round_each_step else TaxRounding.SUM,
        )

    def _check_periods(self) -> None:
        """Not too many, in order, sharing no night, within the year."""
        need_between("rule.collected", len(self.collected), 0, MAX_PERIODS)
        year = whole_year(self.year)
        for number, period in enumerate(self.collected):
            where = f"rule.collected[{number}]"
            if not year.covers(period):
                raise BadValue(field=where, why="outside_year", year=self.year)
            if number and period.arrival < self.collected[number - 1].departure:
                reversed_ = period.arrival < self.collected[number - 1].arrival
                raise BadValue(field=where, why="order" if reversed_ else "overlap")


def _a_year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def folded(text: str) -> str:
    """Lower case, without accents, hyphens and double spaces: how names are compared."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("œ", "oe"))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(kept.replace("-", " ").split())


def whole_year(year: int) -> NightRange:
    """Every night of a year."""
    return NightRange(date(year, 1, 1), date(year + 1, 1, 1))


def one_period(year: int, first: date | None, last: date | None) -> tuple[NightRange, ...]:
    """The periods that a first and a last day, both included, stand for; neither is the whole year.

    Raises:
        PeriodReversed: the last comes before the first.

    """
    if first is None and last is None:
        return ()
    year_ = whole_year(year)
    try:
        # No calendar has a day after the last: what ends there lies outside its year without it too.
        departure = min(last, date.max - _DAY) + _DAY if last else year_.departure
        return (NightRange(first or year_.arrival, departure),)
    except EmptyStay:
        raise PeriodReversed(field="rule.collected_to") from None


def ends(periods: Sequence[NightRange]) -> tuple[date | None, date | None]:
    """The first and the last day of all periods, both included."""
    return (periods[0].arrival, periods[-1].departure - _DAY) if periods else (None, None)


def compiled_rules(rules: Sequence[TaxRule]) -> tuple[SheetTaxRule, ...]:
    """The rules of one commune and category, by year, as a sheet holds them."""
    return tuple(rule.compiled() for rule in sorted(rules, key=lambda rule: rule.year))


def years_without_rule(rules: Sequence[SheetTaxRule], stay: NightRange) -> tuple[int, ...]:
    """The years of the stay that no rule covers: their tax is unknown, not zero."""
    missing = {night.year for night in stay.nights if not any(rule.valid.contains(night) for rule in rules)}
    return tuple(sorted(missing))
