"""The Dockerfile and what is gathered for an image; needs no builder."""

import importlib.util
import re
import subprocess

import pytest

from . import charts

DOCKERFILE = charts.ROOT / "deploy" / "Dockerfile"
SERVICES = ("catalog", "pricing", "availability", "booking", "documents", "gateway")


@pytest.fixture(scope="module")
def gather():
    spec = importlib.util.spec_from_file_location("gather", charts.ROOT / "deploy" / "gather.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not charts.tool("hadolint"), reason="hadolint is not here: « make chart »")
def test_hadolint_finds_no_fault():
    ended = subprocess.run(
        [charts.tool("hadolint"), str(DOCKERFILE)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_gets_its_service_with_migrations_and_what_it_stands_on(service, gather, tmp_path):
    gather.gather(service, tmp_path)
    found = {path.name for path in tmp_path.iterdir()}
    assert found & set(SERVICES) == {service}
    assert {"chassis", "values", "sejour"} <= found
    assert ("tariff" in found) == (service in {"pricing", "availability"})
    assert (tmp_path / service / "migrations" / "env.py").is_file()
    assert (tmp_path / "sejour" / "topics.toml").is_file()
    assert list(tmp_path.rglob("*.pyc")) == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_locked_packages_of_an_image_are_those_of_the_whole(service):
    """`make requirements` writes all lists from one lock."""
    assert packages(service) <= packages("run"), "run « make requirements » and commit requirements/"


def test_heavy_packages_are_only_where_they_are_used():
    names = {service: {line.split("==")[0] for line in packages(service)} for service in SERVICES}
    assert [service for service in SERVICES if "weasyprint" in names[service]] == ["documents"]
    assert [service for service in SERVICES if "numpy" in names[service]] == ["pricing", "availability"]
    assert [service for service in SERVICES if "fastapi" in names[service]] == ["gateway"]


def packages(name):
    text = (charts.ROOT / "requirements" / f"{name}.txt").read_text()
    return set(re.findall(r"^([a-z0-9-]+==[^ ]+)", text, re.MULTILINE))
