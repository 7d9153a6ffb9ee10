"""Consumers, in one import: groups share the partitions (effects), `consume_all` reads them all (indexes)."""

from chassis.consuming import CONSUMED, LAG, BatchHandler, Handler
from chassis.events import Decoder, Event, KafkaConfig
from chassis.groups import OutageError, consume_group
from chassis.places import GAPS, OnGap
from chassis.read_all import consume_all
from chassis.topics import TopicSpec, create_topics

__all__ = [
    "CONSUMED",
    "GAPS",
    "LAG",
    "BatchHandler",
    "Decoder",
    "Event",
    "Handler",
    "KafkaConfig",
    "OnGap",
    "OutageError",
    "TopicSpec",
    "consume_all",
    "consume_group",
    "create_topics",
]
