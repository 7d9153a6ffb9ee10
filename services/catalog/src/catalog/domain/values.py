"""Which values the fields of a sheet take, and their one stored form."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from catalog.domain.codes import INSEE, REGISTRATION_MAX, normal_registration
from catalog.domain.errors import BadValue, UnknownField
from catalog.domain.fields import FIELDS, Field, FieldType

KINDS = ("SEASONAL_RENTAL", "GUEST_ROOM")
MAX_TEXT = 4000
MAX_NAME = 160
MAX_DESCRIPTION = 20_000
MAX_ROOMS = 40
NONE = "none"
ROOM_KEYS = frozenset({"designation", "surface", "windows", "exposure", "view", "furniture", "beds", "state"})
_LANGUAGE = re.compile(r"^(name|description)\.[a-z]{2}$")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def is_empty(value: Any) -> bool:
    """True for what means « no answer yet »."""
    return value is None or value in ("", [], {})


def text(key: str, value: Any, limit: int = MAX_TEXT, *, lines: bool = True) -> str:
    """Trimmed text without control characters; `lines` keeps line breaks."""
    if not isinstance(value, str):
        raise BadValue(key, "TEXT")
    found = _CONTROLS.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not lines:
        found = " ".join(found.split())
    if len(found) > limit:
        raise BadValue(key, f"AT_MOST_{limit}_CHARACTERS")
    return found


def number(key: str, value: Any, low: float, high: float) -> int | float:
    """A number within bounds, whole when it has no fraction; text with a comma is read too."""
    if isinstance(value, str):
        try:
            value = float(value.strip().replace("\u202f", "").replace(" ", "").replace(",", "."))
        except ValueError:
            raise BadValue(key, "NUMBER") from None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 (NaN)
        raise BadValue(key, "NUMBER")
    if not low <= value <= high:
        raise BadValue(key, f"BETWEEN_{low:g}_AND_{high:g}")
    return int(value) if float(value).is_integer() else round(float(value), 7)


def whole(key: str, value: Any, low: int, high: int) -> int:
    """A whole number within bounds."""
    found = number(key, value, low, high)
    if not isinstance(found, int):
        raise BadValue(key, "WHOLE_NUMBER")
    return found


def _boolean(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadValue(key, "BOOLEAN")
    return value


def _choice(field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in {choice.key for choice in field.choices}:
        raise BadValue(field.key, "CHOICE")
    return value


def _choices(field: Field, value: Any) -> list[str]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise BadValue(field.key, "CHOICES")
    known = [choice.key for choice in field.choices]
    if not set(given) <= set(known):
        raise BadValue(field.key, "CHOICES")
    if NONE in given and len(set(given)) > 1:
        raise BadValue(field.key, "NONE_ALONE")
    return [key for key in known if key in given]


def _date(key: str, value: Any) -> str:
    try:
        return date.fromisoformat(text(key, value, 10)).isoformat()
    except ValueError:
        raise BadValue(key, "DATE") from None


def _rooms(key: str, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > MAX_ROOMS:
        raise BadValue(key, "ROOMS")
    found = []
    for room in value:
        if not isinstance(room, Mapping) or not set(room) <= ROOM_KEYS:
            raise BadValue(key, "ROOMS")
        kept: dict[str, Any] = {}
        for name, cell in room.items():
            if is_empty(cell):
                continue
            if name == "surface" or isinstance(cell, int | float):
                kept[name] = number(key, cell, 0, 10_000)
            else:
                kept[name] = text(key, cell, 500)
        if kept:
            found.append(kept)
    return found


def declared(field: Field, value: Any) -> Any:
    """The stored form of a value of a declared field.

    Raises:
        BadValue: it has another type, an unknown choice, or is out of bounds.

    """
    simple: dict[FieldType, Callable[[], Any]] = {
        FieldType.TEXT: lambda: text(field.key, value),
        FieldType.NUMBER: lambda: number(field.key, value, 0, 1_000_000),
        FieldType.BOOLEAN: lambda: _boolean(field.key, value),
        FieldType.CHOICE: lambda: _choice(field, value),
        FieldType.CHOICES: lambda: _choices(field, value),
        FieldType.DATE: lambda: _date(field.key, value),
        FieldType.ROOMS: lambda: _rooms(field.key, value),
    }
    return simple[field.type]()


def _lines(value: Any) -> list[str]:
    given = value.splitlines() if isinstance(value, str) else value
    if not isinstance(given, list) or len(given) > 3:
        raise BadValue("address.lines", "AT_MOST_3_LINES")
    found = [text("address.lines", line, 120, lines=False) for line in given]
    return [line for line in found if line]


def _pattern(key: str, value: Any, pattern: re.Pattern[str], expected: str) -> str:
    found = text(key, value, 40, lines=False).upper()
    if found and not pattern.match(found):
        raise BadValue(key, expected)
    return found


def _kind(value: Any) -> str:
    if isinstance(value, int | float) and value in (1, 2):
        return KINDS[int(value) - 1]
    found = str(value).removeprefix("LISTING_KIND_")
    if found not in KINDS:
        raise BadValue("kind", "LISTING_KIND")
    return found


def _registration(value: Any) -> str:
    return normal_registration(text("registration_number", value, REGISTRATION_MAX, lines=False))


TYPED: dict[str, Callable[[Any], Any]] = {
    "kind": _kind,
    "address.lines": _lines,
    "address.postal_code": lambda value: text("address.postal_code", value, 12, lines=False),
    "address.city": lambda value: text("address.city", value, 80, lines=False),
    "address.insee": lambda value: _pattern("address.insee", value, INSEE, "INSEE_CODE"),
    "address.country": lambda value: _pattern(
        "address.country", value, re.compile(r"^[A-Z]{2}$"), "COUNTRY_CODE"
    ),
    "latitude": lambda value: number("latitude", value, -90, 90),
    "longitude": lambda value: number("longitude", value, -180, 180),
    "base_persons": lambda value: whole("base_persons", value, 0, 99),
    "max_persons": lambda value: whole("max_persons", value, 0, 99),
    "official_stars": lambda value: whole("official_stars", value, 0, 5),
    "label_rating": lambda value: whole("label_rating", value, 0, 5),
    "registration_number": _registration,
}


def is_localised(key: str) -> bool:
    """True for `name.xx` and `description.xx`."""
    return _LANGUAGE.match(key) is not None


def normal(key: str, value: Any) -> Any:
    """The stored form of a value of any field of a sheet; None for no answer.

    Raises:
        UnknownField: no field has that key.
        BadValue: the field cannot take that value.

    """
    if key in TYPED:
        found = None if is_empty(value) else TYPED[key](value)
        # Zero means unknown for counts and stars; a place at 0° is possible for one of the two only.
        unknown = found == 0 and key not in {"latitude", "longitude"}
        return None if is_empty(found) or unknown else found
    if is_localised(key):
        if is_empty(value):
            return None
        is_name = key.startswith("name.")
        return text(key, value, MAX_NAME if is_name else MAX_DESCRIPTION, lines=not is_name) or None
    field = FIELDS.get(key)
    if field is None:
        raise UnknownField(key)
    if is_empty(value):
        return None
    found = declared(field, value)
    return None if is_empty(found) else found
