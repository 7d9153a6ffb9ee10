"""Connections to the services of a copy, acting as the operator's loader."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid5

from chassis.actor import Actor, acting_as
from chassis.clock import make_clock
from chassis.errors import RemoteError
from chassis.grpc_client import Client, connect
from chassis.settings import SharedSettings
from google.protobuf.message import Message
from sejour.availability.v1.availability_service_pb2_grpc import PlanningServiceStub
from sejour.booking.v1.booking_service_pb2_grpc import BookingServiceStub, ClientServiceStub, TermsServiceStub
from sejour.catalog.v1.listing_service_pb2_grpc import ImportServiceStub, ListingServiceStub
from sejour.catalog.v1.owner_service_pb2_grpc import OwnerServiceStub
from sejour.gateway.v1.account_service_pb2_grpc import AccountServiceStub
from sejour.pricing.v1.pricing_service_pb2_grpc import PriceServiceStub, TariffServiceStub

from sejour_local.environment import Copy
from sejour_local.kept import Kept
from sejour_local.places import Places
from sejour_local.sentences import CannotStart

Answer = TypeVar("Answer")

_NAMESPACE = UUID("6f0d2c1e-5d1b-5b0e-9f5e-0a1c4e0f27b4")
_TIMEOUT = 15.0
_NOT_THERE_YET = {"LISTING_NOT_FOUND", "OWNER_NOT_FOUND", "TERMS_NOT_FOUND", "BUSY"}


@dataclass(frozen=True, slots=True)
class Services:
    """One stub for each service that the data file touches."""

    owners: Any
    listings: Any
    imports: Any
    tariffs: Any
    prices: Any
    planning: Any
    terms: Any
    clients: Any
    bookings: Any
    accounts: Any


@asynccontextmanager
async def services(places: Places) -> AsyncIterator[Services]:
    """Connects to the copy of a home, or to the services that `SEJOUR_*_ADDRESS` name.

    Raises:
        CannotStart: nothing runs there.

    """
    with as_if_in(environment_of(places)):
        async with _connected() as found:
            yield found


@contextmanager
def as_if_in(environment: dict[str, str]) -> Iterator[None]:
    """Settings are read from the environment; what is added for a copy is taken away again."""
    added = {name: value for name, value in environment.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


@asynccontextmanager
async def _connected() -> AsyncIterator[Services]:
    settings = SharedSettings()
    clock = make_clock(settings)
    actor = Actor.make("system:load", {"system:load", "operator"}, now=clock(), lifetime=timedelta(hours=1))
    opened: list[Client[Any]] = []

    def stub(service: str, stub_class: Callable[[Any], Any]) -> Any:
        address = settings.address(service)
        client = connect(address, stub_class, keys=settings.keys, clock=clock, timeout=_TIMEOUT)
        opened.append(client)
        return client.stub

    found = Services(
        owners=stub("catalog", OwnerServiceStub),
        listings=stub("catalog", ListingServiceStub),
        imports=stub("catalog", ImportServiceStub),
        tariffs=stub("pricing", TariffServiceStub),
        prices=stub("pricing", PriceServiceStub),
        planning=stub("availability", PlanningServiceStub),
        terms=stub("booking", TermsServiceStub),
        clients=stub("booking", ClientServiceStub),
        bookings=stub("booking", BookingServiceStub),
        accounts=stub("gateway", AccountServiceStub),
    )
    try:
        with acting_as(actor):
            yield found
    finally:
        for client in opened:
            await client.close()


def request_id(kind: str, key: object, content: Message) -> str:
    """A natural request id: the same content under the same key is the same request."""
    digest = content.SerializeToString(deterministic=True).hex()
    return str(uuid5(_NAMESPACE, f"{kind}|{key}|{digest}"))


async def patiently(call: Callable[[], Awaitable[Answer]], *, seconds: float = 30.0) -> Answer:
    """Repeats a call while news from another service has not arrived yet.

    Raises:
        RemoteError: any other refusal, or the same one after `seconds`.

    """
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + seconds, 0.05
    while True:
        try:
            return await call()
        except RemoteError as error:
            if error.reason not in _NOT_THERE_YET or loop.time() > deadline:
                raise
        await asyncio.sleep(pause)
        pause = min(pause * 2, 1.0)


def environment_of(places: Places) -> dict[str, str]:
    """What the settings of a copy are, or nothing where the environment names the services itself.

    Raises:
        CannotStart: nothing runs there.

    """
    if "SEJOUR_CATALOG_ADDRESS" in os.environ:
        return {}
    kept = Kept.read(places)
    if not kept.ports:
        raise CannotStart("Nothing runs here: start it with « make up », then try again.")
    return Copy(places=places, kept=kept, postgres_url="", kafka_bootstrap="").shared()
