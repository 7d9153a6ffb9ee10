"""gRPC client and server together: rights, errors, deadlines, restarts, drain, health."""

import asyncio
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from chassis.actor import METADATA_KEY, Actor, acting_as, as_system, current_actor
from chassis.clock import system_clock
from chassis.deadline import set_deadline, time_left
from chassis.errors import DeadlineExceeded, ErrorKind, FieldError, RemoteError, ServiceError, Unauthenticated
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from chassis.tracing import current_traceparent, enter, trace_id
from google.protobuf.wrappers_pb2 import StringValue
from grpc_health.v1 import health_pb2, health_pb2_grpc

from .conftest import KEYS, EchoStub, add_echo, until

NOW = datetime(2027, 1, 1, tzinfo=UTC)


class NightsTaken(ServiceError):
    kind = ErrorKind.CONFLICT
    reason = "NIGHTS_TAKEN"


class Echo:
    def __init__(self) -> None:
        self.seen: list[Actor] = []
        self.traces: list[str] = []
        self.left: list[float | None] = []
        self.ended = 0
        self.next = None

    async def Echo(self, request, context):
        self.seen.append(current_actor())
        self.traces.append(trace_id(current_traceparent()))
        self.left.append(time_left())
        match request.value.partition(":"):
            case ["taken", _, day]:
                raise NightsTaken(arrival=day, fields=[FieldError("arrival", "TAKEN")])
            case ["bug", _, _]:
                raise RuntimeError("secret detail")
            case ["sleep", _, seconds]:
                await asyncio.sleep(float(seconds))
                self.ended += 1
            case ["ask", _, rest]:
                await asyncio.sleep(0.05)
                return await self.next.Echo(StringValue(value=rest))
        return request


@pytest.fixture
async def echo():
    servicer = Echo()
    server = Server("127.0.0.1:0", keys=KEYS, clock=system_clock, use_reflection=True)
    server.add(add_echo, servicer)
    await server.start()
    client = connect(f"127.0.0.1:{server.port}", EchoStub, keys=KEYS, clock=system_clock)
    servicer.next = client.stub
    servicer.client = client
    servicer.server = server
    with as_system("tests", now=system_clock()):
        yield servicer
    await client.close()
    await server.stop(0)


async def ask(echo: Echo, value: str, **options: float) -> str:
    return (await echo.client.stub.Echo(StringValue(value=value), **options)).value


async def test_the_server_sees_the_actor_of_the_caller(echo):
    actor = Actor.make("account-1", ["owner:1"], now=system_clock(), lifetime=timedelta(minutes=2))
    with acting_as(actor):
        assert await ask(echo, "hello") == "hello"
    assert echo.seen[0] == actor


async def test_an_actor_is_forwarded_unchanged_to_the_next_service(echo):
    actor = Actor.make("account-1", ["owner:1"], now=system_clock(), lifetime=timedelta(minutes=2))
    with acting_as(actor):
        await ask(echo, "ask:ask:hello")
    assert [one.token for one in echo.seen] == [echo.seen[0].token] * 3


async def test_a_call_without_an_actor_is_refused_by_the_server(echo):
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{echo.server.port}")
    for metadata in ((), ((METADATA_KEY, "forged.token"),)):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await EchoStub(channel).Echo(StringValue(value="x"), metadata=metadata)
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    await channel.close()
    assert echo.seen == []


async def test_a_client_without_an_actor_does_not_even_call(echo):
    async def nobody() -> None:
        with acting_as(None):  # type: ignore[arg-type]
            await ask(echo, "x")

    with pytest.raises(Unauthenticated):
        await nobody()


async def test_an_actor_signed_with_another_key_is_refused(echo):
    forger = connect(f"127.0.0.1:{echo.server.port}", EchoStub, keys=(b"other",), clock=system_clock)
    with pytest.raises(RemoteError) as caught:
        await forger.stub.Echo(StringValue(value="x"))
    assert caught.value.kind is ErrorKind.UNAUTHENTICATED
    await forger.close()


@pytest.mark.parametrize("path", ["taken:2027-07-03", "ask:taken:2027-07-03"])
async def test_a_typed_failure_reaches_the_caller_also_through_a_service_between(echo, path):
    with pytest.raises(RemoteError) as caught:
        await ask(echo, path)
    assert (caught.value.kind, caught.value.reason) == (ErrorKind.CONFLICT, "NIGHTS_TAKEN")
    assert caught.value.metadata == {"arrival": "2027-07-03"}
    assert caught.value.fields == (FieldError("arrival", "TAKEN"),)


