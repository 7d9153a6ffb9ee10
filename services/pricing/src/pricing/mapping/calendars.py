"""A calendar of arrivals as protobuf."""

from functools import lru_cache
from hashlib import blake2b

from sejour.pricing.v1 import pricing_service_pb2 as pb

from pricing.application.prices import Calendar
from pricing.domain.parts import CURRENCY


@lru_cache(maxsize=256)
def calendar_pb(calendar: Calendar) -> pb.PriceCalendarResponse:
    """The answer for a calendar, drawn once for each; who gets it must not change it."""
    days = [
        pb.CalendarDay(
            price=day.price,
            arrival_allowed=day.arrival_allowed,
            departure_allowed=day.departure_allowed,
            min_nights=day.min_nights,
            max_nights=day.max_nights,
        )
        for day in calendar.days
    ]
    answer = pb.PriceCalendarResponse(days=days, currency=CURRENCY)
    answer.tag = blake2b(answer.SerializeToString(deterministic=True), digest_size=12).hexdigest()
    return answer
