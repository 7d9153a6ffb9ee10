"""Mail: what follows from the news of a file, and how it leaves, through a real SMTP server."""

import asyncio
import email
import email.policy
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.smtp import SMTP
from chassis.errors import RemoteError
from chassis.ids import new_id
from documents.adapters.mailbox import PostgresMailbox
from documents.adapters.mailer import SmtpMailer
from documents.adapters.tables import MAILS
from documents.domain.mail_plan import BookingNews
from documents.settings import DocumentsSettings
from sejour.documents.v1 import documents_service_pb2 as pb
from sqlalchemy import select, text, update

from tests.unit.documents import builders

from .conftest import acting, running

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
END = datetime(2026, 3, 8, 22, 59, tzinfo=UTC)
"""23:59 in Paris on 8 March 2026."""


def news(change="PLACED", *, revision=2, state="OPTION", origin="HOSTED_PAGE", mail_confirmed=True,
         end=END, at=NOW, event_id=None):  # fmt: skip
    return BookingNews(
        booking_id=builders.BOOKING_ID,
        owner_id=builders.OWNER_ID,
        revision=revision,
        change=change,
        state=state,
        origin=origin,
        mail_confirmed=mail_confirmed,
        hold_expires_at=end,
        occurred_at=at,
        event_id=event_id,
    )


def a_july_option(*, state="BOOKING_STATE_OPTION", end=END, **changes):
    line = builders.a_line(arrival="2026-07-11", departure="2026-07-18", total=74000, plan="Location seule")
    booking = builders.a_booking(lines=[line], total=74000, deposit=18500, state=state, **changes)
    booking.hold_expires_at.FromDatetime(end)
    return booking


def mails_in(folder):
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


def plain(message):
    return message.get_body(("plain",)).get_content().replace("\u00a0", " ").replace("\u202f", " ")


async def rows(service):
    async with service.database.transaction() as session:
        return (await session.execute(select(MAILS).order_by(MAILS.c.created_at, MAILS.c.id))).all()


async def ended(service):
    query = text("SELECT event_type, key FROM outbox ORDER BY id")
    async with service.database.transaction() as session:
        return [tuple(row) for row in (await session.execute(query)).all()]


@pytest.fixture
def at_march(service):
    service.clock.set(NOW)
    service.sources.put(a_july_option())
    return service


async def test_a_public_option_first_asks_to_be_confirmed_and_tells_the_owner_nothing(at_march):
    service = at_march
    service.sources.put(a_july_option(mail_confirmed=False, end=NOW + timedelta(minutes=30)))
    await service.parts.planning(news(mail_confirmed=False))
    await service.parts.sending.run_due()
    [mail] = mails_in(service.mail)
    assert mail["To"] == "georges.dupond@example.org"
    assert "Confirmez votre option" in mail["Subject"]
    assert "http://book.localhost:8080/r/secret-1" in plain(mail)
    assert "dimanche 1er mars 2026 à 10 h 30" in plain(mail)


async def test_a_confirmed_option_tells_guest_and_owner_and_reminds_on_the_second_day_before_its_end(
    at_march,
):
    service = at_march
    await service.parts.planning(news("MAIL_CONFIRMED", revision=3))
    await service.parts.planning(news("MAIL_CONFIRMED", revision=3))
    await service.parts.sending.run_due()
    guest, owner = sorted(mails_in(service.mail), key=lambda one: one["To"])
    assert (guest["To"], owner["To"]) == ("georges.dupond@example.org", "jeanne.faure@example.org")
    assert "jusqu’au dimanche 8 mars 2026 à 23 h 59" in plain(guest)
    assert "Arrhes : 185,00 € (25,00 % du prix total)" in plain(guest)
    assert "acompte" not in plain(guest).lower()
    assert "Nouvelle option n° 3 : DUPOND" in owner["Subject"].replace("\u00a0", " ")
    assert "http://app.localhost:8080/reservations/3" in plain(owner)
    assert "cassé" not in plain(owner)

    service.clock.set(datetime(2026, 3, 6, 8, 59, tzinfo=UTC))
    assert await service.parts.sending.run_due() == 0
    service.clock.set(datetime(2026, 3, 6, 9, 0, 1, tzinfo=UTC))
    await service.parts.sending.run_due()
    reminder = mails_in(service.mail)[-1]
    assert "prend fin dans deux jours" in reminder["Subject"]
    assert reminder["Date"].datetime.date().isoformat() == "2026-03-06"
    assert [row.kind for row in await rows(service) if row.state == "SENT"].count("M05") == 1


