"""Time and identifiers."""

import json
from datetime import UTC, date, datetime, timedelta

from chassis import clock as clocks
from chassis.clock import MovableClock, make_clock, system_clock, today
from chassis.ids import REFERENCE_ALPHABET, hash_token, new_id, new_reference, new_token
from chassis.settings import SharedSettings


def test_today_is_the_date_in_the_zone_not_in_utc():
    late = datetime(2027, 6, 30, 22, 30, tzinfo=UTC)
    assert today(late, "Europe/Paris") == date(2027, 7, 1)
    assert today(late, "UTC") == date(2027, 6, 30)


def test_a_moved_clock_follows_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr(clocks, "_STAT_EVERY_SECONDS", 0)
    path = tmp_path / "clock.json"
    clock = MovableClock(path)
    assert abs(clock() - system_clock()) < timedelta(seconds=5)
    path.write_text(json.dumps({"offset_seconds": 86400.0}))
    assert timedelta(hours=23) < clock() - system_clock() < timedelta(hours=25)
    path.write_text("{half")
    assert timedelta(hours=23) < clock() - system_clock() < timedelta(hours=25)


def test_the_clock_is_the_real_one_without_a_clock_file(tmp_path):
    assert make_clock(SharedSettings()) is system_clock
    assert isinstance(make_clock(SharedSettings(clock_file=tmp_path / "c")), MovableClock)


def test_ids_are_version_7_and_only_grow():
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}


def test_references_have_ten_characters_that_nobody_confuses():
    references = {new_reference() for _ in range(1000)}
    assert len(references) == 1000
    assert all(len(one) == 10 and set(one) <= set(REFERENCE_ALPHABET) for one in references)
    assert not set("ILOU") & set(REFERENCE_ALPHABET)


def test_tokens_are_128_bits_and_stored_hashed():
    assert len(new_token()) == 22
    assert len(hash_token("x")) == 32
    assert hash_token("x") != hash_token("y")
