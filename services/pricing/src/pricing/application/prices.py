"""Prices of stays without storing anything: for one stay, for a calendar of arrivals, and the tourist tax."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock, today
from tariff import Party, PriceUnit, RateSheet, StayRules, calendar_price, folded_code, sells
from values import NightRange

from pricing.application.ports import Holes, Sheets
from pricing.domain.errors import BadValue, ListingNotFound
from pricing.domain.lines import (
    ExplainedLine,
    PlanAnswer,
    PricedListing,
    Stay,
    hole_may_help,
    price_plans,
    tax_lines,
)
from pricing.domain.listing import Listing
from pricing.domain.taxes import compiled_rules

MAX_ARRIVALS = 400
MAX_NIGHTS = 366
NOT_SOLD = -1


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of arrival: the price of the cheapest plan or NOT_SOLD, and what the rules say of that day."""

    price: int = NOT_SOLD
    arrival_allowed: bool = False
    departure_allowed: bool = False
    min_nights: int = 0
    max_nights: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Days of arrival in order; known by its identity, so that what is made of it may be kept."""

    days: tuple[CalendarDay, ...]


async def find_listing(listing_id: UUID, *, scope: Scope, sheets: Sheets) -> PricedListing:
    """A listing within reach.

    Raises:
        ListingNotFound: another's, or not told by the catalog yet.

    """
    priced = await sheets.find(listing_id, scope=scope)
    if priced is None:
        raise ListingNotFound(id=listing_id)
    return priced


def rules_for(listing: Listing, scope: Scope) -> StayRules:
    """Stay rules bind guests and only warn the owner."""
    return StayRules.WARN if scope.may("owner", listing.owner_id) else StayRules.ENFORCE


def need_sane(stay: Stay, at: str = "") -> None:
    """Refuses a stay so long that it is a slip of the finger."""
    if stay.nights.length > MAX_NIGHTS:
        raise BadValue(field=f"{at}nights", why="too_long", most=MAX_NIGHTS)


async def ask_plans(
    priced: PricedListing,
    stay: Stay,
    *,
    booked_on: date,
    rules: StayRules,
    plan_id: UUID | None,
    holes: Holes,
) -> list[PlanAnswer]:
    """`price_plans`; the hole around the stay is asked for only where it could lower a broken minimum."""
    answers = price_plans(priced, stay, booked_on=booked_on, rules=rules, plan_id=plan_id)
    if not hole_may_help(priced, stay, answers):
        return answers
    hole = await holes.hole(priced.listing.id, stay.nights)
    if hole is None:
        return answers
    return price_plans(priced, stay, booked_on=booked_on, rules=rules, plan_id=plan_id, hole=hole)


async def price_stay(
    listing_id: UUID,
    plan_id: UUID | None,
    stay: Stay,
    *,
    scope: Scope,
    sheets: Sheets,
    holes: Holes,
    clock: Clock,
) -> list[PlanAnswer]:
    """The answers of the plans, the sold first, cheapest first.

    Raises:
        ListingNotFound: the listing is not within reach.

    """
    need_sane(stay)
    priced = await find_listing(listing_id, scope=scope, sheets=sheets)
    return await ask_plans(
        priced,
        stay,
        booked_on=today(clock(), priced.listing.zone),
        rules=rules_for(priced.listing, scope),
        plan_id=plan_id,
        holes=holes,
    )


async def price_calendar(
    listing_id: UUID,
    arrivals: NightRange,
    nights: int,
    party: Party,
    promo_code: str = "",
    *,
    scope: Scope,
    sheets: Sheets,
    clock: Clock,
) -> Calendar:
    """The days of a range of arrivals, as a guest may book them; a party not stated is the base.

    Where nothing has changed since, the very calendar that an earlier call got. A code that no sheet of the
    listing knows is none: whoever tries codes takes no other's place among the calendars that are kept.

    Raises:
        ListingNotFound: the listing is not within reach.
        BadValue: more than 400 arrivals, or a stay shorter than a night or longer than a year.

    """
    if arrivals.length > MAX_ARRIVALS:
        raise BadValue(field="arrivals", why="too_long", most=MAX_ARRIVALS)
    if not 1 <= nights <= MAX_NIGHTS:
        raise BadValue(field="nights", why="out_of_range", least=1, most=MAX_NIGHTS)
    priced = await find_listing(listing_id, scope=scope, sheets=sheets)
    booked_on = today(clock(), priced.listing.zone)
    code = folded_code(promo_code)
    known = any(discount.code == code for plan in priced.plans for discount in plan.sheet.discounts)
    asked = _Asked(
        same=tuple(id(plan.sheet) for plan in priced.plans),
        arrivals=arrivals,
        nights=nights,
        party=party,
        booked_on=booked_on,
        promo_code=code if known else "",
        sheets=tuple(plan.sheet for plan in priced.plans),
    )
    return _calendar(asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A calendar asked for; sheets are known by their identity, which is theirs alone while they are kept."""

    same: tuple[int, ...]
    arrivals: NightRange
    nights: int
    party: Party
    booked_on: date
    promo_code: str
    """Folded; empty where no sheet knows it."""
    sheets: tuple[RateSheet, ...] = field(compare=False)


