"""Keeps the columns as the three topics and the clock have them; called by `vector_index`."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from sys import intern

import numpy as np
from chassis.logging import get_logger
from sejour.availability.v1.availability_events_pb2 import CalendarChanged
from sejour.catalog.v1 import catalog_types_pb2
from sejour.pricing.v1.pricing_events_pb2 import RateSheetsChanged
from tariff import SheetNotUnderstood

from availability.search.calendars import Calendar
from availability.search.columns import Columns
from availability.search.entry import Entry, Facts, Plan
from availability.search.metrics import MISREAD
from availability.search.places import Names
from availability.search.sheets import Sheets
from availability.search.window import NIGHTS, Window

log = get_logger()

_REMEMBERED = 800
"""Calendars keep so many nights before the window, for a clock that is set back."""
_STEP_DAYS = 7
_CLOCK_SLIP = timedelta(seconds=2)
"""A clock that is corrected by less is not « set back »."""
_SYNC_LISTINGS = 1000
"""So many listings are carried over to a new day at once; more in slices between searches."""


class Build:
    """Entries by listing id, and their columns. `changed` is told the blocks whose prices changed."""

    def __init__(self, now: datetime, changed: Callable[[int, int], None]) -> None:
        self.columns = Columns()
        self.entries: dict[str, Entry] = {}
        self.window = Window()
        self.names = Names()
        self.offers = 0
        """Listings in production times plans."""
        self._sheets = Sheets(self.columns.table)
        self._changed = changed
        self._ends: list[tuple[datetime, int, int]] = []
        """Heap of holds' ends, the numbers of their entries and the revisions of their calendars."""
        self._behind: list[tuple[Entry, int]] = []
        """Entries to be carried over to nights that came into the window, and the first of those nights."""
        self._misread: set[str] = set()
        self.window.first, self.window.last = self.window.look(now)
        self._seen = now

    # --- news ---------------------------------------------------------------------------------------

    def put_listing(self, message: catalog_types_pb2.Listing, now: datetime) -> None:
        """Takes a listing of the catalog."""
        entry = self._entry(message.id)
        if entry.facts is not None and entry.facts.revision >= message.revision:
            return
        facts = Facts.of(message)
        before = _offers(entry)
        stays = entry.last > entry.first and facts.in_production
        if not stays:
            self._empty(entry)
        self._leave(entry)
        entry.facts = facts
        self._join(entry)
        if stays:
            self._write_facts(entry, now)
        else:
            self._settle(entry, now)
        self.offers += _offers(entry) - before

    def put_rates(self, message: RateSheetsChanged, now: datetime) -> None:
        """Takes the sheets of a listing; one that is not understood hides all of them."""
        entry = self._entry(message.listing_id)
        if entry.rates_revision >= message.revision:
            return
        before, plans = _offers(entry), self._read(message)
        stays = entry.last > entry.first and len(plans) == len(entry.plans)
        if stays:
            self.columns.clear_rates(entry)
        else:
            self._empty(entry)
        self._release(entry)
        entry.plans, entry.rates_revision = plans, message.revision
        if stays:
            self.columns.write_rates(entry, self.window.first, self.window.last)
            self._changed(entry.first, entry.last)
        else:
            self._settle(entry, now)
        self.offers += _offers(entry) - before

    def put_calendar(self, message: CalendarChanged, now: datetime) -> None:
        """Takes the calendar of a listing."""
        entry = self._entry(message.listing_id)
        if entry.calendar is not None and entry.calendar.revision >= message.revision:
            return
        calendar = Calendar.of(message, self.window.first - _REMEMBERED)
        stays = entry.last > entry.first and len(calendar.units) == entry.units
        if not stays:
            self._empty(entry)
        entry.calendar = calendar
        for ends in calendar.ends():
            if ends > now:
                heapq.heappush(self._ends, (ends, entry.number, calendar.revision))
        if stays:
            self.columns.write_nights(entry, self.window.first, self.window.last, now)
        else:
            self._settle(entry, now)

    def forget(self, listing_id: str, *, facts: bool = False, rates: bool = False) -> None:
        """Forgets what one topic said of a listing: its facts, its rates, or else its calendar."""
        entry = self.entries.get(listing_id)
        if entry is None:
            return
        before = _offers(entry)
        self._empty(entry)
        if facts:
            self._leave(entry)
            entry.facts = None
        elif rates:
            self._release(entry)
            entry.plans, entry.rates_revision = (), -1
            self._misread.discard(listing_id)
        else:
            entry.calendar = None
        self.offers += _offers(entry) - before
        if entry.facts is None and entry.calendar is None and entry.rates_revision < 0:
            self.columns.drop_entry(entry)
            del self.entries[listing_id]

    def _entry(self, listing_id: str) -> Entry:
        entry = self.entries.get(listing_id)
        if entry is None:
            entry = self.entries[listing_id] = self.columns.new_entry(listing_id)
        return entry

    def _read(self, message: RateSheetsChanged) -> tuple[Plan, ...]:
        plans: list[Plan] = []
        try:
            for sheet in sorted(message.sheets, key=lambda sheet: sheet.rate_plan_id):
                plans.append((sheet.rate_plan_id, self._sheets.hold(sheet.sheet_json)))  # noqa: PERF401
            self._misread.discard(message.listing_id)
        except SheetNotUnderstood:
            # Better not found than found with a price that is not the quote's.
            log.exception("sheet_not_understood", listing_id=message.listing_id)
            for _, held in plans:
                self._sheets.release(held)
            self._misread.add(message.listing_id)
            plans = []
        MISREAD.set(len(self._misread))
        return tuple(plans)

    def _release(self, entry: Entry) -> None:
        for _, sheet in entry.plans:
            self._sheets.release(sheet)

    def _leave(self, entry: Entry) -> None:
        """Takes an entry out of its groups and filters."""
        self.columns.clear_facts(entry)
        for value in entry.joined:
            self.columns.groups.leave(value, entry.number)
        for place in entry.facts.places if entry.facts is not None else ():
            if place_group(place) not in self.columns.groups:
                self.names.discard(place)
        entry.joined = []

    def _join(self, entry: Entry) -> None:
        if entry.facts is None:
            return
        entry.joined = [owner_group(entry.facts.owner), *map(place_group, entry.facts.places)]
        for value in entry.joined:
            self.columns.groups.join(value, entry.number)
        for place in entry.facts.places:
            self.names.add(place)

    # --- blocks -------------------------------------------------------------------------------------

    def _settle(self, entry: Entry, now: datetime) -> None:
        """Gives an entry without a block the one it should have, all written."""
        count = entry.wanted
        if not count:
            return
        entry.first = self.columns.take(count)
        entry.last = entry.first + count
        first, last = self.window.first, self.window.last
        self._write_facts(entry, now)
        self.columns.write_rates(entry, first, last)
        self.columns.write_nights(entry, first, last, now)
        self._changed(entry.first, entry.last)

    def _write_facts(self, entry: Entry, now: datetime) -> None:
        if entry.facts is not None:
            self.columns.write_facts(entry, self.window.zone_number(entry.facts.zone, now))
            self._changed(entry.first, entry.last)

    def _empty(self, entry: Entry) -> None:
        """Takes the block of an entry away, if it has one."""
        if entry.last == entry.first:
            return
        self.columns.clear_nights(entry)
        self.columns.clear_rates(entry)
        self.columns.clear_facts(entry)
        self.columns.leave(entry)
        self.columns.give(entry.first, entry.last - entry.first)
        entry.first = entry.last = 0

    # --- time ---------------------------------------------------------------------------------------

    def keep_time(self, now: datetime) -> bool:
        """Frees what holds have left, and follows the days; True when prices of all columns are in doubt."""
        back = now < self._seen - _CLOCK_SLIP
        self._seen = now
        while self._ends and self._ends[0][0] <= now:
            _, number, revision = heapq.heappop(self._ends)
            entry = self.columns.entries[number]
            if entry is not None and entry.calendar is not None and entry.calendar.revision == revision:
                self.columns.write_nights(entry, self.window.first, self.window.last, now)
        if self.window.holds(now) and not back:
            return False
        todays = list(self.window.todays)
        first, last = self.window.look(now)
        if back or not 0 <= first - self.window.first <= _STEP_DAYS:
            self._start_over(first, last, now)
        elif first > self.window.first:
            self._advance(first, last, now)
        return todays != self.window.todays

    def _start_over(self, first: int, last: int, now: datetime) -> None:
        """The clock was set: every night is written anew."""
        self.window.first, self.window.last = first, last
        self._behind.clear()
        self._ends = [
            (ends, entry.number, entry.calendar.revision)
            for entry in self.entries.values()
            if entry.calendar is not None
            for ends in entry.calendar.ends()
            if ends > now
        ]
        heapq.heapify(self._ends)
        self.columns.empty_nights(np.arange(NIGHTS))
        for entry in self.entries.values():
            self._carry(entry, first, now)

    def _advance(self, first: int, last: int, now: datetime) -> None:
        """A day has passed: the rows of the nights gone become those of the nights to come."""
        since = self.window.last
        self.columns.empty_nights(np.arange(since, last) % NIGHTS)
        self.window.first, self.window.last = first, last
        self._behind += [(entry, since) for entry in self.entries.values() if entry.last > entry.first]
        self.carry_over(now, len(self._behind) if len(self._behind) <= _SYNC_LISTINGS else 0)

    def carry_over(self, now: datetime, count: int) -> bool:
        """Writes the nights that came into the window for some listings; True while more are behind."""
        for _ in range(min(count, len(self._behind))):
            entry, since = self._behind.pop()
            self._carry(entry, since, now)
        return bool(self._behind)

    def _carry(self, entry: Entry, since: int, now: datetime) -> None:
        if entry.last == entry.first:
            return
        for column in range(entry.first, entry.last):
            kept = entry.plan_at(column)[1].kept
            self.columns.table.write(column, kept, since, self.window.last)
        self.columns.write_nights(entry, since, self.window.last, now)
        self._changed(entry.first, entry.last)


def _offers(entry: Entry) -> int:
    return len(entry.plans) if entry.facts is not None and entry.facts.in_production else 0


def place_group(place: str) -> str:
    """The group of the listings at a place (folded name or code)."""
    return intern(f"p {place}")


def owner_group(owner: str) -> str:
    """The group of an owner's listings."""
    return intern(f"o {owner}")
