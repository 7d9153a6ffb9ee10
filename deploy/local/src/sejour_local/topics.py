"""The topics of the system, made explicitly: brokers here and in production never make one by themselves."""

from __future__ import annotations

import os

from chassis.kafka import KafkaConfig
from chassis.topics import TopicSpec, create_topics, declared

from sejour_local.sentences import CannotStart


def specs(partitions: int) -> list[TopicSpec]:
    """Every topic that the contracts declare (`proto/topics.toml`), with its number of partitions."""
    return declared("sejour", partitions=partitions)


async def create(bootstrap: str, *, partitions: int = 4) -> list[str]:
    """Makes the topics that are missing and returns their names.

    Raises:
        CannotStart: the broker does not answer.

    """
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    config = KafkaConfig(bootstrap=bootstrap, prefix=os.environ.get("SEJOUR_TOPIC_PREFIX", ""))
    try:
        return await create_topics(config, specs(partitions))
    except (KafkaError, OSError) as error:
        raise CannotStart(f"Kafka does not answer at {bootstrap}: {error}.") from error
