"""What the packages declare, against what they use and what is locked."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECTS = sorted(path.parent for path in [*ROOT.glob("services/*/pyproject.toml"), *ROOT.glob("*/pyproject.toml"),
                                           *ROOT.glob("deploy/*/pyproject.toml")])  # fmt: skip


def normal(name):
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", name, maxsplit=1)[0]).lower()


def locked(name):
    text = (ROOT / "requirements" / name).read_text()
    return {normal(line) for line in text.splitlines() if "==" in line and not line.startswith(" ")}


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_every_dependency_is_locked_with_its_hash(project):
    own = {
        normal(tomllib.loads((each / "pyproject.toml").read_text())["project"]["name"]) for each in PROJECTS
    }
    declared = tomllib.loads((project / "pyproject.toml").read_text())["project"].get("dependencies", [])
    missing = {normal(each) for each in declared} - own - locked("run.txt")
    assert not missing, "run « make requirements » and commit requirements/"


def test_nothing_committed_names_a_registry():
    for path in [*(ROOT / "requirements").glob("*.txt"), ROOT / "package-lock.json", ROOT / "package.json"]:
        found = re.findall(
            r"https?://(?!opencollective|github|www\.npmjs\.com/advisories)[^\s\"]+", path.read_text()
        )
        assert [
            each for each in found if "registry" in each or "pypi" in each or "pythonhosted" in each
        ] == []


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_every_service_has_a_page_about_itself(project):
    if project.parent.name == "services" or project.name == "gateway":
        assert (project / "README.md").is_file(), "write one page: what it is the truth about, calls, events"