async def test_a_bug_is_internal_and_tells_nothing(echo):
    with pytest.raises(RemoteError) as caught:
        await ask(echo, "bug")
    assert (caught.value.kind, caught.value.reason) == (ErrorKind.INTERNAL, "INTERNAL")
    assert "secret" not in str(caught.value)


async def test_a_slow_answer_ends_at_the_callers_deadline_and_stops_the_handler(echo):
    with pytest.raises(ServiceError) as caught:
        await ask(echo, "sleep:5", timeout=0.1)
    assert caught.value.kind is ErrorKind.DEADLINE
    await asyncio.sleep(0.1)
    assert echo.ended == 0


async def test_the_time_left_bounds_what_a_service_asks_of_the_next(echo):
    await ask(echo, "ask:hello", timeout=0.8)
    # On the wire gRPC rounds a time left up to whole milliseconds.
    assert all(left is not None and left <= 0.81 for left in echo.left)
    assert echo.left[1] < echo.left[0]


async def test_no_call_is_made_when_no_time_is_left(echo):
    async def late() -> None:
        set_deadline(0.0)
        await ask(echo, "hello")

    with pytest.raises(DeadlineExceeded):
        await asyncio.create_task(late())
    assert echo.seen == []


async def test_the_trace_goes_through_all_services(echo):
    trace = trace_id(enter(None))
    await ask(echo, "ask:hello")
    assert echo.traces == [trace, trace]


async def test_an_absent_service_is_unavailable_within_the_deadline():
    client = connect("127.0.0.1:1", EchoStub, keys=KEYS, clock=system_clock)
    began = asyncio.get_running_loop().time()
    with as_system("tests", now=system_clock()), pytest.raises(ServiceError) as caught:
        await client.stub.Echo(StringValue(value="x"))
    assert caught.value.kind in {ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE}
    assert asyncio.get_running_loop().time() - began < 2.2
    await client.close()


async def test_a_client_finds_a_service_again_soon_after_its_restart(echo):
    assert await ask(echo, "before") == "before"
    port = echo.server.port
    await echo.server.stop(0)
    with pytest.raises(ServiceError):
        await ask(echo, "gone", timeout=0.5)
    again = Server(f"127.0.0.1:{port}", keys=KEYS, clock=system_clock)
    again.add(add_echo, echo)
    await again.start()
    began = asyncio.get_running_loop().time()
    while True:
        try:
            assert await ask(echo, "after") == "after"
            break
        except ServiceError:
            await asyncio.sleep(0.1)
    assert asyncio.get_running_loop().time() - began < 4
    await again.stop(0)


async def test_a_failure_of_a_repeat_says_that_an_earlier_try_went_unanswered(echo, monkeypatch):
    call, tries = echo.client.stub._stub.Echo, []

    async def lossy(request, **options):
        tries.append(request)
        if len(tries) == 1:
            gone = grpc.StatusCode.UNAVAILABLE
            raise grpc.aio.AioRpcError(gone, grpc.aio.Metadata(), grpc.aio.Metadata(), "Socket closed")
        return await call(request, **options)

    monkeypatch.setattr(echo.client.stub._stub, "Echo", lossy)
    failures = []
    for _ in range(2):
        with pytest.raises(RemoteError) as failed:
            await ask(echo, "taken:2027-07-03")
        failures.append((failed.value.reason, failed.value.retried))
    assert failures == [("NIGHTS_TAKEN", True), ("NIGHTS_TAKEN", False)]


async def test_a_drain_lets_running_calls_end(echo):
    running = asyncio.create_task(ask(echo, "sleep:0.3"))
    await until(lambda: echo.seen)
    await echo.server.stop(5)
    assert await running == "sleep:0.3"


async def test_two_servers_do_not_share_a_port(echo):
    second = Server(f"127.0.0.1:{echo.server.port}", keys=KEYS, clock=system_clock)
    with pytest.raises((OSError, RuntimeError)):
        await second.start()
    await second.stop(0)


async def test_health_is_told_per_service_without_an_actor(echo):
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{echo.server.port}")
    for name in ("", "test.v1.EchoService"):
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=name))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    await channel.close()
