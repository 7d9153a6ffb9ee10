"""The service through its own gRPC server: owners, strangers, guests and booking."""

from datetime import UTC, timedelta

import pytest
from availability.adapters.booked import BookedPages
from availability.domain.listing import ListingState, Mode
from availability.entrypoints.grpc_calendar import GrpcCalendar
from availability.entrypoints.grpc_planning import GrpcPlanning
from availability.entrypoints.grpc_stays import GrpcStays
from chassis.actor import Actor, acting_as
from chassis.errors import ErrorKind, RemoteError
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from chassis.ids import new_id
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.availability.v1 import availability_service_pb2 as pb
from sejour.availability.v1 import availability_service_pb2_grpc as pb_grpc
from sejour.availability.v1 import availability_types_pb2 as types_pb
from sejour.common.v1 import common_pb2

from tests.integration.availability.conftest import nights

KEYS = (b"a key for tests",)
WEEK = nights("2027-07-03", 7)


def stay(arrival="2027-07-03", departure="2027-07-10") -> common_pb2.Nights:
    return common_pb2.Nights(arrival=arrival, departure=departure)


def rid() -> str:
    return str(new_id())


class Calls:
    """Stubs of the three services, and who calls."""

    def __init__(self, world, port) -> None:
        self.world = world
        self.clients = {
            name: connect(f"127.0.0.1:{port}", stub, keys=KEYS, clock=world.clock)
            for name, stub in (
                ("planning", pb_grpc.PlanningServiceStub),
                ("stays", pb_grpc.StayServiceStub),
                ("calendar", pb_grpc.CalendarServiceStub),
            )
        }

    async def call(self, who, service, method, request):
        grants = {who} if isinstance(who, str) else {f"owner:{who.owner_id}"}
        with acting_as(Actor.make("test", grants, now=self.world.now, lifetime=timedelta(minutes=5))):
            return await getattr(self.clients[service].stub, method)(request)

    async def planning(self, who, method, request):
        return await self.call(who, "planning", method, request)

    async def stays(self, method, request, who="system:booking"):
        return await self.call(who, "stays", method, request)

    async def calendar(self, method, request, who="public"):
        return await self.call(who, "calendar", method, request)


@pytest.fixture
async def calls(world):
    server = Server("127.0.0.1:0", keys=KEYS, clock=world.clock)
    ports = {"ledgers": world.ledgers, "queries": world.queries, "clock": world.clock}
    server.add(pb_grpc.add_PlanningServiceServicer_to_server, GrpcPlanning(**ports))
    server.add(
        pb_grpc.add_StayServiceServicer_to_server, GrpcStays(**ports, booked=BookedPages(world.database))
    )
    server.add(
        pb_grpc.add_CalendarServiceServicer_to_server,
        GrpcCalendar(queries=world.queries, clock=world.clock),
    )
    await server.start()
    found = Calls(world, server.port)
    yield found
    for client in found.clients.values():
        await client.close()
    await server.stop(0)


def owner_requests(listing, block_id):
    ids = [str(listing.id)]
    return {
        "OpenNights": pb.OpenNightsRequest(request_id=rid(), listing_ids=ids, nights=[stay()]),
        "CloseNights": pb.CloseNightsRequest(request_id=rid(), listing_ids=ids, nights=[stay()]),
        "ListOpenPeriods": pb.ListOpenPeriodsRequest(listing_ids=ids),
        "AddBlock": pb.AddBlockRequest(
            request_id=rid(), block=types_pb.Block(listing_id=ids[0], nights=stay())
        ),
        "RemoveBlock": pb.RemoveBlockRequest(request_id=rid(), id=block_id),
        "GetPlanning": pb.GetPlanningRequest(listing_ids=ids, range=stay()),
    }


OWNER_METHODS = [method.name for method in pb.DESCRIPTOR.services_by_name["PlanningService"].methods]
BOOKING_METHODS = [method.name for method in pb.DESCRIPTOR.services_by_name["StayService"].methods]


