"""What both kinds of consumers share: connections, metrics, going on after an interruption."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError
from prometheus_client import Counter, Gauge

from chassis.errors import ErrorKind
from chassis.events import Event, KafkaConfig
from chassis.logging import get_logger
from chassis.rpc_errors import to_service_error

log = get_logger()

Handler = Callable[[Event], Awaitable[None]]
BatchHandler = Callable[[Sequence[Event]], Awaitable[None]]

CONSUMED = Counter(
    "sejour_events_consumed_total",
    "Events taken, by outcome. `dead` ones lie in <topic>.dead with the reason: mend the cause, then"
    " « sejour dead replay ». `skipped` ones were left out by a reader of everything: read its log, mend it,"
    " restart the process.",
    ["consumer", "topic", "outcome"],
)
LAG = Gauge(
    "sejour_consumer_lag",
    "Messages not yet taken. When it grows, the consumer is too slow or stuck: read « event_retried » and"
    " « consumer_interrupted » in the log.",
    ["consumer", "topic"],
)

POLL_MS = 1000
_MAX_WAIT = 5.0
_LAG_SECONDS = 1.0
_TRANSIENT = frozenset(
    {
        ErrorKind.UNAVAILABLE,
        ErrorKind.BUSY,
        ErrorKind.DEADLINE,
        ErrorKind.LIMITED,
        # A neighbour with other keys or another clock: an operator mends it.
        ErrorKind.UNAUTHENTICATED,
    }
)


def make_consumer(kafka: KafkaConfig, *, reset: str, **arguments: object) -> AIOKafkaConsumer:
    """A consumer of committed messages; at most 1 MB (or one message) per partition waits in memory."""
    return AIOKafkaConsumer(
        **kafka.arguments(),
        enable_auto_commit=False,
        auto_offset_reset=reset,
        # The relays write in transactions: an aborted batch must not be seen.
        isolation_level="read_committed",
        max_partition_fetch_bytes=1024 * 1024,
        fetch_max_bytes=16 * 1024 * 1024,
        **arguments,
    )


async def for_ever(name: str, once: Callable[[], Awaitable[None]]) -> None:
    """Runs a consumer again whenever it ends, ever more slowly while it ends at once."""
    wait = 0.5
    while True:
        began = time.monotonic()
        try:
            await once()
        except Exception as error:  # noqa: BLE001 (a broker that restarts must not end a service)
            if time.monotonic() - began > 30:
                wait = 0.5
            log.warning(
                "consumer_interrupted", consumer=name, error=type(error).__name__, detail=str(error)[:200]
            )
            await asyncio.sleep(wait)
            wait = min(wait * 2, _MAX_WAIT)


def is_transient(error: Exception) -> bool:
    """True for what passes by itself: somebody is away, busy or slow."""
    typed = to_service_error(error)
    return isinstance(error, OSError) or (typed is not None and typed.kind in _TRANSIENT)


def announce(name: str, topics: Iterable[str], outcomes: Iterable[str]) -> None:
    """Shows the counters of a consumer at 0, so that an alert also sees the first one."""
    for topic in topics:
        for outcome in outcomes:
            CONSUMED.labels(name, topic, outcome)


class Lag:
    """Tells how far a consumer is behind, summed over its partitions of a topic, once a second."""

    def __init__(self, consumer: AIOKafkaConsumer, name: str, kafka: KafkaConfig) -> None:
        self._consumer = consumer
        self._name = name
        self._kafka = kafka
        self._next = 0.0
        self._told: set[str] = set()

    async def measure(self) -> None:
        """Sets the gauge when a second has passed."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _LAG_SECONDS
        # What was told of before and is another member's now counts there.
        behind = dict.fromkeys(self._told, 0)
        for partition in self._consumer.assignment():
            topic = partition.topic.removeprefix(self._kafka.prefix)
            behind[topic] = behind.get(topic, 0) + await self._behind(partition)
        for topic, lag in behind.items():
            LAG.labels(self._name, topic).set(lag)
        self._told |= behind.keys()

    async def _behind(self, partition: TopicPartition) -> int:
        try:
            high = self._consumer.highwater(partition)
            # Not `wait_for`: in Python 3.11 it swallows a cancellation that comes with the result.
            async with asyncio.timeout(_LAG_SECONDS):
                position = await self._consumer.position(partition)
        except (IllegalStateError, TimeoutError):  # It was taken away, or has no place yet.
            return 0
        return 0 if high is None else max(0, high - position)
