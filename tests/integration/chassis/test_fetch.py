"""The safe client against a server of this machine."""

import asyncio
import gzip

import pytest
from chassis.fetch import Fetcher, FetchFailed, FetchRefused

BODIES = {
    "/big": b"x" * 100_000,
    "/bomb": gzip.compress(b"x" * 5_000_000),
    "/packed": gzip.compress(b"packed well"),
    "/cut": gzip.compress(b"x" * 500)[:-9],
    "/rubbish": b"no gzip",
    "/brotli": b"\x0b\x02\x80hello\x03",
}
PACKINGS = {"/bomb": "gzip", "/packed": "gzip", "/cut": "gzip", "/rubbish": "gzip", "/brotli": "br"}


@pytest.fixture
async def site():
    requests: list[bytes] = []

    async def serve(reader, writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        requests.append(head)
        path = head.split()[1].decode()
        body, extra, status = BODIES.get(path, b"hello"), "", "200 OK"
        if path in PACKINGS:
            extra = f"Content-Encoding: {PACKINGS[path]}\r\n"
        elif path == "/slow":
            await reader.read()
        elif path.startswith("/to/"):
            status, extra = "302 Found", f"Location: {path.removeprefix('/to/')}\r\n"
        elif path == "/loop":
            status, extra = "302 Found", "Location: /loop\r\n"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.port = server.sockets[0].getsockname()[1]
    server.requests = requests
    yield server
    server.close()
    await server.wait_closed()


@pytest.fixture
async def fetcher(site):
    async with Fetcher(allow=[f"127.0.0.1:{site.port}"]) as found:
        yield found


async def test_an_allowed_address_is_fetched(site, fetcher):
    answer = await fetcher.fetch(f"http://127.0.0.1:{site.port}/")
    assert (answer.status, answer.body) == (200, b"hello")


async def test_a_name_that_resolves_to_a_private_address_is_refused_without_a_connection(site):
    async with Fetcher(allow=[f"192.0.2.1:{site.port}"]) as strict:
        with pytest.raises(FetchRefused) as caught:
            await strict.fetch(f"http://localhost:{site.port}/")
    assert caught.value.metadata["why"] == "ADDRESS_NOT_PUBLIC"
    assert site.requests == []


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::7f00:1]",
    ],
)
async def test_this_machine_is_refused_however_its_address_is_written(host):
    async with Fetcher() as strict:
        with pytest.raises((FetchRefused, FetchFailed)) as caught:
            await strict.fetch(f"http://{host}/")
    assert caught.value.metadata["why"] in {"ADDRESS_NOT_PUBLIC", "ConnectError", "InvalidURL"}


async def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(site, monkeypatch):
    loop = asyncio.get_running_loop()
    answers = [("127.0.0.1", site.port), ("127.0.0.2", site.port)]
    asked = []

    async def rebinding(host, port, **_settings):
        asked.append(host)
        return [(2, 1, 6, "", answers[min(len(asked), len(answers)) - 1])]

    monkeypatch.setattr(loop, "getaddrinfo", rebinding)
    async with Fetcher(allow=[f"127.0.0.1:{site.port}"]) as fetcher:
        assert (await fetcher.fetch(f"http://rebinding.example:{site.port}/")).body == b"hello"
        assert asked == ["rebinding.example"]
        with pytest.raises(FetchRefused):
            await fetcher.fetch(f"http://rebinding.example:{site.port}/")


async def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch):
    async def mixed(_host, port, **_settings):
        return [(2, 1, 6, "", ("1.1.1.1", port)), (2, 1, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", mixed)
    async with Fetcher() as fetcher:
        with pytest.raises(FetchRefused):
            await fetcher.fetch("http://mixed.example/")


async def test_a_packed_answer_is_unpacked_and_a_broken_one_is_a_typed_failure(site, fetcher):
    assert (await fetcher.fetch(f"http://127.0.0.1:{site.port}/packed")).body == b"packed well"
    for path, why in (("cut", "CUT_SHORT"), ("rubbish", "ENCODING"), ("brotli", "ENCODING")):
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(f"http://127.0.0.1:{site.port}/{path}")
        assert caught.value.metadata["why"] == why


async def test_a_redirect_to_a_private_address_is_refused(site, fetcher):
    with pytest.raises(FetchRefused):
        await fetcher.fetch(f"http://127.0.0.1:{site.port}/to/http://127.0.0.2/")
    with pytest.raises(FetchRefused):
        await fetcher.fetch(f"http://127.0.0.1:{site.port}/to/file:///etc/passwd")


async def test_a_redirect_within_the_site_is_followed_and_a_loop_ends(site, fetcher):
    answer = await fetcher.fetch(f"http://127.0.0.1:{site.port}/to//")
    assert answer.body == b"hello"
    with pytest.raises(FetchFailed) as caught:
        await fetcher.fetch(f"http://127.0.0.1:{site.port}/loop")
    assert caught.value.metadata["why"] == "TOO_MANY_REDIRECTS"
    assert sum(b"/loop" in one for one in site.requests) == 4


async def test_a_post_is_not_redirected(site, fetcher):
    answer = await fetcher.fetch(f"http://127.0.0.1:{site.port}/to//", method="POST", content=b"{}")
    assert answer.status == 302


@pytest.mark.parametrize("path", ["big", "bomb"])
async def test_too_much_is_cut_off_also_when_compressed(site, fetcher, path):
    with pytest.raises(FetchFailed) as caught:
        await fetcher.fetch(f"http://127.0.0.1:{site.port}/{path}", max_bytes=50_000)
    assert caught.value.metadata["why"] == "TOO_BIG"


async def test_too_slow_is_cut_off(site, fetcher):
    with pytest.raises(FetchFailed) as caught:
        await fetcher.fetch(f"http://127.0.0.1:{site.port}/slow", seconds=0.2)
    assert caught.value.metadata["why"] == "TOO_SLOW"


async def test_nobody_there_is_a_typed_failure(fetcher, site):
    site.close()
    await site.wait_closed()
    with pytest.raises(FetchFailed):
        await fetcher.fetch(f"http://127.0.0.1:{site.port}/")