@pytest.mark.parametrize("method", OWNER_METHODS)
@pytest.mark.parametrize("stranger", ["owner", "label", "public"])
async def test_a_stranger_finds_nothing_and_cannot_tell_it_from_nothing(world, calls, method, stranger):
    house = await world.listing()
    added = await calls.planning(house, "AddBlock", owner_requests(house, "")["AddBlock"])
    absent = await _refusal(calls, stranger, method, owner_requests(_nobody(), rid())[method])
    foreign = await _refusal(calls, stranger, method, owner_requests(house, added.block.id)[method])
    assert foreign.kind is absent.kind is ErrorKind.NOT_FOUND
    assert foreign.reason == absent.reason
    assert foreign.metadata.keys() == absent.metadata.keys()


def _nobody():
    from tests.integration.availability.conftest import a_listing  # noqa: PLC0415

    return a_listing()


async def _refusal(calls, stranger, method, request) -> RemoteError:
    who = "public" if stranger == "public" else f"{stranger}:{new_id()}"
    with pytest.raises(RemoteError) as refused:
        await calls.planning(who, method, request)
    return refused.value


@pytest.mark.parametrize("method", BOOKING_METHODS)
async def test_only_booking_may_touch_stays(world, calls, method):
    house = await world.listing()
    kind = pb.DESCRIPTOR.services_by_name["StayService"].methods_by_name[method].input_type
    fields = {"booking_id": rid()} if "booking_id" in kind.fields_by_name else {}
    for who in (house, "public", "operator", "system:pricing"):
        with pytest.raises(RemoteError) as refused:
            await calls.stays(method, getattr(pb, kind.name)(**fields), who=who)
        assert refused.value.reason == "NOT_ALLOWED"


async def test_an_owner_opens_several_periods_and_sees_them_merged(world, calls):
    house = await world.listing(open_nights=None)
    request = pb.OpenNightsRequest(
        request_id=rid(),
        listing_ids=[str(house.id)],
        nights=[stay("2027-07-03", "2027-07-10"), stay("2027-07-10", "2027-07-17")],
    )
    opened = await calls.planning(house, "OpenNights", request)
    assert (opened.listings, opened.nights_opened, opened.nights_already_open) == (1, 14, 0)
    assert [one.nights for one in opened.periods] == [stay("2027-07-03", "2027-07-17")]
    again = await calls.planning(house, "OpenNights", request)
    assert again == opened


async def test_one_request_id_stands_for_one_request(world, calls):
    house = await world.listing(open_nights=None)
    request = pb.OpenNightsRequest(request_id=rid(), listing_ids=[str(house.id)], nights=[stay()])
    await calls.planning(house, "OpenNights", request)
    request.nights.append(stay("2027-09-01", "2027-09-02"))
    with pytest.raises(RemoteError) as refused:
        await calls.planning(house, "OpenNights", request)
    assert refused.value.reason == "REQUEST_ID_REUSED"


async def test_a_preview_counts_and_writes_nothing(world, calls):
    house = await world.listing(open_nights=nights("2027-07-03", 2))
    await world.hold((house, nights("2027-07-03", 1)))
    request = pb.OpenNightsRequest(listing_ids=[str(house.id)], nights=[stay()], preview=True)
    counted = await calls.planning(house, "OpenNights", request)
    assert (counted.nights_opened, counted.nights_already_open, counted.nights_occupied) == (5, 2, 1)
    periods = await calls.planning(
        house, "ListOpenPeriods", pb.ListOpenPeriodsRequest(listing_ids=[str(house.id)])
    )
    assert [one.nights for one in periods.periods] == [stay("2027-07-03", "2027-07-05")]


