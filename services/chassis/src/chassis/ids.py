"""Identifiers: UUIDv7 for rows, short references for people, secret tokens for links."""

import hashlib
import secrets
import threading
import time
from uuid import UUID

REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 10

_lock = threading.Lock()
_last = (0, 0)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562 5.7) that grows within a process, also inside one millisecond."""
    global _last  # noqa: PLW0603 (the counter of the process)
    with _lock:
        millis = time.time_ns() // 1_000_000
        if millis > _last[0]:
            # The top bit stays free, so that the counter has room to grow inside the millisecond.
            _last = (millis, secrets.randbits(73))
        else:
            _last = (_last[0], _last[1] + 1 + secrets.randbits(32))
        millis, counter = _last
    high = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | (counter >> 62 & 0xFFF) << 64
    return UUID(int=high | 0b10 << 62 | counter & (1 << 62) - 1)


def new_reference() -> str:
    """Ten random characters of Crockford's base32: 50 bits, for public references."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


def new_token() -> str:
    """A secret of 128 bits, safe in an address."""
    return secrets.token_urlsafe(16)


def hash_token(token: str) -> bytes:
    """What is stored of a secret token: its SHA-256 (the token is random, so no salt is needed)."""
    return hashlib.sha256(token.encode()).digest()
