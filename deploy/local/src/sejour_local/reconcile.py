"""The command `sejour reconcile`: asks the services what differs between them, mends, and tells topics again.

It speaks gRPC as an operator, so it also works against a cluster whose addresses `SEJOUR_*_ADDRESS` name.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.actor import OPERATOR, Actor, acting_as
from chassis.clock import Clock, make_clock
from chassis.errors import RemoteError
from chassis.grpc_client import Client, connect
from chassis.settings import SharedSettings
from sejour.booking.v1 import booking_types_pb2 as booking_types
from sejour.booking.v1 import reconcile_service_pb2 as reconcile_pb
from sejour.booking.v1.reconcile_service_pb2_grpc import ReconcileServiceStub
from sejour.common.v1 import maintenance_service_pb2 as maintenance_pb
from sejour.common.v1.maintenance_service_pb2_grpc import MaintenanceServiceStub
from sejour.documents.v1 import documents_service_pb2 as documents_pb
from sejour.documents.v1.documents_service_pb2_grpc import DocumentsServiceStub

from sejour_local.load.services import as_if_in, environment_of
from sejour_local.places import Places
from sejour_local.sentences import CannotStart

SERVICES = ("catalog", "pricing", "availability", "booking", "documents")
OLD_NEWS = timedelta(minutes=1)
_TIMEOUT = 60.0
_PAGE = 200

SENTENCES = {
    "STAY_MISSING": "is confirmed, and its nights are not taken",
    "HOLD_MISSING": "is an option, and its nights are not held",
    "END_UNTOLD": "is an option whose hold has ended, and booking was not told",
    "NIGHTS_DIFFER": "has other nights, listings or persons at availability",
    "ONLY_HELD": "is confirmed, and its nights are only held",
    "TAKEN_UNTOLD": "is an option, and its nights are taken: was it confirmed, and the confirmation lost?",
    "NIGHTS_OF_ENDED": "has ended, and its nights are not free",
    "NIGHTS_OF_UNKNOWN": "is unknown to booking, and has nights: was the file lost?",
    "REVISION_AHEAD": "is older than what availability was told: was a part of the file lost?",
    "STEP_STUCK": "has been between two services for more than 5 minutes",
}


@dataclass(slots=True)
class Report:
    """Lines to print, and how many differences are left."""

    pairs: list[tuple[str, int, int]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    left: int = 0

    def add(self, sentence: str, *, mended: bool, note: str = "") -> None:
        """One difference."""
        end = " Mended." if mended else f" Not mended: {note}." if note else ""
        self.sentences.append(f"{sentence}.{end}")
        self.left += not mended


@dataclass(frozen=True, slots=True)
class Stubs:
    """The services as an operator asks them."""

    reconcile: Any
    documents: Any
    maintenance: dict[str, Any]
    clock: Clock


def reconcile(places: Places, *, mend: bool, republish: bool) -> int:
    """Compares, prints, and returns 0 where nothing differs (any more), else 1.

    Raises:
        CannotStart: nothing runs there, or a service does not answer.

    """

    async def run() -> Report:
        report = Report()
        async with _stubs(places) as stubs:
            if republish:
                await _republish(stubs, report, mend=mend)
            await _compare(stubs, report, mend=mend)
        return report

    try:
        report = asyncio.run(run())
    except RemoteError as error:
        raise CannotStart(
            f"{error.method or 'A service'} did not answer: {error.reason}. Try again."
        ) from error
    _print(report)
    return 1 if report.left else 0


async def _compare(stubs: Stubs, report: Report, *, mend: bool) -> None:
    await _nights(stubs, report, mend=mend)
    await _documents(stubs, report, mend=mend)
    await _news(stubs, report)


async def _nights(stubs: Stubs, report: Report, *, mend: bool) -> None:
    files = bookings = found = 0
    request = reconcile_pb.CompareNightsRequest(limit=_PAGE, mend=mend)
    while True:
        page = await stubs.reconcile.CompareNights(request)
        files, bookings, found = files + page.files, bookings + page.bookings, found + len(page.differences)
        for one in page.differences:
            _add_difference(report, one)
        if not page.next:
            break
        request.after = page.next
    report.pairs.append((f"booking: {files} files / availability: {bookings} bookings", files, found))


def _add_difference(report: Report, one: reconcile_pb.Difference) -> None:
    kind = reconcile_pb.DifferenceKind.Name(one.kind).removeprefix("DIFFERENCE_KIND_")
    state = booking_types.BookingState.Name(one.state).removeprefix("BOOKING_STATE_")
    name = f"{one.reference} ({state}, {one.booking_id})" if one.reference else one.booking_id
    report.add(f"{kind}: {name} {SENTENCES.get(kind, kind)}", mended=one.mended, note=one.refusal)


async def _documents(stubs: Stubs, report: Report, *, mend: bool) -> None:
    files, found = 0, 0
    request = documents_pb.CompareConfirmedRequest(limit=_PAGE, mend=mend)
    while True:
        page = await stubs.documents.CompareConfirmed(request)
        files, found = files + page.files, found + len(page.without_documents)
        for one in page.without_documents:
            sentence = f"DOCUMENTS_MISSING: {one} was confirmed, and no mail brings its documents"
            report.add(sentence, mended=one in page.mended)
        if not page.next:
            break
        request.after = page.next
    report.pairs.append((f"booking: {files} files confirmed in 48 h / documents: mails", files, found))


async def _news(stubs: Stubs, report: Report) -> None:
    for name, stub in stubs.maintenance.items():
        news = await stub.GetNews(maintenance_pb.GetNewsRequest())
        oldest = news.oldest.ToDatetime(UTC) if news.HasField("oldest") else None
        is_old = oldest is not None and stubs.clock() - oldest > OLD_NEWS
        if is_old:
            report.add(
                f"NEWS_UNSENT: {name} has {news.waiting} news to send, since {_time(oldest)}", mended=False
            )
        report.pairs.append((f"{name}: news to send", news.waiting, int(is_old)))


async def _republish(stubs: Stubs, report: Report, *, mend: bool) -> None:
    for name, stub in stubs.maintenance.items():
        for topic in (await stub.GetNews(maintenance_pb.GetNewsRequest())).topics:
            told, request = 0, maintenance_pb.RepublishRequest(topic=topic, limit=_PAGE)
            while True:
                slice_ = await _patiently(lambda: stub.Republish(request))  # noqa: B023 (called at once)
                told += slice_.told
                if not slice_.next:
                    break
                request.after = slice_.next
            print(f"{name}: {told} told again in {topic}.")
            await _keys(report, name, stub, maintenance_pb.CompareKeysRequest(topic=topic, mend=mend))


async def _keys(report: Report, name: str, stub: Any, request: maintenance_pb.CompareKeysRequest) -> None:
    """What was made after the backup stays in a compacted topic for ever, unless it is told to be gone."""
    found = await stub.CompareKeys(request)
    for key in found.unknown:
        sentence = f"KEY_UNKNOWN: {request.topic} tells of {key}, which {name} does not know"
        report.add(sentence, mended=request.mend)
    report.pairs.append((f"{name}: database / {request.topic}", found.keys, len(found.unknown)))


async def _patiently(call: Callable[[], Awaitable[Any]]) -> Any:
    """Tries again while a row is locked by somebody's change."""
    for _ in range(9):
        try:
            return await call()
        except RemoteError as error:
            if error.reason != "BUSY":
                raise
        await asyncio.sleep(0.5)
    return await call()


