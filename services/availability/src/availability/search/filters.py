"""Which columns lie within a radius of a point."""

import math

import numpy as np
from numpy.typing import NDArray

from availability.search.bits import Row

_EARTH_KM = 6371.0
_SLACK = 1.0001
"""A box a little too wide loses nobody to rounding."""
_BOX_KM = 2000.0


def near(
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    centre: tuple[float, float],
    radius_km: float,
) -> Row:
    """A row of the columns (degrees; NaN = unknown) not farther than the radius, by great circle.

    A box first: two comparisons of each column, then the exact distance of the few inside.
    """
    lat, lon = centre
    high = math.degrees(radius_km / _EARTH_KM) * _SLACK
    inside = np.abs(latitude - lat) <= high
    if abs(lat) + high < 89 and radius_km < _BOX_KM:
        wide = math.degrees(math.asin(min(1.0, math.sin(math.radians(high)) / math.cos(math.radians(lat)))))
        apart = np.abs(longitude - lon)
        inside &= np.minimum(apart, 360 - apart) <= wide * _SLACK
    some = np.flatnonzero(inside)
    distance = _distance_km(latitude[some], longitude[some], centre)
    flags = np.zeros(len(latitude), np.bool_)
    flags[some[distance <= radius_km]] = True
    return np.packbits(flags, bitorder="little")


def _distance_km(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64], centre: tuple[float, float]
) -> NDArray[np.float64]:
    lat1, lon1 = np.radians(latitude), np.radians(longitude)
    lat2, lon2 = map(math.radians, centre)
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * math.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    found: NDArray[np.float64] = 2 * _EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return found
