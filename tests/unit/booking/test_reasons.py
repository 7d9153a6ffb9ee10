"""The reasons of the contract and those of the code are the same."""

from booking.domain import states
from booking.domain.errors import ERRORS, NightsTaken, StillPlacing, error_of
from sejour.booking.v1 import booking_events_pb2 as events
from sejour.booking.v1 import booking_reasons_pb2 as reasons
from sejour.booking.v1 import booking_types_pb2 as pb


def words(enum, prefix=""):
    return {name.removeprefix(prefix) for name, number in enum.items() if number}


def test_the_reasons_are_those_of_the_contract():
    assert words(reasons.BookingReason) == {error.reason for error in ERRORS}


def test_the_closed_sets_are_those_of_the_contract():
    assert words(pb.BookingState, "BOOKING_STATE_") == set(states.State)
    assert words(pb.DepositKind, "DEPOSIT_KIND_") == set(states.DepositKind)
    assert words(pb.PaymentMeans, "PAYMENT_MEANS_") == set(states.Means)
    assert words(pb.SalesMode, "SALES_MODE_") == set(states.SalesMode)
    assert words(pb.BookingOrigin, "BOOKING_ORIGIN_") == set(states.Origin)
    assert words(events.BookingChange, "BOOKING_CHANGE_") == set(states.Change)


def test_availabilitys_words_become_ours():
    gone = error_of("HOLD_GONE", {"listing_id": "1"})
    assert isinstance(gone, NightsTaken)
    assert gone.metadata == {"listing_id": "1"}
    assert isinstance(error_of("SOMETHING_NEW", {}), StillPlacing)
