"""Documents of a file: make, see, print, send by mail."""

from collections.abc import Sequence
from typing import cast

from chassis.errors import RemoteError, ServiceError
from fastapi import APIRouter
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.documents.v1 import documents_service_pb2 as documents_pb
from starlette.requests import Request
from starlette.responses import Response

from gateway.clients import DOCUMENT_SECONDS
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.booking_detail import own_booking, show
from gateway.owner.common import fail_from, form_key, own_listing, page
from gateway.visitor import Owner, Visitor, gateway_of, redirect

router = APIRouter()
# The browser's own viewer of PDFs needs its inline style; there is no script in it.
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
ALL = "tous"
"""Value of the form « Envoyer par e-mail »: contract and états descriptifs are made before the mail."""
_KINDS = {
    "contrat": documents_pb.DOCUMENT_KIND_CONTRACT,
    "etat-descriptif": documents_pb.DOCUMENT_KIND_PROPERTY_STATEMENT,
}


def document_name(document: documents_pb.Document, codes: dict[str, str], *, guest_room: bool = False) -> str:
    """Returns « Contrat v2 » or « État descriptif 07MS01731 v1 »."""
    if document.kind == documents_pb.DOCUMENT_KIND_CONTRACT:
        name = _("Confirmation de séjour") if guest_room else _("Contrat")
    else:
        name = " ".join(part for part in (_("État descriptif"), codes.get(document.listing_id, "")) if part)
    return f"{name} v{document.version}"


async def _rendered(
    request: Request, file: booking.Booking, kind: int, listing_id: str = ""
) -> documents_pb.Document:
    query = documents_pb.RenderDocumentRequest(
        booking_id=file.id,
        kind=cast("documents_pb.DocumentKind.ValueType", kind),
        listing_id=listing_id,
    )
    documents = gateway_of(request).services.documents
    found: documents_pb.Document = (await documents.RenderDocument(query, timeout=DOCUMENT_SECONDS)).document
    return found


@router.post("/reservations/{number:number}/documents")
async def make_document(request: Request, visitor: Owner, number: int) -> Response:
    """Makes a document from the newest revisions (or finds the same one) and opens it."""
    form = await Form.read(request)
    file = await own_booking(request, visitor, number)
    kind = form.choice("document", [ALL, *_KINDS])
    try:
        if kind == ALL:
            await _make_all(request, file)
            return await redirect(request, f"/reservations/{number}/envoyer")
        document = await _rendered(request, file, _KINDS.get(kind, 0), form.value("hebergement"))
    except ServiceError as error:
        fail_from(form, error)
        return await show(request, visitor, file, form, status=error.kind.http_status)
    return await redirect(request, f"/documents/{document.id}.pdf")


def pdf(answer: documents_pb.GetDocumentFileResponse, *, name: str = "document.pdf") -> Response:
    """Answers PDF bytes to be shown by the browser, with a name to be saved under."""
    file_name = answer.document.file_name or name
    safe = "".join(char for char in file_name if char.isascii() and (char.isalnum() or char in "-_."))
    headers = {
        "Content-Disposition": f'inline; filename="{safe or name}"',
        "Content-Security-Policy": _PDF_POLICY,
    }
    return Response(answer.content, media_type="application/pdf", headers=headers)


@router.get("/documents/{document_id}.pdf")
async def show_document(request: Request, _visitor: Owner, document_id: str) -> Response:
    """Shows a stored document."""
    query = documents_pb.GetDocumentFileRequest(id=document_id)
    documents = gateway_of(request).services.documents
    return pdf(await documents.GetDocumentFile(query, timeout=DOCUMENT_SECONDS))


@router.get("/hebergements/{code}/etat-descriptif.pdf")
async def show_statement(request: Request, visitor: Owner, code: str) -> Response:
    """Shows the live état descriptif of a listing."""
    listing = await own_listing(request, visitor, code)
    query = documents_pb.GetPropertyStatementRequest(listing_id=listing.id, language="fr")
    documents = gateway_of(request).services.documents
    answer = await documents.GetPropertyStatement(query, timeout=DOCUMENT_SECONDS)
    return pdf(answer, name=f"etat-descriptif-{code}.pdf")


