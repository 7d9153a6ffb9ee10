"""`make rolling`: every process of a doubled copy restarts in turn under load; no request may fail.

    python tests/chaos/rolling.py --rounds 2

Prints what it does and ends with 1 when a request failed.
"""

import argparse
import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from sejour_local.kept import SERVICES  # noqa: E402
from sejour_local.processes import free_ports  # noqa: E402
from sejour_local.stack import Stack  # noqa: E402
from steady import Steady, restart, steady_load  # noqa: E402


async def roll(stack: Stack, rounds: int) -> Steady:
    """Restarts all, one after the other, so many times."""
    async with steady_load(stack) as steady:
        for number in range(rounds):
            for name in (*SERVICES, "gateway"):
                for each in (f"{name}-2", name):
                    await restart(stack, each)
                    await steady.more(2)
                    print(
                        f"round {number + 1}: {each} restarted, {steady.answers.total()} answers", flush=True
                    )
        return steady


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    stack = Stack(ROOT / ".sejour" / "rolling", free_ports(1)[0])
    stack.start(SEJOUR_INSTANCES="2", SEJOUR_DRAIN_SECONDS="2")
    try:
        steady = asyncio.run(roll(stack, asked.rounds))
    finally:
        stack.stop()
    print(dict(steady.answers))
    for each in steady.failures[:50]:
        print(f"FAILED {each}")
    print(f"{len(steady.failures)} of {steady.answers.total()} requests failed")
    return 1 if steady.failures else 0


if __name__ == "__main__":
    sys.exit(main())
