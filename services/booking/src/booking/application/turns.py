"""Who of several rivals for the same nights goes first, while the others wait to learn what became of it.

A courtesy within one process: availability alone decides who gets nights, whatever happens here. Without it
each of twenty rivals writes a file, waits for the property's lock and is refused; with it one does, and the
nineteen others cost one question about the nights.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from values import NightRange

from booking.application.ports import Availability
from booking.domain.errors import NightsTaken

LONGEST_WAIT = 1.0
"""Seconds that a rival waits for those before it; then it goes on, and availability's lock orders them."""
REMEMBERED = 2.0
"""Seconds after the end of an attempt during which others on its nights ask first whether they are free."""

Stay = tuple[UUID, NightRange]


@dataclass(slots=True, eq=False)
class _Turn:
    stays: tuple[Stay, ...]
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def meets(self, stays: Sequence[Stay]) -> bool:
        return any(
            listing == other and nights.overlaps(wanted)
            for listing, nights in self.stays
            for other, wanted in stays
        )


class Turns:
    """The attempts of this process that are under way, and those that ended just now."""

    def __init__(self) -> None:
        self._of_file: dict[UUID, _Turn] = {}
        self._of_listing: dict[UUID, list[_Turn]] = {}
        self._asking: dict[Stay, asyncio.Task[NightRange | None]] = {}

    async def take(self, file_id: UUID, stays: Sequence[Stay], availability: Availability) -> None:
        """Returns when nobody else is at these nights, or after `LONGEST_WAIT`; `end` must follow.

        Raises:
            NightsTaken: somebody else has had them meanwhile.

        """
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST_WAIT
        while (rival := self._rival(stays)) is not None:
            if not rival.ended.is_set():
                await _wait(rival, until - loop.time())
            await self._need_free(stays, availability)
            if loop.time() >= until or not self._is_busy(stays):
                break
        turn = self._of_file[file_id] = _Turn(tuple(stays))
        for listing_id in {listing for listing, _ in stays}:
            self._of_listing.setdefault(listing_id, []).append(turn)

    def end(self, file_id: UUID) -> None:
        """Lets the next one go: the nights are held, or will not be. May be called twice."""
        turn = self._of_file.pop(file_id, None)
        if turn is not None:
            turn.ended.set()
            asyncio.get_running_loop().call_later(REMEMBERED, self._forget, turn)

    def _forget(self, turn: _Turn) -> None:
        for listing_id in {listing for listing, _ in turn.stays}:
            left = self._of_listing[listing_id]
            left.remove(turn)
            if not left:
                del self._of_listing[listing_id]

    def _rivals(self, stays: Sequence[Stay]) -> list[_Turn]:
        return [
            turn
            for listing_id in {listing for listing, _ in stays}
            for turn in self._of_listing.get(listing_id, ())
            if turn.meets(stays)
        ]

    def _rival(self, stays: Sequence[Stay]) -> _Turn | None:
        """One that is under way, else one that ended just now."""
        return min(self._rivals(stays), key=lambda turn: turn.ended.is_set(), default=None)

    def _is_busy(self, stays: Sequence[Stay]) -> bool:
        return any(not turn.ended.is_set() for turn in self._rivals(stays))

    async def _need_free(self, stays: Sequence[Stay], availability: Availability) -> None:
        for listing_id, nights in stays:
            taken = await self._taken(listing_id, nights, availability)
            if taken is not None:
                raise NightsTaken(listing_id=listing_id, arrival=taken.arrival, departure=taken.departure)

    async def _taken(
        self, listing_id: UUID, nights: NightRange, availability: Availability
    ) -> NightRange | None:
        """The first nights that are taken; rivals who ask in one moment share the answer."""
        stay = (listing_id, nights)
        asking = self._asking.get(stay)
        if asking is None:
            asking = self._asking[stay] = asyncio.create_task(
                availability.taken(listing_id, nights), name="taken"
            )
            asking.add_done_callback(lambda _done: self._asking.pop(stay, None))
        # Whoever hangs up leaves the others their answer.
        return await asyncio.shield(asking)


async def _wait(rival: _Turn, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await rival.ended.wait()
    except TimeoutError:
        return
