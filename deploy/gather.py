"""Copies a service and the packages of ours that it stands on into one folder: `gather.py SERVICE FOLDER`.

Called while an image is built (deploy/Dockerfile), on the standard library only. Migrations go inside their
package, where `chassis.migrations` looks first.
"""

import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_UNWANTED = shutil.ignore_patterns("__pycache__", "*.pyc", "*.pyi", "py.typed")


def projects() -> dict[str, Path]:
    """The folder of every project of the workspace, by its name."""
    folders = [*ROOT.glob("services/*"), ROOT / "gateway", ROOT / "proto"]
    return {
        _project(each)["project"]["name"]: each for each in folders if (each / "pyproject.toml").is_file()
    }


def needed(service: str) -> list[str]:
    """The service and all projects of ours that it needs, itself first."""
    known, wanted = projects(), [service]
    for name in wanted:
        sources = _project(known[name])["tool"].get("uv", {}).get("sources", {})
        wanted += [each for each in sources if each not in wanted]
    return wanted


def gather(service: str, target: Path) -> None:
    """Copies what is needed into the target, ready to be a folder of `sys.path`."""
    for name in needed(service):
        folder = projects()[name]
        for package in _project(folder)["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
            shutil.copytree(folder / package, target / Path(package).name, ignore=_UNWANTED)
        if (folder / "migrations").is_dir():
            shutil.copytree(folder / "migrations", target / name / "migrations", ignore=_UNWANTED)


def _project(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text())


if __name__ == "__main__":
    gather(sys.argv[1], Path(sys.argv[2]))
