"""Compares files with availability's nights in pages, and mends what is safe to mend.

Both sides are read without a lock, so what differs is looked at a second time, between two looks at the
file: only what rests on both sides counts. Called by a job, and by hand through gRPC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from chassis.errors import RemoteError, ServiceError
from chassis.logging import get_logger

from booking.application.drive import Driver
from booking.application.moves import expire_on_news
from booking.application.pending import SELF
from booking.domain.comparing import BookedNights, FileNights, Kind, difference
from booking.domain.states import State

log = get_logger()

PAGE = 500
NEVER_MENDED = frozenset({Kind.TAKEN_UNTOLD, Kind.NIGHTS_OF_UNKNOWN, Kind.REVISION_AHEAD, Kind.STEP_STUCK})


class Files(Protocol):
    """Files as the reconciler reads them."""

    async def page(self, *, after: UUID | None, limit: int, departing_after: date) -> list[FileNights]:
        """The next files by id that should have nights, or are between two services."""

    async def many(self, ids: Sequence[UUID], *, departing_after: date) -> Mapping[UUID, FileNights]:
        """These files, in whatever state."""


class Booked(Protocol):
    """Availability's side."""

    async def window(
        self, *, after: UUID | None, through: UUID | None, departing_after: date
    ) -> Mapping[UUID, BookedNights]:
        """All bookings in `(after, through]` that have nights to come."""

    async def one(self, booking_id: UUID, *, departing_after: date) -> BookedNights | None:
        """One booking."""


@dataclass(frozen=True, slots=True)
class Found:
    """One difference: `file` is None where booking knows no such file."""

    kind: Kind
    booking_id: UUID
    file: FileNights | None
    mended: bool = False
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One page: what was looked at, what differs, and where the next begins (None = this was the last)."""

    files: int
    bookings: int
    found: list[Found] = field(default_factory=list)
    next: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Compares page by page."""

    files: Files
    booked: Booked
    driver: Driver

    async def page(
        self, *, after: UUID | None, departing_after: date, mend: bool, limit: int = PAGE
    ) -> Compared:
        """Compares one page of files with all that availability has in the same range of ids.

        Raises:
            ServiceError: availability does not answer.

        """
        page = await self.files.page(after=after, limit=limit, departing_after=departing_after)
        through = page[-1].id if len(page) == limit else None
        booked = await self.booked.window(after=after, through=through, departing_after=departing_after)
        files = {file.id: file for file in page}
        others = [one for one in booked if one not in files]
        files |= await self.files.many(others, departing_after=departing_after)
        now = self.driver.clock()
        suspects = [
            one
            for one in sorted({*files, *booked})
            if difference(files.get(one), booked.get(one), now=now) is not None
        ]
        found = [await self._look_again(one, departing_after, mend=mend) for one in suspects]
        return Compared(len(files), len(booked), [one for one in found if one is not None], through)

    async def _look_again(self, booking_id: UUID, departing_after: date, *, mend: bool) -> Found | None:
        before = await self._file(booking_id, departing_after)
        booked = await self.booked.one(booking_id, departing_after=departing_after)
        file = await self._file(booking_id, departing_after)
        if (before and before.revision) != (file and file.revision):
            return None
        kind = difference(file, booked, now=self.driver.clock())
        if kind is None:
            return None
        found = Found(kind, booking_id, file)
        log.error(
            "reconcile_difference",
            kind=kind.value,
            booking_id=str(booking_id),
            state=file.state.value if file else "",
        )
        if not mend or file is None or kind in NEVER_MENDED:
            return found
        return await self._mend(found, file)

    async def _file(self, booking_id: UUID, departing_after: date) -> FileNights | None:
        return (await self.files.many([booking_id], departing_after=departing_after)).get(booking_id)

    async def _mend(self, found: Found, file: FileNights) -> Found:
        try:
            await self._repair(found.kind, file)
        except ServiceError as error:
            log.exception("mend_failed", kind=found.kind.value, booking_id=str(file.id), reason=error.reason)
            if isinstance(error, RemoteError) and error.reason == "NIGHTS_TAKEN":
                await self._tell_owner(file.id, error)
            return replace(found, refusal=error.reason)
        log.warning("mended", kind=found.kind.value, booking_id=str(file.id))
        return replace(found, mended=True)

    async def _repair(self, kind: Kind, seen: FileNights) -> None:
        driver = self.driver
        if kind is Kind.NIGHTS_OF_ENDED:
            await driver.availability.release(seen.id, seen.revision)
            return
        async with driver.open_unit() as unit:
            file = await unit.files.get(seen.id, SELF)
        if file.revision != seen.revision:
            return
        if kind is Kind.END_UNTOLD:
            await expire_on_news(file.id, file.hold_revision, driver=driver, clock=driver.clock)
        elif file.state is State.CONFIRMED:
            await driver.availability.confirm(file)
        else:
            await driver.availability.hold_again(file)

    async def _tell_owner(self, file_id: UUID, error: RemoteError) -> None:
        """Nothing is lost in silence: the file itself says that its nights could not be had again."""
        async with self.driver.open_unit() as unit:
            file = await unit.files.get(file_id, SELF, lock=True)
            if file.note_failure(error.reason, error.metadata):
                await unit.files.save(file)
                await unit.commit()


async def reconcile_all(reconciler: Reconciler, *, departing_after: date, mend: bool) -> Compared:
    """All pages, one after the other."""
    files = bookings = 0
    found: list[Found] = []
    after: UUID | None = None
    while True:
        page = await reconciler.page(after=after, departing_after=departing_after, mend=mend)
        files, bookings, found = files + page.files, bookings + page.bookings, found + page.found
        if page.next is None:
            return Compared(files, bookings, found)
        after = page.next


def day_of(now: datetime) -> date:
    """Nights that departed up to this day are over everywhere, with two days of grace."""
    return date.fromordinal(now.date().toordinal() - 2)
