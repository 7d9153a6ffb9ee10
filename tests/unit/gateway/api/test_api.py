import uuid

import orjson
import pytest
from chassis.errors import ErrorKind, RemoteError
from gateway.api import models
from gateway.api.docs import sample
from jsonschema_rs import Draft202012Validator
from sejour.availability.v1 import availability_service_pb2 as availability_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.pricing.v1 import pricing_service_pb2 as prices_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from .conftest import OWNER, a_quote

KEY = "7b0d1c86-2c0e-4f2b-9a51-0d3f5d1f6b11"
LINE = {
    "listing": "07MS01731",
    "arrival": "2026-07-18",
    "departure": "2026-07-25",
    "adults": 2,
    "children": [9, 12],
}
CLIENT = {"last_name": "DUPOND", "email": "georges.dupond@example.org", "mobile": "+33 6 39 98 00 00"}
ASKED = {
    "quote": "01a20000-0000-7000-8000-00000000000c",
    "client": CLIENT,
    "accepted": {"description_version": "12", "terms_version": "3"},
}
OPERATIONS = [
    ("get", "/listings", None, 200, "/listings"),
    ("get", "/listings/07MS01731", None, 200, "/listings/{code}"),
    ("get", "/search?arrival=2026-07-18&children=9,12&place=Beaulieu", None, 200, "/search"),
    ("get", "/listings/07MS01731/calendar?from=2026-07-01&to=2026-07-20", None, 200, "/listings/{code}/calendar"),
    ("get", "/listings/07MS01731/sellability?arrival=2026-07-15", None, 200, "/listings/{code}/sellability"),
    ("post", "/quotes", {"lines": [LINE]}, 201, "/quotes"),
    ("get", "/quotes/01a20000-0000-7000-8000-00000000000c", None, 200, "/quotes/{quote_id}"),
    ("post", "/bookings", ASKED, 201, "/bookings"),
    ("get", "/bookings/7K2MPD3XQ9", None, 200, "/bookings/{reference}"),
    ("post", "/bookings/7K2MPD3XQ9/cancellation", {"preview": True}, 200, "/bookings/{reference}/cancellation"),
    ("post", "/bookings/7K2MPD3XQ9/cancellation", {}, 200, "/bookings/{reference}/cancellation"),
    ("get", "/owner/bookings", None, 200, "/owner/bookings"),
    ("post", "/owner/availability", {"listings": ["07MS01731"], "arrival": "2027-01-02", "departure": "2027-02-06"}, 200, "/owner/availability"),
    ("post", "/owner/blocks", {"listing": "07MS01731", "arrival": "2027-01-02", "departure": "2027-01-09"}, 201, "/owner/blocks"),
]  # fmt: skip


def call(client, method, path, body=None, *, key="own", **headers):
    sent = {"Authorization": f"Bearer {key}", "Idempotency-Key": KEY} if key else {}
    return client.request(method.upper(), path, json=body, headers=sent | headers)


def validator(document, schema):
    return Draft202012Validator({"components": document["components"], **schema})


@pytest.fixture
def document(api):
    return orjson.loads(api.state.document)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_each_answer_is_what_the_document_says(client, document, operation):
    method, path, body, status, route = operation
    answer = await call(client, method, path, body)
    assert answer.status_code == status, answer.text
    described = document["paths"][route][method]["responses"][str(status)]
    schema = described["content"]["application/json"]["schema"]
    errors = [error.message for error in validator(document, schema).iter_errors(answer.json())]
    assert not errors
    assert answer.headers["ratelimit-remaining"]
    if method == "get" and "sellability" not in path:
        assert answer.headers["etag"]


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_the_examples_of_the_document_are_valid(document, operation):
    method, _path, _body, status, route = operation
    described = document["paths"][route][method]
    for content in [described.get("requestBody", {}), described["responses"][str(status)]]:
        schema = content.get("content", {}).get("application/json", {}).get("schema")
        if schema:
            example = sample(schema, document["components"]["schemas"])
            assert [each.message for each in validator(document, schema).iter_errors(example)] == []


