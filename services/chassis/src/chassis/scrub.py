"""Takes out of a text what must not be kept: rows that PostgreSQL repeats, addresses, secret links."""

import re

_DETAIL = re.compile(r"DETAIL: .*?(?=\n\[SQL|\n\s*\n|\Z)", re.DOTALL)
_SECRETS = re.compile(
    r"""
      (?P<mail> [\w.+-]{1,64} @ [\w-]+ (?: \.[\w-]+ )+ )
    | (?P<link> (?<= /[rd]/ ) [\w-]{16,} )
    | (?P<key> \b (?: sk_ | whsec_ ) [\w+/=-]{8,} | (?<= [Bb]earer\  ) \S+ )
    | (?P<phone> (?<! [\w-] ) (?: \+ \d{2} [ .]? | 0 ) [1-9] (?: [ .]? \d{2} ){4} (?! [\w-] ) )
    | (?P<iban> \b [A-Z]{2} \d{2} (?: [ ]? [A-Z0-9]{4} ){3,7} (?: [ ]? [A-Z0-9]{1,3} )? \b )
    | (?P<password> (?<= :// ) [^\s/:@]* : [^\s/@]+ (?= @ ) )
    """,
    re.VERBOSE,
)


def scrub(text: str) -> str:
    """The text without persons and secrets; what was taken out is named: « (mail) », « (link) »."""
    if "DETAIL" in text:
        text = _DETAIL.sub("DETAIL: (left out)", text)
    return _SECRETS.sub(lambda found: f"({found.lastgroup})", text)
