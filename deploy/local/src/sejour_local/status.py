"""`sejour status`, `sejour down` and what `sejour reset` removes."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

from sejour_local import clock, postgres
from sejour_local.environment import hosts
from sejour_local.places import Places
from sejour_local.processes import ProcessRecord, end

_KEPT = {"tools", "test"}  # Of the default home, which also holds what all copies share.


def status(places: Places) -> int:
    """Prints the processes with their memory; exit code 1 when the copy does not run."""
    owner = ProcessRecord.read(places.home / "up.json")
    runs = owner is not None and owner.alive()
    print(f"Copy in {places.home}: {f'runs (pid {owner.pid})' if owner and runs else 'does not run'}.")
    if runs:
        print(f"Metrics and traces of the last minutes: {hosts()['app']}/dev")
    print(f"Clock: {clock.show(places.clock):%Y-%m-%d %H:%M:%S %Z}.")
    total = 0
    for record in _records(places):
        memory = _resident(record.pid) if record.alive() else 0
        total += memory
        state = f"pid {record.pid:>7}  {memory // 1_000_000:>5} MB" if memory else "is not running"
        print(f"  {record.name:<13} {state}")
    if total:
        print(f"  {'all':<13} {'':11}  {total // 1_000_000:>5} MB")
    return 0 if runs else 1


def down(places: Places) -> int:
    """Asks the supervisor to stop everything and waits; ends what was left without a supervisor."""
    owner = ProcessRecord.read(places.home / "up.json")
    if owner is not None and owner.alive():
        owner.send(signal.SIGTERM)
        deadline = time.monotonic() + 12
        while owner.alive() and time.monotonic() < deadline:
            time.sleep(0.1)
        if owner.alive():
            owner.send(signal.SIGKILL)
    left = [record for record in _records(places) if record.alive()]
    end(left, grace=6)
    for path in places.run.glob("*.json"):
        path.unlink(missing_ok=True)
    print("Stopped." if owner is not None or left else "Nothing ran.")
    return 0


def remove(places: Places) -> None:
    """Removes all data of a copy; what is installed stays."""
    outside = postgres.outside(places.home / "postgres").parent
    if os.geteuid() == 0 and outside.exists():
        shutil.rmtree(outside)
    for child in places.home.iterdir():
        if child.name in _KEPT:
            continue
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()


def _records(places: Places) -> list[ProcessRecord]:
    found = (ProcessRecord.read(path) for path in sorted(places.run.glob("*.json")))
    return [record for record in found if record is not None]


def _resident(pid: int) -> int:
    """Resident memory of a process and its children, shared pages counted once each."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int(folder.name) == pid or os.getsid(int(folder.name)) == pid:
                total += _proportional(folder)
        except (OSError, ValueError):
            continue
    return total


def _proportional(folder: Path) -> int:
    for line in (folder / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
