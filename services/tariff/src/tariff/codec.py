"""The JSON form of a rate sheet: strict, versioned, the same bytes for the same sheet.

A sheet that uses nothing of `LATER` is written as format 1, byte for byte as before: older readers go on
reading it, and nothing is published anew. Any other is format 2, which an older reader refuses (its listing
is hidden for the moment) rather than misprices.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import cache, lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from values import NightRange

from tariff.parts import Discount, DiscountKind, Season
from tariff.sheet import FORMAT, FORMATS, RateSheet

LATER: Mapping[type, frozenset[str]] = {
    Season: frozenset(
        {"horizon_days", "sell_gaps", "min_by_weekday", "named", "weekday_prices", "occupancies"}
    ),
    Discount: frozenset({"code"}),
    RateSheet: frozenset({"meals"}),
}
"""The fields that format 1 does not have: written only where they are not at their default."""
LATER_KINDS = frozenset({DiscountKind.SECOND_WEEK, DiscountKind.CODE})

Reader = Callable[[Any], Any]


class SheetNotUnderstood(ValueError):
    """A JSON text is no rate sheet of this version; `where` is the path of what is wrong."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


def to_json(sheet: RateSheet) -> str:
    """Writes the sheet, compact and with sorted keys."""
    document = {"format": format_of(sheet), **_written(sheet)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def format_of(sheet: RateSheet) -> int:
    """The lowest format that holds the sheet."""
    parts: tuple[RateSheet | Season | Discount, ...] = (sheet, *sheet.seasons, *sheet.discounts)
    later = any(_uses(part) for part in parts) or any(
        discount.kind in LATER_KINDS for discount in sheet.discounts
    )
    return FORMAT if later else 1


def from_json(text: str | bytes) -> RateSheet:
    """Reads what `to_json` wrote.

    Fields with a default may be absent; an unknown key, a wrong type or another format is refused.

    Raises:
        SheetNotUnderstood: with the path of the first thing that is wrong.

    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise SheetNotUnderstood("$", "not JSON") from error
    if not isinstance(document, dict) or document.pop("format", None) not in FORMATS:
        raise SheetNotUnderstood("$.format", f"expected one of {sorted(FORMATS)}")
    try:
        sheet = _reader(RateSheet)(document)
    except _Wrong as wrong:
        raise SheetNotUnderstood(f"${wrong.path}", wrong.why) from wrong
    assert isinstance(sheet, RateSheet)  # noqa: S101 - tells the type checker what was asked for
    return sheet


def _written(value: Any) -> Any:
    written = value
    if isinstance(value, NightRange):
        written = [value.arrival.isoformat(), value.departure.isoformat()]
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        unused = _unused(value)
        written = {
            name: _written(getattr(value, name)) for name in _fields(type(value)) if name not in unused
        }
    elif isinstance(value, Enum):
        written = value.value
    elif isinstance(value, date):
        written = value.isoformat()
    elif isinstance(value, Mapping):
        written = {str(key): _written(value[key]) for key in value}
    elif isinstance(value, tuple):
        written = [_written(item) for item in value]
    return written


def _uses(part: RateSheet | Season | Discount) -> bool:
    return _unused(part) != LATER[type(part)]


def _unused(part: Any) -> frozenset[str]:
    """The later fields of a part that say nothing."""
    kind: Any = type(part)
    defaults = _later_defaults(kind)
    return frozenset(name for name, default in defaults.items() if getattr(part, name) == default)


@cache
def _later_defaults(kind: type) -> dict[str, Any]:
    later = (field for field in dataclasses.fields(kind) if field.name in LATER.get(kind, ()))
    return {
        field.name: field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
        for field in later
    }


@cache
def _fields(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Name -> type and whether it may be absent."""
    hints = get_type_hints(kind)
    return {
        field.name: (
            hints[field.name],
            field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING,
        )
        for field in dataclasses.fields(kind)
    }


class _Wrong(Exception):
    """What is wrong, told upwards; each level puts its name before the path."""

    def __init__(self, why: str) -> None:
        self.why = why
        self.path = ""

    def within(self, step: str) -> _Wrong:
        self.path = step + self.path
        return self


@cache
def _reader(kind: Any) -> Reader:
    """The function that reads a value of a type, made once per type."""
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        inner = _reader(next(arg for arg in get_args(kind) if arg is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple_reader(_reader(get_args(kind)[0]))
    if origin is Mapping:
        return _read_prices
    if kind in {NightRange, date}:
        return _read_range if kind is NightRange else _read_date
    if dataclasses.is_dataclass(kind):
        return _record_reader(kind)
    return _enum_reader(kind) if issubclass(kind, Enum) else _plain_reader(kind)


def _plain_reader(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise _Wrong(f"expected {kind.__name__}")
        return value

    return read


def _enum_reader(kind: type[Enum]) -> Reader:
    members = {member.value: member for member in kind}

    def read(value: Any) -> Any:
        try:
            return members[value]
        except (KeyError, TypeError):
            raise _Wrong(f"{value!r} is not a valid {kind.__name__}") from None

    return read


def _tuple_reader(item: Reader) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not list:
            raise _Wrong("expected list")
        try:
            return tuple([item(each) for each in value])
        except _Wrong as wrong:
            # Which one it was is asked again: the good ones should not pay for it.
            raise wrong.within(f"[{_first_wrong(item, value)}]") from None

    return read


def _first_wrong(item: Reader, values: list[Any]) -> int:
    for number, each in enumerate(values):
        try:
            item(each)
        except _Wrong:
            return number
    return 0


def _record_reader(kind: Any) -> Reader:
    fields = {name: _reader(kept) for name, (kept, _) in _fields(kind).items()}
    needed = frozenset(name for name, (_, optional) in _fields(kind).items() if not optional)

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise _Wrong("expected dict")
        if not needed <= value.keys() <= fields.keys():
            unknown = sorted(value.keys() - fields.keys())
            missing = [name for name in fields if name in needed and name not in value]
            raise _Wrong("unknown key" if unknown else "missing").within(f".{(unknown or missing)[0]}")
        found = {}
        for name, item in value.items():
            try:
                found[name] = fields[name](item)
            except _Wrong as wrong:
                raise wrong.within(f".{name}") from None
        return kind(**found)

    return read


def _read_prices(value: Any) -> dict[int, int]:
    if type(value) is not dict:
        raise _Wrong("expected dict")
    found = {}
    for key, item in value.items():
        if not key.isdecimal():
            raise _Wrong("expected a whole number").within(f".{key}")
        if type(item) is not int:
            raise _Wrong("expected int").within(f".{key}")
        found[int(key)] = item
    return found


@lru_cache(maxsize=16384)
def _range(arrival: str, departure: str) -> NightRange:
    # Seasons of a region share their dates, and their ranges.
    return NightRange.parse(arrival, departure)


def _read_range(value: Any) -> NightRange:
    if type(value) is not list or len(value) != 2:
        raise _Wrong("expected [from, to)")
    if not all(type(day) is str for day in value):
        raise _Wrong("expected str")
    try:
        return _range(*value)
    except ValueError as error:
        raise _Wrong(str(error)) from None


def _read_date(value: Any) -> date:
    if type(value) is not str:
        raise _Wrong("expected str")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise _Wrong(str(error)) from None
