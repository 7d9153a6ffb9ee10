"""Places where a test makes the process fail: `SEJOUR_FAILPOINTS=booking.after_hold=kill,x=sleep:2`."""

import asyncio
import os
import signal
from functools import lru_cache
from pathlib import Path

from chassis.errors import Unavailable


@lru_cache(maxsize=8)
def _parse(text: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in text.split(",") if part.strip())
    return {name: action for name, _, action in pairs}


def _taken_from(file: Path) -> str | None:
    """What a file asks, which is done once: whoever removes it does it."""
    try:
        action = file.read_text().strip()
        file.unlink()
    except FileNotFoundError:
        return None
    return action


async def failpoint(name: str) -> None:
    """Does what the environment asks at this place; nothing in production or when not named.

    With `SEJOUR_FAILPOINTS_DIR`, a file there with the name of the place holds the action, done once.

    Actions: `kill` (SIGKILL to this process), `error` (raises `Unavailable`), `sleep:SECONDS`.
    """
    text, folder = os.environ.get("SEJOUR_FAILPOINTS"), os.environ.get("SEJOUR_FAILPOINTS_DIR")
    if not (text or folder) or os.environ.get("SEJOUR_ENV") == "production":
        return
    action = _parse(text or "").get(name) or (_taken_from(Path(folder) / name) if folder else None)
    if action is None:
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "error":
        raise Unavailable(failpoint=name)
    elif action.startswith("sleep:"):
        await asyncio.sleep(float(action.removeprefix("sleep:")))
    else:
        raise ValueError(f"unknown action of fail point {name}: {action}")
