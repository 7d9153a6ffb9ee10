"""More than 500 probes by a stranger for things of 27144: none answered, none changes anything, none tells more
than one for what never existed.

Made from the routes of the dashboard, the OpenAPI document, the contracts of gRPC and the sites of files and
guests; each with several real ids and, for the dashboard, with every method.
"""

import itertools
import re
import uuid
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from chassis.clock import MovableClock
from chassis.errors import RemoteError
from foreign import (
    METHODS,
    NOBODY,
    OPEN,
    Person,
    Things,
    fill,
    owner_of,
    refusal,
    seen,
    things_of_27144,
)  # fmt: skip
from gateway.guest import signed
from google.protobuf import text_format
from google.protobuf.message import Message
from sejour.availability.v1 import availability_service_pb2 as planning_pb
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.common.v1 import common_pb2 as common
from sejour.documents.v1 import documents_service_pb2 as documents_pb
from sejour.gateway.v1 import account_service_pb2 as accounts_pb
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour_local.cli import main
from sejour_local.kept import Kept
from stack_calls import StackCalls, message_class

from gateway import owner as owner_pages

pytestmark = pytest.mark.xdist_group("stack")
MOST_OF_A_KIND = 6
SCOPES = (
    "catalog:read", "search:read", "quote:write", "booking:read", "booking:write", "owner:read", "owner:write",
)  # fmt: skip
KEYED = {
    "prix": "price", "supplements": "supplement", "remises": "discount", "saisons": "season", "formules": "plan",
}  # fmt: skip
PARAMETERS = {
    "client_id": "client", "document_id": "document", "payment_id": "payment", "tariff_id": "tariff",
    "block_id": "block", "code": "code", "number": "number", "proposal_id": "proposal",
}  # fmt: skip
POSTED = {
    "nom": "X", "etape": "faire", "action": "CONFIRM", "document": "contrat", "onglet": "description",
    "du": "05/09/2026", "au": "12/09/2026", "revision": "1",
}  # fmt: skip
STAY = {"arrival": "2026-09-05", "departure": "2026-09-12"}


class Tally:
    """What was tried, each once, and what came of it."""

    def __init__(self):
        self.tried = set()
        self.answered = []
        self.told = []

    def note(self, probe, real, never, *, answered):
        self.tried.add(probe)
        if answered:
            self.answered.append((probe, real))
        elif real != never:
            self.told.append((probe, real, never))


@pytest.fixture(scope="module")
def tally():
    return Tally()


@pytest.fixture(scope="module")
def calls(stack):
    found = StackCalls(stack)
    yield found
    found.close()


@pytest.fixture(scope="module")
def things(calls):
    return things_of_27144(calls)


@pytest.fixture(scope="module")
def hers(calls, things):
    """Her real ids by kind, up to six of each."""
    owner = things.ids["owner"]
    grant = f"owner:{owner}"
    of_owner = pricing_pb.OwnerRequest(owner_id=owner)

    def ask(name, request):
        return calls(name, request, grant)

    listings = ask("ListingService.ListListings", listings_pb.ListListingsRequest(owner_id=owner)).listings
    every = common.PageRequest(limit=100)
    files = ask(
        "BookingService.ListBookings", bookings_pb.ListBookingsRequest(owner_id=owner, page=every)
    ).bookings
    kinds = (documents_pb.DOCUMENT_KIND_CONTRACT, documents_pb.DOCUMENT_KIND_PROPERTY_STATEMENT)
    for file, kind in itertools.product(files, kinds):
        request = documents_pb.RenderDocumentRequest(
            booking_id=file.id, kind=kind, listing_id=file.lines[0].listing_id
        )
        ask("DocumentsService.RenderDocument", request)
    documents = [
        each
        for file in files
        for each in ask(
            "DocumentsService.ListDocuments", documents_pb.ListDocumentsRequest(booking_id=file.id)
        ).documents
    ]
    periods = ask(
        "PlanningService.ListOpenPeriods",
        planning_pb.ListOpenPeriodsRequest(listing_ids=[each.id for each in listings]),
    ).periods
    found = {
        "listing": [each.id for each in listings],
        "code": [each.code for each in listings],
        "photo": [photo.id for each in listings for photo in each.photos],
        "booking": [each.id for each in files],
        "number": [str(each.number) for each in files],
        "reference": [each.reference for each in files],
        "line": [line.id for each in files for line in each.lines],
        "client": [each.client.id for each in files],
        "payment": [payment.id for each in files for payment in each.payments],
        "document": [each.id for each in documents],
        "period": [each.id for each in periods],
        "season": [each.id for each in ask("TariffService.ListSeasons", of_owner).seasons],
        "tariff": [each.id for each in ask("TariffService.ListTariffs", of_owner).tariffs],
        "rate_plan": [each.id for each in ask("TariffService.ListRatePlans", of_owner).rate_plans],
        "plan": [each.id for each in ask("TariffService.ListRatePlans", of_owner).rate_plans],
        "supplement": [each.id for each in ask("TariffService.ListSupplements", of_owner).supplements],
        "discount": [each.id for each in ask("TariffService.ListDiscounts", of_owner).discounts],
    }
    for kind, value in things.ids.items():
        if value not in found.setdefault(kind, []):
            found[kind].insert(0, value)
    return {
        kind: list(dict.fromkeys(values))[:MOST_OF_A_KIND]
        for kind, values in found.items()
        if kind != "draft"
    }


