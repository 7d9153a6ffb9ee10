"""The page of a listing: pictures, sheet, calendar with prices, the price of the stay asked for."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
from chassis.errors import ServiceError
from fastapi import APIRouter
from markupsafe import Markup
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway import conditions, problems, texts
from gateway.again import or_away
from gateway.api import convert
from gateway.api.reading import calendar_days
from gateway.forms import Form
from gateway.guest import ask, months
from gateway.guest.ask import Asked
from gateway.guest.site import Guest, Visiting, limit, page
from gateway.i18n import current_locale
from gateway.selling import Offer, Wanted
from gateway.visitor import check_origin

router = APIRouter()
_CODE = re.compile(r"^[0-9A-Za-z-]{3,20}$")
CALENDAR_DAYS = 395
_PROMO_KINDS: dict[int, str] = {pricing.PROMO_STATE_APPLIED: "ok", pricing.PROMO_STATE_NOT_BEST: "info"}


@dataclass(frozen=True, slots=True)
class Line:
    """One explained amount."""

    text: str
    amount: int


@dataclass(frozen=True, slots=True)
class Promo:
    """The promotional code as typed and what became of it; one that does not count never stops anybody."""

    code: str
    words: str
    kind: str
    """`ok`: it counts; `info`: another discount counts instead; `warn`: it does not count."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A supplement that the guest may choose."""

    code: str
    name: str
    price: str
    counted: bool
    quantity: int
    most: int


@dataclass(frozen=True, slots=True)
class Other:
    """Another stay that is free."""

    arrival: str
    departure: str
    total: int
    href: str


async def listing_of(guest: Guest, code: str) -> catalog.Listing:
    """Returns the listing of an address.

    Raises:
        HTTPException: 404 where there is none in production, or not of this label.

    """
    if not _CODE.match(code):
        raise HTTPException(404)
    try:
        found = await guest.selling.listing(code.upper())
    except ServiceError as error:
        if error.reason == "LISTING_NOT_FOUND":
            raise HTTPException(404) from error
        raise
    if guest.label_id and found.label_id != guest.label_id:
        raise HTTPException(404)
    return found


def wanted_of(listing: catalog.Listing, asked: Asked) -> Wanted | None:
    """Returns the line to price, or None before an arrival is given."""
    if asked.arrival is None or asked.departure is None:
        return None
    return Wanted(
        listing, asked.arrival, asked.departure, asked.adults, asked.ages, asked.supplements,
        promo_code=asked.promo,
    )  # fmt: skip


def lines_of(price: pricing.QuoteLine) -> list[Line]:
    """Returns the lines of a price that add up to its total."""
    return [Line(texts.price_line(each.kind, each.params), each.amount.amount) for each in price.lines]


def beside_of(price: pricing.QuoteLine) -> list[Line]:
    """Returns what stands beside the total: tourist tax, and what is paid on the spot."""
    return [Line(texts.price_line(each.kind, each.params), each.amount.amount) for each in price.beside]


def promo_of(price: pricing.QuoteLine) -> Promo | None:
    """Returns what became of the promotional code, None where none was typed."""
    words = texts.promo_words(price.promo_state, price.promo_bounds)
    kind = _PROMO_KINDS.get(price.promo_state, "warn")
    return Promo(price.promo_code, words, kind) if words else None


async def others_of(guest: Guest, wanted: Wanted, asked: Asked) -> list[Other]:
    """Returns the nearest other stays with their addresses."""
    found = await guest.selling.alternatives(
        wanted.listing.id, wanted.nights, wanted.party, wanted.promo_code
    )
    answer = []
    for each in found:
        first, last = date.fromisoformat(each.nights.arrival), date.fromisoformat(each.nights.departure)
        href = asked.stay(first, last).address(f"/{wanted.listing.code}")
        answer.append(Other(each.nights.arrival, each.nights.departure, each.total, href))
    return answer


def choices_of(
    found: Iterable[pricing.Supplement], listing_id: str, wanted: Iterable[tuple[str, int]], persons: int
) -> list[Choice]:
    """Returns the supplements that a guest may choose for a listing."""
    chosen, shown = dict(wanted), []
    for each in found:
        elsewhere = each.listing_ids and listing_id not in each.listing_ids
        if each.obligatory or each.on_site or elsewhere:
            continue
        most = each.max_quantity or (persons if each.base == pricing.SUPPLEMENT_BASE_PER_PERSON else 20)
        counted = each.base in ask.COUNTED and most > 1
        price = texts.supplement_price(each)
        shown.append(Choice(each.code, each.name, price, counted, chosen.get(each.code, 0), most))
    return shown


