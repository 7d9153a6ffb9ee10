"""What a value that an owner types must be, whatever it is of."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tariff.compile import PRICE_LIMIT

from pricing.domain.errors import BadPrice, BadValue

MAX_NAME = 120
MAX_CODE = 40
MAX_CHILD_AGE = 17
MAX_PERSONS = 99
MAX_DAYS = 1000


def need_text(where: str, text: str, longest: int) -> None:
    """Refuses an empty or endless text."""
    if not text.strip() or len(text) > longest:
        raise BadValue(field=where, why="empty" if not text.strip() else "too_long")


def need_length(where: str, text: str) -> None:
    """Refuses an endless text; an empty one is fine."""
    if len(text) > MAX_DAYS:
        raise BadValue(field=where, why="too_long")


def need_between(where: str, value: int, least: int, most: int) -> None:
    """Refuses a number outside `[least, most]`."""
    if not least <= value <= most:
        raise BadValue(field=where, why="out_of_range", least=least, most=most)


def need_price(where: str, amount: int) -> None:
    """Refuses an amount below zero or beyond any sense; zero is fine."""
    if not 0 <= amount <= PRICE_LIMIT:
        raise BadPrice(field=where, amount=amount, limit=PRICE_LIMIT)


def need_unique(where: str, ids: Sequence[UUID]) -> None:
    """Refuses an id named twice."""
    if len(set(ids)) != len(ids):
        raise BadValue(field=where, why="twice")
