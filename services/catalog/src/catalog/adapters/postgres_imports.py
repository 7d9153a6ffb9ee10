"""Reports of imports in PostgreSQL, kept as messages of the contract."""

from uuid import UUID

from chassis.errors import RequestIdReused
from sejour.catalog.v1 import listing_service_pb2 as calls
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.adapters.report_codec import report_of, report_pb
from catalog.adapters.tables import IMPORTS
from catalog.application.ports import Request
from catalog.domain.report import Report


class SqlImports:
    """Reports of imports."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def done(self, request: Request) -> Report | None:
        """The report of an import done before under this request id. Raises RequestIdReused."""
        query = select(IMPORTS).where(IMPORTS.c.request_id == request.id)
        row = (await self._session.execute(query)).first()
        if row is None:
            return None
        if row.body_hash != request.body_hash:
            raise RequestIdReused(request_id=request.id)
        return report_of(calls.ImportReport.FromString(row.report))

    async def add(
        self, report: Report, request: Request, *, label_id: UUID | None, owner_id: UUID | None
    ) -> None:
        """Keeps a report; a rival's of the same request stays."""
        statement = insert(IMPORTS).values(
            id=report.id,
            request_id=request.id,
            body_hash=request.body_hash,
            label_id=label_id,
            owner_id=owner_id,
            report=report_pb(report).SerializeToString(),
            at=report.at,
        )
        await self._session.execute(statement.on_conflict_do_nothing(index_elements=["request_id"]))
