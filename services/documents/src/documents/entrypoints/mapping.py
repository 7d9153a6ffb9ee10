"""Protobuf to domain: ids, pages, news."""

from datetime import UTC
from uuid import UUID

from chassis.events import Event
from sejour.booking.v1 import booking_events_pb2 as events_pb
from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.common.v1.common_pb2 import PageRequest

from documents.domain.errors import BadValue, DocumentNotFound
from documents.domain.mail_plan import BookingNews

_DEFAULT_LIMIT = 50
_MAX_LIMIT = 500


def document_uuid(text: str) -> UUID:
    """The id of a document; what is no UUID names none."""
    try:
        return UUID(text)
    except ValueError:
        raise DocumentNotFound from None


def page_limit(page: PageRequest) -> int:
    """Rows of a page."""
    return min(page.limit, _MAX_LIMIT) if page.limit > 0 else _DEFAULT_LIMIT


def cursor_of(page: PageRequest) -> UUID | None:
    """The id after which a page begins."""
    if not page.cursor:
        return None
    try:
        return UUID(page.cursor)
    except ValueError:
        raise BadValue(field="page.cursor") from None


def news_of(event: Event, changed: events_pb.BookingChanged) -> BookingNews:
    """What an event of a file says, in the domain's words."""
    return BookingNews(
        booking_id=changed.booking_id,
        owner_id=changed.owner_id,
        revision=changed.revision,
        change=events_pb.BookingChange.Name(changed.change).removeprefix("BOOKING_CHANGE_"),
        state=booking_pb.BookingState.Name(changed.state).removeprefix("BOOKING_STATE_"),
        origin=booking_pb.BookingOrigin.Name(changed.origin).removeprefix("BOOKING_ORIGIN_"),
        mail_confirmed=changed.mail_confirmed,
        hold_expires_at=(
            changed.hold_expires_at.ToDatetime(UTC) if changed.HasField("hold_expires_at") else None
        ),
        occurred_at=event.occurred_at,
        event_id=event.event_id,
    )
