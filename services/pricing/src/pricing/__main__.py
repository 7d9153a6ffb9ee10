"""`python -m pricing serve` runs the service; `python -m pricing migrate` brings its database up to date."""

from __future__ import annotations

import sys

from chassis.lifecycle import run
from chassis.migrations import run_migrate

from pricing.settings import PricingSettings
from pricing.wiring import NAME, build


def main(arguments: list[str]) -> int:
    """Does what the one argument says."""
    if arguments == ["serve"]:
        run(build)
    elif arguments == ["migrate"]:
        run_migrate(NAME, PricingSettings().database_url.get_secret_value())
    else:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
