"""The OpenAPI document and its page for people, without any third-party host."""

from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from gateway.problems import SENTENCES

METHODS = ("get", "post")
_SECURITY = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "API key with scopes: `catalog:read search:read quote:write booking:read "
        "booking:write owner:read owner:write`, limited to owners or labels.",
    },
    "widget": {
        "type": "apiKey",
        "in": "header",
        "name": "Sejour-Widget",
        "description": "Public widget key: reading, search, calendar and quotes, from the origins it names.",
    },
}
_WIDGET_TAGS = {"Reading"}


def document(api: FastAPI, server: str) -> bytes:
    """Returns the OpenAPI document."""
    described = get_openapi(
        title=api.title,
        version=api.version,
        summary=api.summary,
        description=api.description,
        routes=api.routes,
        servers=[{"url": server}],
        tags=[
            {"name": "Reading", "description": "Listings, search, calendar, sellability."},
            {"name": "Booking", "description": "Quotes, options, bookings, cancellation."},
            {"name": "Owner", "description": "For an owner's own software, with his own key."},
        ],
        separate_input_output_schemas=False,
    )
    schemas = described["components"]["schemas"]
    for path, operations in described["paths"].items():
        for operation in operations.values():
            _finish(path, operation)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    described["components"]["securitySchemes"] = _SECURITY
    return orjson.dumps(described)


def _finish(path: str, operation: dict[str, Any]) -> None:
    """Takes out what FastAPI assumes of failures and adds who may call."""
    answered = operation["responses"]
    for status, response in list(answered.items()):
        content = response.get("content", {})
        if "HTTPValidationError" in str(content):
            del answered[status]
        elif "application/problem+json" in content:
            content.pop("application/json", None)
    by_widget = operation["tags"][0] in _WIDGET_TAGS or path.startswith("/quotes")
    operation["security"] = [{"key": []}, {"widget": []}] if by_widget else [{"key": []}]
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "idempotency-key":
            parameter["name"] = "Idempotency-Key"
            # A preview of a cancellation makes nothing and needs none.
            parameter["required"] = not path.endswith("/cancellation")
            parameter["schema"] = {"type": "string", "format": "uuid"}


def sample(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """Returns an example of a schema: its own, else one made of its parts."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, depth + 1)
    given = [schema[key] for key in ("example", "const") if key in schema]
    given += [schema[key][0] for key in ("examples", "enum") if schema.get(key)]
    if given:
        return given[0]
    if parts := schema.get("anyOf") or schema.get("allOf"):
        return sample(next(each for each in parts if each.get("type") != "null"), schemas, depth + 1)
    kind = schema.get("type")
    if kind == "object":
        members = schema.get("properties", {})
        return {name: sample(each, schemas, depth + 1) for name, each in members.items()}
    if kind == "array":
        return [] if depth > 8 else [sample(schema["items"], schemas, depth + 1)]
    return _plain(schema)


def _plain(schema: dict[str, Any]) -> Any:
    if "default" in schema and schema["default"] not in (None, ""):
        return schema["default"]
    formats = {
        "date": "2026-07-18",
        "date-time": "2026-03-08T22:59:00Z",
        "uuid": "0198b2c1-0000-7000-8000-000000000000",
    }
    texts = formats.get(schema.get("format", ""), "…")
    plain = {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": True, "string": texts}
    return plain.get(schema.get("type", ""), "…")


def coded(text: str) -> Markup:
    """Returns paragraphs of a description, with what stands between backticks as code."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        parts = paragraph.split("`")
        shown = (
            Markup("<code>{}</code>").format(part) if odd % 2 else part for odd, part in enumerate(parts)
        )
        paragraphs.append(Markup("<p>{}</p>").format(Markup("").join(shown)))
    return Markup("").join(paragraphs)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, as its page shows it."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    body: str
    answer: str
    status: str
    failures: list[tuple[str, str]]
    keys: list[str]


def _pretty(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def operations(described: dict[str, Any]) -> list[tuple[str, str, list[Operation]]]:
    """Returns the operations by group: (name, description, operations)."""
    schemas = described["components"]["schemas"]
    groups: dict[str, list[Operation]] = {each["name"]: [] for each in described["tags"]}
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            good = next(status for status in one["responses"] if status.startswith("2"))
            content = one["responses"][good].get("content", {}).get("application/json", {})
            body = one.get("requestBody", {}).get("content", {}).get("application/json", {})
            groups[one["tags"][0]].append(
                Operation(
                    anchor=one["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=one["summary"],
                    description=one.get("description", ""),
                    parameters=one.get("parameters", []),
                    body=_pretty(sample(body["schema"], schemas)) if body else "",
                    answer=_pretty(sample(content["schema"], schemas)) if content else "",
                    status=good,
                    failures=[
                        (status, each["description"])
                        for status, each in one["responses"].items()
                        if not status.startswith("2")
                    ],
                    keys=[name for each in one["security"] for name in each],
                )
            )
    return [(each["name"], each["description"], groups[each["name"]]) for each in described["tags"]]


def install(site: FastAPI, described: bytes) -> None:
    """Adds the page to the dashboard's site."""
    content = orjson.loads(described)
    groups, reasons = operations(content), dict(sorted(SENTENCES.items()))

    @site.get("/api/docs")
    async def api_docs(request: Request) -> Response:
        answer: Response = request.app.state.gateway.pages.render(
            request, "api/docs.html", title="API v1", groups=groups, content=content, reasons=reasons,
            coded=coded,
        )  # fmt: skip
        return answer
