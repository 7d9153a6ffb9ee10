"""Public holidays of metropolitan France (Code du travail, art. L3133-1), to tint the planning."""

from datetime import date, timedelta
from functools import lru_cache

from gateway.i18n import N_, gettext

_FIXED = {
    (1, 1): N_("jour de l'An"), (5, 1): N_("fête du Travail"), (5, 8): N_("Victoire 1945"),
    (7, 14): N_("fête nationale"), (8, 15): N_("Assomption"), (11, 1): N_("Toussaint"),
    (11, 11): N_("Armistice 1918"), (12, 25): N_("Noël"),
}  # fmt: skip
_MOVING = {1: N_("lundi de Pâques"), 39: N_("Ascension"), 50: N_("lundi de Pentecôte")}


@lru_cache(maxsize=64)
def easter(year: int) -> date:
    """Returns Easter Sunday of a Gregorian year (Meeus, Jones and Butcher's algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


def public_holiday(day: date) -> str:
    """Returns the holiday's name, or nothing."""
    name = _FIXED.get((day.month, day.day)) or _MOVING.get((day - easter(day.year)) // timedelta(days=1))
    return gettext(name) if name else ""
