"""From the messages of the contract to commands."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chassis.errors import FieldError, Malformed
from chassis.requests import hash_request, parse_request_id
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from sejour.catalog.v1 import catalog_types_pb2 as pb
from sejour.catalog.v1 import listing_service_pb2 as calls
from sejour.catalog.v1 import owner_service_pb2 as owner_calls

from catalog.adapters.codec import KINDS, OWNER_KINDS, SELLS_MODES
from catalog.application.change_state import ChangeState
from catalog.application.create_label import CreateLabel
from catalog.application.create_listing import CreateListing
from catalog.application.create_owner import CreateOwner
from catalog.application.photos import AddPhoto, Arranged, ArrangePhotos
from catalog.application.ports import Request
from catalog.application.update_listing import UpdateListing
from catalog.application.update_owner import UpdateOwner
from catalog.domain.listing import Sells
from catalog.domain.owner import Address, LabelData, OwnerData
from catalog.domain.sheet import SOURCES

_OWNER_KINDS = {number: name for name, number in OWNER_KINDS.items()}
_LISTING_KINDS = {number: name for name, number in KINDS.items()}
_MODES = {number: name for name, number in SELLS_MODES.items()}
_COUNTS = ("base_persons", "max_persons", "official_stars", "label_rating")


def uuid(text: str, field: str) -> UUID:
    """A UUID of a request. Raises Malformed naming the field."""
    try:
        return UUID(text)
    except ValueError:
        raise Malformed(fields=[FieldError(field, "UUID_MALFORMED")]) from None


def optional_uuid(text: str, field: str) -> UUID | None:
    """A UUID, or None for an empty text."""
    return uuid(text, field) if text else None


def uuids(texts: Iterable[str], field: str) -> tuple[UUID, ...]:
    """Several UUIDs."""
    return tuple(uuid(text, f"{field}[{index}]") for index, text in enumerate(texts))


def request_of(message: Message, request_id: str) -> Request:
    """What identifies a write."""
    return Request(
        id=parse_request_id(request_id),
        method=message.DESCRIPTOR.full_name,
        body_hash=hash_request(message),
    )


def plain(struct: Struct) -> dict[str, Any]:
    """The JSON object of a struct."""
    found: dict[str, Any] = MessageToDict(struct)
    return found


def owner_data(owner: pb.Owner) -> OwnerData:
    """What an owner states."""
    address = owner.address
    return OwnerData(
        civility=owner.civility.strip().upper(),
        last_name=owner.last_name.strip(),
        first_name=owner.first_name.strip(),
        company=owner.company.strip(),
        address=Address(
            lines=tuple(line.strip() for line in address.lines if line.strip()),
            postal_code=address.postal_code.strip(),
            city=address.city.strip(),
            insee=address.insee.strip().upper(),
            country=address.country.strip().upper() or "FR",
        ),
        phone=owner.phone.strip(),
        mobile=owner.mobile.strip(),
        fax=owner.fax.strip(),
        email=owner.email.strip(),
        website=owner.website.strip(),
        kind=_OWNER_KINDS.get(owner.kind, "?"),
        siret=owner.siret.replace(" ", ""),
        vat_bp=owner.vat_bp,
        vat_said=owner.vat_said,
        vat_number="".join(owner.vat_number.split()).upper(),
        languages=tuple(owner.languages),
    )


def create_owner_command(request: owner_calls.CreateOwnerRequest) -> CreateOwner:
    """A new owner."""
    return CreateOwner(
        request=request_of(request, request.request_id),
        data=owner_data(request.owner),
        supplier_no=request.owner.supplier_no,
        currency=request.owner.currency,
        label_ids=uuids(request.owner.label_ids, "owner.label_ids"),
    )


def update_owner_command(request: owner_calls.UpdateOwnerRequest) -> UpdateOwner:
    """An owner as he should be."""
    return UpdateOwner(
        request=request_of(request, request.request_id),
        owner_id=uuid(request.owner.id, "owner.id"),
        revision=request.owner.revision,
        data=owner_data(request.owner),
        label_ids=uuids(request.owner.label_ids, "owner.label_ids"),
    )


def create_label_command(request: owner_calls.CreateLabelRequest) -> CreateLabel:
    """A new label."""
    label = request.label
    return CreateLabel(
        request=request_of(request, request.request_id),
        data=LabelData(
            slug=label.slug.strip(),
            name=label.name.strip(),
            primary_color=label.primary_color or "#2B5F75",
            phone=label.phone.strip(),
            email=label.email.strip(),
        ),
    )


def sheet_values(listing: pb.Listing) -> dict[str, Any]:
    """The flat values of what a listing states."""
    found: dict[str, Any] = {
        **plain(listing.values),
        **{f"name.{language}": words for language, words in listing.name.items()},
        **{f"description.{language}": words for language, words in listing.description.items()},
        **{name: getattr(listing, name) for name in _COUNTS},
        "registration_number": listing.registration_number,
        "address.lines": list(listing.address.lines),
        "address.postal_code": listing.address.postal_code,
        "address.city": listing.address.city,
        "address.insee": listing.address.insee,
        "address.country": listing.address.country or "FR",
    }
    if listing.kind:
        found["kind"] = _LISTING_KINDS.get(listing.kind, "")
    if listing.latitude or listing.longitude:
        found["latitude"], found["longitude"] = listing.latitude, listing.longitude
    return found


def create_listing_command(request: calls.CreateListingRequest) -> CreateListing:
    """A draft."""
    listing = request.listing
    source = request.source or "owner"
    if source not in SOURCES:
        raise Malformed(fields=[FieldError("source", "SOURCE_UNKNOWN")])
    sells = None
    if listing.HasField("sells"):
        sells = Sells(
            property_id=uuid(listing.sells.property_id, "listing.sells.property_id"),
            mode=_MODES.get(listing.sells.mode, "ALL"),
            resource_ids=uuids(listing.sells.resource_ids, "listing.sells.resource_ids"),
        )
    return CreateListing(
        request=request_of(request, request.request_id),
        owner_id=uuid(listing.owner_id, "listing.owner_id"),
        label_id=optional_uuid(listing.label_id, "listing.label_id"),
        code=listing.code,
        values=sheet_values(listing),
        sells=sells,
        source=source,
    )


def update_listing_command(request: calls.UpdateListingRequest) -> UpdateListing:
    """Changes of a sheet."""
    return UpdateListing(
        request=request_of(request, request.request_id),
        listing_id=uuid(request.id, "id"),
        revision=request.revision,
        changes=plain(request.changes),
        revert=tuple(request.revert),
    )


def change_state_command(request: calls.ChangeStateRequest, method: str) -> ChangeState:
    """A listing on its way to another state; `method` tells the two calls of this message apart."""
    identity = request_of(request, request.request_id)
    return ChangeState(
        request=Request(id=identity.id, method=method, body_hash=identity.body_hash),
        listing_id=uuid(request.id, "id"),
        revision=request.revision,
    )


def add_photo_command(request: calls.AddPhotoRequest) -> AddPhoto:
    """A photo as uploaded."""
    return AddPhoto(
        request=request_of(request, request.request_id),
        listing_id=uuid(request.listing_id, "listing_id"),
        content=request.content,
        credit=request.credit,
    )


def arrange_photos_command(request: calls.ArrangePhotosRequest) -> ArrangePhotos:
    """The photos that stay."""
    return ArrangePhotos(
        request=request_of(request, request.request_id),
        listing_id=uuid(request.listing_id, "listing_id"),
        revision=request.revision,
        photos=tuple(
            Arranged(uuid(photo.id, f"photos[{index}].id"), dict(photo.caption), photo.credit)
            for index, photo in enumerate(request.photos)
        ),
    )