@pytest.fixture(scope="module")
def stranger(calls):
    return owner_of(calls, 27145).id


@pytest.fixture(scope="module")
def paul(stack):
    person = Person(stack, "27145", "a-l-ombre-du-platane")
    yield person
    person.client.close()


@pytest.fixture(scope="module")
def state_of_hers(stack, calls, things, hers):
    """Says everything that is hers: her data file, planning, documents and mails."""
    grant = f"owner:{things.ids['owner']}"

    def state(capsys, monkeypatch):
        monkeypatch.setenv("SEJOUR_HOME", str(stack.home))
        monkeypatch.setenv("SEJOUR_PORT", str(stack.port))
        capsys.readouterr()
        assert main(["export", "27144"]) == 0
        said = [capsys.readouterr().out]
        planning = planning_pb.GetPlanningRequest(
            listing_ids=hers["listing"], range=common.Nights(arrival="2026-11-01", departure="2027-11-30")
        )
        said.append(str(calls("PlanningService.GetPlanning", planning, grant)))
        for booking in hers["booking"]:
            for name, request in (
                ("ListDocuments", documents_pb.ListDocumentsRequest(booking_id=booking)),
                ("ListMails", documents_pb.ListMailsRequest(booking_id=booking)),
            ):
                said.append(str(calls(f"DocumentsService.{name}", request, grant)))
        return said

    return state


@pytest.fixture(scope="module")
def before():
    """What `state_of_hers` says before the first probe; kept by the first test."""
    return []


def test_what_is_hers_is_written_down_before(state_of_hers, before, capsys, monkeypatch):
    before += state_of_hers(capsys, monkeypatch)
    assert "FR7630006000011234567890189" in before[0]


def _variants(hers, things):
    """Her ids, one of each kind a time, until every id was among them."""
    for index in range(MOST_OF_A_KIND):
        ids = {kind: values[index % len(values)] for kind, values in hers.items()}
        yield Things(things.ids | ids, things.private)


def test_grpc_answers_none(calls, things, hers, stranger, tally):
    known = [each for values in hers.values() for each in values if len(each) > 8]
    grant = f"owner:{stranger}"

    def ask(name, those):
        method = METHODS[name]
        request = fill(message_class(method)(), method.name, those)
        used = tuple(sorted(each for each in known if each in text_format.MessageToString(request)))
        try:
            return calls(name, request, grant), used
        except RemoteError as error:
            return error, used

    for name, those in itertools.product(sorted(METHODS), _variants(hers, things)):
        real, used = ask(name, those)
        probe = (name, used)
        if not used or probe in tally.tried:
            continue
        if isinstance(real, Message):
            # What is public of a listing on sale is anybody's; nothing private may be in it.
            tally.note(probe, real, real, answered=bool(seen(real, things.private)))
        elif real.kind.http_status in {403, 404} and name not in OPEN:
            never, _used = ask(name, things.absent())
            told = refusal(never)
            tally.note(probe, refusal(real), told, answered=False)
        else:
            # Of what is on sale anybody may ask; the refusal is about the stay, and holds nothing of hers.
            tally.note(probe, real.reason, real.reason, answered=bool(seen_text(str(real.metadata), things)))
    assert len([each for each in tally.tried if "Service." in each[0]]) >= 200


