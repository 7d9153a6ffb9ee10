"""The rendered chart: valid for Kubernetes, every pod restricted, nobody reached who was not asked for."""

import ipaddress
import subprocess

import pytest

from . import charts

pytestmark = pytest.mark.skipif(not charts.tool("helm"), reason="helm is not here: « make chart »")
KINDS = sorted(charts.VALUES)
PRIVATE = ("10.1.2.3", "172.20.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.100.0.1", "fd00::1",
           "fe80::1", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1")  # fmt: skip


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def test_helm_finds_no_fault(kind):
    command = [charts.tool("helm"), "lint", "--strict", "--kube-version", "1.34.0", *charts.VALUES[kind]]
    ended = subprocess.run([*command, str(charts.CHART)], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.skipif(
    not charts.tool("kubeconform") or not (charts.SCHEMAS / "ready").exists(),
    reason="kubeconform or Kubernetes' schemas are not here: « make chart »",
)
def test_every_object_is_one_that_kubernetes_takes(kind):
    assert validate(charts.render(kind)).returncode == 0, validate(charts.render(kind)).stdout
    misspelt = charts.render(kind).replace("readinessProbe:", "readynessProbe:", 1)
    assert "readynessProbe" in validate(misspelt).stdout


def validate(text):
    where = f"{charts.SCHEMAS}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    command = [charts.tool("kubeconform"), "-strict", "-skip", "ServiceMonitor,PrometheusRule",
               "-schema-location", where, "-"]  # fmt: skip
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def test_every_pod_is_restricted_and_knows_nothing_of_the_cluster(kind):
    for name, spec, _ in charts.pods(kind):
        context = spec["securityContext"]
        assert (context["runAsNonRoot"], context["runAsUser"] > 0) == (True, True), name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert spec["automountServiceAccountToken"] is False, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys(), name
        volumes = [set(each) - {"name"} for each in spec.get("volumes", [])]
        assert set().union(*volumes) <= {"emptyDir", "persistentVolumeClaim", "secret", "configMap"}, name


def test_every_container_is_read_only_and_bounded(kind):
    for name, container in charts.containers(kind):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), name
        assert "memory" in container["resources"]["limits"], name
        assert not container["image"].endswith((":latest", ":")), name


def test_every_server_has_its_three_probes(kind):
    for each in charts.of_kind(kind, "Deployment", "StatefulSet"):
        for container in each["spec"]["template"]["spec"]["containers"]:
            probes = {"startupProbe", "livenessProbe", "readinessProbe"}
            assert probes <= container.keys(), each["metadata"]["name"]


def test_liveness_asks_the_process_alone_and_readiness_what_it_needs(kind):
    for each in charts.of_kind(kind, "Deployment"):
        (container,) = each["spec"]["template"]["spec"]["containers"]
        assert container["livenessProbe"]["httpGet"] == {"path": "/healthz/live", "port": "metrics"}
        assert container["readinessProbe"]["httpGet"] == {"path": "/healthz/ready", "port": "metrics"}


def test_a_database_is_migrated_before_its_service_starts_and_by_its_own_image(kind):
    for name, spec, _ in charts.pods(kind):
        (serving, *_) = spec["containers"]
        if any(each["name"].endswith("_DATABASE_URL") for each in serving.get("env", [])):
            (migration,) = spec["initContainers"]
            assert migration["args"] == [serving["args"][0], "migrate"], name
            assert migration["image"] == serving["image"], name


def test_every_workload_of_two_or_more_keeps_one_when_a_node_is_emptied():
    budgets = {each["metadata"]["name"] for each in charts.of_kind("default", "PodDisruptionBudget")}
    assert budgets == {each["metadata"]["name"] for each in charts.of_kind("default", "Deployment")}
    assert charts.of_kind("evaluation", "PodDisruptionBudget") == []


def test_what_scales_by_itself_has_no_fixed_number():
    scaled = {
        each["spec"]["scaleTargetRef"]["name"] for each in charts.of_kind("full", "HorizontalPodAutoscaler")
    }
    fixed = {
        each["metadata"]["name"]
        for each in charts.of_kind("full", "Deployment")
        if "replicas" in each["spec"]
    }
    assert scaled & fixed == set()
    assert "sejour-gateway" in scaled


# --- Networks ----------------------------------------------------------------------------------------------------
def policies_of(kind, labels):
    for policy in charts.of_kind(kind, "NetworkPolicy"):
        if policy["spec"]["podSelector"].get("matchLabels", {}).items() <= labels.items():
            yield policy


def test_every_pod_is_closed_until_a_policy_opens_it(kind):
    for name, _, labels in charts.pods(kind):
        found = list(policies_of(kind, labels))
        closed = [
            each for each in found if not each["spec"].get("ingress") and not each["spec"].get("egress")
        ]
        assert closed, name
        assert len(found) > len(closed) or "topics" in name, name


def test_nobody_reaches_private_networks_through_the_internet(kind):
    for policy in charts.of_kind(kind, "NetworkPolicy"):
        for rule in policy["spec"].get("egress", []):
            assert rule.get("to"), f"{policy['metadata']['name']} opens everything"
            assert rule.get("ports"), policy["metadata"]["name"]
            blocks = [each["ipBlock"] for each in rule["to"] if "ipBlock" in each]
            assert [one for one in PRIVATE if any(covers(block, one) for block in blocks)] == []


def covers(block, address):
    one = ipaddress.ip_address(address)
    networks = [block["cidr"], *block.get("except", [])]
    inside, *outside = [ipaddress.ip_network(each) for each in networks]
    return one.version == inside.version and one in inside and not any(one in each for each in outside)


