"""A member of a group that fails again and again: what is away is waited for, what dies in rows is slowed down."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from chassis import groups
from chassis.errors import ErrorKind, RemoteError, Unavailable
from chassis.events import Event, KafkaConfig
from chassis.groups import OutageError
from chassis.ids import new_id


class Member:
    """A member with a clock of its own: it notes how long it would have waited, and what it buried."""

    def __init__(self, monkeypatch, handler) -> None:
        self.now, self.pauses, self.buried = 0.0, [], []
        monkeypatch.setattr(
            groups, "time", SimpleNamespace(monotonic=lambda: self.now, perf_counter=lambda: 0.0)
        )
        monkeypatch.setattr(groups.asyncio, "sleep", self._sleep)
        monkeypatch.setattr(groups, "bury", self._bury)
        self._member = groups._Member(KafkaConfig("nowhere"), ["things"], "group", handler, 5, None)

    async def _sleep(self, seconds) -> None:
        self.now += seconds
        self.pauses.append(seconds)

    async def _bury(self, _kafka, letter) -> None:
        self.buried.append(letter)

    async def take(self) -> None:
        event = Event("things", "a", new_id(), "x.Y", datetime(2027, 1, 1, tzinfo=UTC), 1, b"")
        record = SimpleNamespace(
            topic="things", partition=0, offset=0, key=b"a", value=b"", headers=event.headers(), timestamp=0
        )
        await self._member._take(record)


@pytest.mark.parametrize(
    "error",
    [
        Unavailable(retry_after=0),
        RemoteError(ErrorKind.BUSY, "BUSY"),
        RemoteError(ErrorKind.DEADLINE, "DEADLINE_EXCEEDED"),
        RemoteError(ErrorKind.UNAUTHENTICATED, "SIGNATURE_EXPIRED"),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
)
async def test_what_is_away_is_waited_for_and_never_laid_aside(monkeypatch, error):
    async def handler(_event) -> None:
        raise error

    member = Member(monkeypatch, handler)
    with pytest.raises(OutageError):
        await member.take()
    assert member.buried == []
    assert member.now > 120
    assert max(member.pauses) == 5.0


async def test_what_is_wrong_is_tried_five_times_and_then_laid_aside(monkeypatch):
    calls = []

    async def handler(event) -> None:
        calls.append(event)
        raise KeyError("no such listing")

    member = Member(monkeypatch, handler)
    await member.take()
    assert len(calls) == 5
    assert [letter.reason for letter in member.buried] == ["KeyError: 'no such listing'"]


async def test_many_deaths_in_a_row_are_slowed_down_until_one_event_is_taken(monkeypatch):
    works = []

    async def handler(_event) -> None:
        if not works:
            raise KeyError

    member = Member(monkeypatch, handler)
    for _ in range(14):
        await member.take()
    pauses = [pause for pause in member.pauses if pause > 1]
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert len(member.buried) == 14
    works.append(True)
    await member.take()
    works.clear()
    member.pauses.clear()
    await member.take()
    assert max(member.pauses) < 1
