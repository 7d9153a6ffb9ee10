"""What is sought and what is found; plain values, so that another index can stand behind the same calls."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from tariff import Party


@dataclass(frozen=True, slots=True)
class Query:
    """A stay, who comes, and filters; empty ones do not filter. `place` as typed."""

    arrival: date
    nights: int
    party: Party
    centre: tuple[float, float] | None = None
    radius_km: float = 0.0
    place: str = ""
    label_id: str = ""
    owner_id: str = ""
    listing_ids: frozenset[str] = field(default_factory=frozenset)
    equipment: frozenset[str] = field(default_factory=frozenset)
    kind: str = ""
    capacity: int = 0
    """Listings that take at least so many persons, whoever comes."""
    max_total: int = 0
    limit: int = 20
    after: tuple[int, str] | None = None
    """Total and listing of the last row of the page before."""
    promo_code: str = ""
    """As typed; what no listing knows changes nothing."""


class Hit(NamedTuple):
    """One listing with its cheapest plan, in minor units; the tourist tax stands beside the total."""

    listing_id: str
    rate_plan_id: str
    total: int
    accommodation: int
    tourist_tax: int
    currency: str
    revision: int
    """The listing's, as the catalog counts it."""

    @property
    def key(self) -> tuple[int, str]:
        """The order of results, and the cursor."""
        return self.total, self.listing_id


@dataclass(frozen=True, slots=True)
class Page:
    """Hits by (total, listing); `count` of all that fit, `more` when a page follows."""

    hits: Sequence[Hit]
    count: int
    more: bool


class SearchIndex(Protocol):
    """What the calls need of an index; `vector_index` has it, the tests hold it equal to a scalar one."""

    @property
    def offers(self) -> int:
        """Listings in production times plans."""

    def search(self, query: Query) -> Page:
        """What is free and priced for a stay."""

    def price(self, listing_id: str, arrival: date, nights: int, party: Party, code: str = "") -> Hit | None:
        """The cheapest plan of one listing for a stay, when it can be sold; `code` as in `Query`."""

    def has(self, listing_id: str) -> bool:
        """True for a listing in production."""
