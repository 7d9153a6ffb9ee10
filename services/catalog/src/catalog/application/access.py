"""Who may write what; what an actor may not even see is refused earlier, as not found."""

from uuid import UUID

from chassis.actor import Scope

from catalog.domain.errors import LabelNotFound, NotAllowed


def may_write_owner(scope: Scope, owner_id: UUID) -> None:
    """Passes for the owner himself, operators and systems. Raises NotAllowed for those who only read."""
    if not scope.may("owner", owner_id):
        raise NotAllowed


def may_act_for_label(scope: Scope, label_id: UUID) -> None:
    """Passes for the label's people, operators and systems. Raises LabelNotFound for another's."""
    if not scope.may("label", label_id):
        raise LabelNotFound


def only_operators(scope: Scope) -> None:
    """Passes for operators and systems. Raises NotAllowed."""
    if not scope.is_unlimited:
        raise NotAllowed
