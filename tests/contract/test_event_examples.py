"""Events written long ago can still be read: one example per event type is kept for ever.

`proto/examples/<full name>.binpb` is the message as it went over the wire, `.json` what it said. A new event type
fails here until it has an example: `python tests/contract/test_event_examples.py` writes the missing ones and never
touches those that exist.
"""

import importlib
from pathlib import Path

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

EXAMPLES = Path(__file__).parents[2] / "proto" / "examples"
EVENT_FILES = sorted((Path(__file__).parents[2] / "proto" / "sejour").glob("*/v1/*_events.proto"))
# Messages of the event files that are parts of events, not events.
PARTS = {
    "sejour.availability.v1.BusyNights",
    "sejour.availability.v1.UnitCalendar",
    "sejour.booking.v1.EventLine",
    "sejour.pricing.v1.RateSheet",
}


def events() -> dict[str, type[Message]]:
    found = {}
    for path in EVENT_FILES:
        module = importlib.import_module(f"sejour.{path.parts[-3]}.v1.{path.stem}_pb2")
        for descriptor in module.DESCRIPTOR.message_types_by_name.values():
            if descriptor.full_name not in PARTS:
                found[descriptor.full_name] = GetMessageClass(descriptor)
    return found


@pytest.mark.parametrize("name", sorted(events()))
def test_an_event_of_the_first_version_still_says_what_it_said(name):
    message = events()[name]()
    message.ParseFromString((EXAMPLES / f"{name}.binpb").read_bytes())
    expected = json_format.Parse((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"), events()[name]())
    assert message == expected


def test_every_kept_example_belongs_to_an_event_that_exists():
    kept = {path.stem for path in EXAMPLES.glob("*.binpb")}
    assert kept == set(events())


_WELL_KNOWN = {
    "google.protobuf.Timestamp": {"seconds": 1_772_355_600},
    "google.protobuf.Value": {"string_value": "oui"},
}


def _fill(descriptor: Descriptor, depth: int = 0) -> dict[str, object]:
    """Plausible values for every field, as keyword arguments."""
    if descriptor.full_name in _WELL_KNOWN:
        return _WELL_KNOWN[descriptor.full_name]
    if descriptor.full_name == "google.protobuf.Struct":
        return {"fields": {"surface_m2": {"number_value": 72}}}
    values: dict[str, object] = {}
    for field in descriptor.fields:
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            key, value = field.message_type.fields
            values[field.name] = {_scalar(key): _one(value, depth)}
        elif field.containing_oneof is not None and field != field.containing_oneof.fields[0]:
            continue
        else:
            one = _one(field, depth)
            values[field.name] = [one] if field.is_repeated else one
    return values


def _one(field: FieldDescriptor, depth: int) -> object:
    return _fill(field.message_type, depth + 1) if field.message_type is not None else _scalar(field)


def _scalar(field: FieldDescriptor) -> object:
    if field.enum_type is not None:
        return field.enum_type.values[-1].number
    if field.type == FieldDescriptor.TYPE_STRING:
        return {"arrival": "2026-07-18", "departure": "2026-07-25", "currency": "EUR"}.get(
            field.name, field.name
        )
    if field.type == FieldDescriptor.TYPE_BYTES:
        return b"{}"
    if field.type == FieldDescriptor.TYPE_BOOL:
        return True
    return field.number


def _write_missing() -> None:
    EXAMPLES.mkdir(exist_ok=True)
    for name, kind in events().items():
        path = EXAMPLES / f"{name}.binpb"
        if not path.exists():
            message = kind(**_fill(kind.DESCRIPTOR))
            path.write_bytes(message.SerializeToString(deterministic=True))
            path.with_suffix(".json").write_text(json_format.MessageToJson(message) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write_missing()
