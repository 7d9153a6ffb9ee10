"""« Pourquoi pas réservable ? »: every reason why guests cannot book a stay, each with its fix; read only."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter
from sejour.availability.v1 import availability_service_pb2 as availability_pb
from sejour.availability.v1 import search_service_pb2 as search_pb
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as prices_pb
from starlette.requests import Request
from starlette.responses import Response

from gateway.again import or_away
from gateway.forms import Form, day_in_address
from gateway.i18n import gettext as _
from gateway.owner.checklist import checklist_line
from gateway.owner.common import (
    listing_options,
    nights,
    or_none,
    owner_listings,
    page,
    party_of,
    stay_of,
    today,
)
from gateway.owner.listings import declared_fields
from gateway.owner.planning import rows_of
from gateway.owner.why_words import Stay, why_no_nights, why_no_price, why_not_on_sale, why_terms
from gateway.visitor import Owner, Visitor, gateway_of

router = APIRouter()


@router.get("/pourquoi")
async def show_reasons(request: Request, visitor: Owner) -> Response:
    """Asks for a listing, dates and persons; with all of them says every reason, or the price."""
    asked = request.query_params
    listings = await owner_listings(request, visitor)
    form = Form({name: asked.get(name, "") for name in ("hebergement", "adultes", "enfants")})
    for name in ("du", "au"):
        form.set(name, _day(asked.get(name, "")))
    if not form.value("hebergement") and listings:
        form.set("hebergement", listings[0].code)
    context: dict[str, Any] = {"form": form, "options": listing_options(listings), "asked": "du" in asked}
    if "du" in asked:
        context |= await _answer(request, visitor, form, listings)
    return page(request, "why_not.html", page="why_not", **context)


def _day(text: str) -> date | str | None:
    try:
        return day_in_address(text)
    except ValueError:
        return text or None


async def _answer(
    request: Request, visitor: Visitor, form: Form, listings: Sequence[catalog.Listing]
) -> dict[str, Any]:
    stay_days, party = stay_of(form), party_of(form)
    if stay_days is None or not form.ok:
        return {}
    listing = next((each for each in listings if each.code == form.value("hebergement")), None)
    if listing is None:
        form.fail("hebergement", _("Choisissez un hébergement de la liste."))
        return {}
    stay = Stay(listing.code, *stay_days)
    if not party.adults:
        # The question is about dates: a party that the price covers.
        party = common.Party(adults=max(1, min(listing.base_persons or 2, listing.max_persons or 2)))
    return {"listing": listing, "stay": stay, "party": party} | await _reasons(
        request, visitor, listing, stay, party
    )


async def _reasons(
    request: Request, visitor: Visitor, listing: catalog.Listing, stay: Stay, party: common.Party
) -> dict[str, Any]:
    services, span = gateway_of(request).services, nights(stay.arrival, stay.departure)
    checked, priced, rows, terms, missing, others = await asyncio.gather(
        services.calendar.CheckNights(availability_pb.CheckNightsRequest(listing_id=listing.id, nights=span)),
        services.prices.PriceStay(
            prices_pb.PriceStayRequest(listing_id=listing.id, nights=span, party=party)
        ),
        rows_of(request, visitor, [listing], (stay.arrival, stay.departure)),
        _terms(request, visitor),
        _missing(request, listing),
        _alternatives(request, listing, span, party),
    )
    best = priced.plans[0] if priced.plans else None
    told = list(best.price.warnings) if best is not None and best.HasField("price") else []
    refused = list(best.refusals) if best is not None else []
    found = [
        *why_not_on_sale(listing, missing),
        *why_no_nights(checked.refusals, rows[0].bars if rows else [], stay),
        *why_no_price([*refused, *told], stay),
        *why_terms(terms, stay, today(visitor)),
    ]
    price = best.price if best is not None and best.HasField("price") else None
    return {"reasons": found, "price": price, "alternatives": others if found else []}


async def _terms(request: Request, visitor: Visitor) -> booking.SalesTerms | None:
    query = bookings_pb.GetTermsRequest(owner_id=visitor.owner_id)
    answer = await or_none(gateway_of(request).services.terms.GetTerms(query))
    return None if answer is None else answer.terms


async def _missing(request: Request, listing: catalog.Listing) -> list[tuple[str, str, str]]:
    if listing.state != catalog.LISTING_STATE_DRAFT:
        return []
    declared, answer = await asyncio.gather(
        declared_fields(request),
        gateway_of(request).services.listings.GetChecklist(listings_pb.GetChecklistRequest(id=listing.id)),
    )
    lines = [checklist_line(each, listing.code, declared) for each in answer.items if each.blocking]
    return [(_lower(words), href, fix) for done, words, href, fix in lines if not done]


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


async def _alternatives(
    request: Request, listing: catalog.Listing, span: common.Nights, party: common.Party
) -> Sequence[search_pb.Alternative]:
    if listing.state != catalog.LISTING_STATE_IN_PRODUCTION:
        return []
    query = search_pb.FindAlternativesRequest(listing_id=listing.id, nights=span, party=party)
    call = gateway_of(request).services.search.FindAlternatives(query)
    answer = await or_away(call, search_pb.FindAlternativesResponse())
    return list(answer.alternatives)
