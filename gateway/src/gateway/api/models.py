"""The shapes of the public API: what comes in is checked by these, what goes out is described by them."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from gateway.forms import YEARS

_SIGN = r"[^\s\x00-\x1f\x7f-\x9f]"
"""Something that is neither blank nor a control character; which those are differs by dialect of pattern."""
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MAIL = r"[^@\s\x00-\x1f\x7f-\x9f<>,;\"]"
_MAIL_END = r"[^@\s\x00-\x1f\x7f-\x9f<>,;.\"]"
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Needed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_SIGN)]
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=254,
        pattern=rf"^{_MAIL}+@{_MAIL}+\.{_MAIL_END}{{2,}}$",
    ),
]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=_SIGN)]
Id = Annotated[
    str,
    StringConstraints(pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
    Field(json_schema_extra={"format": "uuid"}),
]
MOST_NIGHTS = 90


def _countable(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(f"the year must be {YEARS[0]} to {YEARS[-1]}")
    return day


def _iso(value: Any) -> Any:
    """Lets `YYYY-MM-DD` pass: a number would be taken for an instant."""
    if isinstance(value, date) or (isinstance(value, str) and _ISO.fullmatch(value)):
        return value
    raise PydanticCustomError("date_format", "a day is written YYYY-MM-DD")


def _number(value: Any) -> Any:
    """Lets numbers pass: neither text nor truth is one in JSON."""
    if isinstance(value, str | bool):
        raise PydanticCustomError("int_type", "a number is written without quotes")
    return value


Day = Annotated[date, BeforeValidator(_iso), AfterValidator(_countable)]
"""A day that can be counted on from."""
AdultsSent = Annotated[int, Field(ge=1, le=50), BeforeValidator(_number)]
ChildAge = Annotated[int, Field(ge=0, le=17), BeforeValidator(_number)]
Quantity = Annotated[int, Field(ge=-1, le=99), BeforeValidator(_number)]


PromoCode = Annotated[
    str, StringConstraints(min_length=3, max_length=40, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")
]
"""What a guest types; outer space and case do not matter."""
Promo = Literal["applied", "unknown", "not_for_stay", "not_best"]
"""What became of a promotional code."""
PROMO_WORDS = (
    "What became of the promotional code, null where none was sent: `applied` = its discount is in the"
    " explanation; `unknown` = this listing knows no such code; `not_for_stay` = known, not for these dates"
    " or this length; `not_best` = a discount that it does not add up with is as good or better."
)


def _in_order(asked: Any) -> Any:
    if asked.departure <= asked.arrival:
        raise ValueError("departure must be after arrival")
    return asked


class Sent(BaseModel):
    """Base of what callers send: unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        """Takes out the character NUL, as forms do: no database takes it."""
        if isinstance(value, list):
            return [each.replace("\x00", "") if isinstance(each, str) else each for each in value]
        return value.replace("\x00", "") if isinstance(value, str) else value


class Answered(BaseModel):
    """Base of what is answered; more members may come inside v1."""

    model_config = ConfigDict(extra="forbid")


class Money(Answered):
    """An amount in minor units (cents for EUR)."""

    model_config = ConfigDict(json_schema_extra={"example": {"amount": 74000, "currency": "EUR"}})

    amount: int
    currency: str = Field(pattern="^[A-Z]{3}$")


