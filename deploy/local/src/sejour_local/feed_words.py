"""Sentences for what the catalog says of a feed and its records; for `sejour import` on a terminal."""

from __future__ import annotations

from collections.abc import Mapping

_RECORDS = {
    "A_CODE_LIST": "This is a list of codes, not a record.",
    "A_CONTEXT": "This is the feed's JSON-LD context, not a record.",
    "AN_INDEX": "This is the feed's index, not a record.",
    "CODE_TAKEN": "The code {code} belongs to another listing: one of our own is given.",
    "EDITED_KEPT": "The owner changed {field}: his value is kept, the record's is proposed to him.",
    "KIND_ASSUMED": "The record does not say its kind: taken for a {kind}.",
    "MACHINE_TRANSLATED": "The text in « {language} » is a machine translation: left out.",
    "NO_ADDRESS": "No address with a commune.",
    "NO_CAPACITY": "No capacity.",
    "NO_DESCRIPTION": "No description.",
    "NO_GPS": "No position.",
    "NO_IDENTITY": "No identifier: it could not be found again, so nothing is written.",
    "NO_NAME": "No name: nothing is written.",
    "NO_PHOTO": "No photograph.",
    "NOT_A_LETTING": "This is no letting ({type}).",
    "NOT_A_RECORD": "This is no record of a listing.",
    "NOT_JSON": "This is no JSON.",
    "NOTHING_INSIDE": "There is no record inside.",
    "OPENING_PAST": "Its published opening ended on {end}.",
    "OPENING_REVERSED": "Its published opening ends before it begins ({begin}, {end}).",
    "OTHER_FORMAT": "This is a record of {format}, not of the format asked for.",
    "PRICE_MIN_ABOVE_MAX": "A price's minimum {min} is above its maximum {max}: kept for information.",
    "PRICE_WITHOUT_AMOUNT": "A price without an amount: left out.",
    "PRICE_WITHOUT_MODE": "Prices that do not say for what ({prices}): kept for information, never sold.",
    "TOO_DEEP": "Nested too deep to be a record.",
    "TOO_LARGE": "Too large to be a record.",
    "UNREADABLE": "It cannot be read.",
}
_FILES = {
    "EMPTY": "it is empty",
    "ENCRYPTED": "it is encrypted: send it without a password",
    "NOT_A_ZIP": "it is no zip, although its name says so",
    "NOT_JSON": "it is neither a zip nor JSON",
    "TOO_LARGE": "it is too large, or unpacks to too much: send it in parts",
    "TOO_MANY_ENTRIES": "it has too many entries: send it in parts",
    "UNKNOWN_FORMAT": "its format is not known; DATAtourisme and APIDAE are",
}


class _Values(dict[str, str]):
    """Values of a sentence; one that is missing shows as « ? »."""

    def __missing__(self, key: str) -> str:
        return "?"


def of_record(reason: str, metadata: Mapping[str, str]) -> str:
    """The sentence of a remark about one record; an unknown reason is shown with its values."""
    sentence = _RECORDS.get(reason)
    if sentence is None:
        details = ", ".join(f"{key} {value}" for key, value in sorted(metadata.items()))
        return f"{reason}{f' ({details})' if details else ''}."
    return sentence.format_map(_Values(metadata))


def of_file(reason: str, metadata: Mapping[str, str]) -> str:
    """Why a whole file was refused."""
    return _FILES.get(metadata.get("why", ""), of_record(reason, metadata).rstrip("."))
