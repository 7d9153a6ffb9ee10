"""The hot path of a search: AND of rows, survivors, prices, the cheapest per listing, a page; no I/O."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tariff import Party
from tariff.vector import Priced, Sold, Stay, code_number
from values import NightRange

from availability.search.bits import Row, all_nights
from availability.search.build import Build, owner_group, place_group
from availability.search.columns import MOST_PERSONS
from availability.search.details import texts
from availability.search.entry import Entry
from availability.search.filters import Among, Nearby
from availability.search.places import fold
from availability.search.prices import Columns, Vectors, key_of
from availability.search.query import Hit, Page, Query
from availability.search.ranking import Cheapest, cheapest, first_of
from availability.search.sheets import Scalar, scalar
from availability.search.taxes import Taxed
from availability.search.window import REACH

_NONE: Columns = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A stay within the window; `today` by zone."""

    stay: Stay
    key: tuple[object, ...]
    shut_zones: tuple[int, ...]
    """Zones where the stay is past or too far."""
    code: str

    @property
    def nights(self) -> NightRange:
        """Its nights."""
        return NightRange.of_length(date.fromordinal(self.stay.arrival), self.stay.nights)


@dataclass(slots=True)
class _Found:
    """Columns that sell the stay, ascending, and their totals; details stand in `priced` at `places`."""

    columns: Columns
    totals: NDArray[np.signedinteger]
    priced: Priced | Sold
    places: Columns | None = None
    """None: those of the columns."""
    scalars: dict[int, Scalar] = field(default_factory=dict)
    """Columns that `evaluate` priced."""


