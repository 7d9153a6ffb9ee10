"""Documents of files: what is printed, versions that never change, rights."""

import io
import re

import pytest
from chassis.errors import RemoteError
from pypdf import PdfReader
from sejour.documents.v1 import documents_service_pb2 as pb

from tests.unit.documents import builders

from .conftest import acting

CONTRACT = pb.DOCUMENT_KIND_CONTRACT
STATEMENT = pb.DOCUMENT_KIND_PROPERTY_STATEMENT


def read(content):
    pages = PdfReader(io.BytesIO(content)).pages
    text = "\n".join(page.extract_text() for page in pages)
    return re.sub(r"[ \u00a0\u202f]+", " ", text).replace("\n", " "), len(pages)


async def contract_of(service, booking_id=builders.BOOKING_ID):
    request = pb.RenderDocumentRequest(booking_id=booking_id, kind=CONTRACT)
    return (await service.call.RenderDocument(request)).document


async def statement_of(service, listing_id=builders.LISTING_ID):
    request = pb.RenderDocumentRequest(booking_id=builders.BOOKING_ID, kind=STATEMENT, listing_id=listing_id)
    return (await service.call.RenderDocument(request)).document


async def content_of(service, document):
    return (await service.call.GetDocumentFile(pb.GetDocumentFileRequest(id=document.id))).content


async def test_a_contract_has_amounts_dates_and_notes_of_the_client_but_never_the_internal_ones(
    service, as_owner
):
    document = await contract_of(service)
    text, pages = read(await content_of(service, document))
    assert pages == 2
    for wanted in (
        "Contrat de location saisonnière", "12,00 €", "3,00 €", "9,00 €", "25,00 %", "Jeanne FAURE",
        "Georges DUPOND", "73300 ST JEAN DE MAURIENNE", "07MS01731", "07028000123A7", "3 étoiles",
        "Du vendredi 31 décembre 2010 au mercredi 5 janvier 2011 (5 nuits)", "2 adultes",
        "Le chauffage sera allumé avant votre arrivée.", "Lu et approuvé", "300,00 €",
        "droit de rétractation", "Pension complète", "exemplaire du locataire",
    ):  # fmt: skip
        assert wanted in text
    assert "cassé" not in text
    assert "ami de la famille" not in text
    assert document.file_name == "contrat-27144-3-v1.pdf"
    assert document.version == 1
    assert dict(document.revisions) == {"booking": 2, "listing": 7, "terms": 1}


@pytest.mark.parametrize(
    ("kind", "word", "other"),
    [("DEPOSIT_KIND_ARRHES", "arrhes", "acompte"), ("DEPOSIT_KIND_ACOMPTE", "acompte", "arrhes")],
)
async def test_a_contract_and_its_statement_use_only_the_word_of_the_file(
    service, as_owner, kind, word, other
):
    service.sources.put(builders.a_booking(kind=kind))
    for document in (await contract_of(service), await statement_of(service)):
        text, _ = read(await content_of(service, document))
        assert word in text.lower()
        assert other not in text.lower()


async def test_what_prints_the_same_is_the_stored_document_and_what_changed_is_a_new_version(
    service, as_owner
):
    first = await contract_of(service)
    before = await content_of(service, first)
    booking = builders.a_booking(internal_note="autre chose", revision=3)
    service.sources.put(booking)
    assert await contract_of(service) == first

    booking.client_note = "Arrivée possible dès 15 heures."
    service.sources.put(booking)
    second = await contract_of(service)
    assert (second.version, second.id != first.id) == (2, True)
    assert "dès 15 heures" in read(await content_of(service, second))[0]
    assert await content_of(service, first) == before
    listed = await service.call.ListDocuments(pb.ListDocumentsRequest(booking_id=builders.BOOKING_ID))
    assert [one.version for one in listed.documents] == [2, 1]


async def test_a_contract_needs_the_persons_and_the_statement_does_not(service, as_owner):
    service.sources.put(builders.a_booking(lines=[builders.a_line(adults=0)]))
    with pytest.raises(RemoteError) as refused:
        await contract_of(service)
    assert refused.value.reason == "PARTY_NOT_STATED"
    assert (await statement_of(service)).version == 1


