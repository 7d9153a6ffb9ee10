"""Where open nights and prices do not meet: no price, or a price but closed; on « Saisie de mes tarifs »."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sejour.availability.v1 import availability_service_pb2 as planning_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from starlette.requests import Request

from gateway.again import or_away
from gateway.formats import du_au_court, nuits
from gateway.i18n import gettext as _
from gateway.owner.bars import Interval, interval, without
from gateway.owner.common import nights
from gateway.owner.planning import priced_nights
from gateway.visitor import gateway_of

_LOOK_AHEAD = timedelta(days=396)
"""Thirteen months, as far as guests see a calendar."""
_MOST = 3
"""Gaps of one kind and listing that are named; of the rest the nights are counted."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Nights that nobody can buy, in words, and where that is mended."""

    code: str
    words: str
    href: str
    action: str


def gaps_of(code: str, opened: Sequence[Interval], priced: Sequence[Interval], year: Interval) -> list[Gap]:
    """Returns the gaps of a listing within `[first, after)`; open nights without a price come first."""
    opened, priced = _within(opened, year), _within(priced, year)
    unpriced = [part for each in opened for part in without(each, priced)]
    closed = [part for each in priced for part in without(each, opened)]
    return [
        *_named(code, unpriced, "/prix/nouveau", _("Ouvert sans prix"), _("Saisir un prix")),
        *_named(code, closed, "/disponibilites/ajouter", _("Un prix, mais fermé"), _("Ouvrir")),
    ]


def _within(parts: Sequence[Interval], year: Interval) -> list[Interval]:
    both = ((max(start, year[0]), min(end, year[1])) for start, end in parts)
    return sorted((start, end) for start, end in both if start < end)


def _named(code: str, parts: Sequence[Interval], path: str, what: str, action: str) -> list[Gap]:
    found = [
        Gap(
            code,
            _("%(what)s %(span)s (%(nights)s)")
            % {"what": what, "span": du_au_court(*each), "nights": nuits((each[1] - each[0]).days)},
            f"{path}?hebergement={code}&du={each[0]}&au={each[1]}",
            action,
        )
        for each in parts[:_MOST]
    ]
    rest = sum((end - start).days for start, end in parts[_MOST:])
    if rest:
        words = _("%(what)s : encore %(nights)s plus tard") % {"what": what, "nights": nuits(rest)}
        found.append(Gap(code, words, f"{path}?hebergement={code}", action))
    return found


async def price_gaps(request: Request, listings: Sequence[catalog.Listing], first: date) -> list[Gap]:
    """Returns the gaps of listings over thirteen months; nothing of those whose nights or prices are away."""
    year = (first, first + _LOOK_AHEAD)
    priced: Mapping[str, list[Interval]] = await priced_nights(request, listings)
    query = planning_pb.ListOpenPeriodsRequest(
        listing_ids=[each.id for each in listings if each.id in priced], within=nights(*year)
    )
    if not query.listing_ids:
        return []
    answer = await or_away(gateway_of(request).services.planning.ListOpenPeriods(query), None)
    if answer is None:
        return []
    opened: dict[str, list[Interval]] = {each: [] for each in query.listing_ids}
    for period in answer.periods:
        opened[period.listing_id].append(interval(period.nights))
    return [
        gap
        for each in listings
        if each.id in opened
        for gap in gaps_of(each.code, opened[each.id], priced[each.id], year)
    ]
