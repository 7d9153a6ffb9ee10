"""`make chaos`: guests book for ten minutes while processes are killed; afterwards nothing may differ.

    python tests/chaos/run.py --minutes 10 --guests 16 --seed 1

Prints what it does, writes `build/chaos.json`, and ends with 1 when anything differs.
"""

import argparse
import asyncio
import copy
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from guests import Door, Guest, Seen  # noqa: E402
from monkey import Monkey, database_url  # noqa: E402
from ruamel.yaml import YAML  # noqa: E402
from sejour.catalog.v1 import owner_service_pb2  # noqa: E402
from sejour_local.demo import cast_file_in  # noqa: E402
from sejour_local.processes import free_ports  # noqa: E402
from sejour_local.stack import Stack  # noqa: E402
from stack_calls import StackCalls  # noqa: E402
from verdict import Verdict, judge, until_at_rest  # noqa: E402

SUPPLIER = 27950
HOUSES = 30
SCOPES = [
    "catalog:read", "search:read", "quote:write", "booking:read", "booking:write", "owner:read", "owner:write",
]  # fmt: skip


def owner_of_the_run() -> dict:
    """A data file with an owner of many houses, one of them also sold by room."""
    with cast_file_in(ROOT).open() as source:
        owner = copy.deepcopy(YAML(typ="safe").load(source)["owners"][1])
    owner |= {
        "supplier_no": SUPPLIER, "last_name": "TEMPETE", "email": "tempete@tempete.example", "accounts": [],
    }  # fmt: skip
    pattern = owner["listings"][0]
    for name in ("photos", "label"):
        pattern.pop(name, None)
    shared = {"property": "maison-tempete", "resources": ["chambre-1", "chambre-2"]}
    owner["listings"] = [
        *(copy.deepcopy(pattern) | {"code": f"CHAOS-{number:02}"} for number in range(HOUSES)),
        copy.deepcopy(pattern) | {"code": "CHAOS-TOUT", "sells": "all", **shared},
        copy.deepcopy(pattern) | {"code": "CHAOS-CHAMBRE", "sells": "any", **shared},
    ]
    owner["labels"] = []
    owner["tariffs"][0]["listings"] = [each["code"] for each in owner["listings"]]
    key = {"name": "chaos", "scopes": SCOPES, "owners": [SUPPLIER]}
    return json.loads(json.dumps({"format": "sejour/1", "owners": [owner], "api_keys": [key]}, default=str))


def sejour(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of `sejour` on the copy."""
    environment = {**os.environ, "SEJOUR_HOME": str(stack.home), "SEJOUR_PORT": str(stack.port)}
    return subprocess.run(
        [sys.executable, "-m", "sejour_local", *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def load(stack: Stack) -> tuple[str, tuple[str, ...]]:
    """Loads the owner; returns his key and the codes of his listings."""
    file, report = stack.home / "chaos.yaml", stack.home / "chaos-report.json"
    content = owner_of_the_run()
    file.write_text(json.dumps(content))
    done = sejour(stack, "load", str(file), "--report", str(report))
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)
    codes = tuple(each["code"] for each in content["owners"][0]["listings"])
    return json.loads(report.read_text())["keys"]["chaos"], codes


async def run(stack: Stack, minutes: float, guests: int, seed: int) -> tuple[Seen, Verdict, int]:
    """The run itself, the rest after it, and the verdict."""
    key, codes = load(stack)
    databases = {name: database_url(stack, name) for name in ("booking", "availability", "documents")}
    calls = StackCalls(stack)
    owner = calls(
        "OwnerService.GetOwner", owner_service_pb2.GetOwnerRequest(supplier_no=SUPPLIER), "operator"
    ).owner.id

    async def call(name: str, request: object) -> object:
        return await asyncio.to_thread(calls, name, request, f"owner:{owner}")

    seen, stop = Seen(), asyncio.Event()
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "fr"}
    async with httpx.AsyncClient(base_url=f"{stack.base_url}/api/v1", headers=headers, timeout=15) as api:
        door = Door(api, call, owner, codes)
        people = [Guest(door, seen, seed=seed * 1000 + n, first=n * 100_000) for n in range(guests)]
        monkey = Monkey(stack, seconds=minutes * 60, seed=seed, say=say)
        lives = [asyncio.create_task(each.live(stop)) for each in people]
        rage = asyncio.create_task(monkey.rage(stop))
        await asyncio.sleep(minutes * 60)
        stop.set()
        await asyncio.gather(rage, *lives)
    say(f"{monkey.kills} kills, {len(seen.lives)} lives; waiting for rest")
    left = await until_at_rest(databases)
    verdict = await judge(databases, seen)
    verdict.differences += [f"{name}: {count} still under way" for name, count in left.items() if count]
    calls.close()
    return seen, verdict, monkey.kills


def say(text: str) -> None:
    """A line with the time since the start."""
    print(f"{time.monotonic() - BEGAN:7.1f} s  {text}", flush=True)


BEGAN = time.monotonic()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--guests", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the data of the copy")
    asked = parser.parse_args()
    home = ROOT / ".sejour" / "chaos"
    sejour(Stack(home, 0), "reset", "--yes")
    stack = Stack(home, free_ports(1)[0])
    say("starting a copy")
    stack.start()
    try:
        seen, verdict, kills = asyncio.run(run(stack, asked.minutes, asked.guests, asked.seed))
        reconciled = sejour(stack, "reconcile")
        print(reconciled.stdout + reconciled.stderr)
        if reconciled.returncode != 0:
            verdict.differences.append("sejour reconcile found differences")
    finally:
        stack.stop()
    differences = verdict.differences + [f"untyped: {each}" for each in seen.untyped] + seen.unanswered
    report = {
        "minutes": asked.minutes, "guests": asked.guests, "seed": asked.seed, "kills": kills,
        "lives": len(seen.lives), "told": dict(verdict.figures), "answers": dict(seen.answers),
        "differences": differences,
    }  # fmt: skip
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "chaos.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    for what, count in sorted(seen.answers.items()):
        print(f"  {count:6}  {what}")
    print(f"  told: {dict(verdict.figures)}")
    for each in differences[:50]:
        print(f"DIFFERENCE {each}")
    say(f"{len(differences)} differences; details in build/chaos.json")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
