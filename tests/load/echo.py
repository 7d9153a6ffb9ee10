"""The yardstick: a bare FastAPI door before a bare grpc.aio echo, two processes; loop and web server as the gateway's.

python echo.py door PORT GRPC_PORT
python echo.py echo GRPC_PORT
"""

import asyncio
import sys

import grpc
import uvloop
from fastapi import FastAPI
from gateway.server import WebServer
from sejour.availability.v1.search_service_pb2 import SearchRequest

METHOD = "/bench.Echo/Echo"


async def serve_echo(port: int) -> None:
    """Answers each message with itself."""

    async def echo(request: SearchRequest, _context: object) -> SearchRequest:
        return request

    handler = grpc.unary_unary_rpc_method_handler(
        echo,
        request_deserializer=SearchRequest.FromString,
        response_serializer=SearchRequest.SerializeToString,
    )
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", {"Echo": handler}),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await server.wait_for_termination()


async def serve_door(port: int, grpc_port: int) -> None:
    """Turns a query into a message, asks the echo, answers JSON."""
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}")
    call = channel.unary_unary(
        METHOD,
        request_serializer=SearchRequest.SerializeToString,
        response_deserializer=SearchRequest.FromString,
    )
    app = FastAPI(openapi_url=None)

    @app.get("/echo")
    async def door(arrival: str, nights: int = 7) -> dict[str, object]:
        found = await call(SearchRequest(arrival=arrival, nights=nights))
        return {"arrival": found.arrival, "nights": found.nights}

    await WebServer(app, f"127.0.0.1:{port}").start()
    await asyncio.Event().wait()


def main() -> None:
    role, *ports = sys.argv[1:]
    serving = (serve_door if role == "door" else serve_echo)(*map(int, ports))
    uvloop.run(serving)


if __name__ == "__main__":
    main()
