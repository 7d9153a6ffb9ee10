"""Programs that die are started again and said; all end in time; orphans of a killed start are cleared away."""

import asyncio
import os
import signal
import sys

import pytest
from sejour_local.processes import ProcessRecord, Program, free_ports
from sejour_local.sentences import CannotStart
from sejour_local.supervisor import Supervisor, clear_orphans

SERVER = """
import http.server, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *a): pass
signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.fixture
async def stage(tmp_path):
    said = []
    (tmp_path / "run").mkdir()
    (tmp_path / "logs").mkdir()
    supervisor = Supervisor(records=tmp_path / "run", logs=tmp_path / "logs", say=said.append)
    yield supervisor, said, tmp_path
    await supervisor.stop()


def server(port):
    return Program(name="web", command=(sys.executable, "-c", SERVER, str(port)))


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  (what is waited for is another process)
            await asyncio.sleep(0.02)


async def test_a_program_that_is_killed_is_started_again_and_said(stage):
    supervisor, said, folder = stage
    port = free_ports(1)[0]
    child = await supervisor.start(server(port))
    await supervisor.wait_ready("web", f"127.0.0.1:{port}")
    first = child.record.pid
    os.kill(first, signal.SIGKILL)
    await until(lambda: child.record.pid != first)
    await supervisor.wait_ready("web", f"127.0.0.1:{port}")
    assert "SIGKILL" in said[0]
    assert "starting it again" in said[0]
    assert ProcessRecord.read(folder / "run" / "web.json").pid == child.record.pid


async def test_a_program_that_cannot_start_is_given_up_with_its_last_words(stage):
    supervisor, _, _ = stage
    words = "import sys; sys.exit('no such table')"
    await supervisor.start(Program(name="web", command=(sys.executable, "-c", words)))
    with pytest.raises(CannotStart, match="no such table"):
        await supervisor.wait_ready("web", f"127.0.0.1:{free_ports(1)[0]}", seconds=20)


async def test_everything_ends_when_asked_and_leaves_no_record(stage):
    supervisor, _, folder = stage
    port = free_ports(1)[0]
    child = await supervisor.start(server(port))
    await supervisor.wait_ready("web", f"127.0.0.1:{port}")
    record = child.record
    await supervisor.stop()
    assert not record.alive()
    assert list((folder / "run").iterdir()) == []


async def test_what_a_killed_start_left_behind_is_ended(tmp_path):
    said = []
    program = Program(name="orphan", command=("/bin/sleep", "60"))
    process = await asyncio.create_subprocess_exec(*program.command, start_new_session=True)
    record = ProcessRecord.of("orphan", process.pid)
    record.write(tmp_path)
    ProcessRecord("stranger", os.getpid(), 1).write(tmp_path)
    await asyncio.to_thread(clear_orphans, tmp_path, said.append)
    assert await process.wait() == -signal.SIGTERM
    assert "orphan" in said[0]
    assert "stranger" not in said[0]
    assert list(tmp_path.iterdir()) == []
