import pytest
from gateway.owner.bookings import row_of, safe_cell
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.common.v1 import common_pb2 as common


def a_file(state):
    rest = common.Money(amount=74000, currency="EUR")
    return booking.Booking(number=4, state=state, totals=booking.Totals(balance=rest))


@pytest.mark.parametrize("state", ["EXPIRED", "FAILED", "DECLINED"])
def test_a_file_that_came_to_nothing_owes_nothing(state):
    assert row_of(a_file(f"BOOKING_STATE_{state}"))["balance"] is None


@pytest.mark.parametrize("state", ["OPTION", "CONFIRMED", "CANCELLED_BY_CLIENT"])
def test_other_files_show_what_is_left_to_pay(state):
    assert row_of(a_file(f"BOOKING_STATE_{state}"))["balance"].amount == 74000


def test_no_cell_of_the_csv_is_taken_for_a_formula():
    assert safe_cell("=1+1") == "'=1+1"
    assert safe_cell("LE GOFF") == "LE GOFF"
