"""Any sheet that pricing publishes, with rules, gaps, odd prices; any party and stay near it."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st
from tariff import (
    AdditionalTax,
    ChildPrice,
    Discount,
    DiscountBase,
    DiscountKind,
    ExtraPersonPrice,
    NamedPackage,
    NightPrice,
    Occupancy,
    PackageKind,
    Party,
    PersonsCounted,
    PriceUnit,
    RateSheet,
    Season,
    Straddle,
    Supplement,
    SupplementBase,
    TaxKind,
    TaxRounding,
    TaxRule,
)
from values import NightRange

FIRST = date(2027, 3, 1)
DAYS = 150
CODES = ("été", "amis2027")
promo_codes = st.sampled_from(["", "", " ÉTÉ", "Amis2027 ", "inconnu"])
amounts = st.integers(0, 200_000) | st.sampled_from([0, 1, 33])
dear = st.just(50_000_000)
weekdays = st.sets(st.integers(1, 7), min_size=1).map(sorted).map(tuple) | st.just((1, 2, 3, 4, 5, 6, 7))
extra_persons = st.builds(
    ExtraPersonPrice,
    st.sampled_from([PriceUnit.NIGHT, PriceUnit.WEEK]),
    amounts,
    st.lists(
        st.builds(ChildPrice, st.integers(0, 17), amounts), max_size=3, unique_by=lambda b: b.up_to_age
    ).map(tuple),
)
parties = st.builds(
    Party,
    adults=st.integers(0, 5) | st.just(2),
    children=st.lists(st.integers(0, 17), max_size=4).map(tuple),
)


@st.composite
def ranges(draw, longest=60):
    start = FIRST + timedelta(days=draw(st.integers(-5, DAYS)))
    return NightRange.of_length(start, draw(st.integers(1, longest)))


discounts = st.builds(
    Discount,
    st.uuids().map(str),
    st.just("Remise"),
    st.sampled_from(DiscountKind),
    st.integers(0, 10_000),
    min_days_before=st.none() | st.integers(0, 60),
    booked_before=st.none() | st.just(FIRST) | st.just(FIRST + timedelta(days=1)),
    max_days_before=st.none() | st.integers(0, 60),
    min_nights=st.none() | st.integers(1, 10),
    max_nights=st.none() | st.integers(5, 40),
    arrivals=st.none() | ranges(),
    applies_to=st.sampled_from(DiscountBase),
    cumulative=st.booleans(),
).flatmap(
    lambda one: (
        st.sampled_from(CODES).map(lambda code: replace(one, code=code))
        if one.kind is DiscountKind.CODE
        else st.just(one)
    )
)
supplements = st.builds(
    Supplement,
    st.uuids().map(str),
    st.just("Supplément"),
    st.sampled_from(SupplementBase),
    st.integers(0, 20_000),
    obligatory=st.booleans() | st.just(True),
    persons=st.sampled_from(PersonsCounted),
    nights=st.none() | ranges(),
    min_nights=st.none() | st.integers(1, 10),
    max_nights=st.none() | st.integers(5, 40),
)
tax_rules = st.builds(
    TaxRule,
    st.just("taxe"),
    ranges(200),
    st.sampled_from(TaxKind),
    tariff=st.integers(0, 500),
    rate_bp=st.integers(100, 500),
    cap=st.none() | st.integers(0, 500),
    additional=st.lists(
        st.builds(AdditionalTax, st.text(max_size=3), st.integers(0, 20_000)), max_size=3
    ).map(tuple),
    collected=st.just(()) | st.lists(ranges(), max_size=2).map(tuple),
    rounding=st.sampled_from(TaxRounding),
)


lengths_of = {PackageKind.WEEK_END: (2, 3), PackageKind.MID_WEEK: (4, 5), PackageKind.MONTH: (28, 30, 31)}
few_days = st.just(()) | st.sets(st.integers(1, 7), min_size=1).map(sorted).map(tuple)


@st.composite
def named_packages(draw):
    """At most one for a stay: each kind has lengths of its own."""
    kinds = draw(st.sets(st.sampled_from(PackageKind)))
    return tuple(
        NamedPackage(
            kind,
            draw(amounts),
            draw(few_days),
            draw(st.just(()) | st.sets(st.sampled_from(lengths_of[kind]), min_size=1).map(sorted).map(tuple)),
        )
        for kind in sorted(kinds, key=lambda kind: kind.value)
    )


packages = st.dictionaries(st.integers(1, 35), amounts, max_size=5)
weekday_prices = (
    st.just({}) | st.dictionaries(st.integers(1, 7), amounts) | st.just(dict.fromkeys(range(1, 8), 9100))
)
whole_weeks = st.lists(amounts, min_size=7, max_size=7).map(lambda prices: dict(enumerate(prices, 1)))
occupancies = st.lists(
    st.builds(
        Occupancy,
        st.integers(1, 6),
        packages,
        st.none() | amounts,
        st.just(()) | named_packages(),
        st.just({}) | whole_weeks | weekday_prices,
    ),
    max_size=3,
    unique_by=lambda one: one.persons,
).map(tuple)


@st.composite
def _season(draw, number, period):
    some = st.dictionaries(st.integers(1, 35), amounts, max_size=5)
    plain = Season(
        f"s{number}",
        f"S{number}",
        period,
        draw(some.map(lambda more: {1: 9000, 7: 60_000, **more})),
        extra_night=draw(amounts),
        extra_person=draw(st.none() | extra_persons),
    )
    if draw(st.integers(0, 3)):
        return draw(_richer(plain))
    plain = draw(_richer(plain) | st.just(plain))
    return replace(
        plain,
        packages=draw(some),
        extra_night=draw(st.none() | amounts | dear),
        arrival_weekdays=draw(weekdays),
        departure_weekdays=draw(weekdays),
        min_nights=draw(st.integers(1, 8)),
        min_through=draw(st.integers(1, 8)),
        max_nights=draw(st.none() | st.integers(8, 90)),
        notice_days=draw(st.none() | st.integers(0, 40)),
        horizon_days=draw(st.none() | st.integers(0, 200)),
        sell_gaps=draw(st.booleans()),
        min_by_weekday=draw(st.just({}) | st.dictionaries(st.integers(1, 7), st.integers(1, 8), max_size=3)),
    )


@st.composite
def _richer(draw, season):
    """Often with named packages, prices by weekday (then fewer by length), prices by occupancy."""
    if draw(st.booleans()):
        season = replace(season, named=draw(named_packages()))
    if draw(st.integers(0, 2)) == 0:
        season = replace(season, packages=draw(packages), weekday_prices=draw(whole_weeks | weekday_prices))
    if draw(st.integers(0, 2)) == 0:
        season = replace(season, occupancies=draw(occupancies))
    return season


@st.composite
def _seasons(draw):
    periods, day = [], FIRST + timedelta(days=draw(st.integers(-30, 3)))
    for _ in range(draw(st.sampled_from([6, 5, 4, 2, 0]))):
        day += timedelta(days=draw(st.sampled_from([0, 0, 0, 0, 0, 0, 1, 4])))
        periods.append(NightRange.of_length(day, draw(st.integers(1, 8) | st.integers(20, 60))))
        day = periods[-1].departure
    count = draw(st.integers(1, 4))
    owned = [tuple(periods[number::count]) for number in range(count)]
    return tuple(draw(_season(number, own)) for number, own in enumerate(owned) if own)


@st.composite
def sheets(draw):
    typed, at = [], FIRST
    for number in range(draw(st.integers(0, 4))):
        at += timedelta(days=draw(st.integers(0, 30)))
        span = NightRange.of_length(at, draw(st.integers(1, 20)))
        persons = draw(st.none() | st.integers(1, 4))
        unit = draw(st.sampled_from(PriceUnit))
        typed.append(NightPrice(f"p{number}", span, unit, draw(amounts), persons))
        at = span.departure
    base = draw(st.integers(1, 4))
    return RateSheet(
        "EUR",
        base_persons=base,
        max_persons=draw(st.just(9) | st.integers(base, 9)),
        seasons=draw(_seasons()),
        night_prices=tuple(typed),
        straddle=draw(st.just(Straddle.PRORATA) | st.sampled_from(Straddle)),
        supplements=tuple(draw(st.lists(supplements, max_size=4))),
        discounts=tuple(draw(st.lists(discounts, max_size=4))),
        notice_days=draw(st.sampled_from([0, 0, 0, 5])),
        horizon_days=draw(st.sampled_from([None, None, None, 20, 150])),
        max_nights=draw(st.sampled_from([90, 90, 90, 30])),
        tax_rules=tuple(draw(st.lists(tax_rules, max_size=2))),
        vat_bp=draw(st.just(0) | st.integers(0, 2500)),
        meals=draw(st.just(0) | st.integers(0, 5000)),
    )


@st.composite
def stays(draw):
    start = FIRST + timedelta(days=draw(st.integers(0, 70)))
    return NightRange.of_length(start, draw(st.integers(1, 14) | st.integers(1, 14) | st.integers(1, 90)))
