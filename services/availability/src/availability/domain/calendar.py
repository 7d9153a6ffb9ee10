"""The calendar of a listing from what stands on its resources: busy nights, states, holes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from values import NightRange

from availability.domain.listing import Listing
from availability.domain.occupancy import Kind, Occupancy


@dataclass(frozen=True, slots=True)
class Busy:
    """Nights that cannot be sold, and when they become free by themselves (None = not)."""

    nights: NightRange
    kind: Kind
    frees_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The whole calendar of a listing, as the news tells it."""

    listing: Listing
    revision: int
    open: tuple[NightRange, ...]
    busy: tuple[Busy, ...]
    units: tuple[tuple[Busy, ...], ...]
    rolling: bool


def busy_nights(listing: Listing, standing: Iterable[Occupancy]) -> tuple[Busy, ...]:
    """When the listing cannot be sold: for ALL any resource's nights, for ANY those when none is free."""
    rows = list(standing)
    if not listing.sells_units:
        return _distinct(rows)
    return _all_busy([_distinct(own) for own in _by_unit(listing, rows)])


def unit_nights(listing: Listing, standing: Iterable[Occupancy]) -> tuple[tuple[Busy, ...], ...]:
    """The busy nights of each like resource; nothing for a listing that does not sell units."""
    if not listing.sells_units:
        return ()
    return tuple(_distinct(own) for own in _by_unit(listing, list(standing)))


def find_hole(
    nights: NightRange, open_nights: Sequence[NightRange], units: Sequence[Sequence[NightRange]]
) -> NightRange | None:
    """The run of open nights around `nights` that is free in one unit; the tightest one of the units.

    `units` holds the busy ranges of each unit (one list for a listing of ALL).
    """
    run = next((one for one in open_nights if one.covers(nights)), None)
    if run is None:
        return None
    holes: list[NightRange] = []
    for busy in units:
        if any(one.overlaps(nights) for one in busy):
            continue
        first = max([run.arrival, *(one.departure for one in busy if one.departure <= nights.arrival)])
        last = min([run.departure, *(one.arrival for one in busy if one.arrival >= nights.departure)])
        holes.append(NightRange(first, last))
    return min(holes, key=lambda one: (one.length, one), default=None)


def _by_unit(listing: Listing, rows: Sequence[Occupancy]) -> list[list[Occupancy]]:
    found: dict[UUID, list[Occupancy]] = {resource: [] for resource in listing.resources}
    for row in rows:
        if row.resource_id in found:
            found[row.resource_id].append(row)
    return list(found.values())


def _distinct(rows: Iterable[Occupancy]) -> tuple[Busy, ...]:
    found = {Busy(row.nights, row.kind, row.frees_at) for row in rows}
    return tuple(sorted(found, key=lambda one: (one.nights, one.kind)))


def _all_busy(units: Sequence[Sequence[Busy]]) -> tuple[Busy, ...]:
    edges = sorted(
        {edge for unit in units for one in unit for edge in (one.nights.arrival, one.nights.departure)}
    )
    found: list[Busy] = []
    for first, last in pairwise(edges):
        part = NightRange(first, last)
        standing = [next((one for one in unit if one.nights.overlaps(part)), None) for unit in units]
        here = [one for one in standing if one is not None]
        if len(here) < len(units):
            continue
        ending = [one for one in here if one.frees_at is not None]
        # The first hold to end gives the nights back, so it says what stands there.
        chief = min(ending, key=lambda one: (one.frees_at, one.kind)) if ending else here[0]
        previous = found[-1] if found else None
        if (
            previous is not None
            and previous.nights.departure == first
            and (previous.kind, previous.frees_at) == (chief.kind, chief.frees_at)
        ):
            found[-1] = Busy(NightRange(previous.nights.arrival, last), chief.kind, chief.frees_at)
        else:
            found.append(Busy(part, chief.kind, chief.frees_at))
    return tuple(found)
