"""`make bench`: starts a copy of its own, measures it beside the yardsticks, prints a table, writes build/bench.json.

    python tests/load/run.py [--only search,bookings] [--full] [--keep]

The figures' names are those of the design; each is the median of its runs, with half the distance between the
extremes. A figure that cannot be taken says why and the others are taken all the same; then the exit code is 1.
"""

import argparse
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import bench_options
import bench_pages
import bench_search
from copy_under_load import ROOT, CopyUnderLoad
from echo_chain import EchoChain
from measure import Figure, machine, written

Bench = Callable[..., Iterator[tuple[str, Figure]]]
BENCHES: dict[str, Bench] = {
    "options": bench_options.main,
    "pages": bench_pages.main,
    "search": bench_search.main,
}
"""In this order: search stops the services that it does not need."""


def table(figures: dict[str, Figure]) -> str:
    """The figures in aligned lines."""
    lines = [
        f"{name:38} {figure.value:>10.4g} {figure.unit:10} ± {figure.spread:<8.3g}"
        f" {'over ' + figure.ratio_to if figure.ratio_to else ''}"
        for name, figure in figures.items()
    ]
    return "\n".join(line.rstrip() for line in lines)


def measure(copy: CopyUnderLoad, only: list[str], *, full: bool) -> tuple[dict[str, Figure], list[str]]:
    """Runs the benches that are asked for."""
    figures: dict[str, Figure] = {}
    failed = []
    echo = EchoChain()
    try:
        for name, bench in BENCHES.items():
            if only and name not in only:
                continue
            copy.say(f"{name} ...")
            try:
                for figure_name, figure in bench(copy, echo, full=full):
                    figures[figure_name] = figure
                    copy.say(f"{figure_name}: {figure.value:g} {figure.unit} {figure.notes}")
            except (Exception, SystemExit) as error:  # noqa: BLE001 (the other figures are still worth having)
                traceback.print_exc()
                failed.append(f"{name}: {error}")
    finally:
        echo.stop()
    return figures, failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help=f"comma list of {', '.join(BENCHES)}")
    parser.add_argument("--full", action="store_true", help="10 000 rivals and 100 000 listings, too")
    parser.add_argument("--keep", action="store_true", help="leave the copy running")
    parser.add_argument("--houses", type=int, default=120)
    asked = parser.parse_args()
    # Whoever ends the run ends its copy as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    told = machine()
    home = Path(os.environ.get("SEJOUR_HOME") or ROOT / ".sejour" / "bench")
    copy = CopyUnderLoad(home, int(os.environ.get("SEJOUR_PORT") or 0), houses=asked.houses)
    copy.start()
    try:
        figures, failed = measure(copy, [each for each in asked.only.split(",") if each], full=asked.full)
    finally:
        if not asked.keep:
            copy.stop()
    (ROOT / "build").mkdir(exist_ok=True)
    path = ROOT / "build" / "bench.json"
    path.write_text(
        json.dumps({"machine": told, "figures": written(figures), "failed": failed}, indent=2) + "\n"
    )
    print(table(figures))
    copy.say(f"details in {path.relative_to(ROOT)}")
    for each in failed:
        print(f"NOT MEASURED {each}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
