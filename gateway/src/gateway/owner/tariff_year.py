"""A year of prices by day of arrival: season, price, and where the price comes from; pure."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.formats import jour, mois
from gateway.i18n import gettext as _
from gateway.owner.bars import interval
from gateway.owner.tariff_words import short_euros

NOT_SOLD = -1


@dataclass(frozen=True, slots=True)
class Cell:
    """One day: its number (0 outside the month), its season's colour, the price of a stay from it."""

    number: int = 0
    colour: str = ""
    season: str = ""
    price: str = ""
    source: str = ""
    """« Haute saison », or « prix saisi : foire » where a price typed on dates wins."""
    pinned: bool = False
    words: str = ""


def season_of(day: date, seasons: Sequence[pricing.Season]) -> pricing.Season | None:
    """Returns the season to which a night belongs."""
    for season in seasons:
        if any(first <= day < after for first, after in map(interval, season.periods)):
            return season
    return None


def typed_of(day: date, length: int, prices: Sequence[pricing.PriceOnDates]) -> pricing.PriceOnDates | None:
    """Returns the price typed on dates that a stay from that day meets first, or None."""
    departure = day + timedelta(days=length)
    for each in prices:
        first, after = interval(each.nights)
        fixed = each.unit == pricing.PRICE_UNIT_STAY
        if (fixed and (first, after) == (day, departure)) or (not fixed and first <= day < after):
            return each
    return None


def year_of(
    year: int,
    seasons: Sequence[pricing.Season],
    *,
    prices: Sequence[pricing.PriceOnDates] = (),
    totals: Mapping[date, int] | None = None,
    length: int = 1,
) -> list[dict[str, Any]]:
    """Returns twelve months of weeks of `Cell`s; `totals`: the price of each arrival, or `NOT_SOLD`."""
    months = []
    for number in range(1, 13):
        weeks = [
            [
                _cell(day, seasons, prices, (totals or {}).get(day, NOT_SOLD), length)
                if day.month == number
                else Cell()
                for day in week
            ]
            for week in calendar.Calendar().monthdatescalendar(year, number)
        ]
        months.append({"label": mois(date(year, number, 1)), "weeks": weeks})
    return months


def _cell(
    day: date,
    seasons: Sequence[pricing.Season],
    prices: Sequence[pricing.PriceOnDates],
    total: int,
    length: int,
) -> Cell:
    season, typed = season_of(day, seasons), typed_of(day, length, prices)
    name = season.name if season else ""
    source = name
    if typed is not None:
        source = _("prix saisi : %(reason)s") % {"reason": typed.reason} if typed.reason else _("prix saisi")
    # Whole euros fit a cell on a phone; the exact price stands in its words.
    price = str((total + 50) // 100) if total != NOT_SOLD else ""
    parts = [jour(day), source or _("aucune saison")]
    parts.append(short_euros(total) if price else _("pas d'arrivée à cette durée"))
    return Cell(
        number=day.day,
        colour=(season.color or "s1") if season else "none",
        season=name,
        price=price,
        source=source,
        pinned=typed is not None,
        words=", ".join(parts),
    )
