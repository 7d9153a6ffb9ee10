"""The grids of an owner's prices as tables: seasons down, lengths of stay and named packages across.

Called by the état descriptif and by « Tarifs 2026 »: what is sold must be there, whatever the kind of price.
A table that is wider than the paper goes on in another, below.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self, TypeAlias

from sejour.common.v1.common_pb2 import Nights
from sejour.pricing.v1 import pricing_types_pb2 as pb

from documents.printing import words
from documents.printing.prices import PriceSheet, season_words
from documents.printing.texts import Texts

Prices: TypeAlias = pb.TariffRow | pb.OccupancyPrices
_Named: TypeAlias = tuple[int, tuple[int, ...], tuple[int, ...]]
"""Kind, days of arrival and lengths of a named package; without days or lengths those of the kind."""


_NO_PRICE = "–"
_WIDEST = 10
"""So many columns beside the season fit on the paper."""
_BY_DAY = 2
"""Prices by weekday are as wide as so many columns."""


def length(nights: int, _: Texts) -> str:
    """Heading of a column of the grid."""
    if nights == 7:
        return _("Semaine")
    if nights in {14, 21, 28}:
        return _("%(count)s semaines", count=nights // 7)
    return words.nights(nights, _.language)


def grids(sheet: PriceSheet, listing_id: str, since: date, _: Texts) -> list[dict[str, Any]]:
    """One table per tariff of the listing: seasons down, lengths of stay across."""
    plans = {plan.id: plan for plan in sheet.plans}
    seasons = {season.id: season for season in sheet.seasons}
    found = []
    for tariff in sorted(sheet.tariffs, key=lambda one: (one.name, one.id)):
        if listing_id in tariff.listing_ids:
            plan = plans.get(tariff.rate_plan_id)
            title = plan.name if plan is not None else tariff.name
            found.append(_grid(tariff, title, seasons, since, _))
    return [part for grid in found if grid["rows"] for part in _parts(grid, _)]


def _parts(grid: dict[str, Any], _: Texts) -> list[dict[str, Any]]:
    """A grid as it is, or where it is too wide in tables one below the other, as even as they can be."""
    by_day = _("Nuit selon le jour")
    widths = [_BY_DAY if title == by_day else 1 for title in grid["columns"]]
    count = -(-sum(widths) // _WIDEST)
    if count <= 1:
        return [grid]
    numbers = [sum(widths[:index]) * count // sum(widths) for index in range(len(widths))]
    found = [
        _part(grid, [index for index, n in enumerate(numbers) if n == number]) for number in range(count)
    ]
    for part in found[:-1]:
        part["extra"] = ""
    for part in found[1:]:
        part["continued"] = True
    return found


def _part(grid: dict[str, Any], columns: Sequence[int]) -> dict[str, Any]:
    """Some columns of a grid, with the rows that have a price there."""
    rows = [row | {"prices": [row["prices"][index] for index in columns]} for row in grid["rows"]]
    return grid | {
        "columns": [grid["columns"][index] for index in columns],
        "rows": [row for row in rows if any(price != _NO_PRICE for price in row["prices"])],
    }


def _grid(
    tariff: pb.Tariff, title: str, seasons: Mapping[str, pb.Season], since: date, _: Texts
) -> dict[str, Any]:
    rows = [
        (row, periods)
        for row in tariff.rows
        if row.season_id in seasons and (periods := _periods(seasons[row.season_id], since))
    ]
    rows.sort(key=lambda pair: pair[1][0].arrival)
    lines: list[tuple[str, list[str], Prices]] = []
    for row, periods in rows:
        name = seasons[row.season_id].name
        lines.append((name, [season_words(period, _.language) for period in periods], row))
        lines += [(f"{name}, {_persons(one.persons, _)}", [], one) for one in row.occupancies]
    columns = _Columns.of([prices for _name, _periods, prices in lines])
    return {
        "title": title,
        "persons": tariff.base_persons,
        "columns": columns.titles(_),
        "rows": [
            {"season": name, "periods": periods, "prices": columns.cells(prices, _)}
            for name, periods, prices in lines
        ],
        "extra": _extra_person(tariff, [row for row, __ in rows], _),
    }


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which columns a table needs."""

    lengths: tuple[int, ...]
    named: tuple[_Named, ...]
    by_day: bool
    extra: bool

    @classmethod
    def of(cls, lines: Sequence[Prices]) -> Self:
        return cls(
            tuple(sorted({count for one in lines for count in one.packages})),
            tuple(sorted({_shape(each) for one in lines for each in one.named_packages})),
            any(one.weekday_prices for one in lines),
            any(one.extra_night for one in lines),
        )

    def titles(self, _: Texts) -> list[str]:
        return [
            *(length(count, _) for count in self.lengths),
            *(_named_title(each, _) for each in self.named),
            *([_("Nuit selon le jour")] if self.by_day else []),
            *([_("Nuit suppl.")] if self.extra else []),
        ]

    def cells(self, prices: Prices, _: Texts) -> list[str]:
        named = {_shape(each): each.price for each in prices.named_packages}
        by_day = [
            f"{_weekday(day, _)}{words.NBSP}{words.money(cents, 'EUR', _.language)}"
            for day, cents in sorted(prices.weekday_prices.items())
        ]
        return [
            *(_price(prices.packages.get(count, 0), _.language) for count in self.lengths),
            *(_price(named.get(each, 0), _.language) for each in self.named),
            *([", ".join(by_day) or _NO_PRICE] if self.by_day else []),
            *([_price(prices.extra_night, _.language)] if self.extra else []),
        ]


