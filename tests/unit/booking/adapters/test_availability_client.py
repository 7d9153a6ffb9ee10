from datetime import UTC, datetime
from uuid import uuid4

import pytest
from booking.adapters.services import AvailabilityClient
from chassis.errors import DeadlineExceeded, ErrorKind, RemoteError
from sejour.availability.v1 import availability_service_pb2 as stays
from sejour.common.v1 import common_pb2 as common
from values import NightRange

WEEK = NightRange.parse("2026-07-18", "2026-07-25")


class Calendars:
    """Availability that answers, or fails."""

    def __init__(self, *refusals, failure=None):
        self.refusals, self.failure = refusals, failure

    async def CheckNights(self, request):
        if self.failure is not None:
            raise self.failure
        return stays.CheckNightsResponse(refusals=self.refusals)


def client_of(calendars):
    return AvailabilityClient(None, calendars, lambda: datetime(2026, 3, 1, tzinfo=UTC))


def refused(reason):
    return stays.NightsRefusal(
        reason=reason, nights=common.Nights(arrival="2026-07-20", departure="2026-07-22")
    )


@pytest.mark.parametrize("reason", ["TAKEN", "BLOCKED"])
async def test_taken_and_blocked_nights_are_named(reason):
    found = await client_of(Calendars(refused("NOT_OPEN"), refused(reason))).taken(uuid4(), WEEK)
    assert found == NightRange.parse("2026-07-20", "2026-07-22")


async def test_nights_that_are_only_closed_are_not_taken_by_anybody():
    assert await client_of(Calendars(refused("NOT_OPEN"))).taken(uuid4(), WEEK) is None


@pytest.mark.parametrize(
    "failure", [RemoteError(ErrorKind.UNAVAILABLE, "UNAVAILABLE"), DeadlineExceeded(method="CheckNights")]
)
async def test_without_an_answer_nothing_is_said_to_be_taken(failure):
    assert await client_of(Calendars(failure=failure)).taken(uuid4(), WEEK) is None
