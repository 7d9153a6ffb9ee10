"""The command `sejour`: run a copy on this machine, look at it, move its clock, load and export data."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from sejour_local import clock
from sejour_local.logs import follow
from sejour_local.places import Places
from sejour_local.sentences import CannotStart


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; what is in the way is said in a sentence, with exit code 1."""
    parsed = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace, Places], int] = parsed.command
    try:
        return command(parsed, Places.here())
    except CannotStart as error:
        print(f"sejour: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # Whoever read our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        if error.errno != 28:  # ENOSPC
            raise
        print(
            f"sejour: The disk is full ({error.filename or Places.here().home}). Make room and try again.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sejour", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, function: Callable[[argparse.Namespace, Places], int], text: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=function)
        return sub

    add("up", _up, "Start everything in the foreground; Ctrl-C stops it.")
    add("down", _down, "Stop a copy that runs in another terminal.")
    reset = add("reset", _reset, "Stop, and remove all data of this copy; asks first.")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    add("status", _status, "Say what runs.")
    logs = add("logs", _logs, "Follow the logs.")
    logs.add_argument("names", nargs="*", help="only these processes")
    logs.add_argument("--json", action="store_true", help="the lines as they were written")
    clocks = add("clock", _clock, "Show or move the clock of this copy (development).")
    clocks.add_argument("action", choices=("show", "set", "reset"))
    clocks.add_argument("when", nargs="?", help="such as « 2026-03-01 10:00 » (Europe/Paris)")
    load = add("load", _load, "Load a data file (docs/data-file.md) through the services' own calls.")
    load.add_argument("file", type=Path)
    load.add_argument("--check", action="store_true", help="only check the file, write nothing")
    load.add_argument("--report", type=Path, help="write logins and keys as JSON")
    export = add("export", _export, "Write an owner's data as a data file to standard output.")
    export.add_argument("owner", help="supplier number, such as 27144")
    dead = add("dead", _dead, "What consumers could not take: list, show, replay, drop (each with --help).")
    dead.add_argument("rest", nargs=argparse.REMAINDER, metavar="ACTION ...")
    audit = add("audit", _audit, "Say who did what and when (the gateway's trail).")
    audit.add_argument("--since", default="", help="such as « 2026-03-01 » (Europe/Paris)")
    audit.add_argument("--event", default="", help="beginning of a name: session, booking, terms, key, ...")
    audit.add_argument("--actor", default="", help="account:<id>, key:<name>, nobody")
    audit.add_argument("--about", default="", help="any part of what it is about")
    audit.add_argument("--limit", type=int, default=100, help="the newest rows, at most 1000")
    imports = add("import", _import, "Import a label's or tourism database's file; dry run with --dry-run.")
    imports.add_argument("file", type=Path, help="DATAtourisme zip, folder or file; APIDAE JSON")
    imports.add_argument("--format", choices=("auto", "datatourisme", "apidae"), default="auto")
    imports.add_argument("--dry-run", action="store_true", help="report only, write nothing")
    imports.add_argument("--label", default="", help="slug of the label on whose behalf")
    imports.add_argument("--owner", default="", help="supplier number that receives new listings")
    taxes = add("tax", _tax, "The tourist tax of communes: import, list, set (each with --help).")
    taxes.add_argument("rest", nargs=argparse.REMAINDER, metavar="ACTION ...")
    compare = add("reconcile", _reconcile, "Compare the services with each other; code 1 when they differ.")
    compare.add_argument("--mend", action="store_true", help="mend what is safe to mend")
    compare.add_argument(
        "--republish", action="store_true", help="tell all compacted topics again first, after a restore"
    )
    return parser


def _up(_: argparse.Namespace, places: Places) -> int:
    from sejour_local.up import up  # noqa: PLC0415  (late: light commands stay light)

    return up(places)


def _down(_: argparse.Namespace, places: Places) -> int:
    from sejour_local.status import down  # noqa: PLC0415

    return down(places)


def _status(_: argparse.Namespace, places: Places) -> int:
    from sejour_local.status import status  # noqa: PLC0415

    return status(places)


def _reset(arguments: argparse.Namespace, places: Places) -> int:
    from sejour_local.status import down, remove  # noqa: PLC0415

    if not places.home.exists():
        print("There is nothing to remove.")
        return 0
    if not arguments.yes:
        answer = input(
            f"Remove all data of {places.home} (databases, messages, files, mails)? Type « yes »: "
        )
        if answer.strip().lower() not in {"yes", "oui"}:
            print("Nothing was removed.")
            return 1
    down(places)
    remove(places)
    print("All data of this copy are removed; the next « make up » starts anew.")
    return 0


def _logs(arguments: argparse.Namespace, places: Places) -> int:
    files = [places.logs / f"{name}.log" for name in arguments.names] or sorted(places.logs.glob("*.log"))
    files = [path for path in files if path.exists()]
    if not files:
        raise CannotStart(f"There are no logs in {places.logs} yet: « make up » writes them.")
    return follow(files, as_json=arguments.json)


def _clock(arguments: argparse.Namespace, places: Places) -> int:
    if arguments.action == "set":
        if not arguments.when:
            raise CannotStart("Say to when: sejour clock set « 2026-03-01 10:00 ».")
        clock.set_to(places.clock, arguments.when)
    elif arguments.action == "reset":
        clock.reset(places.clock)
    print(clock.show(places.clock).strftime("%Y-%m-%d %H:%M:%S %Z"))
    return 0


def _load(arguments: argparse.Namespace, places: Places) -> int:
    from sejour_local.load.command import load_file  # noqa: PLC0415

    report = load_file(arguments.file, places, check_only=arguments.check)
    if arguments.report and report is not None:
        arguments.report.touch(mode=0o600)
        arguments.report.write_text(json.dumps(report, indent=2, ensure_ascii=False))
    return 0


def _export(arguments: argparse.Namespace, places: Places) -> int:
    from sejour_local.load.command import export_owner  # noqa: PLC0415

    if not arguments.owner.isdigit():
        raise CannotStart(f"« {arguments.owner} » is no supplier number: give a number such as 27144.")
    sys.stdout.write(export_owner(int(arguments.owner), places))
    return 0


def _dead(arguments: argparse.Namespace, places: Places) -> int:
    from sejour_local.dead import dead  # noqa: PLC0415

    return dead(arguments.rest, places)


def _audit(arguments: argparse.Namespace, places: Places) -> int:
    from sejour_local.audit import print_audit  # noqa: PLC0415

    return print_audit(
        places,
        since=arguments.since,
        event=arguments.event,
        actor=arguments.actor,
        about=arguments.about,
        limit=arguments.limit,
    )


def _import(arguments: argparse.Namespace, places: Places) -> int:
    from sejour_local.feeds import import_file  # noqa: PLC0415

    return import_file(
        arguments.file,
        places,
        feed_format=arguments.format,
        dry_run=arguments.dry_run,
        label=arguments.label,
        owner=arguments.owner,
    )


def _tax(arguments: argparse.Namespace, places: Places) -> int:
    from sejour_local.tax import tax  # noqa: PLC0415

    return tax(arguments.rest, places)


def _reconcile(arguments: argparse.Namespace, places: Places) -> int:
    from sejour_local.reconcile import reconcile  # noqa: PLC0415

    return reconcile(places, mend=arguments.mend, republish=arguments.republish)
