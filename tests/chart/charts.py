"""The chart as data: its values, its rendered objects, and what the code knows of settings and metrics."""

import ast
import importlib
import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from chassis.settings import ListenSettings, ServiceSettings, SharedSettings
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "sejour"
TOOLS = ROOT / ".sejour" / "tools"
SCHEMAS = TOOLS / "kubernetes-v1.34.4"
VALUES = {
    "default": [],
    "evaluation": ["-f", str(CHART / "values-evaluation.yaml")],
    "full": ["-f", str(Path(__file__).parent / "values-full.yaml")],
}
SOURCES = [*ROOT.glob("services/*/src"), ROOT / "gateway" / "src"]


def tool(name):
    """The path of helm, kubeconform or hadolint, or None: « make chart » installs them."""
    own = [TOOLS / "go" / "bin" / name, TOOLS / "bin" / name]
    return next((str(each) for each in own if each.is_file()), None) or shutil.which(name)


def read(path):
    return YAML(typ="safe").load(path)


def values():
    return read(CHART / "values.yaml")


def workloads():
    return values()["workloads"]


@cache
def render(kind):
    """The text that helm makes of one set of values."""
    command = [
        tool("helm"),
        "template",
        "sejour",
        str(CHART),
        "--namespace",
        "lets",
        "--kube-version",
        "1.34.0",
    ]
    ended = subprocess.run([*command, *VALUES[kind]], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@cache
def objects(kind):
    return tuple(each for each in YAML(typ="safe").load_all(render(kind)) if each)


def of_kind(kind, *names):
    return [each for each in objects(kind) if each["kind"] in names]


def pods(kind):
    """(name, pod's spec, labels) of everything that makes pods."""
    for each in of_kind(kind, "Deployment", "StatefulSet", "Job"):
        template = each["spec"]["template"]
        yield each["metadata"]["name"], template["spec"], template["metadata"]["labels"]


def containers(kind):
    for name, spec, _ in pods(kind):
        for each in [*spec.get("initContainers", []), *spec["containers"]]:
            yield f"{name}/{each['name']}", each


def settings_classes():
    """Every settings class of the code, by its prefix."""
    for source in SOURCES:
        for path in source.glob("*/settings.py"):
            importlib.import_module(f"{path.parent.name}.settings")
    found, open_ = {SharedSettings}, [ListenSettings]
    for each in open_:
        open_ += each.__subclasses__()
    found |= {
        each
        for each in open_
        if each not in {ListenSettings, ServiceSettings} and each.__module__.endswith(".settings")
    }
    return {each.model_config["env_prefix"]: each for each in found if each.model_config.get("env_prefix")}


def known_names():
    """Every name of a setting that the code reads."""
    own = {
        f"{prefix}{name}".upper() for prefix, each in settings_classes().items() for name in each.model_fields
    }
    return own | {f"SEJOUR_{name.upper()}_ADDRESS" for name in workloads()}


def required_names():
    """Settings without a default."""
    return {
        f"{prefix}{name}".upper()
        for prefix, each in settings_classes().items()
        for name, field in each.model_fields.items()
        if field.is_required()
    }


def metrics():
    """Names of the metrics that the code declares."""
    text = "\n".join(path.read_text() for source in SOURCES for path in source.rglob("*.py"))
    return set(re.findall(r'"(sejour_[a-z0-9_]+)"', text))


def metrics_in(text):
    """Metrics that queries name, without what a histogram adds to its own."""
    return {re.sub(r"_(bucket|count|sum)$", "", each) for each in re.findall(r"\bsejour_[a-z0-9_]+", text)}


def alerts():
    return [rule for group in read(CHART / "alerts.yaml")["groups"] for rule in group["rules"]]


def queries_of_dashboard():
    panels = json.loads((CHART / "dashboard.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


def asked_by(package):
    """Services and roles whose addresses a package asks its settings for, or hands to what does."""
    folder = next(source / package for source in SOURCES if (source / package).is_dir())
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in {"address", "client", "stub", "link"}:
                    found.add(node.args[0].value)
    return found & set(workloads())
