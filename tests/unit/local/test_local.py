"""The small parts of `sejour`: the movable clock, records of processes, ports, sentences."""

import json
import os
import socket
import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sejour_local import clock, kept
from sejour_local.cli import main
from sejour_local.places import Places
from sejour_local.processes import ProcessRecord, end, free_ports, port_taken
from sejour_local.sentences import CannotStart

PARIS = ZoneInfo("Europe/Paris")


def test_a_clock_set_without_a_zone_is_set_in_paris(tmp_path):
    path = tmp_path / "clock.json"
    clock.set_to(path, "2026-03-01 10:00")
    shown = clock.show(path)
    assert shown.tzinfo == PARIS
    assert abs((shown - datetime(2026, 3, 1, 10, 0, tzinfo=PARIS)).total_seconds()) < 5


def test_a_clock_set_before_2011_stays_in_its_summer_or_winter(tmp_path):
    path = tmp_path / "clock.json"
    assert clock.set_to(path, "2010-12-31T09:00+00:00").strftime("%Y-%m-%d %H:%M") == "2010-12-31 10:00"


def test_a_clock_is_reset_to_the_machines_own_time(tmp_path):
    path = tmp_path / "clock.json"
    clock.set_to(path, "2010-12-31 10:00")
    clock.reset(path)
    assert abs(json.loads(path.read_text())["offset_seconds"]) < 5


def test_what_is_no_date_is_refused_in_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SEJOUR_HOME", str(tmp_path))
    assert main(["clock", "set", "demain"]) == 1
    assert "« demain » is no date and time" in capsys.readouterr().err


def test_a_number_used_again_is_not_the_same_process():
    record = ProcessRecord.of("me", os.getpid())
    assert record.alive()
    assert not ProcessRecord("me", os.getpid(), record.started - 1).alive()


def test_a_process_that_ignores_the_signal_is_killed():
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        process.stdout.readline()
        record = ProcessRecord.of("stubborn", process.pid)
        assert end([record], grace=0.2) == [record]
        assert process.wait() == -9


def test_ports_are_kept_and_only_a_taken_one_moves(tmp_path, monkeypatch):
    monkeypatch.setenv("SEJOUR_PORT", "8571")
    places = Places(repository=tmp_path, home=tmp_path)
    first = kept.Kept()
    first.choose_ports()
    first.write(places)
    assert len(set(first.ports.values())) == len(first.ports)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first.ports["kafka"]))
        taken.listen()
        again = kept.Kept.read(places)
        again.choose_ports()
    moved = {name for name in first.ports if first.ports[name] != again.ports[name]}
    assert moved == {"kafka"}
    assert again.signing_key == first.signing_key
    assert oct(places.settings.stat().st_mode)[-3:] == "600"


def test_a_port_in_use_is_said_with_who_has_it(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("SEJOUR_PORT", str(port))
        assert port_taken(port)
        with pytest.raises(
            CannotStart, match=rf"Port {port} is in use by .*pid {os.getpid()}.*SEJOUR_PORT={port + 1}"
        ):
            kept.insist_on_public_port()


def test_a_port_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("SEJOUR_PORT", "http")
    with pytest.raises(CannotStart, match="SEJOUR_PORT is « http »"):
        kept.public_port()


def test_free_ports_are_different():
    assert len(set(free_ports(20))) == 20
