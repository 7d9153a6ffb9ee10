"""Runs in the worker process of `pdf.py`: the only module that imports WeasyPrint."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME = "sejour-asset:"
_TYPES = {"css": "text/css", "ttf": "font/ttf"}


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Answers `sejour-asset:` only: fonts and style of the package, and bytes given with the document."""

    def __init__(self, given: Mapping[str, bytes]) -> None:
        super().__init__()
        self._given = given

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ARG002 (their shape)
        """The bytes of an asset.

        Raises:
            ValueError: any other address, above all those of the network and of files.

        """
        if not url.startswith(SCHEME):
            raise ValueError(f"refused: {url}")
        name = url.removeprefix(SCHEME)
        if name in self._given:
            return URLFetcherResponse(url, self._given[name], {"Content-Type": "image/jpeg"})
        content = _asset(name)
        return URLFetcherResponse(url, content, {"Content-Type": _TYPES[name.rpartition(".")[2]]})


def _asset(name: str) -> bytes:
    folder, _, file = name.rpartition("/")
    if folder not in {"", "fonts"} or file.startswith("."):
        raise ValueError(f"refused: {name}")
    root = files("documents") / "assets"
    return (root / folder / file if folder else root / file).read_bytes()


def render_pdf(html: str, given: Mapping[str, bytes]) -> bytes:
    """The PDF of a page; `given` are further assets by name (`photo`)."""
    document = HTML(string=html, url_fetcher=AssetFetcher(given), base_url=SCHEME)
    content: bytes = document.write_pdf(font_config=FontConfiguration())
    return content
