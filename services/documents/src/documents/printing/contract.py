"""The view of a contract: exactly what is printed of a file, as plain data. Its hash decides on versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing_pb

from documents.printing import terms as clauses
from documents.printing import words
from documents.printing.persons import (
    address_lines,
    client_lines,
    client_name,
    is_guest_room,
    label_view,
    owner_view,
    stars,
    surface,
    values_of,
)
from documents.printing.prices import amount, price_line, stay
from documents.printing.statement import shown_value
from documents.printing.texts import Texts, texts


@dataclass(frozen=True, slots=True)
class ContractSources:
    """The frozen revisions that a contract prints."""

    booking: pb.Booking
    owner: catalog_pb.Owner
    label: catalog_pb.Label | None
    listings: Mapping[str, catalog_pb.Listing]
    fields: Sequence[catalog_pb.FieldDef]


def contract_view(sources: ContractSources, language: str) -> dict[str, Any]:
    """Everything the template prints, in the order of the paper; the internal note is not in it."""
    _ = texts(language)
    booking, totals = sources.booking, sources.booking.totals
    rooms_only = all(is_guest_room(sources.listings[line.listing_id]) for line in booking.lines)
    reference = f"{sources.owner.supplier_no}-{booking.number}"
    return {
        "language": language,
        "guest_room": rooms_only,
        "title": _("Confirmation de séjour") if rooms_only else _("Contrat de location saisonnière"),
        "number": booking.number,
        "reference": reference,
        "label": label_view(sources.label),
        "owner": owner_view(sources.owner, _),
        "client": _client(booking.client),
        "lines": [_line(line, sources, _) for line in booking.lines],
        "totals": _totals(totals, _),
        "deposit": clauses.deposit_sum(totals, _) if totals.deposit_due.amount else "",
        "deposit_meaning": (
            clauses.deposit_meaning(totals.deposit_kind, _) if totals.deposit_due.amount else ""
        ),
        "schedule": clauses.instalments(totals, _),
        "means": words.joined(clauses.means(booking.terms.means, _), language),
        "payee": clauses.payee_lines(booking.terms, reference, _),
        "hours": clauses.hours(booking.terms, _),
        "security_deposit": clauses.security_deposit(booking.terms, _),
        "cancellation": clauses.cancellation(totals.deposit_kind, _, booking.terms.cancellation),
        "free_terms": words.paragraphs(booking.terms.free_terms),
        "client_note": [line for line in booking.client_note.splitlines() if line.strip()],
    }


def _client(client: pb.Client) -> dict[str, Any]:
    return {
        "name": client_name(client),
        "code": client.code,
        "lines": client_lines(client),
        "phones": [one for one in (client.mobile, client.phone_home, client.phone_work) if one][:2],
        "email": client.email,
    }


def _line(line: pb.BookingLine, sources: ContractSources, _: Texts) -> dict[str, Any]:
    listing = sources.listings[line.listing_id]
    room = is_guest_room(listing)
    return {
        "code": line.listing_code,
        "name": line.listing_name,
        "address": address_lines(listing.address),
        "registration": "" if room else listing.registration_number or _("néant"),
        "rating": "" if room else stars(listing, _),
        "surface": surface(listing, _.language),
        "max_persons": listing.max_persons,
        "stay": stay(line.price.nights, _.language),
        "party": party(line.price.party, _),
        "plan": line.price.rate_plan_name,
        "meals": meals(line.price.meal_plan, _),
        "prices": [[price_line(one, _), amount(one.amount, _.language)] for one in line.price.lines],
        "total": amount(line.price.total, _.language),
        "on_site": [
            [price_line(one, _), amount(one.amount, _.language)]
            for one in line.price.beside
            if one.kind == "ON_SITE"
        ],
        "included": _included(listing, sources.fields, _),
        "pets": _pets(listing, _),
        "statement_revision": line.price.listing_revision or listing.revision,
    }


def party(found: Any, _: Texts) -> str:
    """`2 adultes et 2 enfants (9 et 12 ans)`."""
    adults = _.ngettext("%(num)s adulte", "%(num)s adultes", found.adults) % {"num": found.adults}
    ages = sorted(found.children_ages)
    if not ages:
        return adults
    children = _.ngettext("%(num)s enfant", "%(num)s enfants", len(ages)) % {"num": len(ages)}
    return _(
        "%(adults)s et %(children)s (%(ages)s ans)",
        adults=adults,
        children=children,
        ages=words.joined([str(age) for age in ages], _.language),
    )


def meals(plan: int, _: Texts) -> str:
    """What meals a price holds."""
    known: dict[int, str] = {
        pricing_pb.MEAL_PLAN_BREAKFAST: _("petit déjeuner compris"),
        pricing_pb.MEAL_PLAN_HALF_BOARD: _("demi-pension"),
        pricing_pb.MEAL_PLAN_FULL_BOARD: _("pension complète"),
    }
    return known.get(plan, "")


def _totals(totals: pb.Totals, _: Texts) -> dict[str, Any]:
    rows = [[_("Total hébergement"), amount(totals.accommodation, _.language)]]
    if totals.discounts.amount:
        rows.append([_("Remises"), amount(totals.discounts, _.language)])
    rows.append([_("Total suppléments"), amount(totals.supplements, _.language)])
    return {
        "rows": rows,
        "total": amount(totals.total, _.language),
        "tax": amount(totals.tourist_tax, _.language) if totals.tourist_tax.amount else "",
    }


def _included(listing: catalog_pb.Listing, fields: Sequence[catalog_pb.FieldDef], _: Texts) -> str:
    values = values_of(listing)
    found = [
        shown_value(one, values.get(one.key), _)
        for one in fields
        if one.key in {"included", "price_includes", "included_charges"} and values.get(one.key)
    ]
    return ", ".join(found)


def _pets(listing: catalog_pb.Listing, _: Texts) -> str:
    allowed = values_of(listing).get("pets_allowed")
    return _("animaux admis") if allowed else _("animaux non admis")
