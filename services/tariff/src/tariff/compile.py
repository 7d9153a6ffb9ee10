"""Checks a rate sheet before it is published: what cannot be sold is refused, what looks odd is warned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, unique
from itertools import pairwise

from values import NightRange

from tariff.lines import Params
from tariff.parts import ALL_WEEKDAYS, MAX_PACKAGE, DiscountKind, NightPrice, PriceUnit, Season
from tariff.sheet import RateSheet

PRICE_LIMIT = 50_000_000
"""Half a million euros: beyond it a price is a slip of the finger, and the search index would overflow."""
MAX_CHILD_BANDS = 3
NOT_YET = {DiscountKind.SECOND_WEEK, DiscountKind.CODE}


@unique
class Problem(Enum):
    """What is wrong with a sheet; the value says whether it is refused or only warned."""

    SEASONS_OVERLAP = ("SEASONS_OVERLAP", True)
    PRICES_OVERLAP = ("PRICES_OVERLAP", True)
    DUPLICATE = ("DUPLICATE", True)
    NEGATIVE_PRICE = ("NEGATIVE_PRICE", True)
    PRICE_TOO_HIGH = ("PRICE_TOO_HIGH", True)
    PACKAGE_LENGTH = ("PACKAGE_LENGTH", True)
    PERSONS = ("PERSONS", True)
    CHILD_BANDS = ("CHILD_BANDS", True)
    UNIT = ("UNIT", True)
    PERCENT = ("PERCENT", True)
    WEEKDAYS = ("WEEKDAYS", True)
    STAY_LENGTH = ("STAY_LENGTH", True)
    DAYS = ("DAYS", True)
    DISCOUNT_KIND = ("DISCOUNT_KIND", True)
    GAP = ("GAP", False)
    ZERO_PRICE = ("ZERO_PRICE", False)
    NOTHING_PRICED = ("NOTHING_PRICED", False)

    @property
    def refused(self) -> bool:
        """Whether a sheet with it is not published."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem; `where` is a path such as `seasons.<id>.packages.7`."""

    problem: Problem
    where: str
    params: Params