class Asking:
    """Asks the columns."""

    def __init__(self, build: Build, vectors: Vectors) -> None:
        self._build = build
        self._columns = build.columns
        self._vectors = vectors
        self._nearby = Nearby(self._columns.latitude, self._columns.longitude)
        self._nearby_of = -1

    def search(self, query: Query) -> Page:
        """What is free and priced for a stay, by (total, listing)."""
        asked = self._asked(query.arrival, query.nights, query.party, query.promo_code)
        row = self._filtered(query) if asked is not None else None
        if asked is None or row is None:
            return Page((), 0, more=False)
        found = self._found(asked, row, self._near(query))
        best = cheapest(self._columns.listing, found.columns, found.totals)
        if query.max_total:
            best = best.at_most(query.max_total)
        count = len(best.totals)
        if query.after is not None:
            best = best.after(*query.after, self._columns.ids)
        places = first_of(best, query.limit, self._columns.ids)
        hits = self._hits(asked, found, best, places)
        return Page(hits, count, more=len(best.totals) > query.limit)

    def price(self, entry: Entry, arrival: date, nights: int, party: Party, code: str = "") -> Hit | None:
        """The cheapest plan of one listing, when it sells the stay."""
        if not self._may_be_free(entry, arrival.toordinal(), nights):
            return None
        asked = self._asked(arrival, nights, party, code)
        if asked is None:
            return None
        row = self._of_entries([entry])
        row &= self._columns.capacity[party.persons]
        found = self._found(asked, row, Among.of(np.arange(entry.first, entry.last)))
        best = cheapest(self._columns.listing, found.columns, found.totals)
        return next(iter(self._hits(asked, found, best, np.arange(min(1, len(best.totals))))), None)

    def _may_be_free(self, entry: Entry, first: int, nights: int) -> bool:
        """Whether some column of a listing is free throughout: most days that are tried for it are not."""
        free, place = self._columns.free, slice(entry.first >> 3, (entry.last + 7) >> 3)
        rows = np.arange(first, first + nights) % len(free)
        bits = np.bitwise_and.reduce(free[rows, place], axis=0)
        columns = np.unpackbits(bits, bitorder="little")[entry.first & 7 :]
        return bool(columns[: entry.last - entry.first].any())

    # --- what is asked ------------------------------------------------------------------------------

    def _asked(self, arrival: date, nights: int, party: Party, code: str = "") -> _Asked | None:
        first, todays = arrival.toordinal(), self._build.window.todays
        shut = [zone for zone, today in enumerate(todays) if first < today or first + nights > today + REACH]
        if len(shut) == len(todays) or not 0 < party.persons < MOST_PERSONS:
            return None
        today: int | NDArray[np.int32] = todays[0]
        if len(set(todays)) > 1:
            today = np.array(todays, np.int32)[self._columns.zone]
        number = code_number(code)
        stay = Stay(first, nights, party, today, number if self._columns.table.knows_code(number) else 0)
        ages = self._columns.table.rows.alike(party.oldest_first)
        return _Asked(stay, key_of(stay, ages, tuple(todays)), tuple(shut), code)

    def _filtered(self, query: Query) -> Row | None:
        """The row of columns that every filter leaves; None where it leaves none."""
        columns = self._columns
        if query.capacity >= MOST_PERSONS:
            return None
        row: Row = columns.capacity[max(query.party.persons, query.capacity)].copy()
        wanted = [columns.equipment.row(key) for key in query.equipment]
        if query.kind:
            wanted.append(columns.kinds.row(query.kind))
        if query.label_id:
            wanted.append(columns.labels.row(query.label_id))
        if query.owner_id:
            wanted.append(columns.groups.row(owner_group(query.owner_id)))
        if query.place and (place := fold(query.place)):
            wanted.append(self._place(place))
        if query.listing_ids:
            known = (self._build.entries.get(each) for each in query.listing_ids)
            wanted.append(self._of_entries([each for each in known if each is not None]))
        for each in wanted:
            if each is None:
                return None
            row &= each
        return row

    def _near(self, query: Query) -> Among | None:
        """The columns around the centre; None where none was given."""
        if query.centre is None:
            return None
        columns = self._columns
        if self._nearby_of != columns.moves:
            self._nearby = Nearby(columns.latitude, columns.longitude)
            self._nearby_of = columns.moves
        return self._nearby.within(query.centre, query.radius_km)

    def _place(self, place: str) -> Row | None:
        """A place of that very name; else those whose name begins so, « vallon » for Vallon-Pont-d'Arc."""
        groups = self._columns.groups
        row = groups.row(place_group(place))
        if row is not None:
            return row
        rows = [groups.row(place_group(name)) for name in self._build.names.beginning(place)]
        some = [each for each in rows if each is not None]
        return np.bitwise_or.reduce(some, axis=0) if some else None

    def _of_entries(self, entries: list[Entry]) -> Row:
        flags = np.zeros(self._columns.size, np.bool_)
        for entry in entries:
            flags[entry.first : entry.last] = True
        return np.packbits(flags, bitorder="little")

    # --- what is found ------------------------------------------------------------------------------

    def _found(self, asked: _Asked, row: Row, among: Among | None) -> _Found:
        """What sells the stay among the columns of a row, and of `among` where that is given.

        The row holds the filters, and the capacity for the party.
        """
        columns, stay = self._columns, asked.stay
        table = columns.table
        free = all_nights(columns.free, stay.arrival, stay.nights)
        free &= row
        special = self._special(asked, free, among)
        free &= table.arrivals[stay.arrival % table.nights]
        free &= table.departures[(stay.arrival + stay.nights - 1) % table.nights]
        vector = self._vectors.known(asked.key, stay)
        if vector is not None:
            free &= vector.sold
        some = self._columns_of(free, asked, among)
        if len(special):
            some = np.setdiff1d(some, special, assume_unique=True)
        if vector is None and (vector := self._vectors.made(asked.key, stay, len(some), columns.end)):
            # It was not there to take its part in the row.
            some = some[vector.priced.total.take(some) >= 0]
        if vector is None:
            sold = self._vectors.part(some, stay)
            found = _Found(some.take(sold.places), sold.total, sold)
        else:
            found = _Found(some, vector.priced.total.take(some), vector.priced, some)
        return self._with_special(found, asked, special) if len(special) else found

    def _columns_of(self, row: Row, asked: _Asked, among: Among | None) -> Columns:
        if among is None:
            found = np.unpackbits(row, bitorder="little").view(np.bool_).nonzero()[0]
        else:
            found = among.set_in(row)
        if asked.shut_zones:
            found = found[~np.isin(self._columns.zone[found], asked.shut_zones)]
        return found

    def _special(self, asked: _Asked, free: Row, among: Among | None) -> Columns:
        """Free columns that `evaluate` prices: odd sheets, fixed stays of just these dates, filled holes."""
        fixed = self._columns.fixed.get((asked.stay.arrival, asked.stay.nights))
        if not (fixed or self._columns.has_odd or self._columns.sells_gaps):
            return _NONE
        odd = free & self._columns.odd
        if self._columns.sells_gaps:
            odd |= free & self._columns.gaps & self._alone(asked.stay)
        if fixed:
            flags = np.zeros(self._columns.size, np.bool_)
            flags[list(fixed)] = True
            odd |= free & np.packbits(flags, bitorder="little")
        return self._columns_of(odd, asked, among) if odd.any() else _NONE

    def _alone(self, stay: Stay) -> Row:
        """Columns whose nights right before and after a stay are not free or past: it would fill a hole."""
        free = self._columns.free
        beside = free[(stay.arrival + stay.nights) % len(free)].copy()
        before = free[(stay.arrival - 1) % len(free)]
        if not isinstance(stay.today, int):
            beside |= before & np.packbits(stay.today < stay.arrival, bitorder="little")
        elif stay.today < stay.arrival:
            beside |= before
        alone: Row = ~beside
        return alone

    def _with_special(self, found: _Found, asked: _Asked, special: Columns) -> _Found:
        scalars: dict[int, Scalar] = {}
        alone = self._alone(asked.stay)
        for column in map(int, special):
            today = self._build.window.todays[self._columns.zone[column]]
            entry = self._entry_at(column)
            raw = entry.plan_at(column)[1].raw
            hole = asked.stay.nights if alone[column >> 3] >> (column & 7) & 1 else None
            price = scalar(
                raw, asked.nights, asked.stay.party, date.fromordinal(today), asked.code, hole=hole
            )
            if price is not None:
                scalars[column] = price
        if not scalars:
            return found
        columns = np.concatenate([found.columns, np.array(list(scalars), np.int64)])
        totals = np.concatenate([found.totals, np.array([one[0] for one in scalars.values()], np.int64)])
        known = np.arange(len(found.totals)) if found.places is None else found.places
        places = np.concatenate([known, np.zeros(len(scalars), np.int64)])
        order = np.argsort(columns)
        return _Found(columns[order], totals[order], found.priced, places[order], scalars)

    def _entry_at(self, column: int) -> Entry:
        entry: Entry | None = self._columns.entries[self._columns.listing[column]]
        if entry is None:
            raise LookupError(column)
        return entry

    def _hits(self, asked: _Asked, found: _Found, best: Cheapest, places: Columns) -> list[Hit]:
        """The rows of a page; details are taken from the arrays once for all of them."""
        at = best.places_of(places, found.totals)
        columns, priced = found.columns.take(at), found.priced
        where = at if found.places is None else found.places.take(at)
        prices = [priced.accommodation, priced.taxed] if len(priced.total) else []
        accommodations, taxed = [each.take(where).tolist() for each in prices] or (
            [0] * len(at),
            [0] * len(at),
        )
        said, totals = self._columns.details.of(columns), found.totals.take(at).tolist()
        taxes = self._taxes(asked, said, taxed)
        if found.scalars:
            for row, column in enumerate(columns.tolist()):
                if (price := found.scalars.get(column)) is not None:
                    totals[row], accommodations[row], taxes[row] = price
        names = self._columns.details.currencies
        currencies = [names[number] for number in said["currency"].tolist()]
        rows = (texts(said, "listing"), texts(said, "plan"), totals, accommodations, taxes, currencies)
        # A third of the time of `Hit(...)`: there are twenty in most answers.
        return [tuple.__new__(Hit, row) for row in zip(*rows, said["revision"].tolist(), strict=True)]

    def _taxes(self, asked: _Asked, said: NDArray[Any], taxed: list[int]) -> list[int]:
        """The tourist tax of the rows of a page."""
        stay = asked.stay
        numbers, meals, vat_bp = (said[name].tolist() for name in ("taxes", "meals", "vat_bp"))
        if any(meals):
            eaten = stay.party.persons * stay.nights
            taxed = [price - each * eaten for price, each in zip(taxed, meals, strict=True)]
        seen = Taxed.of(stay.arrival, stay.nights, stay.party)
        return self._columns.details.taxes.amounts(numbers, seen, taxed, vat_bp)