def seen_text(text, things):
    return [word for word in things.private if word in text]


def _addresses(hers):
    """Every address of the dashboard that names one of her things, beside the same with an id of nothing."""
    never = {"number": "987654", "code": "99XX99999"}
    for route in (route for module in owner_pages._PAGES for route in module.router.routes):
        names = re.findall(r"\{(\w+)[:}]", route.path)
        # A version of terms names nobody's thing: each owner counts his own.
        apart = {"rest", "deed", "revision"} & set(names)
        if not names or route.path.startswith("/dev/") or apart:
            continue
        path = re.sub(r":\w+\}", "}", route.path)
        for what, index in itertools.product(KEYED if "what" in names else [""], range(MOST_OF_A_KIND)):
            kind = KEYED.get(what or path.split("/")[1], "")
            values, absent = {"what": what}, {"what": what}
            for name in set(names) - {"what"}:
                ids = hers[kind if name == "key" else PARAMETERS[name]]
                values[name] = ids[index % len(ids)]
                absent[name] = never.get(name, NOBODY)
            yield path.format(**values), path.format(**absent)


def _shown(answer):
    text = re.sub(r"(numéro|référence) [0-9a-f]{12}|value=\"[0-9A-Za-z_-]{20,}\"", "", answer.text)
    return answer.status_code, answer.headers.get("location"), text


def _sent(paul, method, address, body):
    """Sends a probe; the sentence that may wait for the next page is taken out of the way."""
    answer = paul.client.request(method, address, data=body)
    if answer.status_code == 303:
        paul.get("/codes")
    return answer


def test_the_dashboard_answers_none(paul, hers, things, tally):
    kept = {}
    for (address, absent), method in itertools.product(
        dict.fromkeys(_addresses(hers)), ("GET", "POST", "PUT", "DELETE")
    ):
        body = {"_token": paul.token, "request_id": str(uuid.uuid4())} | POSTED if method == "POST" else None
        real = _sent(paul, method, address, body)
        if (method, absent) not in kept:
            kept[method, absent] = _shown(_sent(paul, method, absent, body))
        hidden = not seen_text(real.text, things)
        tally.note(
            (method, address),
            _shown(real),
            kept[method, absent],
            answered=real.status_code < 300 or not hidden,
        )
    assert len([each for each in tally.tried if each[0] in {"GET", "POST", "PUT", "DELETE"}]) >= 200


@pytest.fixture(scope="module")
def his_key(calls, stranger):
    request = accounts_pb.CreateApiKeyRequest(name="probes", scopes=SCOPES, owner_ids=[stranger])
    return calls("AccountService.CreateApiKey", request, "operator").key


def _asked(hers):
    """Every operation of the API that names something, with her ids and with ids of nothing."""
    client = {
        "last_name": "X",
        "first_name": "Y",
        "email": "x@platane.example",
        "mobile": "+33639980099",
        "address": "1 rue",
    }
    client |= {"postal_code": "07150", "city": "Vallon", "country": "FR", "language": "fr"}
    accepted = {"description_version": "1", "terms_version": "1"}
    for code in hers["code"]:
        query = "?arrival=2026-09-05&nights=7"
        yield "GET", "/listings/{}", code, "99XX99999", None
        yield "GET", "/listings/{}/calendar", code, "99XX99999", None
        yield "GET", "/listings/{}/sellability" + query, code, "99XX99999", None
        yield (
            "POST",
            "/quotes",
            code,
            "99XX99999",
            lambda it: {"lines": [{"listing": it, **STAY, "adults": 2}]},
        )
        yield "POST", "/owner/availability", code, "99XX99999", lambda it: {"listings": [it], **STAY}
        yield (
            "POST",
            "/owner/blocks",
            code,
            "99XX99999",
            lambda it: {"listing": it, **STAY, "reason": "works"},
        )
    for quote in hers["quote"]:
        yield "GET", "/quotes/{}", quote, NOBODY, None
        yield (
            "POST", "/bookings", quote, NOBODY,
            lambda it: {"quote": it, "mode": "option", "client": client, "accepted": accepted},
        )  # fmt: skip
    for reference in hers["reference"]:
        yield "GET", "/bookings/{}", reference, "ZZZZZZZZZZ", None
        for preview in (True, False):
            body = {"preview": preview, "reason": "x"}
            yield "POST", "/bookings/{}/cancellation", reference, "ZZZZZZZZZZ", lambda _it, body=body: body


