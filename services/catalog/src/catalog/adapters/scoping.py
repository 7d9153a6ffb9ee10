"""Which rows an actor may see: the conditions that every query of the catalog carries."""

from typing import Any
from uuid import UUID

from chassis.actor import PUBLIC, All, Scope
from sqlalchemy import ColumnElement, exists, false, or_, select, true

from catalog.adapters.tables import IMPORTS, LISTINGS, MEMBERSHIPS, OWNERS
from catalog.domain.listing import State

IN_PRODUCTION = LISTINGS.c.state == State.IN_PRODUCTION.value


def _member_of(owner_id: Any, label_ids: Any) -> ColumnElement[bool]:
    return exists(
        select(MEMBERSHIPS.c.owner_id).where(
            MEMBERSHIPS.c.owner_id == owner_id, MEMBERSHIPS.c.label_id.in_(label_ids)
        )
    )


def _ids(scope: Scope, kind: str) -> list[UUID]:
    found = scope.ids(kind)
    return [] if isinstance(found, All) else sorted(found)


def _granted(owner_id: Any, scope: Scope) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if owners := _ids(scope, "owner"):
        found.append(owner_id.in_(owners))
    if labels := _ids(scope, "label"):
        found.append(_member_of(owner_id, labels))
    return found


def listings_within(scope: Scope) -> ColumnElement[bool]:
    """An owner's own, a label's and its members', for the public those in production, for operators all."""
    if scope.is_unlimited:
        return true()
    conditions = _granted(LISTINGS.c.owner_id, scope)
    if labels := _ids(scope, "label"):
        conditions.append(LISTINGS.c.label_id.in_(labels))
    if scope.is_public or scope.has(PUBLIC):
        conditions.append(IN_PRODUCTION)
    return or_(false(), *conditions)


def owners_within(scope: Scope) -> ColumnElement[bool]:
    """Himself, a label's members, for the public those with a listing in production, for operators all."""
    if scope.is_unlimited:
        return true()
    conditions = _granted(OWNERS.c.id, scope)
    if scope.is_public or scope.has(PUBLIC):
        selling = select(LISTINGS.c.id).where(LISTINGS.c.owner_id == OWNERS.c.id, IN_PRODUCTION)
        conditions.append(exists(selling))
    return or_(false(), *conditions)


def imports_within(scope: Scope) -> ColumnElement[bool]:
    """A label's own and an owner's own, for operators all."""
    if scope.is_unlimited:
        return true()
    return or_(
        false(),
        IMPORTS.c.label_id.in_(_ids(scope, "label")),
        IMPORTS.c.owner_id.in_(_ids(scope, "owner")),
    )


def of_label(label_id: Any) -> ColumnElement[bool]:
    """Listings of a label or of its members."""
    return or_(LISTINGS.c.label_id == label_id, _member_of(LISTINGS.c.owner_id, [label_id]))


def is_privy(scope: Scope, owner_id: Any, label_ids: Any = ()) -> bool:
    """True for those who see all of an owner, not only what is public."""
    return scope.may("owner", owner_id) or any(scope.may("label", one) for one in label_ids)
