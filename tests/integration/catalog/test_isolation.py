"""What is another's is not found, by every call that names an owner's thing; whoever only reads may not write."""

import pytest
from catalog.entrypoints.grpc_imports import GrpcImports
from catalog.entrypoints.grpc_listings import GrpcListings
from catalog.entrypoints.grpc_owners import GrpcOwners
from chassis.errors import ErrorKind, RemoteError
from google.protobuf.struct_pb2 import Struct
from sejour.catalog.v1 import catalog_types_pb2 as pb
from sejour.catalog.v1 import listing_service_pb2 as calls
from sejour.catalog.v1 import owner_service_pb2 as owner_calls

NOBODY = "01990000-0000-7000-8000-000000000000"
# Public by contract, or lists that are simply empty for a stranger (tested below).
OPEN = {
    "GetFields", "BatchGetCards", "GetLabel", "ListLabels", "CreateLabel", "CreateOwner",
    "ListListings", "ListOwners", "ListImports",
}  # fmt: skip


def changes():
    struct = Struct()
    struct.update({"wifi": True})
    return struct


REQUESTS = {
    "GetOwner": lambda c, it: owner_calls.GetOwnerRequest(id=it["owner"]),
    "UpdateOwner": lambda c, it: owner_calls.UpdateOwnerRequest(
        request_id=c.rid(), owner=pb.Owner(id=it["owner"], last_name="X", revision=1)
    ),
    "CreateListing": lambda c, it: calls.CreateListingRequest(
        request_id=c.rid(), listing=pb.Listing(owner_id=it["owner"])
    ),
    "GetListing": lambda c, it: calls.GetListingRequest(id=it["listing"]),
    "UpdateListing": lambda c, it: calls.UpdateListingRequest(
        request_id=c.rid(), id=it["listing"], revision=1, changes=changes()
    ),
    "AddPhoto": lambda c, it: calls.AddPhotoRequest(
        request_id=c.rid(), listing_id=it["listing"], content=b"x"
    ),
    "ArrangePhotos": lambda c, it: calls.ArrangePhotosRequest(
        request_id=c.rid(), listing_id=it["listing"], revision=1
    ),
    "GetPhoto": lambda c, it: calls.GetPhotoRequest(id=it["photo"], size=320),
    "GetChecklist": lambda c, it: calls.GetChecklistRequest(id=it["listing"]),
    "PutInProduction": lambda c, it: calls.ChangeStateRequest(
        request_id=c.rid(), id=it["listing"], revision=1
    ),
    "Withdraw": lambda c, it: calls.ChangeStateRequest(request_id=c.rid(), id=it["listing"], revision=1),
    "GetImport": lambda c, it: calls.GetImportRequest(id=it["import"]),
}


def rpcs(servicer):
    return {name for name in vars(servicer) if name[0].isupper()}


ALL = {"owners": rpcs(GrpcOwners), "listings": rpcs(GrpcListings), "imports": rpcs(GrpcImports)}


def test_every_call_is_either_open_or_tried_by_a_stranger():
    named = set().union(*ALL.values())
    assert named - OPEN - {"Import"} == set(REQUESTS)


def stub_of(catalog, method):
    return getattr(getattr(catalog, next(kind for kind, names in ALL.items() if method in names)), method)


@pytest.fixture(scope="module")
async def things(catalog, a_photo):
    label = await catalog.label()
    owner = await catalog.owner(label)
    listing = await catalog.listing(owner)
    with catalog.acting(f"owner:{owner.id}"):
        request = calls.AddPhotoRequest(request_id=catalog.rid(), listing_id=listing.id, content=a_photo)
        listing = (await catalog.listings.AddPhoto(request)).listing

    async def parts():
        start = calls.ImportStart(request_id=catalog.rid(), owner_id=owner.id, file_name="x.json")
        yield calls.ImportRequest(start=start)
        yield calls.ImportRequest(content=b"[]")

    with catalog.acting(f"owner:{owner.id}"):
        report = await catalog.imports.Import(parts())
    return {
        "label": label.id,
        "owner": owner.id,
        "listing": listing.id,
        "photo": listing.photos[0].id,
        "import": report.id,
        "code": listing.code,
    }


@pytest.mark.parametrize("method", sorted(REQUESTS))
async def test_a_stranger_gets_not_found_as_for_what_never_existed(catalog, things, method):
    stranger = await catalog.owner()
    absent = dict.fromkeys(things, NOBODY)
    raised = []
    for grant in (f"owner:{stranger.id}", f"label:{(await catalog.label()).id}", "public"):
        for subject in (things, absent):
            with catalog.acting(grant), pytest.raises(RemoteError) as refused:
                await stub_of(catalog, method)(REQUESTS[method](catalog, subject))
            raised.append((refused.value.kind, refused.value.reason, refused.value.metadata))
    assert raised[0][0] is ErrorKind.NOT_FOUND
    assert all(one == raised[0] for one in raised)


async def test_lists_of_a_stranger_hold_nothing_of_another(catalog, things):
    stranger = await catalog.owner()
    with catalog.acting(f"owner:{stranger.id}"):
        listings = await catalog.listings.ListListings(calls.ListListingsRequest(owner_id=things["owner"]))
        by_code = await catalog.listings.ListListings(calls.ListListingsRequest(codes=[things["code"]]))
        owners = await catalog.owners.ListOwners(owner_calls.ListOwnersRequest())
        cards = await catalog.listings.BatchGetCards(calls.BatchGetCardsRequest(ids=[things["listing"]]))
        imports = await catalog.imports.ListImports(calls.ListImportsRequest())
    assert not listings.listings
    assert not by_code.listings
    assert [owner.id for owner in owners.owners] == [stranger.id]
    assert not cards.cards
    assert not imports.reports


@pytest.mark.parametrize(
    "method", ["UpdateOwner", "UpdateListing", "AddPhoto", "ArrangePhotos", "PutInProduction", "Withdraw"]
)
async def test_a_label_reads_its_members_and_does_not_change_them(catalog, things, method):
    with catalog.acting(f"label:{things['label']}"):
        seen = (await catalog.listings.GetListing(calls.GetListingRequest(id=things["listing"]))).listing
        with pytest.raises(RemoteError) as refused:
            await stub_of(catalog, method)(REQUESTS[method](catalog, things))
    assert seen.provenance["name.fr"].source == "owner"
    assert (refused.value.kind, refused.value.reason) == (ErrorKind.FORBIDDEN, "NOT_ALLOWED")


@pytest.mark.parametrize("grant", ["public", "label", "owner"])
async def test_only_operators_make_labels(catalog, things, grant):
    actor = {"public": "public", "label": f"label:{things['label']}", "owner": f"owner:{things['owner']}"}[
        grant
    ]
    with catalog.acting(actor), pytest.raises(RemoteError, match="NOT_ALLOWED"):
        await catalog.owners.CreateLabel(
            owner_calls.CreateLabelRequest(request_id=catalog.rid(), label=pb.Label(slug="mine", name="Mine"))
        )
    with catalog.acting(actor), pytest.raises(RemoteError, match="NOT_ALLOWED"):
        await catalog.owners.CreateOwner(
            owner_calls.CreateOwnerRequest(request_id=catalog.rid(), owner=pb.Owner(last_name="X"))
        )
