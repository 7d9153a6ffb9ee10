"""Addresses of static files that carry the hash of their content, so that browsers keep them for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"


@lru_cache(maxsize=256)
def asset(name: str) -> str:
    """Returns the address of a built file: `asset("app.css")` is `/static/dist/app.css?v=1f2e3d4c`."""
    digest = hashlib.sha256((STATIC / "dist" / name).read_bytes()).hexdigest()[:10]
    return f"/static/dist/{name}?v={digest}"
