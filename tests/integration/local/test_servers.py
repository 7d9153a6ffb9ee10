"""The servers that every other integration test stands on."""

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic


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
