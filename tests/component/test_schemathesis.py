"""Schemathesis asks the API everything that its OpenAPI document allows and forbids, with all checks.

A copy of its own, for it cancels what it finds. Few examples, always the same ones; `make fuzz` tries many.
"""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

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
def operations(fresh_stack):
    document = httpx.get(f"http://127.0.0.1:{fresh_stack.port}/api/v1/openapi.json", timeout=30).json()
    return sum(len(each) for each in document["paths"].values())


def test_no_answer_to_an_owners_own_key_breaks_the_document(fresh_stack, operations):
    done = asked(fresh_stack, fresh_stack.demo["api_key"])
    assert done.returncode == 0, done.stdout
    assert f"Tested: {operations}" in done.stdout


def test_no_answer_to_a_partners_key_breaks_the_document(fresh_stack):
    partner = ("--include-path-regex", "^/(listings|search|quotes|bookings)", "--phases", "examples,coverage")
    done = asked(fresh_stack, fresh_stack.demo["partner_key"], *partner)
    assert done.returncode == 0, done.stdout


def test_the_gateway_met_nothing_unexpected_meanwhile(fresh_stack):
    log = (fresh_stack.places.logs / "gateway.log").read_text()
    assert [line for line in log.splitlines() if '"unexpected"' in line] == []
