"""One trace of an option across the processes: gateway, booking, availability, relay, Kafka, consumers."""

import time
import uuid
from datetime import date, timedelta

import httpx
import pytest
from sejour.catalog.v1 import owner_service_pb2 as owners_pb
from sejour.gateway.v1 import account_service_pb2 as accounts_pb
from stack_calls import StackCalls

pytestmark = pytest.mark.xdist_group("stack")

GUEST = {
    "last_name": "TRACÉ",
    "first_name": "Zoé",
    "email": "zoe.trace@example.org",
    "mobile": "+33639980017",
}
PATIENCE = 60.0


@pytest.fixture(scope="module")
def browser(stack):
    calls = StackCalls(stack)
    owner = calls("OwnerService.GetOwner", owners_pb.GetOwnerRequest(supplier_no=27144), "operator").owner.id
    request = accounts_pb.CreateApiKeyRequest(
        name="traces", scopes=["quote:write", "booking:write", "owner:write"], owner_ids=[owner]
    )
    # Its own: that of demo.json is another one after the cast was loaded again.
    key = calls("AccountService.CreateApiKey", request, "operator").key
    calls.close()
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "fr"}
    with httpx.Client(base_url=stack.base_url, headers=headers, timeout=30) as found:
        yield found


def post(browser, path, body, **headers):
    answer = browser.post(
        f"/api/v1{path}", json=body, headers={"Idempotency-Key": str(uuid.uuid4()), **headers}
    )
    assert answer.status_code == 201, answer.text
    return answer


def an_option(browser, trace):
    """Places an option on a free week of the cast, in the given trace, and cancels it."""
    for week in range(20, 40):
        arrival = date(2026, 3, 7) + timedelta(weeks=week)
        line = {
            "listing": "07MS01731",
            "arrival": str(arrival),
            "departure": str(arrival + timedelta(7)),
            "adults": 2,
        }
        quote = browser.post(
            "/api/v1/quotes", json={"lines": [line]}, headers={"Idempotency-Key": str(uuid.uuid4())}
        )
        if quote.status_code == 201:
            break
    else:
        pytest.fail(quote.text)
    accepted = {"description_version": "1", "terms_version": "1"}
    body = {"quote": quote.json()["id"], "mode": "option", "client": GUEST, "accepted": accepted}
    return post(browser, "/bookings", body, traceparent=f"00-{trace}-{uuid.uuid4().hex[:16]}-01")


def until_there(browser, trace, wanted):
    """The trace's spans, once all that is wanted has arrived; a process that has much to do forgets the first."""
    deadline, seen = time.monotonic() + PATIENCE, {}
    while True:
        spans = browser.get(f"/dev/traces/{trace}", headers={"Accept": "application/json"}).json()["spans"]
        seen |= {span["span"]: span for span in spans}
        found = {(span["service"], span["name"]) for span in seen.values()}
        if wanted <= found:
            return list(seen.values())
        assert time.monotonic() < deadline, f"missing: {sorted(wanted - found)}"
        time.sleep(0.2)


def test_an_option_is_one_trace_from_the_door_to_the_last_consumer(browser):
    trace = uuid.uuid4().hex
    placed = an_option(browser, trace)
    assert placed.headers["x-request-id"] == trace
    wanted = {
        ("gateway", "POST /api/v1/bookings"),
        ("gateway", "BookingService/PlaceBooking"),
        ("booking", "BookingService/PlaceBooking"),
        ("booking", "StayService/HoldStays"),
        ("availability", "StayService/HoldStays"),
        ("availability", "relay availability.calendars"),
        ("search", "consume availability.calendars"),
        ("booking", "relay booking.bookings"),
        ("documents", "consume booking.bookings"),
    }
    spans = until_there(browser, trace, wanted)

    by_id = {span["span"]: span for span in spans}
    consumed = next(span for span in spans if span["name"] == "consume booking.bookings")
    above = []
    while consumed["parent"] in by_id:
        consumed = by_id[consumed["parent"]]
        above.append((consumed["service"], consumed["name"]))
    assert above[0] == ("booking", "relay booking.bookings")
    assert above[-1] == ("gateway", "POST /api/v1/bookings")

    with_statements = {span["service"] for span in spans if span["name"].startswith("SQL ")}
    assert {"booking", "availability", "pricing", "documents"} <= with_statements

    told = str(spans)
    for person in ("TRACÉ", "Zoé", "zoe.trace", "639980017"):
        assert person not in told

    page = browser.get(
        f"/dev/traces/{trace[:12]}", headers={"Accept": "text/html"}, follow_redirects=True
    ).text
    assert (
        page.index("POST /api/v1/bookings")
        < page.index("StayService/HoldStays")
        < page.index("consume booking.bookings")
    )


def test_the_logs_of_all_processes_name_the_trace_and_no_person(stack, browser):
    trace = uuid.uuid4().hex
    an_option(browser, trace)
    until_there(browser, trace, {("documents", "consume booking.bookings")})
    for name in ("gateway", "booking", "availability", "pricing", "documents"):
        lines = (stack.places.logs / f"{name}.log").read_text(errors="replace").splitlines()
        mine = [line for line in lines if trace in line]
        assert mine, f"{name} has no line of the trace"
        for person in ("TRACÉ", "Zoé", "zoe.trace", "639980017"):
            assert not any(person in line for line in mine)


def test_the_board_of_a_running_copy_shows_every_process_and_every_promise(browser):
    deadline = time.monotonic() + PATIENCE
    while True:
        page = browser.get("/dev/mesures", headers={"Accept": "text/html"}).text
        if page.count(">répond</span>") == 7 and 'data-label="Route ou appel"' in page:
            break
        assert time.monotonic() < deadline, page
        time.sleep(0.5)
    assert "sejour_overlapping_stays" in page
    assert "Pairs of rows that take the same night" in page
