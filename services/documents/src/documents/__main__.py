"""`python -m documents serve | migrate`."""

import sys

from chassis.lifecycle import run
from chassis.migrations import run_migrate

from documents.settings import DocumentsSettings
from documents.wiring import SERVICE, build


def main(arguments: list[str]) -> None:
    """Serves, or migrates the database and ends."""
    match arguments:
        case ["serve"]:
            run(build)
        case ["migrate"]:
            run_migrate(SERVICE, DocumentsSettings().database_url.get_secret_value())
        case _:
            sys.exit("usage: python -m documents serve | migrate")


if __name__ == "__main__":
    main(sys.argv[1:])
