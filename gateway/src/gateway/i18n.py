"""Words on the screen: French source strings, an English catalogue, French typography."""

import gettext as std
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = ("fr", "en")
CATALOGUES = Path(__file__).parent / "locale"
NARROW = "\u202f"
NO_BREAK = "\u00a0"

_locale: ContextVar[str] = ContextVar("locale", default="fr")

_RULES = (
    (re.compile(r"'"), "’"),
    (re.compile(r" ([;!?])"), NARROW + r"\1"),
    (re.compile(r" ([:€»]|%(?!\())"), NO_BREAK + r"\1"),
    (re.compile(r"« "), "«" + NO_BREAK),
    (re.compile(r"(n°|N°) "), r"\1" + NO_BREAK),
    (re.compile(r"(\d|s) h (\d|%)"), rf"\1{NO_BREAK}h{NO_BREAK}\2"),
)


def typographic(text: str) -> str:
    """Returns French text with its apostrophes and no-break spaces in place."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


@lru_cache
def _catalogue(locale: str) -> std.NullTranslations:
    """All catalogues of a language as one: `en.po` and those of parts of the gateway, `guest.en.po`."""
    found: std.NullTranslations = std.NullTranslations()
    for path in sorted(CATALOGUES.glob(f"*{locale}.po")):
        with path.open("rb") as source:
            catalogue = read_po(source, locale=locale)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        part = std.GNUTranslations(compiled)
        part.add_fallback(found)
        found = part
    return found


def current_locale() -> str:
    """Returns `fr` or `en`, as chosen for the request at hand."""
    return _locale.get()


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Makes `locale` the language of all words inside the block."""
    token = _locale.set(locale if locale in LOCALES else "fr")
    try:
        yield
    finally:
        _locale.reset(token)


def set_locale(locale: str) -> None:
    """Makes `locale` the language of the rest of this task: one request."""
    _locale.set(locale if locale in LOCALES else "fr")


def gettext(message: str) -> str:
    """Returns the French source string in the current language."""
    if _locale.get() == "fr":
        return typographic(message)
    return _catalogue(_locale.get()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Returns the form for `number`: in French 0 and 1 are singular."""
    if _locale.get() == "fr":
        return typographic(plural if abs(number) > 1 else singular)
    return _catalogue(_locale.get()).ngettext(singular, plural, number)


_ = gettext


def N_(message: str) -> str:
    """Marks a source string that is translated where it is shown."""
    return message


def choose_locale(cookie: str | None, accept_language: str | None) -> str:
    """Returns a visitor's language: his choice, else the first of his browser's that exists, else French."""
    if cookie in LOCALES:
        return str(cookie)
    weighted: list[tuple[float, int, str]] = []
    for order, item in enumerate((accept_language or "").split(",")):
        tag, _sep, weight = item.strip().partition(";q=")
        try:
            weighted.append((-float(weight or 1), order, tag.split("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for _weight, _order, tag in sorted(weighted) if tag in LOCALES), "fr")
