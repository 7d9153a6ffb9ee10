"""One record of a feed, read: what it says in the terms of our sheet, and what is odd about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.domain import values
from catalog.domain.errors import BadValue, UnknownField


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd about a record; `metadata` holds the values of the sentence."""

    reason: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublishedPhoto:
    """A photo that a record points to; it is not fetched by the import."""

    url: str
    credit: str = ""
    caption: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """A letting of a feed, its values in their stored form."""

    source: str
    external_id: str
    name: str = ""
    source_at: datetime | None = None
    code: str = ""
    sheet: dict[str, Any] = field(default_factory=dict)
    photos: list[PublishedPhoto] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def put(self, key: str, value: Any) -> None:
        """Keeps a value in its stored form; one that the field cannot take becomes a remark."""
        try:
            found = values.normal(key, value)
        except (BadValue, UnknownField):
            self.remark("VALUE_IGNORED", field=key, value=str(value)[:80])
            return
        if found is not None:
            self.sheet[key] = found

    def remark(self, reason: str, **metadata: object) -> None:
        """Notes something odd, once for the same values."""
        one = Remark(reason, {key: str(value) for key, value in metadata.items()})
        if one not in self.remarks:
            self.remarks.append(one)


@dataclass(frozen=True, slots=True)
class Refused:
    """Something in a feed that is no letting or cannot be read; nothing is written for it."""

    reason: str
    external_id: str = ""
    name: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What stood at one place of the uploaded file."""

    where: str
    what: Record | Refused


def closing_remarks(record: Record) -> None:
    """Notes what a letting lacks."""
    if "max_persons" not in record.sheet:
        record.remark("NO_CAPACITY")
    if not record.photos:
        record.remark("NO_PHOTO")
    if "latitude" not in record.sheet or "longitude" not in record.sheet:
        record.remark("NO_GPS")
    if "address.city" not in record.sheet:
        record.remark("NO_ADDRESS")
    if not any(key.startswith("description.") for key in record.sheet):
        record.remark("NO_DESCRIPTION")
