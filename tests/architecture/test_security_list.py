"""Every test that docs/security.md names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [line for line in (ROOT / "docs/security.md").read_text().splitlines() if line.startswith("|")][2:]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", "\n".join(ROWS))))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_what_the_list_names_is_there(path, name):
    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE)


def test_every_threat_names_what_keeps_it_away_and_a_test():
    assert len(NAMED) > 50
    for row in ROWS:
        threat, keeps, test = (cell.strip() for cell in row.strip("|").split("|"))
        assert threat
        if not threat.startswith("**"):
            assert keeps, row
            assert re.fullmatch(r"`tests/[\w/]+\.py::\w+`", test), row