async def test_week_ends_only_are_opened_by_weekday(world, calls):
    house = await world.listing(open_nights=None)
    request = pb.OpenNightsRequest(
        request_id=rid(),
        listing_ids=[str(house.id)],
        nights=[stay("2027-07-01", "2027-07-15")],
        weekdays=[5, 6],
    )
    opened = await calls.planning(house, "OpenNights", request)
    assert [one.nights for one in opened.periods] == [
        stay("2027-07-02", "2027-07-04"),
        stay("2027-07-09", "2027-07-11"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nights": [stay("2027-07-10", "2027-07-03")]},
        {"nights": [stay("2027-07-10", "2027-07-10")]},
        {"nights": [stay("soon", "2027-07-10")]},
        {"nights": []},
        {"nights": [stay()], "weekdays": [8]},
        {"nights": [stay()], "weekdays": [1], "rolling": True},
    ],
)
async def test_nights_that_are_no_range_are_refused(world, calls, wrong):
    house = await world.listing(open_nights=None)
    with pytest.raises(RemoteError) as refused:
        await calls.planning(
            house, "OpenNights", pb.OpenNightsRequest(request_id=rid(), listing_ids=[str(house.id)], **wrong)
        )
    assert (refused.value.kind, refused.value.reason) == (ErrorKind.MALFORMED, "BAD_RANGE")


async def test_closing_keeps_what_is_booked_and_says_so(world, calls):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    closed = await calls.planning(
        house,
        "CloseNights",
        pb.CloseNightsRequest(
            request_id=rid(), listing_ids=[str(house.id)], nights=[stay("2027-07-01", "2027-07-31")]
        ),
    )
    assert closed.nights_closed == 30
    assert list(closed.kept_booking_ids) == [str(booking)]
    assert len(await world.occupancies()) == 1


async def test_a_block_refuses_on_a_booking_and_names_it(world, calls):
    house = await world.listing()
    booking, _ = await world.hold((house, WEEK))
    with pytest.raises(RemoteError) as refused:
        await calls.planning(house, "AddBlock", owner_requests(house, "")["AddBlock"])
    assert refused.value.reason == "NIGHTS_TAKEN"
    assert refused.value.metadata["booking_id"] == str(booking)


async def test_a_block_stands_until_removed(world, calls):
    house = await world.listing()
    request = pb.AddBlockRequest(
        request_id=rid(),
        block=types_pb.Block(
            listing_id=str(house.id), nights=stay(), reason=types_pb.BLOCK_REASON_WORKS, note="toiture"
        ),
    )
    block = (await calls.planning(house, "AddBlock", request)).block
    assert (await calls.planning(house, "AddBlock", request)).block == block
    planning = await calls.planning(
        house,
        "GetPlanning",
        pb.GetPlanningRequest(listing_ids=[str(house.id)], range=stay("2027-07-09", "2027-07-20")),
    )
    [bar] = planning.listings[0].bars
    assert (bar.kind, bar.nights, bar.block_id) == (types_pb.OCCUPANCY_KIND_BLOCK, stay(), block.id)
    assert (bar.block_reason, bar.block_note) == (types_pb.BLOCK_REASON_WORKS, "toiture")
    removal = pb.RemoveBlockRequest(request_id=rid(), id=block.id)
    await calls.planning(house, "RemoveBlock", removal)
    await calls.planning(house, "RemoveBlock", removal)
    _, stays = await world.hold((house, WEEK))
    assert len(stays.rows) == 1
    with pytest.raises(RemoteError) as refused:
        await calls.planning(house, "RemoveBlock", pb.RemoveBlockRequest(request_id=rid(), id=block.id))
    assert refused.value.reason == "BLOCK_NOT_FOUND"


async def test_the_planning_shows_a_bar_once_and_says_when_it_comes_through_another_listing(world, calls):
    rooms = (new_id(), new_id())
    owner, site = new_id(), new_id()
    house = await world.listing(owner_id=owner, property_id=site, resources=rooms)
    room = await world.listing(owner_id=owner, property_id=site, resources=rooms, mode=Mode.ANY)
    booking, _ = await world.hold((house, WEEK))
    planning = await calls.planning(
        house,
        "GetPlanning",
        pb.GetPlanningRequest(
            listing_ids=[str(room.id), str(house.id)], range=stay("2027-07-05", "2027-07-06")
        ),
    )
    assert [one.listing_id for one in planning.listings] == [str(room.id), str(house.id)]
    bars = [list(one.bars) for one in planning.listings]
    assert [len(one) for one in bars] == [1, 1]
    assert [one[0].through_other_listing for one in bars] == [True, False]
    assert {one[0].booking_id for one in bars} == {str(booking)}
    assert bars[0][0].nights == stay()
    assert list(planning.listings[0].open) == [stay("2027-07-05", "2027-07-06")]


