"""Twenty rivals for overlapping weeks, through HTTP on a running copy: one wins, the others learn why, nothing breaks."""

import asyncio
import copy
import json
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
