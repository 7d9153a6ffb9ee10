"""The servers that every other integration test stands on."""

import os
import signal

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sejour_local import postgres
from sejour_local.processes import free_ports


async def test_each_request_gets_its_own_database(make_database):
    first = await make_database("")
    second = await make_database("")
    assert first != second
    connection = await asyncpg.connect(first.replace("+asyncpg", ""))
    try:
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"
        await connection.execute("CREATE EXTENSION btree_gist")
    finally:
        await connection.close()


async def test_what_is_sent_to_kafka_comes_back(kafka_bootstrap):
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic("local.echo", num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap, transactional_id="local-echo")
    await producer.start()
    try:
        async with producer.transaction():
            await producer.send_and_wait("local.echo", b"bonjour")
    finally:
        await producer.stop()
    consumer = AIOKafkaConsumer("local.echo", bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        message = await consumer.getone()
    finally:
        await consumer.stop()
    assert message.value == b"bonjour"


def test_postgres_starts_again_while_the_killed_one_is_still_a_zombie(tmp_path):
    data = tmp_path / "postgres"
    first = postgres.prepare(data, free_ports(1)[0], careless=True)
    killed = first.program.popen(tmp_path / "first.log")
    postgres.wait_ready(first.port, alive=lambda: killed.poll() is None)
    os.kill(killed.pid, signal.SIGKILL)
    os.waitid(os.P_PID, killed.pid, os.WEXITED | os.WNOWAIT)  # Dead, and left unburied.
    try:
        again = postgres.prepare(data, first.port, careless=True)
        process = again.program.popen(tmp_path / "again.log")
        try:
            postgres.wait_ready(again.port, alive=lambda: process.poll() is None)
            assert process.poll() is None
        finally:
            process.send_signal(again.program.stop_signal)
            process.wait()
    finally:
        killed.wait()
