"""After a restore: what a compacted topic tells of, and the database does not know."""

from datetime import timedelta

import pytest
from chassis.actor import OPERATOR, Actor, acting_as
from chassis.clock import system_clock
from chassis.errors import Forbidden, Malformed
from chassis.ids import new_id
from chassis.maintenance import Compacted, Maintenance
from chassis.outbox import add
from chassis.relay import Relay
from google.protobuf.wrappers_pb2 import StringValue
from sejour.common.v1 import maintenance_service_pb2 as pb
from sqlalchemy import Column, MetaData, Table, Uuid, text

from .test_kafka import NOW, all_sent, kafka, running  # noqa: F401 (`kafka` is a fixture)

TOPIC = "states"
KNOWN = Table("known", MetaData(), Column("id", Uuid, primary_key=True))


async def tell_nothing(_session, _after, _limit, _now):
    return []


@pytest.fixture
async def service(database, kafka):  # noqa: F811
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE known (id UUID PRIMARY KEY)"))
    return Maintenance(pb, database, system_clock, {TOPIC: Compacted(tell_nothing, KNOWN.c.id)}, kafka)


async def tell(database, kafka, *keys, revision, gone=False):  # noqa: F811
    message = None if gone else StringValue(value="x")
    async with database.transaction() as session:
        for key in keys:
            await add(
                session,
                topic=TOPIC,
                key=key,
                message=message,
                revision=revision,
                now=NOW,
                event_type=StringValue.DESCRIPTOR.full_name,
            )
    await send(database, kafka)


async def send(database, kafka):  # noqa: F811
    async with running(Relay(database, kafka, "tests", clock=system_clock).run()):
        await all_sent(database)


def acting(*grants):
    return acting_as(Actor.make("test", grants, now=system_clock(), lifetime=timedelta(hours=1)))


async def compare(service, **fields):
    with acting(OPERATOR):
        return await service.CompareKeys(pb.CompareKeysRequest(topic=TOPIC, **fields), None)


async def test_keys_made_after_the_backup_are_listed_and_told_to_be_gone_when_asked(
    database,
    kafka,  # noqa: F811
    service,
):
    kept, lost, over = (str(new_id()) for _ in range(3))
    await tell(database, kafka, kept, lost, over, "no-id-at-all", revision=3)
    await tell(database, kafka, lost, revision=7)
    await tell(database, kafka, over, revision=4, gone=True)
    async with database.transaction() as session:
        await session.execute(KNOWN.insert().values(id=kept))
    found = await compare(service)
    assert (found.keys, list(found.unknown), found.removed) == (3, sorted([lost, "no-id-at-all"]), 0)
    assert list((await compare(service)).unknown) == list(found.unknown)
    assert (await compare(service, mend=True)).removed == 2
    async with database.reading() as connection:
        query = "SELECT revision, payload FROM outbox WHERE key = :key ORDER BY seq DESC LIMIT 1"
        assert (await connection.execute(text(query), {"key": lost})).one() == (8, None)
    await send(database, kafka)
    again = await compare(service, mend=True)
    assert (again.keys, list(again.unknown), again.removed) == (1, [], 0)


async def test_only_operators_compare_and_only_topics_that_the_service_tells(service):
    with acting("public"), pytest.raises(Forbidden):
        await service.CompareKeys(pb.CompareKeysRequest(topic=TOPIC), None)
    with acting(OPERATOR), pytest.raises(Malformed):
        await service.CompareKeys(pb.CompareKeysRequest(topic="things"), None)
