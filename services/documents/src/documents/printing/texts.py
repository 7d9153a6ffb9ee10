"""Texts through gettext: French is the source, `locale/en.po` the English."""

import gettext
import re
from functools import lru_cache
from importlib.resources import files

from babel.messages.pofile import read_po


@lru_cache(maxsize=1024)
def french_spaces(sentence: str) -> str:
    """Puts no-break spaces where French typography wants them: U+202F before ; ! ?, U+00A0 elsewhere."""
    sentence = sentence.replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    return re.sub(r" ([;!?])", "\u202f\\1", sentence).replace("n° %", "n°\u00a0%")


class Texts(gettext.NullTranslations):
    """The texts of one language; what is not translated stays French."""

    def __init__(self, language: str, catalog: dict[str, str]) -> None:
        super().__init__()
        self.language = language
        self._catalog = catalog

    def gettext(self, message: str) -> str:
        """The text of a French sentence; French gets its no-break spaces before : ; ! ? and inside « »."""
        found = self._catalog.get(message)
        return french_spaces(message) if not found and self.language == "fr" else found or message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text for a number; French has its singular for 0 too."""
        one = n in {0, 1} if self.language == "fr" else n == 1
        return self.gettext(msgid1 if one else msgid2)

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
