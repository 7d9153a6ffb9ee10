"""How a story's hands and eyes work: sign in, drag on the planning, read a term of a list, wait for a mail."""

import email
import io
import re
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

_STEP_SECONDS = 0.1


def sign_in(page: Page, login: str, password: str) -> None:
    """Signs in on the page of the login and waits for the first page."""
    page.goto("/connexion")
    page.get_by_label("Identifiant (fournisseur n° ou e-mail)").fill(login)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("button", name="Me connecter").click()
    expect(page.get_by_role("button", name="Se déconnecter").first).to_be_visible()


def day_column(page: Page, words: str) -> Locator:
    """The head of one day's column: « vendredi 31 décembre 2010 »."""
    return page.get_by_role("columnheader").filter(has=page.locator(f'abbr[title^="{words}"]'))


def listing_row(page: Page, code: str) -> Locator:
    """The row of one listing."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=code))


def centre(box: dict[str, float]) -> float:
    """The middle of a box, from left to right."""
    return box["x"] + box["width"] / 2


def drag_nights(page: Page, code: str, first: str, last: str) -> None:
    """Drags over the nights of a listing, from the first to the last one, and waits for the menu."""
    row = listing_row(page, code)
    row.scroll_into_view_if_needed()
    box = row.bounding_box()
    start, end = day_column(page, first).bounding_box(), day_column(page, last).bounding_box()
    assert box
    assert start
    assert end
    height = box["y"] + box["height"] / 2
    page.mouse.move(centre(start), height)
    page.mouse.down()
    page.mouse.move(centre(end), height, steps=6)
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_be_visible()


def fact(region: Locator, term: str) -> Locator:
    """What stands beside a term of a list of facts."""
    words = r"\s+".join(re.escape(word) for word in term.split())
    found = region.get_by_role("term").filter(has_text=re.compile(rf"^\s*{words}\s*$"))
    return found.first.locator("xpath=following-sibling::dd[1]")


def plain(text: str) -> str:
    """Text with usual spaces and without breaks, as one reads it aloud."""
    return re.sub(r"\s+", " ", text).strip()


def until(found: Callable[[], object], what: str, seconds: float = 60.0) -> object:
    """Asks again until there is an answer.

    Raises:
        AssertionError: there was none in time.

    """
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(_STEP_SECONDS)
    return answer


def fetched(page: Page, address: str, form: str | None = None) -> tuple[int, bytes]:
    """Fetches an address of the page's site within the browser, with its cookies: status and bytes.

    `form`: posts these URL-encoded fields as a form.
    """
    status, content = page.evaluate(
        """async ([address, form]) => {
            const type = { "content-type": "application/x-www-form-urlencoded" };
            const answer = await fetch(address, form === null ? {} : { method: "POST", body: form, headers: type });
            const bytes = new Uint8Array(await answer.arrayBuffer());
            return [answer.status, Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")];
        }""",
        [address, form],
    )
    return int(status), str(content).encode("latin-1")


class Mails:
    """The folder of the mails that development writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sent_to(self, address: str, subject: str = "") -> list[EmailMessage]:
        """The mails to somebody whose subject holds some words, oldest first."""
        paths = sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime)
        read = [email.message_from_bytes(path.read_bytes(), policy=default) for path in paths]
        return [
            each for each in read if address in str(each["to"]) and subject in plain(str(each["subject"]))
        ]

    def wait(self, address: str, subject: str, count: int = 1) -> list[EmailMessage]:
        """Waits until so many mails are there."""
        until(lambda: len(self.sent_to(address, subject)) >= count, f"mail « {subject} » to {address}")
        return self.sent_to(address, subject)


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return plain(str(body.get_content()))


def attachments(mail: EmailMessage) -> dict[str, bytes]:
    """The attachments of a mail by file name."""
    return {str(part.get_filename()): bytes(part.get_content()) for part in mail.iter_attachments()}


def pdf_text(content: bytes) -> str:
    """The text of a PDF, as one reads it aloud."""
    return plain(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
