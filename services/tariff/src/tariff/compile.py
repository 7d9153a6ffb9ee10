"""Checks a rate sheet before it is published: what cannot be sold is refused, what looks odd is warned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from values import NightRange

from tariff import limits, seasons
from tariff.parts import DiscountKind, NightPrice, PriceUnit, Season, folded_code
from tariff.problems import MAX_CHILD_BANDS, PRICE_LIMIT, Finding, Problem
from tariff.sheet import RateSheet

__all__ = ["MAX_CHILD_BANDS", "PRICE_LIMIT", "Finding", "Problem", "find_problems"]


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
        *(finding for season in sheet.seasons for finding in seasons.problems(season)),
        *_rates(sheet),
        *_codes(sheet),
        *limits.problems(sheet),
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
        yield from seasons.amounts(season)
    for typed in sheet.night_prices:
        yield f"night_prices.{typed.id}", typed.price, True
    for supplement in sheet.supplements:
        yield f"supplements.{supplement.code}", supplement.price, False
    yield "meals", sheet.meals, False
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


def _codes(sheet: RateSheet) -> Iterator[Finding]:
    """A code where one is asked, as it is compared; bounds that can be met."""
    for each in sheet.discounts:
        at, params = f"discounts.{each.id}", {"name": each.name, "kind": each.kind.value}
        if bool(each.code) is not (each.kind is DiscountKind.CODE) or each.code != folded_code(each.code):
            yield Finding(Problem.PROMO_CODE, f"{at}.code", params)
        if (each.max_nights or each.min_nights or 0) < (each.min_nights or 0):
            yield Finding(Problem.STAY_LENGTH, f"{at}.max_nights", params)


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


def _gaps(all_seasons: Sequence[Season], typed: Sequence[NightPrice]) -> Iterator[Finding]:
    """Nights between the first and the last season that have no price at all."""
    periods = [period for season in all_seasons for period in season.periods]
    if not periods:
        return
    end = max(period.departure for period in periods)
    priced = NightRange.merge([*periods, *(price.nights for price in typed)])
    for before, after in pairwise(priced):
        if after.arrival < end:
            nights = {"from": before.departure.isoformat(), "to": after.arrival.isoformat()}
            yield Finding(Problem.GAP, "seasons", nights)
