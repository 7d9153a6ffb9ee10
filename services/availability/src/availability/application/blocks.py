"""Adds and removes nights that an owner keeps for himself."""

from dataclasses import dataclass
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.ids import new_id
from values import NightRange

from availability.application.placing import free_expired
from availability.application.ports import Block, Ledgers
from availability.domain.errors import BlockNotFound
from availability.domain.occupancy import Kind, Occupancy, taken


@dataclass(frozen=True, slots=True)
class AddBlock:
    """What an owner blocks, and why (a key of `BlockReason`)."""

    request_id: UUID
    body_hash: bytes
    listing_id: UUID
    nights: NightRange
    reason: str
    note: str


async def add_block(command: AddBlock, *, scope: Scope, ledgers: Ledgers, clock: Clock) -> Block:
    """Blocks every resource of the listing, open or not. Idempotent on `request_id`.

    Raises:
        ListingNotFound: it is not the owner's.
        NightsTaken: names what stands there, with its booking.
        BlockNotFound: a repeat whose block was removed since.
        RequestIdReused, Busy.

    """
    now = clock()
    async with ledgers.open() as ledger:
        done = await ledger.claim(command.request_id, method="AddBlock", body_hash=command.body_hash, now=now)
        if done is not None:
            found = await ledger.find_block(UUID(done), scope)
            if found is None:
                raise BlockNotFound(block_id=done)
            return found
        await ledger.listings([command.listing_id], scope)
        await ledger.lock_for([command.listing_id])
        listing = (await ledger.listings([command.listing_id], scope))[command.listing_id]
        standing = await ledger.standing(listing.resources, [command.nights])
        touched = await free_expired(ledger, standing, [command.nights], now)
        for one in standing:
            if not one.expired(now) and one.nights.overlaps(command.nights):
                raise taken(listing, one, reveal=True)
        block = Block(new_id(), listing.id, command.nights, command.reason, command.note)
        await ledger.add_block(block, now)
        await ledger.add(
            [
                Occupancy(new_id(), resource, listing.id, block.nights, Kind.BLOCK, block_id=block.id)
                for resource in listing.resources
            ]
        )
        await ledger.finish(command.request_id, block.id)
        await ledger.tell_calendars(now, resources={*touched, *listing.resources})
        return block


async def remove_block(
    block_id: UUID, *, request_id: UUID, body_hash: bytes, scope: Scope, ledgers: Ledgers, clock: Clock
) -> None:
    """Gives the nights back. Idempotent on `request_id`.

    Raises:
        BlockNotFound: it is not the owner's, or gone.
        RequestIdReused, Busy.

    """
    now = clock()
    async with ledgers.open() as ledger:
        if await ledger.claim(request_id, method="RemoveBlock", body_hash=body_hash, now=now) is not None:
            return
        block = await ledger.find_block(block_id, scope)
        if block is None:
            raise BlockNotFound(block_id=block_id)
        await ledger.lock_for([block.listing_id])
        resources = await ledger.remove_block(block_id)
        if not resources:
            raise BlockNotFound(block_id=block_id)
        await ledger.finish(request_id, block_id)
        await ledger.tell_calendars(now, resources=resources)
