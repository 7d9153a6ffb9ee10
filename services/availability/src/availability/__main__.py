"""`python -m availability serve | migrate | search`."""

import sys

from chassis.lifecycle import run
from chassis.migrations import run_migrate

from availability.settings import AvailabilitySettings
from availability.wiring import build

USAGE = "python -m availability serve | migrate | search"


def main() -> None:
    """Runs one role."""
    match sys.argv[1:]:
        case ["serve"]:
            run(build)
        case ["migrate"]:
            run_migrate("availability", AvailabilitySettings().database_url.get_secret_value())
        case ["search"]:
            from availability.search_wiring import build_search  # noqa: PLC0415 (the other role's parts)

            run(build_search)
        case _:
            sys.exit(USAGE)


main()
