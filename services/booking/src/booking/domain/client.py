"""A client of an owner, his code, and how names are compared."""

import unicodedata
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from booking.domain.errors import BadValue

_SPECIAL = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "’": "'"})
LANGUAGES = ("fr", "en")
_LONGEST = 200


def fold(text: str) -> str:
    """Lower case, without accents; runs of spaces become one."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    # Some signs are letters only when taken apart: « 𝞐 » is a capital alpha.
    plain = unicodedata.normalize("NFKD", plain.casefold().translate(_SPECIAL))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def letters_of(last_name: str) -> str:
    """The first three letters for the code: « LE GOFF » is LEG, « Ô » is O; X where there is no letter."""
    letters = [sign for sign in fold(last_name).upper() if "A" <= sign <= "Z"]
    return "".join(letters[:3]) or "X"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who books. `code` is empty until he is kept."""

    id: UUID
    owner_id: UUID
    code: str = ""
    civility: str = ""
    last_name: str = ""
    first_name: str = ""
    address_lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = ""
    phone_home: str = ""
    phone_work: str = ""
    mobile: str = ""
    fax: str = ""
    email: str = ""
    language: str = "fr"
    revision: int = 0

    def __post_init__(self) -> None:
        if not self.last_name.strip():
            raise BadValue(field="last_name", why="empty")
        if self.language not in LANGUAGES:
            raise BadValue(field="language", why="unknown")
        if self.email and ("@" not in self.email or any(sign in self.email for sign in "\r\n ")):
            raise BadValue(field="email", why="malformed")
        if len(self.address_lines) > 4:
            raise BadValue(field="address_lines", why="too_many")
        for field in ("last_name", "first_name", "postal_code", "city", "email", *PHONES):
            if len(getattr(self, field)) > _LONGEST:
                raise BadValue(field=field, why="too_long")

    @property
    def is_kept(self) -> bool:
        """Whether he has a code, so a row of his own."""
        return bool(self.code)

    @property
    def phones(self) -> tuple[str, ...]:
        """His numbers as typed, without empty ones."""
        return tuple(number for field in PHONES if (number := getattr(self, field)))

    def says_the_same_as(self, other: Self) -> bool:
        """Whether both state the very same names, address, numbers and mail."""
        return all(getattr(self, field) == getattr(other, field) for field in STATED)

    def is_namesake_of(self, other: Self) -> bool:
        """Whether both have the same names, ignoring case and accents."""
        return (fold(self.last_name), fold(self.first_name)) == (
            fold(other.last_name),
            fold(other.first_name),
        )


PHONES = ("phone_home", "phone_work", "mobile", "fax")
STATED = (
    "last_name", "first_name", "civility", "address_lines", "postal_code", "city", "country", "email",
    *PHONES,
)  # fmt: skip
