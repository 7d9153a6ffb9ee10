"""Deposit, ledger, cancellation: the vectors of domain.md 1.3, 7.3 and the stories of owner-brief.md 7."""

from datetime import date

import pytest
from booking.domain.errors import BadValue, IllegalMove
from booking.domain.moves import legal_moves
from booking.domain.states import Change, DepositKind, Nature
from booking_builders import NOW, a_booking, a_line, a_payment, an_option, euros, the_terms
from hypothesis import given
from hypothesis import strategies as st

ACOMPTE = the_terms(DepositKind.ACOMPTE)


def consequences(file):
    return {move.action: move.consequence for move in legal_moves(file)}


def paid_612(terms):
    file = a_booking(a_line(61200, 0), terms=terms)
    file.record(a_payment(15300), now=NOW)
    return consequences(file)


def test_p6_arrhes_of_612_are_153_and_the_rest_459():
    totals = an_option(a_line(61200, 0)).totals()
    assert totals.deposit_due == euros(15300)
    assert totals.total - totals.deposit_due == euros(45900)


def test_p8_the_balance_is_total_less_paid():
    file = an_option(a_line(1200, 0))
    assert (file.totals().deposit_due, file.totals().balance) == (euros(300), euros(1200))
    file.record(a_payment(300), now=NOW)
    assert (file.totals().deposit_paid, file.totals().balance) == (euros(300), euros(900))


def test_story_17_arrhes_client_loses_153_and_owner_owes_306():
    found = paid_612(the_terms())
    client, owner = found["CANCEL_BY_CLIENT"], found["CANCEL_BY_OWNER"]
    assert (client.kept, client.refund, client.still_due) == (euros(15300), euros(0), euros(0))
    assert (owner.owner_owes, owner.refund, owner.compensation) == (euros(30600), euros(0), False)


def test_story_17_acompte_client_owes_459_and_owner_refunds_153_with_compensation():
    found = paid_612(ACOMPTE)
    client, owner = found["CANCEL_BY_CLIENT"], found["CANCEL_BY_OWNER"]
    assert (client.kept, client.refund, client.still_due) == (euros(15300), euros(0), euros(45900))
    assert (owner.refund, owner.owner_owes, owner.compensation) == (euros(15300), euros(0), True)


def test_the_option_of_the_old_file_with_its_cheque_of_3():
    file = an_option(a_line(1200, 0))
    file.record(a_payment(300), now=NOW)
    found = consequences(file)
    assert found["CANCEL_BY_CLIENT"].kept == euros(300)
    assert found["CANCEL_BY_OWNER"].owner_owes == euros(600)
    assert [move.action for move in legal_moves(file) if move.proposed] == ["CONFIRM"]
    assert "DECLINE" not in found


@pytest.mark.parametrize("terms", [the_terms(), ACOMPTE])
def test_an_option_without_money_costs_nobody_anything(terms):
    for found in consequences(an_option(terms=terms)).values():
        assert not any((found.kept, found.refund, found.still_due, found.owner_owes, found.compensation))


def test_story_16_booked_late_all_is_due_at_once():
    file = an_option(booked_on=date(2026, 7, 1))
    due = [(one.kind, one.amount, one.due_on) for one in file.schedule()]
    day = date(2026, 7, 1)
    assert due == [("DEPOSIT", euros(18500), day), ("BALANCE", euros(55500), day), ("TAX", euros(1540), day)]


def test_a_balance_on_arrival_has_no_day():
    file = an_option(terms=the_terms(balance_days_before=0))
    assert [one.due_on for one in file.schedule()] == [date(2026, 3, 1), None, None]


def test_a_fixed_deposit_never_exceeds_the_total():
    assert an_option(a_line(5000, 0), terms=the_terms(fixed=euros(10000))).totals().deposit_due == euros(5000)


def test_the_deposit_is_rounded_half_up():
    assert the_terms().deposit.due(euros(2)) == euros(1)
    assert the_terms(basis_points=3333).deposit.due(euros(1000)) == euros(333)


def test_all_paid_with_the_tax_is_no_overpayment():
    file = a_booking()
    file.record(a_payment(75540, Nature.BALANCE), now=NOW)
    totals = file.totals()
    assert (totals.balance, totals.outstanding_with_tax, totals.overpaid) == (euros(0), euros(0), euros(0))


def test_20_too_much_is_told():
    file = a_booking(a_line(1200, 0))
    file.record(a_payment(3200), now=NOW)
    assert file.totals().overpaid == euros(2000)


def test_the_security_deposit_is_apart():
    file = a_booking()
    file.record(a_payment(50000, Nature.SECURITY_DEPOSIT), now=NOW)
    assert file.totals().paid == euros(0)


def test_a_countered_security_deposit_is_apart_too():
    file = a_booking()
    payment = a_payment(50000, Nature.SECURITY_DEPOSIT)
    file.record(payment, now=NOW)
    file.counter(payment.id, new_id=a_payment(1).id, today=date(2026, 3, 3), now=NOW)
    assert file.totals().paid == euros(0)


@pytest.mark.parametrize(
    ("amount", "nature"), [(0, Nature.DEPOSIT), (-1, Nature.BALANCE), (1, Nature.REFUND)]
)
def test_signs_that_do_not_fit_are_refused(amount, nature):
    with pytest.raises(BadValue):
        an_option().record(a_payment(amount, nature), now=NOW)


def test_a_paid_option_is_cancelled_not_declined():
    from booking.domain.states import State, Who  # noqa: PLC0415

    file = an_option()
    file.record(a_payment(100), now=NOW)
    with pytest.raises(IllegalMove):
        file.begin_cancellation(State.DECLINED, reason="", who=Who.OWNER, now=NOW)


def test_paying_the_deposit_is_told_once():
    file = an_option(a_line(61200, 0))
    file.collect()
    told = []
    for amount in (10000, 5300, 100):
        file.record(a_payment(amount), now=NOW)
        told += file.collect()[0]
    assert told == [Change.PAYMENT, Change.DEPOSIT_PAID, Change.PAYMENT]


@given(
    total=st.integers(0, 10**7),
    tax=st.integers(0, 10**5),
    basis_points=st.integers(0, 10_000),
    days=st.integers(0, 200),
)
def test_the_schedule_adds_up(total, tax, basis_points, days):
    terms = the_terms(basis_points=basis_points, balance_days_before=days)
    file = an_option(a_line(total, tax), terms=terms)
    assert sum(one.amount.amount for one in file.schedule()) == total + tax


@given(
    amounts=st.lists(st.integers(1, 10**6), max_size=5),
    kind=st.sampled_from(DepositKind),
    confirmed=st.booleans(),
)
def test_no_money_vanishes_in_a_cancellation(amounts, kind, confirmed):
    file = (a_booking if confirmed else an_option)(terms=the_terms(kind))
    for amount in amounts:
        file.record(a_payment(amount), now=NOW)
    paid = sum(amounts)
    by_client, by_owner = (file.consequence(by_client=one) for one in (True, False))
    assert by_client.kept.amount + by_client.refund.amount == paid
    assert by_owner.refund.amount + by_owner.owner_owes.amount >= paid
    assert by_client.kept.amount + by_client.still_due.amount <= max(paid, file.totals().total.amount)
