"""What the register of the tourist tax prints: stays by commune with their sums; nobody is named."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.printing import words
from documents.printing.persons import owner_view
from documents.printing.texts import Texts

CURRENCY = "EUR"
"""The tax is voted in euros."""


def tax_register_view(
    owner: catalog_pb.Owner,
    communes: Sequence[pb.TaxRegisterCommune],
    first: date,
    last: date,
    _: Texts,
) -> dict[str, Any]:
    """The pages as plain data; `first` and `last` are departures, both included."""
    total = sum(stay.amount for each in communes for stay in each.stays)
    return {
        "language": _.language,
        "title": _("Registre de la taxe de séjour"),
        "period": _(
            "Départs du %(first)s au %(last)s",
            first=words.day(first, _.language, weekday=False),
            last=words.day(last, _.language, weekday=False),
        ),
        "owner": owner_view(owner, _),
        "communes": [_commune(each, _) for each in communes],
        "total": words.money(total, CURRENCY, _.language),
    }


def _commune(commune: pb.TaxRegisterCommune, _: Texts) -> dict[str, Any]:
    amount = sum(stay.amount for stay in commune.stays)
    collected = sum(stay.amount for stay in commune.stays if stay.is_collected)
    return {
        "name": commune.name,
        "insee": commune.insee,
        "stays": [_stay(stay, _) for stay in commune.stays],
        "count": len(commune.stays),
        "taxed_nights": sum(stay.taxed_nights for stay in commune.stays),
        "amount": words.money(amount, CURRENCY, _.language),
        "missing": words.money(amount - collected, CURRENCY, _.language) if amount > collected else "",
    }


def _stay(stay: pb.TaxRegisterStay, _: Texts) -> dict[str, Any]:
    arrival, departure = (date.fromisoformat(each) for each in (stay.nights.arrival, stay.nights.departure))
    return {
        "number": stay.file_number,
        "code": stay.listing_code,
        "arrival": words.short_day(arrival, _.language),
        "departure": words.short_day(departure, _.language),
        "nights": (departure - arrival).days,
        "persons": stay.persons or "—",
        "taxed": stay.taxed,
        "exempt": stay.exempt_words or max(0, stay.persons - stay.taxed),
        "unit": " / ".join(words.money(each, CURRENCY, _.language) for each in stay.unit_amounts) or "—",
        "taxed_nights": stay.taxed_nights,
        "amount": words.money(stay.amount, CURRENCY, _.language),
        "collected": _("oui") if stay.is_collected else _("non"),
    }
