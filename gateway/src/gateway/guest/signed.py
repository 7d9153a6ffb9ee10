"""Addresses that carry a signed statement: nobody can make or change one, and it ends by itself."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

_MAC = 16


def seal(purpose: str, content: dict[str, Any], *, keys: Sequence[bytes], until: datetime) -> str:
    """Returns a token of a content for one purpose, valid until an instant."""
    payload = orjson.dumps({"p": purpose, "u": int(until.timestamp()), "c": content})
    mac = hmac.digest(keys[0], b"address " + payload, hashlib.sha256)[:_MAC]
    return base64.urlsafe_b64encode(mac + payload).decode().rstrip("=")


def unseal(purpose: str, token: str, *, keys: Sequence[bytes], now: datetime) -> dict[str, Any] | None:
    """Returns the content of a token, or None: forged, of another purpose, or past its time."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    mac, payload = raw[:_MAC], raw[_MAC:]
    made = (hmac.digest(key, b"address " + payload, hashlib.sha256)[:_MAC] for key in keys)
    if not any(hmac.compare_digest(mac, each) for each in made):
        return None
    data = orjson.loads(payload)
    if data["p"] != purpose or data["u"] < now.timestamp():
        return None
    content: dict[str, Any] = data["c"]
    return content
