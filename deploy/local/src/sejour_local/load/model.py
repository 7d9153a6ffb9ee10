"""The shape of a data file (docs/data-file.md), strict: an unknown key or a wrong value is refused.

Dates are `YYYY-MM-DD`; `to` and `departure` are the day after the last night. Amounts are euros such as 8.50.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
Percent = Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)]
Languages = dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], Text]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Length = Annotated[int, Field(ge=1, le=35)]


class Part(BaseModel):
    """Base of every part of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Period(Part):
    """Nights `[from, to)`."""

    first: date = Field(alias="from")
    to: date

    @model_validator(mode="after")
    def _not_reversed(self) -> Self:
        if self.to <= self.first:
            raise ValueError("« to » is the day after the last night: it must come after « from »")
        return self


class OpenPeriod(Part):
    """Nights on sale; without `to` (« sans fin ») for a rolling 24 months."""

    first: date = Field(alias="from")
    to: date | None = None

    @model_validator(mode="after")
    def _not_reversed(self) -> Self:
        if self.to is not None and self.to <= self.first:
            raise ValueError("« to » is the day after the last night: it must come after « from »")
        return self


class Address(Part):
    """A postal address."""

    lines: list[Short] = Field(default_factory=list, max_length=3)
    postal_code: Short = ""
    city: Short = ""
    insee: Annotated[str, StringConstraints(pattern=r"^([0-9]{5}|2[AB][0-9]{3})?$")] = ""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "FR"


class Label(Part):
    """A label or tourist office."""

    slug: Slug
    name: Text
    primary_color: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")] = "#2B5F75"
    phone: Short = ""
    email: Short = ""
    accounts: list[LabelAccount] = Field(default_factory=list)


class LabelAccount(Part):
    """Somebody of a label who may sign in."""

    email: Short
    display_name: Short
    password: Annotated[str, StringConstraints(min_length=12, max_length=200)]


class Account(LabelAccount):
    """Somebody who may sign in for an owner."""

    role: Literal["owner", "helper", "accountant"] = "owner"


class Season(Part):
    """A named season and its nights."""

    name: Text
    color: Annotated[str, StringConstraints(pattern=r"^s[1-8]$")] = "s1"
    periods: list[Period] = Field(min_length=1)


class RatePlan(Part):
    """A formule."""

    code: Slug
    name: Text
    meals: Literal["room_only", "breakfast", "half_board", "full_board"] = "room_only"
    meals_price: Amount = Decimal(0)


class ChildBand(Part):
    """Price of an extra child up to an age."""

    max_age: Annotated[int, Field(ge=0, le=17)]
    price: Amount


class NamedPackage(Part):
    """A package with a name; days and lengths are those of the kind where none are given."""

    kind: Literal["week_end", "mid_week", "month"]
    price: Amount
    arrival_days: list[Weekday] = Field(default_factory=list)
    nights: list[Length] = Field(default_factory=list)


class Grid(Part):
    """Prices by length, by name, by weekday of the night."""

    packages: dict[Length, Amount] = Field(default_factory=dict)
    extra_night: Amount = Decimal(0)
    named_packages: list[NamedPackage] = Field(default_factory=list)
    weekday_prices: dict[Weekday, Amount] = Field(default_factory=dict)


class Occupancy(Grid):
    """The prices for up to so many persons."""

    persons: Annotated[int, Field(ge=1, le=99)]