@pytest.mark.parametrize("what", ["confirmed", "extended"])
async def test_a_reminder_of_an_option_that_is_none_any_more_or_was_moved_is_dropped(at_march, what):
    service = at_march
    await service.parts.planning(news("EXTENDED", revision=3))
    moved = END + timedelta(days=3)
    service.sources.put(
        a_july_option(state="BOOKING_STATE_CONFIRMED") if what == "confirmed" else a_july_option(end=moved)
    )
    if what == "extended":
        await service.parts.planning(news("EXTENDED", revision=4, end=moved))
    service.clock.set(datetime(2026, 3, 6, 9, 1, tzinfo=UTC))
    await service.parts.sending.run_due()
    assert mails_in(service.mail) == []
    assert [row.state for row in await rows(service) if row.revision == 3] == ["DROPPED"]
    service.clock.set(datetime(2026, 3, 9, 9, 1, tzinfo=UTC))
    await service.parts.sending.run_due()
    assert len(mails_in(service.mail)) == (what == "extended")


@pytest.mark.parametrize("change", ["EXTENDED", "PLACED"])
async def test_old_news_that_comes_again_reminds_nobody_of_an_end_that_was_moved(at_march, change):
    service, moved = at_march, END + timedelta(days=30)
    await service.parts.planning(news(change, revision=4, end=END, origin="OWNER"))
    service.sources.put(a_july_option(end=moved))
    await service.parts.planning(news("EXTENDED", revision=6, end=moved, event_id=new_id()))
    # It was put aside as nobody could take it, and is given again.
    await service.parts.planning(news(change, revision=4, end=END, origin="OWNER", event_id=new_id()))
    service.clock.set(datetime(2026, 3, 6, 9, 1, tzinfo=UTC))
    await service.parts.sending.run_due()
    service.clock.set(datetime(2026, 4, 6, 9, 1, tzinfo=UTC))
    await service.parts.sending.run_due()
    reminders = [one for one in mails_in(service.mail) if "prend fin dans deux jours" in one["Subject"]]
    assert [one["Date"].datetime.date().isoformat() for one in reminders] == ["2026-04-06"]


async def test_old_news_that_comes_late_plans_no_reminder_of_an_end_that_was_moved(at_march):
    service, moved = at_march, END + timedelta(days=30)
    service.sources.put(a_july_option(end=moved))
    await service.parts.planning(news("EXTENDED", revision=6, end=moved, event_id=new_id()))
    await service.parts.planning(news("EXTENDED", revision=4, end=END, event_id=new_id()))
    assert [(row.kind, row.revision, row.planned_end) for row in await rows(service)] == [("M05", 6, moved)]


async def test_the_journal_shows_no_reminder_of_an_option_that_is_over(at_march):
    service = at_march
    await service.parts.planning(news("EXTENDED", revision=3))
    with acting(f"owner:{builders.OWNER_ID}", now=NOW):
        request = pb.ListMailsRequest(booking_id=builders.BOOKING_ID)
        assert [one.kind for one in (await service.call.ListMails(request)).mails] == ["M05"]
        await service.parts.planning(news("CANCELLED", revision=4, state="CANCELLED_BY_CLIENT"))
        assert list((await service.call.ListMails(request)).mails) == []


async def test_a_confirmation_carries_contract_and_statement_and_marks_them_sent(at_march):
    service = at_march
    service.sources.put(a_july_option(state="BOOKING_STATE_CONFIRMED"))
    await service.parts.planning(news("CONFIRMED", revision=5, state="CONFIRMED", origin="OWNER"))
    await service.parts.sending.run_due()
    [mail] = mails_in(service.mail)
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == ["contrat-27144-3-v1.pdf", "etat-descriptif-07MS01731-3-v1.pdf"]
    assert all(part.get_content()[:5] == b"%PDF-" for part in mail.iter_attachments())
    assert mail["From"].addresses[0].display_name == "Jeanne FAURE"
    assert mail["From"].addresses[0].addr_spec == "reservation@localhost"
    assert mail["Reply-To"] == "jeanne.faure@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    [row] = await rows(service)
    assert mail["Message-ID"] == f"<{row.id}@localhost>"
    with acting(f"owner:{builders.OWNER_ID}", now=NOW):
        listed = await service.call.ListDocuments(pb.ListDocumentsRequest(booking_id=builders.BOOKING_ID))
    assert all(one.HasField("sent_at") for one in listed.documents)
    types = [event.rpartition(".")[2] for event, _ in await ended(service)]
    assert types == ["DocumentStored", "DocumentStored", "MailEnded"]


