"""« Mes devis »: a quote with a client, its PDF and its mail; what became of it."""

from typing import Any

from chassis.errors import RemoteError, ServiceError
from fastapi import APIRouter
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.booking.v1 import proposal_service_pb2 as proposals_pb
from sejour.common.v1 import common_pb2 as common
from sejour.documents.v1 import documents_service_pb2 as documents_pb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.clients import DOCUMENT_SECONDS
from gateway.forms import Form
from gateway.i18n import N_
from gateway.i18n import gettext as _
from gateway.owner.blocks import impossible
from gateway.owner.common import fail_from, form_key, page
from gateway.owner.papers import pdf
from gateway.owner.quote_words import shown_price
from gateway.settings import site_url
from gateway.visitor import Owner, Visitor, gateway_of, redirect

router = APIRouter()
PAGE = 50
STATES = {
    proposals_pb.PROPOSAL_STATE_READY: (N_("Pas encore envoyé"), "warn", "edit"),
    proposals_pb.PROPOSAL_STATE_SENT: (N_("Envoyé"), "info", "send"),
    proposals_pb.PROPOSAL_STATE_OPENED: (N_("Ouvert par le client"), "info", "eye"),
    proposals_pb.PROPOSAL_STATE_ACCEPTED: (N_("Accepté"), "ok", "check"),
    proposals_pb.PROPOSAL_STATE_EXPIRED: (N_("Expiré"), "muted", "clock"),
    proposals_pb.PROPOSAL_STATE_WITHDRAWN: (N_("Retiré"), "muted", "x"),
}
MAIL_STATES = {
    documents_pb.MAIL_STATE_WAITING: N_("en route"),
    documents_pb.MAIL_STATE_SENT: N_("envoyé"),
    documents_pb.MAIL_STATE_REFUSED: N_("refusé"),
    documents_pb.MAIL_STATE_IN_DOUBT: N_("incertain"),
}
OPEN = {
    proposals_pb.PROPOSAL_STATE_READY, proposals_pb.PROPOSAL_STATE_SENT, proposals_pb.PROPOSAL_STATE_OPENED,
}  # fmt: skip
DELIVERIES_KEPT = 10


async def own_proposal(request: Request, visitor: Visitor, proposal_id: str) -> proposals_pb.Proposal:
    """Returns one of the owner's devis.

    Raises:
        HTTPException: 404, also for another owner's.

    """
    proposals = gateway_of(request).services.proposals
    answer = await proposals.GetProposal(proposals_pb.GetProposalRequest(id=proposal_id))
    found: proposals_pb.Proposal = answer.proposal
    if found.owner_id != visitor.owner_id:
        raise HTTPException(404)
    return found


def _state(proposal: proposals_pb.Proposal) -> tuple[str, str, str]:
    return STATES.get(proposal.state, STATES[proposals_pb.PROPOSAL_STATE_READY])


async def _mails(request: Request, proposal_id: str) -> list[documents_pb.Mail]:
    documents = gateway_of(request).services.documents
    try:
        query = documents_pb.ProposalRequest(proposal_id=proposal_id)
        return list((await documents.ListProposalMails(query)).mails)[:DELIVERIES_KEPT]
    except ServiceError:
        return []  # The devis itself is what the owner came for.


async def _draft(request: Request, proposal_id: str) -> Form:
    documents = gateway_of(request).services.documents
    try:
        draft = await documents.DraftProposalMail(documents_pb.ProposalRequest(proposal_id=proposal_id))
    except ServiceError as error:
        form = Form()
        fail_from(form, error)
        return form
    return Form({"destinataire": draft.recipient, "objet": draft.subject, "texte": draft.text})


async def _show(
    request: Request, proposal: proposals_pb.Proposal, form: Form | None = None, **more: Any
) -> Response:
    status = more.pop("status", 200)
    is_open = proposal.state in OPEN
    if form is None:
        form = await _draft(request, proposal.id) if is_open else Form()
    codes = {each.listing_id: each for each in proposal.listings}
    context = {
        "proposal": proposal,
        "state": _state(proposal),
        "is_open": is_open,
        "is_accepted": proposal.state == proposals_pb.PROPOSAL_STATE_ACCEPTED,
        "is_expired": proposal.state == proposals_pb.PROPOSAL_STATE_EXPIRED,
        "price": shown_price(proposal.quote),
        "stays": [(codes[line.listing_id], line) for line in proposal.quote.lines],
        "acompte": proposal.deposit_kind == booking.DEPOSIT_KIND_ACOMPTE,
        "mails": [
            (each, _(MAIL_STATES.get(each.state, "en route"))) for each in await _mails(request, proposal.id)
        ],
        "form": form,
        "link": "",
    }
    return page(request, "proposal.html", status=status, page="bookings", **(context | more))


