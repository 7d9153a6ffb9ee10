"""What several of the owner's pages need: his listings, persons as typed, ids of repeats."""

import re
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from chassis.clock import today as day_of
from chassis.errors import ErrorKind, RemoteError, ServiceError
from google.protobuf.message import Message
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.common.v1 import common_pb2 as common
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.forms import Form, day_in_address
from gateway.i18n import N_, current_locale
from gateway.i18n import gettext as _
from gateway.problems import sentence
from gateway.visitor import Visitor, gateway_of

ZONE = "Europe/Paris"
_AGE = re.compile(r"[0-9]{1,2}")
_MOST_CHILDREN = 20
_UNCERTAIN = {ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE, ErrorKind.BUSY}


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Answers one of the owner's pages."""
    return gateway_of(request).pages.render(request, f"owner/{template}", status=status, **context)


def today(visitor: Visitor) -> date:
    """Returns the owner's day."""
    return day_of(visitor.now, ZONE)


async def owner_listings(
    request: Request, visitor: Visitor, *, withdrawn: bool = False
) -> list[catalog.Listing]:
    """Returns the owner's listings by code."""
    services = gateway_of(request).services
    query = listings_pb.ListListingsRequest(owner_id=visitor.owner_id, page=common.PageRequest(limit=500))
    answer = await services.listings.ListListings(query)
    found = [each for each in answer.listings if withdrawn or each.state != catalog.LISTING_STATE_WITHDRAWN]
    return sorted(found, key=lambda each: each.code)


async def own_listing(request: Request, visitor: Visitor, code: str) -> catalog.Listing:
    """Returns one of the owner's listings by its code.

    Raises:
        HTTPException: 404, also for another owner's.

    """
    services = gateway_of(request).services
    answer = await services.listings.GetListing(listings_pb.GetListingRequest(code=code))
    if answer.listing.owner_id != visitor.owner_id:
        raise HTTPException(404)
    found: catalog.Listing = answer.listing
    return found


def text_of(texts: Any) -> str:
    """Returns a text per language in the current one, else French, else any."""
    return texts.get(current_locale()) or texts.get("fr") or next(iter(texts.values()), "")


def listing_label(listing: catalog.Listing) -> str:
    """Returns « 07MS01731 — Le Mas des Cigales »."""
    name = text_of(listing.name)
    return f"{listing.code} — {name}" if name else listing.code


def listing_options(listings: Sequence[catalog.Listing]) -> list[tuple[str, str]]:
    """Returns the choices of a listing field, by code."""
    return [(each.code, listing_label(each)) for each in listings]


def money(cents: int) -> common.Money:
    """Returns an amount in the owner's currency."""
    return common.Money(amount=cents, currency="EUR")


def nights(arrival: date, departure: date) -> common.Nights:
    """Returns the nights `[arrival, departure)`."""
    return common.Nights(arrival=arrival.isoformat(), departure=departure.isoformat())


def child_request(request_id: str, part: str, content: Message | None = None) -> str:
    """Returns the id of a request that a form's request makes, the same for the same form and content."""
    try:
        base = uuid.UUID(request_id)
    except ValueError:
        base = uuid.NAMESPACE_OID
    body = content.SerializeToString(deterministic=True).hex() if content is not None else ""
    return str(uuid.uuid5(base, f"{part}|{body}"))


def form_key(form: Form) -> str:
    """Returns the hidden key of a form, or a new one where it is missing or no UUID."""
    try:
        return str(uuid.UUID(form.value("request_id")))
    except ValueError:
        return str(uuid.uuid4())


def fail_from(form: Form, error: ServiceError, field: str = "") -> None:
    """Puts a service's refusal on the form; a certain refusal gets a new key, an unknown outcome keeps it."""
    form.fail(field, sentence(error))
    if error.kind not in _UNCERTAIN:
        form.set("request_id", str(uuid.uuid4()))


def party_of(form: Form, *, most: int = 40) -> common.Party:
    """Reads `adultes` and the children's ages in `enfants` (« 9, 12 »); all empty means not stated."""
    adults = form.number("adultes", least=0, most=most) or 0
    ages: list[int] = []
    for part in re.split(r"[,;\s]+|et", form.value("enfants").strip()):
        if not part:
            continue
        if not _AGE.fullmatch(part) or int(part) > 17 or len(ages) == _MOST_CHILDREN:
            form.fail("enfants", _("Écrivez l'âge de chaque enfant, de 0 à 17 ans, par exemple « 9, 12 »."))
            break
        ages.append(int(part))
    return common.Party(adults=adults, children_ages=ages)


EXEMPTIONS = {
    "SEASONAL_WORKER": N_("Saisonnier employé dans la commune"),
    "REHOUSED": N_("Relogement d'urgence"),
    "LOW_RENT": N_("Loyer sous le montant de la commune"),
    "RESIDENT": N_("Habitant de la commune"),
}
"""Why an adult owes no tourist tax (CGCT L2333-29, -31)."""


def exempt_of(form: Form, party: common.Party) -> None:
    """Reads how many adults owe no tourist tax (`exoneres`) and why (`motif`), of one reason."""
    count = form.number("exoneres", least=0, most=99)
    reason = form.choice("motif", EXEMPTIONS, required=bool(count))
    if count is None:
        if reason:
            form.fail("exoneres", _("Indiquez combien d'adultes sont exonérés, ou 0."))
    elif count > party.adults:
        form.fail("exoneres", _("Il y a moins d'adultes dans ce séjour."))
    elif count and reason:
        party.exempt_adults[reason] = count


def persons(party: common.Party) -> int:
    """Returns how many persons a party has; 0 means not stated."""
    return party.adults + len(party.children_ages)


def stay_of(form: Form, first: str = "du", last: str = "au") -> tuple[date, date] | None:
    """Reads arrival and departure; refuses a departure that is not after."""
    arrival, departure = form.day(first, required=True), form.day(last, required=True)
    if arrival is None or departure is None:
        return None
    if departure <= arrival:
        form.fail(last, _("Le départ doit être après l'arrivée."))
        return None
    return arrival, departure


def nights_of(form: Form) -> tuple[date, date] | None:
    """Reads first night (`du`) and last night included (`jusquau`); returns `[arrival, departure)`."""
    first, last = form.day("du", required=True), form.day("jusquau", required=True)
    if first is None or last is None:
        return None
    if last < first:
        form.fail("jusquau", _("La dernière nuit doit être la première ou une suivante."))
        return None
    return first, last + timedelta(days=1)


def nights_form(request: Request) -> Form:
    """Returns the form that the planning's links open: `hebergement`, `du` (arrival), `au` (departure)."""
    query = request.query_params
    form = Form({"hebergement": query.get("hebergement", "")})
    for name, key, shift in (("du", "du", 0), ("au", "au", 0), ("jusquau", "au", -1)):
        try:
            form.set(name, day_in_address(query.get(key, "")) + timedelta(days=shift))
        except ValueError:
            form.set(name, None)
    return form


def planning_at(day: date, code: str = "") -> str:
    """Returns the address of the planning that shows a day."""
    return f"/planning?mois={day:%Y-%m}" + (f"&hebergement={quote(code)}" if code else "")


async def or_none(call: Any) -> Any:
    """Awaits a call and returns None when its object does not exist.

    Raises:
        RemoteError: anything else.

    """
    try:
        return await call
    except RemoteError as error:
        if error.kind is ErrorKind.NOT_FOUND:
            return None
        raise
