"""Protobuf to commands and domain values, and back; called by the gRPC services."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date
from uuid import UUID

from chassis.errors import FieldError, Malformed
from chassis.requests import hash_request, parse_request_id
from sejour.availability.v1 import availability_service_pb2 as pb
from sejour.availability.v1 import availability_types_pb2 as types_pb
from sejour.catalog.v1 import catalog_types_pb2
from sejour.common.v1 import common_pb2
from values import EmptyStay, NightRange

from availability.adapters.event_codec import nights_pb
from availability.adapters.queries import period_pb, stay_lines_pb
from availability.application.blocks import AddBlock
from availability.application.close_nights import CloseNights
from availability.application.confirm_stays import ConfirmStays
from availability.application.hold_stays import HoldStays
from availability.application.move_stays import MoveStays
from availability.application.open_nights import Opened, OpenNights
from availability.application.placing import Stays
from availability.application.ports import Block
from availability.domain.errors import BadRange, BlockNotFound, ListingNotFound
from availability.domain.listing import Listing, ListingKind, ListingState, Mode
from availability.domain.occupancy import Line

MAX_RANGE = 1100
"""No command or question is about more nights than that (three years)."""


def to_nights(message: common_pb2.Nights, field: str, *, longest: int = MAX_RANGE) -> NightRange:
    """Half-open nights.

    Raises:
        BadRange: not two ISO dates, reversed, empty or too long.

    """
    try:
        nights = NightRange.parse(message.arrival, message.departure)
    except EmptyStay:
        raise BadRange(field=field, why="reversed") from None
    except ValueError:
        raise BadRange(field=field, why="not_a_date") from None
    if nights.length > longest or not 1900 <= nights.arrival.year <= 2200:
        raise BadRange(field=field, why="too_long", max_nights=longest)
    return nights


def listing_id(value: str) -> UUID:
    """A listing's id; what is none cannot be found."""
    try:
        return UUID(value)
    except ValueError:
        raise ListingNotFound(listing_id=value[:64]) from None


def listing_ids(values: Iterable[str]) -> tuple[UUID, ...]:
    """Listings' ids, each once."""
    return tuple(dict.fromkeys(listing_id(value) for value in values))


def block_id(value: str) -> UUID:
    """A block's id."""
    try:
        return UUID(value)
    except ValueError:
        raise BlockNotFound(block_id=value[:64]) from None


def to_id(value: str, field: str) -> UUID:
    """An id that another service gives."""
    try:
        return UUID(value)
    except ValueError:
        raise Malformed(fields=[FieldError(field, "ID_MALFORMED")]) from None


