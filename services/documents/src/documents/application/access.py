"""Who may see a file: booking itself decides, by the actor's own call."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

from chassis.actor import Actor, Scope
from chassis.errors import ErrorKind, RemoteError
from sejour.booking.v1 import booking_types_pb2 as booking_pb

from documents.application.ports import Sources
from documents.domain.errors import BookingNotFound, ListingNotFound, NotAllowed

AsSystem = Callable[[], AbstractContextManager[Actor]]
"""Enters a block in which the service acts by itself."""


def booking_uuid(booking_id: str) -> UUID:
    """The id of a file.

    Raises:
        BookingNotFound: it is none.

    """
    try:
        return UUID(booking_id)
    except ValueError:
        raise BookingNotFound from None


async def reach_booking(
    sources: Sources, as_system: AsSystem, booking_id: str, *, owner_only: bool = False
) -> booking_pb.Booking:
    """The file, when the actor may see it: his own, or one whose secret link he holds (`booking:<id>`).

    Raises:
        BookingNotFound: another's, or none.
        NotAllowed: a guest asks for what is the owner's.

    """
    booking_uuid(booking_id)
    scope = Scope.current()
    if scope.is_public:
        raise BookingNotFound
    if scope.has(f"booking:{booking_id}"):
        if owner_only:
            raise NotAllowed
        with as_system():
            return await _booking(sources, booking_id)
    return await _booking(sources, booking_id)


async def _booking(sources: Sources, booking_id: str) -> booking_pb.Booking:
    try:
        return await sources.booking(booking_id)
    except RemoteError as error:
        # A stranger, a forbidden role and an absent file read the same.
        if error.kind in {ErrorKind.NOT_FOUND, ErrorKind.FORBIDDEN}:
            raise BookingNotFound from error
        raise


def not_found_as_listing(error: RemoteError) -> Exception:
    """What a failed reading of a listing means to the caller."""
    return ListingNotFound() if error.kind in {ErrorKind.NOT_FOUND, ErrorKind.FORBIDDEN} else error
