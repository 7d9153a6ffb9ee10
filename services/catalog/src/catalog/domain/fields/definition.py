"""What a declared field is, and the short way in which the headings declare theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FieldType(StrEnum):
    """The type of a value; names are those of the contract without their prefix."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    CHOICE = "CHOICE"
    CHOICES = "CHOICES"
    DATE = "DATE"
    ROOMS = "ROOMS"


@dataclass(frozen=True, slots=True)
class Words:
    """French and English of one label or help."""

    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a choice field."""

    key: str
    label: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One declared field of the sheet.

    `heading` is 1 to 5 of the état descriptif (arrêté du 16 mai 1967, annexe), 0 when not printed there.
    `required` fields must have an answer before production; « néant » and « non » are answers.
    """

    key: str
    type: FieldType
    heading: int
    tab: str
    label: Words
    help: Words | None = None
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False


ChoiceWords = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """Declares fields that share heading and tab: `section.number("surface_m2", "Surface", "Area")`."""

    heading: int
    tab: str

    def _field(
        self,
        kind: FieldType,
        key: str,
        fr: str,
        en: str,
        *,
        unit: str = "",
        choices: ChoiceWords | None = None,
        required: bool = False,
        help_: tuple[str, str] | None = None,
    ) -> Field:
        return Field(
            key=key,
            type=kind,
            heading=self.heading,
            tab=self.tab,
            label=Words(fr, en),
            help=Words(*help_) if help_ else None,
            unit=unit,
            choices=tuple(Choice(name, Words(*words)) for name, words in (choices or {}).items()),
            required=required,
        )

    def text(self, key: str, fr: str, en: str, *, help_: tuple[str, str] | None = None) -> Field:
        """Free text."""
        return self._field(FieldType.TEXT, key, fr, en, help_=help_)

    def number(self, key: str, fr: str, en: str, *, unit: str = "", required: bool = False) -> Field:
        """A number, zero or more."""
        return self._field(FieldType.NUMBER, key, fr, en, unit=unit, required=required)

    def yes_no(self, key: str, fr: str, en: str, *, required: bool = False) -> Field:
        """Yes or no."""
        return self._field(FieldType.BOOLEAN, key, fr, en, required=required)

    def date(self, key: str, fr: str, en: str) -> Field:
        """A day."""
        return self._field(FieldType.DATE, key, fr, en)

    def choice(self, key: str, fr: str, en: str, choices: ChoiceWords, *, required: bool = False) -> Field:
        """One of some values."""
        return self._field(FieldType.CHOICE, key, fr, en, choices=choices, required=required)

    def choices(self, key: str, fr: str, en: str, choices: ChoiceWords, *, required: bool = False) -> Field:
        """Several of some values; `none` (« néant ») excludes the others."""
        return self._field(FieldType.CHOICES, key, fr, en, choices=choices, required=required)

    def rooms(self, key: str, fr: str, en: str) -> Field:
        """The table by room."""
        return self._field(FieldType.ROOMS, key, fr, en)

    def all_yes_no(self, words: ChoiceWords) -> tuple[Field, ...]:
        """Many yes-or-no fields at once."""
        return tuple(self.yes_no(key, fr, en) for key, (fr, en) in words.items())

    def all_numbers(self, words: ChoiceWords, *, unit: str = "") -> tuple[Field, ...]:
        """Many numbers at once."""
        return tuple(self.number(key, fr, en, unit=unit) for key, (fr, en) in words.items())