def to_day(value: str, field: str) -> date | None:
    """A day; empty = none."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadRange(field=field, why="not_a_date") from None


def to_lines(lines: Sequence[types_pb.HoldLine]) -> tuple[Line, ...]:
    """Lines of a booking; a party of nobody is not stated."""
    return tuple(
        Line(
            line_id=to_id(line.line_id, f"lines[{i}].line_id"),
            listing_id=listing_id(line.listing_id),
            nights=to_nights(line.nights, f"lines[{i}].nights"),
            guests=max(0, line.party.adults) + len(line.party.children_ages),
        )
        for i, line in enumerate(lines)
    )


def hold_command(request: pb.HoldStaysRequest) -> HoldStays:
    """What booking asks to hold."""
    end = request.expires_at.ToDatetime(UTC) if request.HasField("expires_at") else None
    return HoldStays(
        booking_id=to_id(request.booking_id, "booking_id"),
        revision=request.revision,
        client_key=request.client_key,
        lines=to_lines(request.lines),
        expires_at=end,
        allow_unopened=request.allow_unopened,
    )


def confirm_command(request: pb.ConfirmStaysRequest) -> ConfirmStays:
    """What booking asks to confirm."""
    return ConfirmStays(
        booking_id=to_id(request.booking_id, "booking_id"),
        revision=request.revision,
        client_key=request.client_key,
        lines=to_lines(request.lines),
    )


def move_command(request: pb.MoveStaysRequest) -> MoveStays:
    """What booking asks to move."""
    return MoveStays(
        booking_id=to_id(request.booking_id, "booking_id"),
        revision=request.revision,
        client_key=request.client_key,
        lines=to_lines(request.lines),
        allow_unopened=request.allow_unopened,
    )


def stays_pb(stays: Stays) -> pb.StaysResponse:
    """The lines of a booking as they are now."""
    return pb.StaysResponse(
        lines=stay_lines_pb(stays.rows),
        unopened=[
            types_pb.HoldLine(
                line_id=str(line.line_id), listing_id=str(line.listing_id), nights=nights_pb(line.nights)
            )
            for line in stays.unopened
        ],
    )


def open_command(request: pb.OpenNightsRequest) -> OpenNights:
    """What an owner opens."""
    if any(not 1 <= day <= 7 for day in request.weekdays):
        raise BadRange(field="weekdays")
    return OpenNights(
        request_id=None if request.preview else parse_request_id(request.request_id),
        body_hash=hash_request(request),
        listing_ids=listing_ids(request.listing_ids),
        nights=tuple(to_nights(one, f"nights[{i}]") for i, one in enumerate(request.nights)),
        rolling=request.rolling,
        weekdays=frozenset(request.weekdays),
    )


def opened_pb(opened: Opened) -> pb.OpenNightsResponse:
    """What became open."""
    return pb.OpenNightsResponse(
        listings=opened.listings,
        nights_opened=opened.nights_opened,
        nights_already_open=opened.nights_already_open,
        nights_occupied=opened.nights_occupied,
        periods=[
            period_pb(listing, one.id, one.nights, rolling=one.rolling) for listing, one in opened.periods
        ],
    )


def close_command(request: pb.CloseNightsRequest) -> CloseNights:
    """What an owner closes."""
    return CloseNights(
        request_id=None if request.preview else parse_request_id(request.request_id),
        body_hash=hash_request(request),
        listing_ids=listing_ids(request.listing_ids),
        nights=tuple(to_nights(one, f"nights[{i}]") for i, one in enumerate(request.nights)),
    )


def block_command(request: pb.AddBlockRequest) -> AddBlock:
    """What an owner blocks; no reason given is OTHER."""
    reason = request.block.reason or types_pb.BLOCK_REASON_OTHER
    if reason not in types_pb.BlockReason.values():
        raise Malformed(fields=[FieldError("block.reason", "REASON_UNKNOWN")])
    return AddBlock(
        request_id=parse_request_id(request.request_id),
        body_hash=hash_request(request),
        listing_id=listing_id(request.block.listing_id),
        nights=to_nights(request.block.nights, "block.nights"),
        reason=types_pb.BlockReason.Name(reason).removeprefix("BLOCK_REASON_"),
        note=request.block.note,
    )


def block_pb(block: Block) -> pb.BlockResponse:
    """One block."""
    return pb.BlockResponse(
        block=types_pb.Block(
            id=str(block.id),
            listing_id=str(block.listing_id),
            nights=nights_pb(block.nights),
            reason=types_pb.BlockReason.Value(f"BLOCK_REASON_{block.reason}"),
            note=block.note,
        )
    )


_KINDS = {catalog_types_pb2.LISTING_KIND_GUEST_ROOM: ListingKind.GUEST_ROOM}
_STATES = {
    catalog_types_pb2.LISTING_STATE_IN_PRODUCTION: ListingState.IN_PRODUCTION,
    catalog_types_pb2.LISTING_STATE_WITHDRAWN: ListingState.WITHDRAWN,
}
DEFAULT_ZONE = "Europe/Paris"


def to_listing(message: catalog_types_pb2.Listing) -> Listing:
    """A listing that the catalog announces; one without resources sells itself, whole."""
    own = UUID(message.id)
    sells = message.sells
    resources = tuple(dict.fromkeys(UUID(one) for one in sells.resource_ids)) or (own,)
    return Listing(
        id=own,
        owner_id=UUID(message.owner_id),
        property_id=UUID(sells.property_id) if sells.property_id else own,
        mode=Mode.ANY if sells.mode == catalog_types_pb2.SELLS_MODE_ANY else Mode.ALL,
        kind=_KINDS.get(message.kind, ListingKind.SEASONAL_RENTAL),
        state=_STATES.get(message.state, ListingState.DRAFT),
        zone=message.zone or DEFAULT_ZONE,
        max_persons=message.max_persons,
        revision=message.revision,
        resources=resources,
    )
