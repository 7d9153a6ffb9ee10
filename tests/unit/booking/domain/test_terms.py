"""What an owner's terms mean for one file: its listing, its length, the means, the day of a cancellation."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from booking.domain.cancellation import consequence
from booking.domain.deposit import DepositRule
from booking.domain.errors import BadValue
from booking.domain.ledger import Totals
from booking.domain.option import delayed_end
from booking.domain.states import DepositKind, Means, SalesMode
from booking.domain.term_parts import (
    CancellationStep,
    ListingTerms,
    OptionDelay,
    PayPalAddress,
    ShortStays,
    kept_share,
)
from booking.domain.terms import SalesTerms
from values import Money

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUSE, ROOM = uuid4(), uuid4()


def euros(cents):
    return Money(cents, "EUR")


def some_terms(**changes):
    usual = {"owner_id": uuid4(), "revision": 1, "deposit": DepositRule(DepositKind.ARRHES, 2500)}
    return SalesTerms(**usual | changes)


def test_short_stays_have_their_own_deposit():
    terms = some_terms(short_stays=ShortStays(3, 10_000))
    assert terms.holding({HOUSE}, 3).deposit.due(euros(19000)) == euros(19000)
    assert terms.holding({HOUSE}, 4).deposit.due(euros(19000)) == euros(4750)


def test_a_listing_of_its_own_terms_comes_before_the_general_ones():
    own = ListingTerms(
        listing_id=ROOM,
        fixed=euros(5000),
        balance_days_before=0,
        mode=SalesMode.ON_REQUEST,
        arrival_from="18:00",
    )
    terms = some_terms(listings=(own,), short_stays=ShortStays(3, 10_000), departure_until="10:00")
    held = terms.holding({ROOM}, 2)
    assert (held.deposit.due(euros(19000)), held.balance_days_before) == (euros(5000), 0)
    assert (held.mode, held.arrival_from, held.departure_until) == (SalesMode.ON_REQUEST, "18:00", "10:00")


def test_a_file_of_two_listings_has_the_general_terms():
    terms = some_terms(listings=(ListingTerms(listing_id=ROOM, basis_points=5000),))
    assert terms.holding({ROOM}, 7).deposit.basis_points == 5000
    assert terms.holding({HOUSE, ROOM}, 7).deposit.basis_points == 2500


def test_an_option_lasts_by_the_means_that_the_client_chose():
    terms = some_terms(
        option_delays=(OptionDelay(Means.PAYPAL, minutes=30), OptionDelay(Means.TRANSFER, days=5))
    )

    def end(means):
        delay = terms.delay(means)
        arrival = date(2026, 7, 18)
        found = delayed_end(NOW, days=delay.days, minutes=delay.minutes, arrival=arrival, zone=UTC)
        return found.replace(tzinfo=None).isoformat(" ", "minutes")

    assert end(Means.PAYPAL) == "2026-03-01 09:30"
    assert end(Means.TRANSFER) == "2026-03-06 23:59"
    assert end(Means.CHEQUE) == end(None) == "2026-03-08 23:59"


@pytest.mark.parametrize(
    ("days_left", "share"), [(90, 0), (60, 0), (59, 2500), (30, 2500), (29, None), (0, None)]
)
def test_the_step_that_was_reached_counts_and_below_all_steps_the_law(days_left, share):
    assert kept_share((CancellationStep(30, 2500), CancellationStep(60, 0)), days_left) == share


def sums(total, paid):
    zero = euros(0)
    due = euros(total // 4)
    return Totals(
        accommodation=euros(total), supplements=zero, discounts=zero, total=euros(total), tax=zero, deposit_due=due,
        deposit_paid=min(euros(paid), due), paid=euros(paid), tax_paid=zero, balance=euros(total - paid),
        outstanding_with_tax=euros(total - paid), overpaid=zero,
    )  # fmt: skip


def by_client(kind, share, *, total=61200, paid=15300):
    found = consequence(kind, by_client=True, totals=sums(total, paid), firm=True, share=share)
    return found.kept.amount, found.refund.amount, found.still_due.amount


def test_own_steps_never_ask_more_than_the_law_gives():
    assert by_client(DepositKind.ARRHES, None) == by_client(DepositKind.ARRHES, 10_000) == (15300, 0, 0)
    assert by_client(DepositKind.ARRHES, 0) == (0, 15300, 0)
    assert by_client(DepositKind.ACOMPTE, None) == by_client(DepositKind.ACOMPTE, 10_000) == (15300, 0, 45900)
    assert by_client(DepositKind.ACOMPTE, 5000) == (15300, 0, 15300)
    assert by_client(DepositKind.ACOMPTE, 1000) == (6120, 9180, 0)


def test_steps_that_keep_more_the_earlier_one_says_are_refused():
    with pytest.raises(BadValue) as refused:
        some_terms(cancellation=(CancellationStep(30, 1000), CancellationStep(60, 5000))).check()
    assert refused.value.metadata == {"field": "cancellation", "why": "rising"}


def test_another_paypal_address_waits_two_days_and_may_be_taken_back():
    first = PayPalAddress().change("jeanne@paypal.example", NOW)
    assert first.at(NOW) == "jeanne@paypal.example"
    waiting = first.change("autre@paypal.example", NOW)
    assert waiting.at(NOW + timedelta(hours=47)) == "jeanne@paypal.example"
    assert waiting.at(NOW + timedelta(hours=48)) == "autre@paypal.example"
    assert waiting.change("autre@paypal.example", NOW + timedelta(hours=1)) == waiting
    assert waiting.change("jeanne@paypal.example", NOW + timedelta(hours=1)) == first
    assert waiting.change("autre@paypal.example", NOW + timedelta(days=3)) == PayPalAddress(
        "autre@paypal.example"
    )


def test_means_that_nobody_can_pay_by_are_not_shown():
    terms = some_terms(means=(Means.CHEQUE, Means.PAYPAL))
    assert terms.without({Means.PAYPAL}).means == (Means.CHEQUE,)