class Problem(BaseModel):
    """What failed (RFC 9457). `reason` is stable; `detail` is a sentence for a person."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "http://localhost:8080/api/docs#NIGHTS_TAKEN",
                "title": "Conflict",
                "status": 409,
                "reason": "NIGHTS_TAKEN",
                "detail": "Ces dates viennent d'être prises. Rien n'a été enregistré ni débité.",
                "request_id": "0af7651916cd43dd8448eb211c80319c",
                "trace": "0af7651916cd43dd8448eb211c80319c",
            }
        }
    )

    type: str
    title: str
    status: int
    reason: str
    detail: str = ""
    request_id: str
    trace: str = Field("", description="Names the request in our logs and traces; tell it when you ask us.")
    metadata: dict[str, str] = Field(default_factory=dict)
    errors: list["ProblemField"] = Field(default_factory=list)
    reasons: list["Reason"] = Field(default_factory=list, description="Why a stay is not sold.")
    alternatives: list["Alternative"] = Field(default_factory=list, description="Other stays that are free.")


class ProblemField(Answered):
    """One member of the request that is wrong."""

    pointer: str = Field(description="JSON pointer (RFC 6901), or `?name` for a parameter.")
    reason: str
    detail: str = ""


class Reason(Answered):
    """One reason why a stay cannot be sold, in words, and what mends it."""

    reason: str = Field(examples=["MIN_STAY"])
    detail: str = Field(examples=["En « THS », le séjour est de 7 nuits au moins."])
    params: dict[str, str] = Field(default_factory=dict)
    fix: str | None = None


class Alternative(Answered):
    """Another stay that is free and sold."""

    listing: str
    arrival: date
    departure: date
    total: Money


class Photo(Answered):
    """A photograph in three sizes (longer side in pixels)."""

    small: str
    medium: str
    large: str
    caption: str = ""
    credit: str = ""
    width: int
    height: int


class Advertiser(Answered):
    """Who lets: obligatory in every advertisement (D324-1-3 Code du tourisme)."""

    supplier_number: int
    kind: Literal["private", "professional", "unknown"]


class ListingSummary(Answered):
    """What a list of listings tells of each."""

    id: str
    code: str = Field(examples=["07MS01731"])
    kind: Literal["seasonal_rental", "guest_room"]
    name: str = Field(examples=["Le Mas des Cigales"])
    commune: str
    postal_code: str
    max_persons: int
    official_stars: int = Field(description="Classement, 1 to 5; 0 = not classified.")
    label_rating: int = Field(description="Rating by the label (clés, épis); 0 = none.")
    registration_number: str
    advertiser: Advertiser
    photo: Photo | None = None
    page: str = Field(description="Address of the hosted page.")
    revision: int


class SheetValue(Answered):
    """One value of the sheet, with its label in the asked language."""

    key: str
    label: str
    value: Any
    shown: str = Field(description="The value as a person reads it.")
    unit: str = ""


class Listing(ListingSummary):
    """A listing in full."""

    description: str
    address: list[str]
    latitude: float | None
    longitude: float | None
    base_persons: int
    photos: list[Photo]
    equipment: list[str] = Field(description="Keys of the equipment that is there.")
    sheet: list[SheetValue]
    zone: str = Field(examples=["Europe/Paris"])
    property_statement: str = Field(description="Address of the état descriptif (PDF).")


class ListingPage(Answered):
    """A page of listings."""

    results: list[ListingSummary]
    next: str | None


class SearchResult(Answered):
    """A listing that is free for the stay, with its exact price."""

    listing: str = Field(examples=["07MS01731"])
    name: str
    commune: str
    kind: Literal["seasonal_rental", "guest_room"]
    photo: str | None
    plan: str
    total: Money = Field(description="Obligatory supplements inside; the tourist tax is beside it.")
    accommodation: Money
    tourist_tax: Money
    registration_number: str
    advertiser: Literal["private", "professional", "unknown"]
    page: str
    revision: int


class SearchPage(Answered):
    """Listings that are free for the stay, cheapest first."""

    results: list[SearchResult]
    next: str | None
    count: int = Field(description="All that fit, not only this page.")


class CalendarNight(Answered):
    """One night, and the stay that would begin on it."""

    date: date
    state: Literal["free", "taken", "closed"]
    arrival_allowed: bool
    departure_allowed: bool
    min_nights: int
    max_nights: int
    price: Money | None = Field(description="Price of a stay of `nights` from this arrival; null = not sold.")
    bookable: bool = Field(description="True when all nights of that stay are free and it is sold.")


class Calendar(Answered):
    """Nights `[from, to)` of a listing."""

    model_config = ConfigDict(populate_by_name=True)

    listing: str
    from_: date = Field(alias="from")
    to: date
    nights: int
    days: list[CalendarNight]


class Sellability(Answered):
    """Whether a stay can be sold now, else every reason why not."""

    listing: str
    arrival: date
    departure: date
    sellable: bool
    total: Money | None = None
    tourist_tax: Money | None = None
    promo: Promo | None = Field(description=PROMO_WORDS)
    promo_text: str | None = Field(description="The same in words for the guest.")
    reasons: list[Reason]
    alternatives: list[Alternative]


class SupplementChoice(Sent):
    """A supplement that the guest wants. 0 = not wanted; -1 = everybody where it is per person."""

    code: Code
    quantity: Quantity = 1


class QuoteLineAsked(Sent):
    """One line to quote: nights `[arrival, departure)`."""

    listing: Code
    plan: Id | None = Field(None, description="Id of a rate plan; null = the cheapest.")
    arrival: Day
    departure: Day
    adults: AdultsSent
    children: list[ChildAge] = Field(default_factory=list, max_length=30)
    supplements: list[SupplementChoice] = Field(default_factory=list, max_length=40)

    @model_validator(mode="after")
    def _in_order(self) -> "QuoteLineAsked":
        if not 0 < (self.departure - self.arrival).days <= MOST_NIGHTS:
            raise ValueError(f"departure must be 1 to {MOST_NIGHTS} nights after arrival")
        return self


class QuoteAsked(Sent):
    """Lines of one owner to price together."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "lines": [
                    {
                        "listing": "07MS01731",
                        "arrival": "2026-07-18",
                        "departure": "2026-07-25",
                        "adults": 2,
                        "children": [9, 12],
                        "supplements": [],
                    }
                ]
            }
        }
    )

    lines: list[QuoteLineAsked] = Field(min_length=1, max_length=10)
    promo_code: PromoCode | None = Field(
        None, description="Promotional code that the guest typed, for all lines; it never refuses a quote."
    )


