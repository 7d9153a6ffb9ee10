"""The label's page: members and imports; no guests, no amounts."""

from collections.abc import AsyncIterator
from typing import Any

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.catalog.v1 import owner_service_pb2 as owners_pb
from sejour.common.v1 import common_pb2 as common
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from gateway.forms import Form
from gateway.i18n import N_
from gateway.i18n import gettext as _
from gateway.owner.common import child_request, fail_from, form_key, page, text_of
from gateway.visitor import LabelMember, gateway_of

router = APIRouter()
OUTCOMES = {
    listings_pb.IMPORT_OUTCOME_CREATED: (N_("créée"), "ok", "plus"),
    listings_pb.IMPORT_OUTCOME_UPDATED: (N_("mise à jour"), "info", "refresh"),
    listings_pb.IMPORT_OUTCOME_UNCHANGED: (N_("inchangée"), "", "check"),
    listings_pb.IMPORT_OUTCOME_REFUSED: (N_("refusée"), "danger", "x"),
    listings_pb.IMPORT_OUTCOME_OLDER: (N_("plus ancienne que la fiche"), "warn", "history"),
}
REMARKS = {
    "NO_CAPACITY": N_("Capacité manquante."),
    "NO_PHOTO": N_("Aucune photo."),
    "NO_NAME": N_("Nom manquant."),
    "NO_ADDRESS": N_("Adresse manquante."),
    "NO_GPS": N_("Position sur la carte manquante."),
    "NO_DESCRIPTION": N_("Description manquante."),
    "NO_IDENTITY": N_("Identifiant de la fiche manquant."),
    "KIND_ASSUMED": N_("Genre d'hébergement absent : meublé de tourisme supposé."),
    "MACHINE_TRANSLATED": N_("Texte traduit par une machine : à relire."),
    "OPENING_PAST": N_("Dates d'ouverture passées."),
    "OPENING_REVERSED": N_("Une ouverture finit avant de commencer : ignorée."),
    "PRICE_WITHOUT_AMOUNT": N_("Prix sans montant : ignoré."),
    "VALUE_IGNORED": N_("Une valeur ne convient pas : ignorée."),
    "CODE_TAKEN": N_("Ce code appartient déjà à un autre hébergement."),
    "SUPPLIER_UNKNOWN": N_("Fournisseur inconnu : fiche sans propriétaire."),
    "PRICE_WITHOUT_MODE": N_("Prix sans mode : gardé comme information, jamais vendu."),
    "PRICE_MIN_ABOVE_MAX": N_("Prix minimum au-dessus du maximum : gardé comme information."),
    "EDITED_KEPT": N_("Champ modifié par le propriétaire : gardé, votre valeur lui est proposée."),
    "NOT_A_LETTING": N_("Ce n'est pas un hébergement à louer."),
    "UNREADABLE": N_("Ce fichier ne se lit pas."),
    "NOT_A_RECORD": N_("Ce n'est pas une fiche."),
    "NOT_JSON": N_("Ce n'est pas du JSON."),
    "TOO_LARGE": N_("Ce fichier est trop volumineux."),
    "TOO_DEEP": N_("Ce fichier a trop de niveaux : il n'est pas lu."),
    "NOTHING_INSIDE": N_("Ce fichier ne contient aucune fiche."),
    "OTHER_FORMAT": N_("Cette fiche est d'un autre format que celui demandé."),
    "A_CONTEXT": N_("C'est un contexte JSON-LD, pas une fiche."),
    "AN_INDEX": N_("C'est un index, pas une fiche : donnez les fiches elles-mêmes."),
    "A_CODE_LIST": N_("C'est une liste de codes, pas une fiche."),
    "EMPTY": N_("Ce fichier est vide."),
    "NOT_A_ZIP": N_("Ce zip ne s'ouvre pas."),
    "ENCRYPTED": N_("Ce zip est protégé par un mot de passe."),
    "TOO_MANY_ENTRIES": N_("Ce zip contient trop de fichiers."),
    "UNKNOWN_FORMAT": N_("Ce format n'est pas connu."),
}
MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 512 * 1024
_SECONDS = 30.0


