"""Who acts: a signed statement of account and grants that goes with each call, and the scope it gives."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from chassis.errors import Forbidden, Unauthenticated

METADATA_KEY = "sejour-actor"
PUBLIC = "public"
OPERATOR = "operator"
_SYSTEM_PREFIX = "system:"
SYSTEM_LIFETIME = timedelta(minutes=5)


class All:
    """The type of `ALL`: no limit by id."""

    def __repr__(self) -> str:
        return "ALL"

    def __contains__(self, item: object) -> bool:
        return True


ALL: Final = All()


@dataclass(frozen=True, slots=True)
class Actor:
    """An account (id or name) with its grants: `owner:<uuid>`, `operator`, `system:<service>`, ..."""

    account: str
    grants: frozenset[str]
    expires_at: datetime
    token: str | None = field(default=None, compare=False, repr=False)

    @classmethod
    def make(cls, account: str, grants: Iterable[str], *, now: datetime, lifetime: timedelta) -> "Actor":
        """An actor that is valid for a time from now."""
        return cls(account=account, grants=frozenset(grants), expires_at=now + lifetime)

    @classmethod
    def system(cls, service: str, *, now: datetime) -> "Actor":
        """A service acting by itself: jobs and consumers."""
        name = f"{_SYSTEM_PREFIX}{service}"
        return cls(account=name, grants=frozenset({name}), expires_at=_step(now) + SYSTEM_LIFETIME)

    @classmethod
    def public(cls, *, now: datetime) -> "Actor":
        """Anybody, on public pages."""
        return cls(account=PUBLIC, grants=frozenset({PUBLIC}), expires_at=_step(now) + SYSTEM_LIFETIME)


def _step(now: datetime) -> datetime:
    """The begun ten seconds: statements of the same actor within them are the same, and signed once."""
    return now.replace(second=now.second // 10 * 10, microsecond=0)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sign(actor: Actor, keys: Sequence[bytes]) -> str:
    """The metadata value `<payload>.<HMAC-SHA256>`, both base64url, by the first key."""
    return _signed(actor.account, actor.grants, actor.expires_at.timestamp(), keys[0])


@lru_cache(maxsize=4096)
def _signed(account: str, grants: frozenset[str], ends: float, key: bytes) -> str:
    payload = json.dumps({"a": account, "g": sorted(grants), "e": ends}, separators=(",", ":")).encode()
    return f"{_b64(payload)}.{_b64(hmac.digest(key, payload, hashlib.sha256))}"


@lru_cache(maxsize=4096)
def _open(token: str, keys: tuple[bytes, ...]) -> Actor | None:
    head, _, tail = token.partition(".")
    try:
        payload, mac = _unb64(head), _unb64(tail)
    except (binascii.Error, ValueError):
        return None
    if not any(hmac.compare_digest(hmac.digest(key, payload, hashlib.sha256), mac) for key in keys):
        return None
    data = json.loads(payload)
    return Actor(
        account=data["a"],
        grants=frozenset(data["g"]),
        expires_at=datetime.fromtimestamp(data["e"], UTC),
        token=token,
    )


def verify(token: str, keys: Sequence[bytes], now: datetime) -> Actor:
    """The actor of a signed statement; any of the keys may have signed it.

    Raises:
        Unauthenticated: absent, forged or expired.

    """
    actor = _open(token, tuple(keys)) if token else None
    if actor is None:
        raise Unauthenticated
    if actor.expires_at <= now:
        raise Unauthenticated(expired=True)
    return actor


_current: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current_actor() -> Actor:
    """The actor of this call.

    Raises:
        Unauthenticated: nobody is acting (a job must enter `acting_as` first).

    """
    actor = _current.get()
    if actor is None:
        raise Unauthenticated
    return actor


def account_of_call() -> str:
    """The account that acts, an empty string where nobody does (for logs)."""
    actor = _current.get()
    return actor.account if actor is not None else ""


def set_actor(actor: Actor) -> None:
    """Sets the actor for the rest of this task (gRPC server and gateway middleware)."""
    _current.set(actor)


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Runs a block as this actor."""
    before = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(before)


def as_system(service: str, *, now: datetime) -> AbstractContextManager[Actor]:
    """Lets a block act as the service itself, in jobs and consumers, around calls to others."""
    return acting_as(Actor.system(service, now=now))


@dataclass(frozen=True, slots=True)
class Scope:
    """What an actor may reach; the mandatory argument of every repository."""

    grants: frozenset[str]

    @classmethod
    def of(cls, actor: Actor) -> "Scope":
        """The scope of an actor."""
        return cls(actor.grants)

    @classmethod
    def current(cls) -> "Scope":
        """The scope of the call being served."""
        return cls(current_actor().grants)

    @classmethod
    def system(cls, service: str) -> "Scope":
        """The scope of a service's own jobs and consumers."""
        return cls(frozenset({f"{_SYSTEM_PREFIX}{service}"}))

    @property
    def is_system(self) -> bool:
        """True for a service acting by itself."""
        return any(grant.startswith(_SYSTEM_PREFIX) for grant in self.grants)

    @property
    def is_public(self) -> bool:
        """True where nothing but what is public may be seen."""
        return not self.grants or self.grants == frozenset({PUBLIC})

    @property
    def is_unlimited(self) -> bool:
        """True for systems and operators: no limit by id."""
        return self.is_system or OPERATOR in self.grants

    def has(self, grant: str) -> bool:
        """True when the grant is held word for word."""
        return grant in self.grants

    def ids(self, kind: str) -> frozenset[UUID] | All:
        """The ids granted of a kind (`owner`, `label`), or `ALL` for systems and operators."""
        if self.is_unlimited:
            return ALL
        prefix = f"{kind}:"
        return frozenset(
            UUID(grant.removeprefix(prefix)) for grant in self.grants if grant.startswith(prefix)
        )

    def may(self, kind: str, value: UUID | str) -> bool:
        """True when this id of this kind is within reach."""
        return self.is_unlimited or f"{kind}:{value}" in self.grants

    def require(self, *grants: str) -> None:
        """Passes when one of the grants is held, or a system acts.

        Raises:
            Forbidden: otherwise.

        """
        if not self.is_system and self.grants.isdisjoint(grants):
            raise Forbidden