def json_ld(guest: Guest, listing: catalog.Listing) -> Markup:
    """Returns the schema.org block of a listing: data, not script."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "VacationRental",
        "name": convert.worded(listing.name, current_locale()),
        "identifier": listing.code,
        "url": convert.hosted_page(guest.gateway, listing.code),
        "description": convert.worded(listing.description, current_locale()),
        "image": [
            convert.photo_address(guest.gateway, each.id, 1600) for each in listing.photos if each.width
        ],
        "address": {
            "@type": "PostalAddress",
            "addressLocality": listing.address.city,
            "postalCode": listing.address.postal_code,
            "addressCountry": listing.address.country or "FR",
        },
        "containsPlace": {
            "@type": "Accommodation",
            "occupancy": {"@type": "QuantitativeValue", "maxValue": listing.max_persons},
        },
    }
    if listing.latitude or listing.longitude:
        described |= {"latitude": listing.latitude, "longitude": listing.longitude}
    if listing.official_stars:
        described["starRating"] = {"@type": "Rating", "ratingValue": listing.official_stars}
    text = orjson.dumps(described).decode().replace("<", "\\u003c")
    block = f'<script type="application/ld+json">{text}</script>'
    return Markup(block)  # noqa: S704 (no « < » is left in it)


async def _calendar(guest: Guest, listing: catalog.Listing, asked: Asked) -> list[months.Month]:
    last = guest.today + timedelta(days=CALENDAR_DAYS)
    party = wanted_of(listing, replace(asked, arrival=guest.today))
    if party is None:
        return []
    try:
        days = await calendar_days(
            guest.gateway, listing.id, guest.today, last, asked.nights, party.party, asked.promo
        )
    except ServiceError:
        return []  # The page still serves without it.
    chosen = (asked.arrival, asked.departure) if asked.arrival and asked.departure else None
    path = f"/{listing.code}"
    return months.draw(
        days,
        today=guest.today,
        chosen=chosen,
        address=lambda day: replace(asked, arrival=day).address(path) + "#sejour",
    )


async def show(
    request: Request, guest: Guest, code: str, form: Form, *, status: int = 200, notice: str = ""
) -> Response:
    """Shows the page for what is asked; `notice` is a sentence about a form that failed."""
    listing = await listing_of(guest, code)
    asked = ask.read(form, today=guest.today)
    wanted = wanted_of(listing, asked)
    away: Offer | None = None
    offer, owner, fields, supplements, terms, calendar = await asyncio.gather(
        or_away(guest.selling.offer(wanted), away) if wanted else _nothing(),
        guest.selling.owner(listing.owner_id),
        guest.selling.fields(),
        or_away(guest.selling.supplements(listing.owner_id), ()),
        or_away(guest.selling.terms(listing.owner_id), booking.SalesTerms()),
        _calendar(guest, listing, asked),
    )
    others = await others_of(guest, wanted, asked) if wanted and offer and not offer.best else []
    ask.fill(form, asked)
    locale = current_locale()
    reasons = offer.reasons if offer else []
    persons = min(asked.adults + len(asked.ages), listing.max_persons or 99)
    return page(
        request,
        "stay",
        status=status,
        listing=listing,
        title=convert.worded(listing.name, locale),
        description=convert.worded(listing.description, locale),
        photos=[each for each in listing.photos if each.width],
        caption=lambda each: convert.worded(each.caption, locale),
        owner=owner,
        professional=owner.kind == catalog.OWNER_KIND_PROFESSIONAL,
        guest_room=listing.kind == catalog.LISTING_KIND_GUEST_ROOM,
        sheet=conditions.sheet(listing, fields, locale),
        terms=terms,
        cancellation=conditions.cancellation(terms.deposit_kind, terms.cancellation)
        if terms.owner_id
        else [],
        months=calendar,
        shown_at_once=months.SHOWN_AT_ONCE,
        form=form,
        asked=asked,
        party=ask.persons_in_words(asked.adults, asked.ages),
        price_away=wanted is not None and offer is None,
        price=offer.best.price if offer and offer.best else None,
        promo=promo_of(offer.best.price) if offer and offer.best else None,
        lines=lines_of(offer.best.price) if offer and offer.best else [],
        beside=beside_of(offer.best.price) if offer and offer.best else [],
        reasons=[(texts.refusal(name, params), conditions.fix(name, params)) for name, params in reasons],
        others=others,
        choices=choices_of(supplements, listing.id, asked.supplements, persons),
        notice=notice,
        schema=json_ld(guest, listing),
        statement=convert.statement_address(guest.gateway, listing.code),
    )


async def _nothing() -> None:
    return None


@router.get("/{code}")
async def stay(request: Request, guest: Visiting, code: str) -> Response:
    """Shows a listing; dates and party stay in the address."""
    return await show(request, guest, code, await Form.read(request))


@router.get("/{code}/devis")
async def back_to_stay(guest: Visiting, code: str) -> Response:
    """A reloaded address of a refused form leads back to the listing."""
    listing = await listing_of(guest, code)
    return RedirectResponse(f"/{listing.code}", status_code=303)


@router.post("/{code}/devis")
async def quote(request: Request, guest: Visiting, code: str) -> Response:
    """Keeps the price of the stay and goes on to the choice. A repeat of the form finds the same quote."""
    check_origin(request, private=True)
    limit(request)
    form = await Form.read(request)
    listing = await listing_of(guest, code)
    asked = ask.read(form, today=guest.today)
    wanted = wanted_of(listing, asked)
    if wanted is None or not form.ok:
        return await show(request, guest, code, form, status=422)
    try:
        request_id = str(uuid5(UUID(form.value("request_id")), asked.address(f"/{listing.code}")))
    except ValueError as error:
        raise HTTPException(400) from error
    try:
        quoted = await guest.selling.quote(request_id, [wanted])
    except ServiceError as error:
        if error.kind.http_status >= 500:
            raise
        return await show(
            request, guest, code, form, status=error.kind.http_status, notice=problems.sentence(error)
        )
    suffix = "?origine=widget" if asked.origin else ""
    return RedirectResponse(f"/devis/{quoted.quote.id}{suffix}", status_code=303)
