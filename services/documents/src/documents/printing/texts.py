"""Texts through gettext: French is the source, `locale/en.po` the English."""

import gettext
from functools import lru_cache
from importlib.resources import files

from babel.messages.pofile import read_po


class Texts(gettext.NullTranslations):
    """The texts of one language; what is not translated stays French."""

    def __init__(self, language: str, catalog: dict[str, str]) -> None:
        super().__init__()
        self.language = language
        self._catalog = catalog

    def gettext(self, message: str) -> str:
        """The text of a French sentence."""
        return self._catalog.get(message) or message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text for a number: French has its singular for 0 and 1."""
        return self.gettext(msgid1 if n < 2 else msgid2)

    def __call__(self, message: str, **values: object) -> str:
        """A sentence with its values put in."""
        return self.gettext(message) % values if values else self.gettext(message)


@lru_cache(maxsize=4)
def texts(language: str) -> Texts:
    """Texts of `fr` or `en`."""
    if language == "fr":
        return Texts("fr", {})
    with (files("documents") / "locale" / f"{language}.po").open("rb") as source:
        found = read_po(source, locale=language)
    return Texts(language, {str(one.id): str(one.string) for one in found if one.id and one.string})
