"""The sheet of a listing: one flat mapping from field key to value, and where each value came from.

Keys are those of the declared fields and of the typed columns (`name.fr`, `address.city`, `max_persons`).
A key without a value is absent. An edited field is never overwritten by an import: what the source says
is kept beside it as a proposal.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from catalog.domain import values
from catalog.domain.errors import BadValue, UnknownField
from catalog.domain.fields import CATALOGUE, REQUIRED

Sheet = dict[str, Any]
# Values typed by people, whose fields an import must not overwrite.
TYPED_BY_PEOPLE = frozenset({"owner", "load", "operator"})
SOURCES = frozenset({"owner", "apidae", "datatourisme", "label", "load", "operator"})
# The key under which the origin of a listing's photos is noted; it is no field.
PHOTOS = "photos"
NEEDED_TYPED = ("name.fr", "address.city", "address.postal_code", "max_persons")
_COUNTED_TYPED = (
    "name.fr", "description.fr", "address.lines", "address.postal_code", "address.city", "address.insee",
    "latitude", "longitude", "base_persons", "max_persons", "registration_number",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the value of one field comes from; `proposed` is what its source says instead, or None."""

    source: str
    at: datetime
    edited: bool = False
    proposed: Any = None

    @property
    def protected(self) -> bool:
        """True when an import must not overwrite the field."""
        return self.edited or self.source in TYPED_BY_PEOPLE


Origins = dict[str, Origin]


@dataclass(frozen=True, slots=True)
class Change:
    """A sheet after a change, its origins, and what differs: values, and edited fields that were kept."""

    sheet: Sheet
    origins: Origins
    changed: tuple[str, ...]
    kept: tuple[str, ...] = ()
    proposals_changed: bool = False

    @property
    def any(self) -> bool:
        """True when there is something to write."""
        return bool(self.changed) or self.proposals_changed


def normal_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Every given value in its stored form, None for those emptied.

    Raises:
        UnknownField: a key that no field has.
        BadValue: naming every field whose value is wrong.

    """
    found: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    for key, value in given.items():
        try:
            found[key] = values.normal(key, value)
        except UnknownField:
            raise
        except BadValue as error:
            wrong.append((error.metadata["field"], error.metadata["expected"]))
    if wrong:
        raise BadValue.all_of(wrong)
    return found


def _check_whole(sheet: Sheet) -> None:
    base, most = sheet.get("base_persons", 0), sheet.get("max_persons", 0)
    if base and most and base > most:
        raise BadValue("base_persons", "AT_MOST_MAX_PERSONS")


def new_sheet(given: Mapping[str, Any], *, source: str, now: datetime) -> tuple[Sheet, Origins]:
    """The sheet of a new listing and its origins."""
    sheet = {key: value for key, value in normal_values(given).items() if value is not None}
    _check_whole(sheet)
    return sheet, {key: Origin(source, now) for key in sheet}


def edit(
    sheet: Sheet,
    origins: Origins,
    changes: Mapping[str, Any],
    revert: Sequence[str],
    *,
    now: datetime,
    in_production: bool,
) -> Change:
    """What a person types: fields become edited, or go back to what their source proposes.

    Raises:
        BadValue: a wrong value, a field without a proposal to go back to, or in production
            (`REQUIRED_IN_PRODUCTION`) an emptied field that production needs.

    """
    after, came = dict(sheet), dict(origins)
    typed = normal_values(changes)
    for key in revert:
        origin = came.get(key)
        if origin is None or origin.proposed is None:
            raise BadValue(key, "A_PROPOSAL")
        after[key] = origin.proposed
        came[key] = replace(origin, edited=False, proposed=None, at=now)
    for key, value in typed.items():
        before = after.get(key)
        if value == before:
            continue
        if value is None:
            if in_production and key in {*NEEDED_TYPED, *REQUIRED}:
                raise BadValue(key, "REQUIRED_IN_PRODUCTION")
            after.pop(key, None)
        else:
            after[key] = value
        came[key] = _edited(came.get(key), before, value, now)
    _check_whole(after)
    changed = tuple(key for key in {**sheet, **after} if sheet.get(key) != after.get(key))
    return Change(after, came, changed, proposals_changed=came != origins)


def _edited(origin: Origin | None, before: Any, value: Any, now: datetime) -> Origin:
    if origin is None:
        return Origin("owner", now, edited=True)
    proposed = origin.proposed
    if not origin.protected:
        proposed = before
    return replace(origin, at=now, edited=True, proposed=None if proposed == value else proposed)


def refresh(
    sheet: Sheet,
    origins: Origins,
    record: Mapping[str, Any],
    *,
    source: str,
    now: datetime,
    keep: Collection[str] = (),
) -> Change:
    """What a feed's record says now: unedited fields follow it, edited ones keep a proposal.

    `record` holds stored forms. A field that this source gave and no longer gives is emptied, except
    those of `keep` (what production needs).
    """
    after, came, kept = dict(sheet), dict(origins), []
    gone = [
        key
        for key, origin in origins.items()
        if origin.source == source and key not in record and key not in keep and key != PHOTOS
    ]
    for key in gone:
        if came[key].protected:
            came[key] = replace(came[key], proposed=None)
        else:
            after.pop(key, None)
            del came[key]
    for key, value in record.items():
        origin = came.get(key)
        if origin is not None and origin.protected:
            same = after.get(key) == value
            came[key] = Origin(source, origin.at, edited=True, proposed=None if same else value)
            if not same:
                kept.append(key)
        elif after.get(key) != value:
            after[key] = value
            came[key] = Origin(source, now)
    changed = tuple(key for key in {**sheet, **after} if sheet.get(key) != after.get(key))
    return Change(after, came, changed, tuple(kept), proposals_changed=came != origins)


def completeness(sheet: Sheet) -> int:
    """Percent of the fields a person fills that have a value, 0 to 100."""
    asked = [field.key for field in CATALOGUE if field.heading] + list(_COUNTED_TYPED)
    return round(100 * sum(key in sheet for key in asked) / len(asked))


__all__ = [
    "SOURCES", "Change", "Origin", "Origins", "Sheet",
    "completeness", "edit", "new_sheet", "normal_values", "refresh",
]  # fmt: skip
