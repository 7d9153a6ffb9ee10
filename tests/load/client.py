"""A lean HTTP/1.1 client in a process of its own: keep-alive connections that send one request after the other.

    python client.py PLAN REPORT

PLAN is a JSON document: `{"host", "port", "clients", "seconds", "warm_seconds", "keep", "requests": [{"method",
"path", "headers", "body"}]}`. The clients take the requests in order from one list, round and round when `seconds`
is set, else until the list has ended. REPORT gets counts by status, the seconds taken, and the latencies; with
`keep` also the bodies, in the order of the requests.
"""

import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path

with contextlib.suppress(ImportError):
    import uvloop


def render(request: dict, host: str) -> bytes:
    """The bytes of a request."""
    body = request.get("body")
    content = json.dumps(body).encode() if body is not None else b""
    lines = [f"{request.get('method', 'GET')} {request['path']} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in request.get("headers", {}).items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


class Connection(asyncio.Protocol):
    """One client: writes a request, reads its answer to the end by Content-Length, goes on."""

    def __init__(self, run: "Run") -> None:
        self.run = run
        self.buffer = bytearray()
        self.ended = asyncio.get_running_loop().create_future()
        self.number = -1
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.run.broken += 1
            self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.buffer[:end]).lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 : (head.find(b"\r", at) + 1 or len(head) + 1) - 1]) if at >= 0 else 0
        if len(self.buffer) < end + 4 + length:
            return
        self.run.took(
            self.number, int(head[9:12]), self.began, bytes(self.buffer[end + 4 : end + 4 + length])
        )
        self.buffer.clear()
        self._next()

    def _next(self) -> None:
        self.number = self.run.next_number()
        if self.number < 0:
            self.ended.set_result(None)
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(self.run.requests[self.number % len(self.run.requests)])


class Run:
    """What all clients of a plan share."""

    def __init__(self, plan: dict) -> None:
        self.plan = plan
        host = plan.get("name") or f"{plan['host']}:{plan['port']}"
        self.requests = [render(each, host) for each in plan["requests"]]
        self.given = 0
        self.broken = 0
        self.statuses: dict[int, int] = {}
        self.latencies: list[float] = []
        self.bodies: dict[int, str] = {}

    def next_number(self) -> int:
        """Which request comes next; -1 at the end."""
        over = (
            time.perf_counter() >= self.until
            if self.plan.get("seconds")
            else self.given >= len(self.requests)
        )
        if over:
            return -1
        self.given += 1
        return self.given - 1

    def took(self, number: int, status: int, began: float, body: bytes) -> None:
        """Counts an answer whose request was sent after the warm-up."""
        now = time.perf_counter()
        if self.plan.get("keep"):
            self.bodies[number] = body.decode()
        if began >= self.counts_from:
            self.statuses[status] = self.statuses.get(status, 0) + 1
            self.latencies.append(now - began)
            self.last = now

    async def go(self) -> dict:
        """Runs the plan."""
        self.counts_from = self.last = time.perf_counter() + self.plan.get("warm_seconds", 0)
        self.until = self.counts_from + self.plan.get("seconds", 0)
        loop = asyncio.get_running_loop()
        made = [
            await loop.create_connection(lambda: Connection(self), self.plan["host"], self.plan["port"])
            for _ in range(self.plan["clients"])
        ]
        await asyncio.gather(*(connection.ended for _, connection in made))
        return {
            "statuses": self.statuses,
            "broken": self.broken,
            "seconds": self.last - self.counts_from,
            "latencies": self.latencies,
            "bodies": [self.bodies.get(number) for number in range(self.given)]
            if self.plan.get("keep")
            else [],
            "cpu_seconds": time.process_time(),
        }


def main() -> None:
    run = Run(json.loads(Path(sys.argv[1]).read_text()))
    runner = uvloop.run if "uvloop" in globals() else asyncio.run
    Path(sys.argv[2]).write_text(json.dumps(runner(run.go())))


if __name__ == "__main__":
    main()
