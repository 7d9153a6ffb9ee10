"""How amounts, dates and numbers read on the screen; each public function is a filter of the templates."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from gateway.i18n import NO_BREAK, current_locale, gettext, ngettext

PARIS = ZoneInfo("Europe/Paris")


class AmountAndCurrency(Protocol):
    """Money as contracts and `values` carry it: minor units and an ISO 4217 code."""

    @property
    def amount(self) -> int:
        """Minor units."""
        ...

    @property
    def currency(self) -> str:
        """ISO 4217 code."""
        ...


def _babel() -> str:
    return "fr_FR" if current_locale() == "fr" else "en_GB"


def day_of(value: date | datetime | str) -> date:
    """Returns the civil day of a date, an instant (in Paris) or an ISO string."""
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, datetime):
        return value.astimezone(PARIS).date()
    return value


def instant_of(value: object) -> datetime:
    """Returns the Paris time of a datetime or a protobuf Timestamp."""
    if isinstance(value, datetime):
        return value.astimezone(PARIS)
    seconds, nanos = getattr(value, "seconds", 0), getattr(value, "nanos", 0)
    return (datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=nanos // 1000)).astimezone(PARIS)


def euros(value: AmountAndCurrency | int | None, *, signed: bool = False) -> str:
    """Returns « 1 234,50 € » for minor units or a Money; `signed` shows a plus too; nothing for None."""
    if value is None:
        return ""
    minor, currency = (value, "EUR") if isinstance(value, int) else (value.amount, value.currency or "EUR")
    text = format_currency(Decimal(minor).scaleb(-2), currency, locale=_babel()).replace("-", "−")
    return f"+{text}" if signed and minor > 0 else text


def typed_euros(value: AmountAndCurrency | int | None) -> str:
    """Returns the amount as one types it, « 1234,50 », for the value of a field."""
    if value is None:
        return ""
    minor = value if isinstance(value, int) else value.amount
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100},{abs(minor) % 100:02d}"


def typed_percent(basis_points: int) -> str:
    """Returns a percentage as one types it, « 4,4 », for a field or before its sign."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole},{rest:02d}".rstrip("0").removesuffix(",")


def percent(value: Decimal | float | str) -> str:
    """Returns « 25,00 % »."""
    text = format_decimal(Decimal(str(value)), format="0.00", locale=_babel())
    return f"{text}{NO_BREAK}%" if current_locale() == "fr" else f"{text}%"


def _first(text: str, day: date) -> str:
    """Writes the first of a month as French does: « samedi 1er août »."""
    if current_locale() == "fr" and day.day == 1:
        return text.replace(" 1 ", " 1er ").removesuffix(" 1") + (" 1er" if text.endswith(" 1") else "")
    return text


def _dated(day: date, pattern: str) -> str:
    return _first(_formatted(day, pattern, _babel()), day)[1:]


@lru_cache(maxsize=8192)
def _formatted(day: date, pattern: str, locale: str) -> str:
    return " " + format_date(day, pattern, locale=locale)


def jour(value: date | datetime | str) -> str:
    """Returns « samedi 18 juillet 2026 »."""
    return _dated(day_of(value), "EEEE d MMMM y")


def jour_court(value: date | datetime | str) -> str:
    """Returns « sam. 18 juil. »."""
    return _dated(day_of(value), "EEE d MMM")


def date_courte(value: date | datetime | str | None) -> str:
    """Returns « 18/07/2026 », also the form that fields take; nothing for None or an empty string."""
    return day_of(value).strftime("%d/%m/%Y") if value else ""


def mois(value: date | str) -> str:
    """Returns « Juillet 2026 »."""
    return format_date(day_of(value), "LLLL y", locale=_babel()).capitalize()


def mois_court(value: date | str) -> str:
    """Returns « Juil. 2026 »."""
    return format_date(day_of(value), "LLL y", locale=_babel()).capitalize()


def heure(value: object) -> str:
    """Returns « 23 h 59 » (« 23:59 » in English), in Paris."""
    at = instant_of(value)
    return f"{at:%-H}{NO_BREAK}h{NO_BREAK}{at:%M}" if current_locale() == "fr" else f"{at:%H:%M}"


