"""« Mes hébergements »: the cards, the sheet in tabs, photos, production."""

from typing import Any

from chassis.errors import RemoteError, ServiceError
from fastapi import APIRouter
from google.protobuf.struct_pb2 import Struct
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.forms import Form
from gateway.i18n import N_
from gateway.i18n import gettext as _
from gateway.owner.checklist import checklist_line
from gateway.owner.common import child_request, fail_from, form_key, own_listing, owner_listings, page
from gateway.owner.planning import photo_of
from gateway.owner.sheet import ROOM_FIELDS, TABS, Shown, changes_of, fields_of, form_of
from gateway.settings import site_url
from gateway.visitor import Owner, Visitor, gateway_of, redirect, saved

router = APIRouter()
STATES = {
    catalog.LISTING_STATE_DRAFT: (N_("Brouillon"), "", "edit"),
    catalog.LISTING_STATE_IN_PRODUCTION: (N_("En production"), "ok", "check-circle"),
    catalog.LISTING_STATE_WITHDRAWN: (N_("Retirée"), "warn", "lock"),
}
MOST_PHOTO_BYTES = 15 * 1024 * 1024
_PHOTO_SECONDS = 20.0
_PHOTO_REFUSALS = {
    "TOO_LARGE": N_("« %(name)s » est trop lourde : 15 Mo au plus."),
    "UNREADABLE": N_("« %(name)s » n'est pas une image que nous savons lire."),
    "TOO_MANY": N_("« %(name)s » n'a pas été prise : il y a déjà beaucoup de photos."),
    "TOO_MANY_PIXELS": N_("« %(name)s » est trop grande : 60 millions de points au plus."),
}


async def declared_fields(request: Request) -> list[catalog.FieldDef]:
    """Returns the catalog's declared fields, in form order."""
    answer = await gateway_of(request).services.listings.GetFields(listings_pb.GetFieldsRequest())
    return list(answer.fields)


@router.get("/hebergements")
async def list_listings(request: Request, visitor: Owner) -> Response:
    """Shows the cards."""
    listings = await owner_listings(request, visitor, withdrawn=True)
    cards = [(each, photo_of(request, each, 800), STATES.get(each.state, ("", "", ""))) for each in listings]
    return page(request, "listings.html", page="listings", cards=cards)


@router.get("/hebergements/nouveau")
async def show_new(request: Request, _visitor: Owner) -> Response:
    """Shows the form of a new draft."""
    return page(request, "listing_new.html", page="listings", form=Form({"genre": "SEASONAL_RENTAL"}))


@router.post("/hebergements/nouveau")
async def create(request: Request, visitor: Owner) -> Response:
    """Makes a draft without a label."""
    form = await Form.read(request)
    name = form.text("nom", required=True, most=160)
    kind = form.choice("genre", ["SEASONAL_RENTAL", "GUEST_ROOM"])
    if form.ok:
        listing = catalog.Listing(
            owner_id=visitor.owner_id,
            name={"fr": name},
            code=form.text("code", most=20).upper(),
            kind=catalog.ListingKind.Value(f"LISTING_KIND_{kind}"),
        )
        query = listings_pb.CreateListingRequest(request_id=form_key(form), listing=listing)
        try:
            made = (await gateway_of(request).services.listings.CreateListing(query)).listing
        except RemoteError as error:
            fail_from(form, error, "code" if error.reason == "CODE_TAKEN" else "")
        else:
            return await saved(request, f"/hebergements/{made.code}")
    return page(request, "listing_new.html", status=422, page="listings", form=form)


async def _show(
    request: Request, listing: catalog.Listing, tab: str, *, form: Form | None = None, status: int = 200
) -> Response:
    declared = await declared_fields(request)
    fields = fields_of(listing, declared, tab)
    context: dict[str, Any] = {
        "listing": listing,
        "tab": tab,
        "fields": fields,
        "form": form or form_of(listing, fields),
        "tabs": [(_(words), f"/hebergements/{listing.code}?onglet={key}", key == tab) for key, words in TABS],
        "state": STATES.get(listing.state, ("", "", "")),
        "room_fields": [(key, _(words)) for key, words in ROOM_FIELDS],
        "checklist": [],
        "warnings": [],
        "ready": False,
        "photos": _photos(request, listing),
        "sources": {"owner": _("modifié par vous")},
        "book_url": site_url(gateway_of(request).shared, "book", f"/{listing.code}"),
    }
    if tab == "production":
        query = listings_pb.GetChecklistRequest(id=listing.id)
        answer = await gateway_of(request).services.listings.GetChecklist(query)
        lines = [(item.blocking, checklist_line(item, listing.code, declared)) for item in answer.items]
        context["checklist"] = [line for blocking, line in lines if blocking]
        context["warnings"] = [line for blocking, line in lines if not blocking and not line[0]]
        context["ready"] = answer.ready
    return page(request, "listing.html", status=status, page="listings", **context)


def _photos(request: Request, listing: catalog.Listing) -> list[tuple[catalog.Photo, str]]:
    shared = gateway_of(request).shared
    return [(photo, site_url(shared, "files", f"/photos/{photo.id}/800.jpg")) for photo in listing.photos]


@router.get("/hebergements/{code}")
async def show_listing(request: Request, visitor: Owner, code: str) -> Response:
    """Shows one tab of a sheet."""
    listing = await own_listing(request, visitor, code)
    tab = request.query_params.get("onglet", "description")
    if tab not in dict(TABS):
        raise HTTPException(404)
    return await _show(request, listing, tab)


