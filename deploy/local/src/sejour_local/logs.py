"""`sejour logs`: the last lines of the processes and those that follow, in a form for people."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_FIRST = ("timestamp", "level", "service", "event", "trace_id", "exception")
_MARKS = {"warning": "!", "error": "X", "critical": "X"}


def readable(line: str) -> str:
    """One line of JSON as « 10:42:07.123 X booking  rpc method=... »; anything else unchanged.

    The first digits of the trace stand at the end: `/dev/traces/<digits>` shows it.
    """
    try:
        values: dict[str, Any] = json.loads(line)
        head = (
            f"{values['timestamp'][11:23]} {_MARKS.get(values['level'], ' ')} {values.get('service', ''):<12}"
            f" {values['event']}"
        )
    except (ValueError, TypeError, KeyError):
        return line
    rest = [f"{name}={value}" for name, value in values.items() if name not in _FIRST and value != ""]
    if trace := values.get("trace_id"):
        rest.append(f"[{trace[:12]}]")
    told = " ".join([head, *rest])
    return f"{told}\n{values['exception']}" if "exception" in values else told


def follow(files: Sequence[Path], *, as_json: bool = False) -> int:
    """Prints the last forty lines of each file and what comes, until interrupted."""
    tail = shutil.which("tail") or "/usr/bin/tail"
    with subprocess.Popen(
        [tail, "-n", "40", "-F", *map(str, files)], stdout=subprocess.PIPE, text=True, errors="replace"
    ) as process:
        try:
            for line in process.stdout or ():
                print(line.rstrip("\n") if as_json else readable(line.rstrip("\n")), flush=True)
        except (KeyboardInterrupt, BrokenPipeError):
            sys.stderr.close()
        finally:
            process.terminate()
    return 0
