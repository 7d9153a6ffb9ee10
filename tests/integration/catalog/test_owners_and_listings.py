"""Owners, labels and listings through gRPC on a real PostgreSQL."""

import asyncio

import pytest
from catalog.adapters.tables import METADATA
from catalog.domain.checklist import Readiness
from chassis.errors import ErrorKind, RemoteError
from chassis.migrations import drift
from google.protobuf.json_format import MessageToDict
from sejour.catalog.v1 import catalog_events_pb2 as events
from sejour.catalog.v1 import catalog_types_pb2 as pb
from sejour.catalog.v1 import listing_service_pb2 as calls
from sejour.catalog.v1 import owner_service_pb2 as owner_calls
from sejour.common.v1.common_pb2 import PageRequest
from sqlalchemy import text


async def test_the_migrations_make_what_the_code_declares(catalog):
    url = catalog.database.engine.url.render_as_string(hide_password=False)

    assert await drift("catalog", url, METADATA) == []


async def test_an_owner_gets_the_next_free_number_or_the_asked_one(catalog):
    given = await catalog.owner(supplier_no=27144)
    next_one = await catalog.owner()

    assert given.supplier_no == 27144
    assert next_one.supplier_no >= 50001
    with pytest.raises(RemoteError, match="SUPPLIER_NO_TAKEN"):
        await catalog.owner(supplier_no=27144)


async def test_a_repeated_creation_makes_one_owner(catalog):
    request = owner_calls.CreateOwnerRequest(request_id=catalog.rid(), owner=pb.Owner(last_name="REPEAT"))
    with catalog.acting("operator"):
        first, second = await asyncio.gather(
            catalog.owners.CreateOwner(request), catalog.owners.CreateOwner(request)
        )
        request.owner.last_name = "OTHER"
        with pytest.raises(RemoteError, match="REQUEST_ID_REUSED"):
            await catalog.owners.CreateOwner(request)

    assert first.owner.id == second.owner.id


async def test_an_owner_changes_himself_but_not_his_number_or_labels(catalog):
    label = await catalog.label()
    owner = await catalog.owner(label)
    changed = pb.Owner()
    changed.CopyFrom(owner)
    changed.mobile, changed.supplier_no = "06 12 34 56 78", 1
    del changed.label_ids[:]
    request = owner_calls.UpdateOwnerRequest(request_id=catalog.rid(), owner=changed)
    with catalog.acting(f"owner:{owner.id}"):
        after = (await catalog.owners.UpdateOwner(request)).owner
        assert (after.mobile, after.supplier_no, list(after.label_ids)) == (
            "06 12 34 56 78",
            owner.supplier_no,
            [label.id],
        )
        assert after.revision == 2
        request.request_id = catalog.rid()
        with pytest.raises(RemoteError) as stale:
            await catalog.owners.UpdateOwner(request)
    assert stale.value.reason == "REVISION_STALE"
    assert stale.value.metadata == {"revision": "2"}


async def test_wrong_values_of_an_owner_are_all_named(catalog):
    with pytest.raises(RemoteError) as refused:
        await catalog.owner(email="nobody", siret="12")

    assert [one.field for one in refused.value.fields] == ["email", "siret"]


async def test_a_label_makes_owners_of_its_own_only(catalog):
    label, other = await catalog.label(), await catalog.label()
    owner = pb.Owner(last_name="MEMBER", label_ids=[label.id])
    with catalog.acting(f"label:{label.id}"):
        made = (
            await catalog.owners.CreateOwner(
                owner_calls.CreateOwnerRequest(request_id=catalog.rid(), owner=owner)
            )
        ).owner
        owner.label_ids[0] = other.id
        with pytest.raises(RemoteError, match="LABEL_NOT_FOUND"):
            await catalog.owners.CreateOwner(
                owner_calls.CreateOwnerRequest(request_id=catalog.rid(), owner=owner)
            )
        members = await catalog.owners.ListOwners(owner_calls.ListOwnersRequest(label_id=label.id))

    assert [one.id for one in members.owners] == [made.id]


async def test_a_draft_keeps_every_value_that_was_stated(catalog):
    owner = await catalog.owner()
    made = await catalog.listing(
        owner,
        code="07MS01731",
        values={"rooms": [{"designation": "Séjour", "surface": 25.5}], "wifi": True},
        latitude=44.36,
        longitude=4.2,
        registration_number="07028 000123 4K",
    )
    read = await catalog.get(made.id, f"owner:{owner.id}")

    assert read.code == "07MS01731"
    assert read.state == pb.LISTING_STATE_DRAFT
    assert read.registration_number == "070280001234K"
    assert MessageToDict(read.values)["rooms"] == [{"designation": "Séjour", "surface": 25.5}]
    assert read.values["wifi"] is True
    assert read.zone == "Europe/Paris"
    assert len(read.sells.resource_ids) == 1
    assert read.provenance["name.fr"].source == "owner"
    assert read.completeness > 5


