"""Collects the French source strings of pages and templates; tests compare the catalogues with them."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.extract import extract
from jinja2.ext import babel_extract

HERE = Path(__file__).parent
_KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
_OPTIONS = {"newstyle_gettext": "true", "trimmed": "false", "extensions": "jinja2.ext.do"}

Message = str | tuple[str, str]
"""A source string, or its singular and plural."""


def _of_file(path: Path) -> Iterator[Message]:
    method: Any = babel_extract if path.suffix == ".html" else "python"
    with path.open("rb") as source:
        found: Any = extract(method, source, _KEYWORDS, (), _OPTIONS)
        for _line, message, _comments, _context in found:
            if isinstance(message, tuple):
                yield str(message[0]), str(message[1])
            elif message:
                yield message


def messages(part: str = "") -> dict[Message, list[str]]:
    """Returns each source string with the files that use it, for all of the gateway or one folder of it."""
    found: dict[Message, list[str]] = {}
    files = [*HERE.rglob("*.py"), *(HERE / "templates").rglob("*.html")]
    for path in sorted(files):
        name = str(path.relative_to(HERE))
        if part and part not in name:
            continue
        if path.suffix == ".py" and not ast.parse(path.read_text()).body:
            continue
        for message in _of_file(path):
            found.setdefault(message, []).append(name)
    return found
