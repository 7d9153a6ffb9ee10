from dataclasses import replace
from datetime import UTC, datetime

from booking.adapters.services import PricingClient
from booking.domain.line import Party
from booking_builders import a_line
from sejour.pricing.v1 import pricing_service_pb2 as prices
from sejour.pricing.v1 import pricing_types_pb2 as price_types


class Stub:
    """Pricing that keeps what it was asked."""

    def __init__(self):
        self.asked = []

    async def PriceStay(self, request):
        self.asked.append(request)
        return prices.PriceStayResponse()


async def test_other_persons_are_priced_with_the_code_and_the_supplements_of_the_file():
    stub = Stub()
    frozen = price_types.QuoteLine(
        rate_plan_id="plan", promo_code="AMIS26",
        supplements=[price_types.ChosenSupplement(code="draps", quantity=2)],
    )  # fmt: skip
    line = replace(a_line(), price=frozen.SerializeToString())
    client = PricingClient(stub, lambda: datetime(2026, 3, 1, tzinfo=UTC))
    assert await client.price(line, Party(adults=3)) is None
    (asked,) = stub.asked
    assert (asked.promo_code, list(asked.supplements)) == ("AMIS26", list(frozen.supplements))
