"""Between rows and the catalog's own objects."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from catalog.domain.fields import FIELDS
from catalog.domain.listing import Listing, Photo, Sells, State
from catalog.domain.owner import Address, Owner, OwnerData
from catalog.domain.sheet import Origin, Origins, Sheet

_COUNTS = ("base_persons", "max_persons", "official_stars", "label_rating")
_ADDRESS = ("lines", "postal_code", "city", "insee", "country")
_OWNER_TEXTS = (
    "civility", "last_name", "first_name", "company", "phone", "mobile", "fax", "email", "website", "kind",
    "siret", "vat_number",
)  # fmt: skip


def sheet_columns(sheet: Sheet) -> dict[str, Any]:
    """The typed columns and the JSON ones of a sheet."""
    return {
        "kind": sheet.get("kind", ""),
        "name": _by_language(sheet, "name."),
        "description": _by_language(sheet, "description."),
        "address": {name: sheet[f"address.{name}"] for name in _ADDRESS if f"address.{name}" in sheet},
        "latitude": sheet.get("latitude"),
        "longitude": sheet.get("longitude"),
        **{name: sheet.get(name, 0) for name in _COUNTS},
        "registration_number": sheet.get("registration_number", ""),
        "field_values": {key: value for key, value in sheet.items() if key in FIELDS},
    }


def _by_language(sheet: Sheet, prefix: str) -> dict[str, str]:
    return {key.removeprefix(prefix): value for key, value in sheet.items() if key.startswith(prefix)}


def sheet_of(row: Mapping[str, Any]) -> Sheet:
    """The sheet that a row holds."""
    sheet: Sheet = {
        **{f"name.{language}": words for language, words in row["name"].items()},
        **{f"description.{language}": words for language, words in row["description"].items()},
        **{f"address.{name}": value for name, value in row["address"].items()},
        **row["field_values"],
    }
    typed = ("kind", "registration_number", *_COUNTS)
    sheet.update({name: row[name] for name in typed if row[name]})
    sheet.update({name: row[name] for name in ("latitude", "longitude") if row[name] is not None})
    return sheet


def origins_columns(origins: Origins) -> dict[str, Any]:
    """The JSON of where each value came from."""
    found: dict[str, Any] = {}
    for key, origin in origins.items():
        found[key] = {"source": origin.source, "at": origin.at.isoformat()}
        if origin.edited:
            found[key]["edited"] = True
        if origin.proposed is not None:
            found[key]["proposed"] = origin.proposed
    return found


def origins_of(given: Mapping[str, Any]) -> Origins:
    """Where each value came from."""
    return {
        key: Origin(
            source=one["source"],
            at=datetime.fromisoformat(one["at"]),
            edited=one.get("edited", False),
            proposed=one.get("proposed"),
        )
        for key, one in given.items()
    }


def listing_columns(listing: Listing, *, now: datetime) -> dict[str, Any]:
    """All columns of a listing but those that never change."""
    return {
        "code": listing.code,
        "issuer": listing.issuer,
        "owner_id": listing.owner_id,
        "label_id": listing.label_id,
        "state": listing.state.value,
        **sheet_columns(listing.sheet),
        "provenance": origins_columns(listing.origins),
        "property_id": listing.sells.property_id,
        "sells_mode": listing.sells.mode,
        "resource_ids": list(listing.sells.resource_ids),
        "zone": listing.zone,
        "revision": listing.revision,
        "completeness": listing.completeness,
        "origin": listing.origin,
        "external_id": listing.external_id,
        "source_at": listing.source_at,
        "vanished": listing.vanished,
        "updated_at": now,
    }


def listing_of(row: Mapping[str, Any], photos: Iterable[Mapping[str, Any]]) -> Listing:
    """The listing of a row (joined with its owner's `supplier_no` and `vat_bp`) and its photos in order."""
    return Listing(
        id=row["id"],
        code=row["code"],
        owner_id=row["owner_id"],
        supplier_no=row["supplier_no"],
        label_id=row["label_id"],
        sells=Sells(row["property_id"], row["sells_mode"], tuple(row["resource_ids"])),
        sheet=sheet_of(row),
        origins=origins_of(row["provenance"]),
        state=State(row["state"]),
        photos=[photo_of(photo) for photo in photos],
        zone=row["zone"],
        revision=row["revision"],
        origin=row["origin"],
        external_id=row["external_id"],
        source_at=row["source_at"],
        vanished=row["vanished"],
        vat_bp=row["vat_bp"],
    )


def photo_of(row: Mapping[str, Any]) -> Photo:
    """The photo of a row."""
    return Photo(
        id=row["id"],
        caption=dict(row["caption"]),
        credit=row["credit"],
        width=row["width"],
        height=row["height"],
        source_url=row["source_url"],
        stored=row["stored"],
    )


def owner_columns(data: OwnerData) -> dict[str, Any]:
    """The columns of what an owner states."""
    return {
        **{name: getattr(data, name) for name in _OWNER_TEXTS},
        "vat_bp": data.vat_bp,
        "vat_said": data.vat_said,
        "address": asdict(data.address),
        "languages": list(data.languages),
    }


def owner_of(row: Mapping[str, Any], label_ids: Iterable[Any]) -> Owner:
    """The owner of a row and the labels whose member he is."""
    address = row["address"]
    return Owner(
        id=row["id"],
        supplier_no=row["supplier_no"],
        data=OwnerData(
            **{name: row[name] for name in _OWNER_TEXTS},
            vat_bp=row["vat_bp"],
            vat_said=row["vat_said"],
            address=Address(**{**address, "lines": tuple(address["lines"])}),
            languages=tuple(row["languages"]),
        ),
        currency=row["currency"],
        label_ids=tuple(label_ids),
        revision=row["revision"],
        unclaimed=row["unclaimed_of"] is not None,
    )
