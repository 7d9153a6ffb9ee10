"""What travels through Kafka: the event with its five headers, connection settings, and decoding by type."""

import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from google.protobuf.message import Message

from chassis.settings import SharedSettings


@dataclass(frozen=True, slots=True)
class KafkaConfig:
    """How to reach Kafka, and what stands before every topic name."""

    bootstrap: str
    prefix: str = ""
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = "SCRAM-SHA-512"
    username: str = ""
    password: str = ""
    ca_file: str | None = None

    @classmethod
    def of(cls, settings: SharedSettings) -> Self:
        """The connection that the shared settings name."""
        return cls(
            bootstrap=settings.kafka_bootstrap,
            prefix=settings.topic_prefix,
            security_protocol=settings.kafka_security_protocol,
            sasl_mechanism=settings.kafka_sasl_mechanism,
            username=settings.kafka_username,
            password=settings.kafka_password.get_secret_value(),
            ca_file=str(settings.kafka_ca_file) if settings.kafka_ca_file else None,
        )

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments common to aiokafka's clients."""
        found: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": self.security_protocol,
            "request_timeout_ms": 10_000,
            "retry_backoff_ms": 200,
            "metadata_max_age_ms": 30_000,
        }
        if "SSL" in self.security_protocol:
            found["ssl_context"] = ssl.create_default_context(cafile=self.ca_file)
        if self.security_protocol.startswith("SASL"):
            found["sasl_mechanism"] = self.sasl_mechanism
            found["sasl_plain_username"] = self.username
            found["sasl_plain_password"] = self.password
        return found

    def topic(self, name: str) -> str:
        """The name on the broker."""
        return self.prefix + name


@dataclass(frozen=True, slots=True)
class Event:
    """One message. `payload` None is a tombstone: the aggregate `key` is gone."""

    topic: str
    key: str
    event_id: UUID
    event_type: str
    occurred_at: datetime
    revision: int
    payload: bytes | None
    traceparent: str = ""

    def headers(self) -> list[tuple[str, bytes]]:
        """The five headers of every message."""
        return [
            ("event-id", str(self.event_id).encode()),
            ("event-type", self.event_type.encode()),
            ("occurred-at", self.occurred_at.isoformat().encode()),
            ("revision", str(self.revision).encode()),
            ("traceparent", self.traceparent.encode()),
        ]

    @classmethod
    def read(
        cls, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Self:
        """The event of a Kafka record.

        Raises:
            ValueError, KeyError: it is no event of ours.

        """
        found = {name: raw.decode() for name, raw in headers}
        occurred = datetime.fromisoformat(found["occurred-at"]).astimezone(UTC)
        return cls(
            topic=topic,
            key=(key or b"").decode(),
            event_id=UUID(found["event-id"]),
            event_type=found["event-type"],
            occurred_at=occurred,
            revision=int(found["revision"]),
            payload=value,
            traceparent=found.get("traceparent", ""),
        )


class Decoder:
    """Finds the message class of an event by its full name: `Decoder(BookingConfirmed, BookingCancelled)`."""

    def __init__(self, *classes: type[Message]) -> None:
        self._classes = {one.DESCRIPTOR.full_name: one for one in classes}

    @property
    def names(self) -> Iterable[str]:
        """Full names of the known types."""
        return self._classes.keys()

    def decode(self, event: Event) -> Message | None:
        """The message; None for a tombstone and for types that this consumer does not know (they are new)."""
        message_class = self._classes.get(event.event_type)
        if message_class is None or event.payload is None:
            return None
        return message_class.FromString(event.payload)
