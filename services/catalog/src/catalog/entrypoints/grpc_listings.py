"""`ListingService`: a few lines per call."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from sejour.catalog.v1 import listing_service_pb2 as calls
from sejour.catalog.v1 import listing_service_pb2_grpc as rpc

from catalog.adapters import codec
from catalog.adapters.queries import Queries
from catalog.application.change_state import put_in_production, withdraw
from catalog.application.checklist import get_checklist
from catalog.application.create_listing import create_listing
from catalog.application.photos import add_photo, arrange_photos
from catalog.application.ports import PhotoDecoder, PhotoStore, Services, UnitOfWork
from catalog.application.update_listing import update_listing
from catalog.domain.fields import CATALOGUE, VERSION
from catalog.entrypoints import mapping

NewUnitOfWork = Callable[[Scope], UnitOfWork]


class GrpcListings(rpc.ListingServiceServicer):
    """Listings, their sheets, photos and life."""

    def __init__(
        self,
        *,
        new_uow: NewUnitOfWork,
        queries: Queries,
        clock: Clock,
        services: Services,
        store: PhotoStore,
        decode: PhotoDecoder,
    ) -> None:
        self._new_uow = new_uow
        self._queries = queries
        self._clock = clock
        self._services = services
        self._store = store
        self._decode = decode
        self._fields = calls.GetFieldsResponse(
            fields=[codec.field_pb(field) for field in CATALOGUE], version=VERSION
        )

    async def _answer(self, scope: Scope, listing_id: UUID) -> calls.ListingResponse:
        return calls.ListingResponse(listing=await self._queries.listing(scope, listing_id=listing_id))

    async def CreateListing(
        self, request: calls.CreateListingRequest, _context: Any
    ) -> calls.ListingResponse:
        """Makes a draft."""
        scope = Scope.current()
        command = mapping.create_listing_command(request)
        listing_id = await create_listing(command, uow=self._new_uow(scope), scope=scope, clock=self._clock)
        return await self._answer(scope, listing_id)

    async def GetListing(self, request: calls.GetListingRequest, _context: Any) -> calls.ListingResponse:
        """One listing by id or code."""
        listing_id = mapping.uuid(request.id, "id") if request.WhichOneof("key") == "id" else None
        listing = await self._queries.listing(
            Scope.current(), listing_id=listing_id, code=request.code, revision=request.revision
        )
        return calls.ListingResponse(listing=listing)

    async def ListListings(
        self, request: calls.ListListingsRequest, _context: Any
    ) -> calls.ListListingsResponse:
        """Listings of an owner, of a label, or by ids."""
        ids = {
            "owner_id": mapping.optional_uuid(request.owner_id, "owner_id"),
            "label_id": mapping.optional_uuid(request.label_id, "label_id"),
            "ids": mapping.uuids(request.ids, "ids"),
        }
        return await self._queries.listings(Scope.current(), request, ids)

    async def UpdateListing(
        self, request: calls.UpdateListingRequest, _context: Any
    ) -> calls.ListingResponse:
        """Changes fields of a sheet."""
        scope = Scope.current()
        command = mapping.update_listing_command(request)
        listing_id = await update_listing(command, uow=self._new_uow(scope), scope=scope, clock=self._clock)
        return await self._answer(scope, listing_id)

    async def AddPhoto(self, request: calls.AddPhotoRequest, _context: Any) -> calls.ListingResponse:
        """Adds a photo."""
        scope = Scope.current()
        listing_id = await add_photo(
            mapping.add_photo_command(request),
            new_uow=partial(self._new_uow, scope),
            scope=scope,
            clock=self._clock,
            store=self._store,
            decode=self._decode,
        )
        return await self._answer(scope, listing_id)

    async def ArrangePhotos(
        self, request: calls.ArrangePhotosRequest, _context: Any
    ) -> calls.ListingResponse:
        """Orders, captions and removes photos."""
        scope = Scope.current()
        listing_id = await arrange_photos(
            mapping.arrange_photos_command(request),
            uow=self._new_uow(scope),
            scope=scope,
            clock=self._clock,
            store=self._store,
        )
        return await self._answer(scope, listing_id)

    async def GetPhoto(self, request: calls.GetPhotoRequest, _context: Any) -> calls.GetPhotoResponse:
        """The bytes of a photo; they never change under one id."""
        photo_id = mapping.uuid(request.id, "id")
        await self._queries.require_photo(Scope.current(), photo_id)
        content = await self._store.get(photo_id, request.size)
        return calls.GetPhotoResponse(content=content, etag=f"{photo_id}-{request.size}")

    async def GetChecklist(
        self, request: calls.GetChecklistRequest, _context: Any
    ) -> calls.GetChecklistResponse:
        """What production needs and what is missing."""
        scope = Scope.current()
        items = await get_checklist(
            mapping.uuid(request.id, "id"), uow=self._new_uow(scope), scope=scope, services=self._services
        )
        return codec.checklist_pb(items)

    async def PutInProduction(
        self, request: calls.ChangeStateRequest, _context: Any
    ) -> calls.ListingResponse:
        """Puts a listing in production."""
        scope = Scope.current()
        listing_id = await put_in_production(
            mapping.change_state_command(request, "PutInProduction"),
            new_uow=partial(self._new_uow, scope),
            scope=scope,
            services=self._services,
        )
        return await self._answer(scope, listing_id)

    async def Withdraw(self, request: calls.ChangeStateRequest, _context: Any) -> calls.ListingResponse:
        """Takes a listing out of production."""
        scope = Scope.current()
        command = mapping.change_state_command(request, "Withdraw")
        listing_id = await withdraw(command, uow=self._new_uow(scope), scope=scope)
        return await self._answer(scope, listing_id)

    async def GetFields(self, _request: calls.GetFieldsRequest, _context: Any) -> calls.GetFieldsResponse:
        """The declared catalogue of fields."""
        return self._fields

    async def BatchGetCards(
        self, request: calls.BatchGetCardsRequest, _context: Any
    ) -> calls.BatchGetCardsResponse:
        """What result cards show."""
        cards = await self._queries.cards(
            Scope.current(), mapping.uuids(request.ids, "ids"), request.language or "fr"
        )
        return calls.BatchGetCardsResponse(cards=cards)