class TariffRow(Grid):
    """The prices and rules of one season."""

    season: Text
    occupancies: list[Occupancy] = Field(default_factory=list)
    extra_adult: Amount = Decimal(0)
    children: list[ChildBand] = Field(default_factory=list, max_length=3)
    arrival_days: list[Weekday] = Field(default_factory=list)
    departure_days: list[Weekday] = Field(default_factory=list)
    min_nights: Annotated[int, Field(ge=0, le=365)] = 0
    max_nights: Annotated[int, Field(ge=0, le=365)] = 0
    notice_days: Annotated[int, Field(ge=0, le=365)] = 0
    min_through: Annotated[int, Field(ge=0, le=365)] = 0
    horizon_days: Annotated[int, Field(ge=0, le=1000)] = 0
    sell_gaps: bool = False
    min_by_arrival_day: dict[Weekday, Annotated[int, Field(ge=1, le=365)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _priced(self) -> Self:
        grids: list[Grid] = [self, *self.occupancies]
        if not any(grid.packages or grid.named_packages or grid.weekday_prices for grid in grids):
            raise ValueError("give « packages », « named_packages », « weekday_prices » or « occupancies »")
        return self


class Tariff(Part):
    """One rate plan priced for some listings."""

    name: Text
    rate_plan: Slug
    listings: list[Short] = Field(min_length=1)
    base_persons: Annotated[int, Field(ge=1, le=99)]
    extra_person_per: Literal["night", "week"] = "night"
    straddle: Literal["prorata", "arrival_season", "majority", "highest"] = "prorata"
    rows: list[TariffRow] = Field(min_length=1)


class PriceOnDates(Part):
    """A price typed on dates; wins over the season."""

    listing: Short
    rate_plan: Slug
    first: date = Field(alias="from")
    to: date
    unit: Literal["stay", "night", "week"]
    price: Amount
    reason: Short = ""
    persons: Annotated[int, Field(ge=0, le=99)] = 0

    @model_validator(mode="after")
    def _not_reversed(self) -> Self:
        if self.to <= self.first:
            raise ValueError("« to » is the day after the last night: it must come after « from »")
        return self


class Supplement(Part):
    """A supplement."""

    code: Slug
    name: Text
    base: Literal["per_stay", "per_night", "per_person", "per_person_per_night", "per_week", "per_unit"]
    price: Amount
    obligatory: bool = False
    max_quantity: Annotated[int, Field(ge=0, le=1000)] = 0
    only_within: Period | None = None
    listings: list[Short] = Field(default_factory=list)
    rate_plans: list[Slug] = Field(default_factory=list)
    on_site: bool = False
    min_nights: Annotated[int, Field(ge=0, le=365)] = 0
    max_nights: Annotated[int, Field(ge=0, le=365)] = 0
    persons_counted: Literal["all", "adults", "children", "extra"] = "all"


class Discount(Part):
    """A discount."""

    code: Slug
    name: Text
    kind: Literal["early", "late", "length", "second_week", "code"]
    percent: Percent
    threshold: Annotated[int, Field(ge=0, le=1000)] = 0
    before: date | None = None
    cumulative: bool = False
    listings: list[Short] = Field(default_factory=list)
    promo_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    min_nights: Annotated[int, Field(ge=0, le=365)] = 0
    max_nights: Annotated[int, Field(ge=0, le=365)] = 0
    arrivals: Period | None = None
    accommodation_only: bool = False


class ShortStays(Part):
    """The deposit of stays of at most `max_nights` nights."""

    max_nights: Annotated[int, Field(ge=1, le=365)]
    deposit_percent: Percent | None = None
    deposit_fixed: Amount | None = None

    @model_validator(mode="after")
    def _one_deposit(self) -> Self:
        if (self.deposit_percent is None) == (self.deposit_fixed is None):
            raise ValueError("give either « deposit_percent » or « deposit_fixed »")
        return self


class OptionDelay(Part):
    """How long an option lasts for who pays so."""

    means: Literal["cheque", "transfer", "cash", "holiday_vouchers", "paypal", "card", "other"]
    days: Annotated[int, Field(ge=0, le=365)] = 0
    minutes: Annotated[int, Field(ge=0, le=1440)] = 0


class CancellationStep(Part):
    """What the owner keeps of who cancels at least so many days before arrival."""

    days_before: Annotated[int, Field(ge=0, le=365)]
    kept_percent: Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]


class ListingTerms(Part):
    """What differs for one listing."""

    listing: Short
    deposit_percent: Percent | None = None
    deposit_fixed: Amount | None = None
    balance_days_before: Annotated[int, Field(ge=0, le=365)] | None = None
    security_deposit: Amount | None = None
    mode: Literal["immediate", "option", "on_request"] | None = None
    option_days: Annotated[int, Field(ge=1, le=60)] | None = None
    notice_days: Annotated[int, Field(ge=0, le=365)] | None = None
    arrival_from: str = ""
    departure_until: str = ""


class Terms(Part):
    """Sales terms; what is not given of the last four stays as it is."""

    deposit_kind: Literal["arrhes", "acompte"]
    deposit_percent: Percent | None = None
    deposit_fixed: Amount | None = None
    means: list[Literal["cheque", "transfer", "cash", "holiday_vouchers", "paypal", "card", "other"]] = Field(
        min_length=1
    )
    option_days: Annotated[int, Field(ge=1, le=60)] = 7
    balance_days_before: Annotated[int, Field(ge=0, le=365)] = 30
    paypal_email: Short = ""
    iban: Short = ""
    iban_holder: Short = ""
    cheque_payee: Short = ""
    security_deposit: Amount | None = None
    mode: Literal["immediate", "option", "on_request"] = "option"
    online_options: bool = True
    notice_days: Annotated[int, Field(ge=0, le=365)] = 0
    free_terms: Annotated[str, StringConstraints(max_length=20_000)] = ""
    arrival_from: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "16:00"
    departure_until: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "10:00"
    short_stays: ShortStays | None = None
    option_delays: list[OptionDelay] | None = None
    cancellation: list[CancellationStep] | None = None
    by_listing: list[ListingTerms] | None = None

    @model_validator(mode="after")
    def _one_deposit(self) -> Self:
        if (self.deposit_percent is None) == (self.deposit_fixed is None):
            raise ValueError("give either « deposit_percent » or « deposit_fixed »")
        return self


class Photo(Part):
    """A photograph beside the data file."""

    file: Path
    caption: Languages = Field(default_factory=dict)
    credit: Short = ""


class Listing(Part):
    """What is sold."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z-]{3,20}$")]
    kind: Literal["seasonal_rental", "guest_room"]
    state: Literal["draft", "in_production", "withdrawn"] = "draft"
    label: Slug | None = None
    name: Languages
    description: Languages = Field(default_factory=dict)
    address: Address = Field(default_factory=Address)
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    base_persons: Annotated[int, Field(ge=0, le=99)] = 0
    max_persons: Annotated[int, Field(ge=0, le=99)] = 0
    official_stars: Annotated[int, Field(ge=0, le=5)] = 0
    label_rating: Annotated[int, Field(ge=0, le=5)] = 0
    registration_number: Annotated[str, StringConstraints(max_length=40)] = ""
    property: Slug | None = None
    sells: Literal["all", "any"] = "all"
    resources: list[Slug] = Field(default_factory=list)
    values: dict[str, object] = Field(default_factory=dict)
    photos: list[Photo] = Field(default_factory=list)
    open: list[OpenPeriod] = Field(default_factory=list)

    @model_validator(mode="after")
    def _resources_of_a_property(self) -> Self:
        if bool(self.resources) != (self.property is not None):
            raise ValueError("« property » and « resources » go together")
        return self


class Client(Part):
    """Somebody who books; the code must be the one that the booking service gives."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}-[1-9][0-9]*$")]
    civility: Literal["", "MR", "MRS"] = ""
    last_name: Text
    first_name: Short = ""
    lines: list[Short] = Field(default_factory=list, max_length=3)
    postal_code: Short = ""
    city: Short = ""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "FR"
    phone_home: Short = ""
    phone_work: Short = ""
    mobile: Short = ""
    fax: Short = ""
    email: Short = ""
    language: Literal["fr", "en"] = "fr"


