"""Parameters that several operations take, read from the address."""

import base64
import binascii
from collections.abc import Awaitable
from typing import Annotated, TypeVar

from chassis.errors import RemoteError
from fastapi import Header, Path, Query

from gateway.api.errors import BadCursor
from gateway.api.models import Day

Answer = TypeVar("Answer")
LABEL_ID = "^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$"
CodePath = Annotated[str, Path(description="Code of a listing.", examples=["07MS01731"], max_length=40)]
Arrival = Annotated[Day, Query(description="First night.", examples=["2026-07-18"])]
Nights = Annotated[int, Query(ge=1, le=90, description="Length of the stay.", examples=[7])]
Adults = Annotated[int, Query(ge=1, le=50, description="Persons of 18 or more.")]
Children = Annotated[
    str,
    Query(
        description="Ages of the minors, joined by commas.",
        examples=["9,12"],
        pattern=r"^((0?[0-9]|1[0-7])(,(0?[0-9]|1[0-7])){0,29})?$",
    ),
]
PromoCode = Annotated[
    str,
    Query(
        description="Promotional code that the guest typed; it never refuses a stay.",
        examples=["PRINTEMPS"],
        pattern=r"^([^\x00-\x1f\x7f-\x9f]{3,40})?$",
    ),
]
Limit = Annotated[int, Query(ge=1, le=100, description="At most so many rows.")]
Cursor = Annotated[str, Query(max_length=400, description="The `next` of the page before.")]
Language = Annotated[str, Query(alias="lang", pattern="^(fr|en)$", description="`fr` or `en`.")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        description="UUID of the request; a repeat answers the same resource.",
        examples=["7b0d1c86-2c0e-4f2b-9a51-0d3f5d1f6b11"],
    ),
]
IfNoneMatch = Annotated[str | None, Header(description="ETag that the caller has.")]


def ages(children: str) -> tuple[int, ...]:
    """Returns the ages of `9,12`; what else the text may be, its pattern has refused."""
    return tuple(int(each) for each in children.split(",") if each)


def write_cursor(subject: int, inner: str) -> str | None:
    """Joins the place in a key's owners and labels with the cursor of the list."""
    if not inner and not subject:
        return None
    return base64.urlsafe_b64encode(f"{subject}~{inner}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[int, str]:
    """Returns what `write_cursor` joined.

    Raises:
        BadCursor: not one of ours.

    """
    if not cursor:
        return 0, ""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        subject, _, inner = text.partition("~")
        return int(subject), inner
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise BadCursor(field="cursor") from None


async def listed(call: Awaitable[Answer]) -> Answer:
    """Awaits a list of a service; a cursor that it does not know is the caller's.

    Raises:
        BadCursor: instead of what the service calls it.

    """
    try:
        return await call
    except RemoteError as error:
        fields = {error.metadata.get("field", ""), *(each.field for each in error.fields)}
        if any(each.endswith("cursor") for each in fields):
            raise BadCursor(field="cursor") from error
        raise
