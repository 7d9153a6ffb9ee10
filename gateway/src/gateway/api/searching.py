"""How a search is asked and written: one question, one body of bytes, for the short way and the declared one.

`SearchRoute` stands before the declared operation (`reading.search`) and answers clean requests without the
framework in between; whatever does not read cleanly goes on to the declared one, which says what is wrong.
"""

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError, create_model
from sejour.availability.v1 import search_service_pb2 as search_pb
from sejour.common.v1 import common_pb2 as common
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from gateway.api import parameters
from gateway.api.answers import answer_bytes
from gateway.api.caller import Caller, needs
from gateway.api.errors import LabelToChoose, ListingNotFound
from gateway.i18n import current_locale

PATH = "/search"
_COORDINATES = re.compile(r"^(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)$")
_REMEMBERED = 4096
_allowed = needs("search:read")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question read from an address, without the limits of who asks."""

    question: search_pb.SearchRequest
    label: str


def question(values: Any) -> Asked:
    """Turns the checked parameters of the operation (by name) into a question."""
    place, equipment = values["place"].strip(), values["equipment"].split(",")
    asked = search_pb.SearchRequest(
        arrival=values["arrival"].isoformat(),
        nights=values["nights"],
        party=common.Party(adults=values["adults"], children_ages=parameters.ages(values["children"])),
        equipment=[each.strip() for each in equipment if each.strip()],
        kind=values["kind"],
        capacity=values["capacity"],
        max_total=values["max_total"],
        promo_code=values["promo_code"],
        limit=values["limit"],
        cursor=values["cursor"],
    )
    if coordinates := _COORDINATES.match(place):
        asked.latitude, asked.longitude = float(coordinates[1]), float(coordinates[2])
        asked.radius_km = values["radius_km"] or 20.0
    else:
        asked.place = place
    return Asked(asked, values["label"])


def subjects(caller: Caller, label: str) -> list[dict[str, str]]:
    """The owners and labels that a list goes through, one after the other.

    Raises:
        ListingNotFound: a label beyond the key's limits.

    """
    owners = [{"owner_id": each} for each in caller.owner_ids]
    if label:
        if label in caller.label_ids or not (owners or caller.label_ids):
            return [{"label_id": label}]
        if not owners:
            raise ListingNotFound(label=label)
        return [each | {"label_id": label} for each in owners]
    labels = [{"label_id": each} for each in caller.label_ids]
    return owners + labels or [{}]


async def found(request: Request, caller: Caller, asked: Asked) -> Response:
    """Asks within the caller's limits and writes what is found.

    Raises:
        LabelToChoose: the key has several owners or labels, and the request names none.

    """
    limits = subjects(caller, asked.label)
    if len(limits) > 1:
        raise LabelToChoose
    sought = search_pb.SearchRequest()
    sought.CopyFrom(asked.question)
    for name, value in limits[0].items():
        setattr(sought, name, value)
    state = request.app.state
    page = await parameters.listed(state.gateway.services.search.Search(sought))
    content, tag = await state.results.written(page, current_locale())
    state.price_checks.look(sought, page)
    return answer_bytes(request, content, tag=tag)


def model_of(operation: Callable[..., Any], without: Sequence[str]) -> type[BaseModel]:
    """The parameters of a declared operation as a model, so that both ways check the same."""
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(operation).parameters.items():
        if name not in without:
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[name.lstrip("_")] = (parameter.annotation, default)
    return create_model("SearchParameters", **fields)


class SearchRoute(BaseRoute):
    """Matches the searches that read cleanly."""

    path = PATH
    """As the declared operation's: metrics and traces know one route."""

    def __init__(self, model: type[BaseModel]) -> None:
        @lru_cache(maxsize=_REMEMBERED)
        def read(query: bytes) -> Asked | None:
            # As the framework reads it: of repeats the last counts.
            given = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
            try:
                return question(model.model_validate(given).__dict__)
            except ValidationError:
                return None

        self._read = read

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether this is a search without a fault."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].endswith(PATH):
            return Match.NONE, {}
        if scope["path"] != scope.get("root_path", "") + PATH:
            return Match.NONE, {}
        asked = self._read(scope["query_string"])
        if asked is None:
            return Match.NONE, {}
        return Match.FULL, {"endpoint": self.handle, "route": self, "asked": asked}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one search."""
        answer = await self.answered(Request(scope, receive, send))
        await answer(scope, receive, send)

    async def answered(self, request: Request) -> Response:
        """The answer of a search that matched."""
        return await found(request, await _allowed(request), request.scope["asked"])

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """Raises `NoMatchFound`: the declared operation bears the name."""
        raise NoMatchFound(name, path_params)
