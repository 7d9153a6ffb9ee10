"""gRPC calls to a running copy with any grants, without asyncio: what pages cannot ask, tests still can."""

from datetime import timedelta
from typing import Any

import grpc
from chassis.actor import METADATA_KEY, Actor, sign
from chassis.clock import MovableClock
from chassis.rpc_errors import from_rpc_error
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from sejour.availability.v1 import availability_service_pb2, search_service_pb2
from sejour.booking.v1 import booking_service_pb2, proposal_service_pb2, reconcile_service_pb2
from sejour.catalog.v1 import listing_service_pb2, owner_service_pb2
from sejour.common.v1 import maintenance_service_pb2
from sejour.documents.v1 import documents_service_pb2, rate_table_service_pb2
from sejour.gateway.v1 import account_service_pb2
from sejour.pricing.v1 import pricing_service_pb2
from sejour_local.kept import Kept
from sejour_local.stack import Stack

_SECONDS = 30.0
_MODULES = (
    listing_service_pb2, owner_service_pb2, pricing_service_pb2, availability_service_pb2, search_service_pb2,
    booking_service_pb2, proposal_service_pb2, documents_service_pb2, account_service_pb2,
    rate_table_service_pb2, reconcile_service_pb2, maintenance_service_pb2,
)  # fmt: skip
SERVICES: dict[str, ServiceDescriptor] = {
    name: service for module in _MODULES for name, service in module.DESCRIPTOR.services_by_name.items()
}
"""Every service of the contracts by its short name: `BookingService`."""


def message_class(method: MethodDescriptor) -> type[Message]:
    """The class of a call's request."""
    found: type[Message] = message_factory.GetMessageClass(method.input_type)
    return found


class StackCalls:
    """Calls of one copy, signed as its gateway signs them."""

    def __init__(self, stack: Stack) -> None:
        kept = Kept.read(stack.places)
        self._ports = kept.ports
        self._keys = (kept.signing_key.encode(),)
        self._clock = MovableClock(stack.places.clock)
        self._channels: dict[str, grpc.Channel] = {}

    def __call__(self, name: str, request: Message | list[Message], *grants: str, of: str = "") -> Any:
        """Calls « BookingService.GetBooking » with these grants; a list is sent as a stream.

        `of` names the service that is asked where several answer (MaintenanceService; else booking's).

        Raises:
            RemoteError: it was refused.

        """
        service_name, _, method_name = name.partition(".")
        service = SERVICES[service_name]
        method = service.methods_by_name[method_name]
        actor = Actor.make("test", grants, now=self._clock(), lifetime=timedelta(minutes=5))
        channel = self._channel(service, of)
        connect = channel.stream_unary if method.client_streaming else channel.unary_unary
        call = connect(
            f"/{service.full_name}/{method.name}",
            request_serializer=message_class(method).SerializeToString,
            response_deserializer=message_factory.GetMessageClass(method.output_type).FromString,
        )
        metadata = ((METADATA_KEY, sign(actor, self._keys)),)
        try:
            parts = request if isinstance(request, list) else [request]
            asked = iter(parts) if method.client_streaming else parts[0]
            return call(asked, timeout=_SECONDS, metadata=metadata)
        except grpc.RpcError as error:
            raise from_rpc_error(error, method=name) from None

    def _channel(self, service: ServiceDescriptor, of: str = "") -> grpc.Channel:
        own = {"SearchService": "search", "MaintenanceService": "booking"}
        role = of or own.get(service.name) or service.full_name.split(".")[1]
        if role not in self._channels:
            self._channels[role] = grpc.insecure_channel(f"127.0.0.1:{self._ports[f'{role}_grpc']}")
        return self._channels[role]

    def close(self) -> None:
        """Ends the connections."""
        for channel in self._channels.values():
            channel.close()
