"""Which mails follow from which news."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from documents.domain.mail_plan import BookingNews, Variant, plan_mails, reminder_at, still_true

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
END = datetime(2026, 3, 8, 22, 59, tzinfo=UTC)
NEWS = BookingNews(
    booking_id="b",
    owner_id="o",
    revision=2,
    change="PLACED",
    state="OPTION",
    origin="HOSTED_PAGE",
    mail_confirmed=True,
    hold_expires_at=END,
    occurred_at=NOW,
)


def kinds(news, now=NOW):
    return [
        (one.kind, one.audience.value, one.variant.value) for one in plan_mails(news, now=now, zone=PARIS)
    ]


USUAL = [("M02", "GUEST", ""), ("M03", "OWNER", ""), ("M05", "GUEST", "")]


@pytest.mark.parametrize("origin", ["HOSTED_PAGE", "WIDGET", "API"])
def test_an_option_tells_guest_and_owner_and_plans_a_reminder(origin):
    assert kinds(replace(NEWS, origin=origin)) == USUAL
    assert kinds(replace(NEWS, origin=origin, change="MAIL_CONFIRMED")) == USUAL


def test_an_unconfirmed_option_only_asks_the_guest():
    assert kinds(replace(NEWS, mail_confirmed=False)) == [("M02", "GUEST", "CONFIRM")]


def test_an_owner_is_not_told_of_his_own_files():
    assert kinds(replace(NEWS, origin="OWNER")) == [("M02", "GUEST", ""), ("M05", "GUEST", "")]
    confirmed = replace(NEWS, origin="OWNER", change="CONFIRMED", state="CONFIRMED", hold_expires_at=None)
    assert kinds(confirmed) == [("M04", "GUEST", "")]


@pytest.mark.parametrize("change", ["PLACED", "CONFIRMED", "EXPIRED", "EXTENDED", "MAIL_CONFIRMED"])
def test_loaded_files_and_old_news_mail_nobody(change):
    assert kinds(replace(NEWS, change=change, origin="LOAD")) == []
    assert kinds(replace(NEWS, change=change), now=NOW + timedelta(hours=48, seconds=1)) == []


def test_news_of_just_48_hours_still_count():
    assert kinds(NEWS, now=NOW + timedelta(hours=48)) == USUAL


@pytest.mark.parametrize("change", ["UPDATED", "PAYMENT", "DEPOSIT_PAID", "FAILED", "UNSPECIFIED"])
def test_other_changes_mail_nobody(change):
    assert kinds(replace(NEWS, change=change)) == []


def test_an_expired_option_tells_both_unless_its_mail_was_never_confirmed():
    expired = replace(NEWS, change="EXPIRED", state="EXPIRED")
    assert kinds(expired) == [("M07", "GUEST", ""), ("M07", "OWNER", "")]
    assert kinds(replace(expired, mail_confirmed=False)) == []


def test_the_reminder_is_at_ten_in_paris_on_the_second_day_before_the_end():
    assert reminder_at(END, PARIS) == datetime(2026, 3, 6, 9, tzinfo=UTC)


def test_the_reminder_keeps_its_hour_when_the_clocks_change():
    assert reminder_at(datetime(2026, 3, 31, 21, 59, tzinfo=UTC), PARIS).astimezone(UTC).hour == 8


def test_an_option_that_ends_within_two_days_has_no_reminder():
    short = replace(NEWS, hold_expires_at=NOW + timedelta(days=1))
    assert kinds(short) == USUAL[:2]
    assert kinds(replace(NEWS, hold_expires_at=None)) == USUAL[:2]


STATE = {"state": "OPTION", "mail_confirmed": True, "hold_expires_at": END, "planned_end": END}


@pytest.mark.parametrize(
    ("kind", "variant", "changes", "expected"),
    [
        ("M02", Variant.USUAL, {}, True),
        ("M02", Variant.USUAL, {"state": "CONFIRMED"}, False),
        ("M02", Variant.CONFIRM, {}, False),
        ("M02", Variant.CONFIRM, {"mail_confirmed": False}, True),
        ("M04", Variant.USUAL, {}, False),
        ("M04", Variant.USUAL, {"state": "CONFIRMED"}, True),
        ("M05", Variant.USUAL, {}, True),
        ("M05", Variant.USUAL, {"hold_expires_at": END + timedelta(days=1)}, False),
        ("M05", Variant.USUAL, {"state": "CANCELLED_BY_CLIENT"}, False),
        ("M07", Variant.USUAL, {"state": "EXPIRED"}, True),
        ("M07", Variant.USUAL, {}, False),
        ("M17", Variant.USUAL, {"state": "EXPIRED"}, True),
    ],
)
def test_what_is_no_longer_so_is_not_told(kind, variant, changes, expected):
    assert still_true(kind, variant, **{**STATE, **changes}) is expected
