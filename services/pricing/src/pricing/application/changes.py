"""Saves and removes a part of an owner's book, and publishes the sheets it touches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.logging import get_logger

from pricing.application.ports import OpenUnit, UnitOfWork
from pricing.domain.book import NOT_FOUND, RateBook
from pricing.domain.errors import BadValue, OwnerNotFound
from pricing.domain.parts import Owned
from pricing.domain.taxes import compiled_rules

PartT = TypeVar("PartT", bound=Owned)

log = get_logger()


@dataclass(frozen=True, slots=True)
class SavePart(Generic[PartT]):
    """A part as it should be; `part.revision` is the one seen, `is_new` where it has none."""

    request_id: UUID
    method: str
    body_hash: bytes
    part: PartT
    is_new: bool


@dataclass(frozen=True, slots=True)
class RemovePart(Generic[PartT]):
    """Names a part to take out."""

    request_id: UUID
    method: str
    body_hash: bytes
    kind: type[PartT]
    part_id: UUID


async def save_part(
    command: SavePart[PartT], *, scope: Scope, open_unit: OpenUnit, clock: Clock
) -> tuple[PartT, RateBook]:
    """Saves a part; returns it as it is now, and the owner's book.

    Idempotent on `command.request_id`.

    Raises:
        OwnerNotFound: the owner is not within reach.
        ServiceError: what `RateBook.save` raises.

    """
    owner_id = command.part.owner_id
    if not scope.may("owner", owner_id):
        raise OwnerNotFound(id=owner_id)
    async with open_unit() as unit:
        before = await unit.claim(command.request_id, method=command.method, body_hash=command.body_hash)
        await unit.lock_owners([owner_id])
        book = (await unit.books([owner_id]))[owner_id]
        if before is not None:
            return _present(book, type(command.part), before.resource_id), book
        part, touched = book.save(command.part, is_new=command.is_new)
        await unit.put(part)
        await publish(unit, book, touched, now=clock())
        await unit.finish(command.request_id, part.id)
        await unit.commit()
    return part, book


async def remove_part(command: RemovePart[PartT], *, scope: Scope, open_unit: OpenUnit, clock: Clock) -> None:
    """Takes a part out. Idempotent on `command.request_id`.

    Raises:
        ServiceError: it is not there, or is in use.

    """
    async with open_unit() as unit:
        if await unit.claim(command.request_id, method=command.method, body_hash=command.body_hash):
            return
        owner_id = await unit.owner_of(command.kind, command.part_id, scope=scope)
        if owner_id is None:
            raise NOT_FOUND[command.kind](id=command.part_id)
        await unit.lock_owners([owner_id])
        book = (await unit.books([owner_id]))[owner_id]
        part, touched = book.remove(command.kind, command.part_id)
        await unit.remove(part)
        await publish(unit, book, touched, now=clock())
        await unit.finish(command.request_id, part.id)
        await unit.commit()


async def read_part(
    kind: type[PartT], part_id: UUID, *, scope: Scope, open_unit: OpenUnit
) -> tuple[PartT, RateBook]:
    """A part and the book it stands in.

    Raises:
        ServiceError: nothing within reach has that id.

    """
    async with open_unit() as unit:
        owner_id = await unit.owner_of(kind, part_id, scope=scope)
        if owner_id is None:
            raise NOT_FOUND[kind](id=part_id)
        book = (await unit.books([owner_id]))[owner_id]
    return _present(book, kind, str(part_id)), book


async def publish(
    unit: UnitOfWork, book: RateBook, listing_ids: Collection[UUID], *, now: datetime, lenient: bool = False
) -> None:
    """Compiles the sheets of these listings anew and publishes those that changed.

    `lenient`, for news that cannot be refused: a listing whose sheets are refused is told as not sold.

    Raises:
        BadValue: a sheet is refused.

    """
    listings = [book.listings[one] for one in sorted(listing_ids)]
    rules = await unit.tax_rules({one.insee for one in listings if one.insee})
    for listing in listings:
        key = (listing.insee, listing.tax_category)
        taxes = compiled_rules([rule for rule in rules if (rule.insee, rule.category) == key])
        try:
            plans = book.sheets(listing, taxes)
        except BadValue as refused:
            if not lenient:
                raise
            log.error("sheets_refused", listing_id=str(listing.id), why=str(refused))  # noqa: TRY400
            plans = ()
        await unit.publish_sheets(listing, plans, now=now)


def _present(book: RateBook, kind: type[PartT], part_id: str | None) -> PartT:
    part = book.shelf(kind).get(UUID(part_id)) if part_id else None
    if part is None:
        raise NOT_FOUND[kind](id=part_id)
    return part
