"""`python -m chassis.make_topics`, as a deployment runs it: before anything else, and again at every upgrade."""

import os
import subprocess
import sys

from aiokafka.admin import AIOKafkaAdminClient
from chassis.ids import new_id


def make_topics(bootstrap, prefix, *arguments):
    environment = {**os.environ, "SEJOUR_KAFKA_BOOTSTRAP": bootstrap, "SEJOUR_TOPIC_PREFIX": prefix}
    command = [sys.executable, "-m", "chassis.make_topics", "sejour", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


async def test_all_declared_topics_are_made_once_with_their_dead_ones(kafka_bootstrap):
    prefix = f"m{new_id().hex[-12:]}."
    first = make_topics(kafka_bootstrap, prefix, "--partitions", "3", "--min-in-sync", "1")
    assert first.returncode == 0, first.stdout + first.stderr
    again = make_topics(kafka_bootstrap, prefix, "--partitions", "5")
    assert again.returncode == 0
    assert '"made":[]' in again.stdout
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    try:
        found = await admin.describe_topics([f"{prefix}catalog.owners", f"{prefix}catalog.owners.dead"])
    finally:
        await admin.close()
    assert {one["topic"].removeprefix(prefix): len(one["partitions"]) for one in found} == {
        "catalog.owners": 3,
        "catalog.owners.dead": 1,
    }


def test_a_broker_that_is_away_ends_it_with_a_reason_so_that_it_is_tried_again():
    ended = make_topics("127.0.0.1:1", "")
    assert ended.returncode == 1
    assert "topics_failed" in ended.stdout
