"""What the catalog's use cases need of the outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

from catalog.domain.checklist import Readiness
from catalog.domain.listing import Listing
from catalog.domain.owner import LabelData, Owner, OwnerData
from catalog.domain.report import Report


@dataclass(frozen=True, slots=True)
class Request:
    """Identifies a write: its id, its method and a hash of what it asks."""

    id: UUID
    method: str
    body_hash: bytes


class Listings(Protocol):
    """Listings within the scope of the unit of work."""

    async def get(self, listing_id: UUID, *, for_update: bool = False) -> Listing:
        """One listing. Raises ListingNotFound."""

    async def find_external(self, origin: str, external_id: str) -> Listing | None:
        """The listing of a feed's record, locked."""

    async def owner_of_property(self, property_id: UUID) -> UUID | None:
        """Whose property that is, None for a new one."""

    async def next_code(self) -> str:
        """A code of our own that no listing has."""

    async def find_code(self, issuer: str, code: str) -> Listing | None:
        """The listing that an issuer gave a code, locked."""

    async def note_source(self, listing: Listing) -> None:
        """Writes only the date of the feed's record."""

    async def add(self, listing: Listing) -> None:
        """Writes a new listing of a locked owner at revision 1, with its event. Raises CodeTaken."""

    async def save(self, listing: Listing, *, photos: bool = False) -> None:
        """Writes a locked listing under its next revision, with its event."""

    async def tell_all_of(self, owner_id: UUID) -> None:
        """Tells all listings of a locked owner under their next revisions: what they copy of him changed."""


class Owners(Protocol):
    """Owners within the scope of the unit of work."""

    async def get(self, owner_id: UUID, *, for_update: bool = False) -> Owner:
        """One owner. Raises OwnerNotFound."""

    async def unclaimed(self, label_id: UUID | None) -> Owner:
        """The owner that collects a label's imported listings nobody has claimed; made when absent."""

    async def add(
        self, data: OwnerData, *, supplier_no: int, currency: str, label_ids: Sequence[UUID]
    ) -> Owner:
        """Writes a new owner, with his event. Raises SupplierNoTaken, LabelNotFound."""

    async def save(self, owner: Owner) -> None:
        """Writes a locked owner under his next revision, with his event."""


class Labels(Protocol):
    """Labels."""

    async def require(self, label_ids: Sequence[UUID]) -> None:
        """Raises LabelNotFound when one of them does not exist."""

    async def add(self, data: LabelData) -> UUID:
        """Writes a new label. Raises SlugTaken."""


class Imports(Protocol):
    """Reports of imports."""

    async def done(self, request: Request) -> Report | None:
        """The report of an import done before under this request id. Raises RequestIdReused."""

    async def add(
        self, report: Report, request: Request, *, label_id: UUID | None, owner_id: UUID | None
    ) -> None:
        """Keeps a report; a rival's of the same request stays."""


class UnitOfWork(Protocol):
    """One transaction: leaving it without `commit` keeps nothing."""

    @property
    def listings(self) -> Listings:
        """Listings within its scope."""

    @property
    def owners(self) -> Owners:
        """Owners within its scope."""

    @property
    def labels(self) -> Labels:
        """Labels."""

    @property
    def imports(self) -> Imports:
        """Reports of imports."""

    async def __aenter__(self) -> Self:
        """Begins."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Rolls back what was not committed."""

    async def claim(self, request: Request) -> str | None:
        """Takes a request id; the id of the resource where it was done before. Raises RequestIdReused."""

    async def commit(self, request: Request | None = None, resource: UUID | None = None) -> None:
        """Notes the resource of a claimed request, and keeps everything."""

    async def serialize(self, name: str) -> None:
        """Waits until no other unit of work has that name, until the end of this one."""


class Services(Protocol):
    """What the other services say of a listing's readiness."""

    async def readiness(self, listing_id: UUID, owner_id: UUID) -> Readiness:
        """Asks pricing, availability and booking; None where one does not answer in time."""


class PhotoStore(Protocol):
    """Where the bytes of photos lie."""

    async def put(self, photo_id: UUID, sizes: Mapping[int, bytes]) -> None:
        """Keeps the JPEG of every size."""

    async def get(self, photo_id: UUID, size: int) -> bytes:
        """The JPEG of one size. Raises PhotoNotFound."""

    async def delete(self, photo_id: UUID) -> None:
        """Forgets a photo; quiet when there is none."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A photo as it will be kept."""

    width: int
    height: int
    sizes: Mapping[int, bytes]


class PhotoDecoder(Protocol):
    """Turns uploaded bytes into JPEGs."""

    async def __call__(self, content: bytes) -> Decoded:
        """Decodes, turns upright, reduces. Raises PhotoRefused."""


__all__ = [
    "Decoded", "Labels", "Listings", "Owners", "PhotoDecoder", "PhotoStore", "Request", "Services",
    "UnitOfWork",
]  # fmt: skip
