"""The topics of the system, made explicitly: brokers here and in production never make one by themselves."""

from __future__ import annotations

import os

from chassis.kafka import KafkaConfig, TopicSpec, create_topics

from sejour_local.sentences import CannotStart

_COMPACTED = ("catalog.listings", "pricing.rates", "availability.calendars")
_EVENTS = (
    "availability.holds",
    "availability.clashes",
    "booking.bookings",
    "booking.payments",
    "documents.documents",
)


def specs(partitions: int) -> list[TopicSpec]:
    """Every topic, with its number of partitions; `catalog.owners` forgets persons within a day."""
    return [
        *(TopicSpec(name, partitions=partitions, compacted=True) for name in _COMPACTED),
        TopicSpec("catalog.owners", partitions=partitions, compacted=True, max_compaction_lag_hours=24),
        *(TopicSpec(name, partitions=partitions) for name in _EVENTS),
    ]


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
