"""A migrated database with one owner's listings, and the use cases bound to it."""

import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from availability.adapters.postgres import PostgresLedgers
from availability.adapters.queries import Queries
from availability.application.announce_listing import announce_listing
from availability.application.confirm_stays import ConfirmStays, confirm_stays
from availability.application.extend_holds import extend_holds
from availability.application.hold_stays import HoldStays, hold_stays
from availability.application.move_stays import MoveStays, move_stays
from availability.application.open_nights import OpenNights, open_nights
from availability.application.pin_holds import pin_holds, unpin_holds
from availability.application.release_stays import release_stays
from availability.application.sweep_holds import sweep_holds
from availability.domain.listing import Listing, ListingKind, ListingState, Mode
from availability.domain.occupancy import Line
from chassis.actor import Scope
from chassis.database import Database
from chassis.ids import new_id
from sejour.availability.v1 import availability_events_pb2 as events_pb
from sqlalchemy import text
from values import NightRange

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SUMMER = NightRange(date(2027, 3, 1), date(2028, 3, 1))


def nights(arrival: str, count: int) -> NightRange:
    return NightRange.of_length(date.fromisoformat(arrival), count)


def a_listing(**changes) -> Listing:
    own = changes.pop("id", None) or new_id()
    found = {
        "id": own,
        "owner_id": new_id(),
        "property_id": new_id(),
        "mode": Mode.ALL,
        "kind": ListingKind.SEASONAL_RENTAL,
        "state": ListingState.IN_PRODUCTION,
        "zone": "Europe/Paris",
        "max_persons": 6,
        "revision": 1,
        "resources": (new_id(),),
    }
    return Listing(**(found | changes))


class World:
    """The use cases on one database, with a clock that tests move."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.ledgers = PostgresLedgers(database)
        self.queries = Queries(database)
        self.now = NOW
        self._keys = itertools.count()

    def clock(self) -> datetime:
        return self.now

    @property
    def ports(self):
        return {"ledgers": self.ledgers, "clock": self.clock}

    async def listing(self, *, open_nights: NightRange | None = SUMMER, **changes) -> Listing:
        listing = a_listing(**changes)
        await announce_listing(listing, **self.ports)
        if open_nights is not None:
            await self.open(listing, open_nights)
        return listing

    async def open(self, listing, *ranges, rolling=False, weekdays=(), request_id=None, scope=None):
        command = OpenNights(request_id or new_id(), b"", (listing.id,), ranges, rolling, weekdays)
        return await open_nights(
            command, scope=scope or Scope(frozenset({f"owner:{listing.owner_id}"})), **self.ports
        )

    async def hold(
        self, *lines, booking=None, revision=1, minutes=30, unopened=False, client="", expires_at=None
    ):
        """Lines are (listing, nights[, guests]); answers the booking's id and its stays."""
        booking = booking or new_id()
        end = expires_at or (None if minutes is None else self.now + timedelta(minutes=minutes))
        command = HoldStays(booking, revision, client, self.lines(*lines), end, unopened)
        return booking, await hold_stays(command, **self.ports)

    def lines(self, *lines) -> tuple[Line, ...]:
        """Line ids follow the position, so that a repeat names the same lines."""
        return tuple(
            Line(UUID(int=i + 1), listing.id, stay, *guests)
            for i, (listing, stay, *guests) in enumerate(lines)
        )

    async def confirm(self, booking, *lines, revision=2, client=""):
        return await confirm_stays(ConfirmStays(booking, revision, client, self.lines(*lines)), **self.ports)

    async def move(self, booking, *lines, revision=3, unopened=False):
        command = MoveStays(booking, revision, "", self.lines(*lines), unopened)
        return await move_stays(command, **self.ports)

    async def release(self, booking, revision=9):
        return await release_stays(booking, revision, **self.ports)

    async def extend(self, booking, expires_at, revision=2):
        return await extend_holds(booking, revision, expires_at, **self.ports)

    async def pin(self, booking, revision=2):
        return await pin_holds(booking, revision, **self.ports)

    async def unpin(self, booking, revision=2):
        return await unpin_holds(booking, revision, **self.ports)

    async def sweep(self):
        return await sweep_holds(**self.ports)

    async def rows(self, statement: str, **values):
        async with self.database.reading() as connection:
            return (await connection.execute(text(statement), values)).all()

    async def occupancies(self):
        return await self.rows("SELECT * FROM occupancies ORDER BY nights")

    async def calendar(self, listing) -> events_pb.CalendarChanged:
        """The last calendar told."""
        found = await self.rows(
            "SELECT payload FROM outbox WHERE topic = 'availability.calendars' AND key = :key"
            " ORDER BY revision DESC LIMIT 1",
            key=str(listing.id),
        )
        return events_pb.CalendarChanged.FromString(found[0].payload)

    async def expired(self) -> list[str]:
        """Bookings told to have expired."""
        found = await self.rows("SELECT key FROM outbox WHERE topic = 'availability.holds' ORDER BY id")
        return [row.key for row in found]


@pytest.fixture
async def world(make_database):
    database = Database.at(
        await make_database("availability"), application="availability-tests", pool_size=24
    )
    yield World(database)
    await database.close()
