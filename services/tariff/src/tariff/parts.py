"""The parts of a rate sheet: seasons, prices typed on dates, supplements, discounts, tourist-tax rules.

Amounts are integer minor units of the sheet's currency, rates integer basis points (1 % = 100), weekdays
ISO numbers (Monday 1 to Sunday 7), periods half-open ranges of nights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, unique

from values import NightRange

from tariff.grids import ALL_WEEKDAYS, MAX_PACKAGE, NamedPackage, Occupancy, PackageKind

__all__ = ["ALL_WEEKDAYS", "MAX_PACKAGE", "NamedPackage", "Occupancy", "PackageKind"]


@unique
class MealPlan(Enum):
    """What is eaten for the price (« formule »)."""

    ROOM_ONLY = "ROOM_ONLY"
    BREAKFAST = "BREAKFAST"
    HALF_BOARD = "HALF_BOARD"
    FULL_BOARD = "FULL_BOARD"


@unique
class Straddle(Enum):
    """How a stay over several seasons is priced."""

    PRORATA = "PRORATA"
    ARRIVAL_SEASON = "ARRIVAL_SEASON"
    MAJORITY = "MAJORITY"
    HIGHEST = "HIGHEST"


@unique
class PriceUnit(Enum):
    """What a typed price is for; STAY is a fixed stay, for exactly those dates."""

    STAY = "STAY"
    NIGHT = "NIGHT"
    WEEK = "WEEK"


@unique
class SupplementBase(Enum):
    """What a supplement's price is multiplied by; PER_WEEK is pro rata of nights / 7."""

    PER_STAY = "PER_STAY"
    PER_NIGHT = "PER_NIGHT"
    PER_PERSON = "PER_PERSON"
    PER_PERSON_PER_NIGHT = "PER_PERSON_PER_NIGHT"
    PER_WEEK = "PER_WEEK"
    PER_UNIT = "PER_UNIT"

    @property
    def counts_persons(self) -> bool:
        """Whether the number of persons matters."""
        return self in {SupplementBase.PER_PERSON, SupplementBase.PER_PERSON_PER_NIGHT}

    @property
    def counts_nights(self) -> bool:
        """Whether the number of nights matters."""
        return self in {
            SupplementBase.PER_NIGHT,
            SupplementBase.PER_PERSON_PER_NIGHT,
            SupplementBase.PER_WEEK,
        }


@unique
class PersonsCounted(Enum):
    """Which persons a supplement per person counts; infants never."""

    ALL = "ALL"
    ADULTS = "ADULTS"
    CHILDREN = "CHILDREN"
    EXTRA = "EXTRA"


@unique
class DiscountKind(Enum):
    """Why a discount is given.

    SECOND_WEEK: for stays of 14 nights and more, on the part of the amount that nights 8 to 14 are of the
    stay. CODE: for those who type it.
    """

    EARLY = "EARLY"
    LATE = "LATE"
    LENGTH = "LENGTH"
    SECOND_WEEK = "SECOND_WEEK"
    CODE = "CODE"


@unique
class DiscountBase(Enum):
    """What a discount is a percentage of."""

    ACCOMMODATION_AND_EXTRA_PERSONS = "ACCOMMODATION_AND_EXTRA_PERSONS"
    ACCOMMODATION = "ACCOMMODATION"


@unique
class TaxKind(Enum):
    """FIXED: an amount per taxable person and night. PERCENT: of the cost per person and night, capped."""

    FIXED = "FIXED"
    PERCENT = "PERCENT"


@unique
class TaxRounding(Enum):
    """Whether the base and each additional tax are rounded, or only their sum (`domain.md` 2.1, rule 5)."""

    EACH_STEP = "EACH_STEP"
    SUM = "SUM"


@dataclass(frozen=True, slots=True)
class ChildPrice:
    """The extra-person price of children up to that age, inclusive."""

    up_to_age: int
    price: int


@dataclass(frozen=True, slots=True)
class ExtraPersonPrice:
    """The price of each person beyond those the price covers, per NIGHT or per WEEK (pro rata).

    A child older than every band pays as an adult.
    """

    unit: PriceUnit
    adult: int
    children: tuple[ChildPrice, ...] = ()