async def test_a_statement_prints_every_declared_line_under_its_headings_in_order(service, as_owner):
    text, pages = read(await content_of(service, await statement_of(service)))
    headings = [
        "1. Renseignements généraux", "2. Principales caractéristiques", "3. Situation dans la localité",
        "4. Description du logement", "5. Prix et modalités de location",
    ]  # fmt: skip
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    for field in service.sources.fields_:
        assert field.heading == 0 or field.key == "rooms" or field.label["fr"] in text
    assert "Prix publiés" not in text
    for wanted in ("0,5 km", "85 m²", "route, exploitation agricole", "740,00 €", "340,00 €", "Chambre 1",
                   "14,5 m²", "Semaine", "Ménage de fin de séjour", "70,00 € par semaine", "Télécopie néant",
                   "Jardin non", "Wifi oui", "du 11/07/2026 au 08/08/2026"):  # fmt: skip
        assert wanted in text
    assert 2 <= pages <= 4


async def test_a_statement_prints_the_frozen_revision_of_the_line(service, as_owner):
    service.sources.frozen[builders.LISTING_ID, 7] = builders.a_listing(values={"view": "Vue d’avant"})
    service.sources.listings[builders.LISTING_ID] = builders.a_listing(
        values={"view": "Vue d’après"}, revision=8
    )
    document = await statement_of(service)
    assert "Vue d’avant" in read(await content_of(service, document))[0]
    assert document.revisions["listing"] == 7


async def test_a_file_of_two_lines_has_one_contract_and_two_statements(service, as_owner):
    lines = [builders.a_line(), builders.a_line(builders.ROOM_ID, "26CH1481", "Chambre Lavande", total=19000)]
    service.sources.put(builders.a_booking(lines=lines, total=20200, deposit=5050))
    text, _ = read(await content_of(service, await contract_of(service)))
    for wanted in ("Le Mas des Cigales", "Chambre Lavande", "202,00 €", "50,50 €", "190,00 €"):
        assert wanted in text
    found = [await statement_of(service, one) for one in (builders.LISTING_ID, builders.ROOM_ID)]
    assert [one.file_name for one in found] == [
        "etat-descriptif-07MS01731-3-v1.pdf",
        "etat-descriptif-26CH1481-3-v1.pdf",
    ]


async def test_guest_rooms_alone_get_a_confirmation_and_no_lease(service, as_owner):
    line = builders.a_line(builders.ROOM_ID, "26CH1481", "Chambre Lavande", total=34000)
    service.sources.put(builders.a_booking(lines=[line], total=34000, deposit=8500))
    document = await contract_of(service)
    text, _ = read(await content_of(service, document))
    assert document.file_name == "confirmation-27144-3-v1.pdf"
    assert "Confirmation de séjour" in text
    assert "petit déjeuner" in text
    for never in ("Contrat de location", "enregistrement", "bailleur", "locatifs"):
        assert never not in text


async def test_a_client_who_reads_english_gets_english(service, as_owner):
    booking = builders.a_booking()
    booking.client.language = "en"
    service.sources.put(booking)
    document = await contract_of(service)
    text, _ = read(await content_of(service, document))
    assert document.language == "en"
    for wanted in ("the French text prevails", "€12.00", "arrhes", "Friday 31 December 2010"):
        assert wanted in text


async def test_rivals_for_a_new_version_end_with_one_document(service, as_owner):
    import asyncio  # noqa: PLC0415

    found = await asyncio.gather(*(contract_of(service) for _ in range(4)))
    assert {(one.id, one.version) for one in found} == {(found[0].id, 1)}


async def test_changed_bytes_are_told_and_not_served(service, as_owner):
    document = await contract_of(service)
    [path] = service.files.rglob(f"{document.id}.pdf")
    path.write_bytes(b"%PDF-forged")
    with pytest.raises(RemoteError) as refused:
        await content_of(service, document)
    assert refused.value.reason == "INTERNAL"


