"""How values of the contracts are written in a data file; for `sejour export`."""

from __future__ import annotations

from datetime import date
from typing import Any

from sejour.common.v1.common_pb2 import Money, Nights

Node = dict[str, Any]


def word(enum: Any, value: int) -> str:
    """The word of an enum's value: `MEAL_PLAN_BREAKFAST` is `breakfast`."""
    prefix = "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in enum.DESCRIPTOR.name)
    return str(enum.Name(value)).removeprefix(f"{prefix.lstrip('_')}_").lower()


def period(nights: Nights) -> Node:
    """Nights as `from` and `to`."""
    return {"from": day(nights.arrival), "to": day(nights.departure)}


def day(text: str) -> date:
    """A date, so that YAML writes one."""
    return date.fromisoformat(text)


def euros(money: Money) -> float | int:
    """Money in euros."""
    return number(money.amount)


def number(cents: int) -> float | int:
    """Minor units in euros; whole ones without decimals."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def whole(value: Any) -> Any:
    """Numbers of a Struct are floats: whole ones are written without « .0 »."""
    if isinstance(value, dict):
        return {key: whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def slim(node: Node) -> Node:
    """Without what is empty: the format's defaults say it."""
    empty: tuple[Any, ...] = ("", None, [], {}, 0, False)
    return {
        key: value
        for key, value in node.items()
        # No VAT is a statement, and another one than none.
        if key == "agreed_total" or value not in empty or (key == "vat_percent" and value is not None)
    }
