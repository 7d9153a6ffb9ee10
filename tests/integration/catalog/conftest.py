"""The catalog's server in this process, on a real PostgreSQL, called through gRPC."""

import io
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from catalog.adapters.photo_files import Store
from catalog.domain.checklist import Readiness
from catalog.wiring import add_services
from chassis.actor import Actor, acting_as
from chassis.database import Database
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from google.protobuf.struct_pb2 import Struct
from obstore.store import LocalStore
from PIL import Image
from sejour.catalog.v1 import catalog_types_pb2 as pb
from sejour.catalog.v1 import listing_service_pb2 as listings
from sejour.catalog.v1 import owner_service_pb2 as owners
from sejour.catalog.v1.listing_service_pb2_grpc import ImportServiceStub, ListingServiceStub
from sejour.catalog.v1.owner_service_pb2_grpc import OwnerServiceStub

KEYS = (b"a-key-for-tests",)
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINIMUM = {
    "surface_m2": 85,
    "rooms_count": 4,
    "bedrooms": 2,
    "beds": 3,
    "bathrooms": 1,
    "toilets": 1,
    "kitchen": "separate",
    "heating": ["none"],
    "pets_allowed": False,
    "neighbourhood": ["none"],
}


class FakeServices:
    """What pricing, availability and booking say; a test sets it."""

    def __init__(self):
        self.answer = Readiness(priced=True, open_priced=True, terms=True, payees=True)

    async def readiness(self, listing_id, owner_id):
        return self.answer


class MovedClock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@dataclass
class Catalog:
    """Clients of a running catalog, and short ways to make things."""

    owners: object
    listings: object
    imports: object
    database: Database
    services: FakeServices
    clock: MovedClock

    @contextmanager
    def acting(self, *grants):
        with acting_as(Actor.make("test", grants, now=self.clock(), lifetime=timedelta(hours=1))) as actor:
            yield actor

    def rid(self):
        return str(uuid.uuid4())

    async def label(self, slug=None):
        slug = slug or f"label-{uuid.uuid4().hex[:12]}"
        request = owners.CreateLabelRequest(
            request_id=self.rid(), label=pb.Label(slug=slug, name=slug.title())
        )
        with self.acting("operator"):
            return (await self.owners.CreateLabel(request)).label

    async def owner(self, label=None, **changes):
        owner = pb.Owner(
            **{
                "civility": "MRS",
                "last_name": "FAURE",
                "first_name": "Jeanne",
                "email": "jeanne@example.org",
                "kind": pb.OWNER_KIND_PRIVATE,
                "label_ids": [label.id] if label else [],
                **changes,
            }
        )
        with self.acting("operator"):
            return (
                await self.owners.CreateOwner(owners.CreateOwnerRequest(request_id=self.rid(), owner=owner))
            ).owner

    async def listing(self, owner, *, values=None, minimum=True, **changes):
        given = {
            "owner_id": owner.id,
            "kind": pb.LISTING_KIND_SEASONAL_RENTAL,
            "name": {"fr": "Le Mas des Cigales"},
            "address": pb.Address(lines=["Le Mas"], postal_code="07460", city="Beaulieu", insee="07028"),
            "base_persons": 4,
            "max_persons": 6,
            **changes,
        }
        listing = pb.Listing(**given)
        listing.values.update({**(MINIMUM if minimum else {}), **(values or {})})
        request = listings.CreateListingRequest(request_id=self.rid(), listing=listing)
        with self.acting("operator"):
            return (await self.listings.CreateListing(request)).listing

    async def produce(self, listing):
        request = listings.ChangeStateRequest(request_id=self.rid(), id=listing.id, revision=listing.revision)
        with self.acting(f"owner:{listing.owner_id}"):
            return (await self.listings.PutInProduction(request)).listing

    async def get(self, listing_id, *grants):
        with self.acting(*(grants or ("operator",))):
            return (await self.listings.GetListing(listings.GetListingRequest(id=listing_id))).listing

    async def update(self, listing, changes=None, revert=(), *, grants=None):
        struct = Struct()
        struct.update(changes or {})
        request = listings.UpdateListingRequest(
            request_id=self.rid(), id=listing.id, revision=listing.revision, changes=struct, revert=revert
        )
        with self.acting(*(grants or (f"owner:{listing.owner_id}",))):
            return (await self.listings.UpdateListing(request)).listing


@pytest.fixture(scope="session")
async def catalog(make_database, tmp_path_factory):
    database = Database.at(await make_database("catalog"))
    clock, services = MovedClock(), FakeServices()
    server = Server("127.0.0.1:0", keys=KEYS, clock=clock)
    add_services(
        server,
        database=database,
        clock=clock,
        services=services,
        store=Store(LocalStore(tmp_path_factory.mktemp("files"))),
    )
    await server.start()
    address = f"127.0.0.1:{server.port}"
    clients = [
        connect(address, stub, keys=KEYS, clock=clock, timeout=20)
        for stub in (OwnerServiceStub, ListingServiceStub, ImportServiceStub)
    ]
    yield Catalog(*(client.stub for client in clients), database, services, clock)
    for client in clients:
        await client.close()
    await server.stop(0)
    await database.close()


@pytest.fixture(scope="session")
def a_photo():
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def _reset(request):
    if "catalog" in request.fixturenames:
        found = request.getfixturevalue("catalog")
        found.services.answer = Readiness(priced=True, open_priced=True, terms=True, payees=True)
        found.clock.now = NOW
