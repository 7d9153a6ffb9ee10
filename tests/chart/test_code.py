"""What chart and code must say alike; needs no helm."""

import re

import pytest
from chassis.settings import split_address

from . import charts

TEMPLATES = "\n".join(path.read_text() for path in (charts.CHART / "templates").glob("*"))
# Of other programs: libpq's names, which asyncpg reads, and those of the images of an evaluation.
FOREIGN = {
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "POSTGRES_USER",
    "POSTGRES_PASSWORD",
    "PGDATA",
    "LOG_DIR",
    "KAFKA_HEAP_OPTS",
}
EVERYWHERE = "0.0.0.0"  # noqa: S104 (inside a pod)
WORKLOADS = sorted(charts.workloads().items())


def names_in_templates():
    return set(re.findall(r"name: ([A-Z][A-Z0-9_]+)\b(?!\{)", TEMPLATES))


def test_every_setting_in_the_chart_is_one_that_the_code_reads():
    written = {name for name in names_in_templates() if not name.endswith("_")}
    assert written - FOREIGN - charts.known_names() == set()
    full = charts.read(charts.ROOT / "tests" / "chart" / "values-full.yaml")
    extra = {*full["extraEnv"], *(name for each in full["extraEnvOf"].values() for name in each)}
    assert extra - charts.known_names() == set()


def test_every_setting_without_a_default_is_given():
    databases = {f"{each['prefix']}_DATABASE_URL" for _, each in WORKLOADS if each.get("migrate")}
    assert "{{ $workload.prefix }}_DATABASE_URL" in TEMPLATES
    assert charts.required_names() <= databases | names_in_templates()


@pytest.mark.parametrize(("name", "workload"), WORKLOADS)
def test_a_workload_is_a_role_of_the_code_with_its_prefix_and_ports(name, workload):
    settings = charts.settings_classes()[f"{workload['prefix']}_"]
    main = next(source / workload["service"] / "__main__.py" for source in charts.SOURCES
                if (source / workload["service"]).is_dir()).read_text()  # fmt: skip
    assert f'"{workload["role"]}"' in main
    assert ("database_url" in settings.model_fields) == bool(workload.get("migrate"))
    assert split_address(settings.model_fields["grpc_listen"].default) == (EVERYWHERE, 50051)
    assert split_address(settings.model_fields["metrics_listen"].default) == (EVERYWHERE, 9090)
    if workload.get("http"):
        assert split_address(settings.model_fields["http_listen"].default) == (EVERYWHERE, 8080)


@pytest.mark.parametrize("service", sorted({each["service"] for _, each in WORKLOADS}))
def test_whoever_asks_another_service_may_reach_it(service):
    may = {each for _, workload in WORKLOADS if workload["service"] == service for each in workload["calls"]}
    missing = charts.asked_by(service) - may
    assert missing == set(), (
        f"add them to calls of {service} in values.yaml: address and network policy follow"
    )


def test_whom_the_gateway_asks_is_seen_by_this_check():
    assert charts.asked_by("gateway") >= {
        "catalog",
        "pricing",
        "availability",
        "search",
        "booking",
        "documents",
    }


def test_only_documents_reaches_the_internet_and_only_for_mail():
    assert {name: each["internet"] for name, each in WORKLOADS if each.get("internet")} == {
        "documents": [25, 465, 587]
    }


def test_a_pod_has_time_to_drain_everything_before_it_is_killed():
    values = charts.values()
    # Tasks, connections and traces close after the servers, 2 s each at most.
    needed = values["drainSeconds"] + values["graceSeconds"] + 1 + 2 * 12
    assert values["terminationGracePeriodSeconds"] >= needed


@pytest.mark.parametrize("alert", charts.alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_names_metrics_of_the_code_and_says_what_to_do(alert):
    assert charts.metrics_in(alert["expr"]) <= charts.metrics()
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert len(alert["annotations"]["runbook"]) > 30
    assert alert["annotations"]["summary"].endswith(".")


def test_every_promise_that_must_be_0_has_an_alert():
    watched = charts.metrics_in(" ".join(alert["expr"] for alert in charts.alerts()))
    assert watched >= {
        "sejour_overlapping_stays", "sejour_old_pins", "sejour_unswept_holds", "sejour_documents_corrupt_total",
        "sejour_bookings_confirmed_without_documents", "sejour_booking_in_between_oldest_seconds",
        "sejour_outbox_oldest_seconds", "sejour_search_freshness_seconds",
    }  # fmt: skip


def test_the_dashboard_draws_metrics_of_the_code():
    queries = charts.queries_of_dashboard()
    assert len(queries) > 15
    assert charts.metrics_in(" ".join(queries)) <= charts.metrics()


def test_the_manual_has_every_alert():
    manual = (charts.ROOT / "docs" / "operations" / "kubernetes.md").read_text()
    assert [alert["alert"] for alert in charts.alerts() if alert["alert"] not in manual] == []
