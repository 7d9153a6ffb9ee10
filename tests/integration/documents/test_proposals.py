"""Devis: a PDF with its reference and its end, a mail ready and editable, one button with the secret link."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from chassis.clock import system_clock
from chassis.errors import RemoteError
from chassis.events import Event
from documents.entrypoints.consume_bookings import BookingConsumer
from pypdf import PdfReader
from sejour.booking.v1 import booking_events_pb2 as events
from sejour.booking.v1 import proposal_service_pb2 as proposals_pb
from sejour.documents.v1 import documents_service_pb2 as pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from tests.integration.documents.conftest import acting
from tests.unit.documents import builders

PROPOSAL_ID = "01990000-0000-7000-8000-0000000000d1"


def a_proposal(**changes):
    line = builders.a_line()
    quote = pricing.Quote(
        id=str(uuid4()), owner_id=builders.OWNER_ID, lines=[line.price], total=builders.euros(61200),
        tourist_tax=builders.euros(1540),
    )  # fmt: skip
    proposal = proposals_pb.Proposal(
        id=PROPOSAL_ID, owner_id=builders.OWNER_ID, reference="K7Q2M9XA4B", client=builders.a_client(),
        quote=quote, terms=builders.terms(), deposit_kind=1, deposit_basis_points=2500,
        deposit=builders.euros(15300), note="Nous serons ravis de vous revoir.",
        listings=[
            proposals_pb.ProposalListing(
                listing_id=line.listing_id, code=line.listing_code, name=line.listing_name
            )
        ],
    )  # fmt: skip
    proposal.expires_at.FromDatetime(datetime(2026, 3, 8, 22, 59, tzinfo=UTC))
    for name, value in changes.items():
        setattr(proposal, name, value)
    return proposal


@pytest.fixture
def devis(service):
    service.sources.proposals[PROPOSAL_ID] = a_proposal()
    return service


def asked(**fields):
    return pb.ProposalRequest(proposal_id=PROPOSAL_ID, **fields)


def text_of(content):
    from io import BytesIO  # noqa: PLC0415

    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def file_of(service, document):
    return await service.call.GetDocumentFile(pb.GetDocumentFileRequest(id=document.id))


async def test_the_paper_says_price_end_conditions_and_that_no_dates_are_held(devis, as_owner):
    document = (await devis.call.RenderProposal(asked())).document
    assert (document.proposal_id, document.booking_id) == (PROPOSAL_ID, "")
    assert document.file_name == "devis-27144-K7Q2M9XA4B-v1.pdf"
    text = text_of((await file_of(devis, document)).content)
    for words in (
        "Devis", "K7Q2M9XA4B", "612,00", "153,00", "8 mars 2026", "ne retient pas encore les dates",
        "Nous serons ravis de vous revoir.", "arrhes",
    ):  # fmt: skip
        assert words in text, words
    assert "acompte" not in text
    assert (await devis.call.RenderProposal(asked())).document.id == document.id


async def test_the_paper_of_a_liable_business_says_the_vat_inside_its_price(devis, as_owner):
    private = (await devis.call.RenderProposal(asked())).document
    assert "TVA" not in text_of((await file_of(devis, private)).content)
    devis.sources.owners[builders.OWNER_ID] = builders.an_owner(
        kind="OWNER_KIND_PROFESSIONAL", vat_bp=1000, vat_number="FR44732829320"
    )
    business = (await devis.call.RenderProposal(asked())).document
    text = text_of((await file_of(devis, business)).content)
    assert "Prix TTC, dont TVA 10 %" in text
    assert "N° TVA FR44732829320" in text


async def test_the_mail_brings_the_paper_and_one_button_with_the_secret_link(devis, as_owner):
    draft = await devis.call.DraftProposalMail(asked())
    assert draft.subject.startswith("Votre devis")
    assert "/d/" not in draft.text
    request = pb.SendProposalRequest(
        request_id=str(uuid4()), proposal_id=PROPOSAL_ID, recipient="georges@dupond.example",
        subject="Votre séjour", text=draft.text + "\n\nPS : le pain est offert.",
    )  # fmt: skip
    mail = (await devis.call.SendProposal(request)).mail
    again = (await devis.call.SendProposal(request)).mail
    await devis.parts.sending.run_due()
    sent = list((await devis.call.ListProposalMails(asked())).mails)
    assert mail.id == again.id
    assert [(one.kind, one.state, one.proposal_id) for one in sent] == [
        ("M17", pb.MAIL_STATE_SENT, PROPOSAL_ID)
    ]
    [path] = devis.mail.glob("*.eml")
    content = path.read_text()
    assert "http://book.localhost:8080/d/secret-1" in content
    assert "devis-27144-K7Q2M9XA4B-v1.pdf" in content
    assert devis.sources.links == [PROPOSAL_ID]


async def test_who_holds_the_link_reads_the_paper_and_no_mail(devis):
    with acting(f"proposal:{PROPOSAL_ID}"):
        document = (await devis.call.RenderProposal(asked())).document
        assert (await file_of(devis, document)).content.startswith(b"%PDF")
        for call in (devis.call.ListProposalMails, devis.call.DraftProposalMail):
            with pytest.raises(RemoteError) as refused:
                await call(asked())
            assert refused.value.reason == "NOT_ALLOWED"
    for grants in ((f"owner:{uuid4()}",), ("public",), (f"booking:{PROPOSAL_ID}",)):
        with acting(*grants):
            with pytest.raises(RemoteError) as hidden:
                await devis.call.RenderProposal(asked())
            with pytest.raises(RemoteError) as no_file:
                await file_of(devis, document)
        assert hidden.value.reason == "PROPOSAL_NOT_FOUND"
        assert no_file.value.reason == "DOCUMENT_NOT_FOUND"


async def test_an_address_that_is_none_is_refused(devis, as_owner):
    request = pb.SendProposalRequest(
        request_id=str(uuid4()), proposal_id=PROPOSAL_ID, recipient="nobody", subject="x", text="x"
    )
    with pytest.raises(RemoteError) as refused:
        await devis.call.SendProposal(request)
    assert refused.value.reason == "NO_RECIPIENT"


def news(message, key, revision=1):
    return Event(
        topic="booking.bookings", key=key, event_id=uuid4(), event_type=message.DESCRIPTOR.full_name,
        occurred_at=system_clock() - timedelta(seconds=5), revision=revision, payload=message.SerializeToString(),
    )  # fmt: skip


async def mails_of(service):
    consumer = BookingConsumer(service.parts.planning, lambda: None)

    async def take(event):
        await consumer(event)
        await service.parts.sending.run_due()
        return sorted(path.read_text() for path in service.mail.glob("*.eml"))

    return take


async def test_the_owner_is_told_once_that_a_new_devis_is_asked_for(devis):
    take = await mails_of(devis)
    message = events.ProposalChanged(
        proposal_id=PROPOSAL_ID, owner_id=builders.OWNER_ID, change=events.PROPOSAL_CHANGE_ASKED_AGAIN
    )
    event = news(message, PROPOSAL_ID)
    await take(event)
    [mail] = await take(event)
    assert f"/devis/{PROPOSAL_ID}" in mail
    assert "jeanne" in mail.split("To:")[1].split("\n")[0].lower()


async def test_both_paypal_addresses_are_told_that_another_one_waits(devis):
    terms = builders.terms(paypal_email="ancienne@paypal.example", next_paypal_email="autre@paypal.example")
    terms.paypal_from.FromDatetime(datetime(2026, 3, 3, 9, tzinfo=UTC))
    devis.sources.terms_ = terms
    take = await mails_of(devis)
    message = events.PayPalAddressChanged(owner_id=builders.OWNER_ID, terms_revision=3)
    mails = await take(news(message, builders.OWNER_ID, 3))
    recipients = {mail.split("\nTo: ")[1].split("\n")[0].strip() for mail in mails}
    assert {"ancienne@paypal.example", "autre@paypal.example"} <= recipients
    assert all("3 mars 2026" in "".join(mail.split("=\n")) or "3=C2=A0mars" in mail for mail in mails)