class ExplanationLine(Answered):
    """One amount of a price, explained."""

    kind: str = Field(examples=["ACCOMMODATION"])
    text: str = Field(examples=["Semaine en « THS »"])
    amount: Money
    params: dict[str, str] = Field(default_factory=dict)


class QuoteLine(Answered):
    """One line of a quote; `explanation` adds up to `total` to the cent."""

    listing: str
    listing_name: str
    plan: str
    plan_name: str
    arrival: date
    departure: date
    nights: int
    adults: int
    children: list[int]
    supplements: list[SupplementChoice]
    explanation: list[ExplanationLine]
    beside: list[ExplanationLine] = Field(
        description="Tourist tax, and what is paid on the spot: not in the total."
    )
    accommodation: Money
    discounts: Money
    supplements_total: Money
    total: Money
    tourist_tax: Money
    promo_code: str | None = Field(description="As it was sent.")
    promo: Promo | None = Field(description=PROMO_WORDS)
    promo_text: str | None = Field(description="The same in words for the guest.")


class Deposit(Answered):
    """The deposit in its legal kind."""

    kind: Literal["ARRHES", "ACOMPTE"]
    percent: str | None = Field(examples=["25.00"], description="null = a fixed amount.")
    amount: Money


class Balance(Answered):
    """What remains after the deposit, tax apart; `due_on` null = on arrival."""

    amount: Money
    due_on: date | None


class Instalment(Answered):
    """What is due and when."""

    kind: Literal["DEPOSIT", "BALANCE", "TAX"]
    amount: Money
    due_on: date | None


class Conditions(Answered):
    """What the guest must have read before he commits himself."""

    cancellation: list[str]
    withdrawal: str
    free_terms: str
    security_deposit: Money | None
    terms_version: str
    description_version: str
    property_statements: list[str]


class Quote(Answered):
    """A price that is kept until `expires_at` and may be used once."""

    id: str
    expires_at: datetime
    used: bool
    lines: list[QuoteLine]
    accommodation: Money
    supplements: Money
    discounts: Money
    total: Money
    tourist_tax: Money
    deposit: Deposit
    balance: Balance
    schedule: list[Instalment]
    option_expires_at: datetime | None = Field(description="When an option set now would end.")
    conditions: Conditions


class ClientSent(Sent):
    """Who books."""

    last_name: Needed
    first_name: Text = ""
    email: Email
    mobile: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=4, max_length=40, pattern=rf"{_SIGN}[^\x00]{{2,}}{_SIGN}"
        ),
    ]
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    postal_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    city: Text = ""
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] = "FR"
    language: Literal["fr", "en"] = "fr"