class Payment(Part):
    """A payment received."""

    received_on: date
    means: Literal["cheque", "transfer", "cash", "holiday_vouchers", "paypal", "card", "other"]
    amount: Amount
    number: Short = ""
    nature: Literal["deposit", "balance", "security_deposit", "tax"] = "deposit"


class ChosenSupplement(Part):
    """A supplement of a stay."""

    code: Slug
    quantity: Annotated[int, Field(ge=1, le=1000)] = 1


class BookingLine(Part):
    """One listing of a file; without persons = not stated."""

    listing: Short
    rate_plan: Slug
    arrival: date
    departure: date
    adults: Annotated[int, Field(ge=0, le=99)] = 0
    children: list[Annotated[int, Field(ge=0, le=17)]] = Field(default_factory=list)
    supplements: list[ChosenSupplement] = Field(default_factory=list)
    agreed_total: Amount | None = None
    agreed_reason: Short = ""

    @model_validator(mode="after")
    def _not_reversed(self) -> Self:
        if self.departure <= self.arrival:
            raise ValueError("« departure » is the day after the last night: it must come after « arrival »")
        return self


class Booking(Part):
    """A booking file, by its number."""

    number: Annotated[int, Field(ge=1)]
    booked_on: date
    client: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}-[1-9][0-9]*$")]
    state: Literal["option", "confirmed"]
    ends_at: datetime | Literal["default", "none"] = "default"
    lines: list[BookingLine] = Field(min_length=1)
    client_note: Annotated[str, StringConstraints(max_length=20_000)] = ""
    internal_note: Annotated[str, StringConstraints(max_length=20_000)] = ""
    payments: list[Payment] = Field(default_factory=list)


