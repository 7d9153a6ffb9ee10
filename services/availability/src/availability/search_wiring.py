"""Puts the role `search` together: the index, its consumer, its calls; no database."""

import contextlib
import ctypes

from chassis.clock import make_clock
from chassis.errors import Unavailable
from chassis.grpc_server import Server
from chassis.kafka import LAG, KafkaConfig, consume_all
from chassis.lifecycle import Application
from chassis.settings import SharedSettings
from sejour.availability.v1 import search_service_pb2_grpc as pb_grpc

from availability.entrypoints.grpc_search import GrpcSearch
from availability.search.vector_index import TOPICS, VectorIndex
from availability.settings import SearchSettings

NAME = "search"


async def build_search() -> Application:
    """The role `search`; ready once it has read what was there when it started."""
    shared, settings = SharedSettings(), SearchSettings()
    clock, kafka = make_clock(shared), KafkaConfig.of(shared)
    app = Application(NAME, shared, metrics_listen=settings.metrics_listen)
    index = VectorIndex(clock)

    async def caught_up() -> None:
        index.live = True
        _give_back()

    async def check() -> None:
        if not index.live:
            raise Unavailable(part="index")

    app.readiness.add("index", check)
    server = Server(
        settings.grpc_listen, keys=shared.keys, clock=clock, use_reflection=shared.env == "development"
    )
    server.add(
        pb_grpc.add_SearchServiceServicer_to_server,
        GrpcSearch(index, caught_up=lambda: index.live, lag=_lag),
    )
    app.add(server)
    app.task("clock", index.follow_the_clock)
    app.task("index", lambda: consume_all(kafka, TOPICS, index.take, caught_up, name=NAME))
    return app


def _give_back() -> None:
    """Gives the memory back that the messages took; glibc would keep it."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _lag() -> int:
    return int(
        sum(
            sample.value
            for metric in LAG.collect()
            for sample in metric.samples
            if sample.labels.get("consumer") == NAME
        )
    )
