"""A stranger's owner asks every call of every service for things of 27144: not found, as if they never existed.

Generated from the contracts: each request is filled with 27144's real ids, by the names of its fields, and once
more with ids of nothing. A new call is tried as soon as it is declared.
"""

import pytest
from chassis.errors import RemoteError
from foreign import METHODS, OPEN, Things, outcome, owner_of, refusal, seen, things_of_27144
from google.protobuf.message import Message
from stack_calls import StackCalls

pytestmark = pytest.mark.xdist_group("stack")
OF_NO_LISTING = {
    "ListingService.GetFields", "ListingService.GetPhoto", "OwnerService.GetLabel", "OwnerService.ListLabels",
    "SearchService.GetIndexStatus", "TariffService.ListSupplements", "TariffService.ListTaxRules",
    "TermsService.GetTerms", "TermsService.PreviewSchedule",
}  # fmt: skip
NOT_HIS = {"StayService", "AccountService", "ImportService", "MaintenanceService", "ReconcileService"}
READS = {
    name
    for name, method in METHODS.items()
    if method.name.startswith(("Get", "List")) and method.containing_service.name not in NOT_HIS
} - {"BookingService.GetBookingByLink", "ProposalService.GetProposalByLink"}


@pytest.fixture(scope="module")
def calls(stack):
    found = StackCalls(stack)
    yield found
    found.close()


@pytest.fixture(scope="module")
def things(calls) -> Things:
    return things_of_27144(calls)


@pytest.fixture(scope="module")
def stranger(calls):
    return f"owner:{owner_of(calls, 27145).id}"


@pytest.mark.parametrize("name", sorted(set(METHODS) - OPEN))
def test_a_stranger_learns_no_more_than_of_what_never_existed(calls, things, stranger, name):
    real = outcome(calls, name, things, stranger)
    if isinstance(real, RemoteError):
        assert refusal(real) == refusal(outcome(calls, name, things.absent(), stranger))
    else:
        assert name.partition(".")[2].startswith(("Get", "List"))
        known = {kind: each for kind, each in things.ids.items() if kind != "label"}
        assert not seen(real, [*known.values(), *things.private])


@pytest.mark.parametrize("name", sorted(OPEN))
def test_what_is_public_of_a_listing_on_sale_holds_nothing_private(calls, things, stranger, name):
    real = outcome(calls, name, things, stranger)
    assert not isinstance(real, Message) or not seen(real, things.private)


@pytest.mark.parametrize("name", sorted(OPEN - OF_NO_LISTING))
def test_a_draft_is_hidden_even_from_public_calls(calls, things, stranger, name):
    draft = outcome(calls, name, things.with_draft(), stranger)
    absent = outcome(calls, name, things.absent(), stranger)
    if isinstance(absent, RemoteError):
        assert refusal(draft) == refusal(absent)
    else:
        assert draft == absent


@pytest.mark.parametrize("name", sorted(READS))
def test_the_owner_himself_is_answered_so_that_the_requests_name_real_things(calls, things, name):
    assert isinstance(outcome(calls, name, things, f"owner:{things.ids['owner']}"), Message)
