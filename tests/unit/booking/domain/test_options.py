"""When an option ends."""

from datetime import UTC, date, datetime, timedelta

from booking.domain.booking import PARIS
from booking.domain.option import capped, day_end, option_end
from booking.domain.states import State
from booking.domain.terms import iban_is_right
from booking_builders import NOW, a_file


def test_an_option_ends_on_day_j_plus_n_at_23_59_in_paris():
    now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    end = option_end(now, option_days=7, arrival=date(2026, 7, 11), zone=PARIS)
    assert end.astimezone(PARIS).isoformat() == "2026-03-08T23:59:00+01:00"


def test_the_day_is_the_listings_own():
    now = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    end = option_end(now, option_days=1, arrival=date(2026, 7, 11), zone=PARIS)
    assert end.astimezone(PARIS).isoformat() == "2026-07-02T23:59:00+02:00"


def test_never_after_the_end_of_the_arrival_day():
    now = datetime(2026, 7, 8, 9, 0, tzinfo=UTC)
    assert option_end(now, option_days=7, arrival=date(2026, 7, 11), zone=PARIS) == day_end(
        date(2026, 7, 11), PARIS
    )
    typed = datetime(2026, 8, 1, tzinfo=UTC)
    assert capped(typed, arrival=date(2026, 7, 11), zone=PARIS) == day_end(date(2026, 7, 11), PARIS)


def test_a_refused_confirmation_leaves_the_end_of_the_hold_or_none_if_that_is_past():
    for minutes, state in ((10, State.OPTION), (31, State.EXPIRED)):
        file = a_file(hold_expires_at=NOW + timedelta(minutes=30), confirm=True)
        file.place(number=1, client=file.client, now=NOW)
        file.refuse_confirmation("CHAIN_TOO_LONG", {}, now=NOW + timedelta(minutes=minutes))
        assert (file.state, file.hold_expires_at) == (state, NOW + timedelta(minutes=30))


def test_the_checksum_of_an_iban():
    assert iban_is_right("FR76 3000 6000 0112 3456 7890 189")
    assert not iban_is_right("FR76 3000 6000 0112 3456 7890 188")