def test_each_operation_tells_its_failures_and_who_may_call(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert {"400", "401", "403", "422", "429", "503"} <= set(operation["responses"]), (method, path)
            assert operation["summary"]
            assert operation["security"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_what_makes_something_needs_its_key_in_the_document_too(document):
    for path in ("/quotes", "/bookings", "/owner/blocks", "/owner/availability"):
        parameters = {each["name"]: each for each in document["paths"][path]["post"]["parameters"]}
        assert parameters["Idempotency-Key"]["required"], path


async def test_an_unchanged_listing_is_not_sent_twice(client):
    first = await call(client, "get", "/listings/07MS01731")
    again = await call(client, "get", "/listings/07MS01731", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_name_comes_in_the_language_asked_for(client):
    assert (await call(client, "get", "/listings/07MS01731?lang=en")).json()["name"] == "Cicada House"


async def test_without_a_key_nothing_is_answered(client):
    answer = await call(client, "get", "/listings", key="")
    assert (answer.status_code, answer.json()["reason"]) == (401, "KEY_MISSING")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await call(client, "get", "/listings", key="wrong")).json()["reason"] == "KEY_UNKNOWN"


async def test_a_key_does_only_what_its_scopes_say(client):
    answer = await call(client, "get", "/search?arrival=2026-07-18", key="reader")
    assert (answer.status_code, answer.json()["metadata"]) == (403, {"scope": "search:read"})
    assert (await call(client, "get", "/owner/bookings", key="partner")).status_code == 403


async def test_a_listing_beyond_the_keys_limits_is_not_there(client):
    answer = await call(client, "get", "/listings/07MS01731", key="other")
    unknown = await call(client, "get", "/listings/99XX9999", key="other")
    assert (answer.status_code, answer.json()["reason"]) == (404, "LISTING_NOT_FOUND")
    assert (unknown.status_code, unknown.json()["reason"]) == (404, "LISTING_NOT_FOUND")


async def test_a_widget_key_works_on_its_own_sites_only(client):
    here = {"Sejour-Widget": "24549-1082", "Origin": "https://mas.example"}
    answer = await call(client, "get", "/search?arrival=2026-07-18", key="", **here)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "https://mas.example")
    assert "access-control-allow-credentials" not in answer.headers
    away = await call(
        client, "get", "/search?arrival=2026-07-18", key="", **(here | {"Origin": "https://x.example"})
    )
    assert (away.status_code, away.json()["reason"]) == (403, "ORIGIN_REFUSED")
    booked = await call(client, "post", "/bookings", ASKED, key="", **here)
    assert (booked.status_code, booked.json()["reason"]) == (403, "SCOPE_MISSING")


async def test_a_preflight_is_answered_without_a_key(client):
    asked = {"Origin": "https://mas.example", "Access-Control-Request-Method": "GET"}
    answer = await client.options("/search", headers=asked)
    assert answer.status_code == 204
    assert "Sejour-Widget" in answer.headers["access-control-allow-headers"]


async def test_making_something_needs_an_idempotency_key(client):
    for path, body in (("/quotes", {"lines": [LINE]}), ("/bookings", ASKED)):
        answer = await call(client, "post", path, body, **{"Idempotency-Key": "x"})
        assert (answer.status_code, answer.json()["reason"]) == (400, "IDEMPOTENCY_KEY_MISSING")


async def test_the_same_key_of_two_callers_is_two_requests(client, asked):
    for key in ("own", "partner"):
        await call(client, "post", "/quotes", {"lines": [LINE]}, key=key)
    sent = {request.request_id for name, request in asked.prices.asked if name == "CreateQuote"}
    assert len(sent) == 2
    assert all(uuid.UUID(each) for each in sent)


async def test_a_quote_made_before_this_request_is_a_repeat(client, asked, api):
    assert "idempotent-replay" not in (await call(client, "post", "/quotes", {"lines": [LINE]})).headers
    later = api.state.gateway.clock().replace(minute=5)
    api.state.selling.clock = lambda: later
    assert (await call(client, "post", "/quotes", {"lines": [LINE]})).headers["idempotent-replay"] == "true"


async def test_each_wrong_member_of_a_body_is_pointed_at(client):
    body = {"lines": [LINE | {"adults": 0, "nights": 3}]}
    problem = (await call(client, "post", "/quotes", body)).json()
    assert (problem["status"], problem["reason"]) == (400, "MALFORMED")
    assert {each["pointer"] for each in problem["errors"]} == {"/lines/0/adults", "/lines/0/nights"}
    backwards = {"lines": [LINE | {"departure": "2026-07-18"}]}
    assert (await call(client, "post", "/quotes", backwards)).json()["errors"][0]["pointer"] == "/lines/0"


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (pricing.PROMO_STATE_UNSPECIFIED, None),
        (pricing.PROMO_STATE_APPLIED, "applied"),
        (pricing.PROMO_STATE_UNKNOWN, "unknown"),
        (pricing.PROMO_STATE_NOT_FOR_STAY, "not_for_stay"),
        (pricing.PROMO_STATE_NOT_BEST, "not_best"),
    ],
)
async def test_what_became_of_a_promotional_code_is_told_and_never_refused(client, asked, state, told):
    made = a_quote()
    made.lines[0].promo_code, made.lines[0].promo_state = "Amis26" if told else "", state
    asked.prices.answers["CreateQuote"] = prices_pb.QuoteResponse(quote=made)
    answer = await call(client, "post", "/quotes", {"lines": [LINE], "promo_code": "Amis26"})
    assert answer.status_code == 201
    (line,) = models.Quote.model_validate_json(answer.text).lines
    assert (line.promo, bool(line.promo_text)) == (told, told is not None)
    assert [each.promo_code for each in asked.prices.last("CreateQuote").lines] == ["Amis26"]


