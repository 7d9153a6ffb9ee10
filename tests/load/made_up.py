"""Made-up listings as the three compacted topics tell them: the same for the same seed, as varied as real ones.

`make bench` and measurements of the search index use it. Everything is relative to `today`, in the listing's zone.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

from made_up_places import CENTRES, Commune, villages
from made_up_rates import SHAPES, new_sheets
from sejour.availability.v1.availability_events_pb2 import BusyNights, CalendarChanged
from sejour.availability.v1.availability_types_pb2 import (
    OCCUPANCY_KIND_BLOCK,
    OCCUPANCY_KIND_EXTERNAL,
    OCCUPANCY_KIND_HOLD,
    OCCUPANCY_KIND_STAY,
)
from sejour.availability.v1.search_service_pb2 import SearchRequest
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1.common_pb2 import Nights, Party
from sejour.pricing.v1.pricing_events_pb2 import RateSheet as RateSheetMessage
from sejour.pricing.v1.pricing_events_pb2 import RateSheetsChanged
from tariff import to_json

LABELS = 6
"""How many labels there are; a third of the listings has none."""
_EQUIPMENT = {
    "wifi": 90, "tv": 85, "washing_machine": 70, "barbecue": 60, "garden_furniture": 65, "baby_bed": 40,
    "fireplace": 25, "enclosed_grounds": 35, "bike_shelter": 20, "spa": 8, "ev_charger": 6,
}  # fmt: skip
"""Keys of declared fields, with how many listings of a hundred have it."""
_PERSONS = {2: 26, 3: 6, 4: 28, 5: 8, 6: 16, 8: 9, 10: 4, 12: 3}
_NAMES = (
    "Les Cigales",
    "Le Grand Pré",
    "La Bergerie",
    "Le Mas bleu",
    "L'Oustal",
    "Les Tilleuls",
    "Le Nid",
    "La Source",
)


@dataclass(frozen=True, slots=True)
class MadeUp:
    """One listing: what the catalog, pricing and availability say of it."""

    listing: catalog.Listing
    rates: RateSheetsChanged
    calendar: CalendarChanged


def new_uuid(rng: random.Random) -> UUID:
    """A UUID of version 7 in form, without a time: drawn, so that a seed gives it again."""
    number = rng.getrandbits(128) & ~(0xF000 << 64) & ~(0xC000 << 48)
    return UUID(int=number | (0x7000 << 64) | (0x8000 << 48))


def made_up(count: int, *, today: date, seed: int = 1, first: int = 0) -> Iterator[MadeUp]:
    """Listings number `first` to `first + count`; listing n is the same whatever the count."""
    around = villages(seed)
    centres, weights = [centre for centre, _ in CENTRES], [weight for _, weight in CENTRES]
    for number in range(first, first + count):
        rng = random.Random(f"{seed} {number}")
        village = rng.choice(around[rng.choices(centres, weights)[0]])
        shape = rng.choices(list(SHAPES), list(SHAPES.values()))[0]
        listing = _listing(rng, number, seed, village, guest_room=not shape.startswith("weeks"))
        yield MadeUp(
            listing,
            _rates(rng, listing, shape, today),
            _calendar(rng, listing, today, by_week=shape == "weeks"),
        )


@lru_cache(maxsize=100_000)
def owner_id(seed: int, number: int) -> UUID:
    """The owner of listing `number`: three listings have one owner."""
    return new_uuid(random.Random(f"owner {seed} {number // 3}"))


@lru_cache
def label_id(seed: int, number: int) -> UUID:
    """One of the labels."""
    return new_uuid(random.Random(f"label {seed} {number}"))


def _listing(
    rng: random.Random, number: int, seed: int, village: Commune, *, guest_room: bool
) -> catalog.Listing:
    persons = (
        rng.choice((2, 2, 3, 4)) if guest_room else rng.choices(list(_PERSONS), list(_PERSONS.values()))[0]
    )
    latitude, longitude = village.near(rng, 5)
    identity, resource = new_uuid(rng), new_uuid(rng)
    listing = catalog.Listing(
        id=str(identity),
        code=f"BENCH{number:06}",
        owner_id=str(owner_id(seed, number)),
        supplier_no=900_000 + number // 3,
        label_id=str(label_id(seed, rng.randrange(LABELS))) if rng.random() < 2 / 3 else "",
        kind=catalog.LISTING_KIND_GUEST_ROOM if guest_room else catalog.LISTING_KIND_SEASONAL_RENTAL,
        state=catalog.LISTING_STATE_IN_PRODUCTION,
        name={"fr": f"{rng.choice(_NAMES)} {number}"},
        description={"fr": "Une maison de pays au calme, à deux pas du village et de la rivière. " * 4},
        address=catalog.Address(
            lines=[f"{rng.randrange(1, 200)} chemin des Oliviers"],
            postal_code=village.postal_code,
            city=village.city,
            insee=village.insee,
            country="FR",
        ),
        latitude=latitude,
        longitude=longitude,
        base_persons=min(2, persons) if guest_room else persons,
        max_persons=persons,
        official_stars=0 if guest_room else rng.choice((0, 1, 2, 3, 3, 3, 4, 5)),
        label_rating=rng.choice((0, 2, 3, 3, 4)),
        sells=catalog.Sells(
            property_id=str(identity), mode=catalog.SELLS_MODE_ALL, resource_ids=[str(resource)]
        ),
        zone="Europe/Paris",
        revision=1,
        completeness=90,
    )
    for key, percent in _EQUIPMENT.items():
        if rng.random() * 100 < percent:
            listing.values.fields[key].bool_value = True
    listing.values.fields["surface_m2"].number_value = 20 + 12 * persons
    return listing


def _rates(rng: random.Random, listing: catalog.Listing, shape: str, today: date) -> RateSheetsChanged:
    years = (today.year, today.year + 1, today.year + 2)
    sheets = new_sheets(
        rng,
        shape,
        years=years,
        persons=listing.max_persons,
        insee=listing.address.insee,
        stars=listing.official_stars,
    )
    return RateSheetsChanged(
        listing_id=listing.id,
        owner_id=listing.owner_id,
        revision=1,
        sheets=[
            RateSheetMessage(
                rate_plan_id=str(new_uuid(rng)),
                rate_plan_name=sheet.meal_plan.value,
                sheet_json=to_json(sheet).encode(),
            )
            for sheet in sheets
        ],
    )


def _nights(arrival: date, departure: date) -> Nights:
    return Nights(arrival=arrival.isoformat(), departure=departure.isoformat())


def _calendar(rng: random.Random, listing: catalog.Listing, today: date, *, by_week: bool) -> CalendarChanged:
    """Open for 24 months, or in season only; two nights of five sold in summer, one of eight otherwise."""
    rolling = rng.random() < 0.7
    if rolling:
        opened = [_nights(today - timedelta(35), today + timedelta(730))]
    else:
        opened = [
            _nights(date(today.year + each, 4, 1), date(today.year + each, 10, 15)) for each in range(3)
        ]
    return CalendarChanged(
        listing_id=listing.id,
        owner_id=listing.owner_id,
        revision=1,
        open=opened,
        busy=list(_busy(rng, today, by_week=by_week)),
        rolling=rolling,
    )


def _busy(rng: random.Random, today: date, *, by_week: bool) -> Iterator[BusyNights]:
    saturday = today + timedelta((5 - today.weekday()) % 7)
    for week in range(60):
        arrival = saturday + timedelta(weeks=week)
        summer = arrival.month in {7, 8}
        if rng.random() >= (0.4 if summer else 0.125):
            continue
        stay = 7 if summer or by_week else rng.choice((7, 7, 2, 3, 5))
        kind = rng.choices(
            (OCCUPANCY_KIND_STAY, OCCUPANCY_KIND_EXTERNAL, OCCUPANCY_KIND_BLOCK, OCCUPANCY_KIND_HOLD),
            (70, 20, 7, 3),
        )[0]
        found = BusyNights(nights=_nights(arrival, arrival + timedelta(stay)), kind=kind)
        if kind == OCCUPANCY_KIND_HOLD:
            found.frees_at.FromJsonString(f"{today + timedelta(rng.randrange(1, 6))}T16:00:00Z")
        yield found


def searches(*, today: date, seed: int = 1, with_place: float = 0.8) -> Iterator[SearchRequest]:
    """The stated mix, for ever: four of five around a place; Saturday weeks in season, some short stays.

    Arrivals lie within the next nine months, six of ten in the season (June to September) where those months
    hold one; two to six persons, a third of the parties with children; every tenth asks for equipment.
    """
    rng = random.Random(f"searches {seed}")
    days = [today + timedelta(each) for each in range(2, 274)]
    season = [day for day in days if day.month in {6, 7, 8, 9} and day.weekday() == 5] or days
    centres, weights = [centre for centre, _ in CENTRES], [weight for _, weight in CENTRES]
    while True:
        in_season = rng.random() < 0.6
        arrival = rng.choice(season if in_season else days)
        nights = 7 if in_season and rng.random() < 0.85 else rng.choice((2, 3, 4, 7, 7, 14))
        persons = rng.choice((2, 2, 2, 3, 4, 4, 5, 6))
        children = rng.choice((0, 0, 1)) * max(0, persons - 2)
        asked = SearchRequest(
            arrival=arrival.isoformat(),
            nights=nights,
            party=Party(
                adults=persons - children, children_ages=[rng.randrange(17) for _ in range(children)]
            ),
        )
        if rng.random() < with_place:
            centre = rng.choices(centres, weights)[0]
            asked.latitude, asked.longitude = centre.latitude, centre.longitude
            asked.radius_km = rng.choice((10, 20, 20, 30))
        if rng.random() < 0.1:
            asked.equipment.append(rng.choice(("wifi", "washing_machine", "spa")))
        yield asked


def new_event_id(listing_id: str, topic: str) -> UUID:
    """The id of an event of a listing, the same for the same seed."""
    return new_uuid(random.Random(f"{listing_id} {topic}"))
