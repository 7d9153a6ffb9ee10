"""Where made-up listings stand: real communes of holiday regions, each with villages around it."""

import math
import random
from dataclasses import dataclass

_KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune or village: how letters name it and where it is."""

    city: str
    insee: str
    postal_code: str
    latitude: float
    longitude: float

    def near(self, rng: random.Random, km: float) -> tuple[float, float]:
        """A point at most `km` away, denser towards the middle."""
        distance, angle = km * rng.random(), rng.uniform(0, 2 * math.pi)
        north, east = distance * math.cos(angle), distance * math.sin(angle)
        degree = _KM_PER_DEGREE * math.cos(math.radians(self.latitude))
        return round(self.latitude + north / _KM_PER_DEGREE, 5), round(self.longitude + east / degree, 5)


CENTRES: tuple[tuple[Commune, int], ...] = tuple(
    (Commune(city, insee, postal_code, latitude, longitude), weight)
    for city, insee, postal_code, latitude, longitude, weight in (
        ("Vallon-Pont-d'Arc", "07330", "07150", 44.407, 4.395, 5), ("Les Vans", "07334", "07140", 44.405, 4.132, 3),
        ("Aubenas", "07019", "07200", 44.620, 4.390, 2), ("Dieulefit", "26114", "26220", 44.525, 5.066, 2),
        ("Nyons", "26220", "26110", 44.361, 5.141, 2), ("Uzès", "30334", "30700", 44.012, 4.420, 3),
        ("Gordes", "84050", "84220", 43.912, 5.200, 4), ("Saint-Rémy-de-Provence", "13100", "13210", 43.789, 4.832, 4),
        ("Cassis", "13022", "13260", 43.216, 5.539, 3), ("Hyères", "83069", "83400", 43.120, 6.129, 5),
        ("Saint-Tropez", "83119", "83990", 43.268, 6.640, 4), ("Cannes", "06029", "06400", 43.552, 7.017, 4),
        ("Nice", "06088", "06000", 43.703, 7.266, 4), ("Porto-Vecchio", "2A247", "20137", 41.591, 9.279, 4),
        ("Calvi", "2B050", "20260", 42.567, 8.757, 3), ("Agde", "34003", "34300", 43.310, 3.476, 5),
        ("La Grande-Motte", "34344", "34280", 43.561, 4.084, 4), ("Gruissan", "11170", "11430", 43.107, 3.087, 3),
        ("Argelès-sur-Mer", "66008", "66700", 42.546, 3.023, 4), ("Font-Romeu", "66124", "66120", 42.505, 2.036, 2),
        ("Bagnères-de-Luchon", "31042", "31110", 42.791, 0.593, 2), ("Biarritz", "64122", "64200", 43.483, -1.558, 4),
        ("Hossegor", "40304", "40150", 43.664, -1.397, 4), ("Arcachon", "33009", "33120", 44.652, -1.167, 5),
        ("Royan", "17306", "17200", 45.623, -1.028, 4), ("Saint-Martin-de-Ré", "17369", "17410", 46.203, -1.366, 4),
        ("Les Sables-d'Olonne", "85194", "85100", 46.497, -1.783, 5), ("Pornic", "44131", "44210", 47.115, -2.104, 3),
        ("Carnac", "56034", "56340", 47.585, -3.078, 4), ("Quiberon", "56186", "56170", 47.484, -3.120, 3),
        ("Bénodet", "29006", "29950", 47.875, -4.105, 3), ("Crozon", "29042", "29160", 48.246, -4.489, 2),
        ("Perros-Guirec", "22168", "22700", 48.815, -3.442, 3), ("Saint-Malo", "35288", "35400", 48.650, -2.008, 4),
        ("Granville", "50218", "50400", 48.838, -1.597, 2), ("Deauville", "14220", "14800", 49.357, 0.070, 3),
        ("Étretat", "76254", "76790", 49.707, 0.205, 2), ("Le Touquet", "62826", "62520", 50.521, 1.590, 3),
        ("Colmar", "68066", "68000", 48.079, 7.358, 3), ("Gérardmer", "88196", "88400", 48.072, 6.879, 2),
        ("Métabief", "25380", "25370", 46.773, 6.352, 1), ("Annecy", "74010", "74000", 45.899, 6.129, 4),
        ("Chamonix", "74056", "74400", 45.924, 6.870, 5), ("Bourg-Saint-Maurice", "73054", "73700", 45.619, 6.769, 4),
        ("Briançon", "05023", "05100", 44.899, 6.643, 3), ("Sarlat-la-Canéda", "24520", "24200", 44.889, 1.216, 4),
        ("Rocamadour", "46240", "46500", 44.799, 1.618, 2), ("Amboise", "37003", "37400", 47.411, 0.983, 2),
        ("Beaune", "21054", "21200", 47.024, 4.840, 2), ("Le Mont-Dore", "63236", "63240", 45.577, 2.810, 2),
    )
)  # fmt: skip
"""Communes with how many listings stand around each, relative to the others."""

_FIRST = (
    "Saint-Jean",
    "Sainte-Marie",
    "La Roche",
    "Le Mas",
    "Villeneuve",
    "Beaumont",
    "Les Granges",
    "La Chapelle",
)
_LAST = ("des-Prés", "sur-Mer", "du-Lac", "en-Forêt", "les-Vignes", "le-Vieux", "du-Moulin", "aux-Bois")


def villages(seed: int = 1) -> dict[Commune, tuple[Commune, ...]]:
    """Fourteen villages within 35 km of each centre, the centre first; the same for the same seed."""
    rng = random.Random(seed)
    found = {}
    for number, (centre, _) in enumerate(CENTRES):
        around = [centre]
        for each in range(14):
            latitude, longitude = centre.near(rng, 35)
            department = centre.insee[:2]
            around.append(
                Commune(
                    f"{rng.choice(_FIRST)}-{rng.choice(_LAST)}",
                    f"{department}{900 - number * 15 % 800 + each:03}"[:5],
                    f"{centre.postal_code[:2]}{100 + each * 10}",
                    latitude,
                    longitude,
                )
            )
        found[centre] = tuple(around)
    return found