def test_the_api_answers_none(stack, his_key, hers, things, tally):
    with httpx.Client(base_url=f"http://127.0.0.1:{stack.port}/api/v1", timeout=30) as client:
        client.headers.update({"Authorization": f"Bearer {his_key}", "Host": f"localhost:{stack.port}"})

        def ask(method, path, it, body):
            answer = client.request(
                method,
                path.format(it),
                json=body and body(it),
                headers={"Idempotency-Key": str(uuid.uuid4())},
            )
            return answer, (answer.status_code, answer.json().get("reason"))

        for method, path, real_id, never_id, body in _asked(hers):
            real, told = ask(method, path, real_id, body)
            never = ask(method, path, never_id, body)[1]
            hidden = not seen_text(real.text, things)
            probe = (f"API {method}", path, real_id, str(body and body("")))
            tally.note(probe, told, never, answered=real.status_code != 404 or not hidden)


def test_files_and_guests_pages_answer_none_of_what_is_not_public(  # noqa: PLR0917 (fixtures)
    stack, calls, hers, things, stranger, tally
):
    kept = Kept.read(stack.places)
    now = MovableClock(stack.places.clock)()
    grant = f"owner:{things.ids['owner']}"
    request = listings_pb.GetListingRequest(id=things.ids["draft"])
    draft = calls("ListingService.GetListing", request, grant).listing

    def sealed(document, whose, key=kept.signing_key, purpose="document", minutes=10):
        content = {"id": document, "grant": f"owner:{whose}"}
        return signed.seal(purpose, content, keys=(key.encode(),), until=now + timedelta(minutes=minutes))

    pairs = [("files", f"/etat-descriptif/{draft.code}.pdf", "/etat-descriptif/99XX99999.pdf")]
    pairs += [("book", f"/{draft.code}{rest}", f"/99XX99999{rest}") for rest in ("", "/devis")]
    pairs += [
        ("files", f"/photos/{photo.id}/{size}.jpg", f"/photos/{NOBODY}/{size}.jpg")
        for photo in draft.photos for size in (320, 800, 1600)
    ]  # fmt: skip
    owner = things.ids["owner"]
    for each in hers["document"]:
        never = "/documents/" + sealed(NOBODY, stranger)
        for token in (
            sealed(each, stranger), sealed(each, owner, key="another key"), sealed(each, owner, minutes=-1),
            sealed(each, owner, purpose="option sent"), sealed(each, owner)[:-1] + "A", each, f"{each}.pdf",
        ):  # fmt: skip
            pairs.append(("files", f"/documents/{token}", never))
    for each in (*hers["booking"], *hers["reference"], *hers["client"]):
        pairs.append(("book", f"/r/{each}", "/r/nothing-of-that-name"))
        pairs.append(("book", f"/devis/{each}", f"/devis/{NOBODY}"))
    with httpx.Client(base_url=f"http://127.0.0.1:{stack.port}", timeout=30) as client:
        for site, real, never in pairs:
            headers = {"Host": f"{site}.localhost:{stack.port}"}
            answers = [client.get(address, headers=headers) for address in (real, never)]
            probe = (site, real)
            tally.note(probe, *map(_shown, answers), answered=answers[0].status_code != 404)
    assert len(pairs) >= 40


def _difference(real, never):
    """Where two answers part, so that a failure can be read."""
    if isinstance(real, tuple) and isinstance(never, tuple) and str(real[-1]) != str(never[-1]):
        one, other = str(real[-1]), str(never[-1])
        at = next(
            (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
        )
        return real[:-1], never[:-1], one[at - 60 : at + 60], other[at - 60 : at + 60]
    return real, never


def test_five_hundred_probes_and_more_were_tried_and_none_was_answered_or_told_anything(tally):
    assert tally.answered == []
    assert [(probe, *_difference(*said)) for probe, *said in tally.told] == []
    kinds = Counter(each[0].partition(".")[0] for each in tally.tried)
    assert len(tally.tried) >= 600, kinds


def test_nothing_of_hers_has_changed(state_of_hers, before, capsys, monkeypatch):
    assert state_of_hers(capsys, monkeypatch) == before
