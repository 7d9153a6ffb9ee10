"""`OwnerService`: a few lines per call."""

from collections.abc import Callable
from typing import Any

from chassis.actor import Scope
from sejour.catalog.v1 import owner_service_pb2 as calls
from sejour.catalog.v1 import owner_service_pb2_grpc as rpc

from catalog.adapters.queries import Queries, page_limit
from catalog.application.create_label import create_label
from catalog.application.create_owner import create_owner
from catalog.application.ports import UnitOfWork
from catalog.application.update_owner import update_owner
from catalog.entrypoints import mapping

NewUnitOfWork = Callable[[Scope], UnitOfWork]


class GrpcOwners(rpc.OwnerServiceServicer):
    """Owners and labels."""

    def __init__(self, *, new_uow: NewUnitOfWork, queries: Queries) -> None:
        self._new_uow = new_uow
        self._queries = queries

    async def CreateOwner(self, request: calls.CreateOwnerRequest, _context: Any) -> calls.OwnerResponse:
        """Makes an owner."""
        scope = Scope.current()
        command = mapping.create_owner_command(request)
        owner_id = await create_owner(command, uow=self._new_uow(scope), scope=scope)
        return calls.OwnerResponse(owner=await self._queries.owner(scope, owner_id=owner_id))

    async def GetOwner(self, request: calls.GetOwnerRequest, _context: Any) -> calls.OwnerResponse:
        """One owner by id or supplier number."""
        owner_id = mapping.uuid(request.id, "id") if request.WhichOneof("key") == "id" else None
        owner = await self._queries.owner(Scope.current(), owner_id=owner_id, supplier_no=request.supplier_no)
        return calls.OwnerResponse(owner=owner)

    async def UpdateOwner(self, request: calls.UpdateOwnerRequest, _context: Any) -> calls.OwnerResponse:
        """Replaces what an owner may change."""
        scope = Scope.current()
        command = mapping.update_owner_command(request)
        owner_id = await update_owner(command, uow=self._new_uow(scope), scope=scope)
        return calls.OwnerResponse(owner=await self._queries.owner(scope, owner_id=owner_id))

    async def ListOwners(self, request: calls.ListOwnersRequest, _context: Any) -> calls.ListOwnersResponse:
        """Owners that the actor may see."""
        owners, cursor = await self._queries.owners(
            Scope.current(),
            label_id=mapping.optional_uuid(request.label_id, "label_id"),
            limit=page_limit(request.page.limit),
            cursor=request.page.cursor,
        )
        return calls.ListOwnersResponse(owners=owners, next_cursor=cursor)

    async def CreateLabel(self, request: calls.CreateLabelRequest, _context: Any) -> calls.LabelResponse:
        """Makes a label."""
        scope = Scope.current()
        command = mapping.create_label_command(request)
        label_id = await create_label(command, uow=self._new_uow(scope), scope=scope)
        return calls.LabelResponse(label=await self._queries.label(label_id=label_id))

    async def GetLabel(self, request: calls.GetLabelRequest, _context: Any) -> calls.LabelResponse:
        """One label by id or slug."""
        label_id = mapping.uuid(request.id, "id") if request.WhichOneof("key") == "id" else None
        return calls.LabelResponse(label=await self._queries.label(label_id=label_id, slug=request.slug))

    async def ListLabels(self, _request: calls.ListLabelsRequest, _context: Any) -> calls.ListLabelsResponse:
        """All labels by name."""
        return calls.ListLabelsResponse(labels=await self._queries.labels())
