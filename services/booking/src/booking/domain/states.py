"""The closed sets of booking: states, origins, means, kinds."""

from enum import StrEnum, unique


@unique
class State(StrEnum):
    """State of a booking file (`design.md` 4)."""

    PLACING = "PLACING"
    OPTION = "OPTION"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PAYMENT_CLEARING = "PAYMENT_CLEARING"
    CONFIRMING = "CONFIRMING"
    CONFIRMED = "CONFIRMED"
    CHANGING = "CHANGING"
    CANCELLING = "CANCELLING"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"
    DECLINED = "DECLINED"
    CANCELLED_BY_CLIENT = "CANCELLED_BY_CLIENT"
    CANCELLED_BY_OWNER = "CANCELLED_BY_OWNER"
    NO_SHOW = "NO_SHOW"


OPTIONS = frozenset({State.OPTION, State.AWAITING_PAYMENT})
UNPAID = OPTIONS | {State.PAYMENT_CLEARING}
IN_BETWEEN = frozenset({State.PLACING, State.CONFIRMING, State.CANCELLING})
LIVE = UNPAID | {State.CONFIRMING, State.CONFIRMED, State.CHANGING, State.CANCELLING}
CANCELLED = frozenset(
    {State.CANCELLED_BY_CLIENT, State.CANCELLED_BY_OWNER, State.DECLINED, State.EXPIRED, State.NO_SHOW}
)
LISTED = LIVE | CANCELLED


@unique
class Origin(StrEnum):
    """Who made the file."""

    OWNER = "OWNER"
    HOSTED_PAGE = "HOSTED_PAGE"
    API = "API"
    WIDGET = "WIDGET"
    LOAD = "LOAD"


@unique
class DepositKind(StrEnum):
    """The legal kind of a deposit; the words have no English equivalent (`domain.md` 1.3)."""

    ARRHES = "ARRHES"
    ACOMPTE = "ACOMPTE"


@unique
class Means(StrEnum):
    """How money changes hands."""

    CHEQUE = "CHEQUE"
    TRANSFER = "TRANSFER"
    CASH = "CASH"
    HOLIDAY_VOUCHERS = "HOLIDAY_VOUCHERS"
    PAYPAL = "PAYPAL"
    CARD = "CARD"
    OTHER = "OTHER"


@unique
class SalesMode(StrEnum):
    """How guests may book online."""

    IMMEDIATE = "IMMEDIATE"
    OPTION = "OPTION"
    ON_REQUEST = "ON_REQUEST"


@unique
class Nature(StrEnum):
    """What a payment is for."""

    DEPOSIT = "DEPOSIT"
    BALANCE = "BALANCE"
    REFUND = "REFUND"
    COUNTER = "COUNTER"
    SECURITY_DEPOSIT = "SECURITY_DEPOSIT"
    TAX = "TAX"


@unique
class Change(StrEnum):
    """What kind of change made a revision (`BookingChange`)."""

    PLACED = "PLACED"
    MAIL_CONFIRMED = "MAIL_CONFIRMED"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    EXTENDED = "EXTENDED"
    UPDATED = "UPDATED"
    PAYMENT = "PAYMENT"
    FAILED = "FAILED"
    DEPOSIT_PAID = "DEPOSIT_PAID"


@unique
class Who(StrEnum):
    """Who did something, for the journal."""

    OWNER = "owner"
    CLIENT = "client"
    SYSTEM = "system"
