"""Several writes in one round trip; used by the hot paths of commands."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    TableClause,
    Update,
    bindparam,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.sql.elements import ClauseElement

from chassis.database import Connectable

_PARTS: ColumnElement[int] = literal_column("1")


@dataclass(frozen=True, slots=True)
class Row:
    """A row to write: a new one, or with `key` the one of that `id`; values are plain, no expressions."""

    table: TableClause
    values: Mapping[str, Any]
    key: Any = None


async def together(session: Connectable, *writes: Row | Insert | Update) -> None:
    """Runs several writes as one statement, in one round trip: all of them or none.

    None of them sees what the others write, and no row may be written twice; references between the new
    rows are fine, for they are checked at the end. The statement of rows is built once for each shape
    (tables and columns in their order), which costs as much as sending it.
    """
    rows = [write for write in writes if isinstance(write, Row)]
    if writes and len(rows) == len(writes):
        shape = tuple((row.table, tuple(row.values), row.key is None) for row in rows)
        values = {
            _name(number, column): value
            for number, row in enumerate(rows)
            for column, value in row.values.items()
        }
        values |= {_name(number, ""): row.key for number, row in enumerate(rows) if row.key is not None}
        await session.execute(_built(shape), values)
    elif writes:
        await session.execute(_joined([_statement(write) for write in writes]))


def _name(number: int, column: str) -> str:
    return f"p{number}_{column}"


@lru_cache(maxsize=512)
def _built(shape: tuple[tuple[TableClause, tuple[str, ...], bool], ...]) -> Any:
    parts: list[Insert | Update] = []
    for number, (table, columns, is_new) in enumerate(shape):
        values = {one: bindparam(_name(number, one), type_=table.c[one].type) for one in columns}
        if is_new:
            parts.append(insert(table).values(values))
        else:
            key = bindparam(_name(number, ""), type_=table.c.id.type)
            parts.append(update(table).where(table.c.id == key).values(values))
    return _joined(parts)


def _statement(write: Row | Insert | Update) -> Insert | Update:
    if not isinstance(write, Row):
        return write
    if write.key is None:
        return insert(write.table).values(dict(write.values))
    return update(write.table).where(write.table.c.id == write.key).values(dict(write.values))


def _joined(parts: list[Insert | Update]) -> Any:
    if len(parts) == 1:
        return parts[0]
    return select(_PARTS).add_cte(*(part.cte(f"part_{number}") for number, part in enumerate(parts)))


def is_plain(values: Mapping[str, Any]) -> bool:
    """Whether no value is an expression of SQL."""
    return not any(isinstance(value, ClauseElement) for value in values.values())
