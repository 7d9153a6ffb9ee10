"""Who may import whom. `.importlinter` says the large rules; these are the ones that its contracts cannot say."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("catalog", "pricing", "availability", "booking", "documents")
SHARED = {"values", "tariff", "chassis"}
STANDARD = sys.stdlib_module_names | {"__future__"}
FRAMEWORKS = {
    "sqlalchemy", "asyncpg", "alembic", "grpc", "aiokafka", "google", "sejour", "fastapi", "starlette", "pydantic",
    "pydantic_settings", "jinja2", "structlog", "prometheus_client", "obstore", "weasyprint", "PIL", "uvicorn",
}  # fmt: skip


def package(name):
    for folder in (ROOT / "services" / name / "src" / name, ROOT / name / "src" / name):
        if folder.is_dir():
            return folder
    raise LookupError(name)


def imports(folder):
    """(file, imported module) of every import below a folder, also those inside functions."""
    for path in sorted(folder.rglob("*.py")):
        where = path.relative_to(ROOT)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((where, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                yield where, node.module or ""


def outside(folder, allowed):
    return [f"{where}: {module}" for where, module in imports(folder) if module.split(".")[0] not in allowed]


def test_values_needs_the_standard_library_only():
    assert outside(package("values"), STANDARD | {"values"}) == []


def test_tariff_needs_values_and_numpy_only():
    assert outside(package("tariff"), STANDARD | {"values", "tariff", "numpy"}) == []


def test_chassis_has_no_contract_of_a_service():
    assert [line for line in outside(package("chassis"), set()) if " sejour" in line] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_domain_knows_no_framework(service):
    domain = package(service) / "domain"
    allowed = STANDARD | {"values", "tariff", service}
    assert not domain.is_dir() or [line for line in outside(domain, allowed) if not _error(line)] == []


def _error(line) -> bool:
    """Error classes of a domain derive from `chassis.errors`, which is pure."""
    return line.endswith((": chassis.errors", ": chassis"))


@pytest.mark.parametrize("service", SERVICES)
def test_a_domain_knows_no_outer_layer(service):
    _refuse(service, "domain", {"application", "adapters", "entrypoints", "wiring", "settings"})


@pytest.mark.parametrize("service", SERVICES)
def test_use_cases_know_ports_not_adapters(service):
    _refuse(service, "application", {"adapters", "entrypoints", "wiring", "settings"})


@pytest.mark.parametrize("service", SERVICES)
def test_adapters_and_entrypoints_do_not_wire(service):
    _refuse(service, "adapters", {"entrypoints", "wiring"})
    _refuse(service, "entrypoints", {"wiring"})


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_nobody_imports_another_service(service):
    others = {*SERVICES, "gateway"} - {service}
    found = [
        f"{where}: {module}" for where, module in imports(package(service)) if module.split(".")[0] in others
    ]
    assert found == []


@pytest.mark.parametrize("service", SERVICES)
def test_use_cases_know_no_framework(service):
    folder = package(service) / "application"
    found = [
        f"{where}: {module}"
        for where, module in (imports(folder) if folder.is_dir() else ())
        if module.split(".")[0] in FRAMEWORKS - {"sejour", "google"}
    ]
    assert found == []


def _refuse(service, layer, outer) -> None:
    folder = package(service) / layer
    found = [
        f"{where}: {module}"
        for where, module in (imports(folder) if folder.is_dir() else ())
        if module.split(".")[0] == service and module.split(".")[1:2] and module.split(".")[1] in outer
    ]
    assert found == []
