"""Adds and arranges the photos of a listing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.ids import new_id

from catalog.application.access import may_write_owner
from catalog.application.ports import PhotoDecoder, PhotoStore, Request, UnitOfWork
from catalog.domain.errors import BadValue, PhotoNotFound, PhotoRefused, RevisionStale
from catalog.domain.listing import Listing, Photo
from catalog.domain.sheet import PHOTOS, Origin
from catalog.domain.values import text

MAX_PHOTOS = 60
MAX_CAPTION = 200


@dataclass(frozen=True, slots=True)
class AddPhoto:
    """A photo as uploaded."""

    request: Request
    listing_id: UUID
    content: bytes
    credit: str


@dataclass(frozen=True, slots=True)
class Arranged:
    """One photo that stays, with its words."""

    photo_id: UUID
    caption: Mapping[str, str]
    credit: str


@dataclass(frozen=True, slots=True)
class ArrangePhotos:
    """The photos that stay, in order; the first is the cover."""

    request: Request
    listing_id: UUID
    revision: int
    photos: tuple[Arranged, ...]


async def add_photo(
    command: AddPhoto,
    *,
    new_uow: Callable[[], UnitOfWork],
    scope: Scope,
    clock: Clock,
    store: PhotoStore,
    decode: PhotoDecoder,
) -> UUID:
    """Decodes and keeps a photo; its bytes lie in the store before any row names them.

    Raises:
        ListingNotFound, NotAllowed: not within reach, or read only.
        PhotoRefused: it cannot be kept; metadata `why`.

    """
    async with new_uow() as uow:
        listing = await uow.listings.get(command.listing_id)
        may_write_owner(scope, listing.owner_id)
        if done := await uow.claim(command.request):
            return UUID(done)
        if len(listing.photos) >= MAX_PHOTOS:
            raise PhotoRefused(why="TOO_MANY")
    decoded = await decode(command.content)
    photo = Photo(
        id=new_id(),
        credit=text("credit", command.credit, MAX_CAPTION, lines=False),
        width=decoded.width,
        height=decoded.height,
        stored=True,
    )
    await store.put(photo.id, decoded.sizes)
    try:
        kept = await _append(command, photo, uow=new_uow(), clock=clock)
    except Exception:
        await store.delete(photo.id)
        raise
    if not kept:
        await store.delete(photo.id)
    return command.listing_id


async def _append(command: AddPhoto, photo: Photo, *, uow: UnitOfWork, clock: Clock) -> bool:
    async with uow:
        listing = await uow.listings.get(command.listing_id, for_update=True)
        if await uow.claim(command.request):
            return False
        if len(listing.photos) >= MAX_PHOTOS:
            raise PhotoRefused(why="TOO_MANY")
        listing.photos.append(photo)
        _mark_edited(listing, clock)
        await uow.listings.save(listing, photos=True)
        await uow.commit(command.request, listing.id)
    return True


def _mark_edited(listing: Listing, clock: Clock) -> None:
    before = listing.origins.get(PHOTOS)
    listing.origins[PHOTOS] = Origin(before.source if before else "owner", clock(), edited=True)


async def arrange_photos(
    command: ArrangePhotos, *, uow: UnitOfWork, scope: Scope, clock: Clock, store: PhotoStore
) -> UUID:
    """Writes order, captions and credits; photos that are not named are removed.

    Raises:
        ListingNotFound, NotAllowed: not within reach, or read only.
        RevisionStale: changed since it was read.
        PhotoNotFound: one of them is not a photo of this listing.
        BadValue: a caption or credit of a wrong form, or a photo named twice.

    """
    async with uow:
        listing = await uow.listings.get(command.listing_id, for_update=True)
        may_write_owner(scope, listing.owner_id)
        if done := await uow.claim(command.request):
            return UUID(done)
        if command.revision != listing.revision:
            raise RevisionStale(revision=listing.revision)
        before = {photo.id: photo for photo in listing.photos}
        listing.photos = _arranged(command, before)
        removed = [photo for photo in before.values() if photo not in listing.photos and photo.stored]
        _mark_edited(listing, clock)
        await uow.listings.save(listing, photos=True)
        await uow.commit(command.request, listing.id)
    for photo in removed:
        await store.delete(photo.id)
    return listing.id


def _arranged(command: ArrangePhotos, before: Mapping[UUID, Photo]) -> list[Photo]:
    if len({one.photo_id for one in command.photos}) != len(command.photos):
        raise BadValue("photos", "DISTINCT_PHOTOS")
    found = []
    for one in command.photos:
        photo = before.get(one.photo_id)
        if photo is None:
            raise PhotoNotFound(photo_id=one.photo_id)
        photo.caption = {
            language: text("caption", words, MAX_CAPTION, lines=False)
            for language, words in one.caption.items()
            if words.strip() and len(language) == 2
        }
        photo.credit = text("credit", one.credit, MAX_CAPTION, lines=False)
        found.append(photo)
    return found