async def test_a_code_is_priced_wherever_a_stay_is(client, asked):
    price = a_quote().lines[0]
    price.promo_state = pricing.PROMO_STATE_APPLIED
    asked.prices.answers["PriceStay"] = prices_pb.PriceStayResponse(
        plans=[prices_pb.PlanPrice(rate_plan_id="plan", price=price)]
    )
    path = "/listings/07MS01731/sellability?arrival=2026-07-18&promo_code=Amis26"
    assert (await call(client, "get", path)).json()["promo"] == "applied"
    assert asked.prices.last("PriceStay").promo_code == "Amis26"
    await call(client, "get", "/search?arrival=2026-07-18&promo_code=Amis26")
    assert asked.search.last("Search").promo_code == "Amis26"


@pytest.mark.parametrize("code", ["ab", "A" * 41, "a\nb"])
async def test_what_no_owner_can_have_as_a_code_is_malformed(client, code):
    answer = await call(client, "post", "/quotes", {"lines": [LINE], "promo_code": code})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/promo_code")


async def test_a_lost_race_names_other_stays(client, asked):
    asked.bookings.answers["PlaceBooking"] = RemoteError(
        ErrorKind.CONFLICT, "NIGHTS_TAKEN", metadata={"listing_id": "01a20000-0000-7000-8000-00000000000b"}
    )
    answer = await call(client, "post", "/bookings", ASKED)
    problem = models.Problem.model_validate(answer.json())
    assert (answer.status_code, problem.reason) == (409, "NIGHTS_TAKEN")
    assert [(str(each.arrival), each.listing) for each in problem.alternatives] == [
        ("2026-07-25", "07MS01731")
    ]


async def test_a_lost_race_is_told_even_when_search_is_silent(client, asked):
    asked.bookings.answers["PlaceBooking"] = RemoteError(ErrorKind.CONFLICT, "NIGHTS_TAKEN")
    asked.search.answers["FindAlternatives"] = RemoteError(ErrorKind.UNAVAILABLE, "SERVICE_UNAVAILABLE")
    answer = await call(client, "post", "/bookings", ASKED)
    assert (answer.status_code, answer.json().get("alternatives")) == (409, None)


