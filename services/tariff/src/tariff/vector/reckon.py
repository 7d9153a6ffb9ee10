"""One stay priced for many offers: rules, accommodation, extra persons; discounts and supplements follow."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tariff.vector.extras import supplements_of, take_discounts
from tariff.vector.layout import Array
from tariff.vector.offers import OfferTable
from tariff.vector.packages import as_package
from tariff.vector.runs import Stay, extra_of, half_up, next_rows, rows_of, rules_of
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


@dataclass(slots=True)
class _Sums:
    """Numerators over 7 L (`stay`) and over 7 (`extra`) of the columns still sold."""

    columns: Array
    today: int | Array
    stay: Array
    extra: Array

    def keep(self, sold: Array) -> _Sums:
        today = self.today if isinstance(self.today, int) else self.today[sold]
        return _Sums(self.columns[sold], today, self.stay[sold], self.extra[sold])


def reckon(table: OfferTable, columns: Array, stay: Stay) -> Priced:
    """Prices a stay for those columns (int32), with the stay rules; `evaluate` says the same.

    Nights beyond the table's must not be asked for. Capacity, arrival and departure days are the caller's.
    """
    total: Array = np.full(len(columns), -1, np.int32)
    priced = Priced(total, np.zeros_like(total), np.zeros_like(total))
    places, today, first = _allowed(table, columns, stay)
    if not len(places):
        return priced
    sums, sold = _summed(table, columns[places], today, first, stay)
    places = places[sold]
    accommodation = half_up(sums.stay, 7 * stay.nights)
    taxed = accommodation + half_up(sums.extra, 7) if sums.extra.any() else accommodation
    booked = replace(stay, today=sums.today)
    taxed = take_discounts(table, sums.columns, booked, accommodation, taxed)
    amount = taxed + supplements_of(table, sums.columns, stay)
    total[places] = amount
    priced.accommodation[places] = accommodation
    priced.taxed[places] = taxed
    return priced


def _allowed(table: OfferTable, columns: Array, stay: Stay) -> tuple[Array, int | Array, Array]:
    """Places in `columns` whose first night sells the stay, their booking days, their first rows."""
    kinds = table.price_row[stay.arrival % table.nights, columns]
    rows = rows_of(table, columns, kinds, stay.party.persons)
    rules = rules_of(table, rows)
    ahead = stay.arrival - stay.today
    fits = (rules.least <= stay.nights) & (rules.most >= stay.nights)
    fits &= (rules.notice <= ahead) & (rules.horizon >= ahead)
    places = fits.nonzero()[0]
    today = stay.today if isinstance(stay.today, int) else stay.today[places]
    return places, today, rows[places]


def _summed(
    table: OfferTable, columns: Array, today: int | Array, rows: Array, stay: Stay
) -> tuple[_Sums, Array]:
    """Sums run after run of like nights; returns the sums of what is sold, and its places."""
    length = stay.nights
    extras = table.rows.extras(stay.party)
    runs = np.minimum(table.run_left[stay.arrival % table.nights, columns], length).astype(np.int64)
    first, amounts = rows, amounts_of(table, rows, runs, stay.arrival, length)
    sums = _Sums(columns, today, amounts, extra_of(table, extras, rows) * runs)
    sold = (amounts >= 0) & (rules_of(table, rows).through <= length)
    rest = np.flatnonzero(sold & (runs < length))
    straddling = rest
    done = runs[rest]
    while len(rest):
        rows, runs = next_rows(table, columns[rest], stay.arrival + done, stay.party.persons)
        runs = np.minimum(runs, length - done)
        amounts = amounts_of(table, rows, runs, stay.arrival + done, length)
        sums.stay[rest] += amounts
        sums.extra[rest] += extra_of(table, extras, rows) * runs
        fits = (amounts >= 0) & (rules_of(table, rows).through <= length)
        sold[rest[~fits]] = False
        done += runs
        going = fits & (done < length)
        rest, done = rest[going], done[going]
    if table.straddling and len(straddling):
        chosen = straddling[sold[straddling] & (table.straddle[columns[straddling]] > 0)]
        if len(chosen):
            sums.stay[chosen] = as_one_season(table, columns[chosen], stay)
    packages = table.rows.packages(stay.arrival, length)
    if packages is not None:
        some, amounts, extra = as_package(table, columns, first, stay, packages)
        sums.stay[some], sums.extra[some], sold[some] = amounts, extra, True
    places = sold.nonzero()[0]
    return sums.keep(places), places