def _print(report: Report) -> None:
    width = max(len(name) for name, _, _ in report.pairs)
    print(f"{'Compared':{width}}  {'count':>8}  {'differ':>8}")
    for name, count, found in report.pairs:
        print(f"{name:{width}}  {count:>8}  {found:>8}")
    for sentence in report.sentences:
        print(sentence)
    kinds = Counter(sentence.partition(":")[0] for sentence in report.sentences)
    if not kinds:
        print("Nothing differs.")
    elif not report.left:
        print("All differences were mended.")
    else:
        print("docs/operations/reconcile.md says what each line means and what to do.")


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""


@asynccontextmanager
async def _stubs(places: Places) -> AsyncIterator[Stubs]:
    with as_if_in(environment_of(places)):
        settings = SharedSettings()
        clock = make_clock(settings)
        opened: list[Client[Any]] = []

        def stub(service: str, stub_class: Callable[[Any], Any]) -> Any:
            address = settings.address(service)
            client = connect(address, stub_class, keys=settings.keys, clock=clock, timeout=_TIMEOUT)
            opened.append(client)
            return client.stub

        found = Stubs(
            reconcile=stub("booking", ReconcileServiceStub),
            documents=stub("documents", DocumentsServiceStub),
            maintenance={name: stub(name, MaintenanceServiceStub) for name in SERVICES},
            clock=clock,
        )
        actor = Actor.make("system:reconcile", {OPERATOR}, now=clock(), lifetime=timedelta(hours=1))
        try:
            with acting_as(actor):
                yield found
        finally:
            for client in opened:
                await client.close()
