"""From the parts of a data file to the messages of the contracts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid5

from google.protobuf.struct_pb2 import Struct
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1.common_pb2 import Money, Nights, Party
from sejour.pricing.v1 import pricing_service_pb2 as pricing_calls
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from sejour_local.load import model
from sejour_local.load.names import Names

_NAMESPACE = UUID("3b0f4c52-7c2a-5b56-8f2d-5e0a7d3c9a11")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KINDS = {
    "seasonal_rental": catalog.LISTING_KIND_SEASONAL_RENTAL,
    "guest_room": catalog.LISTING_KIND_GUEST_ROOM,
}
_OWNER_KINDS = {"private": catalog.OWNER_KIND_PRIVATE, "professional": catalog.OWNER_KIND_PROFESSIONAL}


def cents(amount: Decimal) -> int:
    """Euros to minor units; the model lets no third decimal through."""
    return int(amount * 100)


def basis_points(percent: Decimal) -> int:
    """Percent to hundredths of a percent."""
    return int(percent * 100)


def money(amount: Decimal) -> Money:
    """Euros."""
    return Money(amount=cents(amount), currency="EUR")


def stable_id(kind: str, key: str) -> str:
    """The same UUID at every load, for what the file itself names."""
    return str(uuid5(_NAMESPACE, f"{kind}|{key}"))


def nights(first: object, to: object) -> Nights:
    """Nights `[first, to)`."""
    return Nights(arrival=str(first), departure=str(to))


def weekdays(days: list[model.Weekday]) -> list[int]:
    """ISO numbers of weekdays."""
    return [_WEEKDAYS.index(day) + 1 for day in days]


def address(given: model.Address) -> catalog.Address:
    """A postal address."""
    return catalog.Address(**given.model_dump())


def label(given: model.Label) -> catalog.Label:
    """A label."""
    return catalog.Label(**given.model_dump(exclude={"accounts"}))


def owner(given: model.Owner, label_ids: list[str]) -> catalog.Owner:
    """An owner without what hangs on him."""
    plain = given.model_dump(
        include={
            "supplier_no", "civility", "last_name", "first_name", "company", "phone", "mobile", "fax",
            "email", "website", "siret", "vat_number", "languages",
        }
    )  # fmt: skip
    return catalog.Owner(
        **plain,
        address=address(given.address),
        kind=_OWNER_KINDS[given.kind],
        vat_bp=basis_points(given.vat_percent or Decimal(0)),
        vat_said=given.vat_percent is not None,
        currency="EUR",
        label_ids=label_ids,
    )


def listing(given: model.Listing, owner_id: str, label_id: str) -> catalog.Listing:
    """A listing as a draft."""
    values = Struct()
    values.update(cast("dict[str, Any]", given.values))
    message = catalog.Listing(
        code=given.code,
        owner_id=owner_id,
        label_id=label_id,
        kind=_KINDS[given.kind],
        name=given.name,
        description=given.description,
        address=address(given.address),
        latitude=given.latitude or 0.0,
        longitude=given.longitude or 0.0,
        base_persons=given.base_persons,
        max_persons=given.max_persons,
        official_stars=given.official_stars,
        label_rating=given.label_rating,
        registration_number=given.registration_number,
        values=values,
        zone="Europe/Paris",
    )
    if given.property is not None:
        message.sells.property_id = stable_id("property", f"{owner_id}|{given.property}")
        message.sells.mode = catalog.SellsMode.Value(f"SELLS_MODE_{given.sells.upper()}")
        message.sells.resource_ids.extend(
            stable_id("resource", f"{owner_id}|{given.property}|{name}") for name in given.resources
        )
    return message


def changes(given: model.Listing, there: catalog.Listing) -> Struct:
    """What differs from a listing that is there, by field key, for `UpdateListing`."""
    wanted: dict[str, Any] = {f"name.{language}": text for language, text in given.name.items()}
    wanted |= {f"description.{language}": text for language, text in given.description.items()}
    wanted |= {
        f"address.{key}": value for key, value in given.address.model_dump().items() if key != "country"
    }
    wanted |= {
        key: getattr(given, key)
        for key in ("base_persons", "max_persons", "official_stars", "label_rating", "registration_number")
    }
    wanted |= {
        key: getattr(given, key) for key in ("latitude", "longitude") if getattr(given, key) is not None
    }
    wanted |= given.values
    present: dict[str, Any] = {f"name.{language}": text for language, text in there.name.items()}
    present |= {f"description.{language}": text for language, text in there.description.items()}
    present |= {f"address.{key}": getattr(there.address, key) for key in ("postal_code", "city", "insee")}
    present["address.lines"] = list(there.address.lines)
    present |= {
        key: getattr(there, key)
        for key in (
            "base_persons", "max_persons", "official_stars", "label_rating", "registration_number",
            "latitude", "longitude",
        )
    }  # fmt: skip
    asked, known = Struct(), Struct()
    asked.update(wanted)
    known.update(present)
    for key, value in there.values.fields.items():
        known.fields[key].CopyFrom(value)
    return Struct(fields={k: v for k, v in asked.fields.items() if known.fields.get(k) != v})


def season(given: model.Season, owner_id: str) -> pricing.Season:
    """A season."""
    periods = sorted((nights(each.first, each.to) for each in given.periods), key=lambda each: each.arrival)
    return pricing.Season(owner_id=owner_id, name=given.name, color=given.color, periods=periods)


def rate_plan(given: model.RatePlan, owner_id: str) -> pricing.RatePlan:
    """A formule."""
    meals = pricing.MealPlan.Value(f"MEAL_PLAN_{given.meals.upper()}")
    price = cents(given.meals_price)
    return pricing.RatePlan(owner_id=owner_id, code=given.code, name=given.name, meal_plan=meals, meals=price)


def tariff(given: model.Tariff, names: Names) -> pricing.Tariff:
    """A tariff, with ids for the names of the file."""
    return pricing.Tariff(
        owner_id=names.owner_id,
        name=given.name,
        rate_plan_id=names.plans[given.rate_plan],
        listing_ids=[names.listings[code] for code in given.listings],
        base_persons=given.base_persons,
        extra_person_unit=pricing.ExtraPersonUnit.Value(
            f"EXTRA_PERSON_UNIT_{given.extra_person_per.upper()}"
        ),
        straddle=pricing.StraddleMode.Value(f"STRADDLE_MODE_{given.straddle.upper()}"),
        rows=[_row(row, names.seasons[row.season]) for row in given.rows],
    )


def _row(given: model.TariffRow, season_id: str) -> pricing.TariffRow:
    bands = [pricing.ChildBand(max_age=each.max_age, price=cents(each.price)) for each in given.children]
    return pricing.TariffRow(
        season_id=season_id,
        **_grid(given),
        extra_adult=cents(given.extra_adult),
        child_bands=sorted(bands, key=lambda band: band.max_age),
        rules=pricing.StayRules(
            arrival_days=weekdays(given.arrival_days),
            departure_days=weekdays(given.departure_days),
            min_nights=given.min_nights,
            max_nights=given.max_nights,
            notice_days=given.notice_days,
            min_through=given.min_through,
            horizon_days=given.horizon_days,
            sell_gaps=given.sell_gaps,
            min_by_arrival_day=_by_day(given.min_by_arrival_day),
        ),
        occupancies=[
            pricing.OccupancyPrices(persons=each.persons, **_grid(each)) for each in given.occupancies
        ],
    )


def _grid(given: model.Grid) -> dict[str, Any]:
    """What a row and its prices by persons have in common."""
    return {
        "packages": {length: cents(price) for length, price in given.packages.items()},
        "extra_night": cents(given.extra_night),
        "named_packages": [
            pricing.NamedPackage(
                kind=pricing.PackageKind.Value(f"PACKAGE_KIND_{each.kind.upper()}"),
                price=cents(each.price),
                arrival_days=weekdays(each.arrival_days),
                nights=sorted(each.nights),
            )
            for each in given.named_packages
        ],
        "weekday_prices": _by_day({day: cents(price) for day, price in given.weekday_prices.items()}),
    }


def _by_day(given: Mapping[model.Weekday, int]) -> dict[int, int]:
    return {_WEEKDAYS.index(day) + 1: value for day, value in given.items()}


def price(given: model.PriceOnDates, names: Names) -> pricing.PriceOnDates:
    """A price on dates."""
    return pricing.PriceOnDates(
        owner_id=names.owner_id,
        listing_id=names.listings[given.listing],
        rate_plan_id=names.plans[given.rate_plan],
        nights=nights(given.first, given.to),
        unit=pricing.PriceUnit.Value(f"PRICE_UNIT_{given.unit.upper()}"),
        price=money(given.price),
        reason=given.reason,
        persons=given.persons,
    )


def supplement(given: model.Supplement, names: Names) -> pricing.Supplement:
    """A supplement."""
    within = given.only_within
    return pricing.Supplement(
        owner_id=names.owner_id,
        code=given.code,
        name=given.name,
        base=pricing.SupplementBase.Value(f"SUPPLEMENT_BASE_{given.base.upper()}"),
        price=money(given.price),
        obligatory=given.obligatory,
        max_quantity=given.max_quantity,
        only_within=nights(within.first, within.to) if within else None,
        listing_ids=[names.listings[code] for code in given.listings],
        rate_plan_ids=[names.plans[code] for code in given.rate_plans],
        on_site=given.on_site,
        min_nights=given.min_nights,
        max_nights=given.max_nights,
        # Everybody is unset in the contract.
        persons_counted=pricing.PersonsCounted.Value(f"PERSONS_COUNTED_{given.persons_counted.upper()}")
        if given.persons_counted != "all"
        else pricing.PERSONS_COUNTED_UNSPECIFIED,
    )


def discount(given: model.Discount, names: Names) -> pricing.Discount:
    """A discount."""
    return pricing.Discount(
        owner_id=names.owner_id,
        code=given.code,
        name=given.name,
        kind=pricing.DiscountKind.Value(f"DISCOUNT_KIND_{given.kind.upper()}"),
        basis_points=basis_points(given.percent),
        threshold=given.threshold,
        before=str(given.before or ""),
        cumulative=given.cumulative,
        listing_ids=[names.listings[code] for code in given.listings],
        promo_code=given.promo_code,
        min_nights=given.min_nights,
        max_nights=given.max_nights,
        arrivals=nights(given.arrivals.first, given.arrivals.to) if given.arrivals else None,
        accommodation_only=given.accommodation_only,
    )


def tax_rule(given: model.TaxRule, year: int) -> pricing.TaxRule:
    """The rule of one year."""
    periods = [(_day(year, first), _day(year, last)) for first, last in given.periods]
    return pricing.TaxRule(
        insee=given.insee,
        commune=given.commune,
        category=given.category,
        year=year,
        tariff=cents(given.tariff),
        rate_basis_points=basis_points(given.rate_percent),
        cap=cents(given.cap),
        additional={name: basis_points(percent) for name, percent in given.additional_percent.items()},
        collected_from=periods[0][0].isoformat() if periods else "",
        collected_to=periods[-1][1].isoformat() if periods else "",
        collected=[nights(first, last + timedelta(days=1)) for first, last in periods],
        round_each_step=given.round_each_step,
        source=given.source,
        to_confirm=given.to_confirm,
    )


def _day(year: int, month_day: str) -> date:
    """A day of a year; 29 February is the 28th where there is none."""
    try:
        return date.fromisoformat(f"{year}-{month_day}")
    except ValueError:
        return date(year, 2, 28)


def terms(given: model.Terms, owner_id: str) -> booking.SalesTerms:
    """Sales terms."""
    plain = given.model_dump(
        include={
            "option_days", "balance_days_before", "paypal_email", "iban", "iban_holder", "cheque_payee",
            "online_options", "notice_days", "free_terms", "arrival_from", "departure_until",
        }
    )  # fmt: skip
    return booking.SalesTerms(
        **plain,
        owner_id=owner_id,
        deposit_kind=booking.DepositKind.Value(f"DEPOSIT_KIND_{given.deposit_kind.upper()}"),
        deposit_basis_points=basis_points(given.deposit_percent) if given.deposit_percent else 0,
        deposit_fixed=money(given.deposit_fixed) if given.deposit_fixed is not None else None,
        means=[booking.PaymentMeans.Value(f"PAYMENT_MEANS_{each.upper()}") for each in given.means],
        security_deposit=money(given.security_deposit) if given.security_deposit is not None else None,
        mode=booking.SalesMode.Value(f"SALES_MODE_{given.mode.upper()}"),
    )


def client(given: model.Client, owner_id: str) -> booking.Client:
    """A client; his code is the service's to give."""
    plain = given.model_dump(exclude={"code", "lines"})
    return booking.Client(**plain, owner_id=owner_id, address_lines=given.lines)


def payment(given: model.Payment) -> booking.Payment:
    """A payment received."""
    return booking.Payment(
        received_on=str(given.received_on),
        means=booking.PaymentMeans.Value(f"PAYMENT_MEANS_{given.means.upper()}"),
        number=given.number,
        amount=money(given.amount),
        nature=given.nature.upper(),
    )


def quote_line(given: model.BookingLine, names: Names) -> pricing_calls.QuoteLineRequest:
    """One line to quote."""
    chosen = [pricing.ChosenSupplement(code=each.code, quantity=each.quantity) for each in given.supplements]
    return pricing_calls.QuoteLineRequest(
        listing_id=names.listings[given.listing],
        rate_plan_id=names.plans[given.rate_plan],
        nights=nights(given.arrival, given.departure),
        party=Party(adults=given.adults, children_ages=given.children),
        supplements=chosen,
        agreed_total=money(given.agreed_total) if given.agreed_total is not None else None,
        agreed_reason=given.agreed_reason,
    )


def opened(given: model.OpenPeriod) -> Nights:
    """Nights to open; those of a rolling period begin with one night."""
    return nights(given.first, given.to or given.first + timedelta(days=1))
