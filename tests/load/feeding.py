"""Puts made-up listings into a running copy: events into the compacted topics, rows for cards into the catalog."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaProducer
from chassis.events import Event
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from made_up import MadeUp, new_event_id
from sejour.catalog.v1.catalog_events_pb2 import ListingChanged

_TOPICS = ("catalog.listings", "pricing.rates", "availability.calendars")


def events_of(one: MadeUp, at: datetime) -> Iterator[Event]:
    """The three events of a listing."""
    messages: tuple[Message, ...] = (ListingChanged(listing=one.listing), one.rates, one.calendar)
    for topic, message in zip(_TOPICS, messages, strict=True):
        yield Event(
            topic=topic,
            key=one.listing.id,
            event_id=new_event_id(one.listing.id, topic),
            event_type=message.DESCRIPTOR.full_name,
            occurred_at=at,
            revision=1,
            payload=message.SerializeToString(),
        )


async def publish(bootstrap: str, events: Iterable[Event]) -> None:
    """Sends events, many at a time, and waits until Kafka has them all."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks=1, linger_ms=20, max_batch_size=512 * 1024)
    await producer.start()
    try:
        waiting = iter(events)
        while some := list(islice(waiting, 3000)):
            sent = [
                await producer.send(each.topic, each.payload, key=each.key.encode(), headers=each.headers())
                for each in some
            ]
            await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def write_cards(catalog_url: str, some: Iterable[MadeUp]) -> None:
    """Gives the catalog the rows from which cards are drawn; nobody is told (the events are sent apart)."""
    now = datetime.now(UTC)
    listings = [each.listing for each in some]
    owners = {UUID(each.owner_id): each.supplier_no for each in listings}
    connection = await asyncpg.connect(catalog_url)
    try:
        known = {row[0] for row in await connection.fetch("SELECT id FROM owners")}
        await connection.copy_records_to_table(
            "owners",
            columns=[
                "id", "supplier_no", "civility", "last_name", "first_name", "company", "address", "phone", "mobile",
                "fax", "email", "website", "kind", "siret", "languages", "currency", "revision", "created_at",
                "updated_at",
            ],
            records=[
                (one, number, "", f"BENCH{number}", "", "", "{}", *[""] * 5, "PRIVATE", "", ["fr"], "EUR", 1, now, now)
                for one, number in owners.items()
                if one not in known
            ],
        )  # fmt: skip
        await connection.copy_records_to_table(
            "listings", columns=list(_COLUMNS), records=[tuple(_row(each, now).values()) for each in listings]
        )
        await connection.execute("ANALYZE listings; ANALYZE owners")
    finally:
        await connection.close()


_COLUMNS = (
    "id", "code", "issuer", "owner_id", "kind", "state", "name", "description", "address", "latitude", "longitude",
    "base_persons", "max_persons", "official_stars", "label_rating", "registration_number", "field_values",
    "provenance", "property_id", "sells_mode", "resource_ids", "zone", "revision", "completeness", "external_id",
    "vanished", "created_at", "updated_at",
)  # fmt: skip


def _row(listing, now: datetime) -> dict[str, object]:
    guest_room = listing.kind == 2
    values = (
        UUID(listing.id), listing.code, listing.owner_id, UUID(listing.owner_id),
        "GUEST_ROOM" if guest_room else "SEASONAL_RENTAL", "IN_PRODUCTION", json.dumps(dict(listing.name)),
        json.dumps(dict(listing.description)),
        json.dumps(MessageToDict(listing.address, preserving_proto_field_name=True)), listing.latitude,
        listing.longitude, listing.base_persons, listing.max_persons, listing.official_stars, listing.label_rating,
        "", json.dumps(MessageToDict(listing.values)), "{}", UUID(listing.sells.property_id), "ALL",
        [UUID(each) for each in listing.sells.resource_ids], listing.zone, 1, 90, "", False, now, now,
    )  # fmt: skip
    return dict(zip(_COLUMNS, values, strict=True))
