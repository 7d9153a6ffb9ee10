"""What a compacted topic holds now, key by key: asked by `maintenance` after a restore."""

from dataclasses import dataclass

from chassis.consuming import make_consumer
from chassis.events import Event, KafkaConfig
from chassis.read_all import all_partitions

_POLL_MS = 200


@dataclass(frozen=True, slots=True)
class LastOf:
    """The last message of a key that is no tombstone."""

    event_type: str
    revision: int


async def live_keys(kafka: KafkaConfig, topic: str) -> dict[str, LastOf]:
    """The keys of a topic whose aggregates are told of, up to the end as it was when this began.

    Reads the whole topic, but keeps no message. What is no event of ours is left out.

    Raises:
        LookupError: the topic is not there.

    """
    found: dict[str, LastOf] = {}
    consumer = make_consumer(kafka, reset="earliest")
    try:
        await consumer.start()
        partitions = await all_partitions(kafka, [topic])
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        behind = set(partitions)
        while behind := {one for one in behind if await consumer.position(one) < ends[one]}:
            for records in (await consumer.getmany(timeout_ms=_POLL_MS, max_records=1000)).values():
                for record in records:
                    _keep(found, topic, record)
    finally:
        await consumer.stop()
    return found


def _keep(found: dict[str, LastOf], topic: str, record: object) -> None:
    key, value, headers = (getattr(record, name) for name in ("key", "value", "headers"))
    try:
        event = Event.read(topic, key, value, headers)
    except (ValueError, KeyError):
        return
    if event.payload is None:
        found.pop(event.key, None)
    else:
        found[event.key] = LastOf(event.event_type, event.revision)
