"""Discounts and supplements of a stay; called by `evaluate` alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from values import NightRange, half_up

from tariff.lines import Line, LineKind, Params, PromoState, Reason, ReasonKind
from tariff.parts import (
    Discount,
    DiscountBase,
    DiscountKind,
    PersonsCounted,
    Supplement,
    SupplementBase,
)
from tariff.sheet import RateSheet
from tariff.stay import ChosenSupplement, Party

_WEEK = 7
MAX_QUANTITY = 1000
"""Where the owner set no limit: beyond it a quantity is a slip of the finger."""


def discounts(
    sheet: RateSheet, stay: NightRange, booked_on: date, code: str, *, accommodation: int, extra_persons: int
) -> list[Line]:
    """The best discount that does not add up with others, and every cumulative one.

    Each is a percentage of the undiminished base; together they never exceed what is discounted. `code` is
    the promotional code, folded.
    """
    if not sheet.discounts:
        return []
    best: tuple[int, Discount] | None = None
    given: list[tuple[int, Discount]] = []
    bases = {
        DiscountBase.ACCOMMODATION: accommodation,
        DiscountBase.ACCOMMODATION_AND_EXTRA_PERSONS: accommodation + extra_persons,
    }
    for discount in sheet.discounts:
        if discount.code not in {"", code} or not _applies(discount, stay, booked_on):
            continue
        nights = _discounted_nights(discount, stay)
        amount = half_up(bases[discount.applies_to] * discount.percent_bp * nights, 10_000 * stay.length)
        if discount.cumulative:
            given.append((amount, discount))
        elif best is None or amount > best[0]:
            best = (amount, discount)
    if best is not None:
        given.insert(0, best)
    left = accommodation + extra_persons
    lines = []
    for amount, discount in given:
        taken = min(amount, left)
        left -= taken
        if taken:
            base = half_up(bases[discount.applies_to] * _discounted_nights(discount, stay), stay.length)
            lines.append(_discount_line(discount, taken, base))
    return lines


def promo_state(
    sheet: RateSheet, stay: NightRange, booked_on: date, code: str, lines: Sequence[Line]
) -> PromoState | None:
    """What became of the promotional code, folded; None where none was typed."""
    if not code:
        return None
    known = [discount for discount in sheet.discounts if discount.code == code]
    if not known:
        return PromoState.UNKNOWN
    given = {line.params["discount_id"] for line in lines}
    if any(discount.id in given for discount in known):
        return PromoState.APPLIED
    fits = any(_applies(discount, stay, booked_on) for discount in known)
    return PromoState.NOT_BEST if fits else PromoState.NOT_FOR_STAY


def promo_bounds(sheet: RateSheet, code: str) -> Params:
    """The stays that a promotional code, folded, is for; what it does not bound is left out."""
    found: dict[str, int | str] = {}
    for discount in sheet.discounts:
        if discount.code == code:
            if discount.min_nights is not None:
                found["min_nights"] = discount.min_nights
            if discount.max_nights is not None:
                found["max_nights"] = discount.max_nights
            if discount.arrivals is not None:
                found["arrivals_from"] = discount.arrivals.arrival.isoformat()
                found["arrivals_until"] = discount.arrivals.departure.isoformat()
    return found


def supplements(
    sheet: RateSheet, stay: NightRange, party: Party, chosen: Sequence[ChosenSupplement]
) -> tuple[list[Line], list[Reason]]:
    """The obligatory supplements and the chosen, in the sheet's order, or what is wrong with the choice."""
    wanted, reasons = _wanted(sheet, stay, party, chosen)
    if reasons or not sheet.supplements:
        return [], reasons
    lines = []
    for supplement in sheet.supplements:
        if not (supplement.code in wanted or (supplement.obligatory and _offered(supplement, stay))):
            continue
        quantity = wanted.get(supplement.code)
        if supplement.obligatory and supplement.base is not SupplementBase.PER_UNIT:
            quantity = None
        line = _supplement_line(sheet, supplement, stay, party, quantity)
        if line is not None:
            lines.append(line)
    return lines, []


