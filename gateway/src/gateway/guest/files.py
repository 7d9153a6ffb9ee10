"""The files' own origin: photos, états descriptifs, and one person's documents behind signed addresses."""

import re
from datetime import datetime, timedelta

from chassis.actor import Actor, acting_as
from chassis.errors import ServiceError
from fastapi import APIRouter
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.documents.v1 import documents_service_pb2 as documents_pb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.clients import DOCUMENT_SECONDS
from gateway.guest import signed
from gateway.guest.ask import CODE
from gateway.guest.site import PRIVATE, Visiting
from gateway.i18n import current_locale
from gateway.settings import site_url
from gateway.state import Gateway

router = APIRouter()
SIZES = (320, 800, 1600)
_UUID = re.compile(r"^[0-9a-f-]{36}$")
_DOCUMENT = "document"
_LIFETIME = timedelta(minutes=10)
_OPEN = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
_KEPT = {"Cache-Control": "public, max-age=86400", "Content-Security-Policy": "default-src 'none'"}
_PAPER = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
"""Browsers draw a PDF with a page of their own; nothing else may run on this origin."""


def document_address(gateway: Gateway, document_id: str, grant: str, *, now: datetime) -> str:
    """Returns a short-lived address of a document, for who holds `grant` (`owner:<id>`)."""
    content = {"id": document_id, "grant": grant}
    token = signed.seal(_DOCUMENT, content, keys=gateway.shared.keys, until=now + _LIFETIME)
    return site_url(gateway.shared, "files", f"/documents/{token}")


@router.get("/photos/{photo_id}/{size}.jpg")
async def photo(request: Request, guest: Visiting, photo_id: str, size: int) -> Response:
    """Returns a photo of a listing in production; its bytes never change under its id."""
    if size not in SIZES or not _UUID.fullmatch(photo_id):
        raise HTTPException(404)
    message = listings_pb.GetPhotoRequest(id=photo_id, size=size)
    try:
        found = await guest.gateway.services.listings.GetPhoto(message)
    except ServiceError as error:
        if error.kind.http_status == 404:
            raise HTTPException(404) from error
        raise
    etag = f'"{found.etag}"'
    headers = _OPEN | _KEPT | {"ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type="image/jpeg", headers=headers)


@router.get("/etat-descriptif/{code}.pdf")
async def statement(guest: Visiting, code: str) -> Response:
    """Returns the état descriptif of a listing in production, as it is now."""
    if not CODE.fullmatch(code):
        raise HTTPException(404)
    try:
        listing = await guest.selling.listing(code)
        found = await guest.gateway.services.documents.GetPropertyStatement(
            documents_pb.GetPropertyStatementRequest(listing_id=listing.id, language=current_locale()),
            timeout=DOCUMENT_SECONDS,
        )
    except ServiceError as error:
        if error.kind.http_status == 404:
            raise HTTPException(404) from error
        raise
    return paper(found, {"Cache-Control": "public, max-age=60"} | _OPEN)


@router.get("/documents/{token}")
async def document(guest: Visiting, token: str) -> Response:
    """Returns a document whose address the dashboard signed a moment ago."""
    gateway = guest.gateway
    now = gateway.clock()
    content = signed.unseal(_DOCUMENT, token, keys=gateway.shared.keys, now=now)
    if content is None:
        raise HTTPException(404)
    actor = Actor.make("files", {content["grant"]}, now=now, lifetime=_LIFETIME)
    with acting_as(actor):
        found = await gateway.services.documents.GetDocumentFile(
            documents_pb.GetDocumentFileRequest(id=content["id"]), timeout=DOCUMENT_SECONDS
        )
    return paper(found, PRIVATE)


def paper(found: documents_pb.GetDocumentFileResponse, headers: dict[str, str]) -> Response:
    """Answers a PDF under a name that no header can be broken with."""
    name = re.sub(r"[^\w.-]", "-", found.document.file_name or "document.pdf", flags=re.ASCII)
    sent = headers | {
        "Content-Disposition": f'inline; filename="{name}"', "Content-Security-Policy": _PAPER,
    }  # fmt: skip
    return Response(found.content, media_type="application/pdf", headers=sent)
