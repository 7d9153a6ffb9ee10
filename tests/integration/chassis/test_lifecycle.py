"""A process from start to end, and its listener of health and metrics."""

import asyncio
import json
import signal
import sys

import httpx
import pytest
from chassis.metrics import MetricsListener, Readiness

PROGRAM = """
import asyncio, sys
from chassis.lifecycle import Application, run
from chassis.logging import get_logger
from chassis.settings import SharedSettings

log = get_logger()
crashes = 0


class Slow:
    async def start(self): pass
    async def stop(self, grace):
        await asyncio.sleep(0.2)
        log.info("component_drained")


async def crashing():
    global crashes
    crashes += 1
    if crashes == 1:
        raise RuntimeError("once")
    log.info("task_runs", crashes=crashes)
    await asyncio.sleep(3600)


async def close():
    log.info("closed")


async def build():
    app = Application("sample", SharedSettings(), metrics_listen=sys.argv[1])
    app.add(Slow())
    app.task("crashing", crashing)
    app.on_close(close)
    return app


run(build)
"""


async def a_process(listen: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, listen, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_drains_and_ends_with_zero_and_a_crashed_task_was_started_again(number):
    process = await a_process("127.0.0.1:0")
    assert process.stdout is not None
    lines: list[dict] = []
    async with asyncio.timeout(20):
        while not any(line["event"] == "task_runs" for line in lines):
            lines.append(json.loads(await process.stdout.readline()))
        process.send_signal(number)
        out, err = await process.communicate()
    lines += [json.loads(line) for line in out.splitlines()]
    events = [line["event"] for line in lines]
    assert process.returncode == 0, err
    assert events.index("task_crashed") < events.index("task_runs")
    assert events[-4:] == ["draining", "component_drained", "closed", "stopped"]
    assert {line["service"] for line in lines} == {"sample"}


async def test_a_port_in_use_ends_with_one_and_says_so():
    busy = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    process = await a_process(f"127.0.0.1:{busy.sockets[0].getsockname()[1]}")
    out, _ = await asyncio.wait_for(process.communicate(), 20)
    busy.close()
    await busy.wait_closed()
    assert process.returncode == 1
    assert b"start_failed" in out


async def test_liveness_readiness_and_metrics_are_served():
    readiness = Readiness()
    listener = MetricsListener("127.0.0.1:0", readiness)
    await listener.start()
    base = f"http://127.0.0.1:{listener.port}"
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{base}/healthz/live")).status_code == 200
        assert (await client.get(f"{base}/healthz/ready")).status_code == 200

        async def failing() -> None:
            raise OSError("away")

        readiness.add("database", failing)
        answer = await client.get(f"{base}/healthz/ready")
        assert answer.status_code == 503
        assert answer.text == "database: OSError\n"
        assert (await client.get(f"{base}/healthz/live")).status_code == 200
        assert "sejour_rpc_seconds" in (await client.get(f"{base}/metrics")).text
        assert (await client.get(f"{base}/else")).status_code == 404
        readiness.draining = True
        assert (await client.get(f"{base}/healthz/ready")).status_code == 503
    await listener.stop()
