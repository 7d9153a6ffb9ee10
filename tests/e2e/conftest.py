"""The stories: one running copy with the cast, Debian's Chromium, and what a person holds in his hands.

The copy is started as a user starts it. The stories of 2010 come first, as their numbers say: those that need
file 3 share it, whichever of them runs first makes it by the pages.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sejour_local import testing
from sejour_local.stack import Stack, new_stack

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from screen import Mails, drag_nights, sign_in

CHROMIUM = Path(os.environ.get("SEJOUR_CHROMIUM", "/usr/bin/chromium"))
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
_PATIENCE_MS = 45_000


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The copy of all stories, with the cast untouched at the start."""
    found = new_stack(testing.folder() / "stories")
    found.start()
    yield found
    found.stop()
    testing.forget(found)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one file: its driver's event loop must not outlive it."""
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium is not at {CHROMIUM}: apt-get install chromium")
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        yield found
        found.close()


@pytest.fixture
def visit(browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser of somebody: French, 1280 px wide unless told otherwise; faults of scripts fail the test."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_context(**options) -> BrowserContext:
        settings = {"locale": "fr-FR", "viewport": {"width": 1280, "height": 900}, **options}
        context = browser.new_context(**settings)
        context.set_default_timeout(_PATIENCE_MS)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()
    assert not faults


@pytest.fixture
def set_clock(stack) -> Callable[[str], None]:
    """`set_clock("2010-12-31 10:00")`: what « sejour clock set » does; the clock runs on from there."""
    return stack.set_clock


@pytest.fixture
def owner_page(stack, visit, set_clock) -> Callable[..., Page]:
    """`owner_page("2010-12-31 10:00")`: Jeanne FAURE signed in, at that time."""

    def enter(clock: str | None = None, **options) -> Page:
        if clock:
            set_clock(clock)
        page = visit(base_url=stack.demo["hosts"]["app"], **options).new_page()
        sign_in(page, stack.demo["owner"]["login"], stack.demo["owner"]["password"])
        return page

    return enter


@pytest.fixture
def guest_page(stack, visit) -> Callable[..., Page]:
    """A stranger's browser on the hosted pages."""

    def enter(**options) -> Page:
        return visit(base_url=stack.demo["hosts"]["book"], **options).new_page()

    return enter


@pytest.fixture
def mails(stack) -> Mails:
    """The mails that were sent so far."""
    return Mails(stack.mail)


@pytest.fixture(scope="session")
def made_once() -> dict[str, int]:
    """What several stories share."""
    return {}


@pytest.fixture
def file_3(made_once, owner_page) -> int:
    """The old file of DUPOND Georges, made by the pages as story 2 tells; its number."""
    if "file_3" not in made_once:
        page = owner_page("2010-12-31 10:00")
        page.goto("/planning?mois=2011-01")
        drag_nights(page, "07MS01731", "vendredi 31 décembre 2010", "mardi 4 janvier 2011")
        page.get_by_role("link", name="Créer une réservation").last.click()
        fill_old_file(page)
        page.get_by_role("button", name="Enregistrer la réservation").click()
        page.wait_for_url(re.compile(r"/reservations/\d+$"))
        made_once["file_3"] = int(page.url.rpartition("/")[2])
    return made_once["file_3"]


def fill_old_file(page: Page) -> None:
    """Fills the form as the owner did on the phone."""
    page.get_by_label("Formule").select_option("Pension complète")
    page.get_by_label("Prix convenu", exact=True).fill("12")
    page.get_by_label("Raison du prix convenu").fill("Prix d'ami")
    page.get_by_label("Civilité").select_option("M.")
    page.get_by_label("Nom", exact=True).fill("DUPOND")
    page.get_by_label("Prénom").fill("Georges")
    page.get_by_label("Adresse").fill("Rue St Exupéry")
    page.get_by_label("Code postal").fill("73300")
    page.get_by_label("Ville").fill("ST JEAN DE MAURIENNE")
    page.get_by_role("radio", name="Sans échéance").check()
