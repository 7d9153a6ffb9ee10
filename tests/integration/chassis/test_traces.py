"""Spans of statements, of the relay and of consumers, on a real database and a real broker."""

import asyncio
from datetime import UTC, datetime

import pytest
from chassis.clock import system_clock
from chassis.database import Database
from chassis.ids import new_id
from chassis.kafka import KafkaConfig, TopicSpec, consume_all, consume_group, create_topics
from chassis.otel import install
from chassis.outbox import add
from chassis.relay import Relay
from chassis.statements import summary
from chassis.telemetry import RecentSpans
from chassis.tracing import STATE, Sampler, enter, span, trace_id
from google.protobuf.wrappers_pb2 import StringValue
from prometheus_client import REGISTRY
from sqlalchemy import exc, text

from .conftest import plumbing, until

NOW = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def recent():
    before = {name: getattr(STATE, name) for name in ("start", "mark_broken", "translate", "sampler")}
    found = RecentSpans("tests")
    install("tests", recent=found)
    STATE.sampler = Sampler(1.0, 1000)
    yield found
    for name, value in before.items():
        setattr(STATE, name, value)


@pytest.fixture
async def database(recent, make_database):
    found = Database.at(await make_database(""), application="traced")
    async with found.engine.begin() as connection:
        await connection.run_sync(plumbing().create_all)
    yield found
    await found.close()


async def test_statements_are_spans_with_their_text_and_never_their_values(recent, database):
    trace = trace_id(enter(None))
    with span("ours"):
        async with database.transaction() as session:
            await session.execute(
                text("INSERT INTO things (id, name) VALUES (:id, :name)"), {"id": 1, "name": "Zoé MARTIN"}
            )
        with pytest.raises(exc.IntegrityError):
            async with database.transaction() as session:
                await session.execute(
                    text("INSERT INTO things (id, name) VALUES (:id, :name)"), {"id": 2, "name": "Zoé MARTIN"}
                )
    spans = recent.of_trace(trace)
    first, second, ours = spans
    assert (first["name"], first["parent"], first["error"]) == ("SQL INSERT things", ours["span"], False)
    assert first["attributes"]["db.statement"].startswith("INSERT INTO things")
    assert (second["name"], second["error"]) == ("SQL INSERT things", True)
    assert "MARTIN" not in str(spans)


async def test_statements_of_a_dropped_trace_are_no_spans(recent, database):
    STATE.sampler = Sampler(0.0)
    trace = trace_id(enter(None))
    async with database.reading() as connection:
        await connection.execute(text("SELECT 1"))
    assert recent.of_trace(trace) == []


async def test_the_connections_in_use_are_a_metric(database):
    def used():
        return REGISTRY.get_sample_value(
            "sejour_database_connections", {"database": "traced", "state": "used"}
        )

    async with database.reading() as connection:
        await connection.execute(text("SELECT 1"))
        assert used() == 1
    assert used() == 0


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("SELECT a FROM outbox WHERE id = $1", "SELECT outbox"),
        ('  update "outbox" SET a = 1', "UPDATE outbox"),
        ("SELECT pg_try_advisory_lock($1)", "SELECT"),
        ("WITH picked AS (SELECT id FROM tasks) UPDATE tasks SET a = 1", "WITH tasks"),
    ],
)
def test_a_statement_is_named_by_its_verb_and_table(statement, wanted):
    assert summary(statement) == wanted


async def test_an_event_goes_on_in_its_trace_through_relay_and_consumers(recent, database, kafka_bootstrap):
    kafka = KafkaConfig(bootstrap=kafka_bootstrap, prefix=f"t{new_id().hex[-12:]}.")
    await create_topics(kafka, [TopicSpec("things", partitions=2)])
    inside: list[str] = []
    caught_up = asyncio.Event()

    async def one(_event):
        inside.append(trace_id())

    async def all_of_them(_events):
        pass

    async def ready():
        caught_up.set()

    tasks = [
        asyncio.create_task(work)
        for work in (
            Relay(database, kafka, "traced", clock=system_clock).run(),
            consume_group(kafka, ["things"], "traced-group", one),
            consume_all(kafka, ["things"], all_of_them, ready, name="traced-all"),
        )
    ]
    try:
        async with asyncio.timeout(60):
            await caught_up.wait()
        trace = trace_id(enter(None))
        with span("write"):
            async with database.transaction() as session:
                await add(
                    session, topic="things", key="k", message=StringValue(value="x"), revision=1, now=NOW
                )
        await until(
            lambda: len([each for each in recent.of_trace(trace) if each["kind"] == "consumer"]) == 2, 60
        )
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    spans = {each["name"]: each for each in recent.of_trace(trace)}
    relayed = spans["relay things"]
    assert relayed["kind"] == "producer"
    assert relayed["parent"] == spans["write"]["span"]
    assert relayed["attributes"]["event_type"] == "google.protobuf.StringValue"
    consumed = [each for each in recent.of_trace(trace) if each["name"] == "consume things"]
    assert {each["parent"] for each in consumed} == {relayed["span"]}
    assert inside == [trace]
