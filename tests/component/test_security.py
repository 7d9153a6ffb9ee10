"""The security floor on a running copy: headers of every site, secret links, forged actors, logs, the trail.

What each threat is, and which test covers it: docs/security.md.
"""

import re
from contextlib import contextmanager
from datetime import timedelta

import grpc
import httpx
import pytest
from chassis.actor import METADATA_KEY, Actor, sign
from chassis.clock import MovableClock
from chassis.errors import RemoteError
from foreign import Person
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.catalog.v1 import owner_service_pb2 as owners_pb
from sejour.common.v1 import common_pb2 as common
from sejour_local.cli import main
from sejour_local.kept import Kept
from stack_calls import SERVICES, StackCalls, message_class

pytestmark = pytest.mark.xdist_group("stack")
DASHBOARD = (
    "/planning", "/reservations", "/reservations/1", "/reservations/nouvelle", "/hebergements", "/hebergements/07MS01731",
    "/hebergements/nouveau", "/tarifs", "/tarifs-vue", "/clients", "/disponibilites", "/modalites", "/coordonnees", "/codes",
)  # fmt: skip
OPEN = {
    "app": ("/connexion", "/api/docs", "/nulle-part", "/healthz", "/api/v1/listings", "/api/v1/openapi.json"),
    "book": ("/", "/07MS01731", "/r/nobody-has-this", "/nulle/part"),
    "files": ("/", "/photos/x/320.jpg", "/documents/x", "/etat-descriptif/07MS01731.pdf"),
    "widget": ("/widget/v1/sejour.js", "/", "/api/v1/search"),
    "clevacances": ("/", "/07MS01731"),
}
INLINE = re.compile(
    r"<style|<script(?![^>]*(\ssrc=|\stype=\"application/ld\+json\"))|\sstyle=|\son[a-z]+=|javascript:"
)


@contextmanager
def site(stack, name):
    host = f"{name}.localhost:{stack.port}"
    with httpx.Client(
        base_url=f"http://127.0.0.1:{stack.port}", headers={"Host": host}, timeout=60
    ) as client:
        yield client


@pytest.fixture(scope="module")
def calls(stack):
    found = StackCalls(stack)
    yield found
    found.close()


@pytest.fixture(scope="module")
def jeanne(stack):
    owner = stack.demo["owner"]
    person = Person(stack, owner["login"], owner["password"])
    yield person
    person.client.close()


@pytest.fixture(scope="module")
def grant(calls):
    owner = calls("OwnerService.GetOwner", owners_pb.GetOwnerRequest(supplier_no=27144), "operator").owner
    return f"owner:{owner.id}"


@pytest.fixture(scope="module")
def file(calls, grant):
    number = bookings_pb.OwnerNumber(owner_id=grant.removeprefix("owner:"), number=1)
    return calls("BookingService.GetBooking", bookings_pb.GetBookingRequest(number=number), grant).booking


@pytest.fixture(scope="module")
def link(calls, grant, file):
    """A new secret link of a file."""
    request = bookings_pb.IssueGuestLinkRequest(booking_id=file.id)
    return calls("BookingService.IssueGuestLink", request, grant).token


def check(answer):
    """The headers and the text of any answer to a browser."""
    policy = answer.headers["content-security-policy"]
    is_pdf = answer.headers.get("content-type", "").startswith("application/pdf")
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert is_pdf or "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] in {"no-referrer", "strict-origin-when-cross-origin"}
    assert answer.headers["cross-origin-resource-policy"] in {"same-origin", "cross-origin"}
    assert "server" not in answer.headers
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert not INLINE.search(answer.text), answer.url
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", sorted(OPEN))
def test_every_answer_of_every_site_carries_the_headers_and_nothing_inline(stack, name):
    with site(stack, name) as client:
        for path in OPEN[name]:
            check(client.get(path))


@pytest.mark.parametrize("path", DASHBOARD)
def test_every_page_of_the_dashboard_carries_the_headers_and_nothing_inline(jeanne, path):
    answer = jeanne.get(path)
    assert answer.status_code == 200
    check(answer)


def test_the_session_opens_nothing_on_the_other_origins(stack, jeanne):
    cookie = jeanne.client.headers["Cookie"]
    for name in ("book", "files", "widget", "clevacances"):
        with site(stack, name) as client:
            assert client.get("/planning", headers={"Cookie": cookie}).status_code == 404
            assert client.get("/codes", headers={"Cookie": cookie}).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_form_of_another_site_is_refused_even_with_its_token(jeanne, headers):
    answer = jeanne.client.post("/coordonnees", data={"_token": jeanne.token}, headers=headers)
    assert answer.status_code == 403


def test_a_form_without_its_token_is_refused(jeanne):
    for token in ("", "0" * 32):
        assert jeanne.client.post("/coordonnees", data={"_token": token}).status_code == 403


def test_a_secret_link_only_shows_whoever_opens_it_however_often(stack, calls, grant, file, link):
    with site(stack, "book") as client:
        for address in (f"/r/{link}", f"/r/{link}/confirmer"):
            for method in ("GET", "HEAD", "GET", "OPTIONS"):
                answer = client.request(method, address)
                assert answer.status_code in {200, 303, 405}, (method, address)
                if answer.status_code != 405:
                    assert answer.headers["referrer-policy"] == "no-referrer"
                    assert "noindex" in answer.headers["x-robots-tag"]
    request = bookings_pb.GetBookingRequest(id=file.id)
    assert calls("BookingService.GetBooking", request, grant).booking.revision == file.revision


