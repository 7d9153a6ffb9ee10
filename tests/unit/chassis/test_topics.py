"""Topics: what the contracts declare, and how long brokers keep it."""

from pathlib import Path

from chassis.topics import declared

ROOT = Path(__file__).parents[3]


def topics():
    return {spec.name: spec for spec in declared("sejour", partitions=12)}


def test_persons_are_gone_from_the_compacted_topic_within_a_day():
    owners = topics()["catalog.owners"].config()
    assert (owners["cleanup.policy"], owners["max.compaction.lag.ms"]) == ("compact", str(24 * 3_600_000))


def test_whole_states_are_compacted_and_events_kept_for_a_week():
    found = topics()
    assert {name for name, spec in found.items() if spec.compacted} == {
        "catalog.listings", "catalog.owners", "pricing.rates", "availability.calendars",
    }  # fmt: skip
    assert found["booking.bookings"].config()["retention.ms"] == str(7 * 24 * 3_600_000)
    assert {spec.partitions for spec in found.values()} == {12}


def test_every_topic_is_published_by_the_service_that_it_is_named_after():
    for name in topics():
        source = ROOT / "services" / name.split(".")[0] / "src"
        assert any(f'"{name}"' in path.read_text() for path in source.rglob("*.py")) or name in UNPUBLISHED


# Declared by the design, published with iCal and documents' news.
UNPUBLISHED = {"availability.clashes"}