async def test_news_that_comes_again_mails_nobody_whatever_has_changed_since(at_march):
    service, event_id = at_march, new_id()
    await service.parts.planning(news(event_id=event_id, end=None))
    moved = a_july_option()
    moved.client.email = "georges@example.org"
    service.sources.put(moved)
    assert await service.parts.planning(news(event_id=event_id, end=None)) == 0
    assert await service.parts.planning(news(event_id=new_id(), revision=3, origin="OWNER", end=None)) == 1
    assert sorted(row.recipient for row in await rows(service)) == [
        "georges.dupond@example.org",
        "georges@example.org",
        "jeanne.faure@example.org",
    ]


async def test_an_option_that_ended_tells_both(at_march):
    service = at_march
    service.sources.put(a_july_option(state="BOOKING_STATE_EXPIRED"))
    await service.parts.planning(news("EXPIRED", revision=6, state="EXPIRED"))
    await service.parts.sending.run_due()
    assert {mail["To"] for mail in mails_in(service.mail)} == {
        "georges.dupond@example.org",
        "jeanne.faure@example.org",
    }


async def test_a_client_without_an_address_gets_no_mail(at_march):
    service = at_march
    booking = a_july_option()
    booking.client.email = ""
    service.sources.put(booking)
    await service.parts.planning(news(origin="OWNER"))
    assert await rows(service) == []


async def test_a_mail_that_is_due_while_the_file_is_being_confirmed_waits_for_what_becomes_of_it(at_march):
    service = at_march
    await service.parts.planning(news(origin="OWNER", end=None))
    service.sources.put(a_july_option(state="BOOKING_STATE_CONFIRMING"))
    await service.parts.sending.run_due()
    [row] = await rows(service)
    assert (row.state, row.failure) == ("WAITING", "CONFIRMING")
    # The confirmation was refused: it is an option as before, and the mail is true.
    service.sources.put(a_july_option())
    service.clock.set(NOW + timedelta(minutes=1))
    await service.parts.sending.run_due()
    assert len(mails_in(service.mail)) == 1


async def test_services_that_are_away_only_delay_a_mail(at_march):
    service = at_march
    await service.parts.planning(news(origin="OWNER", end=None))
    service.sources.away = True
    await service.parts.sending.run_due()
    [row] = await rows(service)
    assert (row.state, row.failure, row.leased_until) == ("WAITING", "SERVICE_UNAVAILABLE", None)
    service.sources.away = False
    service.clock.set(NOW + timedelta(minutes=1))
    await service.parts.sending.run_due()
    assert len(mails_in(service.mail)) == 1


async def test_a_worker_that_died_while_sending_leaves_a_doubt_and_no_second_mail(at_march):
    service = at_march
    await service.parts.planning(news(origin="OWNER", end=None))
    [mail] = await service.parts.mailbox.lease(5)
    await service.parts.mailbox.begin(mail, "Sujet", [])
    service.clock.set(NOW + timedelta(minutes=5))
    await service.parts.sending.run_due()
    assert mails_in(service.mail) == []
    with acting(f"owner:{builders.OWNER_ID}", now=NOW):
        listed = await service.call.ListMails(pb.ListMailsRequest(booking_id=builders.BOOKING_ID))
    assert [(one.state, one.failure) for one in listed.mails] == [(pb.MAIL_STATE_IN_DOUBT, "WORKER_LOST")]


