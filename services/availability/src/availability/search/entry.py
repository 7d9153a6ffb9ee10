"""What the index keeps of one listing beside its columns."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from sys import intern

from sejour.catalog.v1 import catalog_types_pb2

from availability.search.calendars import Calendar
from availability.search.places import place_keys
from availability.search.sheets import Sheet

Plan = tuple[str, Sheet]
"""Id of the rate plan, and its sheet."""


_KINDS = {
    catalog_types_pb2.LISTING_KIND_SEASONAL_RENTAL: "seasonal_rental",
    catalog_types_pb2.LISTING_KIND_GUEST_ROOM: "guest_room",
}


def kind_of(message: catalog_types_pb2.Listing) -> str:
    """What a search calls the kind of a listing; empty where it is not said."""
    return _KINDS.get(message.kind, "")


@dataclass(slots=True)
class Facts:
    """What the catalog says, as far as people search by it."""

    revision: int
    in_production: bool
    owner: str
    label: str
    places: tuple[str, ...]
    equipment: tuple[str, ...]
    position: tuple[float, float] | None
    max_persons: int
    zone: str
    kind: str

    @classmethod
    def of(cls, message: catalog_types_pb2.Listing) -> "Facts":
        """From the news."""
        known = bool(message.latitude or message.longitude)
        return cls(
            revision=message.revision,
            in_production=message.state == catalog_types_pb2.LISTING_STATE_IN_PRODUCTION,
            owner=intern(message.owner_id),
            label=intern(message.label_id),
            places=_interned(place_keys(message.address)),
            equipment=_interned(key for key, value in message.values.fields.items() if value.bool_value),
            position=(message.latitude, message.longitude) if known else None,
            max_persons=message.max_persons,
            zone=intern(message.zone),
            kind=kind_of(message),
        )


@dataclass(slots=True)
class Entry:
    """A listing: what each topic said last, and the block of columns `[first, last)` that it has.

    A block stands while the listing is in production and has sheets and a calendar: plan after plan (by id),
    within a plan one column per unit.
    """

    id: str
    number: int
    facts: Facts | None = None
    rates_revision: int = -1
    plans: tuple[Plan, ...] = ()
    calendar: Calendar | None = None
    first: int = 0
    last: int = 0
    joined: list[str] = field(default_factory=list)
    """Groups it is a member of."""

    @property
    def units(self) -> int:
        """How many columns each plan has."""
        return len(self.calendar.units) if self.calendar is not None else 0

    @property
    def wanted(self) -> int:
        """How many columns it should have."""
        if self.facts is None or not self.facts.in_production:
            return 0
        return len(self.plans) * self.units

    def plan_at(self, column: int) -> Plan:
        """The plan that a column of the block stands for."""
        if self.last - self.first == 1:
            return self.plans[0]
        return self.plans[(column - self.first) // self.units]


def _interned(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(intern(text) for text in texts))
