"""Token buckets in this process: how often a key or IP prefix may ask; for the API and the guest's pages."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_MOST_BUCKETS = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a minute on average, and at most `burst` at once."""

    per_minute: int
    burst: int


KEY_RATE = Rate(6000, 1500)
"""A key of ours: a partner's server asks for many guests."""
WIDGET_RATE = Rate(240, 120)
"""A public widget key, per IP prefix: one household or office."""
PLACING_RATE = Rate(30, 60)
"""Forms of the hosted pages that store a price or hold nights, per IP prefix."""
VISIT_RATE = Rate(1200, 600)
"""Pages that a guest looks at, per IP prefix: a whole office, but no machine that copies all prices."""
LOGIN_RATE = Rate(60, 120)
"""Tries to sign in, per IP prefix, whoever's account: each costs a tenth of a second of a processor."""


def strangers(per_minute: int) -> Rate:
    """The rate of callers without a valid key, per IP prefix: half a minute's worth at once."""
    return Rate(per_minute, max(1, per_minute // 2))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may pass, and what the caller is told of his bucket."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int
    retry_after: int

    def headers(self) -> dict[str, str]:
        """`RateLimit-*`, and `Retry-After` for a refusal."""
        headers = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }
        return headers if self.allowed else headers | {"Retry-After": str(self.retry_after)}


class Buckets:
    """One bucket per caller; the ones unused for longest are forgotten first."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, rate: Rate) -> Verdict:
        """Takes one token of a caller's bucket."""
        now, per_second = self._ticks(), rate.per_minute / 60
        tokens, at = self._buckets.pop(caller, (float(rate.burst), now))
        tokens = min(float(rate.burst), tokens + (now - at) * per_second)
        allowed = tokens >= 1
        tokens -= 1 if allowed else 0
        self._buckets[caller] = (tokens, now)
        while len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return Verdict(
            allowed=allowed,
            limit=rate.burst,
            remaining=int(tokens),
            reset_seconds=math.ceil((rate.burst - tokens) / per_second),
            retry_after=max(1, math.ceil((1 - tokens) / per_second)) if not allowed else 0,
        )


def ip_prefix(address: str) -> str:
    """Returns the /24 of an IPv4 address, the /56 of an IPv6 one: what one household or office has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None)
    parsed = mapped or parsed
    bits = 24 if parsed.version == 4 else 56
    return str(ipaddress.ip_network((parsed, bits), strict=False))
