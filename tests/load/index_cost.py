"""CPU of a search in the index alone, and of a bare numpy scan of the same packed bits, in turn.

    python index_cost.py LISTINGS TODAY

Prints one line of JSON; run by `bench_search` in a process of its own. The scan says no more than which offers are
free for the stay (nights, arrival, departure and capacity AND-ed, then unpacked), over the whole country; the index
says which of them lie within the place, what each costs to the cent, and the first twenty. Every stay is asked for once:
nothing that an answer leaves behind serves the same question again.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import islice

import numpy as np
from availability.entrypoints.grpc_search import to_query
from availability.search.query import Query
from availability.search.vector_index import VectorIndex
from feeding import events_of
from made_up import made_up, searches

RUNS = 5
_ASKED = 600
"""Searches of the mix in a run, others in each."""
_AT_ONCE = 500


async def filled(listings: int, now: datetime) -> VectorIndex:
    """An index with so many made-up listings, which stand still."""
    index = VectorIndex(lambda: now)
    waiting = made_up(listings, today=now.date())
    while some := list(islice(waiting, _AT_ONCE)):
        await index.take([event for each in some for event in events_of(each, now)])
    gc.collect()
    gc.freeze()
    return index


def scan_of(index: VectorIndex) -> Callable[[Query], object]:
    """The bare scan over the index' own rows."""
    # The yardstick reads the same memory, not a copy of it.
    columns = index._build.columns
    table, rows = columns.table, len(columns.free)

    def scan(query: Query) -> object:
        first, last = query.arrival.toordinal(), query.arrival.toordinal() + query.nights
        nights = np.arange(first, last) % rows
        free = np.bitwise_and.reduce(columns.free[nights], axis=0)
        free &= columns.capacity[query.party.persons]
        free &= table.arrivals[first % rows]
        free &= table.departures[(last - 1) % rows]
        return np.unpackbits(free, bitorder="little").nonzero()[0]

    return scan


def spent_us(work: Callable[[Query], object], asked: Sequence[Query]) -> float:
    """Microseconds of CPU for each."""
    began = time.process_time()
    for each in asked:
        work(each)
    return 1e6 * (time.process_time() - began) / len(asked)


def main() -> None:
    now = datetime.combine(date.fromisoformat(sys.argv[2]), datetime.min.time().replace(hour=9), UTC)
    index = asyncio.run(filled(int(sys.argv[1]), now))
    scan = scan_of(index)
    mix = [to_query(each) for each in islice(searches(today=now.date(), seed=5), (RUNS + 1) * _ASKED)]
    pairs = []
    for run in range(RUNS + 1):
        asked = mix[run * _ASKED : (run + 1) * _ASKED]
        pairs.append((spent_us(scan, asked), spent_us(index.search, asked)))
    # The first run is for warmth alone.
    del pairs[0]
    near = [each for each in mix[-_ASKED:] if each.centre is not None]
    wide = [each for each in mix[-_ASKED:] if each.centre is None]
    print(
        json.dumps(
            {
                "ratios": [ours / bare for bare, ours in pairs],
                "cpu_us": {
                    "scan": round(min(bare for bare, _ in pairs), 1),
                    "index": round(min(ours for _, ours in pairs), 1),
                    "index_around_a_place_again": round(spent_us(index.search, near), 1),
                    "index_nationwide_again": round(spent_us(index.search, wide), 1),
                },
            }
        )
    )


if __name__ == "__main__":
    main()
