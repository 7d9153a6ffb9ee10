"""Searches that come in one moment go to the role `search` in one call; stands for its stub in `clients`.

A call between processes costs more than a search in the index. While calls are under way, what comes waits
for the next one: a guest alone is asked for at once; under load, ten guests cost one call. Nobody's answer
depends on another's question, and all of them ask as the public.
"""

import asyncio
import contextvars
from collections import deque
from dataclasses import dataclass
from typing import Any

from chassis.errors import InternalError
from chassis.rpc_errors import from_status
from chassis.tracing import is_recording
from google.rpc import status_pb2
from sejour.availability.v1 import search_service_pb2 as pb

CALLS = 4
"""Calls under way at once: enough that neither process waits for the other (measured: 2 and 8 are slower)."""
MOST_TOGETHER = 32
"""Questions in one call; the role answers up to 64."""


@dataclass(slots=True)
class _Waiting:
    question: pb.SearchRequest
    answer: asyncio.Future[pb.SearchResponse]
    context: contextvars.Context


class Searches:
    """The stub of `SearchService`, with `Search` gathered; every other call is the stub's own."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub
        self._waiting: deque[_Waiting] = deque()
        self._calls: set[asyncio.Task[None]] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stub, name)

    async def Search(self, question: pb.SearchRequest) -> pb.SearchResponse:
        """Answers one search.

        Raises:
            RemoteError: as a call of its own would have failed.

        """
        if is_recording():
            # A trace that is kept shows this search alone, from door to index.
            found: pb.SearchResponse = await self._stub.Search(question)
            return found
        answer: asyncio.Future[pb.SearchResponse] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(question, answer, contextvars.copy_context()))
        if len(self._calls) < CALLS:
            self._begin()
        return await answer

    def _begin(self) -> None:
        # With actor, time left and trace of who waits longest.
        call = asyncio.create_task(self._ask(), name="searches", context=self._waiting[0].context)
        self._calls.add(call)
        call.add_done_callback(self._ended)

    def _ended(self, call: asyncio.Task[None]) -> None:
        self._calls.discard(call)
        if self._waiting:
            self._begin()

    async def _ask(self) -> None:
        # Who comes in the same turn of the loop goes along.
        await asyncio.sleep(0)
        asked: list[_Waiting] = []
        while self._waiting and len(asked) < MOST_TOGETHER:
            one = self._waiting.popleft()
            # Whoever has hung up meanwhile needs no answer.
            if not one.answer.done():
                asked.append(one)
        if not asked:
            return
        try:
            outcomes = await self._outcomes([one.question for one in asked])
        except BaseException as error:
            for one in asked:
                if not one.answer.done():
                    one.answer.set_exception(error if isinstance(error, Exception) else InternalError())
            if not isinstance(error, Exception):
                raise
            return
        for one, outcome in zip(asked, outcomes, strict=True):
            if not one.answer.done():
                _settle(one.answer, outcome)

    async def _outcomes(self, questions: list[pb.SearchRequest]) -> list[pb.SearchOutcome]:
        if len(questions) == 1:
            return [pb.SearchOutcome(page=await self._stub.Search(questions[0]))]
        many = await self._stub.SearchMany(pb.SearchManyRequest(asked=questions))
        return list(many.outcomes)


def _settle(answer: asyncio.Future[pb.SearchResponse], outcome: pb.SearchOutcome) -> None:
    if outcome.HasField("page"):
        answer.set_result(outcome.page)
    else:
        refusal = status_pb2.Status.FromString(outcome.refusal)
        answer.set_exception(from_status(refusal, method="Search"))
