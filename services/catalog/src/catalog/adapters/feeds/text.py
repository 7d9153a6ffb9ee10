"""What both readers do with the texts, numbers and trees of a feed."""

import html
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import nh3

LANGUAGES = ("fr", "en", "de", "nl", "es", "it")
_BREAKS = re.compile(r"<\s*(br|/p|/li|/div)\s*/?\s*>", re.IGNORECASE)
_BLANKS = re.compile(r"\n{3,}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def plain(text: Any, limit: int = 20_000) -> str:
    """A feed's text without markup and control characters; anything that is no text gives an empty one."""
    if not isinstance(text, str):
        return ""
    found = text
    if "<" in found:
        found = html.unescape(nh3.clean(_BREAKS.sub("\n", found), tags=set()))
    elif "&" in found:
        found = html.unescape(found)
    found = _CONTROLS.sub("", found.replace("\r\n", "\n").replace("\r", "\n"))
    return _BLANKS.sub("\n\n", found).strip()[:limit]


def many(value: Any) -> list[Any]:
    """A list of what may be absent, one or several."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first(value: Any) -> Any:
    """The first of several, or the one."""
    found = many(value)
    return found[0] if found else None


def trees(value: Any) -> Iterator[dict[str, Any]]:
    """The objects among what may be absent, one or several."""
    return (one for one in many(value) if isinstance(one, dict))


def at(tree: Any, *path: str) -> Any:
    """What lies at a path of objects, else None."""
    for key in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(key)
    return tree


def tree(value: Any, *path: str) -> dict[str, Any]:
    """The object at a path, else an empty one."""
    found = at(value, *path)
    return found if isinstance(found, dict) else {}


def code(value: Any) -> int:
    """A number of a code list, else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def number(value: Any) -> float | None:
    """A number, also one written as text."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value.replace(",", ".") if isinstance(value, str) else value)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return None
    return found if abs(found) < 1e9 else None


def whole(value: Any) -> int | None:
    """A whole number above zero."""
    found = number(value)
    return int(found) if found is not None and found > 0 and found.is_integer() else None


def instant(text: Any) -> datetime | None:
    """An instant in UTC from a date, or an instant with or without a zone."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def day(text: Any) -> date | None:
    """A date at the beginning of a text."""
    if not isinstance(text, str):
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def french(moment: date) -> str:
    """A date as the French write it."""
    return moment.strftime("%d/%m/%Y")


def euros(amount: float) -> str:
    """An amount for a text, never for a computation."""
    whole_euros = amount == int(amount)
    text = f"{amount:,.0f}" if whole_euros else f"{amount:,.2f}"
    return text.replace(",", "\u202f").replace(".", ",") + "\u00a0€"


def joined(parts: Iterable[str], separator: str = ", ") -> str:
    """Parts that say something, each once."""
    return separator.join(dict.fromkeys(part.strip() for part in parts if part and part.strip()))


def is_web(address: Any) -> bool:
    """True for an http(s) address without blanks, of a bounded length."""
    return (
        isinstance(address, str)
        and address.startswith(("http://", "https://"))
        and len(address) <= 2000
        and not any(sign.isspace() or sign in "<>\"'" for sign in address)
    )
