"""From views to HTML: Jinja2 with gettext; the PDF worker turns the HTML into paper."""

import hashlib
from functools import lru_cache
from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from documents.printing.texts import texts

TEMPLATE_VERSION = 1
"""Grows when the same view would print another text; a new look alone makes no new version."""


@lru_cache(maxsize=4)
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("documents.printing", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.tests["longer_than"] = lambda text, length: len(text) > length
    environment.install_gettext_translations(texts(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def render(name: str, view: dict[str, Any], language: str, **more: Any) -> str:
    """The text of a template."""
    return _environment(language).get_template(name).render(view=view, **more)


def input_hash(kind: str, view: dict[str, Any]) -> bytes:
    """A hash of all that a document prints: equal inputs need no new version."""
    content = {"kind": kind, "template": TEMPLATE_VERSION, "view": view}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()
