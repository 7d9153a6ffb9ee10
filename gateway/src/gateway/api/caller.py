"""Who calls the API: a key of ours or a public widget key, what it may do, as whom the services are asked."""

import hashlib
import hmac
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from chassis.actor import Actor, set_actor
from starlette.requests import Request

from gateway.accounts.store import ApiKey, WidgetKey
from gateway.api.errors import (
    IdempotencyKeyMissing,
    KeyMissing,
    KeyUnknown,
    OriginRefused,
    RateLimited,
    ScopeMissing,
)
from gateway.api.limits import KEY_RATE, WIDGET_RATE, Buckets, ip_prefix, strangers
from gateway.i18n import LOCALES, set_locale
from gateway.state import Gateway
from gateway.trail import Acting

_KEY_SECONDS = 30.0
_LIFETIME = timedelta(minutes=5)
_REPEATS = UUID("0198a000-5e70-7000-8000-000000000001")
WIDGET_SCOPES = frozenset({"catalog:read", "search:read", "quote:write"})


@dataclass(frozen=True, slots=True)
class Caller:
    """One key: its scopes and the owners and labels it is limited to (none = all that is public)."""

    name: str
    scopes: frozenset[str]
    owner_ids: tuple[str, ...] = ()
    label_ids: tuple[str, ...] = ()
    widget: bool = False

    @property
    def own_owner(self) -> str:
        """The owner whose own key this is, or nothing: it also has a scope of the owner's use cases."""
        own = len(self.owner_ids) == 1 and not self.label_ids and not self.widget
        return self.owner_ids[0] if own and self.scopes & {"owner:read", "owner:write"} else ""

    def may_sell(self, owner_id: str, label_id: str) -> bool:
        """Whether a listing of that owner and label is within the key's limits."""
        if not self.owner_ids and not self.label_ids:
            return True
        return owner_id in self.owner_ids or bool(label_id and label_id in self.label_ids)


class Keys:
    """Keys by their value, remembered for half a minute."""

    def __init__(self, gateway: Gateway) -> None:
        self._accounts = gateway.accounts
        self._known: dict[tuple[str, str], tuple[float, ApiKey | WidgetKey | None]] = {}

    async def api(self, key: str) -> ApiKey | None:
        """Returns an API key."""
        found = await self._remembered("api", key, self._accounts.api_key)
        return found if isinstance(found, ApiKey) else None

    async def widget(self, key: str) -> WidgetKey | None:
        """Returns a widget key."""
        found = await self._remembered("widget", key, self._accounts.widget_key)
        return found if isinstance(found, WidgetKey) else None

    async def _remembered(
        self, sort: str, key: str, find: Callable[[str], Coroutine[Any, Any, ApiKey | WidgetKey | None]]
    ) -> ApiKey | WidgetKey | None:
        known = self._known.get((sort, key))
        if known and known[0] > time.monotonic():
            return known[1]
        found = await find(key)
        if len(self._known) > 10_000:
            self._known.clear()
        if found is not None:
            self._known[sort, key] = (time.monotonic() + _KEY_SECONDS, found)
        return found


def _limited(request: Request, caller: str, rate: Any) -> None:
    buckets: Buckets = request.app.state.buckets
    verdict = buckets.take(caller, rate)
    request.state.api_headers.update(verdict.headers())
    if not verdict.allowed:
        raise RateLimited(retry_after=verdict.retry_after)


def _limit_stranger(request: Request) -> None:
    gateway: Gateway = request.app.state.gateway
    _limited(request, f"nobody {_address(request)}", strangers(gateway.settings.strangers_per_minute))


def _address(request: Request) -> str:
    return ip_prefix(request.client.host if request.client else "")


async def _widget_caller(request: Request, text: str, gateway: Gateway) -> Caller:
    keys: Keys = request.app.state.keys
    found = await keys.widget(text[:100])
    if found is None:
        _limit_stranger(request)
        raise KeyUnknown
    origin = request.headers.get("origin", "")
    anywhere = not found.origins and gateway.shared.env != "production"
    own = origin in {"", gateway.shared.host_url("widget"), gateway.shared.host_url("book")}
    if not (own or anywhere or origin in found.origins):
        raise OriginRefused(origin=origin)
    if origin:
        request.state.api_headers["Access-Control-Allow-Origin"] = origin
    _limited(request, f"widget {found.key} {_address(request)}", WIDGET_RATE)
    owners = (str(found.owner_id),) if found.owner_id else ()
    labels = (str(found.label_id),) if found.label_id else ()
    return Caller(f"widget:{found.key}", WIDGET_SCOPES, owners, labels, widget=True)


async def caller_of(request: Request) -> Caller:
    """Returns the caller of a request, within his limits.

    Raises:
        KeyMissing: neither an API key nor a widget key came.
        KeyUnknown: it is not known.
        OriginRefused: a widget key on a page that it does not name.
        RateLimited: too many requests.

    """
    gateway: Gateway = request.app.state.gateway
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        keys: Keys = request.app.state.keys
        found = await keys.api(key.strip()[:200])
        if found is None:
            _limit_stranger(request)
            raise KeyUnknown
        _limited(request, f"key {found.name}", KEY_RATE)
        owners, labels = tuple(map(str, found.owner_ids)), tuple(map(str, found.label_ids))
        return Caller(found.name, found.scopes, owners, labels)
    if widget := request.headers.get("sejour-widget", ""):
        return await _widget_caller(request, widget, gateway)
    _limit_stranger(request)
    raise KeyMissing


def needs(scope: str) -> Callable[[Request], Coroutine[Any, Any, Caller]]:
    """Returns a dependency that lets callers with a scope pass; services are asked as the public."""

    async def dependency(request: Request) -> Caller:
        # Parameters are taken apart only for who names a language.
        asks = b"lang=" in request.scope["query_string"]
        if asks and (language := request.query_params.get("lang")) in LOCALES:
            set_locale(str(language))
        caller = await caller_of(request)
        if scope not in caller.scopes:
            raise ScopeMissing(scope=scope)
        whose = f"owner:{caller.own_owner}" if caller.own_owner else ""
        request.state.acting = Acting(f"key:{caller.name}", whose)
        act_publicly(request)
        return caller

    return dependency


def act_publicly(request: Request) -> None:
    """Makes the next calls those of anybody."""
    gateway: Gateway = request.app.state.gateway
    set_actor(Actor.public(now=gateway.clock()))


def act_as(request: Request, caller: Caller, *grants: str) -> None:
    """Makes the next calls those of the key, with these grants."""
    gateway: Gateway = request.app.state.gateway
    set_actor(Actor.make(f"key:{caller.name}", grants, now=gateway.clock(), lifetime=_LIFETIME))


def repeat_key(request: Request, caller: Caller) -> str:
    """Returns the request id behind `Idempotency-Key`: a key's own, so that two callers never meet.

    Raises:
        IdempotencyKeyMissing: absent or no UUID.

    """
    try:
        given = UUID(request.headers.get("idempotency-key", ""))
    except ValueError:
        raise IdempotencyKeyMissing from None
    return str(uuid5(_REPEATS, f"{caller.name} {request.method} {given}"))


def caller_key(gateway: Gateway, address: str) -> str:
    """Returns the opaque name of an IP prefix, for limits of public options; nobody can turn it back."""
    message = f"caller {ip_prefix(address)}".encode()
    return hmac.digest(gateway.shared.keys[0], message, hashlib.sha256).hex()[:32]
