"""Schemathesis asks the API everything that its OpenAPI document allows and forbids, with all checks.

A copy of its own, for it cancels what it finds. Few examples, always the same ones; `make fuzz` tries many.
"""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from sejour_local import testing

ROOT = Path(__file__).parents[2]
EXAMPLES = os.environ.get("SEJOUR_FUZZ_EXAMPLES", "")


def asked(stack, key, *options):
    """Runs Schemathesis with a key; its whole report is the failure's text."""
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "schemathesis.toml"),
        "run", f"http://127.0.0.1:{stack.port}/api/v1/openapi.json",
        "--url", f"http://127.0.0.1:{stack.port}/api/v1", "--header", f"Authorization: Bearer {key}",
        "--checks", "all", "--suppress-health-check", "all", "--request-timeout", "60", *options,
    ]  # fmt: skip
    if EXAMPLES:
        command += ["--max-examples", EXAMPLES, "--continue-on-failure"]
    else:
        command += ["--max-examples", "5", "--generation-deterministic"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=stack.home)


@pytest.fixture(scope="module")
def copy():
    """It knows many who have no key: the checks try what such callers are told."""
    found = testing.fresh_stack("schemathesis", GATEWAY_STRANGERS_PER_MINUTE="100000")
    yield found
    found.stop()
    testing.forget(found)


@pytest.fixture(scope="module")
def operations(copy):
    document = httpx.get(f"http://127.0.0.1:{copy.port}/api/v1/openapi.json", timeout=30).json()
    return sum(len(each) for each in document["paths"].values())


def test_no_answer_to_an_owners_own_key_breaks_the_document(copy, operations):
    done = asked(copy, copy.demo["api_key"])
    assert done.returncode == 0, done.stdout
    assert f"Tested: {operations}" in done.stdout


def test_no_answer_to_a_partners_key_breaks_the_document(copy):
    partner = ("--include-path-regex", "^/(listings|search|quotes|bookings)", "--phases", "examples,coverage")
    done = asked(copy, copy.demo["partner_key"], *partner)
    assert done.returncode == 0, done.stdout


def test_the_gateway_met_nothing_unexpected_meanwhile(copy):
    log = (copy.places.logs / "gateway.log").read_text()
    assert [line for line in log.splitlines() if '"unexpected"' in line] == []
