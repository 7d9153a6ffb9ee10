"""Builders of booking's tests."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from booking.domain.booking import BookingFile
from booking.domain.client import Client
from booking.domain.deposit import DepositRule
from booking.domain.ledger import Payment
from booking.domain.line import Line, Party
from booking.domain.states import DepositKind, Means, Nature, Origin
from booking.domain.terms import SalesTerms
from values import Money, NightRange

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
OWNER = UUID("0191f8a0-0000-7000-8000-000000000001")


def euros(amount):
    return Money(amount, "EUR")


def the_terms(kind=DepositKind.ARRHES, basis_points=2500, fixed=None, **fields):
    return SalesTerms(owner_id=OWNER, revision=1, deposit=DepositRule(kind, basis_points, fixed), **fields)


def a_client(last_name="DUPOND", **fields):
    return Client(id=uuid4(), owner_id=OWNER, last_name=last_name, **fields)


def a_line(total=74000, tax=1540, arrival="2026-07-18", departure="2026-07-25"):
    return Line(
        id=uuid4(), listing_id=uuid4(), listing_code="07MS01731", listing_name="Le Mas des Cigales",
        nights=NightRange.parse(arrival, departure), party=Party(2), accommodation=euros(total), discounts=euros(0),
        supplements=euros(0), total=euros(total), tax=euros(tax), agreed=False, price=b"",
    )  # fmt: skip


def a_file(*lines, terms=None, booked_on=date(2026, 3, 1), hold_expires_at=None, **fields):
    terms = terms or the_terms()
    return BookingFile(
        id=uuid4(), owner_id=OWNER, reference="ABCDEFGHJK", origin=Origin.OWNER, client=a_client(),
        lines=lines or (a_line(),), terms=terms, deposit=terms.deposit, quote_id=uuid4(), request_id=uuid4(),
        booked_on=booked_on, created_at=NOW, deposit_due_on=booked_on, hold_expires_at=hold_expires_at, **fields,
    )  # fmt: skip


def an_option(*lines, **fields):
    file = a_file(*lines, **fields)
    file.place(number=3, client=replace(file.client, code="DUP-2"), now=NOW)
    return file


def a_booking(*lines, **fields):
    file = an_option(*lines, **fields)
    file.begin_confirmation(now=NOW, who=file.who_made_it)
    file.confirmed(now=NOW)
    return file


def a_payment(amount, nature=Nature.DEPOSIT):
    return Payment(
        id=uuid4(), received_on=date(2026, 3, 2), means=Means.CHEQUE, number="", amount=euros(amount), nature=nature,
        counters=None, recorded_at=NOW,
    )  # fmt: skip
