"""Tourist-tax rules, both ways."""

from __future__ import annotations

from sejour.pricing.v1 import pricing_types_pb2 as pb
from values import NightRange

from pricing.domain.needs import need_between
from pricing.domain.taxes import YEARS, TaxRule, ends, one_period
from pricing.mapping.tariffs import NewId
from pricing.mapping.values import of_nights, to_date, to_nights, to_optional_id


def to_tax_rule(message: pb.TaxRule, new_id: NewId) -> TaxRule:
    """A tourist-tax rule."""
    return TaxRule(
        id=to_optional_id(message.id, "rule.id") or new_id(),
        insee=message.insee,
        category=message.category,
        year=message.year,
        tariff=message.tariff,
        rate_basis_points=message.rate_basis_points,
        cap=message.cap,
        additional=dict(sorted(message.additional.items())),
        collected=_to_collected(message),
        round_each_step=message.round_each_step or not message.HasField("round_each_step"),
        source=message.source.strip(),
        to_confirm=message.to_confirm,
        commune=message.commune.strip(),
    )


def _to_collected(message: pb.TaxRule) -> tuple[NightRange, ...]:
    if message.collected:
        return tuple(
            to_nights(one, f"rule.collected[{number}]") for number, one in enumerate(message.collected)
        )
    first = to_date(message.collected_from, "rule.collected_from")
    last = to_date(message.collected_to, "rule.collected_to")
    if first is None and last is None:
        return ()
    need_between("rule.year", message.year, *YEARS)
    return one_period(message.year, first, last)


def of_tax_rule(rule: TaxRule) -> pb.TaxRule:
    """A tourist-tax rule on the wire."""
    first, last = ends(rule.collected)
    return pb.TaxRule(
        id=str(rule.id),
        insee=rule.insee,
        category=rule.category,
        year=rule.year,
        tariff=rule.tariff,
        rate_basis_points=rule.rate_basis_points,
        cap=rule.cap,
        additional=dict(rule.additional),
        collected_from=first.isoformat() if first else "",
        collected_to=last.isoformat() if last else "",
        collected=[of_nights(one) for one in rule.collected],
        round_each_step=rule.round_each_step,
        source=rule.source,
        to_confirm=rule.to_confirm,
        commune=rule.commune,
    )