def _wanted(
    sheet: RateSheet, stay: NightRange, party: Party, chosen: Sequence[ChosenSupplement]
) -> tuple[dict[str, int | None], list[Reason]]:
    """The quantity asked of each supplement, None where none was said."""
    wanted: dict[str, int | None] = {}
    reasons = []
    for choice in chosen:
        supplement = sheet.supplements_by_code.get(choice.code)
        quantity = choice.quantity
        if quantity == 0:
            continue
        if supplement is None or not _offered(supplement, stay):
            reasons.append(Reason(ReasonKind.UNKNOWN_SUPPLEMENT, {"code": choice.code}))
            continue
        most = _most(sheet, supplement, party)
        if choice.code in wanted or (quantity is not None and (quantity < 0 or quantity > most)):
            params: Params = {"code": choice.code, "quantity": quantity or 0, "max_quantity": most}
            reasons.append(Reason(ReasonKind.SUPPLEMENT_QUANTITY, params))
        wanted[choice.code] = quantity
    return wanted, reasons


def _applies(discount: Discount, stay: NightRange, booked_on: date) -> bool:
    before = (stay.arrival - booked_on).days
    nights = stay.length
    return (
        (discount.min_days_before is None or before >= discount.min_days_before)
        and (discount.max_days_before is None or before <= discount.max_days_before)
        and (discount.booked_before is None or booked_on < discount.booked_before)
        and (discount.min_nights is None or nights >= discount.min_nights)
        and (discount.max_nights is None or nights <= discount.max_nights)
        and (discount.arrivals is None or discount.arrivals.contains(stay.arrival))
        and (discount.kind is not DiscountKind.SECOND_WEEK or nights >= 2 * _WEEK)
    )


def _discounted_nights(discount: Discount, stay: NightRange) -> int:
    return _WEEK if discount.kind is DiscountKind.SECOND_WEEK else stay.length


def _discount_line(discount: Discount, taken: int, base: int) -> Line:
    params: dict[str, int | str] = {
        "discount_id": discount.id,
        "name": discount.name,
        "discount_kind": discount.kind.value,
        "percent_bp": discount.percent_bp,
        "base_amount": base,
    }
    if discount.code:
        params["promo_code"] = discount.code
    return Line(LineKind.DISCOUNT, -taken, params)


def _nights(supplement: Supplement, stay: NightRange) -> int:
    """How many nights it counts."""
    if supplement.nights is None:
        return stay.length
    common = stay.intersection(supplement.nights)
    return common.length if common else 0


def _offered(supplement: Supplement, stay: NightRange) -> bool:
    length = stay.length
    if supplement.min_nights is not None and length < supplement.min_nights:
        return False
    if supplement.max_nights is not None and length > supplement.max_nights:
        return False
    if supplement.nights is None:
        return True
    if supplement.base.counts_nights:
        return supplement.nights.overlaps(stay)
    return supplement.nights.contains(stay.arrival)


def _persons(sheet: RateSheet, supplement: Supplement, party: Party) -> int:
    if supplement.persons is PersonsCounted.ALL:
        return party.persons
    if supplement.persons is PersonsCounted.ADULTS:
        return party.adults
    if supplement.persons is PersonsCounted.CHILDREN:
        return len(party.children)
    return max(0, party.persons - sheet.base_persons)


def _most(sheet: RateSheet, supplement: Supplement, party: Party) -> int:
    """The highest quantity that may be chosen."""
    most = MAX_QUANTITY if supplement.max_quantity is None else supplement.max_quantity
    return min(most, _persons(sheet, supplement, party)) if supplement.base.counts_persons else most


def _supplement_line(
    sheet: RateSheet, supplement: Supplement, stay: NightRange, party: Party, quantity: int | None
) -> Line | None:
    base = supplement.base
    params: dict[str, int | str] = {
        "code": supplement.code,
        "name": supplement.name,
        "base": base.value,
        "unit_amount": supplement.price,
        "obligatory": int(supplement.obligatory),
    }
    if quantity is None:
        quantity = _persons(sheet, supplement, party) if base.counts_persons else 1
    params["quantity"] = quantity
    if base.counts_persons:
        params["persons"] = quantity
    amount = supplement.price * quantity
    if base.counts_nights:
        nights = _nights(supplement, stay)
        params["nights"] = nights
        amount *= nights
        if base is SupplementBase.PER_WEEK:
            amount = half_up(amount, 7)
    return Line(LineKind.SUPPLEMENT, amount, params) if quantity else None
