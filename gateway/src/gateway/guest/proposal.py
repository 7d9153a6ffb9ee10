"""The page behind a devis's secret link: GET shows it, only a button accepts it or asks for a new one."""

from typing import Any
from urllib.parse import quote

from chassis.actor import Actor, acting_as
from chassis.errors import RemoteError, ServiceError
from fastapi import APIRouter
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.booking.v1 import proposal_service_pb2 as proposals_pb
from sejour.documents.v1 import documents_service_pb2 as documents_pb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway import conditions, problems
from gateway.api import convert
from gateway.clients import DOCUMENT_SECONDS
from gateway.forms import Form
from gateway.guest import ask, means
from gateway.guest.files import paper
from gateway.guest.link import LIFETIME
from gateway.guest.site import PRIVATE, Guest, Visiting, limit, page
from gateway.guest.stay import beside_of, lines_of
from gateway.i18n import gettext as _
from gateway.trail import note
from gateway.visitor import check_origin

router = APIRouter(prefix="/d/{token}")
PLACING_SECONDS = 8.0
_STANDING = {
    proposals_pb.PROPOSAL_STATE_ACCEPTED: "accepted",
    proposals_pb.PROPOSAL_STATE_EXPIRED: "expired",
    proposals_pb.PROPOSAL_STATE_WITHDRAWN: "withdrawn",
}
_MOST_WORDS = 2_000


async def _proposal(guest: Guest, token: str, *, opened: bool = False) -> proposals_pb.Proposal:
    request = proposals_pb.ProposalLinkRequest(token=token[:100], opened=opened)
    try:
        answer = await guest.gateway.services.proposals.GetProposalByLink(request)
    except ServiceError as error:
        if error.kind.http_status == 404:
            raise HTTPException(404, headers=PRIVATE) from error
        raise
    found: proposals_pb.Proposal = answer.proposal
    return found


def _show(
    request: Request, guest: Guest, token: str, found: proposals_pb.Proposal, form: Form, **more: Any
) -> Response:
    status = more.pop("status", 200)
    names = {each.listing_id: each for each in found.listings}
    kind = found.deposit_kind
    context = {
        "token": token,
        "found": found,
        "form": form,
        "standing": _STANDING.get(found.state, "open"),
        "lines": [
            (
                names[line.listing_id],
                line,
                lines_of(line),
                beside_of(line),
                ask.persons_in_words(line.party.adults, tuple(line.party.children_ages)),
                convert.statement_address(guest.gateway, names[line.listing_id].code),
            )
            for line in found.quote.lines
        ],
        "schedule": found,
        "acompte": kind == booking.DEPOSIT_KIND_ACOMPTE,
        "cancellation": conditions.cancellation(kind, found.terms.cancellation)[1:],
        "withdrawal": conditions.withdrawal(),
        "means": means.offered(found.terms),
        "notice": "",
    }
    return page(request, "proposal", status=status, private=True, **(context | more))


@router.get("")
async def show(request: Request, guest: Visiting, token: str) -> Response:
    """Shows the devis; opening a link, as mail scanners do, accepts nothing."""
    found = await _proposal(guest, token, opened=request.method == "GET")
    return _show(request, guest, token, found, Form())


@router.get("/accepter")
@router.get("/nouveau")
async def back(guest: Visiting, token: str) -> Response:
    """A reloaded address of a button's answer leads back to the devis; it does nothing."""
    await _proposal(guest, token)
    return RedirectResponse(f"/d/{quote(token)}", status_code=303, headers=PRIVATE)


@router.post("/accepter")
async def accept(request: Request, guest: Visiting, token: str) -> Response:
    """Makes the file from exactly this devis; a second click, or another browser, finds the same file."""
    check_origin(request, private=True)
    limit(request)
    form, found = await Form.read(request), await _proposal(guest, token)
    if found.state != proposals_pb.PROPOSAL_STATE_ACCEPTED:
        if not form.ticked("etat_descriptif"):
            form.fail("etat_descriptif", _("Ouvrez l'état descriptif, puis cochez cette case."))
        if not form.ticked("conditions"):
            form.fail("conditions", _("Lisez les conditions, puis cochez cette case."))
    words = form.text("message", most=_MOST_WORDS)
    chosen = means.chosen(form, found.terms)
    if not form.ok:
        return _show(request, guest, token, found, form, status=422)
    message = proposals_pb.AcceptProposalRequest(
        token=token[:100],
        accepted={
            "description_version": conditions.description_version(found.quote.lines),
            "terms_version": str(found.terms.revision),
        },
        payment_means=chosen,
        message=words,
    )
    try:
        answer = await guest.gateway.services.proposals.AcceptProposal(message, timeout=PLACING_SECONDS)
    except RemoteError as error:
        return await _refused(request, guest, token, form, error)
    placed = answer.placed
    await note(request, "proposal.accepted", actor="guest", about=placed.booking.reference)
    return RedirectResponse(f"/r/{quote(placed.guest_link_token)}", status_code=303, headers=PRIVATE)


async def _refused(request: Request, guest: Guest, token: str, form: Form, error: RemoteError) -> Response:
    """Says why nothing was made; the devis is shown as it stands now."""
    found = await _proposal(guest, token)
    status = error.kind.http_status if error.kind.http_status != 500 else 503
    if found.state in _STANDING:
        return _show(request, guest, token, found, form, status=status)
    notice = problems.sentence(error)
    if error.reason == "NIGHTS_TAKEN":
        notice = _("Ces dates viennent d'être prises. Rien n'a été réservé, vous ne devez rien.")
    return _show(request, guest, token, found, form, status=status, notice=notice)


@router.post("/nouveau")
async def ask_again(request: Request, guest: Visiting, token: str) -> Response:
    """Tells the owner that a new devis is wished; repeats tell him nothing more."""
    check_origin(request, private=True)
    limit(request)
    query = proposals_pb.ProposalLinkRequest(token=token[:100])
    try:
        await guest.gateway.services.proposals.AskProposalAgain(query)
    except ServiceError as error:
        if error.kind.http_status == 404:
            raise HTTPException(404, headers=PRIVATE) from error
        found = await _proposal(guest, token)
        return _show(
            request, guest, token, found, Form(), status=error.kind.http_status,
            notice=problems.sentence(error),
        )  # fmt: skip
    return RedirectResponse(f"/d/{quote(token)}", status_code=303, headers=PRIVATE)


@router.get("/devis.pdf")
async def document(guest: Visiting, token: str) -> Response:
    """Returns the devis as a PDF."""
    found = await _proposal(guest, token)
    actor = Actor.make("guest", {f"proposal:{found.id}"}, now=guest.gateway.clock(), lifetime=LIFETIME)
    documents = guest.gateway.services.documents
    with acting_as(actor):
        made = await documents.RenderProposal(
            documents_pb.ProposalRequest(proposal_id=found.id), timeout=DOCUMENT_SECONDS
        )
        query = documents_pb.GetDocumentFileRequest(id=made.document.id)
        return paper(await documents.GetDocumentFile(query, timeout=DOCUMENT_SECONDS), PRIVATE)
