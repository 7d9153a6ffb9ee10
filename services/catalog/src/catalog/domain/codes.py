"""Codes of listings and registration numbers: their forms and what they are checked for."""

import re

# No public specification was found; inferred from codes met, such as 07MS01731 and 26CH1481.
CLEVACANCES = re.compile(r"^(0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-6])(MS|CH)\d{1,6}$")
CODE = re.compile(r"^[0-9A-Z](?:[0-9A-Z-]{1,18})[0-9A-Z]$")
# D324-1-1 Code du tourisme: INSEE code of the commune, 6 digits, a key of 2 chosen by the commune.
REGISTRATION = re.compile(r"^(\d{5}|2[AB]\d{3})\d{6}[0-9A-Z]{2}$")
REGISTRATION_MAX = 40
INSEE = re.compile(r"^(\d{5}|2[AB]\d{3})$")


def own_code(number: int) -> str:
    """The code of a listing that no label has numbered: `SJ00001`."""
    return f"SJ{number:05d}"


def is_code(text: str) -> bool:
    """True for 3 to 20 capitals, digits and inner dashes."""
    return CODE.match(text) is not None


def is_label_code(text: str) -> bool:
    """True for the form of Clévacances."""
    return CLEVACANCES.match(text) is not None


def normal_registration(text: str) -> str:
    """The number without spaces and dashes where that gives the 13-character form, else as typed."""
    squeezed = re.sub(r"[\s.\-‐-―]", "", text).upper()
    return squeezed if REGISTRATION.match(squeezed) else text.strip()


def is_usual_registration(text: str) -> bool:
    """True for the 13-character communal form; others are kept and warned about (`domain.md` 1.5)."""
    return REGISTRATION.match(text) is not None