async def test_the_public_statement_is_stored_once_and_renewed_with_prices(service):
    request = pb.GetPropertyStatementRequest(listing_id=builders.LISTING_ID, language="fr")
    with acting("public"):
        first = await service.call.GetPropertyStatement(request)
        assert (await service.call.GetPropertyStatement(request)).document == first.document
        assert "740,00 €" in read(first.content)[0]
        service.sources.sheet.tariffs[0].rows[3].packages[7] = 75000
        second = await service.call.GetPropertyStatement(request)
    assert (first.document.version, second.document.version) == (1, 2)
    assert "750,00 €" in read(second.content)[0]


async def test_a_draft_is_shown_to_its_owner_only_and_never_stored(service):
    service.sources.listings[builders.LISTING_ID] = builders.a_listing(state="LISTING_STATE_DRAFT")
    request = pb.GetPropertyStatementRequest(listing_id=builders.LISTING_ID)
    with acting(f"owner:{builders.OWNER_ID}"):
        found = await service.call.GetPropertyStatement(request)
    assert (found.document.id, found.content[:5]) == ("", b"%PDF-")
    with acting("public"), pytest.raises(RemoteError) as refused:
        await service.call.GetPropertyStatement(request)
    assert refused.value.reason == "LISTING_NOT_FOUND"


async def test_who_holds_the_secret_link_reads_documents_and_not_mails(service):
    with acting("public", f"booking:{builders.BOOKING_ID}"):
        document = await contract_of(service)
        assert (await content_of(service, document))[:5] == b"%PDF-"
        with pytest.raises(RemoteError) as refused:
            await service.call.ListMails(pb.ListMailsRequest(booking_id=builders.BOOKING_ID))
    assert refused.value.reason == "NOT_ALLOWED"


OWNER_CALLS = {
    "RenderDocument": lambda _: pb.RenderDocumentRequest(booking_id=builders.BOOKING_ID, kind=CONTRACT),
    "ListDocuments": lambda _: pb.ListDocumentsRequest(booking_id=builders.BOOKING_ID),
    "GetDocumentFile": lambda document: pb.GetDocumentFileRequest(id=document.id),
    "DraftMail": lambda document: pb.DraftMailRequest(
        booking_id=builders.BOOKING_ID, document_ids=[document.id]
    ),
    "SendDocuments": lambda document: pb.SendDocumentsRequest(
        request_id="01890a5d-ac96-774b-bcce-b302099a9999",
        booking_id=builders.BOOKING_ID,
        document_ids=[document.id],
        subject="Bonjour",
        text="Bonjour",
    ),
    "ListMails": lambda _: pb.ListMailsRequest(booking_id=builders.BOOKING_ID),
}


@pytest.mark.parametrize("grant", [f"owner:{builders.STRANGER_ID}", "public", f"label:{builders.LABEL_ID}"])
@pytest.mark.parametrize("call", list(OWNER_CALLS))
async def test_a_stranger_finds_nothing(service, call, grant):
    with acting(f"owner:{builders.OWNER_ID}"):
        document = await contract_of(service)
    with acting(grant), pytest.raises(RemoteError) as refused:
        await getattr(service.call, call)(OWNER_CALLS[call](document))
    expected = "DOCUMENT_NOT_FOUND" if call == "GetDocumentFile" else "BOOKING_NOT_FOUND"
    assert (refused.value.kind, refused.value.reason) == ("NOT_FOUND", expected)


@pytest.mark.parametrize("name", ["nothing", "", "01890a5d-ac96-774b-bcce-b302099a0000"])
async def test_what_never_existed_reads_the_same_as_what_is_anothers(service, as_owner, name):
    with pytest.raises(RemoteError) as refused:
        await service.call.ListDocuments(pb.ListDocumentsRequest(booking_id=name))
    assert refused.value.reason == "BOOKING_NOT_FOUND"
    with pytest.raises(RemoteError) as refused:
        await service.call.GetDocumentFile(pb.GetDocumentFileRequest(id=name))
    assert refused.value.reason == "DOCUMENT_NOT_FOUND"


async def test_a_service_that_is_away_is_told_as_away(service, as_owner):
    service.sources.away = True
    with pytest.raises(RemoteError) as refused:
        await contract_of(service)
    assert refused.value.kind == "UNAVAILABLE"
