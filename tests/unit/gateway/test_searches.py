"""Searches of one moment go in one call, and nobody notices."""

import asyncio

import pytest
from chassis.errors import ErrorKind, RemoteError, Unavailable
from chassis.rpc_errors import to_status
from chassis.tracing import enter
from gateway.searches import CALLS, MOST_TOGETHER, Searches
from sejour.availability.v1 import search_service_pb2 as pb

from gateway import searches as module


class Role:
    """The role `search`: finds as many as nights are asked, refuses a cursor, and waits when told to."""

    def __init__(self):
        self.calls = []
        self.began = asyncio.Semaphore(0)
        self.open = asyncio.Event()
        self.open.set()
        self.fails = None

    async def Search(self, request):
        self._note([request.nights])
        await self.open.wait()
        if self.fails:
            raise self.fails
        return self._page(request)

    async def SearchMany(self, request):
        self._note([each.nights for each in request.asked])
        await self.open.wait()
        if self.fails:
            raise self.fails
        return pb.SearchManyResponse(outcomes=[self._outcome(each) for each in request.asked])

    async def GetIndexStatus(self, _request):
        return pb.GetIndexStatusResponse(offers=7)

    def _note(self, nights):
        self.calls.append(nights)
        self.began.release()

    def _outcome(self, request):
        if request.cursor:
            refused = RemoteError(ErrorKind.MALFORMED, "BAD_RANGE", metadata={"field": "cursor"})
            return pb.SearchOutcome(refusal=to_status(refused).SerializeToString())
        return pb.SearchOutcome(page=self._page(request))

    def _page(self, request):
        return pb.SearchResponse(count=request.nights)


@pytest.fixture
def role():
    return Role()


@pytest.fixture
def searches(role):
    return Searches(role)


def asked(nights, cursor=""):
    return pb.SearchRequest(nights=nights, cursor=cursor)


async def test_one_search_is_a_call_of_its_own(role, searches):
    assert (await searches.Search(asked(3))).count == 3
    assert role.calls == [[3]]


async def test_searches_that_come_during_calls_share_the_next_and_each_gets_its_own_answer(role, searches):
    role.open.clear()
    first = []
    for nights in range(1, CALLS + 1):
        first.append(asyncio.create_task(searches.Search(asked(nights))))
        await role.began.acquire()
    later = [asyncio.create_task(searches.Search(asked(nights))) for nights in (30, 40, 50)]
    await asyncio.sleep(0)
    role.open.set()
    answers = await asyncio.gather(*first, *later)
    assert [each.count for each in answers] == [*range(1, CALLS + 1), 30, 40, 50]
    assert role.calls == [*([nights] for nights in range(1, CALLS + 1)), [30, 40], [50]]


async def test_many_that_come_at_once_are_shared_out_so_that_the_role_never_waits(role, searches):
    role.open.clear()
    together = [asyncio.create_task(searches.Search(asked(n))) for n in range(1, 9)]
    for _ in range(2):
        await role.began.acquire()
    assert role.calls == [[1, 2, 3, 4], [5, 6, 7, 8]]
    role.open.set()
    assert [each.count for each in await asyncio.gather(*together)] == list(range(1, 9))


async def test_what_comes_during_a_call_waits_until_it_is_as_many(role, searches):
    role.open.clear()
    first = [asyncio.create_task(searches.Search(asked(n))) for n in range(1, 9)]
    for _ in range(2):
        await role.began.acquire()
    later = [asyncio.create_task(searches.Search(asked(n))) for n in (30, 40, 50)]
    await asyncio.sleep(0)
    role.open.set()
    assert [each.count for each in await asyncio.gather(*first, *later)] == [*range(1, 9), 30, 40, 50]
    assert role.calls == [[1, 2, 3, 4], [5, 6, 7, 8], [30, 40], [50]]


class HalfHung(Role):
    """A role that never answers the call with the first question."""

    async def SearchMany(self, request):
        if request.asked[0].nights == 1:
            self._note([each.nights for each in request.asked])
            await asyncio.Event().wait()
        return await super().SearchMany(request)


async def test_a_guest_alone_does_not_wait_for_a_call_that_hangs():
    searches = Searches(HalfHung())
    first = [asyncio.create_task(searches.Search(asked(n))) for n in range(1, 9)]
    await asyncio.gather(*first[4:])
    assert (await asyncio.wait_for(searches.Search(asked(30)), 1)).count == 30
    for hung in first[:4]:
        assert not hung.done()
        hung.cancel()


async def test_a_refused_question_is_told_to_its_asker_alone(role, searches):
    answers = await asyncio.gather(
        *(searches.Search(asked(n, cursor="?" if n == 2 else "")) for n in (1, 2, 3)), return_exceptions=True
    )
    assert role.calls == [[1, 2], [3]]
    assert [answers[0].count, answers[2].count] == [1, 3]
    assert (answers[1].kind, answers[1].reason) == (ErrorKind.MALFORMED, "BAD_RANGE")
    assert answers[1].metadata == {"field": "cursor"}


async def test_a_call_that_fails_fails_for_all_of_it_and_the_next_goes_on(role, searches):
    role.fails = Unavailable(part="index")
    failed = await asyncio.gather(*(searches.Search(asked(n)) for n in (1, 2)), return_exceptions=True)
    assert [each.reason for each in failed] == ["UNAVAILABLE", "UNAVAILABLE"]
    role.fails = None
    assert (await searches.Search(asked(4))).count == 4


async def test_who_hangs_up_before_the_call_is_not_asked_for(role, searches):
    role.open.clear()
    under_way = []
    for nights in range(1, CALLS + 1):
        under_way.append(asyncio.create_task(searches.Search(asked(nights))))
        await role.began.acquire()
    gone, stays = (asyncio.create_task(searches.Search(asked(nights))) for nights in (30, 40))
    await asyncio.sleep(0)
    gone.cancel()
    role.open.set()
    assert (await stays).count == 40
    await asyncio.gather(*under_way)
    assert role.calls[CALLS:] == [[40]]


async def test_a_crowd_is_asked_for_in_calls_of_bounded_size(role, searches):
    count = 3 * MOST_TOGETHER + 5
    answers = await asyncio.gather(*(searches.Search(asked(n + 1)) for n in range(count)))
    assert [each.count for each in answers] == list(range(1, count + 1))
    assert max(map(len, role.calls)) == MOST_TOGETHER
    assert sum(map(len, role.calls)) == count


async def test_a_kept_trace_shows_its_search_alone(role, searches, monkeypatch):
    monkeypatch.setattr(module, "is_recording", lambda: True)
    enter("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
    await asyncio.gather(*(searches.Search(asked(n)) for n in (1, 2)))
    assert sorted(role.calls) == [[1], [2]]


async def test_the_other_calls_are_the_stub_s_own(searches):
    assert (await searches.GetIndexStatus(pb.GetIndexStatusRequest())).offers == 7
