"""When a new file's option and its hold end."""

from datetime import date, datetime

from booking.domain.booking import PARIS
from booking.domain.errors import BadValue
from booking.domain.option import MAIL_HOLD, PLACING_HOLD, capped, delayed_end
from booking.domain.term_parts import OptionDelay


def option_end_of(
    expiry: str,
    expires_at: datetime | None,
    *,
    confirm: bool,
    delay: OptionDelay,
    arrival: date,
    now: datetime,
) -> datetime | None:
    """When the option ends: by the terms, without end (`NONE`), or `AT` an instant; None = without end.

    Raises:
        BadValue: the instant is past.

    """
    if expiry == "NONE":
        return None
    if expiry == "AT":
        if expires_at is None or (expires_at <= now and not confirm):
            raise BadValue(field="expires_at", why="past")
        return capped(expires_at, arrival=arrival, zone=PARIS)
    end = delayed_end(now, days=delay.days, minutes=delay.minutes, arrival=arrival, zone=PARIS)
    return end if end > now else None


def hold_end_of(
    option_ends: datetime | None, *, confirm: bool, needs_mail: bool, now: datetime
) -> datetime | None:
    """When the first hold ends: soon where it is confirmed at once or waits for its mailed link."""
    if confirm:
        return now + PLACING_HOLD
    if needs_mail:
        return min(now + MAIL_HOLD, option_ends) if option_ends else now + MAIL_HOLD
    return option_ends