async def _make_all(request: Request, file: booking.Booking) -> None:
    """Makes (or finds) contract and états descriptifs of all lines, as they go together."""
    await _rendered(request, file, documents_pb.DOCUMENT_KIND_CONTRACT)
    for listing_id in dict.fromkeys(line.listing_id for line in file.lines):
        await _rendered(request, file, documents_pb.DOCUMENT_KIND_PROPERTY_STATEMENT, listing_id)


async def _known(request: Request, file: booking.Booking) -> list[documents_pb.Document]:
    calls = gateway_of(request).services.documents
    query = documents_pb.ListDocumentsRequest(booking_id=file.id)
    return list((await calls.ListDocuments(query)).documents)


def newest(
    documents: Sequence[documents_pb.Document], file: booking.Booking
) -> list[documents_pb.Document] | None:
    """Returns the last contract and the last état descriptif of each line; None while one is missing."""
    places = [(documents_pb.DOCUMENT_KIND_CONTRACT, "")]
    places += [
        (documents_pb.DOCUMENT_KIND_PROPERTY_STATEMENT, each)
        for each in dict.fromkeys(line.listing_id for line in file.lines)
    ]
    found = {
        (each.kind, each.listing_id): each
        for each in sorted(documents, key=lambda each: each.created_at.ToNanoseconds())
    }
    return [found[each] for each in places] if all(each in found for each in places) else None


async def _send_page(
    request: Request,
    file: booking.Booking,
    form: Form,
    documents: list[documents_pb.Document],
    status: int = 200,
) -> Response:
    codes = {line.listing_id: line.listing_code for line in file.lines}
    shown = [(each.id, document_name(each, codes)) for each in documents]
    return page(
        request, "booking_send.html", status=status, page="bookings", file=file, form=form, documents=shown
    )


@router.get("/reservations/{number:number}/envoyer")
async def show_mail(request: Request, visitor: Owner, number: int) -> Response:
    """Shows the mail ready and editable, attachments ticked, once its documents have been made."""
    file = await own_booking(request, visitor, number)
    calls = gateway_of(request).services.documents
    try:
        documents = newest(await _known(request, file), file)
        if documents is None:
            return await _send_page(request, file, Form(), [])
        query = documents_pb.DraftMailRequest(
            booking_id=file.id, document_ids=[each.id for each in documents]
        )
        draft = await calls.DraftMail(query)
    except RemoteError as error:
        form = Form()
        fail_from(form, error)
        return await show(request, visitor, file, form, status=error.kind.http_status)
    typed = {"destinataire": draft.recipient, "objet": draft.subject, "texte": draft.text}
    form = Form(typed | {"pieces": [each.id for each in documents]})
    return await _send_page(request, file, form, documents)


@router.post("/reservations/{number:number}/envoyer")
async def send_mail(request: Request, visitor: Owner, number: int) -> Response:
    """Sends the documents; a second click sends nothing more."""
    form = await Form.read(request)
    file = await own_booking(request, visitor, number)
    calls = gateway_of(request).services.documents
    known = await _known(request, file)
    recipient = form.text("destinataire", required=True, most=200)
    if recipient and ("@" not in recipient or any(char.isspace() for char in recipient)):
        form.fail("destinataire", _("Cette adresse e-mail n'est pas complète."))
    query = documents_pb.SendDocumentsRequest(
        request_id=form_key(form),
        booking_id=file.id,
        recipient=recipient,
        subject=" ".join(form.text("objet", required=True, most=200).split()),
        text=form.text("texte", required=True, most=10_000).replace("\r\n", "\n"),
        document_ids=form.choices("pieces", [each.id for each in known]),
    )
    chosen = [each for each in known if each.id in form.values.get("shown", [])] or known
    if form.ok:
        try:
            await calls.SendDocuments(query, timeout=DOCUMENT_SECONDS)
        except RemoteError as error:
            fail_from(form, error, "destinataire" if error.reason == "NO_RECIPIENT" else "")
    if not form.ok:
        return await _send_page(request, file, form, chosen, 422)
    done = _("Le message part à %(recipient)s.") % {"recipient": recipient}
    return await redirect(request, f"/reservations/{number}#documents", done)


__all__ = ["Visitor", "document_name", "pdf", "router"]
