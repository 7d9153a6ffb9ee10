"""Whose call it is: owners act on their own, guests place and follow links, systems do their part."""

from uuid import UUID

from chassis.actor import Scope

from booking.domain.errors import OwnerNotFound
from booking.domain.states import Who


def require_owner(scope: Scope, owner_id: UUID) -> None:
    """Passes when the actor may act for this owner.

    Raises:
        OwnerNotFound: he may not, or there is no such owner: nobody learns which.

    """
    if not scope.may("owner", owner_id):
        raise OwnerNotFound


def who_acts(scope: Scope, owner_id: UUID) -> Who:
    """Who the journal names."""
    if scope.is_system:
        return Who.SYSTEM
    return Who.OWNER if scope.may("owner", owner_id) else Who.CLIENT
