"""Stubs of all services in one object; calls carry the current actor and fail with `RemoteError`."""

from dataclasses import dataclass, field
from typing import Any

from chassis.clock import Clock
from chassis.grpc_client import Client, connect
from chassis.settings import SharedSettings
from sejour.availability.v1.availability_service_pb2_grpc import CalendarServiceStub, PlanningServiceStub
from sejour.availability.v1.search_service_pb2_grpc import SearchServiceStub
from sejour.booking.v1.booking_service_pb2_grpc import BookingServiceStub, ClientServiceStub, TermsServiceStub
from sejour.booking.v1.proposal_service_pb2_grpc import ProposalServiceStub
from sejour.catalog.v1.listing_service_pb2_grpc import ImportServiceStub, ListingServiceStub
from sejour.catalog.v1.owner_service_pb2_grpc import OwnerServiceStub
from sejour.documents.v1.documents_service_pb2_grpc import DocumentsServiceStub
from sejour.documents.v1.rate_table_service_pb2_grpc import RateTableServiceStub
from sejour.pricing.v1.pricing_service_pb2_grpc import PriceServiceStub, TariffServiceStub

from gateway.searches import Searches

DOCUMENT_SECONDS = 30.0
"""How long a call may take that renders or sends a document."""


@dataclass(slots=True)
class Services:
    """What the gateway may ask; each attribute is a stub whose calls are `await stub.Method(request)`."""

    owners: Any
    listings: Any
    imports: Any
    tariffs: Any
    prices: Any
    planning: Any
    calendar: Any
    search: Any
    terms: Any
    clients: Any
    bookings: Any
    proposals: Any
    documents: Any
    rate_tables: Any
    channels: list[Client[Any]] = field(default_factory=list)

    async def close(self) -> None:
        """Closes all channels."""
        for channel in self.channels:
            await channel.close()


def connect_services(shared: SharedSettings, clock: Clock) -> Services:
    """Connects (lazily) to the addresses of `SEJOUR_<SERVICE>_ADDRESS`."""
    channels: list[Client[Any]] = []

    def stub(service: str, stub_class: Any) -> Any:
        client: Client[Any] = connect(shared.address(service), stub_class, keys=shared.keys, clock=clock)
        channels.append(client)
        return client.stub

    return Services(
        owners=stub("catalog", OwnerServiceStub),
        listings=stub("catalog", ListingServiceStub),
        imports=stub("catalog", ImportServiceStub),
        tariffs=stub("pricing", TariffServiceStub),
        prices=stub("pricing", PriceServiceStub),
        planning=stub("availability", PlanningServiceStub),
        calendar=stub("availability", CalendarServiceStub),
        search=Searches(stub("search", SearchServiceStub)),
        terms=stub("booking", TermsServiceStub),
        clients=stub("booking", ClientServiceStub),
        bookings=stub("booking", BookingServiceStub),
        proposals=stub("booking", ProposalServiceStub),
        documents=stub("documents", DocumentsServiceStub),
        rate_tables=stub("documents", RateTableServiceStub),
        channels=channels,
    )
