"""Two tabs, one sheet: what each typed, side by side, so that a form saves what its person chooses.

Any form can use it: its page draws `origin(form)` (what the person was shown) and `versions(meeting)` from
`macros/conflict.html`; its handler calls `meet` before it saves. Nothing typed is lost: what only one side
changed is kept from that side, what both changed is asked.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from gateway.accounts.audit import Entry
from gateway.formats import heure
from gateway.forms import Form
from gateway.visitor import gateway_of

ORIGIN, CHOSEN, CHOICE = "origine", "choix_pour", "version."
MINE, THEIRS = "moi", "autre"
_MOST_ORIGIN = 100_000
_KEPT_APART = frozenset({"_token", "request_id", "revision", ORIGIN, CHOSEN, "action", "vu"})

Show = Callable[[str, list[str]], str]
"""The words of a field's values; gets the field's name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field with both versions in words."""

    name: str
    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """What two people, or two tabs, made of one sheet."""

    asked: tuple[Difference, ...]
    """Changed by both: the person chooses."""
    taken: tuple[Difference, ...]
    """Changed by the other alone: already in the form."""
    revision: int
    at: str = ""
    """When the other saved, « 10 h 40 »; empty where that is not known."""


def _plain(values: list[str]) -> list[str]:
    return [text for value in values if (text := " ".join(value.split()))]


def _fields(form: Form) -> dict[str, list[str]]:
    return {
        name: plain
        for name, values in form.values.items()
        if name not in _KEPT_APART and not name.startswith(CHOICE) and (plain := _plain(values))
    }


def origin_of(form: Form) -> str:
    """Returns the hidden value that remembers what a form showed first; a form sent back keeps its own."""
    return form.value(ORIGIN) or _written(_fields(form))


def _written(fields: Mapping[str, list[str]]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def rename_fields(form: Form, renamed: Callable[[str], str]) -> None:
    """Gives fields of a form other names, also among what it remembers of the first showing."""
    form.values = {renamed(name): values for name, values in form.values.items()}
    first = first_fields(form)
    if first is not None:
        form.set(ORIGIN, _written({renamed(name): values for name, values in first.items()}))


def first_fields(form: Form) -> Mapping[str, list[str]] | None:
    """What a form showed first; None where it does not say, or not in our words."""
    text = form.value(ORIGIN)
    try:
        found = json.loads(text) if text and len(text) <= _MOST_ORIGIN else None
    except ValueError:
        return None
    right = isinstance(found, dict) and all(
        isinstance(values, list) and all(isinstance(value, str) for value in values)
        for values in found.values()
    )
    return found if right else None


def meet(form: Form, theirs: Form, label: Callable[[str], str], show: Show) -> Meeting | None:
    """Compares a form sent in with the sheet as it is now; None where nothing has to be chosen.

    `theirs` is the form that the sheet would show now. Takes over what the other alone changed, and what the
    person chose; afterwards the form carries the present revision.
    """
    now, seen = theirs.revision(), form.revision()
    if form.value(CHOSEN) == str(now):
        _choose(form, theirs)
        return None
    if seen == now:
        return None
    mine, others, before = _fields(form), _fields(theirs), first_fields(form)
    asked, taken = [], []
    for name in dict.fromkeys([*others, *mine]):
        left, right = mine.get(name, []), others.get(name, [])
        if left == right:
            continue
        first = before.get(name, []) if before is not None else None
        if first == right:
            continue
        found = Difference(name, label(name), show(name, left), show(name, right))
        if first == left:
            form.values[name] = list(theirs.values.get(name, []))
            taken.append(found)
        else:
            asked.append(found)
    _now_at(form, theirs)
    return Meeting(tuple(asked), tuple(taken), now)


def as_new(form: Form) -> None:
    """Makes a form that of a new sheet, another write: the one that it was about is no more."""
    choices = [key for key in form.values if key.startswith(CHOICE)]
    for name in ("revision", "request_id", ORIGIN, CHOSEN, *choices):
        form.values.pop(name, None)


def _choose(form: Form, theirs: Form) -> None:
    for key in [key for key in form.values if key.startswith(CHOICE)]:
        name = key.removeprefix(CHOICE)
        if form.value(key) == THEIRS and name not in _KEPT_APART:
            form.values[name] = list(theirs.values.get(name, []))
        del form.values[key]
    form.values.pop(CHOSEN, None)
    _now_at(form, theirs)


def _now_at(form: Form, theirs: Form) -> None:
    form.set("revision", theirs.revision())
    form.values.pop(ORIGIN, None)
    form.set(ORIGIN, origin_of(theirs))


async def hour_of_change(request: Request) -> str:
    """Returns when this page's sheet was last saved, « 10 h 40 »; empty where the trail does not say."""
    gateway = gateway_of(request)
    path = request.url.path
    try:
        found = await gateway.accounts.audit.entries(about=path, limit=5)
    except OSError:
        return ""
    last = next((each for each in found if _is_save(each, path)), None)
    return heure(last.at) if last is not None and _today(last.at, gateway.clock()) else ""


def _is_save(entry: Entry, path: str) -> bool:
    return entry.about.split(" ", 1)[0] == path


def _today(at: datetime, now: datetime) -> bool:
    return abs((now - at).total_seconds()) < 24 * 3600
