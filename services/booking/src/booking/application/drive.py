"""Takes a file on from where it stands between two services: each step may be repeated after a crash.

Called right after the intent was written, by repeats of the request, and by the resumer.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.errors import ErrorKind, RemoteError, ServiceError
from chassis.failpoints import failpoint

from booking.application.limits import Limits, need_room
from booking.application.ports import Availability, OpenUnit, Pricing
from booking.domain.booking import BookingFile
from booking.domain.errors import Failures, StillPlacing, TooManyOptions, error_of
from booking.domain.states import State

SELF = Scope.system("booking")
_UNKNOWN = frozenset(
    {ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE, ErrorKind.INTERNAL, ErrorKind.UNAUTHENTICATED}
)
_LOST = frozenset({"NIGHTS_TAKEN", "HOLD_GONE"})
_WORTH_REPEATING = frozenset({"BUSY", "LISTING_NOT_FOUND", "NIGHTS_NOT_OPEN"})
_TRIES_WHEN_BUSY = 3


@dataclass(frozen=True, slots=True)
class Driver:
    """The steps of placing, confirming, cancelling and extending."""

    open_unit: OpenUnit
    availability: Availability
    pricing: Pricing
    clock: Clock
    limits: Limits = field(default_factory=Limits)

    async def run(self, file_id: UUID) -> tuple[BookingFile, bool]:
        """Goes on until the file rests; returns it, and whether nights were held that are not open.

        Raises:
            ServiceError: another service refused; the file says so too (`failure`).
            StillPlacing: another service did not answer; the resumer goes on.

        """
        unopened = False
        while True:
            file = await self._load(file_id)
            if file.state is State.PLACING:
                unopened = await self._place(file) or unopened
            elif file.state is State.CONFIRMING:
                await self._confirm(file)
            elif file.state is State.CANCELLING:
                await self._cancel(file)
            elif file.pending is not None:
                await self._extend(file)
            else:
                return file, unopened

    async def _load(self, file_id: UUID) -> BookingFile:
        async with self.open_unit() as unit:
            return await unit.files.get(file_id, SELF)

    # Placing

    async def _place(self, file: BookingFile) -> bool:
        if file.failure:
            await self._fail(file)
        if file.hold_expires_at is not None and file.hold_expires_at <= self.clock():
            await self._give_up(file, StillPlacing(booking_id=file.id), reason=Failures.HOLD_ENDED)
        await failpoint("booking.before_hold")
        unopened = await self._hold(file)
        await failpoint("booking.after_hold")
        try:
            await self.pricing.use_quote(file.quote_id, file.id)
        except RemoteError as error:
            if _is_unknown(error):
                raise StillPlacing(booking_id=file.id, state=file.state) from error
            await self._give_up(file, error)
        await failpoint("booking.after_quote")
        await self._settle(file)
        await failpoint("booking.after_option")
        return unopened

    async def _hold(self, file: BookingFile) -> bool:
        for left in reversed(range(_TRIES_WHEN_BUSY)):
            try:
                return await self.availability.hold(file)
            except RemoteError as error:
                if error.kind is ErrorKind.BUSY and left:
                    continue
                if _is_unknown(error):
                    raise StillPlacing(booking_id=file.id, state=file.state) from error
                await self._give_up(file, error)
        raise StillPlacing(booking_id=file.id, state=file.state)

    async def _settle(self, seen: BookingFile) -> None:
        try:
            async with self.open_unit() as unit:
                file = await unit.files.get(seen.id, SELF, lock=True)
                if file.state is not State.PLACING or file.failure:
                    return
                if file.by_guest:
                    await need_room(file, unit.files, self.limits, now=self.clock())
                client = file.client
                if client is None:
                    raise StillPlacing(booking_id=file.id, state=file.state)
                if not client.is_kept:
                    client = await unit.clients.add(client, now=self.clock())
                number = await unit.files.next_number(file.owner_id, file.number)
                file.place(number=number, client=client, now=self.clock())
                await unit.files.save(file)
                await unit.commit()
        except TooManyOptions as error:
            await self._give_up(seen, error)

    async def _give_up(self, seen: BookingFile, error: ServiceError, *, reason: str = "") -> None:
        """Writes the failure down, frees what may be held, and tells the caller."""
        async with self.open_unit() as unit:
            file = await unit.files.get(seen.id, SELF, lock=True)
            if file.state is State.PLACING and not file.failure:
                file.give_up_placing(reason or error.reason, dict(error.metadata))
                await unit.files.save(file)
                await unit.commit()
        await failpoint("booking.after_give_up")
        await self._fail(file, error)

    async def _fail(self, seen: BookingFile, error: ServiceError | None = None) -> None:
        try:
            await self.availability.release(seen.id, seen.revision)
        except RemoteError as away:
            if error is None or not _is_unknown(away):
                raise StillPlacing(booking_id=seen.id, state=seen.state) from away
            raise error from away
        async with self.open_unit() as unit:
            file = await unit.files.get(seen.id, SELF, lock=True)
            if file.state is State.PLACING:
                file.fail(now=self.clock())
                await unit.files.save(file)
                if file.failure in _WORTH_REPEATING:
                    await unit.forget(file.request_id)
                await unit.commit()
        raise error or error_of(seen.failure, seen.failure_details)

    # Confirming

    async def _confirm(self, seen: BookingFile) -> None:
        await failpoint("booking.before_confirm")
        refusal: RemoteError | None = None
        for left in reversed(range(_TRIES_WHEN_BUSY)):
            try:
                await self.availability.confirm(seen)
                break
            except RemoteError as error:
                if error.kind is ErrorKind.BUSY and left:
                    continue
                if error.kind is ErrorKind.BUSY or _is_unknown(error):
                    raise StillPlacing(booking_id=seen.id, state=seen.state) from error
                refusal = error
                break
        await failpoint("booking.after_confirm")
        async with self.open_unit() as unit:
            file = await unit.files.get(seen.id, SELF, lock=True)
            if file.state is not State.CONFIRMING or file.revision != seen.revision:
                return
            if refusal is None:
                file.confirmed(now=self.clock())
            elif refusal.reason in _LOST:
                file.lose_nights(refusal.metadata, now=self.clock())
            else:
                file.refuse_confirmation(refusal.reason, refusal.metadata, now=self.clock())
            await unit.files.save(file)
            await unit.commit()
        await failpoint("booking.after_confirmed")
        if refusal is not None:
            raise error_of(refusal.reason, dict(refusal.metadata)) from refusal

    # Cancelling

    async def _cancel(self, seen: BookingFile) -> None:
        await failpoint("booking.before_release")
        try:
            await self.availability.release(seen.id, seen.revision)
        except RemoteError as error:
            raise StillPlacing(booking_id=seen.id, state=seen.state) from error
        await failpoint("booking.after_release")
        async with self.open_unit() as unit:
            file = await unit.files.get(seen.id, SELF, lock=True)
            if file.state is State.CANCELLING:
                file.cancelled()
                await unit.files.save(file)
                await unit.commit()

    # Extending

    async def _extend(self, seen: BookingFile) -> None:
        pending = seen.pending
        if pending is None:
            return
        await failpoint("booking.before_extend")
        lost: RemoteError | None = None
        try:
            await self.availability.extend(seen.id, pending.revision, pending.expires_at)
        except RemoteError as error:
            if error.kind is ErrorKind.BUSY or _is_unknown(error):
                raise StillPlacing(booking_id=seen.id, state=seen.state) from error
            lost = error
        await failpoint("booking.after_extend")
        async with self.open_unit() as unit:
            file = await unit.files.get(seen.id, SELF, lock=True)
            if file.pending != pending:
                return
            if lost is None:
                file.take_new_end(now=self.clock())
            elif lost.reason in _LOST:
                file.lose_nights(lost.metadata, now=self.clock())
            else:
                file.drop_new_end(lost.reason, lost.metadata)
            await unit.files.save(file)
            await unit.commit()
        if lost is not None:
            raise error_of(lost.reason, dict(lost.metadata)) from lost


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
    return len(stuck)


def _is_unknown(error: RemoteError) -> bool:
    return error.kind in _UNKNOWN
