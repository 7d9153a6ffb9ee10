"""A stranger gets NOT_FOUND on every owner call, the same as for what never existed."""

from uuid import uuid4

import pytest
from chassis.errors import ErrorKind, RemoteError
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb

OPEN = {
    ("TermsService", "GetTerms"), ("TermsService", "PreviewSchedule"), ("BookingService", "GetBookingByLink"),
    ("BookingService", "ConfirmOptionByLink"),
}  # fmt: skip


def owner_calls(service):
    methods = calls.DESCRIPTOR.services_by_name[service].methods
    return [(service, method.name) for method in methods if (service, method.name) not in OPEN]


CALLS = [*owner_calls("TermsService"), *owner_calls("ClientService"), *owner_calls("BookingService")]


def request_for(world, method, file, client, quote_id):
    """A good request about the owner's own things."""
    write, booking = {"request_id": str(uuid4())}, {"booking_id": file.id}
    client = pb.Client(id=client.id, owner_id=world.owner_id, last_name="X", revision=1)
    made = {
        "SaveTerms": lambda: calls.SaveTermsRequest(**write, terms=pb.SalesTerms(owner_id=world.owner_id, revision=1)),
        "GetReadiness": lambda: calls.GetReadinessRequest(owner_id=world.owner_id),
        "CreateClient": lambda: calls.CreateClientRequest(**write, client=client),
        "GetClient": lambda: calls.GetClientRequest(id=client.id),
        "UpdateClient": lambda: calls.UpdateClientRequest(**write, client=client),
        "ListClients": lambda: calls.ListClientsRequest(owner_id=world.owner_id),
        "PlaceBooking": lambda: world.place_request(quote_id),
        "ConfirmBooking": lambda: world.move(file),
        "DeclineBooking": lambda: world.move(file),
        "CancelBooking": lambda: calls.CancelBookingRequest(**write, **booking, by="OWNER"),
        "ExtendOption": lambda: calls.ExtendOptionRequest(**write, **booking),
        "RecordPayment": lambda: world.pay(file, 100),
        "CounterPayment": lambda: calls.CounterPaymentRequest(**write, **booking, payment_id=file.payments[0].id),
        "UpdateBooking": lambda: calls.UpdateBookingRequest(**write, **booking, client_note="x"),
        "SetBookingClient": lambda: calls.SetBookingClientRequest(**write, **booking, client_id=client.id),
        "GetBooking": lambda: calls.GetBookingRequest(id=file.id),
        "ListBookings": lambda: calls.ListBookingsRequest(owner_id=world.owner_id),
        "ListTaxLines": lambda: calls.ListTaxLinesRequest(
            owner_id=world.owner_id, first="2026-01-01", last="2026-12-31"
        ),
        "IssueGuestLink": lambda: calls.IssueGuestLinkRequest(**booking),
        "RecordAcceptance": lambda: calls.RecordAcceptanceRequest(
            **write, **booking, accepted={"description_version": "1"}
        ),
    }  # fmt: skip
    return made[method]()


def stub_of(world, service):
    return {"TermsService": world.terms, "ClientService": world.clients, "BookingService": world.bookings}[
        service
    ]


@pytest.mark.parametrize(("service", "method"), CALLS, ids=[method for _, method in CALLS])
async def test_a_stranger_finds_nothing(world, service, method):
    with world.owner():
        file = (await world.place()).booking
        file = (await world.bookings.RecordPayment(world.pay(file, 200))).booking
    request = request_for(
        world, method, file, file.client, world.quote(arrival="2026-09-05", departure="2026-09-12")
    )
    for grants in ([f"owner:{uuid4()}"], [f"label:{uuid4()}"], ["public"], [f"booking:{uuid4()}"]):
        if method == "PlaceBooking" and not grants[0].startswith("owner:"):
            continue
        with world.acting(*grants), pytest.raises(RemoteError) as refused:
            await getattr(stub_of(world, service), method)(request)
        assert refused.value.kind is ErrorKind.NOT_FOUND
    with world.owner():
        after = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking
    assert after == file


@pytest.mark.parametrize("key", ["number", "reference"])
async def test_a_stranger_finds_no_file_by_number_or_reference(world, key):
    with world.owner():
        file = (await world.place()).booking
    number = calls.OwnerNumber(owner_id=world.owner_id, number=file.number)
    request = calls.GetBookingRequest(**{key: number if key == "number" else file.reference})
    with world.acting(f"owner:{uuid4()}"), pytest.raises(RemoteError) as refused:
        await world.bookings.GetBooking(request)
    assert refused.value.reason == "BOOKING_NOT_FOUND"


async def test_a_list_without_owner_holds_only_what_is_in_reach(world):
    with world.owner():
        file = (await world.place()).booking
        mine = await world.bookings.ListBookings(calls.ListBookingsRequest(ids=[file.id]))
    with world.acting(f"owner:{uuid4()}"):
        theirs = await world.bookings.ListBookings(calls.ListBookingsRequest(ids=[file.id]))
    assert [one.id for one in mine.bookings] == [file.id]
    assert (len(theirs.bookings), theirs.count, theirs.sum_total.amount) == (0, 0, 0)
