"""Tariffs of made-up listings, in the shapes that owners really publish."""

import random
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from tariff import (
    AdditionalTax,
    ChildPrice,
    Discount,
    DiscountKind,
    ExtraPersonPrice,
    MealPlan,
    NamedPackage,
    Occupancy,
    PackageKind,
    PersonsCounted,
    PriceUnit,
    RateSheet,
    Season,
    Supplement,
    SupplementBase,
    TaxKind,
    TaxRule,
)
from values import NightRange

SHAPES = {"weeks": 40, "weeks and nights": 35, "nights": 15, "two plans": 10}
"""How listings are let, with how often: by the week alone; by the week, with nights and short stays; by the
night with a price for each extra person (guest rooms); the same with half board as a second plan."""

HABITS = {
    "weeks": {"": 100},
    "weeks and nights": {"": 55, "named": 25, "weekdays": 20},
    "nights": {"": 50, "occupancies": 35, "weekdays": 15},
    "two plans": {"": 60, "occupancies": 40},
}
"""What a tariff has beside its lengths: a named week-end and mid-week out of season; dearer Fridays and Saturdays;
a price of its own for a person alone."""
_SECOND_WEEK = 0.08

_WEIGHTS = {"low": 55, "middle": 75, "high": 100, "top": 135, "winter": 65}
"""What a season's week costs, in percent of the high season's."""


