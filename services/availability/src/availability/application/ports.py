"""What the use cases need of the outside: a ledger of nights, opened for one transaction at a time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from chassis.actor import Scope
from values import NightRange

from availability.domain.listing import Listing
from availability.domain.occupancy import Kind, Occupancy
from availability.domain.opening import Period


@dataclass(frozen=True, slots=True)
class BookingMark:
    """How far a booking's commands were applied; -1 = never."""

    revision: int
    released_revision: int


@dataclass(frozen=True, slots=True)
class Block:
    """Nights that an owner keeps for himself."""

    id: UUID
    listing_id: UUID
    nights: NightRange
    reason: str
    note: str


class Ledger(Protocol):
    """One transaction on the nights: commits when its block ends, rolls back when it raises.

    Order of locks: the booking's row, the properties' rows by id, the listings' rows by id (to publish).
    """

    # --- requests -------------------------------------------------------------------------------

    async def claim(self, request_id: UUID, *, method: str, body_hash: bytes, now: datetime) -> str | None:
        """None when the request is new; else what `finish` noted."""

    async def finish(self, request_id: UUID, result: UUID | str) -> None:
        """Notes what a repeat gets."""

    # --- locks ----------------------------------------------------------------------------------

    async def mark_booking(self, booking_id: UUID) -> BookingMark:
        """Locks a booking's row (made when absent) and says how far it is."""

    async def set_mark(self, booking_id: UUID, revision: int, released_revision: int) -> None:
        """Writes how far a booking is."""

    async def end_bookings(self, revisions: Mapping[UUID, int]) -> list[UUID]:
        """Marks bookings as ended at a revision, unless a newer one was applied; those that have nights."""

    async def lock_for(
        self, listing_ids: Collection[UUID], *, booking_id: UUID | None = None, with_guest_rooms: bool = False
    ) -> frozenset[UUID]:
        """Locks the properties of listings and of a booking's present lines, in id order.

        `with_guest_rooms` adds all properties in which the owners of guest rooms among them have others.

        Raises:
            Busy: a lock was not had in time.

        """

    # --- listings -------------------------------------------------------------------------------

    async def listings(self, ids: Collection[UUID], scope: Scope) -> dict[UUID, Listing]:
        """The listings within reach of the scope, in the order of the ids.

        Raises:
            ListingNotFound: one of them is not there or out of reach.

        """

    async def find_listing(self, listing_id: UUID) -> Listing | None:
        """A listing, for the consumer of the catalog."""

    async def save_listing(self, listing: Listing) -> None:
        """Writes a listing with its property and resources."""

    async def lock_properties(self, ids: Collection[UUID]) -> None:
        """Makes these properties where absent and locks them in id order."""

    # --- what stands ----------------------------------------------------------------------------

    async def of_booking(self, booking_id: UUID) -> list[Occupancy]:
        """All rows of a booking, expired ones too."""

    async def standing(self, resources: Collection[UUID], nights: Iterable[NightRange]) -> list[Occupancy]:
        """What stands on or right beside the nights, expired holds too; by first night."""

    async def of_client(
        self, client_key: str, listing_id: UUID, around: NightRange, now: datetime
    ) -> list[Occupancy]:
        """Live holds and stays of one client on a listing near some nights."""

    async def of_guest_rooms(
        self, owner_id: UUID, nights: Iterable[NightRange], now: datetime
    ) -> list[Occupancy]:
        """Live holds and stays in all guest rooms of an owner on some nights."""

    async def add(self, rows: Sequence[Occupancy]) -> None:
        """Writes new rows.

        Raises:
            NightsTaken: the constraint refused (it has the last word).

        """

    async def change(
        self,
        ids: Collection[UUID],
        *,
        kind: Kind,
        expires_at: datetime | None,
        pinned_at: datetime | None,
        revision: int,
    ) -> None:
        """Changes rows of one booking in place."""

    async def remove(self, ids: Collection[UUID]) -> None:
        """Deletes rows."""

    async def expire(self, booking_ids: Collection[UUID], now: datetime) -> list[Occupancy]:
        """Deletes the expired, unpinned holds of bookings, and returns those it deleted itself."""

    async def expired_bookings(self, now: datetime, limit: int) -> list[UUID]:
        """Bookings with holds past their end."""

    # --- open periods and blocks ----------------------------------------------------------------

    async def periods(self, listing_ids: Collection[UUID]) -> dict[UUID, list[Period]]:
        """Open periods of listings, by first night; an entry for each listing asked."""

    async def replace_periods(
        self, listing_id: UUID, before: Sequence[Period], after: Sequence[Period]
    ) -> list[Period]:
        """Writes the difference; returns the periods with their ids."""

    async def rolling_behind(
        self, limit_by_zone: Mapping[str, date], limit: int, *, after: UUID | None = None
    ) -> list[UUID]:
        """Listings by id, after one, with a rolling period that ends before its zone's horizon."""

    async def zones(self) -> list[str]:
        """Zones of the listings with rolling periods."""

    async def add_block(self, block: Block, now: datetime) -> None:
        """Writes a block (its nights are added as occupancies)."""

    async def find_block(self, block_id: UUID, scope: Scope) -> Block | None:
        """A block within reach of the scope."""

    async def remove_block(self, block_id: UUID) -> list[UUID]:
        """Deletes a block and its nights; returns the resources."""

    # --- news -----------------------------------------------------------------------------------

    async def tell_calendars(
        self, now: datetime, *, resources: Collection[UUID] = (), listings: Collection[UUID] = ()
    ) -> None:
        """Publishes the whole calendar of these listings and of all that sell one of the resources."""

    async def tell_expired(self, booking_id: UUID, revision: int, now: datetime) -> None:
        """Publishes that a booking's holds ended."""


OpenLedger = AbstractAsyncContextManager[Ledger]


class Ledgers(Protocol):
    """Opens ledgers."""

    def open(self) -> OpenLedger:
        """A ledger in a new transaction."""
