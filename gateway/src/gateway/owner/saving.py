"""Before a price is saved: two versions of it are compared, its effect is told, and only then is it saved."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chassis.errors import RemoteError
from starlette.requests import Request
from starlette.responses import Response

from gateway.conflicts import Meeting, hour_of_change, meet
from gateway.forms import Form
from gateway.owner.common import page
from gateway.owner.effects import Effect, effect_of
from gateway.owner.tariff_form import shown_values

Choices = Mapping[str, Mapping[str, str]]
_PART_HEADER = "x-part"


@dataclass(frozen=True, slots=True)
class Held:
    """Why a form is shown again instead of being saved; nothing of it: it was saved."""

    meeting: Meeting | None = None
    effect: Effect | None = None
    is_gone: bool = False
    """The row was removed meanwhile: the form is that of a new one, with all that was typed."""

    def status(self, form: Form) -> int:
        """The status of the page that shows a form."""
        if self.is_gone:
            return 404
        return 409 if self.meeting else 200 if form.ok else 422

    def context(self) -> dict[str, Any]:
        """What the page needs besides its form."""
        return {"meeting": self.meeting, "effect": self.effect, "is_gone": self.is_gone}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of a row as it is now (None: it is new), labels of its fields, words of their choices."""

    now: Form | None
    labels: Mapping[str, str]
    choices: Choices


NOTHING = Held()


async def two_versions(request: Request, form: Form, sheet: Sheet) -> Meeting | None:
    """Compares what was typed with what somebody saved meanwhile; None where nothing has to be chosen."""
    if sheet.now is None:
        return None

    def show(name: str, values: Sequence[str]) -> str:
        return shown_values(name, values, sheet.choices)

    found = meet(form, sheet.now, lambda name: sheet.labels.get(name, name), show)
    return None if found is None else replace(found, at=await hour_of_change(request))


async def save_when_seen(
    request: Request,
    form: Form,
    codes: Mapping[str, str],
    save: Callable[[], Awaitable[Any]],
    fail: Callable[[RemoteError], None],
    **part: Any,
) -> Effect | None:
    """Saves a part whose effect was read, or tells the effect; a refusal stands on the form."""
    try:
        effect = await effect_of(request, codes, **part)
        if form.value("action") == "effet" or not effect.is_seen(form):
            return effect
        await save()
    except RemoteError as error:
        fail(error)
    return None


def is_part(request: Request) -> bool:
    """Whether a script asks for the box of the effect alone."""
    return request.headers.get(_PART_HEADER) == "effet"


def effect_part(request: Request, held: Held) -> Response:
    """Answers the box of the effect alone; empty while the form cannot be taken."""
    return page(request, "effect_part.html", effect=held.effect)
