"""The état descriptif of a listing outside a file: in production for everybody, else for its owner."""

from collections import OrderedDict
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock, today
from chassis.errors import RemoteError
from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.application.access import AsSystem, not_found_as_listing
from documents.application.ports import Draft, Place, Printer, Shelf, Sources
from documents.application.render_document import DEFAULT_ZONE, gather_statement, statement_draft
from documents.domain.errors import ListingNotFound
from documents.printing import words

_PREVIEWS = 16


class PropertyStatement:
    """`GetPropertyStatement`. Drafts are drawn, not stored: they are previews."""

    def __init__(
        self, sources: Sources, shelf: Shelf, printer: Printer, as_system: AsSystem, clock: Clock
    ) -> None:
        self._sources = sources
        self._shelf = shelf
        self._printer = printer
        self._as_system = as_system
        self._clock = clock
        self._previews: OrderedDict[bytes, bytes] = OrderedDict()

    async def __call__(self, listing_id: str, language: str) -> tuple[pb.Document, bytes]:
        """The document and its bytes.

        Raises:
            ListingNotFound: not in production and not the actor's.

        """
        listing = await self._reach(listing_id)
        now = self._clock()
        with self._as_system():
            found = await gather_statement(
                self._sources, listing, today=today(now, listing.zone or DEFAULT_ZONE)
            )
            terms = found.terms.revision if found.terms is not None else 0
            place = Place(
                None, pb.DOCUMENT_KIND_PROPERTY_STATEMENT, UUID(listing.id), words.language_of(language)
            )
            draft = statement_draft(
                self._sources, self._printer, found, place, {"listing": listing.revision, "terms": terms}
            )
            if listing.state != catalog_pb.LISTING_STATE_IN_PRODUCTION:
                return await self._preview(draft)
            document = await self._shelf.keep(draft)
        return await self._shelf.open(Scope.system("documents"), UUID(document.id))

    async def _reach(self, listing_id: str) -> catalog_pb.Listing:
        try:
            UUID(listing_id)
            return await self._sources.listing(listing_id)
        except ValueError:
            raise ListingNotFound from None
        except RemoteError as error:
            raise not_found_as_listing(error) from error

    async def _preview(self, draft: Draft) -> tuple[pb.Document, bytes]:
        content = self._previews.get(draft.input_hash)
        if content is None:
            content = self._previews[draft.input_hash] = await draft.draw(0, self._clock())
            if len(self._previews) > _PREVIEWS:
                self._previews.popitem(last=False)
        document = pb.Document(
            owner_id=str(draft.owner_id),
            listing_id=str(draft.place.listing_id),
            kind=pb.DOCUMENT_KIND_PROPERTY_STATEMENT,
            file_name=f"{draft.stem}.pdf",
            language=draft.place.language,
            revisions=dict(draft.revisions),
        )
        return document, content
