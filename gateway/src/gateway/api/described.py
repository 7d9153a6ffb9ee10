"""What the OpenAPI document tells of failures: each operation names its own."""

from typing import Any

from gateway.api.models import Problem

_WORDS = {
    400: "The request cannot be read, or a header is missing.",
    401: "No key, or an unknown one.",
    403: "The key may not do this.",
    404: "Nothing of that name, or it is somebody else's.",
    409: "A race was lost, or the state does not allow it. `BUSY` comes with `Retry-After`.",
    422: "Understood and refused; `reason` says why.",
    429: "Too many requests; `Retry-After` says when to come back.",
    503: "A part of the service does not answer; `Retry-After` says when to come back.",
}
_LIMITS = {
    "RateLimit-Limit": {"schema": {"type": "integer"}, "description": "Requests at once."},
    "RateLimit-Remaining": {"schema": {"type": "integer"}, "description": "Requests left now."},
    "RateLimit-Reset": {"schema": {"type": "integer"}, "description": "Seconds until all are there again."},
}


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns the failures of an operation; 400, 401, 403, 422, 429 and 503 are everybody's."""
    described: dict[int | str, dict[str, Any]] = {}
    for status in sorted({400, 401, 403, 422, 429, 503, *statuses}):
        described[status] = {
            "model": Problem,
            "description": _WORDS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return described


def good(description: str, *, etag: bool = False, replay: bool = False) -> dict[str, Any]:
    """Returns the description of a good response with its headers."""
    headers: dict[str, Any] = dict(_LIMITS)
    if etag:
        headers["ETag"] = {"schema": {"type": "string"}}
    if replay:
        headers["Idempotent-Replay"] = {
            "schema": {"type": "string", "enum": ["true"]},
            "description": "Present when the answer is that of an earlier request with the same key.",
        }
    return {"description": description, "headers": headers}
