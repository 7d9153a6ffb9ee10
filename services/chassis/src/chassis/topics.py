"""Topics are made explicitly, each with its `.dead` one; used by `chassis.make_topics` and tests."""

import asyncio
import contextlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from chassis.events import KafkaConfig

DEAD_SUFFIX = ".dead"
REPLAYS = "replays"
"""The one topic through which dead letters come back to their group (`chassis.dead`)."""

_TOPIC_EXISTS = 36
_SPREAD_SECONDS = 10.0
_MAX_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic to make. Compacted ones keep the last message of each key; others keep `retention_hours`."""

    name: str
    partitions: int = 12
    compacted: bool = False
    retention_hours: int = 24 * 7
    max_compaction_lag_hours: int | None = None

    def config(self) -> dict[str, str]:
        """Settings of the topic on the broker."""
        found = {"max.message.bytes": str(_MAX_BYTES)}
        if not self.compacted:
            return {**found, "retention.ms": str(self.retention_hours * 3_600_000)}
        found |= {"cleanup.policy": "compact", "delete.retention.ms": "86400000", "segment.ms": "3600000"}
        if self.max_compaction_lag_hours is not None:
            found["max.compaction.lag.ms"] = str(self.max_compaction_lag_hours * 3_600_000)
        return found


def declared(package: str, *, partitions: int) -> list[TopicSpec]:
    """The topics that `topics.toml` of a package of contracts declares.

    Raises:
        FileNotFoundError, ModuleNotFoundError: the package is not there, or declares none.
        TypeError: a topic has a setting that `TopicSpec` does not know.

    """
    text = (resources.files(package) / "topics.toml").read_text()
    return [TopicSpec(**{"partitions": partitions, **each}) for each in tomllib.loads(text)["topic"]]


async def _seen_by_brokers(admin: AIOKafkaAdminClient, names: list[str]) -> None:
    """Waits until brokers know what their controller made, but some seconds only."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_SPREAD_SECONDS):
            while names and any(  # noqa: ASYNC110 (what is waited for is on a broker)
                one["error_code"] for one in await admin.describe_topics(names)
            ):
                await asyncio.sleep(0.05)


async def create_topics(
    kafka: KafkaConfig, specs: Iterable[TopicSpec], *, replication: int = 1, min_in_sync: int | None = None
) -> list[str]:
    """Makes the topics that are missing, each with its `.dead` one, and `replays`; returns the names made.

    `min_in_sync` copies must have a message before it counts as sent; None leaves it to the broker. What
    exists is left as it is: more partitions would break the order of a key.
    """
    safety = {} if min_in_sync is None else {"min.insync.replicas": str(min_in_sync)}
    admin = AIOKafkaAdminClient(**kafka.arguments())
    await admin.start()
    try:
        present = set(await admin.list_topics())
        wanted = {
            kafka.topic(spec.name): NewTopic(
                kafka.topic(spec.name), spec.partitions, replication, topic_configs=spec.config() | safety
            )
            for spec in specs
        }
        wanted |= {
            name + DEAD_SUFFIX: NewTopic(
                name + DEAD_SUFFIX,
                1,
                replication,
                topic_configs={"retention.ms": "-1", "max.message.bytes": str(_MAX_BYTES)} | safety,
            )
            for name in list(wanted)
        }
        replays = TopicSpec(REPLAYS, partitions=1)
        wanted[kafka.topic(REPLAYS)] = NewTopic(
            kafka.topic(REPLAYS), 1, replication, topic_configs=replays.config() | safety
        )
        missing = [topic for name, topic in wanted.items() if name not in present]
        if not missing:
            return []
        response = await admin.create_topics(missing)
        made = []
        for name, code, *detail in response.topic_errors:
            if code == 0:
                made.append(name)
            elif code != _TOPIC_EXISTS:  # The list of topics may lag behind what was just made.
                raise for_code(code)(f"{name}: {detail}")
        await _seen_by_brokers(admin, made)
        return made
    finally:
        await admin.close()