async def test_a_worker_whose_lease_ended_takes_no_mail_back_from_the_one_who_sends_it(at_march):
    service, box = at_march, at_march.parts.mailbox
    await service.parts.planning(news(origin="OWNER", end=None))
    [slow] = await box.lease(10)
    service.clock.set(NOW + timedelta(minutes=2, seconds=1))
    [quick] = await box.lease(10)
    assert not await box.begin(slow, "Sujet", [])
    assert await box.begin(quick, "Sujet", [])
    await box.later(slow, service.clock(), "SERVICE_UNAVAILABLE")
    await box.end(slow, "REFUSED", "SERVICE_UNAVAILABLE")
    await service.parts.sending.run_due()
    [row] = await rows(service)
    assert (row.state, mails_in(service.mail)) == ("SENDING", [])
    await box.end(quick, "SENT")
    [row] = await rows(service)
    assert row.state == "SENT"


@pytest.mark.parametrize(("failures", "state"), [(1, "SENT"), (3, "SENDING")])
async def test_a_mail_that_went_out_is_not_sent_again_when_its_end_cannot_be_noted(
    at_march, monkeypatch, failures, state
):
    service, end, left = at_march, PostgresMailbox.end, [OSError("cut off")] * failures

    async def cut_off(mailbox, mail, how, failure=""):
        if how == "SENT" and left:
            raise left.pop()
        await end(mailbox, mail, how, failure)

    monkeypatch.setattr(PostgresMailbox, "end", cut_off)
    await service.parts.planning(news(origin="OWNER", end=None))
    await service.parts.sending.run_due()
    [row] = await rows(service)
    assert row.state == state
    service.clock.set(NOW + timedelta(minutes=5))
    await service.parts.sending.run_due()
    [row] = await rows(service)
    assert row.state == ("SENT" if failures == 1 else "IN_DOUBT")
    assert len(mails_in(service.mail)) == 1


async def test_the_owner_sends_documents_in_his_own_words(service, as_owner):
    worker = asyncio.create_task(service.parts.sending.run())
    try:
        render = pb.RenderDocumentRequest(booking_id=builders.BOOKING_ID, kind=pb.DOCUMENT_KIND_CONTRACT)
        document = (await service.call.RenderDocument(render)).document
        draft = await service.call.DraftMail(
            pb.DraftMailRequest(booking_id=builders.BOOKING_ID, document_ids=[document.id])
        )
        assert draft.recipient == "georges.dupond@example.org"
        assert "Voici le contrat de votre séjour." in draft.text
        request = pb.SendDocumentsRequest(
            request_id="01890a5d-ac96-774b-bcce-b302099a7777",
            booking_id=builders.BOOKING_ID,
            document_ids=[document.id],
            recipient="Autre@Example.org",
            subject="Votre contrat\r\nBcc: espion@example.org",
            text="Bonjour,\n\nVoici le contrat <b>signé</b>.",
        )
        sent = (await service.call.SendDocuments(request)).mail
        again = (await service.call.SendDocuments(request)).mail
        assert sent.state == pb.MAIL_STATE_SENT
        assert again == sent
        [mail] = mails_in(service.mail)
        assert mail["To"] == "Autre@Example.org"
        assert mail["Subject"] == "Votre contrat Bcc: espion@example.org"
        assert mail["Bcc"] is None
        assert "&lt;b&gt;" in mail.get_body(("html",)).get_content()
        [attached] = mail.iter_attachments()
        assert attached.get_filename() == document.file_name
        listed = await service.call.ListMails(pb.ListMailsRequest(booking_id=builders.BOOKING_ID))
        assert [(one.kind, one.recipient) for one in listed.mails] == [("M17", "Autre@Example.org")]
        request.text = "Autre texte"
        with pytest.raises(RemoteError) as refused:
            await service.call.SendDocuments(request)
        assert refused.value.reason == "REQUEST_ID_REUSED"
    finally:
        worker.cancel()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("recipient", "nobody", "NO_RECIPIENT"),
        ("subject", " ", "BAD_VALUE"),
        ("text", "x" * 20_001, "BAD_VALUE"),
    ],
)
async def test_a_mail_that_cannot_be_is_refused(service, as_owner, field, value, reason):
    request = pb.SendDocumentsRequest(
        request_id="01890a5d-ac96-774b-bcce-b302099a7778",
        booking_id=builders.BOOKING_ID,
        subject="Bonjour",
        text="Bonjour",
    )
    setattr(request, field, value)
    with pytest.raises(RemoteError) as refused:
        await service.call.SendDocuments(request)
    assert refused.value.reason == reason


