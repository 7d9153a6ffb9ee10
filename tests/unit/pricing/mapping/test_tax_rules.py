"""A rule comes back as it was; those of older senders have one period at most."""

import pytest
from chassis.ids import new_id
from pricing.domain.errors import PeriodReversed
from pricing.mapping.tax_rules import of_tax_rule, to_tax_rule
from sejour.common.v1 import common_pb2
from sejour.pricing.v1 import pricing_types_pb2 as pb
from values import NightRange

RULE = pb.TaxRule(
    id=str(new_id()),
    insee="07028",
    category="3",
    year=2026,
    tariff=110,
    additional={"departmental": 1000},
    collected_from="2026-04-01",
    collected_to="2026-12-31",
    collected=[
        common_pb2.Nights(arrival="2026-04-01", departure="2026-10-01"),
        common_pb2.Nights(arrival="2026-12-19", departure="2027-01-01"),
    ],
    round_each_step=True,
    source="délibération",
)


def test_a_rule_comes_back_as_it_was():
    assert of_tax_rule(to_tax_rule(RULE, new_id)) == RULE


def test_the_two_days_of_an_older_sender_are_one_period_and_the_list_wins():
    older = pb.TaxRule(insee="07028", category="3", year=2026, collected_from="2026-04-01")
    there = to_tax_rule(older, new_id)
    assert there.collected == (NightRange.parse("2026-04-01", "2027-01-01"),)
    older.collected.add(arrival="2026-06-01", departure="2026-09-01")
    assert to_tax_rule(older, new_id).collected == (NightRange.parse("2026-06-01", "2026-09-01"),)
    reversed_ = pb.TaxRule(
        year=2026, collected=[common_pb2.Nights(arrival="2026-06-01", departure="2026-06-01")]
    )
    with pytest.raises(PeriodReversed):
        to_tax_rule(reversed_, new_id)


def test_an_unset_rounding_of_the_tax_is_at_each_step():
    assert to_tax_rule(pb.TaxRule(insee="07028"), new_id).round_each_step
    assert not to_tax_rule(pb.TaxRule(insee="07028", round_each_step=False), new_id).round_each_step
