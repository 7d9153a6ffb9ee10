"""What the reference knows of a listing, from the three compacted topics."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from availability.search.places import place_keys
from sejour.availability.v1.availability_events_pb2 import BusyNights, CalendarChanged
from sejour.catalog.v1 import catalog_types_pb2
from sejour.common.v1 import common_pb2
from sejour.pricing.v1.pricing_events_pb2 import RateSheetsChanged
from tariff import RateSheet, from_json
from values import NightRange

_DAY = timedelta(days=1)
EPOCH = date(2020, 1, 1)
"""Bit 0 of every mask of nights; nobody sells nights before it."""


def bits(arrival: date, departure: date) -> int:
    """The mask of nights `[arrival, departure)`."""
    first, last = max(0, (arrival - EPOCH).days), max(0, (departure - EPOCH).days)
    return (1 << last) - (1 << first)


def _mask(every: Iterable[common_pb2.Nights]) -> int:
    found = 0
    for one in every:
        found |= bits(date.fromisoformat(one.arrival), date.fromisoformat(one.departure))
    return found


@dataclass(frozen=True, slots=True)
class UnitMask:
    """Nights on which one unit cannot be sold; those of holds only until their end."""

    busy: int
    holds: tuple[tuple[datetime, int], ...] = ()

    @classmethod
    def of(cls, every: Iterable[BusyNights]) -> "UnitMask":
        """From the news; a hold's nights may also be busy for good through another resource."""
        busy, holds = 0, []
        for one in every:
            nights = _mask([one.nights])
            if one.HasField("frees_at"):
                holds.append((one.frees_at.ToDatetime(UTC), nights))
            else:
                busy |= nights
        return cls(busy, tuple(holds))

    def at(self, now: datetime) -> int:
        """The mask of what is busy at an instant."""
        found = self.busy
        for ends, nights in self.holds:
            if ends > now:
                found |= nights
        return found


@dataclass(frozen=True, slots=True)
class CalendarRecord:
    """Open nights, and the busy nights of each unit of which a stay needs one."""

    revision: int
    open: int
    units: tuple[UnitMask, ...]

    @classmethod
    def of(cls, message: CalendarChanged) -> "CalendarRecord":
        """From the news."""
        units = [UnitMask.of(unit.busy) for unit in message.units] or [UnitMask.of(message.busy)]
        return cls(message.revision, _mask(message.open), tuple(units))

    def sells(self, stay: int, now: datetime) -> bool:
        """True when all nights of a mask are open and one unit is free throughout."""
        return self.open & stay == stay and any(not unit.at(now) & stay for unit in self.units)

    def hole(self, stay: NightRange, today: date, now: datetime) -> int:
        """Free nights in a row around a stay that is sold, from today on, in the unit where they are fewest."""
        inside, found = bits(stay.arrival, stay.departure), []
        for free in (self.open & ~unit.at(now) for unit in self.units):
            if free & inside == inside:
                first, after = stay.arrival, stay.departure
                while first > today and free & bits(first - _DAY, first):
                    first -= _DAY
                while free & bits(after, after + _DAY):
                    after += _DAY
                found.append((after - first).days)
        return min(found)


@dataclass(frozen=True, slots=True)
class ListingRecord:
    """What the catalog says, as far as people search by it."""

    id: str
    revision: int
    owner_id: str
    label_id: str
    in_production: bool
    places: frozenset[str]
    position: tuple[float, float] | None
    max_persons: int
    equipment: frozenset[str]
    zone: str
    kind: str

    @classmethod
    def of(cls, message: catalog_types_pb2.Listing) -> "ListingRecord":
        """From the news."""
        known = bool(message.latitude or message.longitude)
        return cls(
            id=message.id,
            revision=message.revision,
            owner_id=message.owner_id,
            label_id=message.label_id,
            in_production=message.state == catalog_types_pb2.LISTING_STATE_IN_PRODUCTION,
            places=place_keys(message.address),
            position=(message.latitude, message.longitude) if known else None,
            max_persons=message.max_persons,
            equipment=frozenset(key for key, value in message.values.fields.items() if value.bool_value),
            zone=message.zone or "Europe/Paris",
            kind=catalog_types_pb2.ListingKind.Name(message.kind).removeprefix("LISTING_KIND_").lower(),
        )

    def within(self, centre: tuple[float, float], radius_km: float) -> bool:
        """True when its position is known and not farther than the radius."""
        return self.position is not None and distance_km(self.position, centre) <= radius_km

    def today(self, now: datetime) -> date:
        """The date where it stands."""
        return now.astimezone(_zone(self.zone)).date()


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@dataclass(frozen=True, slots=True)
class RatesRecord:
    """The compiled sheets of a listing, by plan."""

    revision: int
    sheets: Mapping[str, RateSheet] = field(default_factory=dict)

    @classmethod
    def of(cls, message: RateSheetsChanged) -> "RatesRecord":
        """From the news; a sheet that is not understood fails, and is logged by who calls."""
        return cls(
            message.revision,
            {sheet.rate_plan_id: from_json(sheet.sheet_json.decode()) for sheet in message.sheets},
        )


_EARTH_KM = 6371.0


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great-circle distance (haversine) between two points in degrees."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, point)) for point in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def stay_bits(arrival: date, nights: int) -> int:
    """The mask of a stay; 0 for one before the epoch, which nobody sells."""
    return bits(arrival, arrival + timedelta(days=nights)) if arrival >= EPOCH else 0