def test_callers_and_called_agree_about_every_door():
    """Whoever may go out to a service is let in there, and has its address."""
    for name, workload in charts.workloads().items():
        env = environment("default", name)
        for called in workload["calls"]:
            assert (
                env[f"SEJOUR_{called.upper()}_ADDRESS"]
                == f"dns:///sejour-{called}.lets.svc.cluster.local:50051"
            )
            assert may_call("default", name, called)
        others = charts.workloads().keys() - set(workload["calls"])
        assert [each for each in others if may_call("default", name, each)] == []


def may_call(kind, caller, called):
    def component(peer):
        return peer.get("podSelector", {}).get("matchLabels", {}).get("app.kubernetes.io/component")

    def opens(name, side, peers, other):
        (policy,) = [
            each
            for each in charts.of_kind(kind, "NetworkPolicy")
            if each["metadata"]["name"] == f"sejour-{name}"
        ]
        rules = [rule for rule in policy["spec"].get(side, []) if {"port": 50051} in rule["ports"]]
        return any(component(peer) == other for rule in rules for peer in rule[peers])

    return opens(caller, "egress", "to", called) and opens(called, "ingress", "from", caller)


def test_only_the_gateway_is_reached_from_outside(kind):
    services = {
        path["backend"]["service"]["name"]
        for each in charts.of_kind(kind, "Ingress")
        for rule in each["spec"]["rules"]
        for path in rule["http"]["paths"]
    }
    assert services == {"sejour-gateway-http"}
    assert {each["spec"].get("type", "ClusterIP") for each in charts.of_kind(kind, "Service")} == {
        "ClusterIP"
    }


def test_every_host_of_the_platform_has_a_way_in():
    hosts = {rule["host"] for each in charts.of_kind("default", "Ingress") for rule in each["spec"]["rules"]}
    sites = {"app", "book", "files", "widget", "*"}
    assert hosts == {"sejour.example", *(f"{site}.sejour.example" for site in sites)}


# --- Settings ----------------------------------------------------------------------------------------------------
def environment(kind, name):
    for pod, spec, _ in charts.pods(kind):
        if pod == f"sejour-{name}":
            return {
                each["name"]: each.get("value", each.get("valueFrom"))
                for each in spec["containers"][0]["env"]
            }
    raise LookupError(name)


def test_secrets_come_from_secrets_alone(kind):
    for name, container in charts.containers(kind):
        for each in container.get("env", []):
            secret = any(word in each["name"] for word in ("KEYS", "PASSWORD", "DATABASE_URL"))
            assert not secret or "secretKeyRef" in each["valueFrom"], f"{name}: {each['name']}"


def test_the_full_values_reach_the_processes():
    booking, documents, gateway = (environment("full", each) for each in ("booking", "documents", "gateway"))
    assert booking["SEJOUR_KAFKA_SECURITY_PROTOCOL"] == "SASL_SSL"
    assert booking["SEJOUR_KAFKA_CA_FILE"] == "/etc/sejour/kafka/ca.crt"
    assert (booking["PGSSLMODE"], booking["PGSSLROOTCERT"]) == (
        "verify-full",
        "/etc/sejour/postgresql/ca.crt",
    )
    assert booking["BOOKING_DATABASE_URL"]["secretKeyRef"] == {
        "name": "sejour-keys",
        "key": "booking-database-url",
    }
    assert gateway["GATEWAY_DATABASE_URL"]["secretKeyRef"] == {"name": "gateway-app", "key": "uri"}
    assert gateway["GATEWAY_TRUSTED_PROXIES"] == "10.42.0.0/16"
    assert documents["SEJOUR_FILES_URL"] == "s3://sejour/production"
    assert "SEJOUR_FILES_URL" not in booking
    assert environment("full", "pricing")["PRICING_SHEETS_AT_HAND"] == "8192"


def test_a_bucket_needs_no_volume_and_a_volume_no_bucket():
    assert charts.of_kind("full", "PersistentVolumeClaim") == []
    (claim,) = charts.of_kind("default", "PersistentVolumeClaim")
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def test_topics_are_made_with_copies_and_anew_when_their_settings_change():
    (default,), (evaluation,) = (charts.of_kind(kind, "Job") for kind in ("default", "evaluation"))
    args = default["spec"]["template"]["spec"]["containers"][0]["args"]
    assert args == [
        "chassis.make_topics",
        "sejour",
        "--partitions",
        "12",
        "--replication",
        "3",
        "--min-in-sync",
        "2",
    ]
    assert default["metadata"]["name"] != evaluation["metadata"]["name"]


def test_alerts_and_dashboard_arrive_where_the_operator_is_known():
    (rule,) = charts.of_kind("full", "PrometheusRule")
    told = [each["alert"] for group in rule["spec"]["groups"] for each in group["rules"]]
    assert told == [each["alert"] for each in charts.alerts()]
    assert charts.of_kind("default", "PrometheusRule", "ServiceMonitor") == []


@pytest.mark.parametrize(
    "wrong",
    [
        "baseUrl=sejour.example",
        "baseUrl=https://sejour.example/path",
        "environment=test",
        "kafka.securityProtocol=TLS",
        "terminationGracePeriodSeconds=10",
        "workloads.booking.replica=3",
        "nobody=knows",
    ],
)
def test_a_value_that_is_none_is_refused_with_its_name(wrong):
    command = [charts.tool("helm"), "template", "sejour", str(charts.CHART), "--kube-version", "1.34.0"]
    ended = subprocess.run([*command, "--set", wrong], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert wrong.split("=")[0].split(".")[-1] in ended.stderr
