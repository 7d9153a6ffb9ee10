"""What saving a part would change: the stays whose price becomes another, and the quotes that keep theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock, today
from tariff import Party, Price, RateSheet, Season, evaluate
from tariff import TaxRule as SheetTaxRule
from values import NightRange

from pricing.application.ports import OpenUnit
from pricing.domain.book import RateBook
from pricing.domain.errors import OwnerNotFound
from pricing.domain.listing import Listing
from pricing.domain.parts import Owned
from pricing.domain.taxes import compiled_rules

WEEKS = 78
MOST_LISTINGS = 30
MOST_LENGTHS = 6
NOT_SOLD = -1
_WEEK, _SATURDAY = 7, 6


@dataclass(frozen=True, slots=True)
class ChangedStay:
    """A stay for the base persons whose price (without supplements, where that changes) becomes another.

    Minor units, or `NOT_SOLD`.
    """

    listing_id: UUID
    rate_plan_id: UUID
    nights: NightRange
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change, the book as it would be, and how many open quotes of the owner keep their price."""

    stays: tuple[ChangedStay, ...]
    book: RateBook
    quotes_kept: int


class OpenQuotes(Protocol):
    """Counts quotes that an owner gave."""

    async def open_quotes(self, owner_id: UUID, listing_ids: frozenset[UUID], *, clock: Clock) -> int:
        """Those of his quotes for one of these listings that nobody used and whose time is not over."""


async def preview_part(
    part: Owned, *, is_new: bool, scope: Scope, open_unit: OpenUnit, quotes: OpenQuotes, clock: Clock
) -> Preview:
    """Computes what saving the part would change. Nothing is stored.

    Raises:
        OwnerNotFound: the owner is not within reach.
        ServiceError: what `RateBook.save` raises, and BadValue where a sheet is refused.

    """
    if not scope.may("owner", part.owner_id):
        raise OwnerNotFound(id=part.owner_id)
    async with open_unit() as unit:
        book = (await unit.books([part.owner_id]))[part.owner_id]
        changed = _copy(book)
        _, touched = changed.save(part, is_new=is_new)
        listings = [book.listings[one] for one in sorted(touched)]
        rules = await unit.tax_rules({one.insee for one in listings if one.insee})
    taxes = {
        one.id: compiled_rules(
            [rule for rule in rules if (rule.insee, rule.category) == (one.insee, one.tax_category)]
        )
        for one in listings
    }
    stays = await asyncio.to_thread(_compare, book, changed, listings, taxes, clock)
    kept = await quotes.open_quotes(part.owner_id, frozenset(touched), clock=clock)
    return Preview(tuple(stays), changed, kept)


def _copy(book: RateBook) -> RateBook:
    return replace(
        book,
        seasons=dict(book.seasons),
        rate_plans=dict(book.rate_plans),
        tariffs=dict(book.tariffs),
        prices=dict(book.prices),
        supplements=dict(book.supplements),
        discounts=dict(book.discounts),
    )


def _compare(
    book: RateBook,
    changed: RateBook,
    listings: Sequence[Listing],
    taxes: Mapping[UUID, Sequence[SheetTaxRule]],
    clock: Clock,
) -> list[ChangedStay]:
    found: list[ChangedStay] = []
    for number, listing in enumerate(listings):
        after = {plan.rate_plan_id: plan.sheet for plan in changed.sheets(listing, taxes[listing.id])}
        if number >= MOST_LISTINGS:
            continue
        before = {plan.rate_plan_id: plan.sheet for plan in book.sheets(listing, taxes[listing.id])}
        booked_on = today(clock(), listing.zone)
        for plan_id in sorted(before.keys() | after.keys()):
            stays = changed_stays(before.get(plan_id), after.get(plan_id), booked_on)
            found += [ChangedStay(listing.id, plan_id, *stay) for stay in stays]
    return sorted(found, key=lambda stay: (stay.listing_id, stay.rate_plan_id, stay.nights))


def changed_stays(
    before: RateSheet | None, after: RateSheet | None, booked_on: date
) -> Iterator[tuple[NightRange, int, int]]:
    """Yields stays of the next 78 weeks, one a week and length, whose total changes, with both totals."""
    sheets = [sheet for sheet in (after, before) if sheet is not None]
    if before == after or not sheets:
        return
    lengths = _lengths(before, after)
    first = booked_on + timedelta(days=(_SATURDAY - booked_on.isoweekday()) % _WEEK)
    for week in range(WEEKS):
        start = first + timedelta(weeks=week)
        for length in lengths:
            arrival = _arrival(sheets, start, length)
            nights = NightRange(arrival, arrival + timedelta(days=length))
            old, new = (_price(sheet, nights, booked_on) for sheet in (before, after))
            # The amount that was typed; where that stays, supplements or discounts change the total.
            changed = next((pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]), None)
            if changed:
                yield nights, *changed


def _price(sheet: RateSheet | None, nights: NightRange, booked_on: date) -> tuple[int, int]:
    """Accommodation and total for the base persons."""
    answer = sheet and evaluate(sheet, nights, Party(adults=sheet.base_persons), booked_on)
    return (answer.accommodation, answer.total) if isinstance(answer, Price) else (NOT_SOLD, NOT_SOLD)


def _lengths(before: RateSheet | None, after: RateSheet | None) -> list[int]:
    """The week, and the lengths whose own price changed in some season; only the shortest few."""
    old = {season.id: _own_prices(season) for season in before.seasons} if before else {}
    new = {season.id: _own_prices(season) for season in after.seasons} if after else {}
    found = {
        length
        for key in old.keys() | new.keys()
        for length in old.get(key, {}).keys() | new.get(key, {}).keys()
        if old.get(key, {}).get(length) != new.get(key, {}).get(length)
    }
    return sorted({_WEEK, *sorted(found - {_WEEK})[: MOST_LENGTHS - 1]})


def _own_prices(season: Season) -> dict[int, list[object]]:
    """What was typed for each length: its package, named packages; single nights stand for all of theirs."""
    found: dict[int, list[object]] = {length: [price] for length, price in season.packages.items()}
    for package in season.named:
        for length in package.lengths:
            found.setdefault(length, []).append((package.kind.value, package.arrivals, package.price))
    if season.weekday_prices:
        found.setdefault(1, []).append(dict(season.weekday_prices))
    return found


def _arrival(sheets: Sequence[RateSheet], start: date, length: int) -> date:
    """The day on which the stay of that week may begin: a fixed stay's, else the season's, else the first."""
    days = [start + timedelta(days=number) for number in range(_WEEK)]
    for day in days:
        for sheet in sheets:
            if (day, day + timedelta(days=length)) in sheet.index.fixed_stays:
                return day
    for day in days:
        for sheet in sheets:
            season = sheet.index.slices(day, day + timedelta(days=1))[0][0]
            if season is not None and any(one.fits(day.isoweekday(), length) for one in season.named):
                return day
    for day in days:
        for sheet in sheets:
            season = sheet.index.slices(day, day + timedelta(days=1))[0][0]
            if season is not None and day.isoweekday() in season.arrival_weekdays:
                return day
    return start
