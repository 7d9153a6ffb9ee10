"""One stay priced for many offers: rules, accommodation, extra persons; discounts and supplements follow."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tariff.vector.asked import Stay, half_up
from tariff.vector.extras import supplements_of, take_discounts
from tariff.vector.layout import Array
from tariff.vector.offers import OfferTable
from tariff.vector.packages import as_package
from tariff.vector.rules import KEPT, KEPT_THROUGH, keeps, stay_word
from tariff.vector.runs import extra_of, first_rows, first_runs, next_rows, rules_of
from tariff.vector.straddle import as_one_season
from tariff.vector.weekdays import amounts_of


@dataclass(frozen=True, slots=True)
class Priced:
    """int32 by column, minor units; `total` is -1 where the stay is not sold.

    `taxed` is what the tourist tax is reckoned from: accommodation, extra persons and discounts.
    """

    total: Array
    accommodation: Array
    taxed: Array


@dataclass(frozen=True, slots=True)
class Sold:
    """The same, int64, of what is sold alone; `places` says which of the columns those are."""

    places: Array
    total: Array
    accommodation: Array
    taxed: Array


@dataclass(slots=True)
class _Sums:
    """Numerators over 7 L (`stay`) and over 7 (`extra`; None: nobody pays) of the columns looked at."""

    columns: Array
    word: int | Array
    stay: Array
    extra: Array | None
    sold: Array


def reckon(table: OfferTable, columns: Array, stay: Stay) -> Priced:
    """Prices a stay for those columns, with the stay rules; `evaluate` says the same.

    Nights beyond the table's must not be asked for. Capacity, arrival and departure days are the caller's.
    """
    total: Array = np.full(len(columns), -1, np.int32)
    priced = Priced(total, np.zeros_like(total), np.zeros_like(total))
    sold = reckon_sold(table, columns, stay)
    total[sold.places] = sold.total
    priced.accommodation[sold.places] = sold.accommodation
    priced.taxed[sold.places] = sold.taxed
    return priced


def reckon_sold(table: OfferTable, columns: Array, stay: Stay) -> Sold:
    """`reckon` for what is sold alone."""
    word = stay_word(stay.nights, stay.arrival - stay.today)
    rows = first_rows(table, columns, stay.arrival, stay.party.persons)
    places = keeps(word, rules_of(table, rows), KEPT).nonzero()[0]
    if not len(places):
        nothing: Array = np.zeros(0, np.int64)
        return Sold(nothing, nothing, nothing, nothing)
    columns, rows = columns.take(places), rows.take(places)
    own = word if isinstance(word, int) else word.take(places)
    sums = _summed(table, columns, own, rows, stay)
    if not sums.sold.all():
        kept = sums.sold.nonzero()[0]
        places, columns, sums.stay = places.take(kept), columns.take(kept), sums.stay.take(kept)
        sums.extra = sums.extra.take(kept) if sums.extra is not None else None
    if not isinstance(stay.today, int):
        stay = replace(stay, today=stay.today.take(places))
    accommodation = half_up(sums.stay, 7 * stay.nights)
    taxed = accommodation if sums.extra is None else accommodation + half_up(sums.extra, 7)
    taxed = take_discounts(table, columns, stay, accommodation, taxed)
    return Sold(places, taxed + supplements_of(table, columns, stay), accommodation, taxed)


def _summed(table: OfferTable, columns: Array, word: int | Array, rows: Array, stay: Stay) -> _Sums:
    """Sums run after run of like nights. The first night of all keeps the rules."""
    length = stay.nights
    extras = table.rows.extras(stay.party)
    runs = first_runs(table, columns, stay)
    amounts = amounts_of(table, rows, runs, stay.arrival, length)
    extra = None if extras is None else extra_of(table, extras, rows) * runs
    sums = _Sums(columns, word, amounts, extra, amounts >= 0)
    rest = (sums.sold & (runs < length)).nonzero()[0]
    if len(rest):
        _sum_on(table, sums, rest, runs[rest].astype(np.int64), stay)
        chosen = rest[sums.sold[rest] & (table.straddle[columns[rest]] > 0)] if table.straddling else rest[:0]
        if len(chosen):
            sums.stay[chosen] = as_one_season(table, columns[chosen], stay)
    some, amounts, paid = as_package(table, columns, rows, stay, word)
    if len(some):
        sums.stay[some], sums.sold[some] = amounts, True
        if sums.extra is not None:
            sums.extra[some] = paid
    return sums


def _sum_on(table: OfferTable, sums: _Sums, rest: Array, done: Array, stay: Stay) -> None:
    """Adds the runs after the first, for the columns that have them; `done` nights are summed."""
    length, extras = stay.nights, table.rows.extras(stay.party)
    while len(rest):
        rows, runs = next_rows(table, sums.columns[rest], stay.arrival + done, stay.party.persons)
        runs = np.minimum(runs, length - done)
        amounts = amounts_of(table, rows, runs, stay.arrival + done, length)
        sums.stay[rest] += amounts
        if extras is not None and sums.extra is not None:
            sums.extra[rest] += extra_of(table, extras, rows) * runs
        word = sums.word if isinstance(sums.word, int) else sums.word[rest]
        fits = (amounts >= 0) & keeps(word, rules_of(table, rows), KEPT_THROUGH)
        sums.sold[rest[~fits]] = False
        done += runs
        going = fits & (done < length)
        rest, done = rest[going], done[going]
