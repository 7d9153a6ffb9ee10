"""Every service twice behind one name, and two gateways: one after the other restarts under load, nobody notices."""

import asyncio
import os
import signal

import httpx
import pytest
from sejour_local import testing
from sejour_local.kept import SERVICES, Kept
from steady import Doors, Steady, load_owner

pytestmark = pytest.mark.xdist_group("rolling")


@pytest.fixture(scope="module")
def doubled():
    """A copy of its own with two processes of each; they answer for a while after SIGTERM, as in a cluster."""
    stack = testing.fresh_stack("rolling", SEJOUR_INSTANCES="2", SEJOUR_DRAIN_SECONDS="1.5")
    yield stack
    stack.stop()
    testing.forget(stack)


async def restart(stack, ports, name):
    """SIGTERM to one process, as a rolling update sends it; returns when its successor is ready."""
    before = stack.pid(name)
    os.kill(before, signal.SIGTERM)
    address = f"http://127.0.0.1:{ports[f'{name}_metrics']}/healthz/ready"
    async with asyncio.timeout(90), httpx.AsyncClient() as client:
        while stack.pid(name) == before:  # noqa: ASYNC110 (nothing tells)
            await asyncio.sleep(0.1)
        while True:
            try:
                if (await client.get(address)).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def test_a_rolling_restart_of_every_process_under_load_fails_no_request(doubled):
    ports = Kept.read(doubled.places).ports
    probes = {
        doubled.port: f"127.0.0.1:{ports['gateway_metrics']}",
        ports["gateway-2_http"]: f"127.0.0.1:{ports['gateway-2_metrics']}",
    }
    doors = Doors(probes)
    watch = asyncio.create_task(doors.watch())
    steady = Steady(doors, load_owner(doubled), doubled.port)
    try:
        await steady.begin()
        names = [*SERVICES, "gateway"]
        for number, name in enumerate(names):
            await restart(doubled, ports, name if number % 2 else f"{name}-2")
            await steady.more(1)
            assert steady.failures == [], name
    finally:
        await steady.end()
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await doors.close()
