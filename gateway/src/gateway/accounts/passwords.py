"""Passwords: argon2id in a thread, so that a login never stops other requests."""

import asyncio
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST = 12
MOST = 200
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's second profile, 2024.
_TURNS = asyncio.Semaphore(2)  # 19 MB each: a flood of logins must not eat the memory.
_COMMON = frozenset(
    [
        "motdepasse",
        "password",
        "azerty",
        "qwerty",
        "123456",
        "soleil",
        "bonjour",
        "chouchou",
        "doudou",
        "marseille",
        "vacances",
        "sejour",
        "gite",
    ]
)


def is_too_weak(password: str) -> bool:
    """Whether a new password is too short, or only a common word with digits."""
    core = password.lower().rstrip("0123456789!?.*-_ ")
    repeated = len(set(password.lower())) < 5
    return not LEAST <= len(password) <= MOST or core in _COMMON or repeated


async def hash_password(password: str) -> str:
    """Returns the argon2id hash of a password."""
    async with _TURNS:
        return await asyncio.to_thread(_HASHER.hash, password)


@lru_cache
def _decoy() -> str:
    return _HASHER.hash("nobody has this password")


def _matches(stored: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored or _decoy(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


async def matches(stored: str | None, password: str) -> bool:
    """Whether a password is right; an unknown account costs the same time as a known one."""
    async with _TURNS:
        return await asyncio.to_thread(_matches, stored, password[:MOST])
