"""Which columns lie within a radius of a point: an index by latitude, then the exact distance."""

import math
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_EARTH_KM = 6371.0
_SLACK = 1.0001
"""A box a little too wide loses nobody to rounding."""
_BOX_KM = 2000.0
_REMEMBERED = 256

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Among:
    """Some columns, ascending, and where the bit of each stands in a row."""

    columns: Ints
    byte: Ints
    bit: NDArray[np.uint8]

    @classmethod
    def of(cls, columns: Ints) -> "Among":
        """Columns without order are not taken."""
        return cls(columns, columns >> 3, np.left_shift(1, columns & 7).astype(np.uint8))

    def set_in(self, row: NDArray[np.uint8]) -> Ints:
        """Those whose bit is set."""
        found: Ints = self.columns.take((row.take(self.byte) & self.bit).nonzero()[0])
        return found


class Nearby:
    """Columns sorted by latitude (degrees; NaN = unknown, never near)."""

    def __init__(self, latitude: Floats, longitude: Floats) -> None:
        order = np.argsort(latitude)
        order = order[: np.count_nonzero(~np.isnan(latitude))]
        self._columns = order
        self._latitude, self._longitude = latitude[order], longitude[order]
        self._known: OrderedDict[tuple[float, ...], Among] = OrderedDict()

    def within(self, centre: tuple[float, float], radius_km: float) -> "Among":
        """The columns not farther than the radius by great circle, ascending; remembered: places are few."""
        key = (*centre, radius_km)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Among.of(self._sought(centre, radius_km))
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return found

    def _sought(self, centre: tuple[float, float], radius_km: float) -> Ints:
        lat, lon = centre
        high = math.degrees(radius_km / _EARTH_KM) * _SLACK
        first, last = np.searchsorted(self._latitude, (lat - high, lat + high))
        some = slice(int(first), int(last))
        latitude, longitude, columns = self._latitude[some], self._longitude[some], self._columns[some]
        if abs(lat) + high < 89 and radius_km < _BOX_KM:
            across = math.sin(math.radians(high)) / math.cos(math.radians(lat))
            wide = math.degrees(math.asin(min(1.0, across))) * _SLACK
            apart = np.abs(longitude - lon)
            inside = np.flatnonzero(np.minimum(apart, 360 - apart) <= wide)
            latitude, longitude, columns = latitude[inside], longitude[inside], columns[inside]
        found: Ints = np.sort(columns[_distance_km(latitude, longitude, centre) <= radius_km])
        return found


def _distance_km(latitude: Floats, longitude: Floats, centre: tuple[float, float]) -> Floats:
    lat1, lon1 = np.radians(latitude), np.radians(longitude)
    lat2, lon2 = map(math.radians, centre)
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * math.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    found: Floats = 2 * _EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return found