async def test_codes_are_unique_per_issuer_and_made_when_absent(catalog):
    owner = await catalog.owner()
    first = await catalog.listing(owner)
    assert first.code.startswith("SJ0")
    with pytest.raises(RemoteError, match="CODE_TAKEN"):
        await catalog.listing(owner, code=first.code)
    label = await catalog.label()
    assert (await catalog.listing(owner, code=first.code, label_id=label.id)).code == first.code


async def test_listings_of_one_owner_may_share_resources_but_not_with_a_stranger(catalog):
    owner, stranger = await catalog.owner(), await catalog.owner()
    whole = await catalog.listing(owner)
    room = await catalog.listing(
        owner,
        sells=pb.Sells(
            property_id=whole.sells.property_id, mode=pb.SELLS_MODE_ANY, resource_ids=whole.sells.resource_ids
        ),
    )
    assert room.sells.property_id == whole.sells.property_id
    with pytest.raises(RemoteError, match="LISTING_NOT_FOUND"):
        await catalog.listing(stranger, sells=whole.sells)


async def test_an_edit_marks_the_field_and_grows_the_revision(catalog):
    owner = await catalog.owner()
    listing = await catalog.listing(owner)
    after = await catalog.update(listing, {"name.fr": "La Bergerie", "wifi": True, "surface_m2": "92,5"})

    assert after.revision == 2
    assert after.name["fr"] == "La Bergerie"
    assert after.values["surface_m2"] == 92.5
    assert after.provenance["name.fr"].edited
    with pytest.raises(RemoteError, match="REVISION_STALE"):
        await catalog.update(listing, {"wifi": False})
    old = calls.GetListingRequest(id=listing.id, revision=1)
    with catalog.acting(f"owner:{owner.id}"):
        assert (await catalog.listings.GetListing(old)).listing.name["fr"] == "Le Mas des Cigales"
        old.revision = 9
        with pytest.raises(RemoteError, match="LISTING_NOT_FOUND"):
            await catalog.listings.GetListing(old)


async def test_a_wrong_edit_names_its_fields_and_writes_nothing(catalog):
    listing = await catalog.listing(await catalog.owner())
    with pytest.raises(RemoteError) as refused:
        await catalog.update(listing, {"kitchen": "marble", "max_persons": 2.5, "wifi": True})
    assert {one.field for one in refused.value.fields} == {"kitchen", "max_persons"}
    with pytest.raises(RemoteError) as unknown:
        await catalog.update(listing, {"wfii": True})
    assert (unknown.value.reason, unknown.value.metadata) == ("UNKNOWN_FIELD", {"field": "wfii"})

    assert (await catalog.get(listing.id)).revision == 1


async def test_a_listing_goes_to_production_when_nothing_blocks(catalog):
    owner = await catalog.owner()
    listing = await catalog.produce(await catalog.listing(owner))
    assert listing.state == pb.LISTING_STATE_IN_PRODUCTION
    seen = await catalog.get(listing.id, "public")
    assert not seen.provenance

    with pytest.raises(RemoteError) as needed:
        await catalog.update(listing, {"kitchen": None})
    assert needed.value.metadata["expected"] == "REQUIRED_IN_PRODUCTION"

    request = calls.ChangeStateRequest(request_id=catalog.rid(), id=listing.id, revision=listing.revision)
    with catalog.acting(f"owner:{owner.id}"):
        gone = (await catalog.listings.Withdraw(request)).listing
        again = (await catalog.listings.Withdraw(request)).listing
    assert gone.state == again.state == pb.LISTING_STATE_WITHDRAWN
    assert gone.revision == again.revision == 3
    with pytest.raises(RemoteError, match="LISTING_NOT_FOUND"):
        await catalog.get(listing.id, "public")


