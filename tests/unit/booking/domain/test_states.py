"""The states as a machine: whatever is tried, only the table of design.md 4 happens."""

from datetime import timedelta
from uuid import uuid4

from booking.domain.errors import BadValue, IllegalMove
from booking.domain.moves import legal_moves
from booking.domain.states import CANCELLED, LIVE, Change, State, Who
from booking_builders import NOW, a_file, a_payment
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

ALLOWED = {
    State.PLACING: {State.OPTION, State.CONFIRMING, State.FAILED},
    State.OPTION: {State.CONFIRMING, State.CANCELLING, State.EXPIRED},
    State.CONFIRMING: {State.CONFIRMED, State.EXPIRED, State.OPTION},
    State.CONFIRMED: {State.CANCELLING},
    State.CANCELLING: {State.CANCELLED_BY_CLIENT, State.CANCELLED_BY_OWNER, State.DECLINED},
}


class Files(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.file = a_file(hold_expires_at=NOW + timedelta(days=7))
        self.told = 0

    def try_it(self, move) -> None:
        before, revision = self.file.state, self.file.revision
        try:
            move()
        except (IllegalMove, BadValue):
            assert (self.file.state, self.file.revision) == (before, revision)
            return
        if self.file.state is not before:
            assert self.file.state in ALLOWED[before]
        assert self.file.revision >= revision

    @rule(confirm=st.booleans())
    def place(self, confirm):
        def move() -> None:
            self.file.confirm = confirm
            self.file.place(number=1, client=self.file.client, now=self.now)

        self.try_it(move)

    @rule()
    def fail(self):
        def move() -> None:
            self.file.give_up_placing("NIGHTS_TAKEN", {})
            self.file.fail(now=self.now)

        self.try_it(move)

    @rule()
    def confirm(self):
        self.try_it(lambda: self.file.begin_confirmation(now=self.now, who=Who.OWNER))

    @rule(answer=st.sampled_from(["yes", "lost", "refused"]))
    def answer_confirmation(self, answer):
        moves = {
            "yes": lambda: self.file.confirmed(now=self.now),
            "lost": lambda: self.file.lose_nights({}, now=self.now),
            "refused": lambda: self.file.refuse_confirmation("CHAIN_TOO_LONG", {}, now=self.now),
        }
        self.try_it(moves[answer])

    @rule(ending=st.sampled_from([State.CANCELLED_BY_CLIENT, State.CANCELLED_BY_OWNER, State.DECLINED]))
    def cancel(self, ending):
        self.try_it(lambda: self.file.begin_cancellation(ending, reason="", who=Who.OWNER, now=self.now))

    @rule()
    def freed(self):
        self.try_it(self.file.cancelled)

    @rule(days=st.integers(-1, 20))
    def extend(self, days):
        end = self.now + timedelta(days=days)
        self.try_it(lambda: self.file.begin_new_end(Change.EXTENDED, end, now=self.now))

    @rule()
    def extended(self):
        self.try_it(lambda: self.file.take_new_end(now=self.now))

    @rule(behind=st.integers(0, 3))
    def expire(self, behind):
        before = self.file.state
        changed = self.file.hold_expired(self.file.hold_revision - behind, now=self.now)
        assert not (changed and behind)
        assert changed or self.file.state is before

    @rule(amount=st.integers(1, 100_000))
    def pay(self, amount):
        self.try_it(lambda: self.file.record(a_payment(amount), now=self.now))

    @rule()
    def counter(self):
        if self.file.payments:
            payment = self.file.payments[-1]
            self.try_it(
                lambda: self.file.counter(payment.id, new_id=uuid4(), today=self.now.date(), now=self.now)
            )

    @invariant()
    def the_moves_offered_are_the_moves_allowed(self):
        offered = {move.action for move in legal_moves(self.file)}
        if self.file.state is State.OPTION:
            assert {"CONFIRM", "EXTEND", "CANCEL_BY_CLIENT", "CANCEL_BY_OWNER"} <= offered
        if self.file.state in {State.PLACING, State.FAILED, *CANCELLED}:
            assert offered == set()

    @invariant()
    def money_adds_up(self):
        totals = self.file.totals()
        assert totals.deposit_paid.amount <= totals.deposit_due.amount
        assert totals.paid.amount == sum(one.amount.amount for one in self.file.payments)
        assert totals.balance.amount == max(0, totals.total.amount - totals.paid.amount)

    @invariant()
    def an_ended_file_stays_ended(self):
        assert self.file.state in LIVE | CANCELLED | {State.PLACING, State.FAILED}


Files.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestFiles = Files.TestCase