def new_sheets(
    rng: random.Random, shape: str, *, years: tuple[int, ...], persons: int, insee: str, stars: int
) -> tuple[RateSheet, ...]:
    """One sheet per plan for the nights of these years."""
    week = rng.randrange(26_000, 60_000, 500) + persons * rng.randrange(4_000, 11_000, 500)
    base = max(2, persons - rng.choice((0, 0, 0, 2))) if shape.startswith("weeks") else 2
    by_night = not shape.startswith("weeks")
    habit = rng.choices(list(HABITS[shape]), list(HABITS[shape].values()))[0]
    seasons = tuple(
        _with_habit(
            _season(rng, shape, f"{name} {year}", periods=periods, week=week * _WEIGHTS[name] // 100), habit
        )
        for year in years
        for name, periods in _periods(year).items()
    )
    sheet = RateSheet(
        currency="EUR",
        base_persons=min(base, persons),
        max_persons=persons,
        seasons=seasons,
        supplements=_supplements(rng, years),
        discounts=_discounts(rng),
        meal_plan=MealPlan.BREAKFAST if by_night else MealPlan.ROOM_ONLY,
        notice_days=rng.choice((0, 0, 1, 2, 3)),
        tax_rules=_tax_rules(insee, stars, years),
    )
    if shape != "two plans":
        return (sheet,)
    dinner = Supplement(
        "TABLE",
        "Table d'hôtes",
        SupplementBase.PER_PERSON_PER_NIGHT,
        rng.randrange(2_200, 3_400, 100),
        obligatory=True,
    )
    half_board = replace(sheet, meal_plan=MealPlan.HALF_BOARD, supplements=(*sheet.supplements, dinner))
    return sheet, half_board


@lru_cache
def _periods(year: int) -> dict[str, tuple[NightRange, ...]]:
    """Seasons of a year from Saturday to Saturday, without gap or overlap."""

    def saturday(month: int, day: int) -> date:
        wanted = date(year, month, day)
        return wanted + timedelta((5 - wanted.weekday()) % 7)

    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    edges = [saturday(2, 1), saturday(3, 8), saturday(4, 5), saturday(6, 14), saturday(7, 5), saturday(8, 2)]
    edges += [saturday(8, 16), saturday(8, 30), saturday(9, 27), saturday(12, 18)]
    names = ("low", "winter", "low", "middle", "high", "top", "top", "high", "middle", "low", "winter")
    found: dict[str, list[NightRange]] = {}
    for name, begin, end in zip(names, [first, *edges], [*edges, last], strict=True):
        found.setdefault(name, []).append(NightRange(begin, end))
    return {name: tuple(NightRange.merge(parts)) for name, parts in found.items()}


def _season(
    rng: random.Random, shape: str, title: str, *, periods: tuple[NightRange, ...], week: int
) -> Season:
    name = title.partition(" ")[0]
    saturdays = (
        (6,) if name in {"high", "top"} or (shape == "weeks" and name == "middle") else (1, 2, 3, 4, 5, 6, 7)
    )
    packages, extra_night, extra_person, least = {7: week}, None, None, 1
    if shape == "weeks":
        packages |= {14: week * 19 // 10} if rng.random() < 0.3 else {}
        least = 7
    elif shape == "weeks and nights":
        packages |= {2: week * 45 // 100, 3: week * 55 // 100}
        extra_night = week // 8
        least = 7 if saturdays == (6,) else rng.choice((2, 2, 3))
    else:
        saturdays, least = (1, 2, 3, 4, 5, 6, 7), 2 if name in {"high", "top"} else 1
        packages = {1: week // 6}
        extra_night = week // 6
        children = (ChildPrice(2, 0), ChildPrice(11, week // 60))
        extra_person = ExtraPersonPrice(PriceUnit.NIGHT, week // 30, children)
    return Season(
        id=title.replace(" ", "-"),
        name=title,
        periods=periods,
        packages=packages,
        extra_night=extra_night,
        extra_person=extra_person,
        arrival_weekdays=saturdays,
        departure_weekdays=saturdays,
        min_nights=least,
    )


def _with_habit(season: Season, habit: str) -> Season:
    """The season with the prices of a habit; nothing is drawn, so that the years of a season stay alike."""
    if habit == "named" and season.arrival_weekdays != (6,):
        week_end = NamedPackage(PackageKind.WEEK_END, season.packages[7] * 48 // 100)
        mid_week = NamedPackage(PackageKind.MID_WEEK, season.packages[7] * 58 // 100)
        return replace(season, named=(week_end, mid_week))
    if habit == "weekdays":
        night = season.packages[1] if 1 in season.packages else season.packages[7] // 6
        days = {day: night * 120 // 100 if day in {5, 6} else night for day in range(1, 8)}
        whole = {length: price for length, price in season.packages.items() if length >= 7}
        return replace(season, packages=whole, extra_night=None, weekday_prices=days)
    if habit == "occupancies":
        night = season.packages[1]
        alone = Occupancy(1, {1: night * 85 // 100}, extra_night=night * 85 // 100)
        return replace(season, occupancies=(alone,))
    return season


def _supplements(rng: random.Random, years: tuple[int, ...]) -> tuple[Supplement, ...]:
    found = []
    if rng.random() < 0.4:
        cleaning = rng.randrange(3_000, 9_000, 500)
        found.append(Supplement("MENAGE", "Ménage", SupplementBase.PER_STAY, cleaning, obligatory=True))
    if rng.random() < 0.6:
        linen = rng.randrange(800, 1_600, 100)
        found.append(
            Supplement(
                "DRAPS",
                "Draps",
                SupplementBase.PER_PERSON,
                linen,
                persons=PersonsCounted.ALL,
                max_quantity=12,
            )
        )
    if rng.random() < 0.3:
        winter = NightRange(date(years[0], 11, 1), date(years[0] + 1, 4, 1))
        found.append(
            Supplement(
                "CHAUFFAGE", "Chauffage", SupplementBase.PER_NIGHT, 800, obligatory=True, nights=winter
            )
        )
    return tuple(found)


def _discounts(rng: random.Random) -> tuple[Discount, ...]:
    found = []
    if rng.random() < 0.2:
        found.append(Discount("early", "Réservation anticipée", DiscountKind.EARLY, 500, min_days_before=120))
    if rng.random() < 0.2:
        found.append(Discount("late", "Dernière minute", DiscountKind.LATE, 1_000, max_days_before=14))
    if rng.random() < 0.2:
        found.append(Discount("long", "Deux semaines", DiscountKind.LENGTH, 500, min_nights=14))
    if rng.random() < _SECOND_WEEK:
        found.append(Discount("second", "Deuxième semaine", DiscountKind.SECOND_WEEK, 1_000))
    return tuple(found)


@lru_cache(maxsize=10_000)
def _tax_rules(insee: str, stars: int, years: tuple[int, ...]) -> tuple[TaxRule, ...]:
    """One rule per year; the same in a commune and category, as a council voted it."""
    rng = random.Random(f"{insee} {stars}")
    department = (AdditionalTax("taxe départementale", 1_000),)
    tariff, rate, cap = 50 + 30 * stars, rng.randrange(100, 500, 100), 430
    fixed = stars > 0
    return tuple(
        TaxRule(
            name=f"{insee} {stars or 'sans classement'} {year}",
            valid=NightRange(date(year, 1, 1), date(year + 1, 1, 1)),
            kind=TaxKind.FIXED if fixed else TaxKind.PERCENT,
            tariff=tariff if fixed else 0,
            rate_bp=0 if fixed else rate,
            cap=None if fixed else cap,
            additional=department,
        )
        for year in years
    )
