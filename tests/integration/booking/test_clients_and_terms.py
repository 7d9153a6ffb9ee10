"""Clients, their codes under rivals, terms and lists."""

import asyncio
from uuid import UUID, uuid4

import pytest
from booking.adapters.tables import METADATA
from chassis.errors import RemoteError
from chassis.migrations import drift
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.common.v1 import common_pb2 as common
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


async def create(world, client):
    return await world.clients.CreateClient(calls.CreateClientRequest(request_id=str(uuid4()), client=client))


async def test_the_migrations_make_the_declared_tables(world):
    url = world.database.engine.url.render_as_string(hide_password=False)
    assert await drift("booking", url, METADATA) == []


async def test_two_dup_at_once_become_dup_1_and_dup_2(world):
    with world.owner():
        made = await asyncio.gather(*(create(world, world.a_client(name)) for name in ("DUPONT", "DUPOND")))
    assert sorted(one.client.code for one in made) == ["DUP-1", "DUP-2"]


async def test_twenty_rivals_get_twenty_numbers_without_gaps(world):
    with world.owner():
        quotes = [
            world.quote(arrival=f"2026-05-{d:02}", departure=f"2026-05-{d + 1:02}") for d in range(1, 21)
        ]
        placed = await asyncio.gather(*(world.place(quote) for quote in quotes))
    assert sorted(one.booking.number for one in placed) == list(range(1, 21))
    assert len({one.booking.client.code for one in placed}) == 20


async def test_rivals_for_the_same_nights_have_one_winner_and_number_1(world):
    with world.owner():
        requests = [world.place_request(world.quote()) for _ in range(10)]
        answers = await asyncio.gather(*map(world.bookings.PlaceBooking, requests), return_exceptions=True)
        winners = [one for one in answers if not isinstance(one, Exception)]
        listed = await world.clients.ListClients(calls.ListClientsRequest(owner_id=world.owner_id))
    assert [one.booking.number for one in winners] == [1]
    assert {one.reason for one in answers if isinstance(one, Exception)} == {"NIGHTS_TAKEN"}
    assert [one.code for one in listed.clients] == ["DUP-1"]


async def test_the_same_request_at_once_makes_one_file(world):
    with world.owner():
        request = world.place_request(world.quote())
        answers = await asyncio.gather(*(world.bookings.PlaceBooking(request) for _ in range(5)))
    assert len({one.booking.id for one in answers}) == 1
    assert len(await world.rows("SELECT 1 FROM bookings WHERE owner_id = :id", id=UUID(world.owner_id))) == 1


@pytest.mark.parametrize(("name", "code"), [("LE GOFF", "LEG-1"), ("Ô", "O-1"), ("Éçà", "ECA-1")])
async def test_codes_have_no_accents_and_no_spaces(world, name, code):
    with world.owner():
        assert (await create(world, world.a_client(name))).client.code == code


async def test_look_alikes_are_told_by_name_phone_and_mail(world):
    with world.owner():
        await create(world, world.a_client("DUPOND", mobile="06 12 34 56 78"))
        await create(world, world.a_client("Martin", "Léa", email="lea@example.org"))
        by_name = await create(world, world.a_client("Dupönd", "GEORGES"))
        by_phone = await create(world, world.a_client("Autre", "Un", phone_home="+33 6 12 34 56 78"))
        by_mail = await create(world, world.a_client("Autre", "Deux", email="LEA@example.org"))
    assert [one.code for one in by_name.duplicates] == ["DUP-1"]
    assert "DUP-1" in [one.code for one in by_phone.duplicates]
    assert "MAR-1" in [one.code for one in by_mail.duplicates]


@pytest.mark.parametrize(
    "query", ["dupond", "DÚPO", "dup-1", "georges dupond", "06 12 34", "0612345678", "gd@ex", "73300"]
)
async def test_clients_are_found_ignoring_case_and_accents(world, query):
    with world.owner():
        client = world.a_client(mobile="06 12 34 56 78", email="gd@example.org", postal_code="73300")
        await create(world, client)
        await create(world, world.a_client("AUTRE", "Personne"))
        found = await world.clients.ListClients(
            calls.ListClientsRequest(owner_id=world.owner_id, query=query)
        )
    assert [one.code for one in found.clients] == ["DUP-1"]


