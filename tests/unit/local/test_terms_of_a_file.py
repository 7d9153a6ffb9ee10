"""Sales terms of a data file: what a file says is saved, what it does not name stays, and it is written back."""

from chassis.errors import ErrorKind, RemoteError
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour_local.load.model import Terms
from sejour_local.load.names import Names
from sejour_local.load.terms import save_terms, terms_node

OWNER, ROOM = "01930000-0000-7000-8000-000000027144", "01930000-0000-7000-8000-000000000001"
BASE = {"deposit_kind": "arrhes", "deposit_percent": 25, "means": ["cheque", "transfer"]}
PARTS = {
    "short_stays": {"max_nights": 3, "deposit_fixed": 50},
    "option_delays": [{"means": "transfer", "days": 5}],
    "cancellation": [{"days_before": 60, "kept_percent": 0}],
    "by_listing": [{"listing": "26CH1481", "balance_days_before": 0, "mode": "immediate"}],
}


class Kept:
    """The service of terms as the loader sees it."""

    def __init__(self):
        self.terms = None

    async def GetTerms(self, _request):
        if self.terms is None:
            raise RemoteError(ErrorKind.NOT_FOUND, "TERMS_NOT_FOUND")
        return calls.TermsResponse(terms=self.terms)

    async def SaveTerms(self, request):
        self.terms = booking.SalesTerms()
        self.terms.CopyFrom(request.terms)
        self.terms.revision += 1
        return calls.TermsResponse(terms=self.terms)


class Services:
    def __init__(self):
        self.terms = Kept()


async def loaded(services, **given):
    names = Names(owner_id=OWNER, listings={"26CH1481": ROOM})
    await save_terms(Terms.model_validate({**BASE, **given}), names, services)
    return services.terms.terms


async def test_what_a_file_says_is_saved_and_written_back():
    services = Services()
    saved = await loaded(services, **PARTS)
    assert saved.short_stays.deposit_fixed.amount == 5000
    assert saved.listings[0].listing_id == ROOM
    assert saved.listings[0].HasField("balance_days_before")
    node = await terms_node(OWNER, {ROOM: "26CH1481"}, services)
    again = await loaded(Services(), **{key: node[key] for key in PARTS})
    assert {key: node[key] for key in PARTS} == {
        **PARTS, "short_stays": {"max_nights": 3, "deposit_fixed": node["short_stays"]["deposit_fixed"]},
    }  # fmt: skip
    assert again.short_stays == saved.short_stays
    assert list(again.listings) == list(saved.listings)


async def test_what_a_file_does_not_name_stays_and_an_empty_list_takes_it_away():
    services = Services()
    before = await loaded(services, **PARTS)
    kept = await loaded(services)
    assert (kept.short_stays, list(kept.cancellation)) == (before.short_stays, list(before.cancellation))
    gone = await loaded(services, cancellation=[], by_listing=[])
    assert not gone.cancellation
    assert not gone.listings
    assert list(gone.option_delays) == list(before.option_delays)
