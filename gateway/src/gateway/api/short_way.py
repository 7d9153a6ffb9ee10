"""The short way of a search from the door: past site and API, two applications that would each wrap it.

What does not match goes the long way and is answered the same; a test compares both.
"""

from chassis.errors import ServiceError
from fastapi import FastAPI
from starlette.requests import Request
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from gateway.api import answers
from gateway.api.searching import SearchRoute

MOUNTED = "/api/v1"


class SearchDoor(BaseRoute):
    """Matches the searches that read cleanly, on the hosts that have the API."""

    def __init__(self, api: FastAPI, searches: SearchRoute, hosts: frozenset[bytes]) -> None:
        self._api = api
        self._searches = searches
        self._hosts = hosts
        self._path = MOUNTED + searches.path
        self._answer = answers.ApiHeaders(self._answered)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether this is a search without a fault."""
        if scope["type"] != "http" or scope["path"] != self._path or scope.get("root_path"):
            return Match.NONE, {}
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        if host.partition(b":")[0] not in self._hosts:
            return Match.NONE, {}
        inside = {"app": self._api, "root_path": MOUNTED}
        match, found = self._searches.matches({**scope, **inside})
        return match, {**found, **inside, "endpoint": self.handle} if found else {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one search."""
        await self._answer(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            answer = await self._searches.answered(request)
        except ServiceError as error:
            answer = answers.on_service_error(request, error)
        except Exception as error:
            answer = await answers.on_unexpected(request, error)
            await answer(scope, receive, send)
            raise
        await answer(scope, receive, send)