async def test_taken_nights_are_refused_when_quoted(client, asked):
    refusal = availability_pb.NightsRefusal(reason="TAKEN")
    asked.calendar.answers["CheckNights"] = availability_pb.CheckNightsResponse(refusals=[refusal])
    answer = await call(client, "post", "/quotes", {"lines": [LINE]})
    assert (answer.status_code, answer.json()["reason"]) == (409, "NIGHTS_TAKEN")


async def test_a_refused_stay_says_each_reason_in_words(client, asked):
    refusals = '[{"line":0,"reason":"MIN_STAY","params":{"min_nights":"7","season":"Été"}}]'
    asked.prices.answers["CreateQuote"] = RemoteError(
        ErrorKind.REFUSED, "STAY_REFUSED", metadata={"refusals": refusals}
    )
    problem = (await call(client, "post", "/quotes", {"lines": [LINE]})).json()
    assert (
        problem["reasons"][0]["detail"].replace("\xa0", " ")
        == "En « Été », le séjour est de 7 nuits au moins."
    )
    assert problem["alternatives"]
    assert "metadata" not in problem


async def test_the_owners_own_key_needs_no_mailed_link(client, asked):
    answer = await call(client, "post", "/bookings", ASKED)
    sent = asked.bookings.last("PlaceBooking")
    assert (sent.needs_mail_confirmation, sent.caller_key, sent.confirm) == (False, "", False)
    assert asked.bookings.grants[0] == {"owner:01a20000-0000-7000-8000-00000000000a"}
    assert answer.json()["self_service_url"] == "http://book.localhost:8080/r/secret"


async def test_a_partners_option_waits_for_the_guests_mail_and_gives_no_link(client, asked):
    answer = await call(client, "post", "/bookings", ASKED, key="partner")
    sent = asked.bookings.last("PlaceBooking")
    assert sent.needs_mail_confirmation
    assert len(sent.caller_key) == 32
    assert asked.bookings.grants[0] == {"public"}
    assert answer.json()["self_service_url"] is None


async def test_only_the_owner_books_without_a_payment(client, asked):
    answer = await call(client, "post", "/bookings", ASKED | {"mode": "book"}, key="partner")
    assert (answer.status_code, answer.json()["reason"]) == (422, "ONLINE_PAYMENT_UNAVAILABLE")
    await call(client, "post", "/bookings", ASKED | {"mode": "book"})
    assert asked.bookings.last("PlaceBooking").confirm


async def test_a_partner_sees_the_files_it_made_and_no_others(client, asked):
    assert (await call(client, "get", "/bookings/7K2MPD3XQ9", key="partner")).status_code == 404
    await call(client, "post", "/bookings", ASKED, key="partner")
    assert (await call(client, "get", "/bookings/7K2MPD3XQ9", key="partner")).status_code == 200
    assert asked.bookings.grants[-1] == {"booking:01a20000-0000-7000-8000-00000000000d"}
    assert (await call(client, "get", "/bookings/7K2MPD3XQ9", key="other")).status_code == 404


async def test_a_cancellation_is_computed_first_for_whoever_asks(client, asked):
    await call(client, "post", "/bookings", ASKED, key="partner")
    path, body = "/bookings/7K2MPD3XQ9/cancellation", {"preview": True}
    client_side = (await call(client, "post", path, body, key="partner")).json()
    owner_side = (await call(client, "post", path, body)).json()
    assert (client_side["by"], client_side["kept"]["amount"]) == ("client", 18500)
    assert client_side["text"].replace("\xa0", " ") == "Vous perdez 185,00 €. Rien d’autre n’est dû."
    assert owner_side["text"].replace("\xa0", " ") == "Vous devez 370,00 € au client."
    assert "CancelBooking" not in [name for name, _ in asked.bookings.asked]


