"""Ids, nights, money, parties and enums: the pieces that every message is made of."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from chassis.errors import FieldError, Malformed
from sejour.common.v1 import common_pb2
from tariff import Party
from values import EmptyStay, NightRange

from pricing.domain.errors import BadValue, PeriodReversed
from pricing.domain.parts import CURRENCY, MAX_PERSONS

EnumT = TypeVar("EnumT", bound=Enum)


def to_id(text: str, where: str) -> UUID:
    """An id.

    Raises:
        Malformed: it is absent or no UUID.

    """
    try:
        return UUID(text)
    except ValueError:
        raise Malformed(fields=[FieldError(where, "ID_MALFORMED")]) from None


def to_optional_id(text: str, where: str) -> UUID | None:
    """An id, or None where the text is empty."""
    return to_id(text, where) if text else None


def to_nights(message: common_pb2.Nights, where: str) -> NightRange:
    """Nights `[arrival, departure)`.

    Raises:
        PeriodReversed: the departure is not after the arrival.
        BadValue: one is no ISO date.

    """
    try:
        return NightRange.parse(message.arrival, message.departure)
    except EmptyStay:
        raise PeriodReversed(field=where, arrival=message.arrival, departure=message.departure) from None
    except ValueError:
        raise BadValue(field=where, why="date") from None


def to_date(text: str, where: str) -> date | None:
    """A day, or None where the text is empty."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadValue(field=where, why="date") from None


def to_amount(message: common_pb2.Money, where: str) -> int:
    """Minor units of the owner's currency."""
    if message.currency != CURRENCY:
        raise BadValue(field=where, why="currency", currency=message.currency)
    return message.amount


def to_party(message: common_pb2.Party, where: str) -> Party:
    """Who stays; all zero is not stated."""
    ages = tuple(message.children_ages)
    if not 0 <= message.adults <= MAX_PERSONS or len(ages) > MAX_PERSONS:
        raise BadValue(field=where, why="out_of_range", least=0, most=MAX_PERSONS)
    if any(not 0 <= age < 18 for age in ages):
        raise BadValue(field=f"{where}.children_ages", why="out_of_range", least=0, most=17)
    exempt = list(message.exempt_adults.values())
    if any(count < 0 for count in exempt) or sum(exempt) > message.adults:
        raise BadValue(field=f"{where}.exempt_adults", why="out_of_range", least=0, most=message.adults)
    return Party(adults=message.adults, children=ages, tax_exempt_adults=sum(exempt))


def to_enum(kind: type[EnumT], wire: Any, value: int, where: str, *, default: EnumT | None = None) -> EnumT:
    """The domain's value of a protobuf enum; unspecified is the default, or refused where there is none."""
    name = wire.Name(value) if value in wire.values() else ""
    if value == 0 and default is not None:
        return default
    prefix = wire.Name(0).removesuffix("UNSPECIFIED")
    try:
        return kind[name.removeprefix(prefix)]
    except KeyError:
        raise BadValue(field=where, why="unspecified" if value == 0 else "unknown") from None


def of_enum(value: Enum, wire: Any) -> Any:
    """The protobuf value of a domain enum."""
    return wire.Value(wire.Name(0).removesuffix("UNSPECIFIED") + value.name)


def of_nights(nights: NightRange) -> common_pb2.Nights:
    """Nights as two ISO dates."""
    return common_pb2.Nights(arrival=nights.arrival.isoformat(), departure=nights.departure.isoformat())


def of_amount(amount: int, currency: str = CURRENCY) -> common_pb2.Money:
    """An amount with its currency."""
    return common_pb2.Money(amount=amount, currency=currency)
