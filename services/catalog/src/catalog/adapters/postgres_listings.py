"""Listings in PostgreSQL: every write makes the next revision, freezes it and tells it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chassis import outbox
from chassis.actor import Scope
from chassis.clock import Clock
from chassis.database import constraints
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.adapters.codec import listing_changed, listing_pb
from catalog.adapters.rows import listing_columns, listing_of
from catalog.adapters.scoping import listings_within
from catalog.adapters.tables import LISTING_CODES, LISTING_REVISIONS, LISTINGS, OWNERS, PHOTOS
from catalog.domain.codes import own_code
from catalog.domain.errors import CodeTaken, ListingNotFound
from catalog.domain.listing import Listing

TOPIC = "catalog.listings"
SELECT = select(LISTINGS, OWNERS.c.supplier_no, OWNERS.c.vat_bp).join(
    OWNERS, OWNERS.c.id == LISTINGS.c.owner_id
)


class SqlListings:
    """Listings within a scope."""

    def __init__(self, session: AsyncSession, scope: Scope, clock: Clock) -> None:
        self._session = session
        self._scope = scope
        self._clock = clock

    async def get(self, listing_id: UUID, *, for_update: bool = False) -> Listing:
        """One listing. Raises ListingNotFound."""
        query = SELECT.where(LISTINGS.c.id == listing_id, listings_within(self._scope))
        if for_update:
            query = query.with_for_update(of=LISTINGS, key_share=True)
        found = await self._one(query)
        if found is None:
            raise ListingNotFound
        return found

    async def find_external(self, origin: str, external_id: str) -> Listing | None:
        """The listing of a feed's record, locked."""
        query = SELECT.where(
            LISTINGS.c.origin == origin,
            LISTINGS.c.external_id == external_id,
            listings_within(self._scope),
        )
        return await self._one(query.with_for_update(of=LISTINGS, key_share=True))

    async def find_code(self, issuer: str, code: str) -> Listing | None:
        """The listing that an issuer gave a code, locked."""
        query = SELECT.where(
            LISTINGS.c.issuer == issuer, LISTINGS.c.code == code, listings_within(self._scope)
        )
        return await self._one(query.with_for_update(of=LISTINGS, key_share=True))

    async def _one(self, query: Any) -> Listing | None:
        row = (await self._session.execute(query)).mappings().first()
        if row is None:
            return None
        photos = await self._session.execute(
            select(PHOTOS).where(PHOTOS.c.listing_id == row["id"]).order_by(PHOTOS.c.position)
        )
        return listing_of(dict(row), [dict(photo) for photo in photos.mappings()])

    async def owner_of_property(self, property_id: UUID) -> UUID | None:
        """Whose property that is, None for a new one."""
        query = select(LISTINGS.c.owner_id).where(LISTINGS.c.property_id == property_id).limit(1)
        found: UUID | None = await self._session.scalar(query)
        return found

    async def next_code(self) -> str:
        """A code of our own that no listing has."""
        while True:
            number = await self._session.scalar(select(LISTING_CODES.next_value()))
            code = own_code(int(number or 0))
            if await self._session.scalar(select(LISTINGS.c.id).where(LISTINGS.c.code == code)) is None:
                return code

    async def add(self, listing: Listing) -> None:
        """Writes a new listing of a locked owner at revision 1, with its event. Raises CodeTaken."""
        now = self._clock()
        listing.revision = 1
        row = {
            **listing_columns(listing, now=now),
            "id": listing.id,
            "created_at": now,
        }
        with constraints({"uq_listings_issuer_code": lambda: CodeTaken(code=listing.code)}):
            await self._session.execute(insert(LISTINGS).values(row))
        await self._write_photos(listing)
        await self._tell(listing)

    async def save(self, listing: Listing, *, photos: bool = False) -> None:
        """Writes a locked listing under its next revision, with its event."""
        listing.revision += 1
        row = listing_columns(listing, now=self._clock())
        with constraints({"uq_listings_issuer_code": lambda: CodeTaken(code=listing.code)}):
            await self._session.execute(update(LISTINGS).where(LISTINGS.c.id == listing.id).values(row))
        if photos:
            await self._write_photos(listing)
        await self._tell(listing)

    async def tell_again(self, listing_id: UUID, *, step: int) -> None:
        """Tells a listing under a revision that is so much higher; nothing else of it changes."""
        listing = await self.get(listing_id, for_update=True)
        listing.revision += step
        await self._session.execute(
            update(LISTINGS).where(LISTINGS.c.id == listing.id).values(revision=listing.revision)
        )
        await self._tell(listing)

    async def tell_all_of(self, owner_id: UUID) -> None:
        """Tells all listings of a locked owner under their next revisions: what they copy of him changed."""
        query = select(LISTINGS.c.id).where(LISTINGS.c.owner_id == owner_id).order_by(LISTINGS.c.id)
        for one in (await self._session.scalars(query)).all():
            await self.tell_again(one, step=1)

    async def note_source(self, listing: Listing) -> None:
        """Writes only the date of the feed's record: nothing that anybody is told of."""
        row = {"source_at": listing.source_at}
        await self._session.execute(update(LISTINGS).where(LISTINGS.c.id == listing.id).values(row))

    async def _write_photos(self, listing: Listing) -> None:
        kept = [photo.id for photo in listing.photos]
        await self._session.execute(
            delete(PHOTOS).where(PHOTOS.c.listing_id == listing.id, PHOTOS.c.id.not_in(kept))
        )
        rows = list(_photo_rows(listing))
        if not rows:
            return
        statement = upsert(PHOTOS).values(rows)
        changing = ("position", "caption", "credit", "width", "height", "stored")
        statement = statement.on_conflict_do_update(
            index_elements=["id"], set_={name: statement.excluded[name] for name in changing}
        )
        await self._session.execute(statement)

    async def _tell(self, listing: Listing) -> None:
        now = self._clock()
        # Asked now that the listing is locked: what was joined while waiting for it may be the VAT of before.
        vat = await self._session.scalar(select(OWNERS.c.vat_bp).where(OWNERS.c.id == listing.owner_id))
        listing.vat_bp = vat or 0
        await self._session.execute(
            insert(LISTING_REVISIONS).values(
                listing_id=listing.id,
                revision=listing.revision,
                message=listing_pb(listing).SerializeToString(),
                at=now,
            )
        )
        await outbox.add(
            self._session,
            topic=TOPIC,
            key=listing.id,
            message=listing_changed(listing),
            revision=listing.revision,
            now=now,
        )


def _photo_rows(listing: Listing) -> Iterable[dict[str, Any]]:
    for position, photo in enumerate(listing.photos):
        yield {
            "id": photo.id,
            "listing_id": listing.id,
            "position": position,
            "caption": photo.caption,
            "credit": photo.credit,
            "width": photo.width,
            "height": photo.height,
            "source_url": photo.source_url,
            "stored": photo.stored,
        }