async def test_a_file_that_cannot_be_cancelled_says_so(client, asked):
    asked.bookings.answers["GetBooking"].booking.CopyFrom(
        booking.Booking(state=booking.BOOKING_STATE_EXPIRED)
    )
    answer = await call(client, "post", "/bookings/7K2MPD3XQ9/cancellation", {})
    assert (answer.status_code, answer.json()["metadata"]) == (409, {"state": "EXPIRED"})


@pytest.mark.parametrize(
    ("kind", "status"), [(ErrorKind.BUSY, 409), (ErrorKind.UNAVAILABLE, 503), (ErrorKind.DEADLINE, 503)]
)
async def test_what_will_pass_says_when_to_come_back(client, asked, kind, status):
    asked.bookings.answers["PlaceBooking"] = RemoteError(kind, "BUSY", retry_after=0.4)
    answer = await call(client, "post", "/bookings", ASKED)
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "1")


async def test_a_fault_of_ours_tells_its_number_only(client, asked):
    asked.bookings.answers["GetBooking"] = RemoteError(ErrorKind.INTERNAL, "SECRET", metadata={"secret": "x"})
    problem = (await call(client, "get", "/bookings/7K2MPD3XQ9")).json()
    assert (problem["status"], problem["reason"]) == (500, "INTERNAL")
    assert "x" not in problem.get("metadata", {}).values()
    assert "SECRET" not in str(problem)


async def test_lists_are_walked_by_cursor(client, asked):
    asked.listings.answers["ListListings"].next_cursor = "inner"
    following = (await call(client, "get", "/listings")).json()["next"]
    await call(client, "get", f"/listings?cursor={following}")
    assert asked.listings.last("ListListings").page.cursor == "inner"
    assert (await call(client, "get", "/listings?cursor=~~~")).json()["reason"] == "BAD_QUERY"


@pytest.mark.parametrize(
    "path",
    [
        "/search?arrival=0",
        "/search?arrival=1784332800",
        "/search?arrival=20260718",
        "/search?arrival=2026-07-18&children=18",
        "/search?arrival=2026-07-18&label=cle",
        "/quotes/no-uuid",
        "/search?arrival=2026-07-18&max_total=99999999999999999999",
        "/search?arrival=2026-07-18&radius_km=nan",
    ],
)
async def test_what_no_calendar_or_number_holds_is_malformed(client, path):
    answer = await call(client, "get", path)
    assert (answer.status_code, answer.json()["reason"]) == (400, "MALFORMED")


@pytest.mark.parametrize(
    "path",
    [
        "/search?arrival=9999-12-31",
        "/listings/07MS01731/calendar?from=9999-12-31",
        "/listings/07MS01731/sellability?arrival=0001-01-01",
        "/listings/07MS01731/calendar?from=2026-07-18&to=2026-07-18",
        "/listings?cursor=nothing-of-ours",
    ],
)
async def test_what_is_well_formed_and_means_nothing_is_refused(client, path):
    answer = await call(client, "get", path)
    assert answer.status_code == 422
    assert answer.json()["reason"] in {"BAD_VALUE", "BAD_RANGE", "BAD_QUERY"}


def test_the_character_nul_is_taken_out_of_what_callers_send():
    sent = models.ClientSent(last_name="DU\0POND", email="a@example.org", mobile="06\x0012345678")
    assert (sent.last_name, sent.mobile) == ("DUPOND", "0612345678")


LABEL = "01a20000-0000-7000-8000-0000000000aa"


@pytest.mark.parametrize("path", [f"/listings?label={LABEL}", f"/search?arrival=2026-07-18&label={LABEL}"])
async def test_naming_a_label_never_widens_what_an_owners_key_sees(client, asked, path):
    await call(client, "get", path)
    found = asked.search.last("Search") if "search" in path else asked.listings.last("ListListings")
    assert (found.owner_id, found.label_id) == (OWNER, LABEL)