async def test_mails_are_listed_by_pages_newest_first(at_march):
    service = at_march
    for revision in range(2, 7):
        await service.parts.planning(news(origin="OWNER", revision=revision, end=None))
    with acting(f"owner:{builders.OWNER_ID}", now=NOW):
        request = pb.ListMailsRequest(booking_id=builders.BOOKING_ID)
        request.page.limit = 3
        first = await service.call.ListMails(request)
        request.page.cursor = first.next_cursor
        second = await service.call.ListMails(request)
    assert (len(first.mails), len(second.mails), second.next_cursor) == (3, 2, "")
    assert len({one.id for one in (*first.mails, *second.mails)}) == 5


class Server:
    """What a mail server answers, stage by stage."""

    def __init__(self, *, rcpt="250 OK", data="250 OK", drop=False):
        self.received = []
        self.rcpt, self.data, self.drop = rcpt, data, drop

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):
        self.received.append(envelope)
        if self.drop:
            server.transport.abort()
        return self.data


@asynccontextmanager
async def smtp(database_url, printer, tmp_path, handler):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="localhost", loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = DocumentsSettings(database_url=database_url, smtp_host="127.0.0.1", smtp_port=port)
    try:
        async with running(database_url, printer, tmp_path, mailer=SmtpMailer(settings)) as service:
            service.clock.set(NOW)
            service.sources.put(a_july_option())
            yield service
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    ("answers", "state", "failure", "received"),
    [
        ({}, "SENT", "", 1),
        ({"rcpt": "550 no such user"}, "REFUSED", "SMTP_550", 0),
        ({"rcpt": "451 try later"}, "WAITING", "SMTP_451", 0),
        ({"data": "554 spam"}, "REFUSED", "SMTP_554", 1),
        ({"drop": True}, "IN_DOUBT", "SMTPServerDisconnected", 1),
    ],
)
async def test_what_a_mail_server_answers_is_what_is_shown(  # noqa: PLR0917 (fixtures and a table)
    make_database, printer, tmp_path, answers, state, failure, received
):
    handler = Server(**answers)
    async with smtp(await make_database("documents"), printer, tmp_path, handler) as service:
        await service.parts.planning(news(origin="OWNER", end=None))
        await service.parts.sending.run_due()
        [row] = await rows(service)
        assert (row.state, row.failure) == (state, failure)
        await service.parts.sending.run_due()
    assert len(handler.received) == received
    for envelope in handler.received:
        assert envelope.mail_from == "reservation@localhost"
        assert envelope.rcpt_tos == ["georges.dupond@example.org"]
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert "Votre option est posée" in message["Subject"]


async def test_a_mail_server_that_is_away_is_tried_again(make_database, printer, tmp_path):
    url = await make_database("documents")
    settings = DocumentsSettings(database_url=url, smtp_host="127.0.0.1", smtp_port=1)
    async with running(url, printer, tmp_path, mailer=SmtpMailer(settings)) as service:
        service.clock.set(NOW)
        service.sources.put(a_july_option())
        await service.parts.planning(news(origin="OWNER", end=None))
        await service.parts.sending.run_due()
        [row] = await rows(service)
        assert (row.state, row.failure) == ("WAITING", "SMTPConnectError")
        assert row.due_at > service.clock()


async def test_a_promise_is_measured_for_confirmed_files_without_documents(at_march):
    from documents.adapters.mailbox import WITHOUT_DOCUMENTS  # noqa: PLC0415

    service = at_march
    await service.parts.planning(news("CONFIRMED", revision=5, state="CONFIRMED"))
    await service.parts.mailbox.measure()
    assert WITHOUT_DOCUMENTS._value.get() == 0
    service.clock.set(NOW + timedelta(minutes=11))
    await service.parts.mailbox.measure()
    assert WITHOUT_DOCUMENTS._value.get() == 1
    async with service.database.transaction() as session:
        await session.execute(update(MAILS).values(state="DROPPED"))
    await service.parts.mailbox.measure()
    assert WITHOUT_DOCUMENTS._value.get() == 0
