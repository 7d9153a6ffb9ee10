"""The calls on clients."""

from dataclasses import dataclass
from typing import Any

from chassis.actor import Scope
from chassis.clock import Clock
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1.booking_service_pb2_grpc import ClientServiceServicer

from booking.adapters import codec
from booking.adapters.queries import Queries, page_size
from booking.application import clients as use_cases
from booking.application.ports import OpenUnit
from booking.domain.errors import ClientNotFound, OwnerNotFound
from booking.entrypoints import mapping


@dataclass(frozen=True, slots=True)
class GrpcClients(ClientServiceServicer):
    """Translates calls to use cases."""

    open_unit: OpenUnit
    queries: Queries
    clock: Clock

    async def CreateClient(self, request: calls.CreateClientRequest, _context: Any) -> calls.ClientResponse:
        """Makes a client."""
        return _answer(
            await use_cases.create_client(
                mapping.write_of(request, "CreateClient"),
                mapping.id_of(request.client.owner_id, OwnerNotFound),
                mapping.client_fields(request.client),
                scope=Scope.current(),
                open_unit=self.open_unit,
                clock=self.clock,
            )
        )

    async def GetClient(self, request: calls.GetClientRequest, _context: Any) -> calls.ClientResponse:
        """One client."""
        client_id = mapping.id_of(request.id, ClientNotFound)
        return _answer(await use_cases.get_client(client_id, scope=Scope.current(), open_unit=self.open_unit))

    async def UpdateClient(self, request: calls.UpdateClientRequest, _context: Any) -> calls.ClientResponse:
        """Replaces a client's data."""
        return _answer(
            await use_cases.update_client(
                mapping.write_of(request, "UpdateClient"),
                mapping.id_of(request.client.id, ClientNotFound),
                mapping.client_fields(request.client),
                seen=request.client.revision,
                scope=Scope.current(),
                open_unit=self.open_unit,
                clock=self.clock,
            )
        )

    async def ListClients(
        self, request: calls.ListClientsRequest, _context: Any
    ) -> calls.ListClientsResponse:
        """A page of clients."""
        return await self.queries.clients(
            mapping.id_of(request.owner_id, OwnerNotFound),
            request.query,
            limit=page_size(request.page.limit),
            cursor=request.page.cursor,
            scope=Scope.current(),
        )


def _answer(known: use_cases.Known) -> calls.ClientResponse:
    return calls.ClientResponse(
        client=codec.client(known.client), duplicates=[codec.client(one) for one in known.duplicates]
    )