class Accepted(Sent):
    """Which versions the guest has received and accepted: those of the quote's `conditions`."""

    description_version: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    terms_version: Annotated[str, StringConstraints(min_length=1, max_length=100)]


Means = Literal["cheque", "transfer", "cash", "holiday_vouchers", "paypal", "card", "other"]


class BookingAsked(Sent):
    """Uses a quote. `option` holds the nights without payment; `book` confirms at once (owner's own key)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "quote": "0198b2c1-0000-7000-8000-000000000000",
                "mode": "option",
                "client": {
                    "last_name": "DUPOND",
                    "first_name": "Georges",
                    "email": "georges.dupond@example.org",
                    "mobile": "+33 6 12 34 56 78",
                    "address": "Rue St Exupéry",
                    "postal_code": "73300",
                    "city": "ST JEAN DE MAURIENNE",
                    "country": "FR",
                    "language": "fr",
                },
                "accepted": {"description_version": "12", "terms_version": "3"},
            }
        }
    )

    quote: Id
    mode: Literal["option", "book"] = "option"
    client: ClientSent
    message: Annotated[str, StringConstraints(max_length=2000)] = ""
    accepted: Accepted
    payment_means: Means | None = None


class BookedLine(Answered):
    """One line of a file."""

    listing: str
    listing_name: str
    plan_name: str
    arrival: date
    departure: date
    adults: int
    children: list[int]
    total: Money


class Payment(Answered):
    """Where to pay online."""

    approve_url: str | None = None


class Booking(Answered):
    """A booking file."""

    reference: str = Field(examples=["7K2MPD3XQ9"])
    number: int = Field(description="The owner's own number of the file.")
    state: str = Field(examples=["OPTION"])
    type: Literal[
        "option", "booking", "expired", "declined", "cancelled_by_client", "cancelled_by_owner", "failed"
    ]
    mail_confirmed: bool = Field(description="False while the guest has not used the link he was mailed.")
    hold_expires_at: datetime | None
    lines: list[BookedLine]
    total: Money
    tourist_tax: Money
    deposit: Deposit
    paid: Money
    outstanding: Money = Field(description="Total less what is paid, tax included.")
    schedule: list[Instalment]
    payment: Payment
    self_service_url: str | None = Field(description="Given to the owner's own key only: it opens the file.")
    revision: int


class BookingPage(Answered):
    """A page of files."""

    results: list[Booking]
    next: str | None
    count: int


class CancellationAsked(Sent):
    """Cancels a file, or computes what that entails."""

    preview: StrictBool = False
    reason: Annotated[str, StringConstraints(max_length=500)] = ""


class Cancellation(Answered):
    """What a cancellation entails; `booking` is set once it is done."""

    by: Literal["client", "owner"]
    preview: bool
    kept: Money
    refund: Money
    still_due: Money
    owner_owes: Money
    compensation: bool = Field(description="True where harm is to be agreed between the parties.")
    text: str
    booking: Booking | None = None


class OpenAsked(Sent):
    """Opens nights `[arrival, departure)` of listings for sale."""

    listings: list[Code] = Field(min_length=1, max_length=200)
    arrival: Day
    departure: Day
    rolling: StrictBool = Field(False, description="« Sans fin »: stays open for a rolling 24 months.")

    @model_validator(mode="after")
    def _ordered(self) -> "OpenAsked":
        found: OpenAsked = _in_order(self)
        return found


class Opened(Answered):
    """What became open."""

    listings: int
    nights_opened: int
    nights_already_open: int
    nights_occupied: int


class BlockAsked(Sent):
    """Keeps nights `[arrival, departure)` for the owner."""

    listing: Code
    arrival: Day
    departure: Day
    reason: Literal["personal", "works", "let_elsewhere", "other"] = "personal"
    note: Annotated[str, StringConstraints(max_length=500)] = ""

    @model_validator(mode="after")
    def _ordered(self) -> "BlockAsked":
        found: BlockAsked = _in_order(self)
        return found


class Block(Answered):
    """Nights that the owner keeps."""

    id: str
    listing: str
    arrival: date
    departure: date
    reason: str
    note: str


Problem.model_rebuild()
