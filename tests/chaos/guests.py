"""The people of the long run: each asks, books, changes and cancels, and remembers what he was answered.

Every request is repeated, the same and under the same key, until it is answered for good; what counts in the
end is only what somebody was told.
"""

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import httpx
from chassis.errors import RemoteError
from sejour.booking.v1 import booking_service_pb2 as pb
from sejour.booking.v1 import booking_types_pb2 as types
from sejour.common.v1 import common_pb2 as common

FIRST_SATURDAY = date(2026, 3, 7)
WEEKS = 42
ACCEPTED = {"description_version": "1", "terms_version": "1"}

_PATIENCE = 180.0
_TRY_AGAIN = frozenset({409, 429, 500, 502, 503, 504})
_REMOTE_TRY_AGAIN = frozenset({
    "BUSY", "STILL_PLACING", "STILL_MOVING", "UNAVAILABLE", "DEADLINE_EXCEEDED", "TIMEOUT", "INTERNAL",
    "SERVICE_UNAVAILABLE", "REVISION_STALE",
})  # fmt: skip


class Unanswered(Exception):
    """Nobody answered within three minutes of repeats."""


@dataclass(slots=True)
class Life:
    """One booking file as its guest knows it."""

    last_name: str
    email: str
    listing: str
    arrival: date
    departure: date
    told: str = ""
    """The state he was told last; empty: the nights were refused."""
    may_be: set[str] = field(default_factory=set)
    """States that a request without an answer may have led to."""
    reference: str = ""
    booking_id: str = ""
    was_confirmed: bool = False


@dataclass(slots=True)
class Seen:
    """What all people together saw."""

    lives: list[Life] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    untyped: list[str] = field(default_factory=list)
    """Failures without a reason, which nobody could act on."""
    unanswered: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Door:
    """The public API with the owner's own key, and the calls that only pages make."""

    api: httpx.AsyncClient
    calls: Callable[..., Awaitable[object]]
    owner: str
    codes: tuple[str, ...]


def name_of(number: int) -> str:
    """A family name of letters only, one for each life: ZAAAB."""
    letters = ""
    for _ in range(5):
        number, letter = divmod(number, 26)
        letters = chr(ord("A") + letter) + letters
    return f"Z{letters}"