async def test_booking_holds_confirms_and_frees(world, calls):
    house = await world.listing()
    booking, line = rid(), rid()
    end = Timestamp()
    end.FromDatetime(world.now + timedelta(hours=1))
    lines = [
        types_pb.HoldLine(
            line_id=line, listing_id=str(house.id), nights=stay(), party=common_pb2.Party(adults=2)
        )
    ]
    held = await calls.stays(
        "HoldStays", pb.HoldStaysRequest(booking_id=booking, revision=1, lines=lines, expires_at=end)
    )
    assert [(one.line_id, one.kind) for one in held.lines] == [(line, types_pb.OCCUPANCY_KIND_HOLD)]
    assert held.lines[0].expires_at.ToDatetime(UTC) == world.now + timedelta(hours=1)
    later = Timestamp()
    later.FromDatetime(world.now + timedelta(days=2))
    await calls.stays("ExtendHolds", pb.ExtendHoldsRequest(booking_id=booking, revision=2, expires_at=later))
    pinned = await calls.stays("PinHolds", pb.BookingRequest(booking_id=booking, revision=3))
    assert pinned.lines[0].pinned
    await calls.stays("UnpinHolds", pb.BookingRequest(booking_id=booking, revision=3))
    stays = await calls.stays(
        "ConfirmStays", pb.ConfirmStaysRequest(booking_id=booking, revision=4, lines=lines)
    )
    assert [one.kind for one in stays.lines] == [types_pb.OCCUPANCY_KIND_STAY]
    assert await calls.stays("GetStays", pb.BookingRequest(booking_id=booking)) == stays
    lines[0].nights.CopyFrom(stay("2027-07-04", "2027-07-11"))
    moved = await calls.stays("MoveStays", pb.MoveStaysRequest(booking_id=booking, revision=5, lines=lines))
    assert moved.lines[0].nights == stay("2027-07-04", "2027-07-11")
    await calls.stays("ReleaseStays", pb.BookingRequest(booking_id=booking, revision=6))
    assert not (await calls.stays("GetStays", pb.BookingRequest(booking_id=booking))).lines


async def test_a_guest_sees_free_taken_and_closed_nights(world, calls):
    house = await world.listing(open_nights=nights("2027-07-03", 7))
    await world.hold((house, nights("2027-07-05", 1)))
    request = pb.GetCalendarRequest(listing_id=str(house.id), range=stay("2027-07-02", "2027-07-07"))
    found = await calls.calendar("GetCalendar", request)
    assert list(found.states) == [
        pb.NIGHT_STATE_CLOSED,
        pb.NIGHT_STATE_FREE,
        pb.NIGHT_STATE_FREE,
        pb.NIGHT_STATE_TAKEN,
        pb.NIGHT_STATE_FREE,
    ]
    world.now += timedelta(hours=1)
    assert (await calls.calendar("GetCalendar", request)).states[3] == pb.NIGHT_STATE_FREE


async def test_who_knows_a_calendar_is_told_only_what_has_changed(world, calls):
    house = await world.listing(open_nights=nights("2027-07-03", 7))
    request = pb.GetCalendarRequest(listing_id=str(house.id), range=stay("2027-07-02", "2027-07-07"))
    first = await calls.calendar("GetCalendar", request)
    request.known_tag = first.tag
    same = await calls.calendar("GetCalendar", request)
    assert (same.tag, list(same.states)) == (first.tag, [])
    await world.hold((house, nights("2027-07-05", 1)))
    held = await calls.calendar("GetCalendar", request)
    assert held.states[3] == pb.NIGHT_STATE_TAKEN
    request.known_tag = held.tag
    assert not (await calls.calendar("GetCalendar", request)).states
    # The hold ends by the clock alone: no revision tells of it.
    world.now += timedelta(hours=1)
    freed = await calls.calendar("GetCalendar", request)
    assert (freed.tag, freed.states[3]) == (first.tag, pb.NIGHT_STATE_FREE)
    # A clock that is set back finds the hold again.
    world.now -= timedelta(hours=1)
    request.known_tag = ""
    assert (await calls.calendar("GetCalendar", request)).states[3] == pb.NIGHT_STATE_TAKEN


