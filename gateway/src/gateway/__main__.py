"""`python -m gateway serve | migrate`."""

import sys

from chassis.lifecycle import run
from chassis.migrations import run_migrate

from gateway.settings import GatewaySettings


def main() -> None:
    """Runs the role that the command line names."""
    role = sys.argv[1] if len(sys.argv) == 2 else ""
    if role == "serve":
        from gateway.wiring import build  # noqa: PLC0415 (migrating does not need the pages)

        run(build)
    elif role == "migrate":
        settings = GatewaySettings()
        run_migrate("gateway", settings.database_url.get_secret_value())
    else:
        sys.exit("usage: python -m gateway serve | migrate")


if __name__ == "__main__":
    main()
