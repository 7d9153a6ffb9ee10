"""Two servers behind one name while one after the other restarts, and a server with more calls than room."""

import asyncio
from collections import Counter

import pytest
from chassis.actor import as_system
from chassis.clock import system_clock
from chassis.errors import ErrorKind, ServiceError
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from google.protobuf.wrappers_pb2 import StringValue

from .conftest import KEYS, EchoStub, add_echo, until


class Echo:
    """Answers after a while, or when `gate` opens."""

    def __init__(self, gate: asyncio.Event | None = None) -> None:
        self.gate = gate
        self.running = 0

    async def Echo(self, request, _context):
        self.running += 1
        await (self.gate.wait() if self.gate else asyncio.sleep(0.01))
        return request


async def a_server(port: int = 0, *, most_calls: int = 200, servicer: Echo | None = None) -> Server:
    server = Server(f"127.0.0.1:{port}", keys=KEYS, clock=system_clock, most_calls=most_calls)
    server.add(add_echo, servicer or Echo())
    await server.start()
    return server


def a_client(*servers: Server):
    addresses = ",".join(f"127.0.0.1:{each.port}" for each in servers)
    return connect(f"ipv4:{addresses}", EchoStub, keys=KEYS, clock=system_clock, timeout=20)


class Load:
    """Calls without a pause from several tasks; `seen` counts what became of them."""

    def __init__(self, client, callers: int = 6) -> None:
        self.seen: Counter[str] = Counter()
        self._client = client
        self._ended = False
        with as_system("tests", now=system_clock()):
            self._tasks = [asyncio.create_task(self._call()) for _ in range(callers)]

    async def _call(self) -> None:
        while not self._ended:
            try:
                await self._client.stub.Echo(StringValue(value="x"))
                self.seen["answered"] += 1
            except ServiceError as error:
                self.seen[str(error)] += 1

    async def more(self, count: int = 40) -> None:
        """Returns after so many more answers."""
        enough = self.seen["answered"] + count
        await until(lambda: self.seen["answered"] >= enough)

    async def end(self) -> None:
        self._ended = True
        await asyncio.gather(*self._tasks)


@pytest.mark.parametrize("told", [True, False], ids=["after saying so", "at once"])
async def test_one_of_two_servers_restarts_and_no_call_fails(told):
    servers = [await a_server(), await a_server()]
    client = a_client(*servers)
    load = Load(client)
    await load.more()
    for turn in (0, 1, 0):
        if told:
            await servers[turn].drain()
            await load.more()
        port = servers[turn].port
        await servers[turn].stop(5)
        await load.more()
        servers[turn] = await a_server(port)
        await load.more()
    await load.end()
    assert set(load.seen) == {"answered"}, load.seen
    await client.close()
    for each in servers:
        await each.stop(0)


async def test_a_server_that_drains_goes_on_answering_and_after_its_end_the_other_one_answers_all():
    quiet, busy = Echo(), Echo()
    draining, serving = await a_server(servicer=quiet), await a_server(servicer=busy)
    client = a_client(draining, serving)
    load = Load(client)
    await until(lambda: quiet.running and busy.running)
    await draining.drain()
    await load.more(100)
    await draining.stop(2)
    await load.more()
    before = quiet.running
    await load.more(100)
    assert quiet.running == before
    await load.end()
    assert set(load.seen) == {"answered"}
    await client.close()
    await serving.stop(0)


async def test_beyond_its_room_a_server_refuses_with_a_word_and_serves_again_afterwards():
    gate = asyncio.Event()
    servicer = Echo(gate)
    server = await a_server(most_calls=5, servicer=servicer)
    client = a_client(server)
    with as_system("tests", now=system_clock()):
        calls = [asyncio.create_task(client.stub.Echo(StringValue(value="x"))) for _ in range(60)]
        await until(lambda: sum(each.done() for each in calls) == 55)
        refused = [each.exception() for each in calls if each.done()]
        assert {(each.kind, each.reason) for each in refused} == {(ErrorKind.UNAVAILABLE, "OVERLOADED")}
        assert all(each.retry_after == 1 for each in refused)
        assert servicer.running == 5
        gate.set()
        await asyncio.gather(*calls, return_exceptions=True)
        assert (await client.stub.Echo(StringValue(value="again"))).value == "again"
    await client.close()
    await server.stop(0)


async def test_where_even_refusing_would_be_too_much_the_answer_is_still_unavailable():
    gate = asyncio.Event()
    server = await a_server(most_calls=1, servicer=Echo(gate))
    client = a_client(server)
    try:
        with as_system("tests", now=system_clock()):
            calls = [asyncio.create_task(client.stub.Echo(StringValue(value="x"))) for _ in range(1500)]
            await until(lambda: sum(each.done() for each in calls) == 1499)
            assert {each.exception().kind for each in calls if each.done()} == {ErrorKind.UNAVAILABLE}
            gate.set()
            await asyncio.gather(*calls, return_exceptions=True)
            assert (await client.stub.Echo(StringValue(value="again"))).value == "again"
    finally:
        await client.close()
        await server.stop(0)
