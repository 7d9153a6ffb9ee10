"""Searches that come in one moment go to the role `search` in one call; stands for its stub in `clients`.

A call between processes costs more than a search in the index. A guest alone is asked for at once. While a
call is under way, what comes waits until there are as many as the call has, or until it ends; and many that
come at once are shared out. So under load two calls of like size take turns: the role has always something
to answer, and ten guests cost one call. Nobody's answer depends on another's question, and all ask as the
public.
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

CALLS = 2
"""Calls under way at once: while the role answers one, the gateway writes the answers of the other."""
PATIENCE_SECONDS = 0.02
"""Nobody waits longer for others to come while a call hangs; a call under load takes a few milliseconds."""
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
        self._calls: dict[asyncio.Task[None], int] = {}
        """Calls under way, with how many questions each has; 0 while it still gathers them."""
        self._timer: asyncio.TimerHandle | None = None

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
        self._begin()
        self._look_again()
        return await answer

    def _look_again(self) -> None:
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._late)

    def _late(self) -> None:
        self._timer = None
        self._begin(late=True)
        self._look_again()

    def _begin(self, *, late: bool = False) -> None:
        """Begins a call where none is under way, or where those who wait are a fair share of all, or late."""
        if not self._waiting or 0 in self._calls.values() or len(self._calls) == CALLS:
            return
        if not late and (CALLS - 1) * len(self._waiting) < sum(self._calls.values()):
            return
        # With actor, time left and trace of who waits longest.
        call = asyncio.create_task(self._ask(), name="searches", context=self._waiting[0].context)
        self._calls[call] = 0
        call.add_done_callback(self._ended)

    def _ended(self, call: asyncio.Task[None]) -> None:
        del self._calls[call]
        self._begin()

    async def _ask(self) -> None:
        # Who comes in the same turn of the loop goes along.
        await asyncio.sleep(0)
        asked: list[_Waiting] = []
        share = -(-(len(self._waiting) + sum(self._calls.values())) // CALLS)
        while self._waiting and len(asked) < min(share, MOST_TOGETHER):
            one = self._waiting.popleft()
            # Whoever has hung up meanwhile needs no answer.
            if not one.answer.done():
                asked.append(one)
        if not asked:
            return
        this = asyncio.current_task()
        assert this is not None  # noqa: S101 - said to the type checker
        self._calls[this] = len(asked)
        self._begin()
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
