"""Rivals through HTTP on a running copy: one wins, the others learn why, nothing breaks.

Twenty at once by the API, and guests of the hosted pages without script: two at the review, one who clicks twice.
"""

import asyncio
import copy
import email
import email.policy
import json
import re
import uuid
from collections import Counter
from datetime import date, timedelta

import httpx
import pytest
from ruamel.yaml import YAML
from sejour_local.cli import main
from sejour_local.demo import cast_file_in
from sejour_local.places import Places

pytestmark = pytest.mark.xdist_group("stack")

RIVALS, ROUNDS = 20, 50
SUPPLIER = 27900
CAST = cast_file_in(Places.here().repository)
SCOPES = [
    "catalog:read",
    "search:read",
    "quote:write",
    "booking:read",
    "booking:write",
    "owner:read",
    "owner:write",
]
CLIENT = {"last_name": "RIVAL", "first_name": "Un", "email": "rival@example.org", "mobile": "+33639980001"}
ACCEPTED = {"description_version": "1", "terms_version": "1"}


def rivals_owner():
    """An owner of one house: sold whole (ALL), by room (ANY of two), and one more house of its own."""
    with CAST.open() as source:
        cast = YAML(typ="safe").load(source)
    owner = copy.deepcopy(cast["owners"][1])
    owner |= {
        "supplier_no": SUPPLIER,
        "last_name": "RIVAUX",
        "email": "rivaux@rivaux.example",
        "accounts": [],
    }
    pattern = owner["listings"][0]
    for name in ("photos", "label"):
        pattern.pop(name, None)
    shared = {"property": "maison-rivaux", "resources": ["chambre-1", "chambre-2"]}
    owner["listings"] = [
        copy.deepcopy(pattern) | {"code": "RIVAL-SEUL"},
        copy.deepcopy(pattern) | {"code": "RIVAL-TOUT", "sells": "all", **shared},
        copy.deepcopy(pattern) | {"code": "RIVAL-CHAMBRE", "sells": "any", **shared},
    ]
    owner["labels"] = []
    owner["tariffs"][0]["listings"] = [each["code"] for each in owner["listings"]]
    key = {"name": "rivals", "scopes": SCOPES, "owners": [SUPPLIER]}
    return json.loads(json.dumps({"format": "sejour/1", "owners": [owner], "api_keys": [key]}, default=str))


