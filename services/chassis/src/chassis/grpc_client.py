"""Clients of other services: calls carry actor, trace and deadline, and fail with `RemoteError`."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Generic, TypeVar, cast

import grpc

from chassis.actor import METADATA_KEY, Actor, current_actor, sign
from chassis.clock import Clock
from chassis.deadline import time_left
from chassis.errors import DeadlineExceeded, ErrorKind, ServiceError
from chassis.logging import service_name
from chassis.metrics import RPC_UNANSWERED
from chassis.rpc_errors import from_rpc_error
from chassis.tracing import current_traceparent, span

Stub = TypeVar("Stub")

DEFAULT_TIMEOUT = 2.0
_UNANSWERED = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE})
# A second server answers at once; one that restarts is not worth the caller's whole deadline.
_RETRY_PAUSES = (0.05, 0.15)
_MARGIN_SECONDS = 0.02
_SCHEMES = ("dns:", "ipv4:", "ipv6:", "unix:")
_MAX_MESSAGE = 32 * 1024 * 1024
# Without watching the health, which kills the process (docs/decisions/0005): a server that stops says so by
# GOAWAY, and a call that it refused is repeated with another.
_SERVICE_CONFIG = '{"loadBalancingConfig": [{"round_robin": {}}]}'
_OPTIONS = (
    ("grpc.service_config", _SERVICE_CONFIG),
    ("grpc.service_config_disable_resolution", 1),
    # A service that restarts is found again within a second, not after the default minute or two.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.dns_min_time_between_resolutions_ms", 1000),
    # A server that stands still is left for another one within a quarter of a minute.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.max_receive_message_length", _MAX_MESSAGE),
    ("grpc.max_send_message_length", _MAX_MESSAGE),
    ("grpc.enable_http_proxy", 0),
)


class Client(Generic[Stub]):
    """A channel and its stub: `client = connect(...)`, then `await client.stub.GetListing(request)`."""

    def __init__(self, channel: Any, stub: Stub) -> None:
        self.channel = channel
        self.stub = stub

    async def ping(self) -> None:
        """Returns when the channel is connected (for tests and start-up)."""
        await self.channel.channel_ready()

    async def close(self) -> None:
        """Closes the channel; calls still running are cancelled."""
        await self.channel.close()


def connect(
    address: str,
    stub_class: Callable[[Any], Stub],
    *,
    keys: tuple[bytes, ...],
    clock: Clock,
    timeout: float = DEFAULT_TIMEOUT,
) -> Client[Stub]:
    """Connects (lazily) to `host:port`, or to `ipv4:host:port,host:port`; calls pass through `_Calls`.

    All addresses of a name get calls in turn (round robin), without those that have gone. Every call is
    repeated when no server answered it: writes carry a request id or a natural key. A failure of such a
    repeat says so (`RemoteError.retried`).
    """
    target = address if address.startswith(_SCHEMES) else f"dns:///{address}"
    agent = ("grpc.primary_user_agent", f"sejour-{service_name()}")
    channel = grpc.aio.insecure_channel(target, options=(*_OPTIONS, agent))
    calls = _Calls(stub_class(channel), keys=keys, clock=clock, timeout=timeout)
    return Client(channel, cast("Stub", calls))


class _Calls:
    """Stands for the stub; each method becomes a coroutine function `(request, *, timeout=None)`.

    Interceptors of grpc.aio would do the same at a multiple of the cost per call.
    """

    def __init__(self, stub: Any, *, keys: tuple[bytes, ...], clock: Clock, timeout: float) -> None:
        self._stub = stub
        self._service = type(stub).__name__.removesuffix("Stub")
        self._keys = keys
        self._clock = clock
        self._timeout = timeout

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._stub, name)
        full = f"{self._service}/{name}"

        async def call(request: Any, *, timeout: float | None = None) -> Any:  # noqa: ASYNC109 (gRPC's own)
            with span(full, "client"):
                try:
                    return await self._call(name, method, request, timeout or self._timeout)
                except ServiceError as failure:
                    if failure.kind in _UNANSWERED:
                        RPC_UNANSWERED.labels(full, failure.kind.value).inc()
                    raise

        self.__dict__[name] = call
        return call

    def _metadata(self) -> tuple[tuple[str, str], ...]:
        actor = current_actor()
        token = actor.token or sign(_renewed(actor, self._clock), self._keys)
        return ((METADATA_KEY, token), ("traceparent", current_traceparent()))

    async def _call(self, name: str, method: Any, request: Any, seconds: float) -> Any:
        metadata = self._metadata()
        loop = asyncio.get_running_loop()
        left = time_left()
        until = loop.time() + (seconds if left is None else min(seconds, left - _MARGIN_SECONDS))
        # A stream that was begun cannot be sent a second time.
        pauses = iter(() if hasattr(request, "__aiter__") or hasattr(request, "__next__") else _RETRY_PAUSES)
        retried = False
        while True:
            remaining = until - loop.time()
            if remaining <= 0:
                raise DeadlineExceeded(method=name)
            try:
                return await method(request, timeout=remaining, metadata=metadata)
            except grpc.aio.AioRpcError as raised:
                failure = from_rpc_error(raised, method=name)
                failure.retried = retried
            unreached = not failure.answered and failure.kind is ErrorKind.UNAVAILABLE
            pause = next(pauses, None)
            if pause is None or not unreached or until - loop.time() <= pause:
                raise failure
            await asyncio.sleep(pause)
            retried = True


def _renewed(actor: Actor, clock: Clock) -> Actor:
    # An actor made in this process (a job's) is signed for the call; one that came in keeps its own end.
    now = clock()
    if actor.expires_at - now > timedelta(minutes=1):
        return actor
    return Actor.make(actor.account, actor.grants, now=now, lifetime=timedelta(minutes=5))
