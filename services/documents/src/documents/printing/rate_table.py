"""What « Tarifs 2026 » prints of a listing: its grids, prices of dates, supplements, discounts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb
from sejour.common.v1.common_pb2 import Nights
from sejour.pricing.v1 import pricing_types_pb2 as pricing_pb

from documents.printing import words
from documents.printing.grids import grids
from documents.printing.persons import listing_name, owner_view
from documents.printing.prices import PriceSheet, prices_on_dates, supplements
from documents.printing.texts import Texts


def rate_table_view(
    listing: catalog_pb.Listing,
    owner: catalog_pb.Owner,
    sheet: PriceSheet,
    year: int,
    _: Texts,
) -> dict[str, Any]:
    """The page as plain data; periods and prices outside the year are left out."""
    within = _of_year(sheet, year)
    return {
        "language": _.language,
        "title": _("Tarifs %(year)s", year=year),
        "name": listing_name(listing, _.language),
        "code": listing.code,
        "capacity": _("%(count)s personnes au plus", count=listing.max_persons)
        if listing.max_persons
        else "",
        "owner": owner_view(owner, _),
        "grids": grids(within, listing.id, date(year, 1, 1), _),
        "dated": prices_on_dates(within, listing.id, date(year, 1, 1), _),
        "supplements": supplements(within, listing.id, _),
        "discounts": _discounts(within, listing.id, _),
    }


def density(view: dict[str, Any]) -> str:
    """How small the page is set so that it stays one page, by the lines that it holds."""
    lines = sum(len(row["periods"]) + 1 for grid in view["grids"] for row in grid["rows"])
    lines += 4 * len(view["grids"]) + len(view["dated"]) + len(view["supplements"]) + len(view["discounts"])
    return "" if lines <= 26 else "dense" if lines <= 44 else "denser"


def _cut(nights: Nights, first: date, after: date) -> Nights | None:
    arrival = max(date.fromisoformat(nights.arrival), first)
    departure = min(date.fromisoformat(nights.departure), after)
    if arrival >= departure:
        return None
    return Nights(arrival=arrival.isoformat(), departure=departure.isoformat())


def _of_year(sheet: PriceSheet, year: int) -> PriceSheet:
    """The same prices with the seasons' periods cut to the year."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    seasons = []
    for season in sheet.seasons:
        copy = pricing_pb.Season()
        copy.CopyFrom(season)
        del copy.periods[:]
        copy.periods.extend(cut for each in season.periods if (cut := _cut(each, first, after)) is not None)
        seasons.append(copy)
    prices = [each for each in sheet.prices if _cut(each.nights, first, after) is not None]
    return PriceSheet(seasons, sheet.tariffs, sheet.plans, prices, sheet.supplements, sheet.discounts)


def _concerns(ids: Sequence[str], listing_id: str) -> bool:
    return not ids or listing_id in ids


def _discounts(sheet: PriceSheet, listing_id: str, _: Texts) -> list[tuple[str, str]]:
    found = []
    for one in sheet.discounts:
        # A code is for those who were told it.
        if not _concerns(one.listing_ids, listing_id) or one.kind == pricing_pb.DISCOUNT_KIND_CODE:
            continue
        found.append((one.name, f"−{words.percent(one.basis_points, _.language)}{_when(one, _)}"))
    return found


def _when(one: pricing_pb.Discount, _: Texts) -> str:
    if one.before:
        last = date.fromisoformat(one.before) - timedelta(days=1)
        return " " + _("jusqu’au %(day)s", day=words.day(last, _.language, weekday=False))
    texts = {
        pricing_pb.DISCOUNT_KIND_EARLY: _("réservé %(count)s jours avant au moins", count=one.threshold),
        pricing_pb.DISCOUNT_KIND_LATE: _("réservé %(count)s jours avant au plus", count=one.threshold),
        pricing_pb.DISCOUNT_KIND_LENGTH: _("dès %(count)s nuits", count=one.threshold),
    }
    if one.kind == pricing_pb.DISCOUNT_KIND_SECOND_WEEK:
        return " " + _("sur les nuits 8 à 14, dès 14 nuits")
    return f" {texts[one.kind]}" if one.threshold and one.kind in texts else ""