def test_a_widget_key_answers_no_page_that_it_does_not_name(stack):
    headers = {"Sejour-Widget": stack.demo["widget_key"]}
    with site(stack, "widget") as client:
        own = client.get(
            "/api/v1/listings", headers=headers | {"Origin": f"http://widget.localhost:{stack.port}"}
        )
        assert own.status_code == 200
        assert "access-control-allow-credentials" not in own.headers
        assert client.get("/api/v1/owner/bookings", headers=headers).status_code == 403


def _as(calls, service, token):
    """Calls the first method of a service with a given statement of who acts."""
    method = service.methods[0]
    connect = (
        calls._channel(service).stream_unary
        if method.client_streaming
        else calls._channel(service).unary_unary
    )
    call = connect(
        f"/{service.full_name}/{method.name}",
        request_serializer=message_class(method).SerializeToString,
        response_deserializer=lambda content: content,
    )
    request = message_class(method)()
    with pytest.raises(grpc.RpcError) as refused:
        call(
            iter([request]) if method.client_streaming else request,
            timeout=20,
            metadata=((METADATA_KEY, token),),
        )
    return refused.value.code()


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_forged_expired_or_widened_actor_is_refused_by_every_service(stack, calls, name):
    now, hour = MovableClock(stack.places.clock)(), timedelta(hours=1)
    key = Kept.read(stack.places).signing_key.encode()
    good = sign(Actor.make("x", ["public"], now=now, lifetime=hour), [key])
    wide = sign(Actor.make("x", ["operator"], now=now, lifetime=hour), [b"another key"])
    for token in (
        "", "rubbish", wide,
        sign(Actor.make("x", ["operator"], now=now - hour, lifetime=timedelta(minutes=5)), [key]),
        f"{wide.partition('.')[0]}.{good.partition('.')[2]}",
    ):  # fmt: skip
        assert _as(calls, SERVICES[name], token) is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("of", ["catalog", "pricing", "availability", "booking", "documents"])
@pytest.mark.parametrize(
    "method", list(SERVICES["MaintenanceService"].methods), ids=lambda method: method.name
)
def test_only_operators_maintain_a_service(calls, grant, of, method):
    for who in ("public", grant, "label:01930000-0000-7000-8000-000000027144"):
        with pytest.raises(RemoteError) as refused:
            calls(f"MaintenanceService.{method.name}", message_class(method)(), who, of=of)
        assert refused.value.reason == "FORBIDDEN"


@pytest.mark.parametrize("method", list(SERVICES["ReconcileService"].methods), ids=lambda method: method.name)
def test_only_operators_compare_all_files(calls, grant, method):
    for who in ("public", grant):
        with pytest.raises(RemoteError) as refused:
            calls(f"ReconcileService.{method.name}", message_class(method)(), who)
        assert refused.value.kind.http_status == 403


@pytest.fixture
def home(stack, monkeypatch):
    monkeypatch.setenv("SEJOUR_HOME", str(stack.home))
    monkeypatch.setenv("SEJOUR_PORT", str(stack.port))
    return stack


@pytest.mark.usefixtures("home")
def test_the_operator_reads_who_signed_in_saved_and_exported(jeanne, capsys):
    form = re.search(r"<form[^>]*coordonnees.*?</form>", jeanne.get("/coordonnees").text, re.DOTALL)
    fields = dict(re.findall(r'name="([^"]+)"[^>]*?value="([^"]*)"', form[0])) if form else {}
    assert jeanne.get("/reservations.csv").status_code == 200
    saved = jeanne.post("/coordonnees", **{**fields, "nom": ""})
    assert saved.status_code == 422
    assert main(["export", "27145"]) == 0
    capsys.readouterr()
    assert main(["audit", "--limit", "1000"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    events = {row[1] for row in rows}
    assert {
        "session.opened",
        "bookings.exported",
        "owner.exported",
        "owners.loaded",
        "account.made",
        "key.made",
    } <= events
    exported = next(row for row in rows if row[1] == "bookings.exported")
    assert exported[3].startswith("account:")
    assert exported[4].startswith("owner:")
    assert "owner.saved" not in {row[1] for row in rows if row[7] == saved.headers["x-request-id"]}


def test_no_log_holds_a_name_a_mail_a_password_a_key_or_a_link(stack, jeanne, file, link):
    with site(stack, "book") as client:
        assert client.get(f"/r/{link}").status_code == 200
        client.get(f"/r/{link}?a={link}")
    with site(stack, "app") as client:
        client.post(
            "/connexion", data={"identifiant": "quelqu.un@example.org", "mot_de_passe": "un-secret-tape-ici"}
        )
    jeanne.get("/clients?q=DUPOND")
    secrets = {
        "link": link, "password": stack.demo["owner"]["password"], "typed": "un-secret-tape-ici",
        "login": "quelqu.un@example.org", "session": jeanne.client.headers["Cookie"].partition("=")[2],
        "key": stack.demo["api_key"], "guest": file.client.email, "owner": stack.demo["owner"]["email"],
        "name": file.client.last_name,
    }  # fmt: skip
    for path in stack.places.logs.glob("*.log"):
        text = path.read_text(errors="replace")
        found = [name for name, value in secrets.items() if value and value in text]
        assert (path.name, found) == (path.name, [])


def test_who_may_not_is_told_the_same_as_of_what_is_not_there(calls):
    request = bookings_pb.ListBookingsRequest(
        owner_id="01990000-0000-7000-8000-000000000000", page=common.PageRequest(limit=1)
    )
    with pytest.raises(RemoteError) as refused:
        calls("BookingService.ListBookings", request, "public")
    assert refused.value.kind.http_status in {403, 404}
