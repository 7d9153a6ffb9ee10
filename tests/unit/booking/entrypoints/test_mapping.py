from booking.entrypoints.mapping import write_of
from sejour.booking.v1 import booking_service_pb2 as pb

REQUEST_ID = "7b0d1c86-2c0e-4f2b-9a51-0d3f5d1f6b11"


def placed(**more):
    return write_of(pb.PlaceBookingRequest(request_id=REQUEST_ID, quote_id="q", **more), "PlaceBooking")


def test_a_repeat_from_another_network_is_the_same_write():
    assert placed(caller_key="home") == placed(caller_key="train")


def test_another_content_is_another_write():
    assert placed(message="Bonjour") != placed()
