"""The life of a file, through its calls."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from booking.application.drive import resume
from booking.application.moves import expire_on_news
from chassis.errors import Busy, ErrorKind, RemoteError
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.booking.v1 import booking_events_pb2 as events
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.common.v1 import common_pb2 as common


def at(moment):
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


async def test_an_owner_places_an_option_that_ends_seven_days_later_at_23_59(world):
    with world.owner():
        answer = await world.place(internal_note="voisin", client_note="Arrivée tardive")
    file = answer.booking
    assert file.state == pb.BOOKING_STATE_OPTION
    assert file.number == 1
    assert file.client.code == "DUP-1"
    assert len(file.reference) == 10
    assert file.hold_expires_at.ToDatetime(UTC) == datetime(2026, 3, 8, 22, 59, tzinfo=UTC)
    assert file.needs_action
    assert (file.lines[0].listing_code, file.lines[0].listing_name) == ("07MS01731", "Le Mas des Cigales")
    assert world.availability.kinds[file.id] == "HOLD"
    assert world.pricing.quotes[next(iter(world.pricing.quotes))].used_by == file.id


async def test_the_money_of_story_11(world):
    with world.owner():
        file = (await world.place()).booking
        file = (await world.bookings.RecordPayment(world.pay(file, 18500))).booking
    totals = file.totals
    assert totals.total.amount == 74000
    assert totals.deposit_due.amount == totals.deposit_paid.amount == 18500
    assert totals.outstanding_with_tax.amount == 57040
    assert [(one.kind, one.amount.amount, one.due_on) for one in totals.schedule] == [
        ("DEPOSIT", 18500, "2026-03-08"),
        ("BALANCE", 55500, "2026-06-18"),
        ("TAX", 1540, "2026-06-18"),
    ]
    assert [move.action for move in file.moves if move.proposed] == ["CONFIRM"]


async def test_confirm_at_once_takes_the_nights(world):
    with world.owner():
        file = (await world.place(confirm=True)).booking
    assert file.state == pb.BOOKING_STATE_CONFIRMED
    assert not file.HasField("hold_expires_at")
    assert world.availability.kinds[file.id] == "STAY"
    changes = [news.change for news in await world.news(file.id)]
    assert changes == [events.BOOKING_CHANGE_CONFIRMED]


async def test_a_repeat_names_the_same_file_and_another_body_is_refused(world):
    with world.owner():
        request = world.place_request(world.quote())
        first = await world.bookings.PlaceBooking(request)
        second = await world.bookings.PlaceBooking(request)
        request.client_note = "autre"
        with pytest.raises(RemoteError) as refused:
            await world.bookings.PlaceBooking(request)
    assert second.replayed
    assert second.booking.id == first.booking.id
    assert refused.value.reason == "REQUEST_ID_REUSED"


async def test_taken_nights_fail_the_file_and_burn_neither_number_nor_code(world):
    with world.owner():
        first = (await world.place()).booking
        # As when the rival came through another process: only the hold says that the nights are gone.
        world.calendars.away = True
        request = world.place_request(world.quote())
        for _ in range(2):
            with pytest.raises(RemoteError) as refused:
                await world.bookings.PlaceBooking(request)
            assert refused.value.reason == "NIGHTS_TAKEN"
            assert refused.value.kind is ErrorKind.CONFLICT
        second = (await world.place(world.quote(arrival="2026-08-01", departure="2026-08-08"))).booking
        listed = await world.bookings.ListBookings(calls.ListBookingsRequest(owner_id=world.owner_id))
    assert (first.number, second.number) == (1, 2)
    assert second.client.code == "DUP-2"
    assert {file.id for file in listed.bookings} == {first.id, second.id}
    failed = await world.rows(
        "SELECT * FROM bookings WHERE owner_id = :id AND state = 'FAILED'", id=UUID(world.owner_id)
    )
    assert failed[0]["new_client"] is None
    assert failed[0]["failure"] == "NIGHTS_TAKEN"


async def test_busy_and_closed_nights_let_the_same_request_try_again(world):
    world.availability.refusals = [Busy(), Busy(), Busy()]
    with world.owner():
        request = world.place_request(world.quote())
        with pytest.raises(RemoteError) as refused:
            await world.bookings.PlaceBooking(request)
        assert refused.value.kind is ErrorKind.BUSY
        answer = await world.bookings.PlaceBooking(request)
    assert answer.booking.state == pb.BOOKING_STATE_OPTION


async def test_a_stale_revision_of_the_terms_is_refused(world):
    with world.owner():
        await world.save_terms(revision=1, option_days=5)
        with pytest.raises(RemoteError) as refused:
            await world.place(world.quote(terms_revision=1))
    assert (refused.value.reason, refused.value.metadata["revision"]) == ("TERMS_STALE", "2")


async def test_an_option_without_end_is_for_owners(world):
    with world.owner():
        file = (await world.place(expiry="NONE")).booking
    assert not file.HasField("hold_expires_at")
    with world.public(), pytest.raises(RemoteError) as refused:
        await world.bookings.PlaceBooking(world.guest_request(expiry="NONE"))
    assert refused.value.kind is ErrorKind.FORBIDDEN


async def test_a_guests_option_lasts_30_minutes_until_its_link_is_confirmed(world):
    with world.public():
        file = (await world.bookings.PlaceBooking(world.guest_request())).booking
        assert file.hold_expires_at.ToDatetime(UTC) == world.clock() + timedelta(minutes=30)
        assert not file.mail_confirmed
        assert len(file.journal) == 0
        with pytest.raises(RemoteError) as hidden:
            await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))
        assert hidden.value.reason == "BOOKING_NOT_FOUND"
        with pytest.raises(RemoteError) as hidden:
            await world.bookings.IssueGuestLink(calls.IssueGuestLinkRequest(booking_id=file.id))
        assert hidden.value.reason == "BOOKING_NOT_FOUND"
    with world.acting("public", f"booking:{file.id}"):
        token = (await world.bookings.IssueGuestLink(calls.IssueGuestLinkRequest(booking_id=file.id))).token
    with world.public():
        request = calls.GuestLinkRequest(token=token)
        confirmed = (await world.bookings.ConfirmOptionByLink(request)).booking
        again = await world.bookings.ConfirmOptionByLink(request)
        seen = (await world.bookings.GetBookingByLink(request)).booking
        with pytest.raises(RemoteError) as unknown:
            await world.bookings.GetBookingByLink(calls.GuestLinkRequest(token="x" * 22))
    assert confirmed.mail_confirmed
    assert again.replayed
    assert seen.hold_expires_at.ToDatetime(UTC) == datetime(2026, 3, 8, 22, 59, tzinfo=UTC)
    assert world.availability.ends[file.id] == datetime(2026, 3, 8, 22, 59, tzinfo=UTC)
    assert unknown.value.reason == "GUEST_LINK_UNKNOWN"
    stored = await world.rows("SELECT token_hash FROM guest_links WHERE booking_id = :id", id=UUID(file.id))
    assert token.encode() not in stored[0]["token_hash"]
    changes = [news.change for news in await world.news(file.id)]
    assert changes == [events.BOOKING_CHANGE_PLACED, events.BOOKING_CHANGE_MAIL_CONFIRMED]


async def test_a_mailed_link_does_not_shorten_what_the_owner_gave_without_end(world):
    with world.public():
        client = world.a_client("BLANC", email="blanc@example.org")
        file = (await world.bookings.PlaceBooking(world.guest_request(new_client=client))).booking
    with world.owner():
        await world.bookings.ExtendOption(
            calls.ExtendOptionRequest(request_id=str(uuid4()), booking_id=file.id)
        )
        issue = calls.IssueGuestLinkRequest(booking_id=file.id)
        token = (await world.bookings.IssueGuestLink(issue)).token
    with world.public():
        link = calls.GuestLinkRequest(token=token)
        confirmed = (await world.bookings.ConfirmOptionByLink(link)).booking
    assert confirmed.mail_confirmed
    assert not confirmed.HasField("hold_expires_at")
    assert world.availability.ends[file.id] is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"accepted": {}}, "STATEMENT_NOT_RECEIVED"),
        ({"confirm": True}, "NOT_ALLOWED"),
        ({"number": 7}, "NOT_ALLOWED"),
    ],
)
async def test_guests_are_refused_what_is_not_theirs(world, fields, reason):
    with world.public(), pytest.raises(RemoteError) as refused:
        await world.bookings.PlaceBooking(world.guest_request(**fields))
    assert refused.value.reason == reason


async def test_the_third_unpaid_public_option_of_a_listing_is_refused(world):
    with world.public():
        for month in (4, 5):
            quote = world.quote(arrival=f"2026-0{month}-04", departure=f"2026-0{month}-11")
            client = world.a_client(f"NOM{month}", email=f"m{month}@example.org")
            await world.bookings.PlaceBooking(world.guest_request(quote, new_client=client))
        quote = world.quote(arrival="2026-06-06", departure="2026-06-13")
        with pytest.raises(RemoteError) as refused:
            await world.bookings.PlaceBooking(world.guest_request(quote))
    assert (refused.value.reason, refused.value.metadata["limit"]) == ("TOO_MANY_OPTIONS", "LISTING")
    assert refused.value.kind is ErrorKind.LIMITED


async def test_the_owner_may_switch_online_options_off(world):
    with world.owner():
        await world.save_terms(revision=1, online_options=False)
    with world.public(), pytest.raises(RemoteError) as refused:
        await world.bookings.PlaceBooking(world.guest_request(world.quote(terms_revision=2)))
    assert refused.value.reason == "ONLINE_OPTIONS_OFF"


async def test_only_availabilitys_word_expires_an_option(world):
    with world.owner():
        file = (await world.place()).booking
        world.clock.now += timedelta(days=30)
        await resume(world.driver)
        seen = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking
        assert seen.state == pb.BOOKING_STATE_OPTION
        assert await expire_on_news(UUID(file.id), 1, driver=world.driver, clock=world.clock)
        assert not await expire_on_news(UUID(file.id), 1, driver=world.driver, clock=world.clock)
        seen = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking
    assert seen.state == pb.BOOKING_STATE_EXPIRED
    assert (await world.news(file.id))[-1].change == events.BOOKING_CHANGE_EXPIRED


async def test_an_extension_makes_news_of_the_older_hold_harmless(world):
    with world.owner():
        file = (await world.place()).booking
        request = calls.ExtendOptionRequest(
            request_id=str(uuid4()), booking_id=file.id, expires_at=at(world.clock() + timedelta(days=20))
        )
        extended = (await world.bookings.ExtendOption(request)).booking
        assert not await expire_on_news(UUID(file.id), 1, driver=world.driver, clock=world.clock)
    assert extended.hold_expires_at.ToDatetime(UTC) == world.clock() + timedelta(days=20)


async def test_a_lost_hold_ends_the_option_when_it_is_extended(world):
    with world.owner():
        file = (await world.place()).booking
        world.availability.lines.pop(file.id)
        request = calls.ExtendOptionRequest(request_id=str(uuid4()), booking_id=file.id)
        with pytest.raises(RemoteError) as refused:
            await world.bookings.ExtendOption(request)
        seen = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking
    assert refused.value.reason == "NIGHTS_TAKEN"
    assert (seen.state, seen.failure) == (pb.BOOKING_STATE_EXPIRED, "NIGHTS_TAKEN")


async def test_confirming_takes_the_nights_and_losing_them_expires_the_file(world):
    with world.owner():
        file = (await world.place()).booking
        confirmed = await world.bookings.ConfirmBooking(world.move(file, revision=file.revision))
        assert confirmed.booking.state == pb.BOOKING_STATE_CONFIRMED
        again = await world.bookings.ConfirmBooking(world.move(file))
        assert again.booking.revision == confirmed.booking.revision
        other = (await world.place(world.quote(arrival="2026-08-01", departure="2026-08-08"))).booking
        world.availability.lines["rival"] = world.availability.lines.pop(other.id)
        with pytest.raises(RemoteError) as refused:
            await world.bookings.ConfirmBooking(world.move(other))
        seen = (await world.bookings.GetBooking(calls.GetBookingRequest(id=other.id))).booking
    assert refused.value.reason == "NIGHTS_TAKEN"
    assert seen.state == pb.BOOKING_STATE_EXPIRED


async def test_a_stale_revision_and_an_illegal_move_are_refused(world):
    with world.owner():
        file = (await world.place()).booking
        with pytest.raises(RemoteError) as stale:
            await world.bookings.ConfirmBooking(world.move(file, revision=file.revision - 1))
        await world.bookings.DeclineBooking(world.move(file))
        with pytest.raises(RemoteError) as illegal:
            await world.bookings.ConfirmBooking(world.move(file))
    assert stale.value.reason == "REVISION_STALE"
    assert (illegal.value.reason, illegal.value.metadata["state"]) == ("ILLEGAL_MOVE", "DECLINED")


async def test_cancelling_says_what_is_kept_and_frees_the_nights(world):
    with world.owner():
        file = (await world.place(world.quote(total=61200, tax=0), confirm=True)).booking
        file = (await world.bookings.RecordPayment(world.pay(file, 15300))).booking
        moves = {move.action: move for move in file.moves}
        request = calls.CancelBookingRequest(
            request_id=str(uuid4()), booking_id=file.id, by="CLIENT", reason="malade"
        )
        cancelled = (await world.bookings.CancelBooking(request)).booking
    assert (moves["CANCEL_BY_CLIENT"].kept.amount, moves["CANCEL_BY_CLIENT"].refund.amount) == (15300, 0)
    assert moves["CANCEL_BY_OWNER"].owner_owes.amount == 30600
    assert cancelled.state == pb.BOOKING_STATE_CANCELLED_BY_CLIENT
    assert file.id in world.availability.released
    assert cancelled.journal[-1].params["kept"] == "15300"


async def test_a_payment_twice_with_one_request_is_one_payment_and_can_be_countered_once(world):
    with world.owner():
        file = (await world.place()).booking
        request = world.pay(file, 18500)
        await world.bookings.RecordPayment(request)
        file = (await world.bookings.RecordPayment(request)).booking
        assert [one.amount.amount for one in file.payments] == [18500]
        counter = calls.CounterPaymentRequest(
            request_id=str(uuid4()), booking_id=file.id, payment_id=file.payments[0].id
        )
        file = (await world.bookings.CounterPayment(counter)).booking
        counter.request_id = str(uuid4())
        with pytest.raises(RemoteError) as refused:
            await world.bookings.CounterPayment(counter)
    assert [one.amount.amount for one in file.payments] == [18500, -18500]
    assert file.totals.paid.amount == 0
    assert refused.value.reason == "ILLEGAL_MOVE"
    changes = [news.change for news in await world.news(file.id)]
    assert changes[1:] == [events.BOOKING_CHANGE_DEPOSIT_PAID, events.BOOKING_CHANGE_PAYMENT]


async def test_a_revision_stays_as_it_was(world):
    with world.owner():
        file = (await world.place(client_note="avant")).booking
        changed = (
            await world.bookings.UpdateBooking(
                calls.UpdateBookingRequest(request_id=str(uuid4()), booking_id=file.id, client_note="après")
            )
        ).booking
        frozen = await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id, revision=file.revision))
        newest = await world.bookings.GetBooking(calls.GetBookingRequest(reference=file.reference))
    assert frozen.booking == file
    assert (changed.client_note, newest.booking.client_note) == ("après", "après")
    assert changed.revision > file.revision


async def test_an_agreed_line_takes_persons_and_another_is_refused(world):
    with world.owner():
        agreed = (await world.place(world.quote(total=1200, tax=0, adults=0, agreed=True))).booking
        request = calls.UpdateBookingRequest(request_id=str(uuid4()), booking_id=agreed.id)
        request.parties[agreed.lines[0].id].adults = 2
        changed = (await world.bookings.UpdateBooking(request)).booking
        fixed = (await world.place(world.quote(arrival="2026-08-01", departure="2026-08-08"))).booking
        request = calls.UpdateBookingRequest(request_id=str(uuid4()), booking_id=fixed.id)
        request.parties[fixed.lines[0].id].adults = 4
        with pytest.raises(RemoteError) as refused:
            await world.bookings.UpdateBooking(request)
    assert changed.totals.total.amount == 1200
    assert changed.totals.tourist_tax.amount == 220
    assert changed.lines[0].price.party == common.Party(adults=2)
    assert refused.value.metadata["why"] == "price_changes"


async def test_unstated_persons_and_closed_nights_only_warn_the_owner(world):
    world.availability.closed = True
    with world.owner():
        answer = await world.place(world.quote(adults=0))
    assert set(answer.warnings) == {"NIGHTS_NOT_OPEN", "PARTY_NOT_STATED"}


async def test_loading_keeps_number_and_date(world):
    with world.acting("system:load", "operator"):
        request = world.place_request(
            world.quote(), origin=pb.BOOKING_ORIGIN_LOAD, number=2, booked_on="2010-12-01", confirm=True
        )
        file = (await world.bookings.PlaceBooking(request)).booking
        found = await world.bookings.GetBooking(
            calls.GetBookingRequest(number=calls.OwnerNumber(owner_id=world.owner_id, number=2))
        )
    with world.owner():
        after = (await world.place(world.quote(arrival="2026-08-01", departure="2026-08-08"))).booking
    assert (file.number, file.booked_on, after.number) == (2, "2010-12-01", 3)
    assert found.booking.id == file.id