@router.get("/devis")
async def show_list(request: Request, visitor: Owner) -> Response:
    """Shows the devis, newest first."""
    query = proposals_pb.ListProposalsRequest(
        owner_id=visitor.owner_id,
        page=common.PageRequest(limit=PAGE, cursor=request.query_params.get("suite", "")),
    )
    answer = await gateway_of(request).services.proposals.ListProposals(query)
    rows = [(each, _state(each)) for each in answer.proposals]
    return page(request, "proposals.html", page="bookings", rows=rows, next=answer.next_cursor)


@router.get("/devis/{proposal_id}.pdf")
async def show_paper(request: Request, visitor: Owner, proposal_id: str) -> Response:
    """Shows the PDF, made or found."""
    proposal = await own_proposal(request, visitor, proposal_id)
    documents = gateway_of(request).services.documents
    made = await documents.RenderProposal(
        documents_pb.ProposalRequest(proposal_id=proposal.id), timeout=DOCUMENT_SECONDS
    )
    query = documents_pb.GetDocumentFileRequest(id=made.document.id)
    return pdf(await documents.GetDocumentFile(query, timeout=DOCUMENT_SECONDS), name="devis.pdf")


@router.get("/devis/{proposal_id}")
async def show_proposal(request: Request, visitor: Owner, proposal_id: str) -> Response:
    """Shows a devis with its mail ready and editable."""
    return await _show(request, await own_proposal(request, visitor, proposal_id))


@router.post("/devis/{proposal_id}/envoyer")
async def send_proposal(request: Request, visitor: Owner, proposal_id: str) -> Response:
    """Sends the mail with PDF and secret link; a second click sends nothing more."""
    form, proposal = await Form.read(request), await own_proposal(request, visitor, proposal_id)
    recipient = form.text("destinataire", required=True, most=200)
    if recipient and ("@" not in recipient or any(char.isspace() for char in recipient)):
        form.fail("destinataire", _("Cette adresse e-mail n'est pas complète."))
    query = documents_pb.SendProposalRequest(
        request_id=form_key(form),
        proposal_id=proposal.id,
        recipient=recipient,
        subject=" ".join(form.text("objet", required=True, most=200).split()),
        text=form.text("texte", required=True, most=10_000).replace("\r\n", "\n"),
    )
    if proposal.state not in OPEN:
        form.fail("", _("Ce devis n'est plus ouvert : faites-en un nouveau."))
    if form.ok:
        try:
            await gateway_of(request).services.documents.SendProposal(query, timeout=DOCUMENT_SECONDS)
        except RemoteError as error:
            fail_from(form, error, "destinataire" if error.reason == "NO_RECIPIENT" else "")
    if not form.ok:
        return await _show(request, proposal, form, status=422)
    done = _("Le devis part à %(recipient)s.") % {"recipient": recipient}
    return await redirect(request, f"/devis/{proposal.id}", done)


@router.post("/devis/{proposal_id}/lien")
async def issue_link(request: Request, visitor: Owner, proposal_id: str) -> Response:
    """Shows a new secret link once, to be sent by another way than mail."""
    await Form.read(request)
    proposal = await own_proposal(request, visitor, proposal_id)
    gateway = gateway_of(request)
    query = proposals_pb.IssueProposalLinkRequest(proposal_id=proposal.id)
    token = (await gateway.services.proposals.IssueProposalLink(query)).token
    link = site_url(gateway.shared, "book", f"/d/{token}")
    return await _show(request, await own_proposal(request, visitor, proposal_id), link=link)


@router.post("/devis/{proposal_id}/accepter")
async def accept_proposal(request: Request, visitor: Owner, proposal_id: str) -> Response:
    """The client said yes by telephone: makes his file from exactly this devis."""
    await Form.read(request)
    proposal = await own_proposal(request, visitor, proposal_id)
    query = proposals_pb.AcceptProposalRequest(proposal_id=proposal.id)
    try:
        answer = await gateway_of(request).services.proposals.AcceptProposal(query)
    except RemoteError as error:
        form = await _draft(request, proposal.id)
        fail_from(form, error)
        if error.reason == "NIGHTS_TAKEN":
            form.errors[""] = await impossible(request, error)
        return await _show(request, proposal, form, status=error.kind.http_status)
    number = answer.placed.booking.number
    done = _("Dossier n° %(number)s enregistré.") % {"number": number}
    return await redirect(request, f"/reservations/{number}", done)


@router.post("/devis/{proposal_id}/retirer")
async def withdraw_proposal(request: Request, visitor: Owner, proposal_id: str) -> Response:
    """Takes the devis back; its link then says so."""
    await Form.read(request)
    proposal = await own_proposal(request, visitor, proposal_id)
    query = proposals_pb.WithdrawProposalRequest(proposal_id=proposal.id)
    try:
        await gateway_of(request).services.proposals.WithdrawProposal(query)
    except RemoteError as error:
        form = Form()
        fail_from(form, error)
        return await _show(request, proposal, form, status=error.kind.http_status)
    return await redirect(request, f"/devis/{proposal.id}", _("Devis retiré. Son lien le dit au client."))