class TariffRefused(ValueError):
    """A sheet is not published; `findings` holds every problem, refusals first, then the warnings."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(f"{f.problem.name} at {f.where}" for f in findings if f.problem.refused))
        self.findings = tuple(findings)


class SeasonsOverlap(TariffRefused):
    """A night belongs to two seasons."""


class NegativePrice(TariffRefused):
    """A price is below zero."""


_ERRORS = {Problem.SEASONS_OVERLAP: SeasonsOverlap, Problem.NEGATIVE_PRICE: NegativePrice}


def compile_sheet(sheet: RateSheet) -> tuple[Finding, ...]:
    """Checks a sheet and makes its index; returns the warnings.

    Reversed or empty periods cannot be built at all (`values.EmptyStay`).

    Raises:
        TariffRefused: the sheet has a problem; `SeasonsOverlap` or `NegativePrice` where that is the first.

    """
    findings = find_problems(sheet)
    if findings and findings[0].problem.refused:
        raise _ERRORS.get(findings[0].problem, TariffRefused)(findings)
    _ = sheet.index
    return findings


def find_problems(sheet: RateSheet) -> tuple[Finding, ...]:
    """Every problem of a sheet, refusals first."""
    found = [
        *_overlapping(sheet),
        *_duplicates(sheet),
        *_persons(sheet),
        *_prices(sheet),
        *(finding for season in sheet.seasons for finding in _season(season)),
        *(finding for season in sheet.seasons for finding in _extra_person(season)),
        *_rates(sheet),
        *_limits(sheet),
        *_gaps(sheet.seasons, sheet.night_prices),
    ]
    return tuple(sorted(found, key=lambda finding: not finding.problem.refused))


def _overlapping(sheet: RateSheet) -> Iterator[Finding]:
    periods = [(period, season.id) for season in sheet.seasons for period in season.periods]
    for (first, one), (second, other) in _clashes(periods):
        yield _clash(Problem.SEASONS_OVERLAP, f"seasons.{other}", first, second, one=one, other=other)
    typed = [(p.nights, p.id) for p in sheet.night_prices if p.unit is not PriceUnit.STAY]
    for (first, one), (second, other) in _clashes(typed):
        yield _clash(Problem.PRICES_OVERLAP, f"night_prices.{other}", first, second, one=one, other=other)


def _clashes(
    ranges: Iterable[tuple[NightRange, str]],
) -> Iterator[tuple[tuple[NightRange, str], tuple[NightRange, str]]]:
    """Pairs that share a night: each range with the one before it that reaches farthest."""
    reaching: tuple[NightRange, str] | None = None
    for entry in sorted(ranges):
        if reaching is not None and entry[0].overlaps(reaching[0]):
            yield reaching, entry
        if reaching is None or entry[0].departure > reaching[0].departure:
            reaching = entry


def _clash(
    problem: Problem, where: str, first: NightRange, second: NightRange, *, one: str, other: str
) -> Finding:
    common = first.intersection(second) or second
    nights = {"from": common.arrival.isoformat(), "to": common.departure.isoformat()}
    return Finding(problem, where, {"first": one, "second": other, **nights})


def _duplicates(sheet: RateSheet) -> Iterator[Finding]:
    fixed = [f"{p.nights}" for p in sheet.night_prices if p.unit is PriceUnit.STAY]
    for where, names in (
        ("seasons", [season.id for season in sheet.seasons]),
        ("night_prices", [price.id for price in sheet.night_prices]),
        ("night_prices", fixed),
        ("supplements", [supplement.code for supplement in sheet.supplements]),
        ("discounts", [discount.id for discount in sheet.discounts]),
    ):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Finding(Problem.DUPLICATE, f"{where}.{name}", {"name": name})


def _persons(sheet: RateSheet) -> Iterator[Finding]:
    if not 1 <= sheet.base_persons <= sheet.max_persons:
        params = {"base_persons": sheet.base_persons, "max_persons": sheet.max_persons}
        yield Finding(Problem.PERSONS, "base_persons", params)
    for price in sheet.night_prices:
        if price.persons is not None and not 1 <= price.persons <= sheet.max_persons:
            params = {"persons": price.persons, "max_persons": sheet.max_persons}
            yield Finding(Problem.PERSONS, f"night_prices.{price.id}.persons", params)


def _amounts(sheet: RateSheet) -> Iterator[tuple[str, int | None, bool]]:
    """(path, amount, whether zero is odd) of every price."""
    for season in sheet.seasons:
        at = f"seasons.{season.id}"
        for length, price in season.packages.items():
            yield f"{at}.packages.{length}", price, True
        yield f"{at}.extra_night", season.extra_night, True
        extra = season.extra_person
        if extra is not None:
            yield f"{at}.extra_person.adult", extra.adult, False
            for band in extra.children:
                yield f"{at}.extra_person.{band.up_to_age}", band.price, False
    for typed in sheet.night_prices:
        yield f"night_prices.{typed.id}", typed.price, True
    for supplement in sheet.supplements:
        yield f"supplements.{supplement.code}", supplement.price, False
    for rule in sheet.tax_rules:
        yield f"tax_rules.{rule.name}.tariff", rule.tariff, False
        yield f"tax_rules.{rule.name}.cap", rule.cap, False


def _prices(sheet: RateSheet) -> Iterator[Finding]:
    for where, amount, zero_is_odd in _amounts(sheet):
        if amount is None:
            continue
        if amount < 0:
            yield Finding(Problem.NEGATIVE_PRICE, where, {"amount": amount})
        elif amount > PRICE_LIMIT:
            yield Finding(Problem.PRICE_TOO_HIGH, where, {"amount": amount, "limit": PRICE_LIMIT})
        elif amount == 0 and zero_is_odd:
            yield Finding(Problem.ZERO_PRICE, where, {"amount": 0})


def _season(season: Season) -> Iterator[Finding]:
    at = f"seasons.{season.id}"
    for length in season.packages:
        if not 1 <= length <= MAX_PACKAGE:
            params = {"length": length, "max_length": MAX_PACKAGE}
            yield Finding(Problem.PACKAGE_LENGTH, f"{at}.packages.{length}", params)
    if not season.packages:
        yield Finding(Problem.NOTHING_PRICED, at, {"season": season.name})
    for name, days in (("arrival", season.arrival_weekdays), ("departure", season.departure_weekdays)):
        if len(set(days)) != len(days) or not set(days) <= set(ALL_WEEKDAYS):
            yield Finding(Problem.WEEKDAYS, f"{at}.{name}_weekdays", {"weekdays": ",".join(map(str, days))})
    least = max(season.min_nights, season.min_through)
    if min(season.min_nights, season.min_through) < 1 or (season.max_nights or least) < least:
        params = {"min_nights": least, "max_nights": season.max_nights or 0}
        yield Finding(Problem.STAY_LENGTH, f"{at}.min_nights", params)
    if season.notice_days is not None and season.notice_days < 0:
        yield Finding(Problem.DAYS, f"{at}.notice_days", {"days": season.notice_days})


def _extra_person(season: Season) -> Iterator[Finding]:
    extra = season.extra_person
    if extra is None:
        return
    at = f"seasons.{season.id}.extra_person"
    ages = [band.up_to_age for band in extra.children]
    if len(ages) > MAX_CHILD_BANDS or len(set(ages)) != len(ages) or any(age < 0 for age in ages):
        params = {"count": len(ages), "max_count": MAX_CHILD_BANDS}
        yield Finding(Problem.CHILD_BANDS, f"{at}.children", params)
    if extra.unit is PriceUnit.STAY:
        yield Finding(Problem.UNIT, f"{at}.unit", {"unit": extra.unit.value})


def _rates(sheet: RateSheet) -> Iterator[Finding]:
    rates = [(f"discounts.{discount.id}.percent_bp", discount.percent_bp) for discount in sheet.discounts]
    rates += [(f"tax_rules.{rule.name}.rate_bp", rule.rate_bp) for rule in sheet.tax_rules]
    rates.append(("vat_bp", sheet.vat_bp))
    for where, rate in rates:
        if not 0 <= rate <= 10_000:
            yield Finding(Problem.PERCENT, where, {"percent_bp": rate})
    for rule in sheet.tax_rules:
        for tax in rule.additional:
            if tax.rate_bp < 0:  # The Île-de-France tax is 200 %: there is no upper bound here.
                params = {"percent_bp": tax.rate_bp}
                yield Finding(Problem.PERCENT, f"tax_rules.{rule.name}.additional.{tax.name}", params)
    for discount in sheet.discounts:
        if discount.kind in NOT_YET:
            yield Finding(Problem.DISCOUNT_KIND, f"discounts.{discount.id}", {"kind": discount.kind.value})


def _limits(sheet: RateSheet) -> Iterator[Finding]:
    if sheet.max_nights < 1:
        yield Finding(Problem.STAY_LENGTH, "max_nights", {"min_nights": 1, "max_nights": sheet.max_nights})
    for where, days in (("notice_days", sheet.notice_days), ("horizon_days", sheet.horizon_days)):
        if days is not None and days < 0:
            yield Finding(Problem.DAYS, where, {"days": days})
    for supplement in sheet.supplements:
        if supplement.max_quantity is not None and supplement.max_quantity < 1:
            where = f"supplements.{supplement.code}.max_quantity"
            yield Finding(Problem.PERSONS, where, {"max_quantity": supplement.max_quantity})


def _gaps(seasons: Sequence[Season], typed: Sequence[NightPrice]) -> Iterator[Finding]:
    """Nights between the first and the last season that have no price at all."""
    periods = [period for season in seasons for period in season.periods]
    if not periods:
        return
    end = max(period.departure for period in periods)
    priced = NightRange.merge([*periods, *(price.nights for price in typed)])
    for before, after in pairwise(priced):
        if after.arrival < end:
            nights = {"from": before.departure.isoformat(), "to": after.arrival.isoformat()}
            yield Finding(Problem.GAP, "seasons", nights)
