import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tariff import (
    AdditionalTax,
    ChildPrice,
    ChosenSupplement,
    Discount,
    DiscountBase,
    DiscountKind,
    ExtraPersonPrice,
    MealPlan,
    NightPrice,
    Party,
    PersonsCounted,
    Price,
    PriceUnit,
    RateSheet,
    Season,
    StayRules,
    Straddle,
    Supplement,
    SupplementBase,
    TaxKind,
    TaxRounding,
    TaxRule,
    compile_sheet,
    evaluate,
    from_json,
    to_json,
)
from values import NightRange, half_up

START = date(2026, 1, 1)
money = st.integers(0, 200_000)
lengths = st.integers(1, 35)
packages = st.dictionaries(lengths, money, max_size=6).map(lambda more: {7: 60000, 1: 9000, **more})
extra_persons = st.builds(
    ExtraPersonPrice,
    st.sampled_from([PriceUnit.NIGHT, PriceUnit.WEEK]),
    money,
    st.lists(
        st.builds(ChildPrice, st.integers(0, 17), money), max_size=3, unique_by=lambda b: b.up_to_age
    ).map(tuple),
)
discounts = st.builds(
    Discount,
    st.uuids().map(str),
    st.just("Remise"),
    st.sampled_from([DiscountKind.EARLY, DiscountKind.LATE, DiscountKind.LENGTH]),
    st.integers(0, 10_000),
    min_nights=st.none() | st.integers(1, 10),
    applies_to=st.sampled_from(DiscountBase),
    cumulative=st.booleans(),
)
supplements = st.builds(
    Supplement,
    st.uuids().map(str),
    st.just("Supplément"),
    st.sampled_from(SupplementBase),
    money,
    obligatory=st.booleans(),
    persons=st.sampled_from(PersonsCounted),
)
tax_rules = st.builds(
    TaxRule,
    st.just("2026"),
    st.just(NightRange(START, date(2027, 1, 1))),
    st.sampled_from(TaxKind),
    tariff=st.integers(0, 500),
    rate_bp=st.integers(100, 500),
    cap=st.none() | st.integers(0, 500),
    additional=st.lists(
        st.builds(AdditionalTax, st.text(max_size=3), st.integers(0, 20_000)), max_size=3
    ).map(tuple),
    rounding=st.sampled_from(TaxRounding),
)


@st.composite
def sheets(draw):
    """Seasons that follow each other without gap, perhaps with typed prices over them."""
    seasons, day = [], START
    for number in range(draw(st.integers(1, 5))):
        end = day + timedelta(days=draw(st.integers(2, 60)))
        season = Season(
            str(number),
            f"S{number}",
            (NightRange(day, end),),
            draw(packages),
            extra_night=draw(money),
            extra_person=draw(st.none() | extra_persons),
        )
        seasons.append(season)
        day = end
    typed, at = [], START
    for number in range(draw(st.integers(0, 3))):
        at += timedelta(days=draw(st.integers(0, 30)))
        span = NightRange.of_length(at, draw(st.integers(1, 20)))
        typed.append(NightPrice(f"p{number}", span, draw(st.sampled_from(PriceUnit)), draw(money)))
        at = span.departure
    return RateSheet(
        "EUR",
        base_persons=draw(st.integers(1, 4)),
        max_persons=8,
        seasons=tuple(seasons),
        night_prices=tuple(typed),
        straddle=draw(st.sampled_from(Straddle)),
        supplements=tuple(draw(st.lists(supplements, max_size=3))),
        discounts=tuple(draw(st.lists(discounts, max_size=3))),
        meal_plan=draw(st.sampled_from(MealPlan)),
        tax_rules=draw(st.none() | tax_rules.map(lambda rule: (rule,))) or (),
    )


@st.composite
def stays(draw, sheet):
    end = max(season.periods[-1].departure for season in sheet.seasons)
    length = draw(st.integers(1, min(30, (end - START).days)))
    arrival = START + timedelta(days=draw(st.integers(0, (end - START).days - length)))
    return NightRange.of_length(arrival, length)


parties = st.builds(
    Party,
    adults=st.integers(1, 4),
    children=st.lists(st.integers(0, 17), max_size=4).map(tuple),
    infants=st.integers(0, 2),
)


@given(st.data())
def test_lines_add_up_and_no_total_is_negative(data):
    sheet = data.draw(sheets())
    compile_sheet(sheet)
    stay, party = data.draw(stays(sheet)), data.draw(parties)
    chosen = [ChosenSupplement(s.code) for s in sheet.supplements if not s.obligatory]
    price = evaluate(sheet, stay, party, START, chosen)
    assert isinstance(price, Price), price
    assert sum(line.amount for line in price.lines) == price.total
    assert price.accommodation + price.extra_persons + price.discounts + price.supplements == price.total
    assert price.total >= 0 >= price.discounts
    assert price.accommodation + price.extra_persons + price.discounts >= 0
    if price.tourist_tax is not None:
        assert price.tourist_tax.amount == sum(line.amount for line in price.tourist_tax.lines) >= 0


@given(st.data())
def test_a_sheet_written_and_read_again_prices_the_same(data):
    sheet = data.draw(sheets())
    again = from_json(to_json(sheet))
    assert again == sheet
    assert to_json(again) == to_json(sheet)
    stay, party = data.draw(stays(sheet)), data.draw(parties)
    assert evaluate(sheet, stay, party, START) == evaluate(again, stay, party, START)
    assert evaluate(sheet, stay, party, START) == evaluate(sheet, stay, party, START)


@given(packages, st.integers(1, 35), st.integers(0, 100), st.sampled_from(Straddle))
def test_pro_rata_within_one_season_is_the_package(prices, length, offset, mode):
    """However many seasons of the same prices the stay is cut into, it costs what it costs in one."""
    cuts = [date(2026, 1, 1) + timedelta(days=n) for n in (0, 11, 23, 60, 77, 365)]
    cut = tuple(
        Season(str(n), "S", (NightRange(a, b),), prices, extra_night=5000)
        for n, (a, b) in enumerate(itertools.pairwise(cuts))
    )
    stay = NightRange.of_length(START + timedelta(days=offset), length)
    price = evaluate(RateSheet("EUR", 4, 6, cut, straddle=mode), stay, Party(2), START)
    assert isinstance(price, Price)
    expected = prices.get(length, half_up(prices[7] * length, 7) if length > 7 else None)
    if expected is None:
        shorter = max(known for known in prices if known < length)
        expected = prices[shorter] + (length - shorter) * 5000
    assert price.total == expected


@given(st.data())
def test_an_owner_gets_the_guests_price_and_never_a_stay_rule_in_his_way(data):
    sheet = data.draw(sheets())
    stay, party = data.draw(stays(sheet)), data.draw(parties)
    guest = evaluate(sheet, stay, party, START)
    owner = evaluate(sheet, stay, party, stay.departure, rules=StayRules.WARN)
    assert isinstance(guest, Price)
    assert isinstance(owner, Price)
    assert owner.warnings
    assert owner.lines == guest.lines
