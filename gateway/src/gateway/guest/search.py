"""The hosted search: form, results with the exact price of this stay, else other stays and the reason."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from chassis.errors import ServiceError
from fastapi import APIRouter
from sejour.availability.v1 import search_service_pb2 as search_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.catalog.v1 import owner_service_pb2 as owners_pb
from sejour.common.v1 import common_pb2 as common
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway import texts
from gateway.forms import Form
from gateway.guest import ask
from gateway.guest.ask import Asked
from gateway.guest.site import Guest, Visiting, page
from gateway.i18n import current_locale
from gateway.selling import Wanted

router = APIRouter()
_PAGE = 20
_SHIFTS = [sign * days for days in range(1, 15) for sign in (1, -1)]
_MOST_WHY = 3


@dataclass(frozen=True, slots=True)
class Result:
    """A card of the results."""

    card: listings_pb.Card
    href: str
    total: int = 0
    tax: int = 0
    arrival: str = ""
    departure: str = ""

    @property
    def all_in(self) -> int:
        """Total and tourist tax."""
        return self.total + self.tax


@dataclass(frozen=True, slots=True)
class Why:
    """Why one listing cannot be booked for this stay."""

    name: str
    href: str
    reasons: tuple[str, ...]


@router.post("/")
async def posted(request: Request) -> Response:
    """Takes the widget's form from any site: it only leads to the address of the same question."""
    form = await Form.read(request)
    names = ("destination", "fournisseur", "hebergement", "arrivee", "unite", "duree", "adultes", "enfants")
    kept = Form({name: form.value(name) for name in (*names, ask.PROMO, "origine") if form.value(name)})
    asked = ask.read(kept, today=date.min)
    return RedirectResponse(asked.address("/", place=True), status_code=303)


@router.get("/")
async def search(request: Request, guest: Visiting) -> Response:
    """Shows the form, and what it finds once an arrival is given."""
    form = await Form.read(request)
    asked = ask.read(form, today=guest.today)
    if len(asked.codes) == 1 and form.ok:
        return RedirectResponse(asked.address(f"/{asked.codes[0]}"), status_code=303)
    owner_id = await _owner_id(guest, asked.supplier)
    context: dict[str, Any] = {"results": [], "others": [], "why": [], "next_href": "", "count": 0}
    if asked.arrival is None or not form.ok:
        context["listings"] = await _listings(guest, asked, owner_id) if not asked.destination else []
    else:
        context |= await _found(request, guest, asked, owner_id)
        if not context["results"]:
            context |= await _instead(guest, asked, owner_id)
    ask.fill(form, asked)
    return page(request, "search", form=form, asked=asked, **context)


async def _owner_id(guest: Guest, supplier: int) -> str:
    if not supplier:
        return ""
    try:
        answer = await guest.gateway.services.owners.GetOwner(owners_pb.GetOwnerRequest(supplier_no=supplier))
    except ServiceError as error:
        if error.reason == "OWNER_NOT_FOUND":
            return "00000000-0000-0000-0000-000000000000"
        raise
    return str(answer.owner.id)


def _query(guest: Guest, asked: Asked, owner_id: str, *, limit: int) -> search_pb.SearchRequest:
    return search_pb.SearchRequest(
        arrival=asked.arrival.isoformat() if asked.arrival else "",
        nights=asked.nights,
        party=common.Party(adults=asked.adults, children_ages=asked.ages),
        place=asked.destination,
        owner_id=owner_id,
        label_id=guest.label_id,
        promo_code=asked.promo,
        limit=limit,
    )


async def _found(request: Request, guest: Guest, asked: Asked, owner_id: str) -> dict[str, Any]:
    query = _query(guest, asked, owner_id, limit=_PAGE)
    query.cursor = request.query_params.get("suite", "")[:400]
    found = await guest.gateway.services.search.Search(query)
    cards = await guest.selling.cards(found.listing_ids, current_locale())
    stay = replace(asked, destination="", supplier=0, codes=())
    results = [
        Result(cards[each], stay.address(f"/{cards[each].code}"), total, tax)
        for each, total, tax in zip(found.listing_ids, found.totals, found.tourist_taxes, strict=True)
        if each in cards
    ]
    more = asked.address("/", place=True) + f"&suite={found.next_cursor}" if found.next_cursor else ""
    return {"results": results, "next_href": more, "count": found.count}


async def _instead(guest: Guest, asked: Asked, owner_id: str) -> dict[str, Any]:
    """Up to three stays on the nearest other arrivals, and why the listings asked for are not free."""
    others: list[Result] = []
    for start in range(0, len(_SHIFTS), 7):
        shifted = [
            replace(asked, arrival=asked.arrival + timedelta(days=shift))
            for shift in _SHIFTS[start : start + 7]
            if asked.arrival and asked.arrival + timedelta(days=shift) >= guest.today
        ]
        pages = await asyncio.gather(
            *(
                guest.gateway.services.search.Search(_query(guest, each, owner_id, limit=2))
                for each in shifted
            )
        )
        for question, found in zip(shifted, pages, strict=True):
            others += await _as_others(guest, question, found)
        if len(others) >= 3:
            break
    why = await _why(guest, asked, owner_id) if owner_id or guest.label_id else []
    return {"others": others[:3], "why": why}


async def _as_others(guest: Guest, asked: Asked, found: search_pb.SearchResponse) -> list[Result]:
    if not found.listing_ids or asked.arrival is None or asked.departure is None:
        return []
    cards = await guest.selling.cards(found.listing_ids, current_locale())
    stay = replace(asked, destination="", supplier=0, codes=())
    first, last = asked.arrival.isoformat(), asked.departure.isoformat()
    return [
        Result(cards[each], stay.address(f"/{cards[each].code}"), total, tax, first, last)
        for each, total, tax in zip(found.listing_ids, found.totals, found.tourist_taxes, strict=True)
        if each in cards
    ]


async def _listings(guest: Guest, asked: Asked, owner_id: str) -> list[Result]:
    """Listings to begin with, where no arrival is given yet."""
    found = await _in_production(guest, owner_id, asked.codes)
    cards = await guest.selling.cards([each.id for each in found], current_locale())
    stay = replace(asked, destination="", supplier=0, codes=())
    return [Result(cards[each.id], stay.address(f"/{each.code}")) for each in found if each.id in cards]


async def _in_production(guest: Guest, owner_id: str, codes: tuple[str, ...]) -> list[catalog.Listing]:
    request = listings_pb.ListListingsRequest(
        owner_id=owner_id,
        label_id=guest.label_id,
        codes=codes,
        states=[catalog.LISTING_STATE_IN_PRODUCTION],
        page=common.PageRequest(limit=_PAGE),
    )
    return list((await guest.gateway.services.listings.ListListings(request)).listings)


async def _why(guest: Guest, asked: Asked, owner_id: str) -> list[Why]:
    if asked.arrival is None or asked.departure is None:
        return []
    found = (await _in_production(guest, owner_id, asked.codes))[:_MOST_WHY]
    wanted = [Wanted(each, asked.arrival, asked.departure, asked.adults, asked.ages) for each in found]
    offers = await asyncio.gather(*(guest.selling.offer(each) for each in wanted))
    stay = replace(asked, destination="", supplier=0, codes=())
    return [
        Why(
            each.listing.name.get(current_locale()) or each.listing.name.get("fr", each.listing.code),
            stay.address(f"/{each.listing.code}"),
            tuple(dict.fromkeys(texts.refusal(name, params) for name, params in offer.reasons)),
        )
        for each, offer in zip(wanted, offers, strict=True)
        if offer.best is None
    ]
