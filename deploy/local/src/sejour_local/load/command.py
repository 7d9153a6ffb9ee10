"""The commands `sejour load` and `sejour export`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from chassis.errors import RemoteError

from sejour_local.audit import note
from sejour_local.load.export import export
from sejour_local.load.loader import load
from sejour_local.load.reading import read
from sejour_local.load.services import services
from sejour_local.places import Places
from sejour_local.sentences import CannotStart


def load_file(path: Path, places: Places, *, check_only: bool = False) -> dict[str, Any] | None:
    """Checks a data file and loads it; returns logins and keys, or None when it was only checked.

    Raises:
        CannotStart: the file has faults, or a service refused.

    """
    data = read(path)
    if check_only:
        print(f"{path}: {len(data.owners)} owners; no fault found.")
        return None

    async def run() -> dict[str, Any]:
        async with services(places) as connected:
            report = await load(data, path.parent, connected, say=print)
            await note(connected, "owners.loaded", ", ".join(str(each.supplier_no) for each in data.owners))
            return report

    try:
        return asyncio.run(run())
    except RemoteError as error:
        raise CannotStart(f"{path}: {_said(error)}") from error


def export_owner(supplier_no: int, places: Places) -> str:
    """An owner as a data file.

    Raises:
        CannotStart: there is no such owner, or a service did not answer.

    """

    async def run() -> str:
        async with services(places) as connected:
            await note(connected, "owner.exported", str(supplier_no))
            return await export(supplier_no, connected)

    try:
        return asyncio.run(run())
    except RemoteError as error:
        raise CannotStart(_said(error)) from error


def _said(error: RemoteError) -> str:
    details = ", ".join(f"{key} {value}" for key, value in sorted(error.metadata.items()))
    fields = "; ".join(f"{each.field}: {each.reason}" for each in error.fields)
    said = f"{error.method or 'a service'} refused with {error.reason}"
    return f"{said} ({details})" * bool(details) + said * (not details) + f" [{fields}]" * bool(fields) + "."
