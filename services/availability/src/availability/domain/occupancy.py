"""What stands on the nights of a resource, and which resource a stay takes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from values import NightRange

from availability.domain.errors import NightsTaken
from availability.domain.listing import Listing, Mode


class Kind(StrEnum):
    """What occupies nights."""

    HOLD = "HOLD"
    STAY = "STAY"
    BLOCK = "BLOCK"
    EXTERNAL = "EXTERNAL"


@dataclass(frozen=True, slots=True)
class Occupancy:
    """One resource taken for a range of nights."""

    id: UUID
    resource_id: UUID
    listing_id: UUID
    nights: NightRange
    kind: Kind
    booking_id: UUID | None = None
    line_id: UUID | None = None
    booking_revision: int = 0
    block_id: UUID | None = None
    expires_at: datetime | None = None
    pinned_at: datetime | None = None
    guests: int = 0
    client_key: str = field(default="", repr=False)

    @property
    def pinned(self) -> bool:
        """True while a payment is in flight: the hold does not end."""
        return self.pinned_at is not None

    def expired(self, now: datetime) -> bool:
        """True for a hold past its end; a pinned hold does not end."""
        return (
            self.kind is Kind.HOLD
            and not self.pinned
            and self.expires_at is not None
            and self.expires_at <= now
        )

    @property
    def frees_at(self) -> datetime | None:
        """When the nights become free by themselves."""
        return self.expires_at if self.kind is Kind.HOLD and not self.pinned else None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a booking: what it asks of a listing. `guests` 0 = not stated."""

    line_id: UUID
    listing_id: UUID
    nights: NightRange
    guests: int = 0


def choose_resources(
    listing: Listing,
    nights: NightRange,
    standing: Sequence[Occupancy],
    *,
    prefer: Iterable[UUID] = (),
    reveal: bool = False,
) -> tuple[UUID, ...]:
    """The resources that a stay takes, given all that stands (live) on or beside the nights.

    ALL: every resource. ANY: the first free one; preferred are those named by `prefer`, then those
    whose neighbouring nights are used on more sides, so that long runs stay whole.

    Raises:
        NightsTaken: with what is in the way; its booking too where `reveal` lets the asker know.

    """
    in_the_way: dict[UUID, Occupancy] = {}
    for one in standing:
        if one.nights.overlaps(nights):
            in_the_way.setdefault(one.resource_id, one)
    if listing.mode is Mode.ALL:
        for resource in listing.resources:
            if resource in in_the_way:
                raise taken(listing, in_the_way[resource], reveal=reveal)
        return listing.resources
    free = [resource for resource in listing.resources if resource not in in_the_way]
    if not free:
        raise taken(listing, in_the_way[listing.resources[0]], reveal=reveal)
    wanted = set(prefer)

    def rank(resource: UUID) -> tuple[bool, int]:
        used = [one.nights for one in standing if one.resource_id == resource]
        sides = any(one.departure == nights.arrival for one in used) + any(
            one.arrival == nights.departure for one in used
        )
        return resource not in wanted, -sides

    return (min(free, key=rank),)


def taken(listing: Listing, standing: Occupancy, *, reveal: bool) -> NightsTaken:
    """The refusal that names what stands there; its booking only where the asker may know it."""
    known = {"booking_id": standing.booking_id} if reveal and standing.booking_id is not None else {}
    return NightsTaken(
        listing_id=listing.id,
        kind=standing.kind,
        arrival=standing.nights.arrival,
        departure=standing.nights.departure,
        **known,  # type: ignore[arg-type]
    )
