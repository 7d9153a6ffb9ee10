"""Owners and labels in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis import outbox
from chassis.actor import Scope
from chassis.clock import Clock
from chassis.database import constraints
from chassis.ids import new_id
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.adapters.codec import owner_changed
from catalog.adapters.rows import owner_columns, owner_of
from catalog.adapters.scoping import owners_within
from catalog.adapters.tables import LABELS, MEMBERSHIPS, OWNERS, SUPPLIER_NUMBERS
from catalog.domain.errors import LabelNotFound, OwnerNotFound, SlugTaken, SupplierNoTaken
from catalog.domain.owner import LabelData, Owner, OwnerData

TOPIC = "catalog.owners"
NO_LABEL = "none"


class SqlOwners:
    """Owners within a scope."""

    def __init__(self, session: AsyncSession, scope: Scope, clock: Clock) -> None:
        self._session = session
        self._scope = scope
        self._clock = clock

    async def get(self, owner_id: UUID, *, for_update: bool = False) -> Owner:
        """One owner. Raises OwnerNotFound."""
        query = select(OWNERS).where(OWNERS.c.id == owner_id, owners_within(self._scope))
        found = await self._one(query.with_for_update(key_share=True) if for_update else query)
        if found is None:
            raise OwnerNotFound
        return found

    async def _one(self, query: Any) -> Owner | None:
        row = (await self._session.execute(query)).mappings().first()
        if row is None:
            return None
        labels = await self._session.scalars(
            select(MEMBERSHIPS.c.label_id)
            .where(MEMBERSHIPS.c.owner_id == row["id"])
            .order_by(MEMBERSHIPS.c.label_id)
        )
        return owner_of(dict(row), labels)

    async def unclaimed(self, label_id: UUID | None) -> Owner:
        """The owner that collects a label's imported listings nobody has claimed; made when absent."""
        key = str(label_id) if label_id else NO_LABEL
        found = await self._one(select(OWNERS).where(OWNERS.c.unclaimed_of == key))
        if found is not None:
            return found
        name = NO_LABEL
        if label_id is not None:
            name = await self._session.scalar(select(LABELS.c.name).where(LABELS.c.id == label_id)) or ""
            if not name:
                raise LabelNotFound
        return await self._insert(
            OwnerData(company=name if label_id else "-"),
            supplier_no=0,
            currency="EUR",
            label_ids=[label_id] if label_id else [],
            unclaimed_of=key,
        )

    async def add(
        self, data: OwnerData, *, supplier_no: int, currency: str, label_ids: Sequence[UUID]
    ) -> Owner:
        """Writes a new owner, with his event. Raises SupplierNoTaken, LabelNotFound."""
        return await self._insert(
            data, supplier_no=supplier_no, currency=currency, label_ids=label_ids, unclaimed_of=None
        )

    async def _insert(
        self,
        data: OwnerData,
        *,
        supplier_no: int,
        currency: str,
        label_ids: Sequence[UUID],
        unclaimed_of: str | None,
    ) -> Owner:
        now = self._clock()
        owner = Owner(
            id=new_id(),
            supplier_no=supplier_no or await self._next_number(),
            data=data,
            currency=currency,
            label_ids=tuple(sorted(label_ids)),
            revision=1,
            unclaimed=unclaimed_of is not None,
        )
        row = {
            **owner_columns(data),
            "id": owner.id,
            "supplier_no": owner.supplier_no,
            "currency": currency,
            "unclaimed_of": unclaimed_of,
            "revision": 1,
            "created_at": now,
            "updated_at": now,
        }
        taken = {"uq_owners_supplier_no": lambda: SupplierNoTaken(supplier_no=owner.supplier_no)}
        with constraints(taken):
            await self._session.execute(insert(OWNERS).values(row))
        await self._write_labels(owner)
        await self._tell(owner)
        return owner

    async def _next_number(self) -> int:
        while True:
            number = int(await self._session.scalar(select(SUPPLIER_NUMBERS.next_value())) or 0)
            if await self._session.scalar(select(OWNERS.c.id).where(OWNERS.c.supplier_no == number)) is None:
                return number

    async def save(self, owner: Owner) -> None:
        """Writes a locked owner under his next revision (that `owner` already bears), with his event."""
        row = {**owner_columns(owner.data), "revision": owner.revision, "updated_at": self._clock()}
        await self._session.execute(update(OWNERS).where(OWNERS.c.id == owner.id).values(row))
        await self._write_labels(owner)
        await self._tell(owner)

    async def tell_again(self, owner_id: UUID, *, step: int) -> None:
        """Tells an owner under a revision that is so much higher; nothing else of him changes."""
        await self._session.execute(
            update(OWNERS).where(OWNERS.c.id == owner_id).values(revision=OWNERS.c.revision + step)
        )
        await self._tell(await self.get(owner_id))

    async def _write_labels(self, owner: Owner) -> None:
        await self._session.execute(
            delete(MEMBERSHIPS).where(
                MEMBERSHIPS.c.owner_id == owner.id, MEMBERSHIPS.c.label_id.not_in(owner.label_ids)
            )
        )
        have = set(
            await self._session.scalars(
                select(MEMBERSHIPS.c.label_id).where(MEMBERSHIPS.c.owner_id == owner.id)
            )
        )
        rows = [{"owner_id": owner.id, "label_id": one} for one in owner.label_ids if one not in have]
        if rows:
            with constraints({"fk_memberships_label_id_labels": LabelNotFound}):
                await self._session.execute(insert(MEMBERSHIPS).values(rows))

    async def _tell(self, owner: Owner) -> None:
        await outbox.add(
            self._session,
            topic=TOPIC,
            key=owner.id,
            message=owner_changed(owner),
            revision=owner.revision,
            now=self._clock(),
        )


class SqlLabels:
    """Labels; what they say about themselves is public."""

    def __init__(self, session: AsyncSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    async def require(self, label_ids: Sequence[UUID]) -> None:
        """Raises LabelNotFound when one of them does not exist."""
        found = await self._session.scalars(select(LABELS.c.id).where(LABELS.c.id.in_(label_ids)))
        if set(found) != set(label_ids):
            raise LabelNotFound

    async def add(self, data: LabelData) -> UUID:
        """Writes a new label. Raises SlugTaken."""
        label_id = new_id()
        row = {
            "id": label_id,
            "slug": data.slug,
            "name": data.name,
            "primary_color": data.primary_color,
            "phone": data.phone,
            "email": data.email,
            "revision": 1,
            "created_at": self._clock(),
        }
        with constraints({"uq_labels_slug": lambda: SlugTaken(slug=data.slug)}):
            await self._session.execute(insert(LABELS).values(row))
        return label_id
