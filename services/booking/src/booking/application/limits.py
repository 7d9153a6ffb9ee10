"""How many free options the public may set, so that they cannot close a calendar (`design.md` 4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.application.ports import Files
from booking.domain.booking import BookingFile
from booking.domain.errors import TooManyOptions

CALLER_WINDOW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """Unpaid public options: at most so many per listing, mail, caller and day; days ahead."""

    per_listing: int = 2
    per_mail: int = 3
    per_caller: int = 20
    days_ahead: int = 400


async def need_room(file: BookingFile, files: Files, limits: Limits, *, now: datetime) -> None:
    """Passes while one more public option is within the limits.

    Raises:
        TooManyOptions: metadata `limit` says which.

    """
    found = await files.open_options(file, since=now - CALLER_WINDOW)
    for name, count, most in (
        ("LISTING", found.listing, limits.per_listing),
        ("MAIL", found.mail, limits.per_mail),
        ("CALLER", found.caller, limits.per_caller),
    ):
        if count >= most:
            raise TooManyOptions(limit=name, most=most)
