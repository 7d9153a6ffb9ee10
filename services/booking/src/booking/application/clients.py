"""Clients of an owner: made with a code, changed, and shown in the files that are not over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.ids import new_id

from booking.application.moves import MoveBooking, Moved
from booking.application.ports import OpenUnit, UnitOfWork, Write
from booking.application.rights import require_owner
from booking.domain.client import Client
from booking.domain.errors import BadValue, ClientNotFound, RevisionStale

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Known:
    """A client and who looks like the same person."""

    client: Client
    duplicates: Sequence[Client]


async def create_client(
    write: Write, owner_id: UUID, fields: Fields, *, scope: Scope, open_unit: OpenUnit, clock: Clock
) -> Known:
    """Makes a client: his code is the first three letters of his name and the owner's counter for them.

    Raises:
        OwnerNotFound: not the actor's owner.
        BadValue: no last name, a malformed mail address.

    """
    require_owner(scope, owner_id)
    async with open_unit() as unit:
        before = await unit.claim(write, now=clock())
        if before is not None:
            return await _known(unit, await unit.clients.get(before, scope))
        stated = _client(fields, client_id=new_id(), owner_id=owner_id)
        client = await unit.clients.add(stated, now=clock())
        await unit.finish(write, client.id)
        found = await _known(unit, client)
        await unit.commit()
    return found


async def get_client(client_id: UUID, *, scope: Scope, open_unit: OpenUnit) -> Known:
    """One client with his look-alikes."""
    async with open_unit() as unit:
        return await _known(unit, await unit.clients.get(client_id, scope))


async def update_client(
    write: Write,
    client_id: UUID,
    fields: Fields,
    *,
    seen: int,
    scope: Scope,
    open_unit: OpenUnit,
    clock: Clock,
) -> Known:
    """Replaces a client's data; his files that are not over show it in a new revision.

    Raises:
        RevisionStale: somebody changed him meanwhile.

    """
    async with open_unit() as unit:
        before = await unit.claim(write, now=clock())
        client = await unit.clients.get(client_id, scope, lock=True)
        if before is None:
            if seen not in {0, client.revision}:
                raise RevisionStale(revision=client.revision)
            client = await _replace(unit, client, fields, scope=scope, clock=clock)
            await unit.finish(write, client.id)
            await unit.commit()
        return await _known(unit, client)


async def set_booking_client(
    command: MoveBooking,
    *,
    client_id: UUID | None,
    fields: Fields | None,
    scope: Scope,
    open_unit: OpenUnit,
    clock: Clock,
) -> Moved:
    """Gives a file another client of the owner, a new one, or new data of its own.

    Raises:
        ClientNotFound: the client is not this owner's.

    """
    async with open_unit() as unit:
        before = await unit.claim(command.write, now=clock())
        file = await unit.files.get(command.booking_id, scope, lock=True)
        if before is not None:
            return Moved(file, replayed=True)
        file.check_revision(command.revision)
        if client_id is not None:
            client = await _of_owner(unit, client_id, file.owner_id, scope)
        elif fields is None:
            raise BadValue(field="client", why="empty")
        elif fields.get("id"):
            client = await _of_owner(unit, UUID(str(fields["id"])), file.owner_id, scope)
            client = await _replace(unit, client, fields, scope=scope, clock=clock, but=file.id)
        else:
            stated = _client(fields, client_id=new_id(), owner_id=file.owner_id)
            client = await unit.clients.add(stated, now=clock())
        file.change_client(client, now=clock())
        await unit.files.save(file)
        await unit.finish(command.write, file.id)
        await unit.commit()
    return Moved(file)


async def _of_owner(unit: UnitOfWork, client_id: UUID, owner_id: UUID, scope: Scope) -> Client:
    client = await unit.clients.get(client_id, scope, lock=True)
    if client.owner_id != owner_id:
        raise ClientNotFound(id=client_id)
    return client


async def _replace(
    unit: UnitOfWork, client: Client, fields: Fields, *, scope: Scope, clock: Clock, but: UUID | None = None
) -> Client:
    stated = _client(fields, client_id=client.id, owner_id=client.owner_id)
    changed = replace(stated, code=client.code, revision=client.revision)
    if changed == client:
        return client
    changed = await unit.clients.save(changed, now=clock())
    for file_id in await unit.files.of_client(client.id, scope):
        if file_id != but:
            file = await unit.files.get(file_id, scope, lock=True)
            file.change_client(changed, now=clock())
            await unit.files.save(file)
    return changed


async def _known(unit: UnitOfWork, client: Client) -> Known:
    return Known(client, await unit.clients.look_alikes(client))


def _client(fields: Fields, *, client_id: UUID, owner_id: UUID) -> Client:
    given = {**fields, "id": client_id, "owner_id": owner_id, "code": "", "revision": 0}
    return Client(**given)  # type: ignore[arg-type]