class Guest:
    """Lives one booking after the other until he is told to stop."""

    def __init__(self, door: Door, seen: Seen, *, seed: int, first: int) -> None:
        self._door, self._seen, self._first = door, seen, first
        self._random = random.Random(seed)  # noqa: S311  (repeatable, not secret)

    async def live(self, stop: asyncio.Event) -> None:
        """One life after the other."""
        number = self._first
        while not stop.is_set():
            await self._one(number)
            number += 1

    async def _one(self, number: int) -> None:
        arrival = FIRST_SATURDAY + timedelta(weeks=self._random.randrange(WEEKS))
        name = name_of(number)
        life = Life(
            last_name=name,
            email=f"{name.lower()}@example.org",
            listing=self._random.choice(self._door.codes),
            arrival=arrival,
            departure=arrival + timedelta(7),
        )
        self._seen.lives.append(life)
        try:
            await self._book(life)
            for _ in range(self._random.randrange(3)):
                if life.told in {"OPTION", "CONFIRMED"}:
                    await self._go_on(life)
        except Unanswered as error:
            self._seen.unanswered.append(f"{life.last_name}: {error}")

    async def _book(self, life: Life) -> None:
        line = {
            "listing": life.listing, "arrival": str(life.arrival), "departure": str(life.departure), "adults": 2,
        }  # fmt: skip
        quoted = await self._post("quote", "/quotes", {"lines": [line]}, good=201)
        if quoted is None:
            return
        mode, told = self._random.choice([("option", "OPTION"), ("option", "OPTION"), ("book", "CONFIRMED")])
        client = {
            "last_name": life.last_name, "first_name": "Chaos", "email": life.email, "mobile": "+33639980001",
        }  # fmt: skip
        body = {"quote": quoted["id"], "mode": mode, "client": client, "accepted": ACCEPTED}
        life.may_be = {"", told}
        placed = await self._post(mode, "/bookings", body, good=201)
        life.may_be = set()
        if placed is not None:
            life.reference, life.told = placed["reference"], told
            life.was_confirmed = told == "CONFIRMED"

    async def _go_on(self, life: Life) -> None:
        if not life.booking_id:
            request = pb.GetBookingRequest(reference=life.reference)
            found = await self._call("get", "GetBooking", request)
            if found is None:
                raise Unanswered(f"the file {life.reference} is not shown")
            life.booking_id = found.booking.id
        steps = [self._cancel, self._note, self._pay, self._rename]
        if life.told == "OPTION":
            steps += [self._confirm, self._confirm, self._extend]
        await self._random.choice(steps)(life)

    async def _confirm(self, life: Life) -> None:
        request = pb.MoveRequest(request_id=str(uuid.uuid4()), booking_id=life.booking_id)
        await self._move(life, "CONFIRMED", self._call("confirm", "ConfirmBooking", request))
        life.was_confirmed |= life.told == "CONFIRMED"

    async def _extend(self, life: Life) -> None:
        # Without an end: the clock is moved during the run.
        request = pb.ExtendOptionRequest(request_id=str(uuid.uuid4()), booking_id=life.booking_id)
        await self._move(life, "OPTION", self._call("extend", "ExtendOption", request))

    async def _note(self, life: Life) -> None:
        request = pb.UpdateBookingRequest(
            request_id=str(uuid.uuid4()), booking_id=life.booking_id, internal_note="chaos"
        )
        await self._move(life, life.told, self._call("note", "UpdateBooking", request))

    async def _pay(self, life: Life) -> None:
        payment = types.Payment(
            received_on="2026-03-02",
            means=types.PAYMENT_MEANS_CHEQUE,
            number="1",
            amount=common.Money(amount=1_000, currency="EUR"),
            nature="DEPOSIT",
        )
        request = pb.RecordPaymentRequest(
            request_id=str(uuid.uuid4()), booking_id=life.booking_id, payment=payment
        )
        await self._move(life, life.told, self._call("pay", "RecordPayment", request))

    async def _rename(self, life: Life) -> None:
        client = types.Client(
            owner_id=self._door.owner, last_name=life.last_name, first_name="Autre", email=life.email
        )
        request = pb.SetBookingClientRequest(
            request_id=str(uuid.uuid4()), booking_id=life.booking_id, client=client
        )
        await self._move(life, life.told, self._call("rename", "SetBookingClient", request))

    async def _cancel(self, life: Life) -> None:
        path = f"/bookings/{life.reference}/cancellation"
        await self._move(life, "CANCELLED_BY_OWNER", self._post("cancel", path, {}, good=200))

    async def _move(self, life: Life, told: str, step: Awaitable[object]) -> None:
        life.may_be = {life.told, told}
        if await step is not None:
            life.told = told
        life.may_be = set()

    async def _post(self, what: str, path: str, body: dict, *, good: int) -> dict | None:
        """The answer, or None for a refusal; the same request again while nobody has answered it."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            try:
                answer = await self._door.api.post(path, json=body, headers=headers)
            except httpx.TransportError as error:
                self._seen.answers[f"{what}: {type(error).__name__}"] += 1
                await asyncio.sleep(self._pause())
                continue
            reason = "" if answer.status_code == good else self._reason(what, answer)
            self._seen.answers[f"{what}: {answer.status_code} {reason}".strip()] += 1
            if answer.status_code == good:
                return dict(answer.json())
            if answer.status_code not in _TRY_AGAIN or reason == "NIGHTS_TAKEN":
                return None
            if answer.status_code == 409 and reason not in _REMOTE_TRY_AGAIN:
                return None
            await asyncio.sleep(self._pause())
        raise Unanswered(what)

    def _reason(self, what: str, answer: httpx.Response) -> str:
        try:
            reason = str(answer.json()["reason"])
        except (ValueError, KeyError, TypeError):
            self._seen.untyped.append(f"{what}: {answer.status_code} {answer.text[:300]}")
            return "?"
        if answer.status_code == 500:
            self._seen.untyped.append(f"{what}: 500 {answer.text[:300]}")
        return reason

    async def _call(self, what: str, method: str, request: object) -> object | None:
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            try:
                answer = await self._door.calls(f"BookingService.{method}", request)
            except RemoteError as error:
                self._seen.answers[f"{what}: {error.reason}"] += 1
                if error.reason == "INTERNAL":
                    self._seen.untyped.append(f"{what}: {error}")
                if error.reason not in _REMOTE_TRY_AGAIN:
                    return None
                await asyncio.sleep(self._pause())
                continue
            self._seen.answers[f"{what}: OK"] += 1
            return answer
        raise Unanswered(what)

    def _pause(self) -> float:
        return self._random.uniform(0.1, 1.0)