def moment(value: object) -> str:
    """Returns « dimanche 8 mars 2026 à 23 h 59 »."""
    at = instant_of(value)
    return gettext("%(day)s à %(hour)s") % {"day": jour(at), "hour": heure(at)}


def moment_court(value: object) -> str:
    """Returns « 08/03/2026 à 23 h 59 »."""
    at = instant_of(value)
    return gettext("%(day)s à %(hour)s") % {"day": date_courte(at), "hour": heure(at)}


def nights_between(arrival: date | str, departure: date | str) -> int:
    """Returns how many nights `[arrival, departure)` has."""
    return (day_of(departure) - day_of(arrival)).days


def nuits(count: int) -> str:
    """Returns « 7 nuits »."""
    return ngettext("%(num)s nuit", "%(num)s nuits", count) % {"num": count}


def personnes(count: int) -> str:
    """Returns « 4 personnes »; 0 means not stated."""
    if not count:
        return gettext("nombre de personnes non indiqué")
    return ngettext("%(num)s personne", "%(num)s personnes", count) % {"num": count}


def du_au(arrival: date | str, departure: date | str) -> str:
    """Returns « du samedi 18 au samedi 25 juillet 2026 (7 nuits) » for the nights `[arrival, departure)`."""
    first, last = day_of(arrival), day_of(departure)
    pattern = "EEEE d MMMM y"
    if current_locale() == "fr" and first.year == last.year:
        pattern = "EEEE d" if first.month == last.month else "EEEE d MMMM"
    return gettext("du %(first)s au %(last)s (%(nights)s)") % {
        "first": _dated(first, pattern),
        "last": _dated(last, "EEEE d MMMM y"),
        "nights": nuits((last - first).days),
    }


def du_au_court(arrival: date | str, departure: date | str) -> str:
    """Returns « du 18/07 au 25/07/2026 »."""
    first, last = day_of(arrival), day_of(departure)
    start = first.strftime("%d/%m" if first.year == last.year else "%d/%m/%Y")
    return gettext("du %(first)s au %(last)s") % {"first": start, "last": last.strftime("%d/%m/%Y")}


def lettre(value: date | str) -> str:
    """Returns the weekday's letter: L M M J V S D."""
    return format_date(day_of(value), "EEEEE", locale=_babel()).upper()


def nombre(value: float | Decimal) -> str:
    """Returns a number with its thousands parted: « 1 234 »."""
    return format_decimal(value, locale=_babel())


def capitalize_first(text: str) -> str:
    """Returns the text with its first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]


def hour_of(text: str) -> str:
    """Returns « 16 h 00 » (« 16:00 » in English) for the `16:00` of a contract."""
    return text.replace(":", f"{NO_BREAK}h{NO_BREAK}") if current_locale() == "fr" else text


def in_fours(text: str) -> str:
    """Returns an IBAN in groups of four, as banks print it."""
    plain = text.replace(" ", "")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def language_name(code: str) -> str:
    """Returns « français » for `fr`."""
    return str(Locale(current_locale()).languages.get(code, code))


def weekday_letters() -> list[tuple[str, str]]:
    """Returns (letter, name) of the days from Monday to Sunday."""
    monday = date(2024, 1, 1)
    days = [monday + timedelta(days=each) for each in range(7)]
    return [(lettre(each), format_date(each, "EEEE", locale=_babel())) for each in days]


FILTERS = {
    function.__name__: function
    for function in (
        euros, typed_euros, percent, jour, jour_court, date_courte, mois, mois_court, heure, moment,
        moment_court, nuits, personnes, lettre, nombre, capitalize_first, language_name, in_fours, hour_of,
    )
}  # fmt: skip
GLOBALS = {
    "du_au": du_au,
    "du_au_court": du_au_court,
    "nights_between": nights_between,
    "weekday_letters": weekday_letters,
}


def parse_month(text: str) -> date | None:
    """Returns the first day of `2026-07`, or None if it does not read as a month."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
