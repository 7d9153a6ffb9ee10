"""A row of a tariff's grid, both ways."""

from __future__ import annotations

from collections.abc import Iterable

from sejour.pricing.v1 import pricing_types_pb2 as pb
from tariff import ChildPrice, NamedPackage, Occupancy, PackageKind

from pricing.domain import parts
from pricing.mapping.values import of_enum, to_enum, to_id


def to_row(message: pb.TariffRow, where: str) -> parts.TariffRow:
    """A row of the grid."""
    rules = message.rules
    return parts.TariffRow(
        season_id=to_id(message.season_id, f"{where}.season_id"),
        packages=dict(sorted(message.packages.items())),
        extra_night=message.extra_night,
        extra_adult=message.extra_adult,
        child_bands=tuple(ChildPrice(band.max_age, band.price) for band in message.child_bands),
        rules=parts.StayRules(
            arrival_days=tuple(sorted(rules.arrival_days)),
            departure_days=tuple(sorted(rules.departure_days)),
            min_nights=rules.min_nights,
            max_nights=rules.max_nights,
            notice_days=rules.notice_days,
            min_through=rules.min_through,
            horizon_days=rules.horizon_days,
            sell_gaps=rules.sell_gaps,
            min_by_arrival_day=dict(sorted(rules.min_by_arrival_day.items())),
        ),
        named=_to_named(message.named_packages, where),
        weekday_prices=dict(sorted(message.weekday_prices.items())),
        occupancies=tuple(
            Occupancy(
                persons=one.persons,
                packages=dict(sorted(one.packages.items())),
                extra_night=one.extra_night or None,
                named=_to_named(one.named_packages, f"{where}.occupancies[{number}]"),
                weekday_prices=dict(sorted(one.weekday_prices.items())),
            )
            for number, one in enumerate(message.occupancies)
        ),
    )


def of_row(row: parts.TariffRow) -> pb.TariffRow:
    """A row of the grid on the wire."""
    rules = row.rules
    return pb.TariffRow(
        season_id=str(row.season_id),
        packages=dict(row.packages),
        extra_night=row.extra_night,
        extra_adult=row.extra_adult,
        child_bands=[pb.ChildBand(max_age=band.up_to_age, price=band.price) for band in row.child_bands],
        rules=pb.StayRules(
            arrival_days=rules.arrival_days,
            departure_days=rules.departure_days,
            min_nights=rules.min_nights,
            max_nights=rules.max_nights,
            notice_days=rules.notice_days,
            min_through=rules.min_through,
            horizon_days=rules.horizon_days,
            sell_gaps=rules.sell_gaps,
            min_by_arrival_day=dict(rules.min_by_arrival_day),
        ),
        named_packages=_of_named(row.named),
        weekday_prices=dict(row.weekday_prices),
        occupancies=[
            pb.OccupancyPrices(
                persons=one.persons,
                packages=dict(one.packages),
                extra_night=one.extra_night or 0,
                named_packages=_of_named(one.named),
                weekday_prices=dict(one.weekday_prices),
            )
            for one in row.occupancies
        ],
    )


def _to_named(messages: Iterable[pb.NamedPackage], where: str) -> tuple[NamedPackage, ...]:
    return tuple(
        NamedPackage(
            to_enum(PackageKind, pb.PackageKind, one.kind, f"{where}.named_packages[{number}].kind"),
            one.price,
            tuple(sorted(one.arrival_days)),
            tuple(sorted(one.nights)),
        )
        for number, one in enumerate(messages)
    )


def _of_named(named: Iterable[NamedPackage]) -> list[pb.NamedPackage]:
    return [
        pb.NamedPackage(
            kind=of_enum(one.kind, pb.PackageKind),
            price=one.price,
            arrival_days=one.arrival_weekdays,
            nights=one.nights,
        )
        for one in named
    ]
