"""The one safe HTTP client for addresses that people give: iCal feeds, photos, webhooks."""

import asyncio
import ipaddress
import socket
import ssl
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from chassis.errors import ErrorKind, ServiceError
from chassis.tracing import span

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_PORTS = frozenset({80, 443})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
_SITES = ipaddress.ip_network("2000::/3")
"""The only part of IPv6 that is given out; all the rest is local, embedded or reserved (RFC 4291 2.4)."""
# Inside it: protocol assignments with Teredo, documentation, 6to4. And the relays of 6to4, in IPv4.
_SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "192.88.99.0/24")
)
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""Middle of an IPv6 address whose end is an IPv4 one (RFC 5214 6.1)."""
_ENCODINGS = {"": None, "identity": None, "gzip": 31, "x-gzip": 31}
"""What an answer may be packed with, and zlib's window for it."""


class FetchRefused(ServiceError):
    """The address is not one this platform may ask: its form, its port, or what it resolves to."""

    kind = ErrorKind.REFUSED
    reason = "FETCH_REFUSED"


class FetchFailed(ServiceError):
    """The address did not answer well: no name, no connection, too slow, too big, too many redirects."""

    kind = ErrorKind.UNAVAILABLE
    reason = "FETCH_FAILED"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its last address, status, headers (lower-case names) and whole body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Allowed:
    network: Network
    port: int | None

    @classmethod
    def parse(cls, text: str) -> Self:
        host, port = text, None
        if text.startswith("["):
            host, _, rest = text[1:].partition("]")
            port = int(rest[1:]) if rest.startswith(":") else None
        elif text.count(":") == 1:
            host, _, digits = text.partition(":")
            port = int(digits)
        return cls(ipaddress.ip_network(host, strict=False), port)


class AddressPolicy:
    """Says which addresses may be connected to: public ones on ports 80 and 443, and what tests allow."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._allowed = tuple(_Allowed.parse(text) for text in allow)

    def permits(self, address: Address, port: int) -> bool:
        """True when this address and port may be connected to."""
        if any(address in one.network and one.port in {None, port} for one in self._allowed):
            return True
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped is not None:
                return self.permits(address.ipv4_mapped, port)
            if address not in _SITES or int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
                return False
        if any(address in network for network in _SPECIAL):
            return False
        return port in _PORTS and address.is_global and not address.is_multicast

    def permits_port(self, port: int) -> bool:
        """True when some address could be connected to on this port."""
        return port in _PORTS or any(one.port in {None, port} for one in self._allowed)


class _PinnedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name once, refuses it for any address not permitted, connects to the checked one."""

    def __init__(self, policy: AddressPolicy) -> None:
        self._policy = policy
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's own)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"no address for {host}") from error
        addresses = list(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found))
        if not addresses or not all(self._policy.permits(address, port) for address in addresses):
            raise FetchRefused(host=host, port=port, why="ADDRESS_NOT_PUBLIC")
        failure: Exception | None = None
        for address in addresses[:3]:
            try:
                return await self._inner.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"no address for {host}")

    async def connect_unix_socket(self, *_arguments: Any, **_keywords: Any) -> httpcore.AsyncNetworkStream:
        raise FetchRefused(why="UNIX_SOCKET")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Fetcher:
    """Asks addresses given by people. Never private ones, never for long, never much. Close it at the end."""

    def __init__(
        self, *, allow: Iterable[str] = (), user_agent: str = "Sejour/1.0", connections: int = 20
    ) -> None:
        self._policy = AddressPolicy(allow)
        self._agent = user_agent
        transport = httpx.AsyncHTTPTransport(trust_env=False)
        # httpx has no public way to give its transport a network backend.
        transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001
            ssl_context=ssl.create_default_context(),
            max_connections=connections,
            max_keepalive_connections=0,
            network_backend=_PinnedBackend(self._policy),
        )
        self._client = httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        max_bytes: int = 2 * 1024 * 1024,
        seconds: float = 10.0,
        max_redirects: int = 3,
    ) -> Fetched:
        """Asks an address and returns its whole answer, whatever its status.

        Redirects are followed for GET and HEAD only, each checked like the first; to another host
        without secrets. The size counts after decompression, the time is for everything.

        Raises:
            FetchRefused: the address may not be asked.
            FetchFailed: it did not answer, or too slowly, too much, too many redirects.

        """
        wanted = {"user-agent": self._agent, "accept-encoding": "gzip, identity"}
        wanted |= {name.lower(): value for name, value in (headers or {}).items()}
        limit = max_redirects if method in {"GET", "HEAD"} else 0
        try:
            async with asyncio.timeout(seconds):
                for _ in range(limit + 1):
                    answer = await self._once(url, method, wanted, content, max_bytes)
                    target = answer.headers.get("location")
                    if answer.status not in _REDIRECTS or target is None or limit == 0:
                        return answer
                    url, wanted = _follow(url, target, wanted)
        except TimeoutError as error:
            raise FetchFailed(why="TOO_SLOW") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise FetchFailed(why=type(error).__name__) from error
        raise FetchFailed(why="TOO_MANY_REDIRECTS")

    async def _once(
        self, url: str, method: str, headers: Mapping[str, str], content: bytes | None, max_bytes: int
    ) -> Fetched:
        self._check_form(url)
        request = self._client.build_request(method, url, headers=dict(headers), content=content)
        # The host alone is told: the rest of a calendar's address is its secret.
        with span("fetch", "client", server__address=request.url.host) as asked:
            response = await self._client.send(request, stream=True)
            try:
                body = await _body(response, max_bytes)
            finally:
                await response.aclose()
            asked.set(http__response__status_code=response.status_code, bytes=len(body))
        return Fetched(url, response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)

    def _check_form(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise FetchRefused(why="MALFORMED") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise FetchRefused(why="SCHEME")
        if parts.username is not None or parts.password is not None:
            raise FetchRefused(why="CREDENTIALS_IN_ADDRESS")
        if not self._policy.permits_port(port):
            raise FetchRefused(why="PORT", port=port)


async def _body(response: httpx.Response, max_bytes: int) -> bytes:
    """The unpacked body; never more than a byte beyond the limit is unpacked, however well it is packed."""
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing not in _ENCODINGS:
        raise FetchFailed(why="ENCODING")
    window = _ENCODINGS[packing]
    unpack = None if window is None else zlib.decompressobj(window)
    body = bytearray()
    async for chunk in response.aiter_raw(64 * 1024):
        try:
            body += unpack.decompress(chunk, max_bytes + 1 - len(body)) if unpack else chunk
        except zlib.error as error:
            raise FetchFailed(why="ENCODING") from error
        if len(body) > max_bytes:
            raise FetchFailed(why="TOO_BIG", max_bytes=max_bytes)
    if unpack is not None and body and not unpack.eof:
        raise FetchFailed(why="CUT_SHORT")
    return bytes(body)


def _follow(url: str, target: str, headers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    following = urljoin(url, target)
    before, after = urlsplit(url), urlsplit(following)
    if before.scheme == "https" and after.scheme != "https":
        raise FetchRefused(why="REDIRECT_TO_PLAIN")
    same = (before.scheme, before.netloc) == (after.scheme, after.netloc)
    return following, {k: v for k, v in headers.items() if same or k not in _SECRET_HEADERS}
