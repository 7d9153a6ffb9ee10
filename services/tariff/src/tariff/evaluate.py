"""The one pricing algorithm, scalar and explained; pricing quotes with it, search must agree with it.

Order (`design.md` 4, `domain.md` 7.2): nights -> fixed stay, typed price or season -> accommodation ->
extra persons -> discounts -> supplements -> total; the tourist tax stands beside the total.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum, unique

from values import NightRange

from tariff.accommodation import accommodation, extra_persons, fixed_stay
from tariff.extras import discounts, promo_bounds, promo_state, supplements
from tariff.index import Slice, nights_where
from tariff.lines import Line, NotSellable, Price, PromoState, Reason, ReasonKind
from tariff.parts import folded_code
from tariff.rules import broken_rules
from tariff.sheet import RateSheet
from tariff.stay import ChosenSupplement, Party
from tariff.tax import TouristTax, taxed_price, tourist_tax


@unique
class StayRules(Enum):
    """ENFORCE for guests; WARN for the owner, whom stay rules never block."""

    ENFORCE = "ENFORCE"
    WARN = "WARN"


def evaluate(
    sheet: RateSheet,
    stay: NightRange,
    party: Party,
    booked_on: date,
    chosen: Sequence[ChosenSupplement] = (),
    *,
    rules: StayRules = StayRules.ENFORCE,
    promo_code: str = "",
    hole: int | None = None,
) -> Price | NotSellable:
    """Prices the nights `[arrival, departure)` for a party that books on `booked_on` (the listing's day).

    `promo_code` is what the guest typed; `hole` how many free nights in a row the stay lies in, where
    somebody looked: seasons that sell gaps lower their minimum to it. Deterministic and pure. A refusal holds
    every reason found, not only the first.
    """
    slices = sheet.index.slices(stay.arrival, stay.departure)
    fixed = sheet.index.fixed_stays.get((stay.arrival, stay.departure))
    broken = broken_rules(sheet, slices, stay, party, booked_on, fixed=fixed is not None, hole=hole)
    reasons = [] if rules is StayRules.WARN else broken
    stay_lines: list[Line] = []
    if fixed is not None:
        stay_lines = [fixed_stay(fixed)]
    elif missing := _nights_without_season(stay, slices):
        reasons = [missing, *reasons]
    else:
        stay_lines, no_price = accommodation(sheet, slices, stay, party.persons)
        reasons = [*no_price, *reasons]
    supplement_lines, wrong = supplements(sheet, stay, party, chosen)
    if reasons or wrong:
        return NotSellable((*reasons, *wrong))
    extra_lines = extra_persons(sheet, slices, party, fixed) if party.persons else []
    amount, extra = _sum(stay_lines), _sum(extra_lines)
    code = folded_code(promo_code)
    discount_lines = discounts(sheet, stay, booked_on, code, accommodation=amount, extra_persons=extra)
    discount, supplement = _sum(discount_lines), _sum(supplement_lines)
    promo = promo_state(sheet, stay, booked_on, code, discount_lines)
    return Price(
        currency=sheet.currency,
        accommodation=amount,
        extra_persons=extra,
        discounts=discount,
        supplements=supplement,
        total=amount + extra + discount + supplement,
        lines=(*stay_lines, *extra_lines, *discount_lines, *supplement_lines),
        tourist_tax=_tax(sheet, stay, party, amount + extra + discount),
        warnings=tuple(broken) if rules is StayRules.WARN else (),
        promo=promo,
        promo_bounds=promo_bounds(sheet, code) if promo is PromoState.NOT_FOR_STAY else {},
    )


def calendar_price(
    sheet: RateSheet, arrival: date, nights: int, party: Party, booked_on: date, *, promo_code: str = ""
) -> int | None:
    """The total of a stay from that arrival, in minor units, or None where it is not sold.

    What a calendar of prices asks for each day; the sheet's index makes a year of it cheap.
    """
    stay = NightRange(arrival, arrival + timedelta(days=nights))
    price = evaluate(sheet, stay, party, booked_on, promo_code=promo_code)
    return price.total if isinstance(price, Price) else None


def _nights_without_season(stay: NightRange, slices: Sequence[Slice]) -> Reason | None:
    nights = nights_where(stay.arrival, slices, lambda season, price: season is None and price is None)
    return Reason(ReasonKind.NO_SEASON, {"nights": nights}) if nights else None


def _tax(sheet: RateSheet, stay: NightRange, party: Party, accommodation_ttc: int) -> TouristTax | None:
    if not sheet.tax_rules:
        return None
    return tourist_tax(
        sheet.tax_rules,
        stay,
        accommodation_ht=taxed_price(
            accommodation_ttc, meals=sheet.meals * party.persons * stay.length, vat_bp=sheet.vat_bp
        ),
        occupants=party.occupants,
        taxable=party.taxable,
    )


def _sum(lines: Sequence[Line]) -> int:
    return sum(line.amount for line in lines)
