"""How owners, clients, addresses and listings are written on paper."""

from typing import Any

from google.protobuf.json_format import MessageToDict
from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb

from documents.printing.texts import Texts
from documents.printing.words import number

COUNTRIES = {"": "", "FR": ""}


def address_lines(address: catalog_pb.Address) -> list[str]:
    """The lines of an envelope without the name."""
    town = f"{address.postal_code} {address.city}".strip()
    return [line for line in (*address.lines, town, country(address.country)) if line]


def country(code: str) -> str:
    """The country as it stands on an envelope; France is left out."""
    if code in COUNTRIES:
        return COUNTRIES[code]
    from babel import Locale  # noqa: PLC0415 (only for foreign addresses)

    return str(Locale("fr").territories.get(code, code)).upper()


def owner_name(owner: catalog_pb.Owner) -> str:
    """`Jeanne FAURE`, or the company with the person."""
    person = " ".join(part for part in (owner.first_name, owner.last_name.upper()) if part)
    return f"{owner.company} ({person})" if owner.company and person else owner.company or person


def client_name(client: booking_pb.Client) -> str:
    """`Georges DUPOND`."""
    return " ".join(part for part in (client.first_name, client.last_name.upper()) if part)


def client_lines(client: booking_pb.Client) -> list[str]:
    """The client's envelope without the name."""
    town = f"{client.postal_code} {client.city}".strip()
    return [line for line in (*client.address_lines, town, country(client.country)) if line]


def owner_view(owner: catalog_pb.Owner, _: Texts) -> dict[str, Any]:
    """The owner's block of a document."""
    return {
        "name": owner_name(owner),
        "lines": address_lines(owner.address),
        "phones": [phone for phone in (owner.phone, owner.mobile) if phone],
        "fax": owner.fax,
        "email": owner.email,
        "website": owner.website,
        "siret": owner.siret,
        "kind": advertiser(owner, _),
        "supplier_no": owner.supplier_no,
        **_vat_view(owner, _),
    }


def _vat_view(owner: catalog_pb.Owner, _: Texts) -> dict[str, str]:
    # Nothing at all of a private owner: what was printed of him before needs no new version.
    found = {"vat": vat_mention(owner, _), "vat_number": owner.vat_number}
    return {key: text for key, text in found.items() if text}


def vat_mention(owner: catalog_pb.Owner, _: Texts) -> str:
    """What a business says of VAT beside its prices (CGI art. 293 E).

    Nothing of a private person, nor of a business that has not said what its VAT is: only it can state that.
    """
    if owner.kind != catalog_pb.OWNER_KIND_PROFESSIONAL or not (owner.vat_said or owner.vat_bp):
        return ""
    if not owner.vat_bp:
        return _("TVA non applicable, art. 293 B du CGI")
    rate = number(owner.vat_bp / 100, _.language)
    return _("Prix TTC, dont TVA %(rate)s", rate=f"{rate}\u00a0%" if _.language == "fr" else f"{rate}%")


def advertiser(owner: catalog_pb.Owner, _: Texts) -> str:
    """Whether the advertiser is a business (D324-1-3 Code du tourisme)."""
    if owner.kind == catalog_pb.OWNER_KIND_PROFESSIONAL:
        return _("Annonce professionnelle")
    return _("Annonce d’un particulier")


def label_view(label: catalog_pb.Label | None) -> dict[str, str]:
    """The label's block; empty for an owner's own listing."""
    if label is None:
        return {}
    return {"name": label.name, "color": label.primary_color, "phone": label.phone}


def values_of(listing: catalog_pb.Listing) -> dict[str, Any]:
    """The declared values of a sheet as plain Python values."""
    return dict(MessageToDict(listing.values))


def listing_name(listing: catalog_pb.Listing, language: str) -> str:
    """The name in the language, else in French, else the code."""
    return listing.name.get(language) or listing.name.get("fr") or listing.code


def stars(listing: catalog_pb.Listing, _: Texts) -> str:
    """`3 étoiles`, `non classé`; a guest room has no classement of its own."""
    if listing.official_stars:
        return _.ngettext("%(num)s étoile", "%(num)s étoiles", listing.official_stars) % {
            "num": listing.official_stars
        }
    return _("non classé")


def surface(listing: catalog_pb.Listing, language: str) -> str:
    """`62 m²`, or nothing."""
    found = values_of(listing).get("surface_m2")
    return f"{number(found, language)}\u00a0m²" if isinstance(found, int | float) else ""


def is_guest_room(listing: catalog_pb.Listing) -> bool:
    """True for a chambre d'hôtes."""
    return bool(listing.kind == catalog_pb.LISTING_KIND_GUEST_ROOM)
