"""A listing: what is sold, its sheet, photos, resources and life."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from catalog.domain.sheet import Origins, Sheet, completeness

ZONE = "Europe/Paris"


class State(StrEnum):
    """Where a listing is in its life."""

    DRAFT = "DRAFT"
    IN_PRODUCTION = "IN_PRODUCTION"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Sells:
    """Resources that a listing sells inside one property: `ALL` at once or `ANY` one of them."""

    property_id: UUID
    mode: str
    resource_ids: tuple[UUID, ...]


@dataclass(slots=True)
class Photo:
    """A photo; one that is `stored` can be shown, another only has the address it will be fetched from."""

    id: UUID
    caption: dict[str, str] = field(default_factory=dict)
    credit: str = ""
    width: int = 0
    height: int = 0
    source_url: str = ""
    stored: bool = False


@dataclass(slots=True)
class Listing:
    """What is sold: a house, a flat, a room.

    `origin` (a label's id, or the owner's who imported for himself) is that within which `external_id`, the
    identity in a feed, is unique; `source_at` is the date of the feed's record that was last taken in.
    """

    id: UUID
    code: str
    owner_id: UUID
    supplier_no: int
    label_id: UUID | None
    sells: Sells
    sheet: Sheet
    origins: Origins
    state: State = State.DRAFT
    photos: list[Photo] = field(default_factory=list)
    zone: str = ZONE
    revision: int = 0
    origin: str | None = None
    external_id: str = ""
    source_at: datetime | None = None
    vanished: bool = False
    vat_bp: int = 0
    """The owner's, copied when it is read and told."""

    @property
    def kind(self) -> str:
        """`SEASONAL_RENTAL` or `GUEST_ROOM`; empty while unknown."""
        return str(self.sheet.get("kind", ""))

    @property
    def completeness(self) -> int:
        """Percent of the declared fields that have a value."""
        return completeness(self.sheet)

    @property
    def issuer(self) -> str:
        """Within which its code is unique."""
        return str(self.label_id) if self.label_id else "own"
