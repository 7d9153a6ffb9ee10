"""When an option ends (`owner-brief.md` 0)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MAIL_HOLD = timedelta(minutes=30)
PLACING_HOLD = timedelta(minutes=30)
LAST_MINUTE = time(23, 59)


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """23:59 of a day in a zone."""
    return datetime.combine(day, LAST_MINUTE, tzinfo=zone).astimezone(UTC)


def option_end(now: datetime, *, option_days: int, arrival: date, zone: ZoneInfo) -> datetime:
    """Day J+N at 23:59 in the listing's zone, never after the end of the arrival day."""
    today = now.astimezone(zone).date()
    return day_end(min(today + timedelta(days=option_days), arrival), zone)


def delayed_end(now: datetime, *, days: int, minutes: int, arrival: date, zone: ZoneInfo) -> datetime:
    """An end so many minutes from now, else on day J+N; never after the end of the arrival day."""
    if minutes:
        return capped(now + timedelta(minutes=minutes), arrival=arrival, zone=zone)
    return option_end(now, option_days=days, arrival=arrival, zone=zone)


def capped(end: datetime, *, arrival: date, zone: ZoneInfo) -> datetime:
    """An end that somebody typed, never after the end of the arrival day."""
    return min(end, day_end(arrival, zone))
