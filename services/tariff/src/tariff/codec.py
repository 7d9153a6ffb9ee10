"""The JSON form of a rate sheet: strict, versioned, the same bytes for the same sheet."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from values import NightRange

from tariff.sheet import FORMAT, RateSheet


class SheetNotUnderstood(ValueError):
    """A JSON text is no rate sheet of this version; `where` is the path of what is wrong."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


def to_json(sheet: RateSheet) -> str:
    """Writes the sheet, compact and with sorted keys."""
    document = {"format": FORMAT, **_written(sheet)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


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
    if not isinstance(document, dict) or document.pop("format", None) != FORMAT:
        raise SheetNotUnderstood("$.format", f"expected {FORMAT}")
    sheet = _read(RateSheet, document, "$")
    assert isinstance(sheet, RateSheet)  # noqa: S101 - tells the type checker what _read was asked for
    return sheet


def _written(value: Any) -> Any:
    written = value
    if isinstance(value, NightRange):
        written = [value.arrival.isoformat(), value.departure.isoformat()]
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        written = {name: _written(getattr(value, name)) for name in _fields(type(value))}
    elif isinstance(value, Enum):
        written = value.value
    elif isinstance(value, date):
        written = value.isoformat()
    elif isinstance(value, Mapping):
        written = {str(key): _written(value[key]) for key in value}
    elif isinstance(value, tuple):
        written = [_written(item) for item in value]
    return written


@cache
def _fields(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Name -> type and whether it may be absent."""
    hints = get_type_hints(kind)
    return {
        field.name: (hints[field.name], field.default is not dataclasses.MISSING)
        for field in dataclasses.fields(kind)
    }


def _read(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        inner = next(arg for arg in get_args(kind) if arg is not type(None))
        return None if value is None else _read(inner, value, where)
    if origin is tuple:
        inner = get_args(kind)[0]
        return tuple(_read(inner, item, f"{where}[{i}]") for i, item in enumerate(_a(list, value, where)))
    if origin is Mapping:
        items = _a(dict, value, where).items()
        return {_whole(key, where): _a(int, item, f"{where}.{key}") for key, item in items}
    if dataclasses.is_dataclass(kind) and kind is not NightRange:
        return _record(kind, _a(dict, value, where), where)
    return _read_value(kind, value, where)


def _read_value(kind: type, value: Any, where: str) -> Any:
    if kind is NightRange:
        bounds = _a(list, value, where)
        if len(bounds) != 2:
            raise SheetNotUnderstood(where, "expected [from, to)")
        return _built(NightRange.parse, where, *(_a(str, day, where) for day in bounds))
    if kind is date:
        return _built(date.fromisoformat, where, _a(str, value, where))
    return _built(kind, where, value) if issubclass(kind, Enum) else _a(kind, value, where)


def _record(kind: Any, document: dict[str, Any], where: str) -> Any:
    fields = _fields(kind)
    unknown = sorted(document.keys() - fields.keys())
    if unknown:
        raise SheetNotUnderstood(f"{where}.{unknown[0]}", "unknown key")
    missing = [name for name, (_, optional) in fields.items() if not optional and name not in document]
    if missing:
        raise SheetNotUnderstood(f"{where}.{missing[0]}", "missing")
    return kind(**{name: _read(fields[name][0], item, f"{where}.{name}") for name, item in document.items()})


def _a(kind: type, value: Any, where: str) -> Any:
    if type(value) is not kind:
        raise SheetNotUnderstood(where, f"expected {kind.__name__}")
    return value


def _whole(key: str, where: str) -> int:
    if not key.isdecimal():
        raise SheetNotUnderstood(f"{where}.{key}", "expected a whole number")
    return int(key)


def _built(build: Any, where: str, *values: Any) -> Any:
    try:
        return build(*values)
    except (TypeError, ValueError) as error:
        raise SheetNotUnderstood(where, str(error)) from error
