"""Amounts, dates and lists as people read them, in French and English typography."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

NARROW = "\u202f"
NBSP = "\u00a0"

_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip
_WRAPPED = 55
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}


def language_of(wanted: str) -> str:
    """The language that is printed for a wished one: French, else English; none wished is French."""
    return "fr" if not wanted or wanted.lower().startswith("fr") else "en"


def money(amount: int, currency: str, language: str) -> str:
    """Minor units as `1 234,50 €` (U+202F and U+00A0) or `€1,234.50`."""
    sign = _SIGNS.get(currency, currency)
    digits = f"{abs(amount) // 100:,}"
    cents = f"{abs(amount) % 100:02}"
    if language == "fr":
        minus = "−" if amount < 0 else ""
        return f"{minus}{digits.replace(',', NARROW)},{cents}{NBSP}{sign}"
    minus = "−" if amount < 0 else ""
    return f"{minus}{sign}{digits}.{cents}" if currency in _SIGNS else f"{minus}{currency} {digits}.{cents}"


def percent(basis_points: int, language: str) -> str:
    """Hundredths of a percent as `25,00 %` or `25.00%`."""
    text = f"{basis_points / 100:.2f}"
    return f"{text.replace('.', ',')}{NBSP}%" if language == "fr" else f"{text}%"


def number(value: float | str, language: str) -> str:
    """A number without idle zeros: `62`, `1 250,5`."""
    plain = f"{Decimal(str(value)).normalize():,f}"
    return plain.replace(",", NARROW).replace(".", ",") if language == "fr" else plain


def day(when: date, language: str, *, year: bool = True, weekday: bool = True, month: bool = True) -> str:
    """`samedi 18 juillet 2026`, `samedi 1er août 2026`, `Saturday 18 July 2026`; spaces do not break."""
    first = "1er" if when.day == 1 and language == "fr" else str(when.day)
    parts = [
        _DAYS[language][when.weekday()] if weekday else "",
        first,
        _MONTHS[language][when.month - 1] if month else "",
        str(when.year) if year else "",
    ]
    return NBSP.join(part for part in parts if part)


def short_day(when: date, language: str) -> str:
    """`18/07/2026` or `18 Jul 2026`."""
    return (
        f"{when:%d/%m/%Y}"
        if language == "fr"
        else f"{when.day} {_MONTHS['en'][when.month - 1][:3]} {when.year}"
    )


def nights(count: int, language: str) -> str:
    """`7 nuits`, `1 night`."""
    word = {"fr": "nuit", "en": "night"}[language]
    return f"{count}{NBSP}{word}{'s' if count > 1 else ''}"


def stay(arrival: date, departure: date, language: str) -> str:
    """`du samedi 18 au samedi 25 juillet 2026 (7 nuits)`: half-open nights, in words."""
    same_year, same_month = (
        arrival.year == departure.year,
        (arrival.year == departure.year and arrival.month == departure.month),
    )
    first = day(arrival, language, year=not same_year, month=not same_month)
    last = day(departure, language)
    count = nights((departure - arrival).days, language)
    return f"du {first} au {last} ({count})" if language == "fr" else f"from {first} to {last} ({count})"


def season(arrival: date, departure: date, language: str) -> str:
    """Nights of a season: `du 13/06/2026 au 11/07/2026`."""
    first, last = short_day(arrival, language), short_day(departure, language)
    return f"du {first} au {last}" if language == "fr" else f"{first} to {last}"


def hour(text: str, language: str) -> str:
    """`16:00` as `16 h`, `16:30` as `16 h 30`; English keeps `16:00`."""
    if language != "fr" or ":" not in text:
        return text
    hours, _, minutes = text.partition(":")
    return f"{int(hours)}{NBSP}h" + ("" if minutes == "00" else f"{NBSP}{minutes}")


def moment(when: datetime, zone: ZoneInfo, language: str) -> str:
    """`dimanche 8 mars 2026 à 23 h 59`."""
    local = when.astimezone(zone)
    if language == "fr":
        return f"{day(local.date(), 'fr')} à {local.hour}{NBSP}h{NBSP}{local.minute:02}"
    return f"{day(local.date(), 'en')} at {local:%H:%M}"


def joined(parts: Sequence[str], language: str, *, last: str = "") -> str:
    """`a, b et c`, `a, b and c`."""
    found = [part for part in parts if part]
    if len(found) < 2:
        return "".join(found)
    word = last or {"fr": "et", "en": "and"}[language]
    return f"{', '.join(found[:-1])} {word} {found[-1]}"


def colon(language: str) -> str:
    """What stands between a label and its value."""
    return f"{NBSP}: " if language == "fr" else ": "


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text; lines that were only wrapped (long, no sentence ends there) are joined."""
    found: list[str] = []
    wrapped = False
    for line in (one.strip() for one in text.splitlines()):
        if line and wrapped:
            found[-1] = f"{found[-1]} {line}"
        elif line:
            found.append(line)
        wrapped = len(line) > _WRAPPED and line[-1] not in ".:;!?"
    return found
