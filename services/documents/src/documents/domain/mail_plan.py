"""Which mails follow from a change of a file, to whom, and when: the rule behind `consume_bookings`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

OLDEST_NEWS = timedelta(hours=48)
"""Older news are history: they mail nobody."""

REMINDER_DAYS = 2
REMINDER_AT = time(10, 0)

_HELD = frozenset({"OPTION", "AWAITING_PAYMENT", "PAYMENT_CLEARING"})


class Audience(StrEnum):
    """Who gets a mail."""

    GUEST = "GUEST"
    OWNER = "OWNER"


class Variant(StrEnum):
    """Texts of one kind of mail."""

    USUAL = ""
    CONFIRM = "CONFIRM"
    """M02 with the link that confirms a public option."""
    PROPOSAL = "PROPOSAL"
    """M17 that brings a devis with its secret link."""
    ASKED_AGAIN = "ASKED_AGAIN"
    """M17 to the owner: a client asks for a new devis."""
    PAYPAL = "PAYPAL"
    """M19 to both PayPal addresses: another one waits."""


@dataclass(frozen=True, slots=True)
class BookingNews:
    """What an event says of a file: names of the contract's enums without their prefix."""

    booking_id: str
    owner_id: str
    revision: int
    change: str
    state: str
    origin: str
    mail_confirmed: bool
    hold_expires_at: datetime | None
    occurred_at: datetime
    event_id: UUID | None = None
    """The event that brought it; None for what was asked after."""

    @property
    def is_held(self) -> bool:
        """True while the file is an option, paid or not."""
        return self.state in _HELD


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """One mail to make."""

    kind: str
    audience: Audience
    due_at: datetime
    variant: Variant = Variant.USUAL
    once_per_file: bool = False
    """True: not when the file already has a mail of this kind."""

    def is_timely(self, news: BookingNews, known_end: datetime | None) -> bool:
        """False for a reminder of an end that the file, as it is now, has no more: the news came late."""
        return self.kind != "M05" or news.hold_expires_at == known_end


def reminder_at(expires_at: datetime, zone: ZoneInfo) -> datetime:
    """10:00 on the second day before the day on which an option ends, in the listing's zone."""
    day = expires_at.astimezone(zone).date() - timedelta(days=REMINDER_DAYS)
    return datetime.combine(day, REMINDER_AT, zone)


def plan_mails(news: BookingNews, *, now: datetime, zone: ZoneInfo) -> list[PlannedMail]:
    """The mails that follow from the news; none for files that were loaded and for news beyond 48 h.

    Recipients without an address are left out by whoever stores the plan.
    """
    if news.origin == "LOAD" or now - news.occurred_at > OLDEST_NEWS:
        return []
    return list(_plan(news, now, zone))


def _plan(news: BookingNews, now: datetime, zone: ZoneInfo) -> Iterator[PlannedMail]:
    match news.change:
        case "PLACED" if news.is_held and not news.mail_confirmed:
            yield PlannedMail("M02", Audience.GUEST, now, Variant.CONFIRM)
        case "PLACED" | "MAIL_CONFIRMED" if news.is_held:
            yield PlannedMail("M02", Audience.GUEST, now)
            yield from _to_owner(news, now)
            yield from _reminder(news, now, zone)
        case "EXTENDED" if news.is_held:
            yield from _reminder(news, now, zone)
        case "CONFIRMED":
            yield PlannedMail("M04", Audience.GUEST, now)
            yield from _to_owner(news, now)
        case "EXPIRED":
            if news.mail_confirmed:
                yield PlannedMail("M07", Audience.GUEST, now)
                yield PlannedMail("M07", Audience.OWNER, now)


def _to_owner(news: BookingNews, now: datetime) -> Iterator[PlannedMail]:
    # An owner knows of the files he made himself.
    if news.origin != "OWNER":
        yield PlannedMail("M03", Audience.OWNER, now, once_per_file=True)


def _reminder(news: BookingNews, now: datetime, zone: ZoneInfo) -> Iterator[PlannedMail]:
    if news.hold_expires_at is None:
        return
    due_at = reminder_at(news.hold_expires_at, zone)
    if due_at > now:
        yield PlannedMail("M05", Audience.GUEST, due_at)


_ENDS_REMINDERS = frozenset(
    {"MAIL_CONFIRMED", "EXTENDED", "CONFIRMED", "CANCELLED", "DECLINED", "EXPIRED", "FAILED"}
)


def ends_reminders(news: BookingNews) -> bool:
    """True when the reminders of earlier revisions have lost their sense: the option is over or was moved."""
    return news.change in _ENDS_REMINDERS


_HOLDS = {"M02": _HELD, "M05": _HELD, "M04": frozenset({"CONFIRMED"}), "M07": frozenset({"EXPIRED"})}


_IN_BETWEEN = frozenset({"PLACING", "CONFIRMING", "CHANGING", "CANCELLING"})


def must_wait(kind: str, state: str) -> bool:
    """True while the file is on its way to another state: only then is it known whether the mail is true."""
    return kind in _HOLDS and state in _IN_BETWEEN


def still_true(
    kind: str,
    variant: str,
    *,
    state: str,
    mail_confirmed: bool,
    hold_expires_at: datetime | None,
    planned_end: datetime | None,
) -> bool:
    """False when what a waiting mail would tell is no longer so; it is then dropped, not sent."""
    wanted = _HOLDS.get(kind)
    if wanted is not None and state not in wanted:
        return False
    if kind == "M02" and variant == Variant.CONFIRM:
        return not mail_confirmed
    return kind != "M05" or hold_expires_at == planned_end
