"""`ImportService`: gathers the uploaded file, then hands its records to the use case."""

import hashlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

from chassis.actor import Scope
from chassis.clock import Clock, today
from chassis.errors import FieldError, Malformed
from chassis.requests import parse_request_id
from sejour.catalog.v1 import listing_service_pb2 as calls
from sejour.catalog.v1 import listing_service_pb2_grpc as rpc

from catalog.adapters.feeds.read import FORMATS, read_feed
from catalog.adapters.feeds.unpack import MAX_UPLOAD
from catalog.adapters.metrics import IMPORTED
from catalog.adapters.queries import Queries
from catalog.adapters.report_codec import report_pb
from catalog.application.import_feed import ImportFeed, import_feed
from catalog.application.ports import Request, UnitOfWork
from catalog.domain.errors import FeedRefused
from catalog.domain.report import Report
from catalog.entrypoints import mapping


class GrpcImports(rpc.ImportServiceServicer):
    """Imports from label and tourism databases."""

    def __init__(self, *, new_uow: Callable[[Scope], UnitOfWork], queries: Queries, clock: Clock) -> None:
        self._new_uow = new_uow
        self._queries = queries
        self._clock = clock

    async def Import(
        self, request_iterator: AsyncIterator[calls.ImportRequest], _context: Any
    ) -> calls.ImportReport:
        """Reads a feed file and makes or refreshes drafts."""
        scope = Scope.current()
        start, content = await _gather(request_iterator)
        records = read_feed(content, start.file_name, start.format or "auto", today(self._clock()))
        report = await import_feed(
            _command(start, content),
            records,
            new_uow=partial(self._new_uow, scope),
            scope=scope,
            clock=self._clock,
        )
        _count(report)
        return report_pb(report)

    async def ListImports(
        self, request: calls.ListImportsRequest, _context: Any
    ) -> calls.ListImportsResponse:
        """Reports of earlier imports, without their lines."""
        return await self._queries.imports(
            Scope.current(), mapping.optional_uuid(request.label_id, "label_id"), request.page
        )

    async def GetImport(self, request: calls.GetImportRequest, _context: Any) -> calls.ImportReport:
        """One report with its lines."""
        return await self._queries.import_report(Scope.current(), mapping.uuid(request.id, "id"))


def _count(report: Report) -> None:
    if not report.dry_run:
        for line in report.lines:
            source = line.external_id.partition(":")[0]
            IMPORTED.labels(source if source in FORMATS else "unknown", line.outcome.value).inc()


async def _gather(messages: AsyncIterator[calls.ImportRequest]) -> tuple[calls.ImportStart, bytes]:
    start: calls.ImportStart | None = None
    content = bytearray()
    async for message in messages:
        if message.WhichOneof("part") == "start":
            start = message.start
        content += message.content
        if len(content) > MAX_UPLOAD:
            raise FeedRefused(why="TOO_LARGE", limit=MAX_UPLOAD)
    if start is None:
        raise Malformed(fields=[FieldError("start", "START_MISSING")])
    return start, bytes(content)


def _command(start: calls.ImportStart, content: bytes) -> ImportFeed:
    asked = start.SerializeToString(deterministic=True)
    return ImportFeed(
        request=Request(
            id=parse_request_id(start.request_id),
            method="Import",
            body_hash=hashlib.sha256(asked + hashlib.sha256(content).digest()).digest(),
        ),
        label_id=mapping.optional_uuid(start.label_id, "start.label_id"),
        owner_id=mapping.optional_uuid(start.owner_id, "start.owner_id"),
        dry_run=start.dry_run,
        file_name=start.file_name[:200],
        format=start.format or "auto",
    )
