"""Confirming, cancelling, declining, extending: the intent is written first, then `drive` goes on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.ids import hash_token

from booking.application.drive import Driver
from booking.application.pending import SELF
from booking.application.ports import Write
from booking.application.rights import who_acts
from booking.domain.booking import BookingFile
from booking.domain.errors import BadValue, StillPlacing
from booking.domain.option import capped, delayed_end
from booking.domain.pending import PendingHold
from booking.domain.states import Change, State, Who


@dataclass(frozen=True, slots=True)
class MoveBooking:
    """A move of a file by somebody who saw it at a revision (0 = not checked)."""

    write: Write
    booking_id: UUID
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """The file as it is now, and whether the request was a repeat."""

    file: BookingFile
    replayed: bool = False


async def confirm_booking(command: MoveBooking, *, scope: Scope, driver: Driver, clock: Clock) -> Moved:
    """Confirms an option; a confirmed file stays as it is.

    Raises:
        NightsTaken: the hold had ended and somebody else has the nights; the file is expired.
        IllegalMove: it is no option.
        StillPlacing: availability did not answer; the resumer goes on.

    """
    async with driver.open_unit() as unit:
        before = await unit.claim(command.write, now=clock())
        file = await unit.files.get(command.booking_id, scope, lock=True)
        if before is None:
            if file.state not in {State.CONFIRMED, State.CONFIRMING}:
                file.check_revision(command.revision)
                file.begin_confirmation(now=clock(), who=who_acts(scope, file.owner_id))
                await unit.files.save(file)
            await unit.finish(command.write, file.id)
            await unit.commit()
    return await _taken_on(driver, file.id, replayed=before is not None)


async def cancel_booking(
    command: MoveBooking,
    *,
    ending: State,
    reason: str,
    scope: Scope,
    driver: Driver,
    clock: Clock,
    who: Who | None = None,
) -> Moved:
    """Cancels or declines: what follows is written first, the nights are freed after.

    A silent availability does not undo it: the file is returned as CANCELLING, and the resumer ends it.

    Raises:
        IllegalMove: the state does not allow it, or money was paid for what is declined.

    """
    if len(reason) > 2000:
        raise BadValue(field="reason", why="too_long")
    async with driver.open_unit() as unit:
        before = await unit.claim(command.write, now=clock())
        file = await unit.files.get(command.booking_id, scope, lock=True)
        if before is None:
            file.check_revision(command.revision)
            acting = who or who_acts(scope, file.owner_id)
            file.begin_cancellation(ending, reason=reason, who=acting, now=clock())
            await unit.files.save(file)
            await unit.finish(command.write, file.id)
            await unit.commit()
    try:
        return await _taken_on(driver, file.id, replayed=before is not None)
    except StillPlacing:
        async with driver.open_unit() as unit:
            return Moved(await unit.files.get(file.id, SELF), before is not None)


async def extend_option(
    command: MoveBooking, *, expires_at: datetime | None, scope: Scope, driver: Driver, clock: Clock
) -> Moved:
    """Moves the end of an option; None = without end, else never after the end of the arrival day.

    Raises:
        NightsTaken: the hold had ended and somebody else has the nights.
        IllegalMove: it is no option.

    """
    async with driver.open_unit() as unit:
        before = await unit.claim(command.write, now=clock())
        file = await unit.files.get(command.booking_id, scope, lock=True)
        if before is None:
            file.check_revision(command.revision)
            end = expires_at and capped(expires_at, arrival=file.arrival, zone=file.zone)
            file.begin_new_end(Change.EXTENDED, end, now=clock())
            await unit.files.save(file)
            await unit.finish(command.write, file.id)
            await unit.commit()
    return await _taken_on(driver, file.id, replayed=before is not None)


async def confirm_option_by_link(token: str, *, driver: Driver, clock: Clock) -> Moved:
    """Confirms a public option by its mailed link: its hold now lasts the owner's option delay.

    Raises:
        GuestLinkUnknown: the token opens nothing.
        IllegalMove: the option ended before.

    """
    async with driver.open_unit() as unit:
        file = await unit.files.get(await unit.files.by_link(hash_token(token)), SELF, lock=True)
        pending = file.pending
        is_asked = isinstance(pending, PendingHold) and pending.kind is Change.MAIL_CONFIRMED
        if file.mail_confirmed or is_asked:
            replayed = True
        else:
            replayed = False
            now = clock()
            delay = file.terms.delay(file.payment_means)
            usual = delayed_end(
                now, days=delay.days, minutes=delay.minutes, arrival=file.arrival, zone=file.zone
            )
            # What the owner gave meanwhile is never shortened; None is without end.
            end = max(usual, file.hold_expires_at) if file.hold_expires_at else None
            file.begin_new_end(Change.MAIL_CONFIRMED, end, now=now)
            await unit.files.save(file)
            await unit.commit()
    return await _taken_on(driver, file.id, replayed=replayed)


async def expire_on_news(file_id: UUID, revision: int, *, driver: Driver, clock: Clock) -> bool:
    """Takes availability's word that the hold of a file ended; says whether the file changed."""
    async with driver.open_unit() as unit:
        file = await unit.files.get(file_id, SELF, lock=True)
        changed = file.hold_expired(revision, now=clock())
        if changed:
            await unit.files.save(file)
            await unit.commit()
    return changed


async def ask_overdue(*, before: datetime, driver: Driver, clock: Clock, limit: int = 50) -> int:
    """Asks availability about options whose end is past, in case its news was lost; returns how many ended.

    Booking never decides by its own clock: only what availability no longer holds expires.
    """
    async with driver.open_unit() as unit:
        overdue = await unit.files.overdue(before=before, limit=limit)
    ended = 0
    for file_id in overdue:
        async with driver.open_unit() as unit:
            seen = await unit.files.get(file_id, SELF)
        if not await driver.availability.holds_anything(file_id):
            ended += await expire_on_news(file_id, seen.hold_revision, driver=driver, clock=clock)
    return ended


async def _taken_on(driver: Driver, file_id: UUID, *, replayed: bool) -> Moved:
    file, _ = await driver.run(file_id)
    return Moved(file, replayed)
