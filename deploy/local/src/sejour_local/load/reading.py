"""Reads a data file: every fault with file, line and what was expected, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError

from sejour_local.load.model import DataFile
from sejour_local.load.references import broken_references
from sejour_local.sentences import CannotStart

Path_ = tuple[str | int, ...]


class FileRefused(CannotStart):
    """A data file has faults; nothing of it was written."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where it stands and what is wrong."""

    line: int
    text: str


class _Constructor(RoundTripConstructor):
    """Leaves dates as they are written: what is no date is then said in our words, with its line."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", RoundTripConstructor.construct_scalar)


def read(path: Path) -> DataFile:
    """The file, checked in itself: keys, values, dates, references.

    Raises:
        FileRefused: it has faults; the message has one line for each.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused(f"{path} cannot be read: {error}.") from error
    tree = _parse(path, text)
    try:
        data = DataFile.model_validate(_plain(tree))
    except ValidationError as error:
        raise _refused(path, (_fault(tree, each) for each in error.errors())) from None
    faults = [Fault(_line(tree, where), what) for where, what in broken_references(data, path.parent)]
    if faults:
        raise _refused(path, faults)
    return data


def _parse(path: Path, text: str) -> Any:
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    try:
        tree = yaml.load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refused(path, [Fault(line, "this key stands here a second time")]) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refused(path, [Fault(line, f"this is no YAML: {error.problem}")]) from None
    if not isinstance(tree, CommentedMap):
        raise _refused(path, [Fault(1, "a data file is a mapping that begins with « format: sejour/1 »")])
    return tree


def _plain(node: Any) -> Any:
    """Lists, dictionaries and scalars without ruamel's classes."""
    if isinstance(node, CommentedMap):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value) for value in node]
    if isinstance(node, bool) or type(node).__name__ == "ScalarBoolean":
        return bool(node)
    return next((kind(node) for kind in (float, int, str) if isinstance(node, kind)), node)


def _fault(tree: Any, error: Any) -> Fault:
    where: Path_ = tuple(error["loc"])
    name = where[-1] if where else "file"
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = ", ".join(_keys_at(where[:-1]))
        return Fault(_line(tree, where), f"unknown key « {name} »; known here: {known}")
    if kind == "missing":
        return Fault(_line(tree, where[:-1]), f"« {name} » is missing")
    if kind == "literal_error":
        return Fault(_line(tree, where), f"« {name} » is {error['input']!r}; expected {context['expected']}")
    if kind.startswith("date"):
        said = f"« {name} » is {error['input']!r}; expected a date such as 2026-07-18"
        return Fault(_line(tree, where), said)
    if kind == "string_pattern_mismatch":
        said = f"« {name} » is {error['input']!r}; expected the form {context['pattern']}"
        return Fault(_line(tree, where), said)
    message = error["msg"].removeprefix("Value error, ")
    return Fault(_line(tree, where), f"« {name} »: {message[:1].lower()}{message[1:]}")


def _keys_at(where: Path_) -> Iterable[str]:
    """The keys known at a place of the file, in the order of the documentation."""
    model: Any = DataFile
    for step in where:
        if isinstance(step, int) or not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue
        field = next((f for n, f in model.model_fields.items() if step in {n, f.alias}), None)
        model = _model_in(field.annotation) if field else None
    if isinstance(model, type) and issubclass(model, BaseModel):
        return [field.alias or name for name, field in model.model_fields.items()]
    return []


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(each) for each in getattr(annotation, "__args__", ()))
    return next((each for each in inner if each is not None), None)


def _line(tree: Any, where: Path_) -> int:
    """The line of a place, or of the nearest one above it that has one."""
    line, node = 1, tree
    for step in where:
        try:
            if isinstance(node, CommentedMap) and step in node:
                line = node.lc.key(step)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(step, int):
                line = node.lc.item(step)[0] + 1
            else:
                break
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    return line


def _refused(path: Path, faults: Iterable[Fault]) -> FileRefused:
    lines = sorted({(fault.line, fault.text) for fault in faults})
    said = "\n".join(f"  {path}:{line}: {text}" for line, text in lines)
    return FileRefused(f"The file has faults; nothing of it was written.\n{said}")
