"""The reasons of the domain are those of the contract."""

from chassis.errors import ServiceError
from pricing.domain import errors
from sejour.pricing.v1 import pricing_reasons_pb2


def test_the_contract_lists_exactly_the_reasons_of_the_domain():
    classes = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(one, ServiceError) for one in classes)
    reasons = {one.reason for one in classes}
    assert reasons | {"PRICING_REASON_UNSPECIFIED"} == set(pricing_reasons_pb2.PricingReason.keys())
    assert len(reasons) == len(classes)
