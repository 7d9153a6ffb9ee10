"""The shelf of documents: versions in PostgreSQL, bytes in the object store, news in the outbox."""

from collections.abc import Sequence
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.database import Database
from chassis.ids import new_id
from chassis.logging import get_logger
from sejour.documents.v1 import documents_events_pb2 as events_pb
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.adapters import repository
from documents.adapters.queries import document_to_pb
from documents.adapters.store import DocumentStore
from documents.application.ports import Draft
from documents.domain.errors import DocumentNotFound

log = get_logger()


class PostgresShelf:
    """`application.ports.Shelf` on PostgreSQL and files."""

    def __init__(self, database: Database, store: DocumentStore, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    async def keep(self, draft: Draft) -> pb.Document:
        """The newest version when it prints the same, else a new one.

        Drawn outside of the transaction; a rival that was faster is seen under the place's lock, and then
        either his document serves or ours is drawn again with the next number.
        """
        while True:
            async with self._database.transaction() as session:
                last = await repository.newest(session, draft.place)
            if last is not None and last.input_hash == draft.input_hash:
                return document_to_pb(last)
            stored = await self._draw_next(draft, 1 if last is None else last.version + 1)
            if stored is not None:
                return stored

    async def _draw_next(self, draft: Draft, version: int) -> pb.Document | None:
        now, document_id = self._clock(), new_id()
        content = await draft.draw(version, now)
        key = f"{draft.owner_id}/{document_id}.pdf"
        digest = await self._store.put(key, content)
        place = draft.place
        async with self._database.transaction() as session:
            await repository.lock(session, place)
            last = await repository.newest(session, place)
            if last is not None and last.version >= version:
                return None
            row = await repository.add_document(
                session,
                {
                    "id": document_id,
                    "owner_id": draft.owner_id,
                    "booking_id": place.booking_id,
                    "listing_id": place.listing_id,
                    "kind": place.kind,
                    "language": place.language,
                    "version": version,
                    "input_hash": draft.input_hash,
                    "sha256": digest,
                    "size": len(content),
                    "object_key": key,
                    "file_name": f"{draft.stem}-v{version}.pdf",
                    "revisions": dict(draft.revisions),
                    "created_at": now,
                },
            )
            found = document_to_pb(row)
            await repository.publish(
                session,
                events_pb.DocumentStored(document=found),
                key=place.booking_id or place.listing_id or document_id,
                now=now,
            )
        log.info("document_stored", document_id=found.id, kind=place.kind, version=version, size=len(content))
        return found

    async def of_booking(self, scope: Scope, booking_id: UUID) -> list[pb.Document]:
        """Documents of a file, newest first."""
        async with self._database.transaction() as session:
            rows = await repository.documents_of(session, scope, booking_id)
        return [document_to_pb(row) for row in rows]

    async def open(self, scope: Scope, document_id: UUID) -> tuple[pb.Document, bytes]:
        """A document and its bytes.

        Raises:
            DocumentNotFound: none of that id within the scope.

        """
        async with self._database.transaction() as session:
            row = await repository.document(session, scope, document_id)
        if row is None:
            raise DocumentNotFound
        return document_to_pb(row), await self._store.get(row.object_key, row.sha256)

    async def named(self, scope: Scope, booking_id: UUID, ids: Sequence[UUID]) -> list[pb.Document]:
        """Documents of a file by id.

        Raises:
            DocumentNotFound: one of them is not of this file, or not within the scope.

        """
        async with self._database.transaction() as session:
            rows = await repository.documents_by_id(session, scope, ids)
        if len(rows) != len(ids) or any(row.booking_id != booking_id for row in rows):
            raise DocumentNotFound
        return [document_to_pb(row) for row in rows]