@pytest.fixture(scope="module")
def key(stack, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rivals")
    (folder / "rivals.yaml").write_text(json.dumps(rivals_owner()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEJOUR_HOME", str(stack.home))
        patch.setenv("SEJOUR_PORT", str(stack.port))
        for name in ("CATALOG", "PRICING", "AVAILABILITY", "SEARCH", "BOOKING", "DOCUMENTS", "GATEWAY"):
            patch.delenv(f"SEJOUR_{name}_ADDRESS", raising=False)
        assert main(["load", str(folder / "rivals.yaml"), "--report", str(folder / "report.json")]) == 0
    return json.loads((folder / "report.json").read_text())["keys"]["rivals"]


@pytest.fixture
async def api(stack, key):
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "fr"}
    limits = httpx.Limits(max_connections=RIVALS)
    async with httpx.AsyncClient(
        base_url=f"{stack.base_url}/api/v1", headers=headers, timeout=30, limits=limits
    ) as client:
        await until_sellable(client)
        yield client


async def until_sellable(client):
    """Search hears of a new listing by Kafka; a quote is what counts here."""
    for _ in range(100):
        answer = await quote(client, "RIVAL-TOUT", date(2026, 3, 7))
        if answer.status_code == 201:
            return
        await asyncio.sleep(0.2)
    pytest.fail(answer.text)


async def quote(client, code, arrival, nights=7):
    line = {
        "listing": code, "arrival": str(arrival), "departure": str(arrival + timedelta(nights)), "adults": 2,
    }  # fmt: skip
    return await client.post(
        "/quotes", json={"lines": [line]}, headers={"Idempotency-Key": str(uuid.uuid4())}
    )


async def place(client, quote_id):
    body = {"quote": quote_id, "mode": "option", "client": CLIENT, "accepted": ACCEPTED}
    return await client.post("/bookings", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})


async def cancel(client, booking):
    answer = await client.post(
        f"/bookings/{booking['reference']}/cancellation",
        json={},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["booking"]["type"] == "cancelled_by_owner"


def rivals_for(codes, day):
    """Twenty weeks that all hold the night of `day`, over the listings in turn."""
    return [(codes[number % len(codes)], day - timedelta(days=number % 7)) for number in range(RIVALS)]


async def race(client, wishes, rounds):
    """Runs the rounds and returns the answers of each; quotes that lost are used again."""
    quotes = [await quote(client, code, arrival) for code, arrival in wishes]
    assert {each.status_code for each in quotes} == {201}, Counter(
        each.text for each in quotes if each.is_error
    )
    ids = [each.json()["id"] for each in quotes]
    for _ in range(rounds):
        answers = await asyncio.gather(*(place(client, each) for each in ids))
        yield answers
        for index, answer in enumerate(answers):
            if answer.status_code == 201:
                await cancel(client, answer.json())
                ids[index] = (await quote(client, *wishes[index])).json()["id"]


def losers_learn_why(answers):
    for answer in answers:
        if answer.status_code == 201:
            continue
        assert answer.status_code == 409, answer.text
        problem = answer.json()
        assert problem["reason"] in {"NIGHTS_TAKEN", "BUSY"}, problem
        if problem["reason"] == "NIGHTS_TAKEN":
            assert problem["metadata"]["arrival"]
        else:
            assert int(answer.headers["retry-after"]) >= 1


async def test_of_twenty_rivals_for_overlapping_weeks_exactly_one_wins_each_round(api):
    days = [date(2026, 5, 9), date(2026, 9, 19)]
    offered = 0
    for day in days:
        async for answers in race(api, rivals_for(["RIVAL-SEUL"], day), ROUNDS // len(days)):
            assert sum(each.status_code == 201 for each in answers) == 1
            losers_learn_why(answers)
            offered += sum(bool(each.json().get("alternatives")) for each in answers)
    assert offered > 0


async def test_the_whole_house_and_its_rooms_are_never_both_sold(api):
    day = date(2026, 6, 13)
    async for answers in race(api, rivals_for(["RIVAL-TOUT", "RIVAL-CHAMBRE"], day), ROUNDS // 5):
        losers_learn_why(answers)
        won = Counter(each.json()["lines"][0]["listing"] for each in answers if each.status_code == 201)
        assert won in (
            Counter({"RIVAL-TOUT": 1}),
            Counter({"RIVAL-CHAMBRE": 2}),
            Counter({"RIVAL-CHAMBRE": 1}),
        )
        if won == Counter({"RIVAL-CHAMBRE": 1}):
            # The other room's rival was told BUSY: the room is still there for who asks again.
            assert any(each.json().get("reason") == "BUSY" for each in answers)


TYPED = {
    "prenom": "Anne", "nom": "Durand", "mobile": "06 39 98 00 00", "adresse": "1 rue Neuve", "cp": "69001",
    "ville": "Lyon", "pays": "FR", "langue": "fr", "heure": "", "message": "", "origine": "", "mail_vu": "",
}  # fmt: skip
BOXES = {"etat_descriptif": "1", "conditions": "1"}


class Guest:
    """A browser without script on the hosted pages."""

    def __init__(self, stack, mail):
        host = {"Host": f"book.localhost:{stack.port}", "Accept": "text/html", "Accept-Language": "fr"}
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{stack.port}", headers=host, timeout=30)
        self.typed = TYPED | {"mail": mail}

    async def ask(self, code, arrival):
        """From the page of a listing to a quote; returns the quote's address."""
        dates = {"arrivee": f"{arrival:%d/%m/%Y}", "unite": "semaine", "duree": "1", "adultes": "2"}
        page = await self.client.get(f"/{code}", params=dates)
        assert page.status_code == 200
        key = re.search(r'name="request_id" value="([0-9a-f-]+)"', page.text)[1]
        answer = await self.client.post(f"/{code}/devis", data=dates | {"request_id": key})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def place(self, quote_path, **boxes):
        return await self.client.post(f"{quote_path}/option", data=self.typed | (boxes or BOXES))


@pytest.fixture
async def guest_of(stack):
    """`guest_of(mail)`: a guest's browser, closed at the end."""
    opened = []

    def open_browser(mail):
        opened.append(Guest(stack, mail))
        return opened[-1]

    yield open_browser
    for each in opened:
        await each.client.aclose()


def link_in_mail(stack, address):
    for path in stack.mail.glob("*.eml"):
        with path.open("rb") as source:
            message = email.message_from_binary_file(source, policy=email.policy.default)
        if address in str(message["to"]):
            text = message.get_body(("plain",)).get_content()
            return re.search(r"https?://[^/]+(/r/\S+)", text)[1]
    return None


async def until_mailed(stack, address):
    for _ in range(150):
        if found := link_in_mail(stack, address):
            return found
        await asyncio.sleep(0.2)
    pytest.fail(f"no mail came for {address}")


async def free_again(api, day):
    """Frees the nights that a guest's option holds, by the owner's own software."""
    for found in (await api.get("/owner/bookings?chip=OPTIONS&limit=100")).json()["results"]:
        if found["lines"][0]["arrival"] == str(day):
            await cancel(api, found)


async def test_of_two_guests_at_the_review_one_wins_and_the_other_sees_other_dates(guest_of, api):
    day = date(2026, 10, 3)
    guests = [guest_of(f"rival-{number}@example.org") for number in range(2)]
    quotes = [await each.ask("RIVAL-SEUL", day) for each in guests]
    answers = await asyncio.gather(*(each.place(quote) for each, quote in zip(guests, quotes, strict=True)))
    assert sorted(each.status_code for each in answers) == [303, 409]
    lost = next(each for each in answers if each.status_code == 409)
    assert "Ces dates viennent d’être prises. Rien n’a été débité." in lost.text
    assert 1 <= lost.text.count("card-link") <= 3
    await free_again(api, day)


async def test_an_option_goes_from_the_page_to_the_mail_to_the_button_and_is_one_file(stack, guest_of, api):
    day, mail = date(2026, 10, 17), f"{uuid.uuid4().hex[:8]}@example.org"
    guest = guest_of(mail)
    quote_path = await guest.ask("RIVAL-SEUL", day)
    unticked = await guest.place(quote_path, etat_descriptif="", conditions="1")
    assert (unticked.status_code, "Ouvrez l’état descriptif" in unticked.text) == (422, True)
    twice = await asyncio.gather(*(guest.place(quote_path) for _ in range(2)))
    again = await guest.place(quote_path)
    assert {each.status_code for each in (*twice, again)} == {303}
    pages = [await guest.client.get(each.headers["location"]) for each in (*twice, again)]
    assert len({re.search(r"<strong>([0-9A-Z]{10})</strong>", page.text)[1] for page in pages}) == 1
    assert f"{mail[0]}•••@example.org" in pages[0].text

    link = await until_mailed(stack, mail)
    shown = await guest.client.get(link)
    assert "Confirmez votre option" in shown.text
    assert (shown.headers["referrer-policy"], shown.headers["x-robots-tag"]) == (
        "no-referrer",
        "noindex, nofollow",
    )
    assert "Confirmez votre option" in (await guest.client.get(link)).text
    foreign = await guest.client.post(f"{link}/confirmer", headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    for _ in range(2):
        done = await guest.client.post(f"{link}/confirmer")
        assert (done.status_code, done.headers["location"]) == (303, link)
    page = (await guest.client.get(link)).text.replace("\xa0", " ")
    assert "Votre option est posée" in page
    assert re.search(r"gardées pour vous jusqu’au \w+ \d+(er)? \w+ 2026 à 23 h 59", page)
    await free_again(api, day)
    assert "Cette réservation est annulée" in (await guest.client.get(link)).text
