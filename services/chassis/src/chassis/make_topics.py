"""`python -m chassis.make_topics PACKAGE`: makes the topics that a package of contracts declares, and ends.

Called by a deployment before anything else starts; it may run again at any time.
"""

import argparse
import asyncio
import sys

from aiokafka.errors import KafkaError

from chassis.events import KafkaConfig
from chassis.logging import configure_logging, get_logger
from chassis.settings import SharedSettings
from chassis.topics import TopicSpec, create_topics, declared

log = get_logger()


def _arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chassis.make_topics", description=__doc__)
    parser.add_argument("package", help="package whose topics.toml declares them")
    parser.add_argument("--partitions", type=int, default=12)
    parser.add_argument("--replication", type=int, default=1, help="copies of each partition")
    parser.add_argument(
        "--min-in-sync", type=int, help="copies that must have a message; default: the broker's"
    )
    return parser.parse_args(given)


async def _make(specs: list[TopicSpec], replication: int, min_in_sync: int | None) -> None:
    kafka = KafkaConfig.of(SharedSettings())
    made = await create_topics(kafka, specs, replication=replication, min_in_sync=min_in_sync)
    log.info("topics_made", made=sorted(made), declared=len(specs))


def main(given: list[str]) -> int:
    """Makes what is missing. Returns 0, or 1 when the broker does not answer or refuses."""
    arguments = _arguments(given)
    configure_logging(SharedSettings(), "topics")
    specs = declared(arguments.package, partitions=arguments.partitions)
    try:
        asyncio.run(_make(specs, arguments.replication, arguments.min_in_sync))
    except (KafkaError, OSError) as error:
        log.error("topics_failed", error=type(error).__name__, detail=str(error)[:300])  # noqa: TRY400
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
