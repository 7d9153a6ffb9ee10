"""Takes a file on from where it stands between two services: each step may be repeated after a crash.

Called right after the intent was written, by repeats of the request, and by the resumer.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from chassis.clock import Clock
from chassis.deadline import time_left
from chassis.errors import ErrorKind, RemoteError, ServiceError
from chassis.failpoints import failpoint
from chassis.logging import get_logger

from booking.application.limits import Limits, need_room
from booking.application.pending import LOST, SELF, finish_pending, is_unknown
from booking.application.ports import Availability, OpenUnit, Pricing, UnitOfWork
from booking.application.turns import Turns
from booking.domain.booking import BookingFile
from booking.domain.errors import BadValue, Failures, StillPlacing, TooManyOptions, error_of
from booking.domain.states import State

log = get_logger()

_WORTH_REPEATING = frozenset({"BUSY", "LISTING_NOT_FOUND", "NIGHTS_NOT_OPEN"})
_TIME_FOR_ANOTHER_TRY = 1.2


@dataclass(frozen=True, slots=True)
class Driver:
    """The steps of placing, confirming, cancelling, extending and changing."""

    open_unit: OpenUnit
    availability: Availability
    pricing: Pricing
    clock: Clock
    limits: Limits = field(default_factory=Limits)
    turns: Turns = field(default_factory=Turns)

    async def run(self, file_id: UUID, *, fresh: BookingFile | None = None) -> tuple[BookingFile, bool]:
        """Goes on until the file rests; returns it, and whether nights were held that are not open.

        `fresh` is the file as just written by the caller: no earlier step of it can be under way.

        Raises:
            ServiceError: another service refused; the file says so too (`failure`).
            StillPlacing: another service did not answer; the resumer goes on.

        """
        unopened, file, is_fresh = False, fresh, fresh is not None
        while True:
            file = file or await self._load(file_id)
            if file.state is State.PLACING:
                file, unopened = await self._place(file, is_fresh=is_fresh)
            elif file.state is State.CONFIRMING:
                file = await self._confirm(file)
            elif file.state is State.CANCELLING:
                file = await self._cancel(file)
            elif file.pending is not None:
                file = await finish_pending(
                    file, open_unit=self.open_unit, availability=self.availability, clock=self.clock
                )
            else:
                return file, unopened

    async def _load(self, file_id: UUID) -> BookingFile:
        async with self.open_unit() as unit:
            return await unit.files.get(file_id, SELF)

    # Placing. Each step returns the file as it left it, or None where somebody else took it on.

    async def _place(self, file: BookingFile, *, is_fresh: bool) -> tuple[BookingFile | None, bool]:
        if file.failure:
            await self._fail(file)
        if file.hold_expires_at is not None and file.hold_expires_at <= self.clock():
            ended = error_of(Failures.HOLD_ENDED, {"booking_id": str(file.id)})
            return await self._give_up(file, ended, reason=Failures.HOLD_ENDED)
        await failpoint("booking.before_hold")
        unopened = await self._hold(file, is_fresh=is_fresh)
        self.turns.end(file.id)
        if unopened is None:
            return None, False
        await failpoint("booking.after_hold")
        placed = await self._use_and_settle(file, is_fresh=is_fresh)
        if placed is None:
            await self._free_if_failed(file)
        await failpoint("booking.after_option")
        return placed, unopened

    async def _use_and_settle(self, file: BookingFile, *, is_fresh: bool) -> BookingFile | None:
        try:
            await self.pricing.use_quote(file.quote_id, file.id)
        except RemoteError as error:
            if is_unknown(error):
                raise StillPlacing(booking_id=file.id, state=file.state) from error
            await self._give_up(file, error)
            return None
        await failpoint("booking.after_quote")
        return await self._settle(file, is_fresh=is_fresh)

    async def _free_if_failed(self, seen: BookingFile) -> None:
        """Gives back what was just had when another call of the same request had failed meanwhile."""
        if (await self._load(seen.id)).state is State.FAILED:
            await self._give_back(seen)

    async def _give_back(self, seen: BookingFile) -> None:
        """Frees the nights, and lets the quote be used by another file: its price is still promised."""
        await self.availability.release(seen.id, seen.revision)
        await self.pricing.return_quote(seen.quote_id, seen.id)

    async def _hold(self, file: BookingFile, *, is_fresh: bool) -> bool | None:
        for last in (False, False, True):
            try:
                return await self.availability.hold(file)
            except RemoteError as error:
                is_busy = error.kind is ErrorKind.BUSY
                # A try that went unanswered may have held the nights: what came after it says nothing of it.
                is_fresh = is_fresh and not error.retried
                if is_busy and not last and _has_time():
                    continue
                if is_unknown(error) or (is_busy and not is_fresh):
                    raise StillPlacing(booking_id=file.id, state=file.state) from error
                # All nights are held or none: after the very first try there is nothing to free.
                await self._give_up(file, error, holds_nothing=is_fresh)
                break
        return None

    async def _settle(self, seen: BookingFile, *, is_fresh: bool) -> BookingFile | None:
        try:
            async with self.open_unit() as unit:
                file = await self._still_placing(unit, seen, is_fresh=is_fresh)
                if file is None or file.client is None:
                    return None
                if file.by_guest:
                    await need_room(file, unit.files, self.limits, now=self.clock())
                client = file.client
                if not client.is_kept:
                    client = await unit.clients.add(client, now=self.clock())
                number = await unit.files.next_number(file.owner_id, file.number)
                file.place(number=number, client=client, now=self.clock())
                await unit.files.save(file)
                await unit.commit()
        except (TooManyOptions, BadValue) as error:
            await self._give_up(seen, error)
            return None
        return file

    async def _still_placing(
        self, unit: UnitOfWork, seen: BookingFile, *, is_fresh: bool
    ) -> BookingFile | None:
        """The file, locked, while nobody else has taken it on; a fresh one is as its caller wrote it."""
        if is_fresh:
            return seen if await unit.files.stands(seen) else None
        file = await unit.files.get(seen.id, SELF, lock=True)
        return file if file.state is State.PLACING and not file.failure else None

    async def _give_up(
        self, seen: BookingFile, error: ServiceError, *, reason: str = "", holds_nothing: bool = False
    ) -> tuple[None, bool]:
        """Writes the failure down, frees what may be held, and tells the caller.

        Returns only where somebody else took the file on meanwhile: its nights are his.
        """
        async with self.open_unit() as unit:
            file = await self._still_placing(unit, seen, is_fresh=holds_nothing)
            if file is None:
                return None, False
            file.give_up_placing(reason or error.reason, dict(error.metadata))
            if holds_nothing:
                await self._keep_failed(file, unit, is_untold=True)
            await unit.files.save(file)
            await unit.commit()
        if holds_nothing:
            raise error
        await failpoint("booking.after_give_up")
        return await self._fail(file, error)

    async def _fail(self, seen: BookingFile, error: ServiceError | None = None) -> NoReturn:
        try:
            await self._give_back(seen)
        except RemoteError as away:
            if error is None or not is_unknown(away):
                raise StillPlacing(booking_id=seen.id, state=seen.state) from away
            raise error from away
        async with self.open_unit() as unit:
            file = await unit.files.get(seen.id, SELF, lock=True)
            if file.state is State.PLACING:
                await self._keep_failed(file, unit)
                await unit.files.save(file)
                await unit.commit()
        raise error or error_of(seen.failure, seen.failure_details)

    async def _keep_failed(self, file: BookingFile, unit: UnitOfWork, *, is_untold: bool = False) -> None:
        file.fail(now=self.clock(), is_untold=is_untold)
        if file.failure in _WORTH_REPEATING:
            await unit.forget(file.request_id)

    # Confirming

    async def _confirm(self, seen: BookingFile) -> BookingFile | None:
        await failpoint("booking.before_confirm")
        refusal: RemoteError | None = None
        try:
            await self.availability.confirm(seen)
        except RemoteError as error:
            if error.kind is ErrorKind.BUSY or is_unknown(error):
                raise StillPlacing(booking_id=seen.id, state=seen.state) from error
            refusal = error
        await failpoint("booking.after_confirm")
        async with self.open_unit() as unit:
            file = await unit.files.get(seen.id, SELF, lock=True)
            if file.state is not State.CONFIRMING or file.revision != seen.revision:
                return None
            if refusal is None:
                file.confirmed(now=self.clock())
            elif refusal.reason in LOST:
                file.lose_nights(refusal.metadata, now=self.clock())
            else:
                file.refuse_confirmation(refusal.reason, refusal.metadata, now=self.clock())
            await unit.files.save(file)
            await unit.commit()
        await failpoint("booking.after_confirmed")
        if refusal is not None:
            raise error_of(refusal.reason, dict(refusal.metadata)) from refusal
        return file

    # Cancelling

    async def _cancel(self, seen: BookingFile) -> BookingFile | None:
        await failpoint("booking.before_release")
        try:
            await self.availability.release(seen.id, seen.revision)
        except RemoteError as error:
            raise StillPlacing(booking_id=seen.id, state=seen.state) from error
        await failpoint("booking.after_release")
        async with self.open_unit() as unit:
            file = await unit.files.get(seen.id, SELF, lock=True)
            if file.state is not State.CANCELLING:
                return None
            file.cancelled()
            await unit.files.save(file)
            await unit.commit()
        return file


async def resume(driver: Driver, *, limit: int = 50, age: timedelta = timedelta(seconds=5)) -> int:
    """Takes up files that a crash or a silent service left in between; returns how many were tried."""
    now = driver.clock()
    async with driver.open_unit() as unit:
        stuck = await unit.files.stuck(before=now - age, now=now, limit=limit)
        await unit.commit()
    for file_id in stuck:
        try:
            await driver.run(file_id)
        except ServiceError:
            continue
        except Exception as error:
            # One file that nobody understands must not keep the others waiting.
            log.exception("resume_failed", booking_id=str(file_id), error=type(error).__name__)
    return len(stuck)


async def end_failed(driver: Driver, *, limit: int = 200, age: timedelta = timedelta(seconds=5)) -> int:
    """Tells availability of files that failed without its being told; returns how many.

    They held nothing as far as anybody knew. A command of theirs that was still under way, or that the
    network delivers late, takes no night after this, and what it took before is freed.
    """
    async with driver.open_unit() as unit:
        untold = await unit.files.untold(before=driver.clock() - age, limit=limit)
    if not untold:
        return 0
    await driver.availability.end({one.id: one.revision for one in untold})
    for one in untold:
        # Only these came as far as to have used their quote.
        if one.hold_ended:
            await driver.pricing.return_quote(one.quote_id, one.id)
    async with driver.open_unit() as unit:
        await unit.files.told([one.id for one in untold])
        await unit.commit()
    return len(untold)


def _has_time() -> bool:
    """Whether a busy availability may be asked once more before the caller's time is over."""
    left = time_left()
    return left is not None and left > _TIME_FOR_ANOTHER_TRY
