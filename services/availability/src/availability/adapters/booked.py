"""What booking compares with its files: the nights of each booking, page by page."""

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from chassis.database import Database
from sejour.availability.v1 import availability_service_pb2 as pb
from sqlalchemy import ColumnElement, func, select

from availability.adapters.queries import stay_lines_pb
from availability.adapters.rows import live, to_occupancy
from availability.adapters.tables import BOOKINGS, OCCUPANCIES
from availability.domain.occupancy import Occupancy

PAGE = 500
MOST = 1000


class BookedPages:
    """Pages of bookings by id; holds past their end do not count."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        *,
        after: UUID | None,
        through: UUID | None,
        departing_after: date | None,
        limit: int,
        now: datetime,
    ) -> pb.ListBookedResponse:
        """The bookings in `(after, through]` that have nights to come."""
        size = min(limit, MOST) if limit > 0 else PAGE
        column = OCCUPANCIES.c.booking_id
        wanted: list[ColumnElement[bool]] = [column.is_not(None), live(now)]
        if after is not None:
            wanted.append(column > after)
        if through is not None:
            wanted.append(column <= through)
        if departing_after is not None:
            wanted.append(func.upper(OCCUPANCIES.c.nights) > departing_after)
        ids = select(column).where(*wanted).group_by(column).order_by(column).limit(size + 1)
        async with self._database.reading() as connection:
            found = list((await connection.scalars(ids)).all())
            page = found[:size]
            rows = await connection.execute(
                select(OCCUPANCIES)
                .where(column.in_(page), *wanted)
                .order_by(column, OCCUPANCIES.c.nights, OCCUPANCIES.c.id)
            )
            of_booking: dict[UUID, list[Occupancy]] = defaultdict(list)
            for row in rows:
                of_booking[row.booking_id].append(to_occupancy(row))
            marks = await connection.execute(
                select(BOOKINGS.c.id, BOOKINGS.c.revision).where(BOOKINGS.c.id.in_(page))
            )
            revisions = {row.id: row.revision for row in marks}
        return pb.ListBookedResponse(
            bookings=[
                pb.BookedNights(
                    booking_id=str(one), revision=revisions.get(one, 0), lines=stay_lines_pb(of_booking[one])
                )
                for one in page
                if one in of_booking
            ],
            next=str(page[-1]) if len(found) > size else "",
        )
