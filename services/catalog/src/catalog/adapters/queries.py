"""Reads of the catalog: rows within a scope become messages of the contract."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.actor import Scope
from chassis.database import Database
from chassis.errors import FieldError, Malformed
from sejour.catalog.v1 import catalog_types_pb2 as pb
from sejour.catalog.v1 import listing_service_pb2 as calls
from sejour.common.v1.common_pb2 import PageRequest
from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.adapters import codec
from catalog.adapters.postgres_listings import SELECT
from catalog.adapters.rows import listing_of, owner_of
from catalog.adapters.scoping import (
    IN_PRODUCTION,
    imports_within,
    is_privy,
    listings_within,
    of_label,
    owners_within,
)
from catalog.adapters.tables import IMPORTS, LABELS, LISTING_REVISIONS, LISTINGS, MEMBERSHIPS, OWNERS, PHOTOS
from catalog.domain.errors import ImportNotFound, LabelNotFound, ListingNotFound, OwnerNotFound, PhotoNotFound

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
TEASER = 160
_SENTENCE = re.compile(r"^.+?[.!?…](?=\s|$)", re.DOTALL)


def page_limit(limit: int) -> int:
    """How many rows a page has: 50 by default, 500 at most."""
    return min(limit, MAX_LIMIT) if limit > 0 else DEFAULT_LIMIT


def _write_cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode("|".join(str(part) for part in parts).encode()).decode()


def _read_cursor(cursor: str) -> list[str]:
    try:
        return base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
    except (binascii.Error, ValueError):
        raise Malformed(fields=[FieldError("page.cursor", "CURSOR_MALFORMED")]) from None


async def _photos(connection: AsyncConnection, listing_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {one: [] for one in listing_ids}
    query = select(PHOTOS).where(PHOTOS.c.listing_id.in_(listing_ids)).order_by(PHOTOS.c.position)
    for photo in (await connection.execute(query)).mappings():
        found[photo["listing_id"]].append(photo)
    return found


async def _labels_of(connection: AsyncConnection, owner_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {one: [] for one in owner_ids}
    query = select(MEMBERSHIPS).where(MEMBERSHIPS.c.owner_id.in_(owner_ids)).order_by(MEMBERSHIPS.c.label_id)
    for row in await connection.execute(query):
        found[row.owner_id].append(row.label_id)
    return found


class Queries:
    """Every read, each within a scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listing(
        self, scope: Scope, *, listing_id: UUID | None = None, code: str = "", revision: int = 0
    ) -> pb.Listing:
        """One listing at its newest or a frozen revision. Raises ListingNotFound.

        A code that several issuers gave finds the one in production, then the oldest.
        """
        key = LISTINGS.c.id == listing_id if listing_id else LISTINGS.c.code == code
        query = SELECT.where(key, listings_within(scope)).order_by(IN_PRODUCTION.desc(), LISTINGS.c.id)
        async with self._database.reading() as connection:
            found = await self._listings(connection, scope, query.limit(1))
            if not found:
                raise ListingNotFound
            if not revision or revision == found[0].revision:
                return found[0]
            frozen = await connection.scalar(
                select(LISTING_REVISIONS.c.message).where(
                    LISTING_REVISIONS.c.listing_id == UUID(found[0].id),
                    LISTING_REVISIONS.c.revision == revision,
                )
            )
        if frozen is None:
            raise ListingNotFound(revision=revision)
        message = pb.Listing.FromString(frozen)
        return message if found[0].provenance else codec.public(message)

    async def _listings(self, connection: AsyncConnection, scope: Scope, query: Any) -> list[pb.Listing]:
        rows = (await connection.execute(query)).mappings().all()
        photos = await _photos(connection, [row["id"] for row in rows])
        labels = await _labels_of(connection, list({row["owner_id"] for row in rows}))
        found = []
        for row in rows:
            privy = is_privy(scope, row["owner_id"], [*labels[row["owner_id"]], row["label_id"]])
            message = codec.listing_pb(listing_of(dict(row), photos[row["id"]]), provenance=privy)
            found.append(message if privy else codec.public(message))
        return found

    async def listings(
        self, scope: Scope, request: calls.ListListingsRequest, ids: dict[str, Any]
    ) -> calls.ListListingsResponse:
        """A page of listings by code; `ids` are the request's filters as UUIDs."""
        query = SELECT.where(listings_within(scope), *_listing_filters(request, ids))
        if request.page.cursor:
            code, _, last = "|".join(_read_cursor(request.page.cursor)).rpartition("|")
            query = query.where(tuple_(LISTINGS.c.code, LISTINGS.c.id) > tuple_(code, _uuid(last)))
        limit = page_limit(request.page.limit)
        async with self._database.reading() as connection:
            found = await self._listings(
                connection, scope, query.order_by(LISTINGS.c.code, LISTINGS.c.id).limit(limit + 1)
            )
        more = len(found) > limit
        found = found[:limit]
        cursor = _write_cursor(found[-1].code, found[-1].id) if more else ""
        return calls.ListListingsResponse(listings=found, next_cursor=cursor)

    async def cards(self, scope: Scope, ids: Sequence[UUID], language: str) -> list[calls.Card]:
        """Cards in the order asked; drafts only for those who may see them."""
        cover = (
            select(PHOTOS.c.id)
            .where(PHOTOS.c.listing_id == LISTINGS.c.id, PHOTOS.c.stored)
            .order_by(PHOTOS.c.position)
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(LISTINGS, OWNERS.c.kind.label("owner_kind"), cover.label("photo_id"))
            .join(OWNERS, OWNERS.c.id == LISTINGS.c.owner_id)
            .where(LISTINGS.c.id.in_(ids), or_(IN_PRODUCTION, listings_within(scope)))
        )
        async with self._database.reading() as connection:
            rows = {row["id"]: row for row in (await connection.execute(query)).mappings()}
        return [_card(rows[one], language) for one in dict.fromkeys(ids) if one in rows]

    async def owner(self, scope: Scope, *, owner_id: UUID | None = None, supplier_no: int = 0) -> pb.Owner:
        """One owner; only name, kind and languages for the public. Raises OwnerNotFound."""
        key = OWNERS.c.id == owner_id if owner_id else OWNERS.c.supplier_no == supplier_no
        async with self._database.reading() as connection:
            found = await self._owners(connection, scope, select(OWNERS).where(key, owners_within(scope)))
        if not found:
            raise OwnerNotFound
        return found[0]

    async def _owners(self, connection: AsyncConnection, scope: Scope, query: Any) -> list[pb.Owner]:
        rows = (await connection.execute(query)).mappings().all()
        labels = await _labels_of(connection, [row["id"] for row in rows])
        found = []
        for row in rows:
            message = codec.owner_pb(owner_of(dict(row), labels[row["id"]]))
            privy = is_privy(scope, row["id"], labels[row["id"]])
            found.append(message if privy else codec.public_owner(message))
        return found

    async def owners(
        self, scope: Scope, *, label_id: UUID | None, limit: int, cursor: str
    ) -> tuple[list[pb.Owner], str]:
        """A page of owners by supplier number, and the cursor of the next."""
        query = select(OWNERS).where(owners_within(scope))
        if label_id is not None:
            members = select(MEMBERSHIPS.c.owner_id).where(MEMBERSHIPS.c.label_id == label_id)
            query = query.where(OWNERS.c.id.in_(members))
        if cursor:
            last = _read_cursor(cursor)[0]
            query = query.where(OWNERS.c.supplier_no > (int(last) if last.isdecimal() else 0))
        async with self._database.reading() as connection:
            found = await self._owners(
                connection, scope, query.order_by(OWNERS.c.supplier_no).limit(limit + 1)
            )
        more = len(found) > limit
        return found[:limit], _write_cursor(found[limit - 1].supplier_no) if more else ""

    async def label(self, *, label_id: UUID | None = None, slug: str = "") -> pb.Label:
        """One label; public. Raises LabelNotFound."""
        key = LABELS.c.id == label_id if label_id else LABELS.c.slug == slug
        async with self._database.reading() as connection:
            row = (await connection.execute(select(LABELS).where(key))).mappings().first()
        if row is None:
            raise LabelNotFound
        return _label(row)

    async def labels(self) -> list[pb.Label]:
        """All labels by name; public."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(LABELS).order_by(LABELS.c.name))).mappings().all()
        return [_label(row) for row in rows]

    async def require_photo(self, scope: Scope, photo_id: UUID) -> None:
        """Passes when the photo can be shown to the actor. Raises PhotoNotFound."""
        query = (
            select(PHOTOS.c.id)
            .join(LISTINGS, LISTINGS.c.id == PHOTOS.c.listing_id)
            .where(PHOTOS.c.id == photo_id, PHOTOS.c.stored, or_(IN_PRODUCTION, listings_within(scope)))
        )
        async with self._database.reading() as connection:
            if await connection.scalar(query) is None:
                raise PhotoNotFound

    async def imports(
        self, scope: Scope, label_id: UUID | None, page: PageRequest
    ) -> calls.ListImportsResponse:
        """A page of reports without their lines, newest first."""
        query = select(IMPORTS).where(imports_within(scope))
        if label_id is not None:
            query = query.where(IMPORTS.c.label_id == label_id)
        if page.cursor:
            query = query.where(IMPORTS.c.id < _uuid(_read_cursor(page.cursor)[0]))
        limit = page_limit(page.limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(IMPORTS.c.id.desc()).limit(limit + 1))).all()
        reports = [calls.ImportReport.FromString(row.report) for row in rows[:limit]]
        for report in reports:
            report.ClearField("lines")
        cursor = _write_cursor(reports[-1].id) if len(rows) > limit else ""
        return calls.ListImportsResponse(reports=reports, next_cursor=cursor)

    async def import_report(self, scope: Scope, import_id: UUID) -> calls.ImportReport:
        """One report with its lines. Raises ImportNotFound."""
        query = select(IMPORTS.c.report).where(IMPORTS.c.id == import_id, imports_within(scope))
        async with self._database.reading() as connection:
            found = await connection.scalar(query)
        if found is None:
            raise ImportNotFound
        return calls.ImportReport.FromString(found)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Malformed(fields=[FieldError("page.cursor", "CURSOR_MALFORMED")]) from None


def _listing_filters(request: calls.ListListingsRequest, ids: dict[str, Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if ids.get("owner_id"):
        found.append(LISTINGS.c.owner_id == ids["owner_id"])
    if ids.get("label_id"):
        found.append(of_label(ids["label_id"]))
    if request.ids:
        found.append(LISTINGS.c.id.in_(ids["ids"]))
    if request.codes:
        found.append(LISTINGS.c.code.in_(list(request.codes)))
    if request.states:
        names = {number: state.value for state, number in codec.STATES.items()}
        found.append(LISTINGS.c.state.in_([names.get(one, "") for one in request.states]))
    return found


def _label(row: Any) -> pb.Label:
    return pb.Label(
        id=str(row["id"]),
        slug=row["slug"],
        name=row["name"],
        primary_color=row["primary_color"],
        phone=row["phone"],
        email=row["email"],
        revision=row["revision"],
    )


def _in_language(words: dict[str, str], language: str) -> str:
    return words.get(language) or words.get("fr") or next(iter(words.values()), "")


def teaser(text: str) -> str:
    """The first sentence, at most 160 characters, cut between words."""
    plain = " ".join(text.split())
    match = _SENTENCE.match(plain)
    first = match.group(0) if match else plain
    if len(first) <= TEASER:
        return first
    return first[: TEASER - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _card(row: Any, language: str) -> calls.Card:
    address = row["address"]
    return calls.Card(
        id=str(row["id"]),
        code=row["code"],
        name=_in_language(row["name"], language),
        commune=address.get("city", ""),
        postal_code=address.get("postal_code", ""),
        kind=codec.KINDS[row["kind"]],
        max_persons=row["max_persons"],
        official_stars=row["official_stars"],
        label_rating=row["label_rating"],
        registration_number=row["registration_number"],
        owner_kind=codec.OWNER_KINDS[row["owner_kind"]],
        photo_id=str(row["photo_id"] or ""),
        revision=row["revision"],
        owner_id=str(row["owner_id"]),
        teaser=teaser(_in_language(row["description"], language)),
    )