def _shape(one: pb.NamedPackage) -> _Named:
    return one.kind, tuple(sorted(one.arrival_days)), tuple(sorted(one.nights))


def _named_title(shape: _Named, _: Texts) -> str:
    """« Week-end », « Week-end (jeu., ven. ; 2 ou 3 nuits) »."""
    kind, days, counts = shape
    name = {
        pb.PACKAGE_KIND_WEEK_END: _("Week-end"),
        pb.PACKAGE_KIND_MID_WEEK: _("Mid-week"),
        pb.PACKAGE_KIND_MONTH: _("Mois"),
    }.get(kind, "")  # type: ignore[call-overload]
    lengths = ""
    if counts:
        *others, last = counts
        shown = [*map(str, others), words.nights(last, _.language)]
        lengths = words.joined(shown, _.language, last=_("ou"))
    details = " ; ".join(each for each in (", ".join(_weekday(day, _) for day in days), lengths) if each)
    return f"{name} ({details})" if details else str(name)


def _weekday(day: int, _: Texts) -> str:
    days = {
        1: _("lun."), 2: _("mar."), 3: _("mer."), 4: _("jeu."), 5: _("ven."), 6: _("sam."), 7: _("dim."),
    }  # fmt: skip
    return days[day]


def _persons(count: int, _: Texts) -> str:
    return _("%(count)s personnes", count=count) if count > 1 else _("1 personne")


def _periods(season: pb.Season, since: date) -> list[Nights]:
    return [one for one in season.periods if date.fromisoformat(one.departure) > since]


def _price(minor: int, language: str) -> str:
    return words.money(minor, "EUR", language) if minor else _NO_PRICE


def _extra_person(tariff: pb.Tariff, rows: Iterable[pb.TariffRow], _: Texts) -> str:
    prices = sorted({row.extra_adult for row in rows if row.extra_adult})
    if not prices:
        return ""
    shown = words.joined([words.money(one, "EUR", _.language) for one in prices], _.language, last=_("à"))
    if tariff.extra_person_unit == pb.EXTRA_PERSON_UNIT_WEEK:
        return _("Personne supplémentaire : %(price)s par semaine.", price=shown)
    return _("Personne supplémentaire : %(price)s par nuit.", price=shown)
