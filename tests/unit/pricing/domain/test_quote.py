"""A quote is used once, before its end; the same booking may repeat."""

from datetime import UTC, datetime, timedelta

import pytest
from chassis.ids import new_id
from pricing.domain.errors import QuoteExpired, QuoteUsed
from pricing.domain.quote import QuoteUse

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def a_use(minutes: int = 30) -> QuoteUse:
    return QuoteUse(new_id(), NOW + timedelta(minutes=minutes), None)


def test_the_first_booking_uses_it():
    use, booking = a_use(), new_id()
    use.use(booking, now=NOW)
    assert use.used_by == booking


def test_the_same_booking_may_repeat_even_later():
    use, booking = a_use(), new_id()
    use.use(booking, now=NOW)
    use.use(booking, now=NOW + timedelta(days=2))
    assert use.used_by == booking


def test_another_booking_is_refused():
    use = a_use()
    use.use(new_id(), now=NOW)
    with pytest.raises(QuoteUsed):
        use.use(new_id(), now=NOW)


def test_at_its_end_it_is_over():
    with pytest.raises(QuoteExpired):
        a_use(0).use(new_id(), now=NOW)
