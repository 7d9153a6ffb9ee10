"""Writes of a unit of work that wait for its commit, to be sent together: every round trip costs."""

from uuid import UUID

from chassis.together import Row, together
from sqlalchemy import Update
from sqlalchemy.ext.asyncio import AsyncSession


class Later:
    """The writes of one transaction that nothing in it reads; whoever may read them sends them first."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._waiting: list[Row | Update] = []
        self._files: set[UUID] = set()

    def add(self, *writes: Row | Update) -> None:
        """Keeps writes of different rows for later."""
        self._waiting += writes

    async def begin(self, file_id: UUID) -> None:
        """Sends what waits when a file is written a second time: one statement writes a row once."""
        if file_id in self._files:
            await self.flush()
        self._files.add(file_id)

    async def flush(self) -> None:
        """Sends what waits."""
        waiting, self._waiting = self._waiting, []
        self._files.clear()
        await together(self._session, *waiting)
