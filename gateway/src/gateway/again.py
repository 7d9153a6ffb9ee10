"""What pages do while a part does not answer: go without it, or let a person send his request again."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from chassis.errors import ErrorKind, ServiceError
from starlette.datastructures import UploadFile
from starlette.requests import Request

from gateway.forms import typed_in

PASSING = {ErrorKind.UNAVAILABLE, ErrorKind.DEADLINE, ErrorKind.BUSY, ErrorKind.LIMITED, ErrorKind.INTERNAL}
"""Kinds of failures after which the same request may well succeed."""
_HIDDEN = "passe"
_MOST_TYPED = 200_000

Value = TypeVar("Value")


async def or_away(call: Awaitable[Value], otherwise: Value) -> Value:
    """Awaits what a page can do without; `otherwise` while it does not answer.

    Raises:
        ServiceError: it answered that it may not or cannot be.

    """
    try:
        return await call
    except ServiceError as error:
        if error.kind not in PASSING:
            raise
        return otherwise


@dataclass(frozen=True, slots=True)
class Again:
    """The same request as a link (`posted` false) or as a form that holds what was typed."""

    href: str
    posted: bool
    fields: tuple[tuple[str, str], ...] = ()
    without_files: bool = False


async def again_of(request: Request) -> Again | None:
    """Returns how to repeat a page's request; None where it holds a password or cannot be read any more."""
    href = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if href.startswith("//"):
        return None
    if request.method in {"GET", "HEAD"}:
        return Again(href, posted=False)
    if request.method != "POST":
        return None
    try:
        form = await typed_in(request)
        await form.close()
    except Exception:  # noqa: BLE001 (a body that was read elsewhere or came to an end: there is only the way back)
        return None
    typed = form.multi_items()
    fields = tuple((name, value) for name, value in typed if isinstance(value, str))
    if any(_HIDDEN in name for name, _ in fields) or sum(len(value) for _, value in fields) > _MOST_TYPED:
        return None
    files = any(isinstance(value, UploadFile) and value.filename for _, value in typed)
    return Again(href, posted=True, fields=fields, without_files=files)
