"""What `sejour tax` says of files of tourist-tax rules: mapping files, and words for what pricing reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from sejour.pricing.v1 import pricing_service_pb2 as calls

from sejour_local.sentences import CannotStart

COLUMNS = (
    "insee", "commune", "categorie", "annee", "tarif", "taux", "plafond", "departementale", "regionale",
    "idfm", "lgv", "periodes", "perception_du", "perception_au", "arrondi", "source", "a_confirmer",
)  # fmt: skip
"""Those of docs/tourist-tax.md; pricing reads them."""
ADDITIONAL = ("departementale", "regionale", "idfm", "lgv")
MOST_BYTES = 20 * 1024 * 1024
REFUSALS = {
    "INSEE": "insee « {text} »: write the commune's five characters, such as 07028",
    "YEAR": "annee « {text} »: write a year, such as 2026",
    "CATEGORY": "categorie « {text} » is not known: write {known}",
    "TARIFF_OR_RATE": "give either tarif (euros a night) or taux (percent)",
    "RATE_FOR_UNCLASSIFIED": "taux is for what is not classified, and what is not classified has a taux",
    "NUMBER": "{column} « {text} »: write a number from 0 with two decimals at most, such as 1,10",
    "DAY": "{column} « {text} »: write a day, such as 01/04",
    "DAY_OUTSIDE": "{column} « {text} » is not in {year}",
    "PERIOD": "periodes « {text} »: write {year}-04-01/{year}-09-30, one space between two periods",
    "PERIOD_REVERSED": "the period from {first} to {last} ends before it begins",
    "PERIOD_OVERLAPS": "the period from {first} to {last} is not after the one before",
    "PERIODS_TWICE": "give either periodes or perception_du and perception_au",
    "ROUNDING": "arrondi « {text} »: write etapes or somme",
    "FLAG": "a_confirmer « {text} »: write oui or non",
    "TWICE": "line {line} gives this rule already",
    "VALUE": "a value cannot be ({field})",
}


def read_layout(path: Path) -> calls.TaxFileLayout:
    """A mapping file in YAML.

    Raises:
        CannotStart: it cannot be read, or has other parts.

    """
    try:
        found: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise CannotStart(f"{path} cannot be read as YAML: {error}.") from error
    parts = {"columns", "defaults", "wide", "categories"}
    if (
        not isinstance(found, dict)
        or set(found) - parts
        or any(not isinstance(each or {}, dict) for each in found.values())
    ):
        raise CannotStart(f"{path} may have {', '.join(sorted(parts))} only, each with names and texts.")
    return calls.TaxFileLayout(
        **{name: {str(k): str(v) for k, v in (found.get(name) or {}).items()} for name in parts}
    )


def read_content(path: Path) -> bytes:
    """A file of rules.

    Raises:
        CannotStart: it cannot be read, or is too large.

    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CannotStart(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > MOST_BYTES:
        raise CannotStart(f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB: split it.")
    return content


def refusal_words(reason: str, params: Mapping[str, str]) -> str:
    """Why a line gives no rule, and what to write."""
    words = REFUSALS.get(reason, reason)
    return words.format_map(dict.fromkeys(("text", "field", "column", "year", "known"), "…") | dict(params))


def file_words(metadata: Mapping[str, str], name: str) -> str:
    """Why a whole file is refused, or nothing where it is not for its content."""
    words = {
        "no_column": (
            "{name} has no column {missing}. Its columns are {there};"
            " docs/tourist-tax.md says how a mapping file names them."
        ),
        "no_csv": "{name} cannot be read as CSV (line {line}).",
        "too_large": "{name} is too large: split it.",
        "unknown_column": "« {name} » of the mapping is no column; the columns are {columns}.",
        "unknown_category": "« {name} » of the mapping is no category of ours.",
    }.get(metadata.get("why", ""), "")
    return (
        words.format_map({"name": name, **metadata, "there": metadata.get("there") or "none"})
        if words
        else ""
    )
