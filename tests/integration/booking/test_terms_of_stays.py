"""Terms by length, listing and means; what they would mean before they are saved; the PayPal address that waits."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from chassis.errors import RemoteError
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.booking.v1.booking_events_pb2 import PayPalAddressChanged
from sejour.common.v1 import common_pb2 as common

LATE = datetime(2026, 7, 1, 8, tzinfo=UTC)


def euros(cents):
    return common.Money(amount=cents, currency="EUR")


def preview(world, *, total=74000, tax=1540, arrival="2026-07-18", **fields):
    return world.terms.PreviewSchedule(
        calls.PreviewScheduleRequest(
            owner_id=world.owner_id, total=euros(total), tourist_tax=euros(tax), arrival=arrival, **fields
        )
    )


def dues(schedule):
    return [(one.kind, one.amount.amount, one.due_on) for one in schedule]


async def test_booked_late_arrhes_keep_their_part_and_all_is_due_at_once(world):
    world.clock.now = LATE
    with world.owner():
        file = (await world.place(world.quote(arrival="2026-07-18", departure="2026-07-25"))).booking
    today = "2026-07-01"
    assert dues(file.totals.schedule) == [
        ("DEPOSIT", 18500, today), ("BALANCE", 55500, today), ("TAX", 1540, today),
    ]  # fmt: skip
    assert file.totals.outstanding_with_tax.amount == 75540


async def test_terms_that_are_not_saved_yet_are_worked_out_for_their_owner_only(world):
    wanted = pb.SalesTerms(
        owner_id=world.owner_id, deposit_kind=pb.DEPOSIT_KIND_ACOMPTE, deposit_basis_points=3000,
        balance_days_before=0, option_days=3,
    )  # fmt: skip
    with world.owner():
        seen = await preview(world, total=61200, tax=0, terms=wanted)
        kept = await preview(world, total=61200, tax=0)
    with world.acting(f"owner:{uuid4()}"), pytest.raises(RemoteError) as refused:
        await preview(world, terms=wanted)
    assert (seen.deposit_kind, seen.deposit.amount) == (pb.DEPOSIT_KIND_ACOMPTE, 18360)
    assert dues(seen.schedule) == [("DEPOSIT", 18360, "2026-03-04"), ("BALANCE", 42840, "")]
    assert kept.deposit.amount == 15300
    assert refused.value.reason == "OWNER_NOT_FOUND"


async def test_a_file_is_made_under_the_terms_of_its_listing_length_and_means(world):
    room = pb.ListingTerms(listing_id=world.listing_id, security_deposit=euros(30000), arrival_from="18:00")
    with world.owner():
        await world.save_terms(
            revision=1,
            short_stays=pb.ShortStays(max_nights=3, deposit_basis_points=10_000),
            listings=[room],
            option_delays=[pb.OptionDelay(means=pb.PAYMENT_MEANS_TRANSFER, days=5)],
        )
        quote = world.quote(arrival="2026-05-01", departure="2026-05-03", total=19000, terms_revision=2)
        file = (await world.place(quote, payment_means=pb.PAYMENT_MEANS_TRANSFER)).booking
        seen = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking
    assert seen.totals.deposit_due.amount == 19000
    assert (seen.terms.security_deposit.amount, seen.terms.arrival_from) == (30000, "18:00")
    assert not seen.terms.listings
    assert seen.payment_means == pb.PAYMENT_MEANS_TRANSFER
    assert seen.hold_expires_at.ToJsonString() == "2026-03-06T22:59:00Z"


async def test_a_client_who_cancels_in_time_loses_what_the_own_steps_say(world):
    with world.owner():
        await world.save_terms(
            revision=1,
            cancellation=[
                pb.CancellationStep(days_before=60, kept_basis_points=0),
                pb.CancellationStep(days_before=30, kept_basis_points=1000),
            ],
        )
        file = (await world.place(world.quote(terms_revision=2), confirm=True)).booking
        await world.bookings.RecordPayment(world.pay(file, 18500))

        async def lost():
            found = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking
            move = next(one for one in found.moves if one.action == "CANCEL_BY_CLIENT")
            return move.kept.amount, move.refund.amount

        early = await lost()
        world.clock.now = datetime(2026, 6, 10, 9, tzinfo=UTC)
        later = await lost()
        world.clock.now = datetime(2026, 7, 1, 9, tzinfo=UTC)
        last = await lost()
    assert (early, later, last) == ((0, 18500), (7400, 11100), (18500, 0))


async def test_another_paypal_address_counts_after_two_days_and_is_told_without_itself(world):
    with world.owner():
        first = await world.save_terms(revision=1, paypal_email="jeanne@paypal.example")
        waiting = await world.save_terms(revision=2, paypal_email="autre@paypal.example")
        assert (first.paypal_email, waiting.paypal_email) == ("jeanne@paypal.example",) * 2
        assert waiting.next_paypal_email == "autre@paypal.example"
        world.clock.now += timedelta(hours=49)
        asked = calls.GetTermsRequest(owner_id=world.owner_id)
        seen = (await world.terms.GetTerms(asked)).terms
    with world.public():
        public = (await world.terms.GetTerms(asked)).terms
    assert (seen.paypal_email, seen.next_paypal_email) == ("autre@paypal.example", "")
    assert (public.paypal_email, public.next_paypal_email) == ("", "")
    rows = await world.rows(
        "SELECT payload FROM outbox WHERE key = :key AND event_type LIKE '%PayPal%'", key=world.owner_id
    )
    told = [PayPalAddressChanged.FromString(row["payload"]) for row in rows]
    assert [(one.terms_revision, one.counts_from.ToJsonString()) for one in told] == [
        (3, "2026-03-03T09:00:00Z")
    ]
    assert not any(b"@" in row["payload"] for row in rows)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"deposit_basis_points": 10_001}, "deposit_basis_points"),
        ({"short_stays": pb.ShortStays(max_nights=0)}, "short_stays.max_nights"),
        ({"option_delays": [pb.OptionDelay(means=1)]}, "option_delays"),
        ({"cancellation": [pb.CancellationStep(kept_basis_points=20_000)]}, "cancellation"),
        ({"listings": [pb.ListingTerms(listing_id=str(uuid4()), option_days=999)]}, "listings.option_days"),
    ],
)
async def test_terms_that_cannot_be_are_refused_with_their_field(world, changes, field):
    with world.owner(), pytest.raises(RemoteError) as refused:
        await world.save_terms(revision=1, **changes)
    assert (refused.value.reason, refused.value.metadata["field"]) == ("BAD_VALUE", field)