async def test_clients_come_in_pages_by_name(world):
    with world.owner():
        for name in ("Zola", "Abadie", "Martin"):
            await create(world, world.a_client(name))
        request = calls.ListClientsRequest(owner_id=world.owner_id, page=common.PageRequest(limit=2))
        first = await world.clients.ListClients(request)
        request.page.cursor = first.next_cursor
        second = await world.clients.ListClients(request)
    assert [one.last_name for one in (*first.clients, *second.clients)] == ["Abadie", "Martin", "Zola"]
    assert second.next_cursor == ""


async def test_a_changed_client_shows_in_his_open_file_and_not_in_its_old_revision(world):
    with world.owner():
        file = (await world.place()).booking
        changed = pb.Client()
        changed.CopyFrom(file.client)
        changed.city = "LYON"
        await world.clients.UpdateClient(calls.UpdateClientRequest(request_id=str(uuid4()), client=changed))
        now = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking
        before = (
            await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id, revision=file.revision))
        ).booking
    assert (before.client.city, now.client.city) == ("", "LYON")
    assert now.revision > file.revision


async def test_a_guest_who_comes_back_is_the_same_client(world):
    with world.public():
        codes = []
        for month in (4, 5):
            quote = world.quote(arrival=f"2026-0{month}-04", departure=f"2026-0{month}-11")
            codes.append((await world.bookings.PlaceBooking(world.guest_request(quote))).booking.client.code)
    assert codes == ["MAR-1", "MAR-1"]


async def test_a_guest_who_types_another_number_is_neither_shown_the_old_one_nor_loses_his(world):
    with world.owner():
        known = world.a_client(
            "MARTIN", "Zoé", email="zoe.martin@example.org", mobile="0601020304", city="LYON"
        )
        await world.clients.CreateClient(calls.CreateClientRequest(request_id=str(uuid4()), client=known))
    with world.public():
        typed = world.a_client("MARTIN", "Zoé", email="zoe.martin@example.org", mobile="0699999999")
        shown = (await world.bookings.PlaceBooking(world.guest_request(new_client=typed))).booking.client
    assert (shown.mobile, shown.city, shown.code) == ("0699999999", "", "MAR-2")


async def test_another_client_may_be_set(world):
    with world.owner():
        file = (await world.place()).booking
        other = (await create(world, world.a_client("MARTIN"))).client
        request = calls.SetBookingClientRequest(
            request_id=str(uuid4()), booking_id=file.id, client_id=other.id
        )
        changed = (await world.bookings.SetBookingClient(request)).booking
        corrected = pb.Client()
        corrected.CopyFrom(other)
        corrected.first_name = "Jean"
        request = calls.SetBookingClientRequest(request_id=str(uuid4()), booking_id=file.id, client=corrected)
        again = (await world.bookings.SetBookingClient(request)).booking
    assert changed.client.code == "MAR-1"
    assert (again.client.code, again.client.first_name) == ("MAR-1", "Jean")


async def test_terms_are_public_without_payee(world):
    with world.owner():
        saved = await world.save_terms(
            revision=1, iban="FR76 3000 6000 0112 3456 7890 189", paypal_email="j@example.org"
        )
        mine = (await world.terms.GetTerms(calls.GetTermsRequest(owner_id=world.owner_id))).terms
    with world.public():
        seen = (await world.terms.GetTerms(calls.GetTermsRequest(owner_id=world.owner_id))).terms
    assert mine == saved
    assert mine.iban
    assert (seen.iban, seen.paypal_email, seen.deposit_basis_points) == ("", "", 2500)


async def test_the_same_terms_make_no_new_revision_and_a_stale_one_is_refused(world):
    with world.owner():
        assert (await world.save_terms(revision=1)).revision == 1
        assert (await world.save_terms(revision=1, option_days=3)).revision == 2
        with pytest.raises(RemoteError) as stale:
            await world.save_terms(revision=1, option_days=4)
        with pytest.raises(RemoteError) as bad:
            await world.save_terms(revision=2, iban="FR7630006000011234567890188")
    assert stale.value.reason == "REVISION_STALE"
    assert bad.value.metadata["field"] == "iban"


