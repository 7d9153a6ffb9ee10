"""Which files a key made, in the gateway's database: a partner sees those and no others."""

from datetime import datetime
from uuid import UUID

from chassis.database import Database
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from gateway.accounts.tables import API_BOOKINGS


class MadeBookings:
    """Files by the key that made them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remember(self, key_name: str, booking_id: str, reference: str, *, now: datetime) -> None:
        """Keeps that a key made a file; a repeat changes nothing."""
        row = {
            "booking_id": UUID(booking_id),
            "reference": reference,
            "key_name": key_name,
            "created_at": now,
        }
        async with self._database.looking() as session:
            await session.execute(insert(API_BOOKINGS).values(**row).on_conflict_do_nothing())

    async def find(self, key_name: str, reference: str) -> str | None:
        """Returns the id of a file that the key made."""
        query = select(API_BOOKINGS.c.booking_id).where(
            API_BOOKINGS.c.reference == reference, API_BOOKINGS.c.key_name == key_name
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).scalar()
        return str(found) if found else None