def remark_words(remark: listings_pb.ImportRemark) -> str:
    """Returns the sentence of one remark about a record."""
    words = REMARKS.get(remark.reason)
    text = _(words) if words else remark.reason.replace("_", " ").capitalize() + "."
    detail = ", ".join(
        value
        for key, value in sorted(remark.metadata.items())
        if key in {"fields", "field", "type", "value", "prices", "code", "language"}
    )
    return f"{text} ({detail})" if detail else text


def line_of(line: listings_pb.ImportLine) -> dict[str, Any]:
    """Returns one line of a report as the page shows it."""
    words, kind, sign = OUTCOMES.get(line.outcome, ("", "", ""))
    return {
        "where": line.where,
        "name": line.name,
        "code": line.listing_code,
        "id": line.external_id,
        "outcome": _(words) if words else "",
        "kind": kind,
        "sign": sign,
        "remarks": list(dict.fromkeys(remark_words(each) for each in line.remarks)),
        "fields": len(line.changed_fields),
    }


async def _members(request: Request, label_id: str) -> list[dict[str, Any]]:
    services = gateway_of(request).services
    page_request = common.PageRequest(limit=500)
    owners = (
        await services.owners.ListOwners(owners_pb.ListOwnersRequest(label_id=label_id, page=page_request))
    ).owners
    query = listings_pb.ListListingsRequest(label_id=label_id, page=page_request)
    listings = (await services.listings.ListListings(query)).listings
    found = []
    for owner in owners:
        own = sorted((each for each in listings if each.owner_id == owner.id), key=lambda each: each.code)
        ready = sum(each.state == catalog.LISTING_STATE_IN_PRODUCTION for each in own)
        found.append(
            {"owner": owner, "listings": [(each.code, text_of(each.name)) for each in own], "ready": ready}
        )
    return found


async def _show(
    request: Request, visitor: LabelMember, form: Form, report: Any = None, status: int = 200
) -> Response:
    services = gateway_of(request).services
    label = (await services.owners.GetLabel(owners_pb.GetLabelRequest(id=visitor.label_id))).label
    request.state.frame.label_name = label.name
    past = (
        await services.imports.ListImports(
            listings_pb.ListImportsRequest(label_id=visitor.label_id, page=common.PageRequest(limit=10))
        )
    ).reports
    context = {
        "label": label,
        "members": await _members(request, visitor.label_id),
        "form": form,
        "past": past,
        "report": report,
        "lines": [line_of(each) for each in report.lines] if report else [],
    }
    return page(request, "label.html", status=status, page="label", **context)


@router.get("/label")
async def show(request: Request, visitor: LabelMember) -> Response:
    """Shows members, the import form and past imports."""
    return await _show(request, visitor, Form())


async def _messages(
    start: listings_pb.ImportStart, upload: UploadFile
) -> AsyncIterator[listings_pb.ImportRequest]:
    yield listings_pb.ImportRequest(start=start)
    while chunk := await upload.read(_CHUNK):
        yield listings_pb.ImportRequest(content=chunk)


@router.post("/label/import")
async def take_feed(request: Request, visitor: LabelMember) -> Response:
    """Reads a feed: a dry run first, then for good with the same file."""
    form = await Form.read(request)
    upload = next(iter(form.files.get("fichier", [])), None)
    if upload is None:
        form.fail("fichier", _("Choisissez un fichier : zip, JSON ou JSON-LD."))
        return await _show(request, visitor, form, status=422)
    if (upload.size or 0) > MOST_BYTES:
        form.fail("fichier", _("Ce fichier est trop volumineux : 64 Mo au plus."))
        return await _show(request, visitor, form, status=413)
    start = listings_pb.ImportStart(
        format="auto",
        file_name=(upload.filename or "")[:120],
        dry_run=form.value("etape") != "appliquer",
        label_id=visitor.label_id,
        request_id=child_request(form_key(form), form.value("etape")),
    )
    try:
        report = await gateway_of(request).services.imports.Import(_messages(start, upload), timeout=_SECONDS)
    except RemoteError as error:
        fail_from(form, error, "fichier")
        why = REMARKS.get(error.metadata.get("why", ""))
        if error.reason == "FEED_REFUSED" and why:
            form.errors["fichier"] = _(why)
        return await _show(request, visitor, form, status=error.kind.http_status)
    return await _show(request, visitor, form, report)
