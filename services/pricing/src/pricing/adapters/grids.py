"""The grid of a tariff as JSON, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tariff import ChildPrice, NamedPackage, Occupancy, PackageKind

from pricing.domain.grid import StayRules, TariffRow


def grid_values(row: TariffRow) -> dict[str, Any]:
    """A row of the grid as JSON."""
    rules = row.rules
    return {
        "season_id": str(row.season_id),
        "packages": {str(length): price for length, price in row.packages.items()},
        "extra_night": row.extra_night,
        "extra_adult": row.extra_adult,
        "child_bands": [[band.up_to_age, band.price] for band in row.child_bands],
        "arrival_days": rules.arrival_days,
        "departure_days": rules.departure_days,
        "min_nights": rules.min_nights,
        "max_nights": rules.max_nights,
        "notice_days": rules.notice_days,
        **_grid_more(row),
    }


def _grid_more(row: TariffRow) -> dict[str, Any]:
    """What rows of the first version do not have: written where it says something."""
    rules = row.rules
    more = {
        "min_through": rules.min_through,
        "horizon_days": rules.horizon_days,
        "sell_gaps": rules.sell_gaps,
        "min_by_arrival_day": _by_text(rules.min_by_arrival_day),
        "named": _named_values(row.named),
        "weekday_prices": _by_text(row.weekday_prices),
        "occupancies": [
            {
                "persons": each.persons,
                "packages": _by_text(each.packages),
                "extra_night": each.extra_night or 0,
                "named": _named_values(each.named),
                "weekday_prices": _by_text(each.weekday_prices),
            }
            for each in row.occupancies
        ],
    }
    return {name: value for name, value in more.items() if value}


def _by_text(values: Mapping[int, int]) -> dict[str, int]:
    return {str(key): value for key, value in values.items()}


def _by_number(values: Mapping[str, int]) -> dict[int, int]:
    return {int(key): value for key, value in sorted(values.items(), key=_length)}


def _named_values(named: Iterable[NamedPackage]) -> list[list[Any]]:
    return [[one.kind.value, one.price, list(one.arrival_weekdays), list(one.nights)] for one in named]


def _named(values: Iterable[Sequence[Any]]) -> tuple[NamedPackage, ...]:
    return tuple(
        NamedPackage(PackageKind(kind), price, tuple(days), tuple(nights))
        for kind, price, days, nights in values
    )


def _occupancy(row: Mapping[str, Any]) -> Occupancy:
    return Occupancy(
        persons=row["persons"],
        packages=_by_number(row["packages"]),
        extra_night=row["extra_night"] or None,
        named=_named(row["named"]),
        weekday_prices=_by_number(row["weekday_prices"]),
    )


def grid_row(row: Mapping[str, Any]) -> TariffRow:
    """A row of the grid from JSON; what older rows do not have says nothing."""
    return TariffRow(
        season_id=UUID(row["season_id"]),
        packages=_by_number(row["packages"]),
        extra_night=row["extra_night"],
        extra_adult=row["extra_adult"],
        child_bands=tuple(ChildPrice(age, price) for age, price in row["child_bands"]),
        rules=StayRules(
            arrival_days=tuple(row["arrival_days"]),
            departure_days=tuple(row["departure_days"]),
            min_nights=row["min_nights"],
            max_nights=row["max_nights"],
            notice_days=row["notice_days"],
            min_through=row.get("min_through", 0),
            horizon_days=row.get("horizon_days", 0),
            sell_gaps=row.get("sell_gaps", False),
            min_by_arrival_day=_by_number(row.get("min_by_arrival_day", {})),
        ),
        named=_named(row.get("named", ())),
        weekday_prices=_by_number(row.get("weekday_prices", {})),
        occupancies=tuple(_occupancy(one) for one in row.get("occupancies", ())),
    )


def _length(entry: tuple[str, int]) -> int:
    return int(entry[0])
