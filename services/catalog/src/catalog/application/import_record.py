"""Takes one record in: a new draft, or what it changes on the listing it made before."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id

from catalog.application.create_listing import own_sells
from catalog.application.ports import UnitOfWork
from catalog.domain.fields import REQUIRED
from catalog.domain.listing import Listing, Photo, State
from catalog.domain.record import Record, Remark
from catalog.domain.report import Line, Outcome
from catalog.domain.sheet import NEEDED_TYPED, PHOTOS, Origin, refresh


@dataclass(frozen=True, slots=True)
class Target:
    """Whose listings an import makes; `origin` is that within which external ids are unique."""

    label_id: UUID | None
    owner_id: UUID | None
    origin: str


async def import_record(
    record: Record, target: Target, *, uow: UnitOfWork, where: str, now: datetime, dry_run: bool
) -> Line:
    """What became of a record, written in the given unit of work (a dry run writes nothing)."""
    await uow.serialize(f"import:{target.origin}:{record.external_id}")
    listing = await uow.listings.find_external(target.origin, record.external_id)
    if listing is None and record.code and target.label_id is not None:
        listing = await _by_code(record, target, uow)
    if listing is None:
        return await _create(record, target, uow=uow, where=where, now=now, dry_run=dry_run)
    if record.source_at and listing.source_at and record.source_at < listing.source_at:
        return _line(where, record, Outcome.OLDER, listing)
    return await _refresh(record, listing, uow=uow, where=where, now=now, dry_run=dry_run)


async def _by_code(record: Record, target: Target, uow: UnitOfWork) -> Listing | None:
    """The listing that the label numbered so and that no feed has filled yet."""
    listing = await uow.listings.find_code(str(target.label_id), record.code)
    if listing is None:
        return None
    if listing.external_id:
        record.remark("CODE_TAKEN", code=record.code)
        record.code = ""
        return None
    listing.origin, listing.external_id = target.origin, record.external_id
    return listing


def _line(
    where: str,
    record: Record,
    outcome: Outcome,
    listing: Listing | None,
    changed: tuple[str, ...] = (),
) -> Line:
    return Line(
        where=where,
        outcome=outcome,
        external_id=record.external_id,
        name=record.name,
        remarks=tuple(record.remarks),
        listing_id=listing.id if listing else None,
        listing_code=listing.code if listing else record.code,
        changed_fields=tuple(sorted(changed)),
    )


async def _create(
    record: Record, target: Target, *, uow: UnitOfWork, where: str, now: datetime, dry_run: bool
) -> Line:
    photos = [_photo(one.url, record) for one in record.photos]
    changed = (*record.sheet, PHOTOS) if photos else tuple(record.sheet)
    if dry_run:
        return _line(where, record, Outcome.CREATED, None, changed)
    if target.owner_id is not None:
        owner = await uow.owners.get(target.owner_id, for_update=True)
    else:
        await uow.serialize(f"unclaimed:{target.origin}")
        owner = await uow.owners.unclaimed(target.label_id)
    origins = {key: Origin(record.source, now) for key in changed}
    listing = Listing(
        id=new_id(),
        code=record.code if record.code and target.label_id else await uow.listings.next_code(),
        owner_id=owner.id,
        supplier_no=owner.supplier_no,
        label_id=target.label_id,
        sells=own_sells(),
        sheet=dict(record.sheet),
        origins=origins,
        photos=photos,
        origin=target.origin,
        external_id=record.external_id,
        source_at=record.source_at,
    )
    await uow.listings.add(listing)
    return _line(where, record, Outcome.CREATED, listing, changed)


def _photo(url: str, record: Record) -> Photo:
    published = next(one for one in record.photos if one.url == url)
    return Photo(new_id(), dict(published.caption), published.credit, source_url=url)


async def _refresh(
    record: Record, listing: Listing, *, uow: UnitOfWork, where: str, now: datetime, dry_run: bool
) -> Line:
    in_production = listing.state is State.IN_PRODUCTION
    keep = {*NEEDED_TYPED, *REQUIRED} if in_production else {"name.fr"}
    change = refresh(listing.sheet, listing.origins, record.sheet, source=record.source, now=now, keep=keep)
    listing.sheet, listing.origins = change.sheet, change.origins
    photos_changed = _refresh_photos(record, listing, now)
    if change.kept:
        record.remarks.append(Remark("EDITED_KEPT", {"fields": ",".join(sorted(change.kept))}))
    changed = (*change.changed, PHOTOS) if photos_changed else change.changed
    newer = record.source_at is not None and record.source_at != listing.source_at
    returned, listing.vanished = listing.vanished, False
    listing.source_at = record.source_at or listing.source_at
    outcome = Outcome.UNCHANGED
    if changed or change.proposals_changed or returned:
        outcome = Outcome.UPDATED
        if not dry_run:
            await uow.listings.save(listing, photos=photos_changed)
    elif newer and not dry_run:
        await uow.listings.note_source(listing)
    return _line(where, record, outcome, listing, changed)


def _refresh_photos(record: Record, listing: Listing, now: datetime) -> bool:
    """Follows the photos that the record points to, unless the owner has arranged them himself."""
    origin = listing.origins.get(PHOTOS)
    if origin is not None and origin.protected:
        return False
    known = {photo.source_url: photo for photo in listing.photos if photo.source_url}
    own = [photo for photo in listing.photos if not photo.source_url]
    after = [*own, *(known.get(one.url) or _photo(one.url, record) for one in record.photos)]
    if [photo.id for photo in after] == [photo.id for photo in listing.photos]:
        return False
    listing.photos = after
    listing.origins[PHOTOS] = Origin(record.source, now)
    return True
