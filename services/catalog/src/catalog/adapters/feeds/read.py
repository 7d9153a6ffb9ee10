"""Tells which feed a document comes from and gives its records, one after the other."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from chassis.logging import get_logger

from catalog.adapters.feeds import apidae, datatourisme
from catalog.adapters.feeds.unpack import documents
from catalog.domain.errors import FeedRefused
from catalog.domain.record import Found, Record, Refused, closing_remarks

log = get_logger()

FORMATS = ("auto", "apidae", "datatourisme")


def read_feed(content: bytes, file_name: str, wanted: str, today: date) -> Iterator[Found]:
    """Every record of an uploaded file, and why each other thing in it is refused.

    Raises:
        FeedRefused: the file as a whole is no feed; metadata `why`.

    """
    if wanted not in FORMATS:
        raise FeedRefused(why="UNKNOWN_FORMAT", format=wanted)
    for where, document in documents(content, file_name):
        for place, item in _items(where, document):
            yield Found(place, _safely(item, wanted, today))


def _safely(item: Any, wanted: str, today: date) -> Record | Refused:
    try:
        found = _read(item, wanted, today)
        if isinstance(found, Record):
            closing_remarks(found)
    except Exception as error:
        # A shape nobody has met yet must not stop the records after it.
        log.exception("record_unreadable", error=type(error).__name__)
        return Refused("UNREADABLE", metadata={"error": type(error).__name__})
    return found


def _items(where: str, document: Any) -> Iterator[tuple[str, Any]]:
    """The objects of a document: one, a list, or the answer of APIDAE's API."""
    if isinstance(document, dict) and isinstance(document.get("objetsTouristiques"), list):
        document = document["objetsTouristiques"]
    elif isinstance(document, dict) and isinstance(document.get("@graph"), list):
        document = document["@graph"]
    if not isinstance(document, list):
        yield where, document
        return
    # A list none of whose rows is an object of a feed (an index, a code list) is refused once.
    if document and not any(_is_object(one) for one in document):
        yield where, Refused(_what_list(document))
        return
    if not document:
        yield where, Refused("NOTHING_INSIDE")
    for index, one in enumerate(document, start=1):
        yield f"{where}[{index}]", one


def _is_object(item: Any) -> bool:
    return datatourisme.recognises(item) or apidae.recognises(item)


def _what_list(rows: list[Any]) -> str:
    row = rows[0] if isinstance(rows[0], dict) else {}
    if "elementReferenceType" in row:
        return "A_CODE_LIST"
    if "file" in row and "lastUpdateDatatourisme" in row:
        return "AN_INDEX"
    return "NOT_A_RECORD"


def _read(item: Any, wanted: str, today: date) -> Record | Refused:
    if isinstance(item, Refused):
        return item
    if not isinstance(item, dict):
        return Refused("NOT_A_RECORD")
    if "@context" in item or ("@vocab" in item and "@id" not in item):
        # A context could be fetched from anywhere; it is never needed for these feeds.
        return Refused("A_CONTEXT")
    if datatourisme.recognises(item):
        return _wanted("datatourisme", wanted) or datatourisme.read(item, today)
    if apidae.recognises(item):
        return _wanted("apidae", wanted) or apidae.read(item, today)
    return Refused("NOT_A_RECORD")


def _wanted(name: str, wanted: str) -> Refused | None:
    return None if wanted in {"auto", name} else Refused("OTHER_FORMAT", metadata={"format": name})