async def test_production_is_refused_naming_what_is_missing(catalog):
    owner = await catalog.owner(kind=pb.OWNER_KIND_UNSPECIFIED)
    listing = await catalog.listing(owner, minimum=False, values={"surface_m2": 80})
    catalog.services.answer = Readiness(priced=True, open_priced=False, terms=None, payees=None)
    with pytest.raises(RemoteError) as refused:
        await catalog.produce(listing)
    assert refused.value.reason == "NOT_READY"
    missing = refused.value.metadata["missing"].split(",")
    assert {"KITCHEN_MISSING", "OWNER_KIND_MISSING", "NO_PRICED_OPEN_NIGHT", "TERMS_UNKNOWN"} <= set(missing)
    assert "SURFACE_M2_MISSING" not in missing
    with catalog.acting(f"owner:{owner.id}"):
        found = await catalog.listings.GetChecklist(calls.GetChecklistRequest(id=listing.id))
    assert not found.ready
    assert [one.key for one in found.items if one.blocking and not one.done] == missing
    warnings = {one.key for one in found.items if not one.blocking and not one.done}
    assert {"REGISTRATION_NUMBER_MISSING", "PHOTO_MISSING"} <= warnings


async def test_cards_show_what_sells_in_the_order_asked(catalog):
    owner = await catalog.owner()
    draft = await catalog.listing(owner)
    first = await catalog.produce(
        await catalog.listing(
            owner, description={"fr": "Un mas au calme. Une piscine.", "en": "A quiet house."}
        )
    )
    second = await catalog.produce(await catalog.listing(owner, name={"fr": "Deux"}))
    with catalog.acting("public"):
        found = await catalog.listings.BatchGetCards(
            calls.BatchGetCardsRequest(ids=[second.id, draft.id, first.id], language="fr")
        )
    assert [card.id for card in found.cards] == [second.id, first.id]
    card = found.cards[1]
    assert (card.name, card.commune, card.postal_code, card.max_persons, card.owner_kind, card.teaser) == (
        "Le Mas des Cigales", "Beaulieu", "07460", 6, pb.OWNER_KIND_PRIVATE, "Un mas au calme.",
    )  # fmt: skip


async def test_listings_are_paged_by_code(catalog):
    owner = await catalog.owner()
    for number in range(5):
        await catalog.listing(owner, code=f"26CH148{number}", label_id=(await catalog.label()).id)
    codes, cursor = [], ""
    with catalog.acting(f"owner:{owner.id}"):
        while True:
            page = await catalog.listings.ListListings(
                calls.ListListingsRequest(owner_id=owner.id, page=PageRequest(limit=2, cursor=cursor))
            )
            codes.append([one.code for one in page.listings])
            cursor = page.next_cursor
            if not cursor:
                break
    assert codes == [["26CH1480", "26CH1481"], ["26CH1482", "26CH1483"], ["26CH1484"]]


async def test_every_change_is_told_whole_in_the_outbox(catalog):
    owner = await catalog.owner()
    listing = await catalog.update(await catalog.listing(owner), {"wifi": True})
    query = text("SELECT topic, event_type, revision, payload FROM outbox WHERE key = :key ORDER BY id")
    async with catalog.database.reading() as connection:
        rows = (await connection.execute(query, {"key": listing.id})).all()
        of_owner = (await connection.execute(query, {"key": owner.id})).all()

    assert [(row.topic, row.event_type, row.revision) for row in rows] == [
        ("catalog.listings", "sejour.catalog.v1.ListingChanged", 1),
        ("catalog.listings", "sejour.catalog.v1.ListingChanged", 2),
    ]
    told = events.ListingChanged.FromString(rows[1].payload).listing
    assert told.values["wifi"] is True
    assert not told.provenance
    assert events.OwnerChanged.FromString(of_owner[0].payload).owner.supplier_no == owner.supplier_no


async def test_the_public_sees_name_and_kind_of_an_owner_who_sells(catalog):
    owner = await catalog.owner()
    request = owner_calls.GetOwnerRequest(supplier_no=owner.supplier_no)
    with catalog.acting("public"):
        with pytest.raises(RemoteError, match="OWNER_NOT_FOUND"):
            await catalog.owners.GetOwner(request)
        await catalog.produce(await catalog.listing(owner))
        seen = (await catalog.owners.GetOwner(request)).owner
    assert (seen.last_name, seen.kind, seen.email) == ("FAURE", pb.OWNER_KIND_PRIVATE, "")


async def test_two_rival_edits_of_one_revision_have_one_winner(catalog):
    listing = await catalog.listing(await catalog.owner())
    results = await asyncio.gather(
        *(catalog.update(listing, {"name.fr": f"Nom {number}"}) for number in range(6)),
        return_exceptions=True,
    )
    lost = [one for one in results if isinstance(one, RemoteError)]
    assert len(lost) == 5
    assert {one.kind for one in lost} == {ErrorKind.CONFLICT}
