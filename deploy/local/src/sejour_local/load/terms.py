"""Sales terms of a data file: saved by the loader, written back by the export."""

from __future__ import annotations

from chassis.errors import ErrorKind, RemoteError
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as booking

from sejour_local.load import model, translate
from sejour_local.load.names import Names
from sejour_local.load.services import Services, patiently, request_id
from sejour_local.load.written import Node, euros, word

_PLAIN = (
    "option_days", "balance_days_before", "paypal_email", "iban", "iban_holder", "cheque_payee",
    "online_options", "notice_days", "free_terms", "arrival_from", "departure_until",
)  # fmt: skip
_OF_LISTING = ("balance_days_before", "option_days", "notice_days")


async def save_terms(given: model.Terms, names: Names, services: Services) -> None:
    """Saves an owner's terms; the same ones make no new revision, and what the file does not name stays."""
    wanted = translate.terms(given, names.owner_id)
    there = await _there(names.owner_id, services)
    _parts_into(wanted, given, names, there)
    if there is not None:
        wanted.revision = there.revision
    key = request_id("terms", names.owner_id, wanted)
    await patiently(lambda: services.terms.SaveTerms(calls.SaveTermsRequest(request_id=key, terms=wanted)))


async def _there(owner_id: str, services: Services) -> booking.SalesTerms | None:
    try:
        found: booking.SalesTerms = (
            await services.terms.GetTerms(calls.GetTermsRequest(owner_id=owner_id))
        ).terms
    except RemoteError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return None
    return found


def _parts_into(
    wanted: booking.SalesTerms, given: model.Terms, names: Names, there: booking.SalesTerms | None
) -> None:
    before = there or booking.SalesTerms()
    if given.short_stays is not None:
        short = given.short_stays
        wanted.short_stays.max_nights = short.max_nights
        if short.deposit_fixed is not None:
            wanted.short_stays.deposit_fixed.CopyFrom(translate.money(short.deposit_fixed))
        else:
            wanted.short_stays.deposit_basis_points = translate.basis_points(short.deposit_percent or 0)  # type: ignore[arg-type]
    elif before.HasField("short_stays"):
        wanted.short_stays.CopyFrom(before.short_stays)
    wanted.option_delays.extend(
        before.option_delays
        if given.option_delays is None
        else [
            booking.OptionDelay(
                means=booking.PaymentMeans.Value(f"PAYMENT_MEANS_{one.means.upper()}"),
                days=one.days,
                minutes=one.minutes,
            )
            for one in given.option_delays
        ]
    )
    wanted.cancellation.extend(
        before.cancellation
        if given.cancellation is None
        else [
            booking.CancellationStep(
                days_before=one.days_before, kept_basis_points=translate.basis_points(one.kept_percent)
            )
            for one in given.cancellation
        ]
    )
    wanted.listings.extend(
        before.listings
        if given.by_listing is None
        else [_listing(one, names.listings[one.listing]) for one in given.by_listing]
    )


def _listing(given: model.ListingTerms, listing_id: str) -> booking.ListingTerms:
    percent, fixed, security = given.deposit_percent, given.deposit_fixed, given.security_deposit
    return booking.ListingTerms(
        listing_id=listing_id,
        deposit_basis_points=None if percent is None else translate.basis_points(percent),
        deposit_fixed=None if fixed is None else translate.money(fixed),
        security_deposit=None if security is None else translate.money(security),
        mode=booking.SalesMode.Value(f"SALES_MODE_{given.mode.upper() if given.mode else 'UNSPECIFIED'}"),
        arrival_from=given.arrival_from,
        departure_until=given.departure_until,
        **{name: getattr(given, name) for name in _OF_LISTING},
    )


async def terms_node(owner_id: str, codes: dict[str, str], services: Services) -> Node | None:
    """An owner's terms as the data file has them, None where he has none; `codes` by id of listing."""
    terms = await _there(owner_id, services)
    if terms is None:
        return None
    node: Node = {"deposit_kind": word(booking.DepositKind, terms.deposit_kind), **_deposit(terms)}
    node["means"] = [word(booking.PaymentMeans, each) for each in terms.means]
    node |= {name: getattr(terms, name) for name in _PLAIN}
    if terms.HasField("security_deposit"):
        node["security_deposit"] = euros(terms.security_deposit)
    node["mode"] = word(booking.SalesMode, terms.mode)
    node |= _parts(terms, codes)
    # These say something also when they are zero or false.
    return {key: value for key, value in node.items() if value != ""}


def _deposit(given: booking.SalesTerms | booking.ShortStays) -> Node:
    if given.HasField("deposit_fixed"):
        return {"deposit_fixed": euros(given.deposit_fixed)}
    return {"deposit_percent": given.deposit_basis_points / 100}


def _parts(terms: booking.SalesTerms, codes: dict[str, str]) -> Node:
    node: Node = {}
    if terms.HasField("short_stays"):
        node["short_stays"] = {"max_nights": terms.short_stays.max_nights, **_deposit(terms.short_stays)}
    if terms.option_delays:
        node["option_delays"] = [
            {"means": word(booking.PaymentMeans, one.means)}
            | ({"minutes": one.minutes} if one.minutes else {"days": one.days})
            for one in terms.option_delays
        ]
    if terms.cancellation:
        node["cancellation"] = [
            {"days_before": one.days_before, "kept_percent": one.kept_basis_points / 100}
            for one in terms.cancellation
        ]
    own = [_listing_node(one, codes) for one in terms.listings if one.listing_id in codes]
    return node | ({"by_listing": own} if own else {})


def _listing_node(given: booking.ListingTerms, codes: dict[str, str]) -> Node:
    node: Node = {"listing": codes[given.listing_id]}
    if given.HasField("deposit_fixed"):
        node["deposit_fixed"] = euros(given.deposit_fixed)
    elif given.HasField("deposit_basis_points"):
        node["deposit_percent"] = given.deposit_basis_points / 100
    if given.HasField("security_deposit"):
        node["security_deposit"] = euros(given.security_deposit)
    if given.mode:
        node["mode"] = word(booking.SalesMode, given.mode)
    node |= {name: getattr(given, name) for name in _OF_LISTING if given.HasField(name)}  # type: ignore[arg-type]
    hours = {name: getattr(given, name) for name in ("arrival_from", "departure_until")}
    return node | {name: value for name, value in hours.items() if value}
