"""`python -m booking serve` and `python -m booking migrate`."""

import sys

from chassis.lifecycle import run
from chassis.migrations import run_migrate

from booking.settings import BookingSettings
from booking.wiring import build


def main() -> None:
    """Does what the first argument says."""
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command == "serve":
        run(build)
    elif command == "migrate":
        run_migrate("booking", BookingSettings().database_url.get_secret_value())
    else:
        sys.exit("usage: python -m booking serve | migrate")


if __name__ == "__main__":
    main()
