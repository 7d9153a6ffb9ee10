"""The VAT of an owner: kept, told with him, and told with each of his listings."""

import asyncio

import pytest
from chassis.errors import RemoteError
from sejour.catalog.v1 import catalog_events_pb2 as events
from sejour.catalog.v1 import catalog_types_pb2 as pb
from sejour.catalog.v1 import listing_service_pb2 as listings
from sejour.catalog.v1 import owner_service_pb2 as calls
from sqlalchemy import text

LIABLE = {"kind": pb.OWNER_KIND_PROFESSIONAL, "vat_bp": 1000, "vat_number": "FR44 732 829 320"}


async def change(catalog, owner, *grants, **changes):
    changed = pb.Owner()
    changed.CopyFrom(owner)
    for name, value in changes.items():
        setattr(changed, name, value)
    request = calls.UpdateOwnerRequest(request_id=catalog.rid(), owner=changed)
    with catalog.acting(*(grants or (f"owner:{owner.id}",))):
        return (await catalog.owners.UpdateOwner(request)).owner


async def told(catalog, key, kind=events.ListingChanged):
    query = text("SELECT revision, payload FROM outbox WHERE key = :key ORDER BY id")
    async with catalog.database.reading() as connection:
        rows = (await connection.execute(query, {"key": key})).all()
    return [(row.revision, kind.FromString(row.payload)) for row in rows]


async def vat_told(catalog, listing):
    return [(revision, news.listing.vat_bp) for revision, news in await told(catalog, listing.id)]


async def test_an_owner_in_franchise_is_the_rule(catalog):
    owner = await catalog.owner()
    listing = await catalog.listing(owner)

    assert (owner.vat_bp, owner.vat_number, listing.vat_bp) == (0, "", 0)


async def test_a_professional_has_not_said_his_vat_until_he_says_it(catalog):
    owner = await change(catalog, await catalog.owner(), kind=pb.OWNER_KIND_PROFESSIONAL)
    assert (owner.vat_said, owner.vat_bp) == (False, 0)
    exempt = await change(catalog, owner, vat_said=True)
    assert (exempt.vat_said, exempt.vat_bp) == (True, 0)
    liable = await change(catalog, exempt, vat_said=False, vat_bp=1000)
    assert (liable.vat_said, liable.vat_bp) == (True, 1000)
    private = await change(catalog, liable, kind=pb.OWNER_KIND_PRIVATE, vat_bp=0)
    assert private.vat_said is False


async def test_a_rate_that_an_older_version_wrote_says_itself(catalog):
    owner = await change(catalog, await catalog.owner(), **LIABLE)
    async with catalog.database.transaction() as session:
        await session.execute(text("UPDATE owners SET vat_said = false WHERE id = :id"), {"id": owner.id})
    with catalog.acting(f"owner:{owner.id}"):
        seen = (await catalog.owners.GetOwner(calls.GetOwnerRequest(id=owner.id))).owner
    assert seen == owner


async def test_a_professional_becomes_liable_and_is_told_whole(catalog):
    owner = await change(catalog, await catalog.owner(), **LIABLE)

    assert (owner.vat_bp, owner.vat_number, owner.revision) == (1000, "FR44732829320", 2)
    revision, news = (await told(catalog, owner.id, events.OwnerChanged))[-1]
    assert (revision, news.owner) == (2, owner)


async def test_a_private_owner_cannot_be_liable(catalog):
    owner = await catalog.owner()
    with pytest.raises(RemoteError) as refused:
        await change(catalog, owner, vat_bp=1000)

    assert refused.value.reason == "BAD_VALUE"
    assert [one.field for one in refused.value.fields] == ["vat_bp"]


async def test_every_listing_of_the_owner_is_told_once_more_under_its_next_revision(catalog):
    owner, other = await catalog.owner(), await catalog.owner()
    house, draft, strangers = [await catalog.listing(one) for one in (owner, owner, other)]
    house = await catalog.produce(house)
    await change(catalog, owner, **LIABLE)

    assert await vat_told(catalog, house) == [(1, 0), (2, 0), (3, 1000)]
    assert await vat_told(catalog, draft) == [(1, 0), (2, 1000)]
    assert await vat_told(catalog, strangers) == [(1, 0)]
    seen = await catalog.get(house.id, "public")
    assert (seen.revision, seen.vat_bp, seen.state) == (3, 1000, pb.LISTING_STATE_IN_PRODUCTION)


async def test_what_was_frozen_before_keeps_the_vat_of_then(catalog):
    owner = await catalog.owner()
    listing = await catalog.listing(owner)
    await change(catalog, owner, **LIABLE)

    with catalog.acting("operator"):
        first = await catalog.listings.GetListing(listings.GetListingRequest(id=listing.id, revision=1))
    assert first.listing.vat_bp == 0


async def test_what_is_not_vat_tells_no_listing(catalog):
    owner = await catalog.owner(**LIABLE)
    listing = await catalog.listing(owner)
    owner = await change(catalog, owner, mobile="06 12 34 56 78", vat_number="")
    await change(catalog, owner, "operator", vat_number="FR44732829320")

    assert await vat_told(catalog, listing) == [(1, 1000)]


async def test_an_owner_who_goes_back_to_franchise_is_told_too(catalog):
    owner = await catalog.owner(**LIABLE)
    listing = await catalog.listing(owner)
    await change(catalog, owner, vat_bp=0, kind=pb.OWNER_KIND_PRIVATE, vat_number="")

    assert await vat_told(catalog, listing) == [(1, 1000), (2, 0)]


async def test_a_sheet_saved_while_the_vat_changes_is_told_with_the_new_one(catalog):
    owner = await catalog.owner(kind=pb.OWNER_KIND_PROFESSIONAL)
    listing = await catalog.listing(owner)
    async with catalog.database.unit() as rival:
        await rival.execute(text("UPDATE owners SET vat_bp = 1000 WHERE id = :id"), {"id": owner.id})
        lock = text("SELECT id FROM listings WHERE id = :id FOR NO KEY UPDATE")
        await rival.execute(lock, {"id": listing.id})
        saving = asyncio.create_task(catalog.update(listing, {"wifi": True}))
        await until_waiting(catalog)
        await rival.commit()

    assert (await saving).vat_bp == 1000
    assert await vat_told(catalog, listing) == [(1, 0), (2, 1000)]


async def test_a_draft_made_while_the_vat_changes_is_told_with_the_new_one(catalog):
    owner = await catalog.owner(kind=pb.OWNER_KIND_PROFESSIONAL)
    async with catalog.database.unit() as rival:
        await rival.execute(text("UPDATE owners SET vat_bp = 1000 WHERE id = :id"), {"id": owner.id})
        making = asyncio.create_task(catalog.listing(owner))
        await until_waiting(catalog)
        await rival.commit()

    listing = await making
    assert await vat_told(catalog, listing) == [(1, 1000)]


async def test_rivals_who_save_and_change_the_vat_leave_every_listing_with_the_last_one(catalog):
    owner = await catalog.owner(kind=pb.OWNER_KIND_PROFESSIONAL)
    houses = [await catalog.listing(owner) for _ in range(4)]
    saves = [catalog.update(house, {"wifi": True}) for house in houses]
    await asyncio.gather(change(catalog, owner, vat_bp=1000), *saves, return_exceptions=True)

    for house in houses:
        assert (await vat_told(catalog, house))[-1][1] == 1000


async def until_waiting(catalog):
    """Until somebody waits for a lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10):
        while True:
            async with catalog.database.reading() as connection:
                if await connection.scalar(query):
                    return
            await asyncio.sleep(0.01)
