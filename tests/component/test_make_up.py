"""`make up` as a person meets it: what it says, what it survives, how fast it starts and stops."""

import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from sejour_local import testing
from sejour_local.cli import main
from sejour_local.stack import Stack

PROCESSES = {
    "postgres", "kafka", "catalog", "pricing", "availability", "search", "booking", "documents", "gateway",
}  # fmt: skip


@pytest.fixture(scope="module")
def copy() -> Iterator[Stack]:
    found = testing.fresh_stack("make_up")
    yield found
    found.stop()
    testing.forget(found)


def until(condition, seconds=30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def resident(pid) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def answers(url) -> bool:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  (our own address)
        return answer.status == 200


def test_the_last_line_tells_addresses_and_logins(copy):
    last = copy.output().strip().splitlines()[-1]
    assert last.startswith("READY ")
    for word in (
        "27144",
        copy.demo["owner"]["password"],
        copy.demo["label"]["login"],
        copy.demo["hosts"]["book"],
    ):
        assert word in last


def test_demo_json_holds_what_somebody_needs(copy):
    demo = copy.demo
    assert demo["base_url"] == f"http://localhost:{copy.port}"
    assert set(demo["hosts"]) == {"app", "book", "files", "widget"}
    assert demo["owner"]["login"] == "27144"
    assert all(demo[key] for key in ("api_key", "partner_key", "widget_key"))
    assert Path(demo["mail_dir"]).is_dir()
    assert set(demo["processes"]) == PROCESSES
    for name in PROCESSES - {"postgres", "kafka"}:
        assert answers(demo["processes"][name]["metrics"])


def test_all_processes_fit_in_three_gigabytes(copy):
    folders = [folder for folder in Path("/proc").glob("[0-9]*") if int(folder.name) != os.getpid()]
    ours = {record["pid"] for record in copy.demo["processes"].values()}
    total = 0
    for folder in folders:
        try:
            if os.getsid(int(folder.name)) in ours:
                total += resident(folder.name)
        except OSError:
            continue
    assert 200_000_000 < total < 3_000_000_000


def test_a_killed_service_is_started_again_and_said(copy):
    before = copy.pid("pricing")
    os.kill(before, signal.SIGKILL)
    until(lambda: copy.pid("pricing") != before)
    until(lambda: "pricing runs again" in copy.output())
    assert f"pricing (pid {before}) was ended by SIGKILL" in copy.output()
    ready = copy.demo["processes"]["pricing"]["metrics"].replace("/metrics", "/healthz/ready")

    def is_ready() -> bool:
        try:
            return answers(ready)
        except OSError:
            return False

    until(is_ready)


def test_a_second_start_of_the_same_copy_is_refused_in_a_sentence(copy, monkeypatch, capsys):
    monkeypatch.setenv("SEJOUR_HOME", str(copy.home))
    monkeypatch.setenv("SEJOUR_PORT", str(copy.port))
    assert main(["up"]) == 1
    assert "This copy runs already" in capsys.readouterr().err


def test_a_port_in_use_is_refused_in_a_sentence(tmp_path, monkeypatch, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("SEJOUR_HOME", str(tmp_path))
        monkeypatch.setenv("SEJOUR_PORT", str(taken.getsockname()[1]))
        assert main(["up"]) == 1
    assert "is in use" in capsys.readouterr().err


def test_after_a_kill_of_everything_the_next_start_has_lost_nothing(copy):
    owner_before = copy.demo["owner"]
    copy.kill()
    copy.start()
    assert copy.demo["owner"] == owner_before
    assert "Loading the demonstration" not in copy.output()


def test_a_stop_is_clean_and_takes_at_most_ten_seconds(copy):
    pids = [record["pid"] for record in copy.demo["processes"].values()]
    began = time.monotonic()
    assert copy.stop() == 0
    assert time.monotonic() - began < 10.5
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    assert "was killed" not in copy.output()