@lru_cache(maxsize=256)
def _calendar(asked: _Asked) -> Calendar:
    """The days of a calendar: guests look at the same year again and again, and it costs 13 ms."""
    return Calendar(tuple(_day(asked, arrival) for arrival in asked.arrivals.nights))


async def estimate_tax(
    listing_id: UUID, plan_id: UUID | None, stay: Stay, accommodation: int, *, scope: Scope, sheets: Sheets
) -> tuple[int, list[ExplainedLine]]:
    """The tourist tax of a stay whose accommodation costs that much, the meals of its plan inside.

    Raises:
        ListingNotFound: the listing is not within reach.

    """
    need_sane(stay)
    priced = await find_listing(listing_id, scope=scope, sheets=sheets)
    rules = compiled_rules(await sheets.tax_rules(priced.listing))
    meals = await _meals_of(priced, plan_id, sheets) if plan_id else 0
    return tax_lines(priced, rules, stay, accommodation, meals=meals)


async def _meals_of(priced: PricedListing, plan_id: UUID, sheets: Sheets) -> int:
    """What a plan says of its meals; an agreed total may be of one that no tariff of the listing sells."""
    sold = priced.plan(plan_id)
    if sold is not None:
        return sold.sheet.meals
    named = (await sheets.rate_plans(priced.listing.owner_id)).rate_plans.get(plan_id)
    return named.meals if named is not None else 0


async def priced_nights(listing_id: UUID, *, scope: Scope, sheets: Sheets, clock: Clock) -> list[NightRange]:
    """The nights from today on that a season or a price on dates covers, in order.

    Raises:
        ListingNotFound: not the actor's own.

    """
    priced = await find_listing(listing_id, scope=scope, sheets=sheets)
    if not scope.may("owner", priced.listing.owner_id):
        raise ListingNotFound(id=listing_id)
    since = today(clock(), priced.listing.zone)
    ranges = []
    for plan in priced.plans:
        ranges += [p for season in plan.sheet.seasons if sells(season) for p in season.periods]
        ranges += [price.nights for price in plan.sheet.night_prices]
    future = [
        NightRange(max(nights.arrival, since), nights.departure)
        for nights in ranges
        if nights.departure > since
    ]
    return NightRange.merge(future)


def _day(asked: _Asked, arrival: date) -> CalendarDay:
    days = [_day_of(sheet, asked, arrival) for sheet in asked.sheets]
    priced = [day for day in days if day is not None]
    if not priced:
        return CalendarDay()
    sold = [day.price for day in priced if day.price != NOT_SOLD]
    return CalendarDay(
        price=min(sold, default=NOT_SOLD),
        arrival_allowed=any(day.arrival_allowed for day in priced),
        departure_allowed=any(day.departure_allowed for day in priced),
        min_nights=min(day.min_nights for day in priced),
        max_nights=max(day.max_nights for day in priced),
    )


def _day_of(sheet: RateSheet, asked: _Asked, arrival: date) -> CalendarDay | None:
    """What one sheet says of a day; None where it has nothing for the nights around it."""
    before, own = arrival - timedelta(days=1), sheet.index.slices(arrival, arrival + timedelta(days=1))[0]
    last = sheet.index.slices(before, arrival)[0]
    fixed = any(
        arrival == price.nights.arrival for price in sheet.night_prices if price.unit is PriceUnit.STAY
    )
    if not fixed and own[:2] == (None, None) and last[:2] == (None, None):
        return None
    party = asked.party if asked.party.occupants else Party(adults=sheet.base_persons)
    season, ended = own[0], last[0]
    notice = sheet.notice_days if season is None or season.notice_days is None else season.notice_days
    in_time = (arrival - asked.booked_on).days >= notice
    priced_day = fixed or own[:2] != (None, None)
    weekday = arrival.isoweekday()
    price = calendar_price(sheet, arrival, asked.nights, party, asked.booked_on, promo_code=asked.promo_code)
    return CalendarDay(
        price=NOT_SOLD if price is None else price,
        arrival_allowed=priced_day and in_time and (season is None or weekday in season.arrival_weekdays),
        departure_allowed=last[:2] != (None, None) and (ended is None or weekday in ended.departure_weekdays),
        min_nights=season.min_nights if season else 1,
        max_nights=min(sheet.max_nights, season.max_nights or sheet.max_nights)
        if season
        else sheet.max_nights,
    )
