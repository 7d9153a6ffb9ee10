"""The columns of the index: blocks for listings, and what is known by column; written by `build`."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from tariff.vector import OfferTable
from tariff.vector.offers import write_bits

from availability.search.bits import Flags, Groups, set_range, widened
from availability.search.details import Details
from availability.search.entry import Entry
from availability.search.window import NIGHTS

_START = 1024
MOST_PERSONS = 200


class Columns:
    """Arrays by column and rows of bits; a block of columns belongs to one listing."""

    def __init__(self, start: int = _START) -> None:
        self.size = start
        self.end = 0
        """Columns beyond it were never used."""
        self.table = OfferTable(NIGHTS, start)
        self.free = np.zeros((NIGHTS, start // 8), np.uint8)
        """Whether a night can be sold, in the ring of the table."""
        self.capacity = np.zeros((MOST_PERSONS, start // 8), np.uint8)
        """Row n: whether n persons fit."""
        self.odd = np.zeros(start // 8, np.uint8)
        """Offers that `evaluate` prices."""
        self.gaps = np.zeros(start // 8, np.uint8)
        """Whose sheets sell a hole that is shorter than their minimum."""
        self.has_odd = self.sells_gaps = False
        """Whether any ever was, or did."""
        self.listing: NDArray[np.int32] = np.full(start, -1, np.int32)
        """Numbers of entries."""
        self.latitude = np.full(start, np.nan)
        self.longitude = np.full(start, np.nan)
        self.moves = 0
        """Grows when a position changes."""
        self.zone: NDArray[np.uint8] = np.zeros(start, np.uint8)
        self.equipment = Flags(start)
        self.kinds = Flags(start)
        self.labels = Flags(start)
        self.entries: list[Entry | None] = []
        self.ids: NDArray[np.bytes_] = np.zeros(start, "S40")
        """By number."""
        self.groups = Groups(start, self._block)
        self.details = Details(start)
        self.fixed: dict[tuple[int, int], set[int]] = {}
        """(arrival, nights) of fixed stays -> columns."""
        self._blocks: dict[int, list[int]] = {}
        self._numbers: list[int] = []

    def _block(self, number: int) -> tuple[int, int]:
        entry = self.entries[number]
        return (entry.first, entry.last) if entry is not None else (0, 0)

    # --- room ---------------------------------------------------------------------------------------

    def new_entry(self, listing_id: str) -> Entry:
        """A listing that was not known."""
        if self._numbers:
            number = self._numbers.pop()
        else:
            number = len(self.entries)
            self.entries.append(None)
            if number >= len(self.ids):
                self.ids = np.concatenate([self.ids, np.zeros(len(self.ids) // 4 + 1, "S40")])
        entry = Entry(listing_id, number)
        self.entries[number] = entry
        self.ids[number] = listing_id.encode()
        return entry

    def drop_entry(self, entry: Entry) -> None:
        """Forgets a listing without columns and groups."""
        self.entries[entry.number] = None
        self._numbers.append(entry.number)

    def take(self, count: int) -> int:
        """The first column of a block of empty ones."""
        free = self._blocks.get(count)
        if free:
            return free.pop()
        first = self.end
        self.end += count
        if self.end > self.size:
            self._grow(-(-max(self.end, self.size + self.size // 8) // 256) * 256)
        return first

    def give(self, first: int, count: int) -> None:
        """Takes a block back; its columns are empty."""
        self._blocks.setdefault(count, []).append(first)

    def _grow(self, columns: int) -> None:
        self.table.grow(columns)
        self.free = widened(self.free, columns)
        self.capacity = widened(self.capacity, columns)
        self.odd = widened(self.odd, columns)
        self.gaps = widened(self.gaps, columns)
        more = columns - self.size
        self.listing = np.concatenate([self.listing, np.full(more, -1, np.int32)])
        self.latitude = np.concatenate([self.latitude, np.full(more, np.nan)])
        self.longitude = np.concatenate([self.longitude, np.full(more, np.nan)])
        self.zone = np.concatenate([self.zone, np.zeros(more, np.uint8)])
        for each in (self.equipment, self.kinds, self.labels, self.groups, self.details):
            each.grow(columns)
        self.size = columns
        self.moves += 1

    # --- one block ----------------------------------------------------------------------------------

    def write_facts(self, entry: Entry, zone: int) -> None:
        """Writes what the catalog says into a block whose facts are clear."""
        facts, first, last = entry.facts, entry.first, entry.last
        if facts is None:
            return
        self.listing[first:last] = entry.number
        self.zone[first:last] = zone
        self.details.write_facts(entry)
        self._move(entry, *(facts.position or (np.nan, np.nan)))
        self.equipment.mark(facts.equipment, first, last, on=True)
        self.kinds.mark((facts.kind,), first, last, on=True)
        self.labels.mark((facts.label,), first, last, on=True)
        self.groups.mark(entry.joined, first, last, on=True)
        self._write_capacity(entry)

    def clear_facts(self, entry: Entry) -> None:
        """Takes a block out of all filters."""
        facts, first, last = entry.facts, entry.first, entry.last
        if facts is None:
            return
        self.equipment.mark(facts.equipment, first, last, on=False)
        self.kinds.mark((facts.kind,), first, last, on=False)
        self.labels.mark((facts.label,), first, last, on=False)
        self.groups.mark(entry.joined, first, last, on=False)

    def leave(self, entry: Entry) -> None:
        """Lets nobody be in a block."""
        self.listing[entry.first : entry.last] = -1
        self._move(entry, np.nan, np.nan)

    def _move(self, entry: Entry, latitude: float, longitude: float) -> None:
        block = slice(entry.first, entry.last)
        there = np.array([self.latitude[block], self.longitude[block]])
        if not np.array_equal(there[:, 0], (latitude, longitude), equal_nan=True):
            self.latitude[block], self.longitude[block] = latitude, longitude
            self.moves += 1

    def _write_capacity(self, entry: Entry) -> None:
        most = entry.facts.max_persons if entry.facts is not None else 0
        for column in range(entry.first, entry.last):
            persons = entry.plan_at(column)[1].vector.max_persons
            fits = np.arange(MOST_PERSONS) <= (min(persons, most) if most else persons)
            write_bits(self.capacity, slice(None), column, fits)

    def write_rates(self, entry: Entry, first: int, last: int) -> None:
        """Writes the sheets of a block whose rates are clear, for the nights `[first, last)`."""
        for column in range(entry.first, entry.last):
            plan_id, sheet = entry.plan_at(column)
            self.details.write_plan(column, plan_id, sheet)
            self.table.put(column, sheet.kept, first, last)
            self.table.put_side(column, sheet.vector)
            set_range(self.odd, column, column + 1, on=sheet.vector.odd)
            set_range(self.gaps, column, column + 1, on=sheet.vector.gaps)
            self.has_odd |= sheet.vector.odd
            self.sells_gaps |= sheet.vector.gaps
            for stay in sheet.vector.fixed:
                self.fixed.setdefault(stay, set()).add(column)
        self._write_capacity(entry)

    def clear_rates(self, entry: Entry) -> None:
        """Empties the rates of a block; the entry still has the plans that were written."""
        for column in range(entry.first, entry.last):
            self.table.clear(column)
            set_range(self.odd, column, column + 1, on=False)
            set_range(self.gaps, column, column + 1, on=False)
            for stay in entry.plan_at(column)[1].vector.fixed:
                columns = self.fixed[stay]
                columns.discard(column)
                if not columns:
                    del self.fixed[stay]

    def write_nights(self, entry: Entry, first: int, last: int, now: datetime) -> None:
        """Writes which nights of `[first, last)` are free."""
        if entry.calendar is None:
            return
        rows = np.arange(first, last) % NIGHTS
        for column in range(entry.first, entry.last):
            unit = (column - entry.first) % entry.units
            write_bits(self.free, rows, column, entry.calendar.free(unit, first, last, now))

    def clear_nights(self, entry: Entry) -> None:
        """Frees no night of a block."""
        nothing = np.zeros(NIGHTS, np.uint8)
        for column in range(entry.first, entry.last):
            write_bits(self.free, slice(None), column, nothing)

    def empty_nights(self, rows: NDArray[np.int64]) -> None:
        """Empties rows of the ring for nights to come."""
        self.free[rows] = 0
        self.table.clear_nights(rows)
