"""The other services, through their contracts (`application.ports.Sources`)."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from chassis.clock import Clock
from chassis.errors import ErrorKind, RemoteError
from chassis.grpc_client import Client, connect
from chassis.logging import get_logger
from chassis.settings import SharedSettings
from sejour.booking.v1 import booking_service_pb2 as booking_rpc
from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.booking.v1 import proposal_service_pb2 as proposal_pb
from sejour.booking.v1 import reconcile_service_pb2 as reconcile_pb
from sejour.booking.v1.booking_service_pb2_grpc import BookingServiceStub, TermsServiceStub
from sejour.booking.v1.proposal_service_pb2_grpc import ProposalServiceStub
from sejour.booking.v1.reconcile_service_pb2_grpc import ReconcileServiceStub
from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb
from sejour.catalog.v1 import listing_service_pb2 as listing_rpc
from sejour.catalog.v1 import owner_service_pb2 as owner_rpc
from sejour.catalog.v1.listing_service_pb2_grpc import ListingServiceStub
from sejour.catalog.v1.owner_service_pb2_grpc import OwnerServiceStub
from sejour.pricing.v1 import pricing_service_pb2 as pricing_rpc
from sejour.pricing.v1.pricing_service_pb2_grpc import TariffServiceStub

from documents.printing.prices import PriceSheet

log = get_logger()

Stub = TypeVar("Stub")

PHOTO_SIZE = 800


class RemoteSources:
    """Clients of catalog, booking and pricing."""

    def __init__(self, shared: SharedSettings, clock: Clock) -> None:
        self._clients: list[Client[Any]] = []

        def client(service: str, stub: Callable[[Any], Stub]) -> Stub:
            found = connect(shared.address(service), stub, keys=shared.keys, clock=clock, timeout=5.0)
            self._clients.append(found)
            return found.stub

        self._bookings = client("booking", BookingServiceStub)
        self._terms = client("booking", TermsServiceStub)
        self._proposals = client("booking", ProposalServiceStub)
        self._reconcile = client("booking", ReconcileServiceStub)
        self._listings = client("catalog", ListingServiceStub)
        self._owners = client("catalog", OwnerServiceStub)
        self._tariffs = client("pricing", TariffServiceStub)

    async def close(self) -> None:
        """Closes the channels."""
        for client in self._clients:
            await client.close()

    async def booking(self, booking_id: str) -> booking_pb.Booking:
        """A file at its newest revision."""
        request = booking_rpc.GetBookingRequest(id=booking_id)
        found: booking_pb.Booking = (await self._bookings.GetBooking(request)).booking
        return found

    async def confirmed(
        self, *, after: str, limit: int, confirmed_after: datetime, confirmed_until: datetime
    ) -> reconcile_pb.ListConfirmedResponse:
        """A page of confirmed files by id."""
        request = reconcile_pb.ListConfirmedRequest(after=after, limit=limit)
        request.confirmed_after.FromDatetime(confirmed_after)
        request.confirmed_until.FromDatetime(confirmed_until)
        found: reconcile_pb.ListConfirmedResponse = await self._reconcile.ListConfirmed(request)
        return found

    async def guest_link(self, booking_id: str) -> str:
        """The token of a new secret link of the file."""
        request = booking_rpc.IssueGuestLinkRequest(booking_id=booking_id)
        return str((await self._bookings.IssueGuestLink(request)).token)

    async def proposal(self, proposal_id: str) -> proposal_pb.Proposal:
        """A devis."""
        request = proposal_pb.GetProposalRequest(id=proposal_id)
        found: proposal_pb.Proposal = (await self._proposals.GetProposal(request)).proposal
        return found

    async def proposal_link(self, proposal_id: str) -> str:
        """The token of a new secret link of a devis."""
        request = proposal_pb.IssueProposalLinkRequest(proposal_id=proposal_id)
        return str((await self._proposals.IssueProposalLink(request)).token)

    async def listing(self, listing_id: str, revision: int = 0) -> catalog_pb.Listing:
        """A listing, newest or frozen."""
        request = listing_rpc.GetListingRequest(id=listing_id, revision=revision)
        found: catalog_pb.Listing = (await self._listings.GetListing(request)).listing
        return found

    async def owner(self, owner_id: str) -> catalog_pb.Owner:
        """An owner."""
        found: catalog_pb.Owner = (await self._owners.GetOwner(owner_rpc.GetOwnerRequest(id=owner_id))).owner
        return found

    async def label(self, label_id: str) -> catalog_pb.Label | None:
        """A label; None for an empty id or one that is gone."""
        if not label_id:
            return None
        try:
            found: catalog_pb.Label = (
                await self._owners.GetLabel(owner_rpc.GetLabelRequest(id=label_id))
            ).label
        except RemoteError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            return None
        return found

    async def fields(self) -> Sequence[catalog_pb.FieldDef]:
        """The declared fields in form order."""
        answer = await self._listings.GetFields(listing_rpc.GetFieldsRequest())
        found: Sequence[catalog_pb.FieldDef] = answer.fields
        return found

    async def photo(self, photo_id: str) -> bytes | None:
        """JPEG bytes; None when they cannot be had."""
        request = listing_rpc.GetPhotoRequest(id=photo_id, size=PHOTO_SIZE)
        try:
            return bytes((await self._listings.GetPhoto(request)).content)
        except RemoteError as error:
            log.warning("photo_not_printed", photo_id=photo_id, reason=error.reason)
            return None

    async def prices(self, owner_id: str) -> PriceSheet:
        """All that an owner charges."""
        request = pricing_rpc.OwnerRequest(owner_id=owner_id)
        seasons, tariffs, plans, prices, supplements, discounts = await asyncio.gather(
            self._tariffs.ListSeasons(request),
            self._tariffs.ListTariffs(request),
            self._tariffs.ListRatePlans(request),
            self._tariffs.ListPrices(request),
            self._tariffs.ListSupplements(request),
            self._tariffs.ListDiscounts(request),
        )
        return PriceSheet(
            seasons=seasons.seasons,
            tariffs=tariffs.tariffs,
            plans=plans.rate_plans,
            prices=prices.prices,
            supplements=supplements.supplements,
            discounts=discounts.discounts,
        )

    async def terms(self, owner_id: str, revision: int = 0) -> booking_pb.SalesTerms | None:
        """An owner's sales terms, newest (0) or of a revision."""
        request = booking_rpc.GetTermsRequest(owner_id=owner_id, revision=revision)
        try:
            found: booking_pb.SalesTerms = (await self._terms.GetTerms(request)).terms
        except RemoteError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            return None
        return found
