"""What must be true after the long run: every booking that was answered is there once, whole."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import asyncpg
from guests import Life, Seen

Databases = Mapping[str, str]
"""The address of each service's database."""

_HELD = {"OPTION": "HOLD", "CONFIRMED": "STAY"}

_FILES = """
    SELECT b.id, b.reference, b.state, coalesce(c.last_name, b.new_client ->> 'last_name', '') AS last_name,
           l.arrival, l.departure
      FROM bookings b
      JOIN booking_lines l ON l.booking_id = b.id
      LEFT JOIN clients c ON c.id = b.client_id
     WHERE b.state <> 'FAILED'
"""
_MAILS = "SELECT booking_id, kind, audience, state, count(*) AS n FROM mails GROUP BY 1, 2, 3, 4"
_OVERLAPS = """
    SELECT count(*) FROM occupancies a JOIN occupancies b
        ON a.resource_id = b.resource_id AND a.id < b.id AND a.nights && b.nights
"""
_AT_REST = {
    "booking": """
        SELECT (SELECT count(*) FROM bookings WHERE state IN ('PLACING', 'CONFIRMING', 'CANCELLING', 'CHANGING')
                    OR pending IS NOT NULL)
             + (SELECT count(*) FROM outbox WHERE published_at IS NULL)
    """,
    "availability": "SELECT count(*) FROM outbox WHERE published_at IS NULL",
    "documents": """
        SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL)
             + (SELECT count(*) FROM mails WHERE state = 'SENDING' OR (state = 'WAITING' AND kind <> 'M05'))
    """,
}


@dataclass(slots=True)
class Verdict:
    """Differences found, in words; none is what is wanted."""

    differences: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Kept:
    """What availability and documents have, by file."""

    occupied: set[tuple[UUID, str, date, date]]
    contracts: set[UUID]
    mails: dict[tuple[UUID, str, str, str], int]


async def until_at_rest(
    databases: Databases, *, patience: float = 60.0, limit: float = 900.0
) -> dict[str, int]:
    """Waits until nothing is under way, or nothing has moved for a minute; returns what is left, per service."""
    began = moved = time.monotonic()
    last: dict[str, int] = {}
    while True:
        left = {name: await _count(databases, name, query) for name, query in _AT_REST.items()}
        now = time.monotonic()
        if left != last:
            last, moved = left, now
        if not any(left.values()):
            # News may still be on its way from one service to the next.
            if now - moved > 3:
                return left
        elif now - moved > patience or now - began > limit:
            return left
        await asyncio.sleep(0.5)


async def judge(databases: Databases, seen: Seen) -> Verdict:
    """Compares what people were told with what the services keep."""
    verdict = Verdict()
    files: dict[str, list[asyncpg.Record]] = {}
    for row in await _rows(databases, "booking", _FILES):
        files.setdefault(row["last_name"], []).append(row)
    occupied = {
        (row["booking_id"], row["kind"], row["arrival"], row["departure"])
        for row in await _rows(
            databases,
            "availability",
            "SELECT booking_id, kind, lower(nights) AS arrival, upper(nights) AS departure FROM occupancies"
            " WHERE booking_id IS NOT NULL",
        )
    }
    contracts = {
        row["booking_id"] for row in await _rows(databases, "documents", "SELECT booking_id FROM documents")
    }
    mails = {
        (row["booking_id"], row["kind"], row["audience"], row["state"]): row["n"]
        for row in await _rows(databases, "documents", _MAILS)
    }
    overlaps = await _count(databases, "availability", _OVERLAPS)
    if overlaps:
        verdict.differences.append(f"{overlaps} pairs of occupancies overlap")
    for life in seen.lives:
        _judge_life(life, files.get(life.last_name, []), Kept(occupied, contracts, mails), verdict)
    known = {str(row["id"]): row["state"] for rows in files.values() for row in rows}
    for booking_id, kind, arrival, _ in occupied:
        state = known.get(str(booking_id))
        if state is None or _HELD.get(state) != kind:
            verdict.differences.append(
                f"nights from {arrival} are a {kind} of {booking_id}, which is {state}"
            )
    return verdict


def _judge_life(life: Life, rows: list[asyncpg.Record], kept: Kept, verdict: Verdict) -> None:
    found = {row["state"] for row in rows}
    wanted = life.may_be or {life.told}
    verdict.figures[life.told or "refused"] += 1
    if "OPTION" in wanted:
        wanted = wanted | {"EXPIRED"}  # The clock was moved.
    if len(rows) > 1:
        verdict.differences.append(f"{life.last_name} has {len(rows)} files")
    elif (found or {""}) - wanted:
        verdict.differences.append(
            f"{life.last_name} was told {wanted}, and the file is {found or 'not there'}"
        )
    for row in rows:
        kind = _HELD.get(row["state"])
        if kind and (row["id"], kind, row["arrival"], row["departure"]) not in kept.occupied:
            verdict.differences.append(f"{life.last_name}: {row['state']} without its nights")
        sent = sum(kept.mails.get((row["id"], "M04", "GUEST", state), 0) for state in ("SENT", "IN_DOUBT"))
        if row["state"] == "CONFIRMED":
            verdict.figures["confirmed"] += 1
            if row["id"] not in kept.contracts:
                verdict.differences.append(f"{life.last_name}: confirmed without a document")
            if sent != 1:
                verdict.differences.append(f"{life.last_name}: confirmed, and {sent} mails say so")
        verdict.figures["mails in doubt"] += kept.mails.get((row["id"], "M04", "GUEST", "IN_DOUBT"), 0)
        if sent > 1:
            verdict.differences.append(f"{life.last_name}: {sent} mails M04")


async def _rows(databases: Databases, service: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(databases[service])
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


async def _count(databases: Databases, service: str, query: str) -> int:
    try:
        return int((await _rows(databases, service, query))[0][0])
    except (OSError, asyncpg.PostgresError):
        return -1
