"""What people type: read kindly, refused in a sentence beside the field, shown again as it was typed."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from gateway.formats import date_courte, typed_euros
from gateway.i18n import gettext as _

_DATES = (
    re.compile(r"^(?P<d>\d{1,2})[/.\- ](?P<m>\d{1,2})[/.\- ](?P<y>\d{4}|\d{2})$"),
    re.compile(r"^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})$"),
    re.compile(r"^(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})$"),
)
_SPACES = re.compile(r"[\s\u00a0\u202f]")
MOST_CENTS = 99_999_999
MOST_FIELDS = 5_000
YEARS = range(1900, 2200)
"""Years that a person can mean; others are slips of the keyboard, and some cannot be counted on from."""


def parse_date(text: str) -> date:
    """Reads `jj/mm/aaaa` and its usual variants.

    Raises:
        ValueError: no date can be read, no such day exists, or its year is not one of ours.

    """
    for pattern in _DATES:
        if match := pattern.match(text.strip()):
            year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
            found = date(year, int(match["m"]), int(match["d"]))
            if found.year in YEARS:
                return found
    raise ValueError(text)


def day_in_address(text: str) -> date:
    """Reads the ISO day of an address.

    Raises:
        ValueError: not a day, or its year is not one of ours.

    """
    found = date.fromisoformat(text)
    if found.year not in YEARS:
        raise ValueError(text)
    return found


def parse_money(text: str) -> int:
    """Reads an amount in euros with comma or point and any spaces; returns cents.

    Raises:
        ValueError: not an amount with at most two decimals.

    """
    plain = _SPACES.sub("", text).removesuffix("€").replace(",", ".").replace("−", "-")
    if not re.fullmatch(r"-?\d{1,9}(\.\d{0,2})?|-?\.\d{1,2}", plain):
        raise ValueError(text)
    return int((Decimal(plain) * 100).to_integral_value())


async def typed_in(request: Request) -> FormData:
    """Returns the fields of a request, read once; a grid of many seasons and persons has more than 1 000."""
    return await request.form(max_fields=MOST_FIELDS)


class Form:
    """The values of one form: typed strings, and a sentence for each field that cannot be taken."""

    def __init__(self, values: Mapping[str, object] | None = None) -> None:
        self.values: dict[str, list[str]] = {}
        self.files: dict[str, list[UploadFile]] = {}
        self.errors: dict[str, str] = {}
        for name, value in (values or {}).items():
            self.set(name, value)

    @classmethod
    async def read(cls, request: Request) -> "Form":
        """Reads the body (or, for GET, the query) of a request."""
        form = cls()
        posted = request.method == "POST"
        pairs = (await typed_in(request)).multi_items() if posted else request.query_params.multi_items()
        for name, value in pairs:
            if isinstance(value, UploadFile):
                value.filename = (value.filename or "").replace("\x00", "")
                if value.filename:
                    form.files.setdefault(name, []).append(value)
            else:
                form.values.setdefault(name, []).append(value.replace("\x00", ""))
        return form

    def set(self, name: str, value: object) -> None:
        """Gives a field its first value: a string, date, number, bool or list of strings."""
        if value is None or value is False:
            self.values[name] = []
        elif value is True:
            self.values[name] = ["1"]
        elif isinstance(value, date):
            self.values[name] = [date_courte(value)]
        elif isinstance(value, list | tuple | set | frozenset):
            self.values[name] = [str(item) for item in value]
        else:
            self.values[name] = [str(value)]

    def set_money(self, name: str, cents: int | None) -> None:
        """Gives a field an amount of cents."""
        self.set(name, None if cents is None else typed_euros(cents))

    def value(self, name: str) -> str:
        """Returns what stands in the field, as typed."""
        return (self.values.get(name) or [""])[0]

    def has(self, name: str, value: str) -> bool:
        """Whether `value` is among the field's values."""
        return value in self.values.get(name, ())

    def error(self, name: str) -> str:
        """Returns the field's sentence, or nothing."""
        return self.errors.get(name, "")

    def fail(self, name: str, sentence: str) -> None:
        """Refuses a field; the first sentence stays."""
        self.errors.setdefault(name, sentence)

    @property
    def ok(self) -> bool:
        """Whether no field has been refused."""
        return not self.errors

    def text(self, name: str, *, required: bool = False, most: int = 500) -> str:
        """Returns the trimmed text."""
        text = self.value(name).strip()
        if required and not text:
            self.fail(name, _("Ce champ est nécessaire."))
        if len(text) > most:
            self.fail(name, _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": most})
        return text

    def day(self, name: str, *, required: bool = False) -> date | None:
        """Returns the date, or None if the field is empty or refused."""
        text = self.value(name).strip()
        if not text:
            if required:
                self.fail(name, _("Indiquez une date, par exemple 18/07/2026."))
            return None
        try:
            return parse_date(text)
        except ValueError:
            self.fail(name, _("Cette date n'existe pas. Écrivez jour/mois/année, par exemple 18/07/2026."))
            return None

    def money(self, name: str, *, required: bool = False, least: int = 0) -> int | None:
        """Returns cents, or None if the field is empty or refused."""
        text = self.value(name).strip()
        if not text:
            if required:
                self.fail(name, _("Indiquez un montant, par exemple 590 ou 590,50."))
            return None
        try:
            cents = parse_money(text)
        except ValueError:
            self.fail(name, _("Ce montant ne se lit pas. Écrivez par exemple 590 ou 590,50."))
            return None
        if not least <= cents <= MOST_CENTS:
            self.fail(name, _("Ce montant est hors des limites."))
            return None
        return cents

    def number(self, name: str, *, least: int, most: int, required: bool = False) -> int | None:
        """Returns a whole number within `[least, most]`, or None if the field is empty or refused."""
        text = _SPACES.sub("", self.value(name))
        if not text:
            if required:
                self.fail(name, _("Indiquez un nombre."))
            return None
        if not re.fullmatch(r"-?\d{1,9}", text) or not least <= int(text) <= most:
            bounds = {"least": least, "most": most}
            self.fail(name, _("Indiquez un nombre entier entre %(least)s et %(most)s.") % bounds)
            return None
        return int(text)

    def revision(self, name: str = "revision") -> int:
        """Returns the revision that the person saw; 0 when it is missing or none of ours."""
        text = self.value(name)
        return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0

    def rate(self, name: str, *, required: bool = False) -> Decimal | None:
        """Returns a percentage between 0 and 100 with at most two decimals."""
        text = _SPACES.sub("", self.value(name)).removesuffix("%").replace(",", ".")
        if not text and not required:
            return None
        try:
            rate = Decimal(text)
            if 0 <= rate <= 100 and rate == round(rate, 2):
                return rate
        except InvalidOperation:
            pass
        self.fail(name, _("Indiquez un pourcentage entre 0 et 100."))
        return None

    def choice(self, name: str, allowed: Collection[str], *, required: bool = True) -> str:
        """Returns the chosen value, or nothing."""
        value = self.value(name)
        if value in allowed:
            return value
        if required or value:
            self.fail(name, _("Choisissez une des réponses proposées."))
        return ""

    def choices(self, name: str, allowed: Collection[str], *, required: bool = False) -> list[str]:
        """Returns the ticked values in their order of display."""
        chosen = [value for value in allowed if self.has(name, value)]
        if required and not chosen:
            self.fail(name, _("Choisissez au moins une réponse."))
        return chosen

    def ticked(self, name: str) -> bool:
        """Whether a single box is ticked."""
        return bool(self.value(name))
