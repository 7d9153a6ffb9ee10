"""What production needs (owner-brief 2, « Production blocks only on ») and what is only worth mending."""

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.domain.codes import is_usual_registration
from catalog.domain.fields import REQUIRED
from catalog.domain.listing import Listing


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist; `where` names the field or screen that mends it."""

    key: str
    done: bool
    where: str
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the other services say; None where one did not answer.

    `priced`: some night from today has a price. `open_priced`: one of these is open. `terms`: the owner has
    sales terms. `payees`: each means of payment chosen has its payee data.
    """

    priced: bool | None
    open_priced: bool | None
    terms: bool | None
    payees: bool | None


@dataclass(frozen=True, slots=True)
class OwnerFacts:
    """What the checklist must know of the owner."""

    kind: str
    siret: str
    unclaimed: bool
    vat_said: bool = False


def _sheet_items(listing: Listing) -> Iterator[Item]:
    sheet = listing.sheet
    yield Item("KIND_MISSING", "kind" in sheet, "field:kind")
    yield Item("NAME_MISSING", "name.fr" in sheet, "field:name.fr")
    has_commune = "address.city" in sheet and "address.postal_code" in sheet
    yield Item(
        "ADDRESS_MISSING",
        has_commune,
        "field:address.city" if "address.city" not in sheet else "field:address.postal_code",
    )
    yield Item("CAPACITY_MISSING", "max_persons" in sheet, "field:max_persons")
    for key in REQUIRED:
        yield Item(f"{key.upper()}_MISSING", key in sheet, f"field:{key}")


def _owner_items(owner: OwnerFacts) -> Iterator[Item]:
    if owner.unclaimed:
        yield Item("OWNER_UNCLAIMED", done=False, where="owner")
    yield Item("OWNER_KIND_MISSING", owner.kind in {"PRIVATE", "PROFESSIONAL"}, "owner")


def _asked(known: bool | None, missing: str, unknown: str, where: str) -> Item:
    return Item(unknown if known is None else missing, known is True, where)


def _service_items(readiness: Readiness) -> Iterator[Item]:
    yield _asked(readiness.priced, "NO_PRICED_NIGHT", "PRICES_UNKNOWN", "tariff")
    if readiness.priced is not None:
        yield _asked(readiness.open_priced, "NO_PRICED_OPEN_NIGHT", "OPENINGS_UNKNOWN", "open")
    yield _asked(readiness.terms, "TERMS_MISSING", "TERMS_UNKNOWN", "terms")
    if readiness.terms is not None:
        yield _asked(readiness.payees, "PAYEE_MISSING", "TERMS_UNKNOWN", "terms")


def _warnings(listing: Listing, owner: OwnerFacts) -> Iterator[Item]:
    sheet = listing.sheet
    number = sheet.get("registration_number", "")
    # Guest rooms are declared at the mairie and bear no number (D324-15 Code du tourisme).
    if listing.kind != "GUEST_ROOM":
        where = "field:registration_number"
        yield Item("REGISTRATION_NUMBER_MISSING", bool(number), where, blocking=False)
        if number:
            yield Item("REGISTRATION_NUMBER_UNUSUAL", is_usual_registration(number), where, blocking=False)
    if owner.kind == "PROFESSIONAL":
        yield Item("SIRET_MISSING", bool(owner.siret), "owner", blocking=False)
        # The mention is due beside prices whatever the regime (CGI art. 293 E).
        yield Item("VAT_NOT_SAID", owner.vat_said, "owner", blocking=False)
    yield Item("DESCRIPTION_MISSING", "description.fr" in sheet, "field:description.fr", blocking=False)
    yield Item("PHOTO_MISSING", any(photo.stored for photo in listing.photos), "photos", blocking=False)
    has_place = "latitude" in sheet and "longitude" in sheet
    yield Item("POSITION_MISSING", has_place, "field:latitude", blocking=False)
    yield Item("INSEE_MISSING", "address.insee" in sheet, "field:address.insee", blocking=False)


def checklist(listing: Listing, owner: OwnerFacts, readiness: Readiness) -> list[Item]:
    """The items in the order to work through: sheet, owner, tariff, openings, terms, then warnings."""
    return [
        *_sheet_items(listing),
        *_owner_items(owner),
        *_service_items(readiness),
        *_warnings(listing, owner),
    ]


def missing(items: list[Item]) -> list[str]:
    """Keys of the blocking items that are open."""
    return [item.key for item in items if item.blocking and not item.done]
