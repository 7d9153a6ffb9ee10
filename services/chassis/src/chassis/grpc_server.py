"""The gRPC server of a service: one envelope around each call verifies, measures, logs and translates."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from grpc_status import rpc_status

from chassis.actor import METADATA_KEY, set_actor, verify
from chassis.clock import Clock
from chassis.deadline import set_deadline
from chassis.errors import DeadlineExceeded, ErrorKind, InternalError, Overloaded, ServiceError
from chassis.logging import bind, get_logger, start_context
from chassis.metrics import RPC_CALLS, RPC_SECONDS
from chassis.rpc_errors import to_service_error, to_status
from chassis.tracing import Span, enter, span

log = get_logger()

MAX_SECONDS = 60.0
MOST_CALLS = 200
"""Calls that one process answers at once: many times its pool of connections, so that a burst only waits."""
_WATCHERS = 400
_MAX_MESSAGE = 32 * 1024 * 1024
_OPEN = ("/grpc.health.v1.Health/", "/grpc.reflection.")
_OPTIONS = (
    # Without it a second process on the same port would start and take half of the calls.
    ("grpc.so_reuseport", 0),
    ("grpc.max_connection_age_ms", 300_000),
    ("grpc.max_connection_age_grace_ms", 30_000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.max_receive_message_length", _MAX_MESSAGE),
    ("grpc.max_send_message_length", _MAX_MESSAGE),
)

Behaviour = Callable[[Any, Any], Awaitable[Any]]


class _Envelope(grpc.aio.ServerInterceptor):  # type: ignore[misc]
    """Wraps every call with one answer, also to a stream; health and reflection pass, others are refused."""

    def __init__(self, keys: tuple[bytes, ...], clock: Clock, most_calls: int) -> None:
        self._keys = keys
        self._clock = clock
        self._room = most_calls
        self._wrapped: dict[str, grpc.RpcMethodHandler] = {}

    async def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        method = handler_call_details.method
        known = self._wrapped.get(method)
        if known is not None:
            return known
        handler = await continuation(handler_call_details)
        if handler is None or method.startswith(_OPEN):
            return handler
        behaviour = handler.unary_unary or handler.stream_unary
        if behaviour is None:
            return None
        make = (
            grpc.unary_unary_rpc_method_handler
            if handler.unary_unary
            else grpc.stream_unary_rpc_method_handler
        )
        wrapped = make(
            self._wrap(method, behaviour),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )
        self._wrapped[method] = wrapped
        return wrapped

    def _wrap(self, method: str, behaviour: Behaviour) -> Behaviour:
        short = method.rpartition(".")[2]
        seconds = RPC_SECONDS.labels(short)

        async def call(request: Any, context: Any) -> Any:
            began = time.perf_counter()
            outcome = ErrorKind.INTERNAL.value
            try:
                answer = await self._serve(short, behaviour, request, context)
            except asyncio.CancelledError:
                outcome = "CANCELLED"
                raise
            except grpc.aio.AbortError:
                outcome = "ABORTED"
                raise
            except Exception as error:  # noqa: BLE001 (the one place that turns all into a status)
                failure = _typed(error)
                outcome = failure.kind.value
                bind(reason=failure.reason, **_loggable(failure))
                await context.abort_with_status(rpc_status.to_status(to_status(failure)))
            else:
                outcome = "OK"
                return answer
            finally:
                took = time.perf_counter() - began
                seconds.observe(took)
                RPC_CALLS.labels(short, outcome).inc()
                log.info("rpc", outcome=outcome, ms=round(took * 1000, 2))

        return call

    async def _serve(self, short: str, behaviour: Behaviour, request: Any, context: Any) -> Any:
        if self._room <= 0:
            raise Overloaded(part="calls")
        self._room -= 1
        try:
            return await self._traced(short, behaviour, request, context)
        finally:
            self._room += 1

    async def _traced(self, short: str, behaviour: Behaviour, request: Any, context: Any) -> Any:
        metadata = dict(context.invocation_metadata() or ())
        enter(metadata.get("traceparent"))
        start_context(method=short, caller=_caller(metadata))
        with span(short, "server") as serving:
            return await self._answer(behaviour, request, context, metadata, serving)

    async def _answer(
        self, behaviour: Behaviour, request: Any, context: Any, metadata: dict[str, str], serving: Span
    ) -> Any:
        actor = verify(metadata.get(METADATA_KEY, ""), self._keys, self._clock())
        set_actor(actor)
        bind(account=actor.account)
        if serving:
            serving.set(account=actor.account)
        left = context.time_remaining()
        bound = MAX_SECONDS if left is None else min(left, MAX_SECONDS)
        if bound <= 0:
            raise DeadlineExceeded
        set_deadline(bound)
        async with asyncio.timeout(bound):
            return await behaviour(request, context)


def _caller(metadata: dict[str, str]) -> str:
    # Our clients put the name of their process first in the user agent.
    name, _, _rest = str(metadata.get("user-agent", "")).partition(" ")
    return name.removeprefix("sejour-") if name.startswith("sejour-") else ""


def _typed(error: Exception) -> ServiceError:
    if isinstance(error, TimeoutError):
        return DeadlineExceeded()
    found = to_service_error(error)
    if found is None:
        log.error("rpc_failed", error=type(error).__name__, exc_info=error)
        return InternalError()
    if found.kind is ErrorKind.INTERNAL:
        log.error("rpc_failed", error=str(found), exc_info=error)
    return found


def _loggable(failure: ServiceError) -> dict[str, str]:
    return {f"error_{key}": value for key, value in failure.metadata.items()}


class Server:
    """Builds, starts and drains a grpc.aio server; `add` every servicer before `start`.

    Beyond `most_calls` at once the next are refused with `Overloaded`, at little cost, instead of waiting.
    """

    def __init__(
        self,
        listen: str,
        *,
        keys: tuple[bytes, ...],
        clock: Clock,
        use_reflection: bool = False,
        most_calls: int = MOST_CALLS,
    ) -> None:
        self._listen = listen
        self._reflection = use_reflection
        self._server = grpc.aio.server(
            interceptors=[_Envelope(keys, clock, most_calls)],
            options=_OPTIONS,
            # Where even refusing falls behind; clients that watch the health stay connected and count, too.
            maximum_concurrent_rpcs=2 * most_calls + _WATCHERS,
        )
        self._health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self._names: list[str] = []
        self.port = 0

    def add(self, adder: Callable[[Any, Any], None], servicer: object) -> None:
        """Adds a service by its generated function."""
        recorder = _Recorder(self._server, self._names)
        adder(servicer, recorder)

    async def start(self) -> None:
        """Begins to listen and says SERVING; port 0 takes a free one, told in `port`."""
        if self._reflection:
            names = (*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME)
            reflection.enable_server_reflection(names, self._server)
        self.port = self._server.add_insecure_port(self._listen)
        if self.port == 0:
            raise OSError(f"cannot listen on {self._listen}")
        await self._server.start()
        for name in ("", *self._names):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        log.info("grpc_listening", listen=self._listen, port=self.port)

    async def drain(self) -> None:
        """Says NOT_SERVING to who asks for the health; calls that come are answered."""
        await self._health.enter_graceful_shutdown()

    async def stop(self, grace: float = 8.0) -> None:
        """Says NOT_SERVING, lets running calls end within the grace, then closes."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(grace)


class _Recorder:
    """Passes registrations on to the server and notes the services' names for health and reflection."""

    def __init__(self, server: Any, names: list[str]) -> None:
        self._server = server
        self._names = names

    def add_generic_rpc_handlers(self, handlers: Any) -> None:
        self._names.extend(handler.service_name() for handler in handlers)
        self._server.add_generic_rpc_handlers(handlers)

    def add_registered_method_handlers(self, service: str, handlers: Any) -> None:
        self._server.add_registered_method_handlers(service, handlers)
