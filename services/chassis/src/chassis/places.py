"""Where a member of a group goes on reading, and what it does when that place is gone.

A group remembers its place in a topic by offset. It is gone when the broker deleted the messages there
(the group was away for longer than the topic keeps them, or the broker forgot the group itself) or when
the topic was made anew. The member then begins with the oldest message that is left. A compacted topic
still holds the whole state, so nothing is lost; of any other topic some news may never be seen, and the
service asks whoever knows the truth (`on_gap`).
"""

from collections.abc import Awaitable, Callable, Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError
from prometheus_client import Counter

from chassis.consuming import is_transient
from chassis.events import KafkaConfig
from chassis.logging import get_logger
from chassis.topics import REPLAYS

log = get_logger()

OnGap = Callable[[], Awaitable[object]]

GAPS = Counter(
    "sejour_consumer_gaps_total",
    "Times that a consumer was away for longer than its topic keeps messages. It rebuilt itself; find out why"
    " it was away (sejour_consumer_lag), and run « sejour reconcile ».",
    ["consumer", "topic"],
)


class Places:
    """The places of one member in the partitions that it was given."""

    def __init__(
        self, consumer: AIOKafkaConsumer, group: str, kafka: KafkaConfig, on_gap: OnGap | None
    ) -> None:
        self._consumer = consumer
        self._group = group
        self._kafka = kafka
        self._on_gap = on_gap
        self._settled: set[TopicPartition] = set()

    async def settle(self) -> None:
        """Finds the place in partitions that are new to this member."""
        assigned = set(self._consumer.assignment())
        new = assigned - self._settled
        if new:
            await self._find(new)
        self._settled = assigned

    async def find_again(self) -> None:
        """Finds the place in all partitions, after the broker had nothing where the member wanted to read."""
        await self._find(set(self._consumer.assignment()), again=True)

    async def commit(self, partition: TopicPartition, offset: int) -> None:
        """Remembers that everything before `offset` is done; a partition that was taken away is another's."""
        try:
            await self._consumer.commit({partition: offset})
        except (CommitFailedError, IllegalStateError):
            log.info("partition_lost", topic=partition.topic, partition=partition.partition)

    async def _find(self, partitions: Iterable[TopicPartition], *, again: bool = False) -> None:
        wanted = list(partitions)
        begins = await self._consumer.beginning_offsets(wanted)
        ends = await self._consumer.end_offsets(wanted)
        lost: list[TopicPartition] = []
        moved: list[TopicPartition] = []
        for one in wanted:
            place = await self._consumer.committed(one)
            if place is not None and begins[one] <= place <= ends[one]:
                if again:
                    self._consumer.seek(one, place)
                continue
            moved.append(one)
            if (place is not None or begins[one] > 0) and one.topic != self._kafka.topic(REPLAYS):
                lost.append(one)
        if lost:
            await self._rebuild(lost)
        for one in moved:
            self._consumer.seek(one, begins[one])
            await self.commit(one, begins[one])

    async def _rebuild(self, lost: list[TopicPartition]) -> None:
        """Lets the service ask for the truth. While nobody answers, no place is kept: the gap comes again.

        A service that cannot ask for any other reason goes on: its own comparisons come back to it.
        """
        topics = sorted({one.topic.removeprefix(self._kafka.prefix) for one in lost})
        log.warning("consumer_gap", consumer=self._group, topics=topics, partitions=len(lost))
        for topic in topics:
            GAPS.labels(self._group, topic).inc()
        if self._on_gap is None:
            return
        try:
            await self._on_gap()
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("consumer_not_rebuilt", consumer=self._group, topics=topics)
        else:
            log.info("consumer_rebuilt", consumer=self._group, topics=topics)