@dataclass(frozen=True, slots=True)
class Season:
    """Nights that share their prices and stay rules.

    Arrival days, minimum, maximum and notice are those of the arrival's season; the departure days those
    of the last night's season; `min_through` that of every season the stay touches.
    """

    id: str
    name: str
    periods: tuple[NightRange, ...]
    packages: Mapping[int, int]
    """Price of a whole stay by its length in nights, 1 to 35."""
    extra_night: int | None = None
    extra_person: ExtraPersonPrice | None = None
    arrival_weekdays: tuple[int, ...] = ALL_WEEKDAYS
    departure_weekdays: tuple[int, ...] = ALL_WEEKDAYS
    min_nights: int = 1
    min_through: int = 1
    max_nights: int | None = None
    notice_days: int | None = None
    """Days between booking and arrival; None: the sheet's."""
    horizon_days: int | None = None
    """Arrivals at most that many days after the booking; None: the sheet's."""
    sell_gaps: bool = False
    """Between two stays the minimum drops to the hole's length."""
    min_by_weekday: Mapping[int, int] = field(default_factory=dict)
    """Least nights by ISO weekday of arrival, where it is not `min_nights`."""
    named: tuple[NamedPackage, ...] = ()
    weekday_prices: Mapping[int, int] = field(default_factory=dict)
    """ISO weekday of a night -> its price, for lengths that have no package."""
    occupancies: tuple[Occupancy, ...] = ()
    """Prices by number of persons; those above are for the sheet's base."""


@dataclass(frozen=True, slots=True)
class NightPrice:
    """A price typed on dates, which beats the season: per STAY (exactly `nights`), per NIGHT or per WEEK."""

    id: str
    nights: NightRange
    unit: PriceUnit
    price: int
    persons: int | None = None
    """How many persons it covers; None: the sheet's base."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Supplement:
    """Something sold with the stay: cleaning, linen, heating, meals.

    `nights` limits it to those nights where nights are counted, else to arrivals on those days.
    """

    code: str
    name: str
    base: SupplementBase
    price: int
    obligatory: bool = False
    max_quantity: int | None = None
    persons: PersonsCounted = PersonsCounted.ALL
    nights: NightRange | None = None
    min_nights: int | None = None
    max_nights: int | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """A percentage off; every condition that is set must hold. The best one is given, cumulative ones too."""

    id: str
    name: str
    kind: DiscountKind
    percent_bp: int
    min_days_before: int | None = None
    """Booked at least that many days before the arrival (EARLY)."""
    booked_before: date | None = None
    """Booked before that day, exclusive (EARLY)."""
    max_days_before: int | None = None
    """Booked at most that many days before the arrival (LATE)."""
    min_nights: int | None = None
    max_nights: int | None = None
    arrivals: NightRange | None = None
    """Arrivals on those days only."""
    applies_to: DiscountBase = DiscountBase.ACCOMMODATION_AND_EXTRA_PERSONS
    cumulative: bool = False
    code: str = ""
    """What the guest types (CODE), as `folded_code` writes it."""


def folded_code(text: str) -> str:
    """A promotional code as it is compared: without outer space, its case ignored."""
    return text.strip().casefold()


@dataclass(frozen=True, slots=True)
class AdditionalTax:
    """A tax on the tourist tax's base, such as the departmental 10 % (1000 basis points)."""

    name: str
    rate_bp: int


@dataclass(frozen=True, slots=True)
class TaxRule:
    """The tourist tax of one commune and category while it is valid, usually one year."""

    name: str
    valid: NightRange
    kind: TaxKind
    tariff: int = 0
    """FIXED: minor units per taxable person and night."""
    rate_bp: int = 0
    """PERCENT: of the cost per person and night."""
    cap: int | None = None
    """PERCENT: the highest base, before additional taxes."""
    additional: tuple[AdditionalTax, ...] = ()
    collected: tuple[NightRange, ...] = field(default=())
    """The commune's periods of collection; none given: all nights while valid."""
    rounding: TaxRounding = TaxRounding.EACH_STEP

    def applies_on(self, night: date) -> bool:
        """Whether that night is taxed by this rule."""
        if not self.valid.contains(night):
            return False
        return not self.collected or any(period.contains(night) for period in self.collected)
