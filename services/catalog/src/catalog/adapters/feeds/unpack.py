"""From an uploaded file to its JSON documents, within limits that keep a hostile file harmless."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import orjson

from catalog.domain.errors import FeedRefused
from catalog.domain.record import Refused

MAX_UPLOAD = 64 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ENTRIES = 5000
MAX_DOCUMENT = 16 * 1024 * 1024
MAX_DEPTH = 40
MAX_RATIO = 200
_RATIO_FROM = 1024 * 1024
_READ = 1024 * 1024


def documents(content: bytes, file_name: str) -> Iterator[tuple[str, Any]]:
    """Each document with its place: a parsed JSON value, or `Refused` where it cannot be read.

    Raises:
        FeedRefused: the file as a whole is no feed; `why` is EMPTY, NOT_A_ZIP, ENCRYPTED, TOO_LARGE,
            TOO_MANY_ENTRIES or NOT_JSON.

    """
    if not content:
        raise FeedRefused(why="EMPTY")
    if content[:2] == b"PK":
        yield from _from_zip(content)
        return
    if file_name.lower().endswith(".zip"):
        raise FeedRefused(why="NOT_A_ZIP")
    found = parse(content)
    if isinstance(found, Refused) and found.reason == "NOT_JSON":
        raise FeedRefused(why="NOT_JSON")
    yield file_name, found


def parse(content: bytes) -> Any:
    """A parsed JSON document, or why it is refused."""
    if len(content) > MAX_DOCUMENT:
        return Refused("TOO_LARGE")
    try:
        found = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except (orjson.JSONDecodeError, RecursionError):
        return Refused("NOT_JSON")
    if _is_deep(found):
        return Refused("TOO_DEEP", metadata={"limit": str(MAX_DEPTH)})
    return found


def _is_deep(document: Any) -> bool:
    """True beyond 40 levels; orjson itself stops at 1024, so this walk is bounded."""
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return any(isinstance(one, dict | list) for one in level)


def _from_zip(content: bytes) -> Iterator[tuple[str, Any]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise FeedRefused(why="NOT_A_ZIP") from None
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MAX_ENTRIES:
            raise FeedRefused(why="TOO_MANY_ENTRIES", limit=MAX_ENTRIES)
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise FeedRefused(why="TOO_LARGE", limit=MAX_UNPACKED)
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise FeedRefused(why="ENCRYPTED")
        left = MAX_UNPACKED
        for entry in entries:
            found = _entry(archive, entry)
            left -= len(found) if isinstance(found, bytes) else 0
            if left < 0:
                raise FeedRefused(why="TOO_LARGE", limit=MAX_UNPACKED)
            yield entry.filename, parse(found) if isinstance(found, bytes) else found


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | Refused:
    # What the headers say can be a lie, so the bytes are counted while they come.
    if not entry.filename.lower().endswith((".json", ".jsonld")):
        return Refused("NOT_JSON")
    if entry.file_size > _RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        return Refused("TOO_LARGE")
    read = bytearray()
    try:
        with archive.open(entry) as stream:
            while block := stream.read(_READ):
                read += block
                if len(read) > MAX_DOCUMENT:
                    return Refused("TOO_LARGE")
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return Refused("UNREADABLE")
    except Exception as error:  # noqa: BLE001 (zlib and lzma have error classes of their own)
        return Refused("UNREADABLE", metadata={"error": type(error).__name__})
    return bytes(read)
