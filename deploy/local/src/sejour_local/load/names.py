"""Ids behind the names that one owner's part of a data file uses."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Names:
    """Ids behind the names of one owner."""

    owner_id: str
    listings: dict[str, str] = field(default_factory=dict)
    seasons: dict[str, str] = field(default_factory=dict)
    plans: dict[str, str] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)
