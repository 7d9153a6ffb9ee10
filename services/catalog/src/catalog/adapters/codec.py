"""From the catalog's objects to the messages of its contract: answers, frozen revisions and news."""

from typing import Any

from google.protobuf.struct_pb2 import Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp
from sejour.catalog.v1 import catalog_events_pb2 as events
from sejour.catalog.v1 import catalog_types_pb2 as pb
from sejour.catalog.v1 import listing_service_pb2 as calls

from catalog.adapters.rows import sheet_columns
from catalog.domain.checklist import Item
from catalog.domain.fields import Field
from catalog.domain.listing import Listing, Photo, State
from catalog.domain.owner import Owner
from catalog.domain.sheet import Origin

STATES = {
    State.DRAFT: pb.LISTING_STATE_DRAFT,
    State.IN_PRODUCTION: pb.LISTING_STATE_IN_PRODUCTION,
    State.WITHDRAWN: pb.LISTING_STATE_WITHDRAWN,
}
KINDS = {
    "": pb.LISTING_KIND_UNSPECIFIED,
    "SEASONAL_RENTAL": pb.LISTING_KIND_SEASONAL_RENTAL,
    "GUEST_ROOM": pb.LISTING_KIND_GUEST_ROOM,
}
OWNER_KINDS = {
    "": pb.OWNER_KIND_UNSPECIFIED,
    "PRIVATE": pb.OWNER_KIND_PRIVATE,
    "PROFESSIONAL": pb.OWNER_KIND_PROFESSIONAL,
}
SELLS_MODES = {"ALL": pb.SELLS_MODE_ALL, "ANY": pb.SELLS_MODE_ANY}


def address_pb(given: dict[str, Any]) -> pb.Address:
    """A postal address."""
    return pb.Address(
        lines=given.get("lines", ()),
        postal_code=given.get("postal_code", ""),
        city=given.get("city", ""),
        insee=given.get("insee", ""),
        country=given.get("country", "") or "FR",
    )


def value_pb(value: Any) -> Value:
    """Any JSON value."""
    holder = Struct()
    holder.update({"value": value})
    return holder.fields["value"]


def provenance_pb(origin: Origin) -> pb.Provenance:
    """Where one value came from."""
    at = Timestamp()
    at.FromDatetime(origin.at)
    message = pb.Provenance(source=origin.source, at=at, edited=origin.edited)
    if origin.proposed is not None:
        message.proposed.CopyFrom(value_pb(origin.proposed))
    return message


def photo_pb(photo: Photo) -> pb.Photo:
    """One photo."""
    return pb.Photo(
        id=str(photo.id),
        caption=photo.caption,
        credit=photo.credit,
        width=photo.width,
        height=photo.height,
        source_url="" if photo.stored else photo.source_url,
    )


def listing_pb(listing: Listing, *, provenance: bool = False) -> pb.Listing:
    """A listing; without provenance it is what is frozen and told to others."""
    columns = sheet_columns(listing.sheet)
    sells = listing.sells
    message = pb.Listing(
        id=str(listing.id),
        code=listing.code,
        owner_id=str(listing.owner_id),
        supplier_no=listing.supplier_no,
        label_id=str(listing.label_id or ""),
        kind=KINDS[listing.kind],
        state=STATES[listing.state],
        name=columns["name"],
        description=columns["description"],
        address=address_pb(columns["address"]),
        latitude=columns["latitude"] or 0,
        longitude=columns["longitude"] or 0,
        base_persons=columns["base_persons"],
        max_persons=columns["max_persons"],
        official_stars=columns["official_stars"],
        label_rating=columns["label_rating"],
        registration_number=columns["registration_number"],
        photos=[photo_pb(photo) for photo in listing.photos],
        sells=pb.Sells(
            property_id=str(sells.property_id),
            mode=SELLS_MODES[sells.mode],
            resource_ids=[str(one) for one in sells.resource_ids],
        ),
        zone=listing.zone,
        revision=listing.revision,
        completeness=listing.completeness,
        external_id=listing.external_id,
        vanished=listing.vanished,
        vat_bp=listing.vat_bp,
    )
    message.values.update(columns["field_values"])
    if provenance:
        for key, origin in listing.origins.items():
            message.provenance[key].CopyFrom(provenance_pb(origin))
    return message


def public(message: pb.Listing) -> pb.Listing:
    """What anybody may see: photos that can be shown, nothing of feeds."""
    shown = [photo for photo in message.photos if not photo.source_url]
    del message.photos[:]
    message.photos.extend(shown)
    for field in ("provenance", "external_id", "vanished"):
        message.ClearField(field)
    return without_persons(message)


def without_persons(message: pb.Listing) -> pb.Listing:
    """Without what a feed publishes about whom to call; neither guests nor Kafka get it from a listing."""
    message.values.fields.pop("published_contact", None)
    return message


def owner_pb(owner: Owner) -> pb.Owner:
    """An owner, whole."""
    data = owner.data
    return pb.Owner(
        id=str(owner.id),
        supplier_no=owner.supplier_no,
        civility=data.civility,
        last_name=data.last_name,
        first_name=data.first_name,
        company=data.company,
        address=pb.Address(
            lines=data.address.lines,
            postal_code=data.address.postal_code,
            city=data.address.city,
            insee=data.address.insee,
            country=data.address.country,
        ),
        phone=data.phone,
        mobile=data.mobile,
        fax=data.fax,
        email=data.email,
        website=data.website,
        kind=OWNER_KINDS[data.kind],
        siret=data.siret,
        languages=data.languages,
        currency=owner.currency,
        label_ids=[str(one) for one in owner.label_ids],
        revision=owner.revision,
        unclaimed=owner.unclaimed,
        vat_bp=data.vat_bp,
        vat_number=data.vat_number,
        vat_said=data.vat_said,
    )


def public_owner(message: pb.Owner) -> pb.Owner:
    """Name, kind and languages: what the law lets guests know beside a listing (D324-1-3)."""
    return pb.Owner(
        id=message.id,
        supplier_no=message.supplier_no,
        civility=message.civility,
        last_name=message.last_name,
        first_name=message.first_name,
        company=message.company,
        kind=message.kind,
        languages=message.languages,
    )


def field_pb(field: Field) -> pb.FieldDef:
    """One declared field."""
    message = pb.FieldDef(
        key=field.key,
        type=pb.FieldType.Value(f"FIELD_TYPE_{field.type.value}"),
        unit=field.unit,
        heading=field.heading,
        tab=field.tab,
        label={"fr": field.label.fr, "en": field.label.en},
        choices=[
            pb.FieldChoice(key=choice.key, label={"fr": choice.label.fr, "en": choice.label.en})
            for choice in field.choices
        ],
        required_for_production=field.required,
    )
    if field.help:
        message.help.update({"fr": field.help.fr, "en": field.help.en})
    return message


def checklist_pb(items: list[Item]) -> calls.GetChecklistResponse:
    """The checklist and whether nothing blocks."""
    return calls.GetChecklistResponse(
        items=[
            pb.ChecklistItem(key=item.key, done=item.done, blocking=item.blocking, where=item.where)
            for item in items
        ],
        ready=all(item.done for item in items if item.blocking),
    )


def listing_changed(listing: Listing) -> events.ListingChanged:
    """The news of a listing, whole."""
    return events.ListingChanged(listing=without_persons(listing_pb(listing)))


def owner_changed(owner: Owner) -> events.OwnerChanged:
    """The news of an owner, whole."""
    return events.OwnerChanged(owner=owner_pb(owner))
