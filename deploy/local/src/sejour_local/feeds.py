"""`sejour import`: sends a label's or tourism database's file to the catalog and prints its report."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

from chassis.errors import RemoteError
from sejour.catalog.v1 import listing_service_pb2 as calls
from sejour.catalog.v1 import owner_service_pb2 as owner_calls

from sejour_local.audit import note
from sejour_local.feed_words import of_file, of_record
from sejour_local.load.services import Services, services
from sejour_local.places import Places
from sejour_local.sentences import CannotStart

_CHUNK = 512 * 1024
_IMPORT_TIMEOUT = 600.0
_OUTCOMES = {
    calls.IMPORT_OUTCOME_CREATED: "created",
    calls.IMPORT_OUTCOME_UPDATED: "updated",
    calls.IMPORT_OUTCOME_UNCHANGED: "unchanged",
    calls.IMPORT_OUTCOME_REFUSED: "refused",
    calls.IMPORT_OUTCOME_OLDER: "older, left",
}


def import_file(
    path: Path, places: Places, *, feed_format: str, dry_run: bool, label: str, owner: str
) -> int:
    """Imports a file or folder and prints one line a record; exit code 1 when nothing could go in.

    Raises:
        CannotStart: the file cannot be read, or the catalog refused it as a whole.

    """
    try:
        name, content = _content(path)
    except OSError as error:
        raise CannotStart(f"{path} cannot be read: {error.strerror}.") from error
    start = calls.ImportStart(format=feed_format, file_name=name, dry_run=dry_run, request_id=str(uuid4()))

    async def run() -> calls.ImportReport:
        async with services(places) as connected:
            await _resolve(start, label, owner, connected)
            report: calls.ImportReport = await connected.imports.Import(
                _parts(start, content), timeout=_IMPORT_TIMEOUT
            )
            if not dry_run:
                await note(connected, "feed.imported", f"{name} for {label or owner or 'nobody'}")
            return report

    try:
        report = asyncio.run(run())
    except RemoteError as error:
        raise CannotStart(f"{path} was refused: {of_file(error.reason, error.metadata)}.") from error
    _print(report)
    return 1 if report.lines and report.refused == len(report.lines) else 0


def _content(path: Path) -> tuple[str, bytes]:
    """A file as it is; a folder as a zip of its JSON files."""
    if not path.is_dir():
        return path.name, path.read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(path.rglob("*.json*")):
            archive.write(each, each.relative_to(path))
    return f"{path.name}.zip", packed.getvalue()


async def _resolve(start: calls.ImportStart, label: str, owner: str, connected: Services) -> None:
    if label:
        found = await connected.owners.GetLabel(owner_calls.GetLabelRequest(slug=label))
        start.label_id = found.label.id
    if owner:
        if not owner.isdigit():
            raise CannotStart(f"« {owner} » is no supplier number: give a number such as 27144.")
        there = await connected.owners.GetOwner(owner_calls.GetOwnerRequest(supplier_no=int(owner)))
        start.owner_id = there.owner.id


async def _parts(start: calls.ImportStart, content: bytes) -> AsyncIterator[calls.ImportRequest]:
    yield calls.ImportRequest(start=start)
    for begin in range(0, len(content), _CHUNK):
        yield calls.ImportRequest(content=content[begin : begin + _CHUNK])


def _print(report: calls.ImportReport) -> None:
    for line in report.lines:
        print(f"{_OUTCOMES.get(line.outcome, '?'):<11} {line.where}: {line.name or line.external_id}")
        for remark in line.remarks:
            print(f"            {of_record(remark.reason, remark.metadata)}")
    would = "would be " if report.dry_run else ""
    print(
        f"{report.created} {would}created, {report.updated} {would}updated, {report.unchanged} unchanged,"
        f" {report.refused} refused."
    )