class Owner(Part):
    """An owner and all that is his."""

    supplier_no: Annotated[int, Field(ge=1)]
    civility: Literal["", "MR", "MRS"] = ""
    last_name: Text
    first_name: Short = ""
    company: Short = ""
    address: Address
    phone: Short = ""
    mobile: Short = ""
    fax: Short = ""
    email: Short
    website: Short = ""
    kind: Literal["private", "professional"]
    siret: Annotated[str, StringConstraints(pattern=r"^([0-9]{14})?$")] = ""
    vat_percent: Annotated[Decimal, Field(ge=0, le=25, decimal_places=2)] | None = None
    vat_number: Annotated[str, StringConstraints(pattern=r"^(FR[0-9A-HJ-NP-Z]{2}[0-9]{9})?$")] = ""
    languages: list[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]] = Field(default_factory=list)
    labels: list[Slug] = Field(default_factory=list)
    accounts: list[Account] = Field(default_factory=list)
    terms: Terms | None = None
    listings: list[Listing] = Field(default_factory=list)
    seasons: list[Season] = Field(default_factory=list)
    rate_plans: list[RatePlan] = Field(default_factory=list)
    tariffs: list[Tariff] = Field(default_factory=list)
    prices: list[PriceOnDates] = Field(default_factory=list)
    supplements: list[Supplement] = Field(default_factory=list)
    discounts: list[Discount] = Field(default_factory=list)
    clients: list[Client] = Field(default_factory=list)
    bookings: list[Booking] = Field(default_factory=list)

    @model_validator(mode="after")
    def _liable(self) -> Self:
        if self.kind != "professional" and (self.vat_percent is not None or self.vat_number):
            raise ValueError("« vat_percent » and « vat_number » are for « kind: professional » alone")
        return self


class Years(Part):
    """Years, the last one included."""

    first: Annotated[int, Field(ge=2000, le=2100)] = Field(alias="from")
    to: Annotated[int, Field(ge=2000, le=2100)]

    @model_validator(mode="after")
    def _not_reversed(self) -> Self:
        if self.to < self.first:
            raise ValueError("« to » is the last year: it must not come before « from »")
        return self


def _of_some_year(text: str) -> str:
    try:
        date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise ValueError("write a day of the year as MM-DD, such as 04-01") from None
    return text


MonthDay = Annotated[str, StringConstraints(pattern=r"^\d\d-\d\d$"), AfterValidator(_of_some_year)]


class Collection(Part):
    """A period of collection: first and last day of each year, both included."""

    first: MonthDay
    last: MonthDay

    @model_validator(mode="after")
    def _not_reversed(self) -> Self:
        if self.last < self.first:
            raise ValueError("« last » comes before « first »: write two periods where it spans a New Year")
        return self


class TaxRule(Part):
    """Tourist tax of a commune for a category."""

    insee: Annotated[str, StringConstraints(pattern=r"^([0-9]{5}|2[AB][0-9]{3})$")]
    commune: Short = ""
    category: Literal["palace", "5", "4", "3", "2", "1", "guest_room", "unclassified"]
    years: Years
    tariff: Amount = Decimal(0)
    rate_percent: Annotated[Decimal, Field(ge=0, le=5, decimal_places=2)] = Decimal(0)
    cap: Amount = Decimal(0)
    additional_percent: dict[Slug, Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2)]] = Field(
        default_factory=dict
    )
    collected: list[Collection] = Field(default_factory=list)
    collected_from: MonthDay | Literal[""] = ""
    collected_to: MonthDay | Literal[""] = ""
    round_each_step: bool = True
    source: Short = ""
    to_confirm: bool = False

    @model_validator(mode="after")
    def _collected_once(self) -> Self:
        if self.collected and (self.collected_from or self.collected_to):
            raise ValueError("give either « collected » or « collected_from » and « collected_to »")
        return self

    @property
    def periods(self) -> list[tuple[str, str]]:
        """The periods of collection, `MM-DD`, both days included; none is the whole year."""
        if self.collected_from or self.collected_to:
            return [(self.collected_from or "01-01", self.collected_to or "12-31")]
        return [(each.first, each.last) for each in self.collected]


class ApiKey(Part):
    """A key for software."""

    name: Slug
    role: Literal["owner", "partner", ""] = ""
    scopes: list[
        Literal[
            "catalog:read", "search:read", "quote:write", "booking:read", "booking:write", "owner:read",
            "owner:write", "webhooks",
        ]
    ] = Field(min_length=1)  # fmt: skip
    owners: list[int] = Field(default_factory=list)
    labels: list[Slug] = Field(default_factory=list)


class WidgetKey(Part):
    """A public key of the widget."""

    key: Annotated[str, StringConstraints(pattern=r"^[0-9]+-[0-9]+$")]
    owner: int | None = None
    label: Slug | None = None
    origins: list[Short] = Field(default_factory=list)


class DataFile(Part):
    """The whole file."""

    format: Literal["sejour/1"]
    labels: list[Label] = Field(default_factory=list)
    operators: list[LabelAccount] = Field(default_factory=list)
    tax_rules: list[TaxRule] = Field(default_factory=list)
    owners: list[Owner] = Field(default_factory=list)
    api_keys: list[ApiKey] = Field(default_factory=list)
    widget_keys: list[WidgetKey] = Field(default_factory=list)


Label.model_rebuild()