async def test_a_draft_is_seen_by_its_owner_alone(world, calls):
    draft = await world.listing(state=ListingState.DRAFT)
    request = pb.GetCalendarRequest(listing_id=str(draft.id), range=stay())
    assert len((await calls.calendar("GetCalendar", request, who=draft)).states) == 7
    for who in ("public", f"owner:{new_id()}"):
        with pytest.raises(RemoteError) as refused:
            await calls.calendar("GetCalendar", request, who=who)
        assert refused.value.reason == "LISTING_NOT_FOUND"


async def test_every_reason_why_nights_cannot_be_sold_is_told(world, calls):
    house = await world.listing(open_nights=nights("2027-02-20", 20))
    await world.hold((house, nights("2027-03-05", 2)))
    await calls.planning(
        house,
        "AddBlock",
        pb.AddBlockRequest(
            request_id=rid(),
            block=types_pb.Block(listing_id=str(house.id), nights=stay("2027-03-08", "2027-03-09")),
        ),
    )
    found = await calls.calendar(
        "CheckNights",
        pb.CheckNightsRequest(listing_id=str(house.id), nights=stay("2027-02-27", "2027-03-14")),
    )
    assert [(one.reason, one.nights.arrival, one.nights.departure) for one in found.refusals] == [
        ("IN_PAST", "2027-02-27", "2027-03-01"),
        ("NOT_OPEN", "2027-03-12", "2027-03-14"),
        ("TAKEN", "2027-03-05", "2027-03-07"),
        ("BLOCKED", "2027-03-08", "2027-03-09"),
    ]
    free = await calls.calendar(
        "CheckNights",
        pb.CheckNightsRequest(listing_id=str(house.id), nights=stay("2027-03-02", "2027-03-05")),
    )
    assert not free.refusals


async def test_like_rooms_that_change_hands_midway_are_taken_for_the_whole_stay(world, calls):
    room = await world.listing(resources=(new_id(), new_id()), mode=Mode.ANY)
    await world.hold((room, nights("2027-07-03", 2)), (room, nights("2027-07-04", 1)))
    calendar = await calls.calendar(
        "GetCalendar", pb.GetCalendarRequest(listing_id=str(room.id), range=stay())
    )
    assert list(calendar.states).count(pb.NIGHT_STATE_TAKEN) == 1
    check = await calls.calendar("CheckNights", pb.CheckNightsRequest(listing_id=str(room.id), nights=stay()))
    assert [one.reason for one in check.refusals] == ["TAKEN"]


async def test_the_hole_is_the_run_of_free_open_nights(world, calls):
    house = await world.listing()
    await world.hold((house, nights("2027-07-01", 2)))
    await world.hold((house, nights("2027-07-08", 2)))
    request = pb.GetHoleRequest(listing_id=str(house.id), nights=stay("2027-07-04", "2027-07-06"))
    assert (await calls.calendar("GetHole", request)).hole == stay("2027-07-03", "2027-07-08")
    taken = pb.GetHoleRequest(listing_id=str(house.id), nights=stay("2027-07-07", "2027-07-09"))
    assert not (await calls.calendar("GetHole", taken)).HasField("hole")


async def test_a_listing_is_ready_when_a_priced_night_is_open(world, calls):
    house = await world.listing(open_nights=nights("2027-07-03", 7))
    ready = await calls.calendar(
        "GetReadiness",
        pb.GetReadinessRequest(listing_id=str(house.id), among=[stay("2027-07-08", "2027-08-01")]),
        who="system:catalog",
    )
    assert (ready.open, ready.first_open) == (True, "2027-07-08")
    not_yet = await calls.calendar(
        "GetReadiness",
        pb.GetReadinessRequest(listing_id=str(house.id), among=[stay("2027-08-08", "2027-09-01")]),
        who="system:catalog",
    )
    assert (not_yet.open, not_yet.first_open) == (False, "")