async def test_a_file_keeps_the_deposit_it_was_made_under(world):
    with world.owner():
        file = (await world.place()).booking
        await world.save_terms(revision=1, deposit_kind=pb.DEPOSIT_KIND_ACOMPTE)
        kept = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking
        new = (
            await world.place(world.quote(arrival="2026-08-01", departure="2026-08-08", terms_revision=2))
        ).booking
    assert kept.totals.deposit_kind == kept.terms.deposit_kind == pb.DEPOSIT_KIND_ARRHES
    assert new.totals.deposit_kind == pb.DEPOSIT_KIND_ACOMPTE


async def test_readiness_names_means_without_payee(world):
    with world.owner():
        await world.save_terms(revision=1, means=[pb.PAYMENT_MEANS_TRANSFER, pb.PAYMENT_MEANS_CHEQUE])
        answer = await world.terms.GetReadiness(calls.GetReadinessRequest(owner_id=world.owner_id))
    assert answer.terms
    assert list(answer.without_payee) == [pb.PAYMENT_MEANS_TRANSFER]


async def test_the_preview_is_public(world):
    with world.public():
        answer = await world.terms.PreviewSchedule(
            calls.PreviewScheduleRequest(
                owner_id=world.owner_id,
                total=common.Money(amount=74000, currency="EUR"),
                tourist_tax=common.Money(amount=1540, currency="EUR"),
                arrival="2026-07-18",
            )
        )
    assert answer.deposit.amount == 18500
    assert [one.due_on for one in answer.schedule] == ["2026-03-08", "2026-06-18", "2026-06-18"]
    assert answer.option_expires_at.ToJsonString() == "2026-03-08T22:59:00Z"


async def listed(world, **fields):
    answer = await world.bookings.ListBookings(calls.ListBookingsRequest(owner_id=world.owner_id, **fields))
    return [file.number for file in answer.bookings], answer


async def test_chips_search_counts_and_sums(world):
    with world.owner():
        await world.place(world.quote(total=10000, tax=0), confirm=True)
        option = world.quote(arrival="2026-08-01", departure="2026-08-08", total=20000)
        await world.place(option, new_client=world.a_client("Élan", mobile="06 11 22 33 44"))
        declined = (await world.place(world.quote(arrival="2026-09-05", departure="2026-09-12"))).booking
        await world.bookings.DeclineBooking(world.move(declined))
        upcoming, answer = await listed(world, chip="UPCOMING")
        assert upcoming == [1, 2]
        assert (answer.count, answer.sum_total.amount, answer.sum_balance.amount) == (2, 30000, 30000)
        assert not answer.bookings[0].journal
        for chip, numbers in [
            ("OPTIONS", [2]),
            ("BALANCE_DUE", [1]),
            ("CANCELLED", [3]),
            ("PAST", []),
            ("CURRENT", []),
        ]:
            assert (await listed(world, chip=chip))[0] == numbers
        for query, numbers in [
            ("elan", [2]),
            ("n°1", [1]),
            ("06.11.22.33.44", [2]),
            ("dupond", [3, 1]),
            ("zzz", []),
        ]:
            assert (await listed(world, query=query))[0] == numbers
        within = common.Nights(arrival="2026-07-24", departure="2026-08-01")
        assert (await listed(world, within=within))[0] == [1]
        assert (await listed(world, listing_ids=[str(uuid4())]))[0] == []
        assert (await listed(world))[0] == [3, 2, 1]


async def test_files_come_in_pages(world):
    with world.owner():
        for day in range(1, 6):
            await world.place(world.quote(arrival=f"2026-05-{day:02}", departure=f"2026-05-{day + 1:02}"))
        found, cursor = [], ""
        while True:
            page, answer = await listed(
                world, chip="UPCOMING", page=common.PageRequest(limit=2, cursor=cursor)
            )
            found += page
            cursor = answer.next_cursor
            if not cursor:
                break
    assert found == [1, 2, 3, 4, 5]


async def test_the_database_refuses_to_change_a_payment(world):
    with world.owner():
        file = (await world.place()).booking
        await world.bookings.RecordPayment(world.pay(file, 100))
    with pytest.raises(DBAPIError, match="only added"):
        async with world.database.transaction() as session:
            await session.execute(text("UPDATE payments SET amount = 1"))
