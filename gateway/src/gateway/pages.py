"""Renders templates: escaped, strict about what is missing, in the visitor's language."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from gateway import formats, i18n
from gateway.assets import asset
from gateway.menu import BOTTOM_BAR, MENUS, OWNER_MENU
from gateway.planning import ICONS, words_of

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(slots=True)
class Frame:
    """What the layout says of the visitor; set on `request.state.frame` by whoever knows him."""

    supplier_number: int | None = None
    name: str = ""
    label_name: str = ""
    label_logo: str = ""
    signed_in: bool = False
    csrf: str = ""
    role: str = ""
    flashes: list[tuple[str, str]] = field(default_factory=list)
    """(kind, sentence): kind is `ok`, `warn` or `danger`."""


@lru_cache(maxsize=512)
def icon(name: str, title: str = "") -> Markup:
    """Returns a sign of the sprite; without a title it is decoration and hidden from screen readers."""
    role = f'role="img" aria-label="{escape(title)}"' if title else 'aria-hidden="true"'
    use = f'<use href="{asset("icons.svg")}#{escape(name)}"></use>'
    return Markup(f'<svg class="icon" {role} focusable="false">{use}</svg>')  # noqa: S704 (all parts are escaped)


def lines(text: str) -> Markup:
    """Returns plain text with its line breaks kept, escaped."""
    paragraphs = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    shown = (Markup("<p>{}</p>").format(Markup("<br>").join(each.split("\n"))) for each in paragraphs)
    return Markup("").join(shown)


@pass_context
def hidden_keys(context: Context, request_id: str = "") -> Markup:
    """Returns the hidden fields of every POST form: the form token and the repeat's key."""
    frame: Frame = context["frame"]
    key = request_id or str(uuid.uuid4())
    return Markup(
        '<input type="hidden" name="_token" value="{}"><input type="hidden" name="request_id" value="{}">'
    ).format(frame.csrf, key)


def make_environment() -> Environment:
    """Returns the Jinja environment with this project's filters and words."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.ngettext, newstyle=True
    )
    environment.filters.update(formats.FILTERS)
    environment.filters["lines"] = lines
    environment.filters["words_of"] = words_of
    environment.globals.update(
        formats.GLOBALS, icon=icon, asset=asset, hidden_keys=hidden_keys, bar_icons=ICONS,
        owner_menu=OWNER_MENU, menus=MENUS, bottom_bar=BOTTOM_BAR,
    )  # fmt: skip
    return environment


class Pages:
    """Templates ready to be answered."""

    def __init__(self) -> None:
        self.environment = make_environment()

    def text(self, name: str, *, locale: str = "fr", **context: Any) -> str:
        """Returns a template rendered without a request."""
        with i18n.use_locale(locale):
            return self.environment.get_template(name).render(locale=locale, **context)

    def render(
        self,
        request: Request,
        name: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> HTMLResponse:
        """Answers a page; `page` (the menu's key), `title` and `help_page` may be given among the context."""
        locale = locale_of(request)
        frame = getattr(request.state, "frame", None) or Frame()
        base = {"request": request, "frame": frame, "page": "", "help_page": "", "path": request.url.path}
        html = self.text(name, locale=locale, **(base | context))
        return HTMLResponse(
            html, status_code=status, headers={"Content-Language": locale} | dict(headers or {})
        )


def locale_of(request: Request) -> str:
    """Returns the language of a request: the account's, the cookie's, the browser's, else French."""
    chosen = getattr(request.state, "locale", None) or getattr(request.state, "lang", None)
    return i18n.choose_locale(chosen, request.headers.get("accept-language"))
