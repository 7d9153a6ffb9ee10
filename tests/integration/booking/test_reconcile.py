"""Files against the nights of a real availability: what differs is found, mended where that is safe, and never else."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from availability.adapters.booked import BookedPages as AvailabilityPages
from availability.adapters.postgres import PostgresLedgers
from availability.adapters.queries import Queries as AvailabilityQueries
from availability.application.announce_listing import announce_listing
from availability.application.open_nights import OpenNights, open_nights
from availability.domain.listing import Listing, ListingKind, ListingState, Mode
from availability.entrypoints.grpc_calendar import GrpcCalendar
from availability.entrypoints.grpc_stays import GrpcStays
from booking.adapters.comparing import BookedPages, FilePages
from booking.adapters.services import AvailabilityClient
from booking.application.reconcile import Reconciler, day_of
from booking.domain.comparing import Kind
from booking.entrypoints.grpc_reconcile import GrpcReconcile
from booking.entrypoints.reconcile_job import DIFFERENCES, MENDED, reconcile
from chassis.actor import Scope
from chassis.database import Database
from chassis.errors import ErrorKind, RemoteError
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from chassis.leases import only_one
from sejour.availability.v1.availability_service_pb2_grpc import (
    CalendarServiceStub,
    StayServiceStub,
    add_CalendarServiceServicer_to_server,
    add_StayServiceServicer_to_server,
)
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.booking.v1 import reconcile_service_pb2 as reconcile_pb
from sejour.booking.v1.reconcile_service_pb2_grpc import (
    ReconcileServiceStub,
    add_ReconcileServiceServicer_to_server,
)
from sqlalchemy import text
from values import NightRange

from tests.integration.booking.conftest import KEYS


@pytest.fixture
async def booking_database(make_database):
    database = Database.at(await make_database("booking"), application="booking-tests")
    yield database
    await database.close()


class Both:
    """Booking and availability, each on its own database."""

    def __init__(self, world, nights, reconciler) -> None:
        self.world, self.nights, self.reconciler = world, nights, reconciler

    async def found(self, *, mend=False, limit=500):
        found, after = [], None
        while True:
            page = await self.reconciler.page(
                after=after, departing_after=day_of(self.world.clock()), mend=mend, limit=limit
            )
            found += page.found
            if page.next is None:
                return found
            after = page.next

    async def kinds(self, **more):
        return [one.kind for one in await self.found(**more)]

    async def lose(self, sql, **values):
        """Something that a backup, or a mistake, took away from availability."""
        async with self.nights.transaction() as session:
            await session.execute(text(sql), values)

    async def lose_in_booking(self, sql, **values):
        async with self.world.database.transaction() as session:
            await session.execute(text(sql), values)

    async def taken(self):
        async with self.nights.reading() as connection:
            rows = await connection.execute(text("SELECT booking_id, kind FROM occupancies ORDER BY nights"))
            return [(str(row.booking_id), row.kind) for row in rows]


@pytest.fixture
async def both(world, make_database):
    database = Database.at(await make_database("availability"), application="availability-tests")
    ledgers, clock = PostgresLedgers(database), world.clock
    server = Server("127.0.0.1:0", keys=KEYS, clock=clock)
    server.add(
        add_StayServiceServicer_to_server,
        GrpcStays(
            ledgers=ledgers,
            queries=AvailabilityQueries(database),
            booked=AvailabilityPages(database),
            clock=clock,
        ),
    )
    server.add(
        add_CalendarServiceServicer_to_server,
        GrpcCalendar(queries=AvailabilityQueries(database), clock=clock),
    )
    await server.start()
    link = connect(f"127.0.0.1:{server.port}", StayServiceStub, keys=KEYS, clock=clock)
    calendars = connect(f"127.0.0.1:{server.port}", CalendarServiceStub, keys=KEYS, clock=clock)
    availability = AvailabilityClient(link.stub, calendars.stub, clock)
    object.__setattr__(world.driver, "availability", availability)
    listing = Listing(
        UUID(world.listing_id), UUID(world.owner_id), uuid4(), Mode.ALL, ListingKind.GUEST_ROOM,
        ListingState.IN_PRODUCTION, "Europe/Paris", 6, 1, (uuid4(), uuid4()),
    )  # fmt: skip
    await announce_listing(listing, ledgers=ledgers, clock=clock)
    year = NightRange(date(2026, 3, 1), date(2027, 3, 1))
    owner = Scope(frozenset({f"owner:{world.owner_id}"}))
    await open_nights(
        OpenNights(uuid4(), b"", (listing.id,), (year,), rolling=False, weekdays=frozenset()),
        scope=owner, ledgers=ledgers, clock=clock,
    )  # fmt: skip
    files = FilePages(world.database)
    yield Both(world, database, Reconciler(files, BookedPages(link.stub, clock), world.driver))
    await link.close()
    await calendars.close()
    await server.stop(1)
    await database.close()


def week(world, number, **more):
    arrival = date(2026, 7, 4) + timedelta(weeks=number)
    return world.quote(arrival=str(arrival), departure=str(arrival + timedelta(weeks=1)), agreed=True, **more)


async def an_option(world, number=0, **more):
    with world.owner():
        return (await world.place(week(world, number), **more)).booking


async def a_booking(world, number=0):
    return await an_option(world, number, confirm=True)


async def state(world, file):
    with world.owner():
        return (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking.state


async def cancel(world, file):
    with world.owner():
        request = calls.CancelBookingRequest(request_id=str(uuid4()), booking_id=file.id, by="OWNER")
        await world.bookings.CancelBooking(request)


async def test_in_every_state_both_sides_agree_whatever_the_size_of_the_pages(world, both):
    await an_option(world, 0)
    await a_booking(world, 1)
    await an_option(world, 2, expiry="NONE")
    await cancel(world, await a_booking(world, 3))
    changed = await a_booking(world, 4)
    with world.owner():
        request = calls.UpdateBookingRequest(request_id=str(uuid4()), booking_id=changed.id)
        request.parties[changed.lines[0].id].adults = 3
        await world.bookings.UpdateBooking(request)
        with pytest.raises(RemoteError):
            await world.place(week(world, 4))
    for limit in (1, 2, 3, 500):
        assert await both.found(limit=limit) == []
    world.clock.now += timedelta(days=400)
    assert Kind.STAY_MISSING not in await both.kinds()


async def test_nights_that_a_confirmed_file_lost_are_taken_again(world, both):
    file = await a_booking(world)
    await both.lose("DELETE FROM occupancies")
    [found] = await both.found()
    assert (found.kind, str(found.booking_id), found.mended) == (Kind.STAY_MISSING, file.id, False)
    [found] = await both.found(mend=True)
    assert found.mended
    assert await both.taken() == [(file.id, "STAY")] * 2
    assert await both.found() == []


async def test_a_part_of_the_nights_that_is_only_held_is_taken(world, both):
    file = await a_booking(world)
    await both.lose("UPDATE occupancies SET kind = 'HOLD'")
    assert await both.kinds(mend=True) == [Kind.ONLY_HELD]
    assert await both.taken() == [(file.id, "STAY")] * 2


async def test_a_confirmed_file_whose_nights_somebody_else_has_stays_and_says_so_to_its_owner(world, both):
    file = await a_booking(world)
    await both.lose("DELETE FROM occupancies")
    other = await an_option(world, expiry="NONE")
    for _ in range(2):
        [found] = await both.found(mend=True)
        assert (found.kind, found.mended, found.refusal) == (Kind.STAY_MISSING, False, "NIGHTS_TAKEN")
    with world.owner():
        after = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking
    assert (after.state, after.failure) == (pb.BOOKING_STATE_CONFIRMED, "NIGHTS_TAKEN")
    assert after.revision == file.revision + 1
    assert {booking for booking, _ in await both.taken()} == {other.id}


async def test_the_nights_that_an_option_lost_are_held_again_until_its_end(world, both):
    file = await an_option(world)
    await both.lose("DELETE FROM occupancies")
    assert await both.kinds(mend=True) == [Kind.HOLD_MISSING]
    assert await both.taken() == [(file.id, "HOLD")] * 2
    assert await both.found() == []
    with world.owner():
        confirmed = (await world.bookings.ConfirmBooking(world.move(file))).booking
    assert confirmed.state == pb.BOOKING_STATE_CONFIRMED


async def test_an_option_whose_end_was_never_told_expires(world, both):
    file = await an_option(world)
    world.clock.now += timedelta(days=30)
    assert await both.kinds(mend=True) == [Kind.END_UNTOLD]
    assert await state(world, file) == pb.BOOKING_STATE_EXPIRED
    assert await both.found() == []


async def test_other_persons_or_nights_become_what_the_file_says(world, both):
    one, other = await a_booking(world, 0), await an_option(world, 2)
    await both.lose("UPDATE occupancies SET guests = 5 WHERE booking_id = :id", id=UUID(one.id))
    await both.lose(
        "UPDATE occupancies SET nights = '[2026-12-01,2026-12-08)' WHERE booking_id = :id", id=UUID(other.id)
    )
    assert await both.kinds(mend=True) == [Kind.NIGHTS_DIFFER] * 2
    assert await both.found() == []
    assert {booking for booking, _ in await both.taken()} == {one.id, other.id}


async def test_nights_of_a_file_that_has_ended_are_freed(world, both):
    file = await a_booking(world)
    await both.lose_in_booking("UPDATE bookings SET state = 'CANCELLED_BY_OWNER', revision = revision + 1")
    assert await both.kinds() == [Kind.NIGHTS_OF_ENDED]
    assert await both.taken() == [(file.id, "STAY")] * 2
    assert await both.kinds(mend=True) == [Kind.NIGHTS_OF_ENDED]
    assert await both.taken() == []


async def test_what_may_be_the_last_trace_of_a_booking_is_told_and_never_touched(world, both):
    """As after booking was restored from a backup, and availability was not."""
    one, option = await a_booking(world, 0), await an_option(world, 1)
    unknown = UUID(int=UUID(option.id).int + 1)
    await both.lose("INSERT INTO bookings VALUES (:id, 1, -1)", id=unknown)
    await both.lose(
        "INSERT INTO occupancies (id, resource_id, listing_id, nights, kind, booking_id, line_id, booking_revision,"
        " guests, client_key) SELECT gen_random_uuid(), resource_id, listing_id, '[2026-11-01,2026-11-08)', 'STAY',"
        " CAST(:id AS uuid), gen_random_uuid(), 1, 0, '' FROM occupancies LIMIT 1",
        id=unknown,
    )
    await both.lose("UPDATE bookings SET revision = 90 WHERE id = :id", id=UUID(one.id))
    await both.lose(
        "UPDATE occupancies SET kind = 'STAY', expires_at = NULL WHERE booking_id = :id", id=UUID(option.id)
    )
    before = await both.taken()
    found = {str(each.booking_id): each for each in await both.found(mend=True)}
    assert {key: each.kind for key, each in found.items()} == {
        one.id: Kind.REVISION_AHEAD, option.id: Kind.TAKEN_UNTOLD, str(unknown): Kind.NIGHTS_OF_UNKNOWN,
    }  # fmt: skip
    assert not any(each.mended for each in found.values())
    assert await both.taken() == before


async def test_a_step_under_way_is_no_difference_until_it_is_stuck(world, both, monkeypatch):
    monkeypatch.setenv("SEJOUR_FAILPOINTS", "booking.after_confirm=error")
    with world.owner():
        file = (await world.place(week(world, 0), expiry="NONE")).booking
        with pytest.raises(RemoteError):
            await world.bookings.ConfirmBooking(world.move(file))
    monkeypatch.delenv("SEJOUR_FAILPOINTS")
    assert await both.found() == []
    world.clock.now += timedelta(minutes=6)
    assert await both.kinds(mend=True) == [Kind.STEP_STUCK]


async def test_what_changes_between_the_looks_is_no_difference(world, both):
    """The first look at the two sides was torn: the file was cancelled in between."""
    file = await a_booking(world)
    window = both.reconciler.booked.window

    async def late(**range_):
        found = await window(**range_)
        if range_["after"] is None:
            await cancel(world, file)
        return found

    torn = Reconciler(both.reconciler.files, both.reconciler.booked, world.driver)
    torn.booked.window = late
    page = await torn.page(after=None, departing_after=day_of(world.clock()), mend=True)
    assert page.found == []


async def test_the_job_tells_what_is_left_as_metrics_and_only_one_process_compares(world, both):
    await a_booking(world, 0)
    await both.lose("DELETE FROM occupancies")
    before = MENDED.labels("STAY_MISSING")._value.get()
    await reconcile(both.reconciler, world.database, world.clock, mends=False)
    assert DIFFERENCES.labels("STAY_MISSING")._value.get() == 1
    async with only_one(world.database, "reconcile"):
        assert not await reconcile(both.reconciler, world.database, world.clock, mends=True)
    assert len(await both.found()) == 1
    await reconcile(both.reconciler, world.database, world.clock, mends=True)
    assert MENDED.labels("STAY_MISSING")._value.get() == before + 1
    assert DIFFERENCES.labels("STAY_MISSING")._value.get() == 0


@pytest.fixture
async def calls_of_operators(world, both):
    server = Server("127.0.0.1:0", keys=KEYS, clock=world.clock)
    server.add(
        add_ReconcileServiceServicer_to_server,
        GrpcReconcile(both.reconciler, both.reconciler.files, world.clock),
    )
    await server.start()
    link = connect(f"127.0.0.1:{server.port}", ReconcileServiceStub, keys=KEYS, clock=world.clock)
    yield link.stub
    await link.close()
    await server.stop(1)


async def test_operators_compare_page_by_page_and_nobody_else_does(world, both, calls_of_operators):
    file = await a_booking(world, 0)
    other = await a_booking(world, 1)
    await both.lose("DELETE FROM occupancies WHERE booking_id = :id", id=UUID(file.id))
    with world.acting("operator"):
        page = await calls_of_operators.CompareNights(reconcile_pb.CompareNightsRequest(limit=1))
        [found] = page.differences
        assert (found.kind, found.booking_id) == (reconcile_pb.DIFFERENCE_KIND_STAY_MISSING, file.id)
        assert (found.reference, found.state) == (file.reference, pb.BOOKING_STATE_CONFIRMED)
        assert page.next == file.id
        rest = await calls_of_operators.CompareNights(
            reconcile_pb.CompareNightsRequest(limit=5, after=page.next, mend=True)
        )
        assert (rest.files, rest.bookings, list(rest.differences), rest.next) == (1, 1, [], "")
        confirmed = await calls_of_operators.ListConfirmed(reconcile_pb.ListConfirmedRequest())
        assert [(one.booking_id, one.confirmed_revision) for one in confirmed.files] == [
            (file.id, file.revision), (other.id, other.revision),
        ]  # fmt: skip
        assert not any(one.is_mailed for one in confirmed.files)
        with world.owner():
            client = world.a_client(email="georges@example.org")
            mailed = (await world.place(week(world, 2), confirm=True, new_client=client)).booking
        last = await calls_of_operators.ListConfirmed(
            reconcile_pb.ListConfirmedRequest(after=max(file.id, other.id))
        )
        assert [(one.booking_id, one.is_mailed) for one in last.files] == [(mailed.id, True)]
        with pytest.raises(RemoteError) as malformed:
            await calls_of_operators.CompareNights(reconcile_pb.CompareNightsRequest(after="x"))
        assert malformed.value.kind is ErrorKind.MALFORMED
    for who in (world.owner(), world.public()):
        with who, pytest.raises(RemoteError) as refused:
            await calls_of_operators.CompareNights(reconcile_pb.CompareNightsRequest())
        assert refused.value.kind is ErrorKind.FORBIDDEN


def test_the_kinds_are_those_of_the_contract():
    contract = set(reconcile_pb.DifferenceKind.keys()) - {"DIFFERENCE_KIND_UNSPECIFIED"}
    assert contract == {f"DIFFERENCE_KIND_{kind.value}" for kind in Kind}