def _field_failures(form: Form, error: ServiceError, fields: list[Shown]) -> None:
    """Puts a refusal of the catalog on the fields that it names."""
    keys = {one.key for one in fields}
    named = [each.field.removeprefix("changes.") for each in error.fields] or [
        error.metadata.get("field", "")
    ]
    for name in named:
        if name in keys:
            form.fail(name, _("Cette réponse ne convient pas. Vérifiez-la."))
    if form.ok:
        fail_from(form, error)


@router.post("/hebergements/{code}")
async def save(request: Request, visitor: Owner, code: str) -> Response:
    """Saves one tab, or takes a field back to what its source proposes."""
    listing = await own_listing(request, visitor, code)
    form = await Form.read(request)
    tab = form.value("onglet")
    if tab not in dict(TABS):
        raise HTTPException(404)
    fields = fields_of(listing, await declared_fields(request), tab)
    revert = [key for key in [form.value("revenir")] if key]
    changes = {} if revert else changes_of(form, listing, fields)
    if form.ok and (changes or revert):
        struct = Struct()
        struct.update(changes)
        query = listings_pb.UpdateListingRequest(
            request_id=child_request(form_key(form), "sheet"),
            id=listing.id,
            changes=struct,
            revert=revert,
            revision=form.revision() or listing.revision,
        )
        try:
            await gateway_of(request).services.listings.UpdateListing(query)
        except RemoteError as error:
            _field_failures(form, error, fields)
    if not form.ok:
        return await _show(request, listing, tab, form=form, status=422)
    return await saved(request, f"/hebergements/{code}?onglet={tab}")


@router.post("/hebergements/{code}/photos")
async def add_photos(request: Request, visitor: Owner, code: str) -> Response:
    """Takes photos; one that is refused says why and does not stop the others."""
    listing = await own_listing(request, visitor, code)
    form = await Form.read(request)
    calls = gateway_of(request).services.listings
    back = f"/hebergements/{code}?onglet=photos"
    taken, refused = 0, []
    for number, upload in enumerate(form.files.get("photos", [])[:30]):
        content = await upload.read(MOST_PHOTO_BYTES + 1)
        name = (upload.filename or "")[:80]
        if len(content) > MOST_PHOTO_BYTES:
            refused.append(_(_PHOTO_REFUSALS["TOO_LARGE"]) % {"name": name})
            continue
        query = listings_pb.AddPhotoRequest(
            request_id=child_request(form_key(form), f"photo{number}"),
            listing_id=listing.id,
            content=content,
            file_name=name,
            credit=form.text("credit", most=100),
        )
        try:
            await calls.AddPhoto(query, timeout=_PHOTO_SECONDS)
            taken += 1
        except RemoteError as error:
            if error.reason != "PHOTO_REFUSED":
                raise
            words = _PHOTO_REFUSALS.get(error.metadata.get("why", ""), _PHOTO_REFUSALS["UNREADABLE"])
            refused.append(_(words) % {"name": name})
    if refused:
        return await redirect(request, back, " ".join(refused), "warn")
    if not taken:
        return await redirect(request, back, _("Choisissez d'abord une ou plusieurs photos."), "warn")
    return await saved(request, back)


@router.post("/hebergements/{code}/photos/ordre")
async def arrange_photos(request: Request, visitor: Owner, code: str) -> Response:
    """Saves captions and credits, moves a photo to the front, or removes one."""
    listing = await own_listing(request, visitor, code)
    form = await Form.read(request)
    kept = []
    for photo in listing.photos:
        if form.value("retirer") == photo.id:
            continue
        changed = catalog.Photo()
        changed.CopyFrom(photo)
        if f"legende.{photo.id}" in form.values:
            changed.caption["fr"] = form.text(f"legende.{photo.id}", most=200)
            changed.credit = form.text(f"credit.{photo.id}", most=100)
        kept.append(changed)
    if first := form.value("couverture"):
        kept.sort(key=lambda photo: photo.id != first)
    query = listings_pb.ArrangePhotosRequest(
        request_id=form_key(form), listing_id=listing.id, revision=listing.revision, photos=kept
    )
    await gateway_of(request).services.listings.ArrangePhotos(query)
    return await saved(request, f"/hebergements/{code}?onglet=photos")


@router.post("/hebergements/{code}/production")
async def change_state(request: Request, visitor: Owner, code: str) -> Response:
    """Puts a listing in production, or withdraws it."""
    listing = await own_listing(request, visitor, code)
    form = await Form.read(request)
    calls = gateway_of(request).services.listings
    query = listings_pb.ChangeStateRequest(
        request_id=form_key(form),
        id=listing.id,
        revision=form.revision() or listing.revision,
    )
    back = f"/hebergements/{code}?onglet=production"
    try:
        if form.value("vers") == "retirer":
            await calls.Withdraw(query)
            done = _("%(code)s est retiré de la vente. Les réservations à venir restent valables.")
        else:
            await calls.PutInProduction(query)
            done = _("%(code)s est en production : les vacanciers peuvent le réserver.")
    except RemoteError as error:
        form.values = {}
        fail_from(form, error)
        return await _show(request, listing, "production", form=form, status=error.kind.http_status)
    return await redirect(request, back, done % {"code": code})


__all__ = ["Visitor", "declared_fields", "router"]
