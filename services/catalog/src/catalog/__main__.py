"""`python -m catalog serve` and `python -m catalog migrate`."""

import sys

USAGE = "usage: python -m catalog serve | migrate"


def main(arguments: list[str]) -> int:
    """Runs one of the two commands."""
    match arguments:
        case ["serve"]:
            from chassis.lifecycle import run  # noqa: PLC0415

            from catalog.wiring import build  # noqa: PLC0415 (migrating needs none of it)

            run(build)
        case ["migrate"]:
            from chassis.migrations import run_migrate  # noqa: PLC0415

            from catalog.settings import CatalogSettings  # noqa: PLC0415

            run_migrate("catalog", CatalogSettings().database_url.get_secret_value())
        case _:
            sys.stderr.write(f"{USAGE}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
