"""A process that dies at any step, and services that do not answer: the resumer ends every file."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import grpc
import pytest
from booking.application.drive import end_failed, resume
from booking.application.moves import ask_overdue, expire_on_news
from booking.application.pending import SELF
from booking.domain.errors import TooManyOptions
from booking.domain.states import State
from booking.entrypoints.jobs import IN_BETWEEN_FILES, IN_BETWEEN_OLDEST, ask_after_gap, measure
from chassis.database import Database
from chassis.errors import Busy, ErrorKind, RemoteError, Unavailable
from sejour.booking.v1 import booking_events_pb2 as events
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb

from tests.integration.booking.conftest import Refusal, refuse

PLACING = ["booking.after_placing", "booking.before_hold", "booking.after_hold", "booking.after_quote"]
CONFIRMING = ["booking.before_confirm", "booking.after_confirm"]


@pytest.fixture
async def booking_database(make_database):
    database = Database.at(await make_database("booking"), application="booking-tests")
    yield database
    await database.close()


async def resumed(world):
    for _ in range(3):
        world.clock.now += timedelta(seconds=6)
        tried = await resume(world.driver)
    assert tried == 0


async def the_file(world):
    found = await world.rows("SELECT id FROM bookings WHERE owner_id = :id", id=UUID(world.owner_id))
    assert len(found) == 1
    return (await world.bookings.GetBooking(calls.GetBookingRequest(id=str(found[0]["id"])))).booking


@pytest.mark.parametrize("step", PLACING)
async def test_placing_survives_a_crash_at_each_step(world, monkeypatch, step):
    monkeypatch.setenv("SEJOUR_FAILPOINTS", f"{step}=error")
    with world.owner():
        request = world.place_request(world.quote())
        with pytest.raises(RemoteError):
            await world.bookings.PlaceBooking(request)
        monkeypatch.delenv("SEJOUR_FAILPOINTS")
        await resumed(world)
        file = await the_file(world)
        again = await world.bookings.PlaceBooking(request)
    assert file.state == pb.BOOKING_STATE_OPTION
    assert (file.number, file.client.code) == (1, "DUP-1")
    assert again.replayed
    assert again.booking.id == file.id
    assert [news.change for news in await world.news(file.id)] == [events.BOOKING_CHANGE_PLACED]


@pytest.mark.parametrize("step", [*PLACING, *CONFIRMING])
async def test_confirming_at_once_survives_a_crash_at_each_step(world, monkeypatch, step):
    monkeypatch.setenv("SEJOUR_FAILPOINTS", f"{step}=error")
    with world.owner():
        with pytest.raises(RemoteError):
            await world.place(confirm=True)
        monkeypatch.delenv("SEJOUR_FAILPOINTS")
        await resumed(world)
        file = await the_file(world)
    assert file.state == pb.BOOKING_STATE_CONFIRMED
    assert world.availability.kinds[file.id] == "STAY"


@pytest.mark.parametrize("step", ["booking.before_release", "booking.after_release"])
async def test_cancelling_survives_a_crash_at_each_step(world, monkeypatch, step):
    with world.owner():
        file = (await world.place(confirm=True)).booking
        monkeypatch.setenv("SEJOUR_FAILPOINTS", f"{step}=error")
        request = calls.CancelBookingRequest(request_id=str(uuid4()), booking_id=file.id, by="OWNER")
        with pytest.raises(RemoteError):
            await world.bookings.CancelBooking(request)
        monkeypatch.delenv("SEJOUR_FAILPOINTS")
        await resumed(world)
        file = await the_file(world)
    assert file.state == pb.BOOKING_STATE_CANCELLED_BY_OWNER
    assert file.id not in world.availability.lines


@pytest.mark.parametrize("step", ["booking.before_extend", "booking.after_extend"])
async def test_extending_survives_a_crash_at_each_step(world, monkeypatch, step):
    with world.owner():
        file = (await world.place()).booking
        monkeypatch.setenv("SEJOUR_FAILPOINTS", f"{step}=error")
        with pytest.raises(RemoteError):
            await world.bookings.ExtendOption(
                calls.ExtendOptionRequest(request_id=str(uuid4()), booking_id=file.id)
            )
        assert not await expire_on_news(UUID(file.id), 1, driver=world.driver, clock=world.clock)
        monkeypatch.delenv("SEJOUR_FAILPOINTS")
        await resumed(world)
        file = await the_file(world)
    assert file.state == pb.BOOKING_STATE_OPTION
    assert not file.HasField("hold_expires_at")


async def test_a_crash_while_giving_up_frees_the_nights_and_keeps_nobody(world, monkeypatch):
    monkeypatch.setenv("SEJOUR_FAILPOINTS", "booking.after_give_up=error")
    with world.owner():
        quote_id = world.quote()
        world.pricing.quotes[quote_id].used_by = ""
        world.pricing.refusals = [_used()]
        with pytest.raises(RemoteError):
            await world.place(quote_id)
        monkeypatch.delenv("SEJOUR_FAILPOINTS")
        await resumed(world)
        file = await the_file(world)
    assert (file.state, file.failure) == (pb.BOOKING_STATE_FAILED, "QUOTE_USED")
    assert not file.HasField("client")
    assert world.availability.lines == {}


async def test_a_silent_availability_leaves_a_file_that_ends_by_itself(world):
    world.availability.refusals = [Unavailable(), Unavailable()]
    with world.owner():
        request = world.place_request(world.quote())
        with pytest.raises(RemoteError) as silent:
            await world.bookings.PlaceBooking(request)
        assert silent.value.reason == "STILL_PLACING"
        assert silent.value.kind is ErrorKind.UNAVAILABLE
        await resumed(world)
        file = await the_file(world)
    assert file.state == pb.BOOKING_STATE_OPTION


async def test_a_cancellation_stands_although_availability_is_silent(world):
    with world.owner():
        file = (await world.place()).booking
        world.availability.refusals = [Unavailable()]
        request = calls.CancelBookingRequest(request_id=str(uuid4()), booking_id=file.id, by="CLIENT")
        answer = await world.bookings.CancelBooking(request)
        assert answer.booking.state == pb.BOOKING_STATE_CANCELLING
        await resumed(world)
        file = await the_file(world)
    assert file.state == pb.BOOKING_STATE_CANCELLED_BY_CLIENT


async def test_a_file_whose_first_hold_ended_unfinished_fails(world, monkeypatch):
    monkeypatch.setenv("SEJOUR_FAILPOINTS", "booking.after_placing=error")
    with world.public(), pytest.raises(RemoteError):
        await world.bookings.PlaceBooking(world.guest_request())
    monkeypatch.delenv("SEJOUR_FAILPOINTS")
    world.clock.now += timedelta(hours=1)
    with world.owner():
        await resumed(world)
        file = await the_file(world)
    assert (file.state, file.failure) == (pb.BOOKING_STATE_FAILED, "HOLD_ENDED")


async def test_a_repeat_of_what_ended_unfinished_is_told_to_begin_anew(world, monkeypatch):
    monkeypatch.setenv("SEJOUR_FAILPOINTS", "booking.after_hold=error")
    with world.public():
        request = world.guest_request(new_client=world.a_client("ROUX", email="roux@example.org"))
        with pytest.raises(RemoteError):
            await world.bookings.PlaceBooking(request)
        monkeypatch.delenv("SEJOUR_FAILPOINTS")
        world.clock.now += timedelta(hours=1)
    with world.public():
        reasons = []
        for _ in range(2):
            with pytest.raises(RemoteError) as refused:
                await world.bookings.PlaceBooking(request)
            reasons.append(refused.value.reason)
    assert reasons == ["QUOTE_EXPIRED", "QUOTE_EXPIRED"]
    assert world.availability.lines == {}


async def test_nights_taken_by_a_repeat_of_a_file_that_failed_meanwhile_are_freed(world):
    """The first call is refused and fails the file while its repeat, a moment later, gets the nights."""

    class Slow:
        def __getattr__(self, name):
            return getattr(world.driver.availability, name)

        async def hold(self, file):
            unopened = await world.driver.availability.hold(file)
            async with world.driver.open_unit() as unit:
                first = await unit.files.get(file.id, SELF, lock=True)
                first.give_up_placing("NIGHTS_TAKEN", {})
                first.fail(now=world.clock())
                await unit.files.save(first)
                await unit.commit()
            return unopened

    with world.owner():
        world.availability.refusals = [Unavailable()]
        with pytest.raises(RemoteError):
            await world.place()
        [row] = await world.rows("SELECT id FROM bookings WHERE owner_id = :id", id=UUID(world.owner_id))
        driver = replace(world.driver, availability=Slow())
        file, _ = await driver.run(row["id"])
    assert file.state is State.FAILED
    assert world.availability.lines == {}


async def test_one_file_that_nobody_understands_does_not_keep_the_others_waiting(world):
    for month in (7, 8, 9):
        world.availability.refusals = [Unavailable()]
        with world.owner():
            quote = world.quote(arrival=f"2026-0{month}-04", departure=f"2026-0{month}-11")
            with pytest.raises(RemoteError):
                await world.bookings.PlaceBooking(world.place_request(quote))
    rows = await world.rows(
        "SELECT id FROM bookings WHERE owner_id = :id AND state = 'PLACING'", id=UUID(world.owner_id)
    )
    files = [row["id"] for row in rows]
    assert len(files) == 3

    class Strange:
        def __getattr__(self, name):
            return getattr(world.driver.availability, name)

        async def hold(self, file):
            if file.id == files[1]:
                raise KeyError("nobody thought of that")
            return await world.driver.availability.hold(file)

    world.clock.now += timedelta(seconds=6)
    await resume(replace(world.driver, availability=Strange()))
    states = await world.rows("SELECT id, state FROM bookings WHERE owner_id = :id", id=UUID(world.owner_id))
    assert {row["id"]: row["state"] for row in states} == {
        files[0]: "OPTION",
        files[1]: "PLACING",
        files[2]: "OPTION",
    }


async def test_two_resumers_do_not_lease_the_same_file(world, monkeypatch):
    monkeypatch.setenv("SEJOUR_FAILPOINTS", "booking.after_placing=error")
    with world.owner(), pytest.raises(RemoteError):
        await world.place()
    now = world.clock() + timedelta(seconds=6)
    async with world.driver.open_unit() as one, world.driver.open_unit() as other:
        first = await one.files.stuck(before=now - timedelta(seconds=5), now=now, limit=10)
        second = await other.files.stuck(before=now - timedelta(seconds=5), now=now, limit=10)
    assert (len(first), len(second)) == (1, 0)


async def test_lost_news_is_asked_for(world):
    with world.owner():
        file = (await world.place()).booking
    world.clock.now += timedelta(days=30)
    before = world.clock()
    assert await ask_overdue(before=before, driver=world.driver, clock=world.clock) == 0
    world.availability.lines.pop(file.id)
    assert await ask_overdue(before=before, driver=world.driver, clock=world.clock) == 1


async def test_after_a_gap_in_the_news_overdue_options_are_asked_about_and_everything_is_compared(world):
    compared: list[str] = []

    async def compare() -> bool:
        compared.append((await state_of(world, file.id)).removeprefix("BOOKING_STATE_"))
        return True

    with world.owner():
        file = (await world.place()).booking
    world.clock.now += timedelta(days=30)
    world.availability.lines.pop(file.id)
    await ask_after_gap(world.driver, world.clock, compare)
    assert compared == ["EXPIRED"]


async def test_a_gap_is_not_closed_while_another_process_compares_which_may_have_begun_before_it(world):
    async def somebody_else_does() -> bool:
        return False

    with world.owner(), pytest.raises(Busy):
        await ask_after_gap(world.driver, world.clock, somebody_else_does)


async def state_of(world, file_id):
    with world.owner():
        found = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file_id))).booking
    return pb.BookingState.Name(found.state)


def _used():
    error = Unavailable()
    error.kind, error.reason = ErrorKind.CONFLICT, "QUOTE_USED"
    return error


async def test_a_late_refusal_frees_no_nights_of_a_file_that_was_placed_meanwhile(world):
    """A repeat of the request is refused by a busy availability while the first one goes on."""
    with world.owner():
        request = world.place_request(world.quote())
        file = (await world.bookings.PlaceBooking(request)).booking
        async with world.driver.open_unit() as unit:
            seen = await unit.files.get(UUID(file.id), SELF)
        seen.state = State.PLACING
        world.availability.refusals = [_used()]
        assert await world.driver._give_up(seen, _used()) == (None, False)
        now = await the_file(world)
    assert now == file
    assert world.availability.released == []


async def change_persons(world, file, adults=4, **fields):
    request = calls.UpdateBookingRequest(request_id=str(uuid4()), booking_id=file.id, **fields)
    request.parties[file.lines[0].id].adults = adults
    return (await world.bookings.UpdateBooking(request)).booking


@pytest.mark.parametrize("step", ["booking.before_move", "booking.after_move"])
async def test_changing_persons_survives_a_crash_at_each_step_and_availability_counts_them(
    world, monkeypatch, step
):
    with world.owner():
        file = (await world.place(world.quote(agreed=True), confirm=True)).booking
        monkeypatch.setenv("SEJOUR_FAILPOINTS", f"{step}=error")
        with pytest.raises(RemoteError):
            await change_persons(world, file, client_note="Quatre en tout.")
        monkeypatch.delenv("SEJOUR_FAILPOINTS")
        await resumed(world)
        changed = await the_file(world)
    assert (changed.state, changed.client_note) == (pb.BOOKING_STATE_CONFIRMED, "Quatre en tout.")
    assert changed.lines[0].price.party.adults == 4
    assert world.availability.lines[file.id][0].party.adults == 4
    assert changed.totals.total == file.totals.total


async def test_persons_that_availability_refuses_change_nothing_and_the_file_says_why(world):
    with world.owner():
        file = (await world.place(world.quote(agreed=True), confirm=True)).booking
        world.availability.refusals = [Refusal(ErrorKind.REFUSED, "GUEST_LIMIT")]
        with pytest.raises(RemoteError) as refused:
            await change_persons(world, file, adults=16, client_note="Seize.")
        after = await the_file(world)
    assert refused.value.reason == "GUEST_LIMIT"
    assert (after.state, after.failure) == (pb.BOOKING_STATE_CONFIRMED, "GUEST_LIMIT")
    assert (after.client_note, after.lines[0].price.party.adults) == ("", 2)


async def test_persons_of_a_confirmed_file_whose_nights_are_gone_never_end_it(world):
    with world.owner():
        file = (await world.place(world.quote(agreed=True), confirm=True)).booking
        world.availability.lines.clear()
        with pytest.raises(RemoteError):
            await change_persons(world, file)
        after = await the_file(world)
    assert after.state == pb.BOOKING_STATE_CONFIRMED


async def test_while_persons_are_changing_other_moves_are_told_to_come_again(world):
    with world.owner():
        file = (await world.place(world.quote(agreed=True))).booking
        world.availability.refusals = [Unavailable(), Unavailable()]
        with pytest.raises(RemoteError):
            await change_persons(world, file)
        with pytest.raises(RemoteError) as refused:
            await world.bookings.ConfirmBooking(world.move(file))
        assert refused.value.reason == "STILL_PLACING"
        await resumed(world)
        confirmed = (await world.bookings.ConfirmBooking(world.move(file))).booking
    assert (confirmed.state, confirmed.lines[0].price.party.adults) == (pb.BOOKING_STATE_CONFIRMED, 4)


async def test_a_hold_that_comes_late_for_a_file_that_lost_takes_no_night(world):
    with world.owner():
        world.availability.refusals = [refuse("NIGHTS_TAKEN")]
        with pytest.raises(RemoteError):
            await world.place()
        file = await the_file(world)
        # The first request of it was delayed on the wire and arrives now.
        world.availability.lines[file.id] = []
        assert await end_failed(world.driver) == 0
        world.clock.now += timedelta(seconds=6)
        assert await end_failed(world.driver) == 1
        assert await end_failed(world.driver) == 0
    assert (file.state, file.failure) == (pb.BOOKING_STATE_FAILED, "NIGHTS_TAKEN")
    assert world.availability.lines == {}
    assert world.availability.ended == {file.id: 2}


async def test_a_refusal_after_the_quote_was_used_gives_it_back(world, monkeypatch):
    async def too_many(*_args, **_more):
        raise TooManyOptions(limit="MAIL", most=3)

    with world.public():
        quote_id = world.quote()
        # A rival was faster between the first look at the limits and the second.
        monkeypatch.setattr("booking.application.drive.need_room", too_many)
        with pytest.raises(RemoteError) as refused:
            await world.bookings.PlaceBooking(world.guest_request(quote_id))
        assert refused.value.reason == "TOO_MANY_OPTIONS"
        monkeypatch.undo()
        assert world.pricing.quotes[quote_id].used_by == ""
        again = await world.bookings.PlaceBooking(world.guest_request(quote_id))
    assert again.booking.state == pb.BOOKING_STATE_OPTION


async def test_an_old_option_that_is_being_confirmed_has_been_in_between_only_since_then(world):
    with world.owner():
        file = (await world.place()).booking
        world.clock.now += timedelta(days=3)
        world.availability.refusals = [Unavailable(), Unavailable()]
        with pytest.raises(RemoteError):
            await world.bookings.ConfirmBooking(world.move(file))
    world.clock.now += timedelta(seconds=40)
    await measure(world.database, world.clock)
    assert IN_BETWEEN_FILES._value.get() == 1
    assert IN_BETWEEN_OLDEST._value.get() == 40
    with world.owner():
        await resumed(world)
    await measure(world.database, world.clock)
    assert IN_BETWEEN_OLDEST._value.get() == 0


async def test_nights_that_a_call_without_an_answer_held_are_free_again_when_its_repeats_are_refused(
    world, monkeypatch
):
    loses_the_first_answer(world, monkeypatch, "HoldStays")
    world.availability.refusals = [None] + [refuse("BUSY", ErrorKind.BUSY) for _ in range(3)]
    with world.owner():
        request = world.place_request(world.quote())
        with pytest.raises(RemoteError) as silent:
            await world.bookings.PlaceBooking(request)
        assert silent.value.reason == "STILL_PLACING"
        assert list(world.availability.lines) == [(await the_file(world)).id]
        world.availability.refusals.clear()
        placed = await world.bookings.PlaceBooking(request)
    assert placed.booking.state == pb.BOOKING_STATE_OPTION
    assert list(world.availability.lines) == [placed.booking.id]


async def test_nights_that_a_call_without_an_answer_held_are_freed_when_its_repeat_is_refused_for_good(
    world, monkeypatch
):
    loses_the_first_answer(world, monkeypatch, "HoldStays")
    world.availability.refusals = [None, refuse("NIGHTS_NOT_OPEN", ErrorKind.REFUSED)]
    with world.owner():
        with pytest.raises(RemoteError) as refused:
            await world.place()
        file = await the_file(world)
    assert refused.value.reason == "NIGHTS_NOT_OPEN"
    assert file.state == pb.BOOKING_STATE_FAILED
    assert world.availability.lines == {}


def loses_the_first_answer(world, monkeypatch, name):
    """Availability does what it is asked the first time, and the connection breaks before it says so."""
    stub = world.driver.availability._stub._stub
    call, lost = getattr(stub, name), []

    async def lossy(request, **options):
        answer = await call(request, **options)
        if not lost:
            lost.append(answer)
            gone = grpc.StatusCode.UNAVAILABLE
            raise grpc.aio.AioRpcError(gone, grpc.aio.Metadata(), grpc.aio.Metadata(), "Socket closed")
        return answer

    monkeypatch.setattr(stub, name, lossy)
