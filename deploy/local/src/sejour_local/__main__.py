"""`python -m sejour_local` is the command `sejour`."""

from sejour_local.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
