"""Events to headers and back, decoding by type, deadlines, fail points."""

import asyncio
from datetime import UTC, datetime

import pytest
from chassis import tracing
from chassis.deadline import set_deadline, time_left
from chassis.errors import Malformed, Unavailable
from chassis.events import Decoder, Event, KafkaConfig
from chassis.failpoints import failpoint
from chassis.ids import new_id
from chassis.requests import hash_request, parse_request_id
from chassis.settings import SharedSettings
from google.protobuf.struct_pb2 import Struct
from google.protobuf.wrappers_pb2 import Int64Value, StringValue


def an_event(**changes: object) -> Event:
    values = {
        "topic": "things",
        "key": "k",
        "event_id": new_id(),
        "event_type": StringValue.DESCRIPTOR.full_name,
        "occurred_at": datetime(2027, 1, 1, 12, tzinfo=UTC),
        "revision": 3,
        "payload": StringValue(value="x").SerializeToString(),
        "traceparent": tracing.new_traceparent(),
    }
    return Event(**(values | changes))  # type: ignore[arg-type]


def test_an_event_is_read_back_from_its_headers():
    event = an_event()
    assert Event.read("things", b"k", event.payload, event.headers()) == event


def test_a_record_without_our_headers_is_no_event():
    with pytest.raises(KeyError):
        Event.read("things", b"k", b"", [])


def test_the_decoder_knows_its_types_and_passes_over_others():
    decoder = Decoder(StringValue)
    assert decoder.decode(an_event()) == StringValue(value="x")
    assert decoder.decode(an_event(event_type=Int64Value.DESCRIPTOR.full_name)) is None
    assert decoder.decode(an_event(payload=None)) is None


def test_kafka_settings_carry_prefix_and_credentials():
    shared = SharedSettings(
        topic_prefix="copy2.", kafka_security_protocol="SASL_PLAINTEXT", kafka_username="u"
    )
    config = KafkaConfig.of(shared)
    assert config.topic("things") == "copy2.things"
    assert config.arguments()["sasl_plain_username"] == "u"


async def test_time_left_shrinks_and_belongs_to_its_task():
    async def bounded() -> float | None:
        set_deadline(5)
        await asyncio.sleep(0.01)
        return time_left()

    left = await asyncio.create_task(bounded())
    assert left is not None
    assert 4 < left < 5
    assert time_left() is None


async def test_a_fail_point_fails_only_where_it_is_named_and_never_in_production(monkeypatch):
    monkeypatch.setenv("SEJOUR_FAILPOINTS", "a=error, b=sleep:0")
    monkeypatch.setenv("SEJOUR_ENV", "test")
    await failpoint("b")
    await failpoint("c")
    with pytest.raises(Unavailable):
        await failpoint("a")
    monkeypatch.setenv("SEJOUR_ENV", "production")
    await failpoint("a")


async def test_a_fail_point_of_a_folder_fails_once_and_never_in_production(monkeypatch, tmp_path):
    monkeypatch.setenv("SEJOUR_FAILPOINTS_DIR", str(tmp_path))
    (tmp_path / "a").write_text("error\n")
    monkeypatch.setenv("SEJOUR_ENV", "production")
    await failpoint("a")
    monkeypatch.setenv("SEJOUR_ENV", "test")
    await failpoint("b")
    with pytest.raises(Unavailable):
        await failpoint("a")
    await failpoint("a")
    assert list(tmp_path.iterdir()) == []


def test_equal_requests_have_equal_hashes_whatever_the_order_of_their_maps():
    one, two = Struct(), Struct()
    one.update({"a": 1, "b": 2})
    two.update({"b": 2, "a": 1})
    assert hash_request(one) == hash_request(two)
    two["a"] = 3
    assert hash_request(one) != hash_request(two)


def test_a_request_id_must_be_a_uuid():
    with pytest.raises(Malformed) as caught:
        parse_request_id("")
    assert caught.value.fields[0].field == "request_id"
