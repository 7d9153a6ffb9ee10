"""Turns Kubernetes' own swagger.json into one strict JSON schema per kind, for kubeconform.

`schemas.py SWAGGER FOLDER`, called by tools.sh; on the standard library only. Strict: a field that the kind
does not have is a fault, as it is on a server that validates strictly.
"""

import json
import sys
from pathlib import Path
from typing import Any

_REF = "#/definitions/"


def strict(node: Any) -> Any:
    """The node with closed objects, and with whole numbers where a port may also be a name."""
    if isinstance(node, list):
        return [strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == "int-or-string":
        return {"oneOf": [{"type": "string"}, {"type": "integer"}]}
    found = {key: strict(value) for key, value in node.items() if not key.startswith("x-kubernetes")}
    if isinstance(node.get("properties"), dict) and "additionalProperties" not in node:
        found["additionalProperties"] = False
    return found


def reachable(name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """The definition and all that it mentions."""
    wanted, found = [name], {}
    for each in wanted:
        found[each] = definitions[each]
        text = json.dumps(definitions[each])
        mentioned = {part.split('"')[0] for part in text.split(_REF)[1:]}
        wanted += sorted(mentioned - set(wanted))
    return found


def write(swagger: Path, folder: Path) -> int:
    """Writes KIND-GROUP-VERSION.json for every kind, as kubeconform names them; returns their number."""
    definitions = json.loads(swagger.read_text())["definitions"]
    closed = {name: strict(each) for name, each in definitions.items()}
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, each in definitions.items():
        for kind in each.get("x-kubernetes-group-version-kind", []):
            if len(each["x-kubernetes-group-version-kind"]) > 1 or "properties" not in each:
                continue
            group = kind["group"].split(".")[0]
            parts = [kind["kind"], group, kind["version"]] if group else [kind["kind"], kind["version"]]
            schema = {"$ref": _REF + name, "definitions": reachable(name, closed)}
            (folder / f"{'-'.join(parts).lower()}.json").write_text(json.dumps(schema))
            count += 1
    return count


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
