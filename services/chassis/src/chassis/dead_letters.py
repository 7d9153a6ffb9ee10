"""`python -m chassis.dead_letters list|show|replay|drop`: what consumers could not take.

On one machine the command is `sejour dead`. Needs the settings of Kafka only (`SEJOUR_KAFKA_*`).
"""

import argparse
import asyncio
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiokafka.errors import KafkaError

from chassis.dead import Letter, drop, letters, replay, topics_with_letters
from chassis.events import KafkaConfig
from chassis.settings import SharedSettings

if TYPE_CHECKING:
    from google.protobuf.message import Message


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description="What consumers could not take.")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the letters that wait, of all topics or of one")
    listing.add_argument("topic", nargs="?", help="such as booking.bookings")
    show = actions.add_parser("show", help="all that is known of one letter")
    show.add_argument("topic")
    show.add_argument("number", type=int)
    show.add_argument("--payload", action="store_true", help="also what it says; may name a person")
    for name, text in (
        ("replay", "give letters to the consumer that could not take them, once more"),
        ("drop", "end letters without giving them to anybody"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("topic")
        action.add_argument("numbers", type=int, nargs="*", metavar="NUMBER")
        action.add_argument("--all", action="store_true", help="all that wait")
        action.add_argument("--consumer", help="only letters of this consumer")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


async def _list(kafka: KafkaConfig, topic: str | None) -> int:
    names = [topic] if topic else await topics_with_letters(kafka)
    found = [letter for name in names for letter in await letters(kafka, name)]
    if not found:
        _say("No letters wait.")
        return 0
    rows = [("NUMBER", "TOPIC", "CONSUMER", "DIED AT (UTC)", "TIMES", "TYPE", "KEY", "REASON")]
    rows += [
        (
            str(letter.number),
            letter.topic,
            letter.group,
            f"{letter.died_at:%Y-%m-%d %H:%M:%S}",
            str(letter.deaths),
            letter.header("event-type").rpartition(".")[2] or "?",
            _text(letter.key),
            letter.reason[:100],
        )
        for letter in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        _say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


async def _show(kafka: KafkaConfig, topic: str, number: int, contracts: str, *, payload: bool) -> int:
    letter = next((one for one in await letters(kafka, topic) if one.number == number), None)
    if letter is None:
        _say(f"{number}: no such letter waits in {topic}.")
        return 1
    place = f"{letter.topic}, partition {letter.partition}, offset {letter.offset}"
    facts = {
        "consumer": letter.group,
        "died at": f"{letter.died_at:%Y-%m-%d %H:%M:%S} UTC, {letter.deaths} times in all",
        "reason": letter.reason,
        "stood in": place,
        "key": _text(letter.key),
        **{name: value.decode(errors="replace") for name, value in letter.headers},
        "size": "no payload" if letter.value is None else f"{len(letter.value)} bytes",
    }
    for name, value in facts.items():
        _say(f"{name + ':':14} {value}")
    if payload:
        _say(_decoded(letter, contracts))
    return 0


async def _end(kafka: KafkaConfig, arguments: argparse.Namespace) -> int:
    if bool(arguments.numbers) == arguments.all:
        _say("Say which: numbers of « list », or --all.")
        return 2
    waiting = [
        letter
        for letter in await letters(kafka, arguments.topic)
        if arguments.consumer in {None, letter.group}
    ]
    chosen = [letter for letter in waiting if arguments.all or letter.number in arguments.numbers]
    for number in sorted(set(arguments.numbers) - {letter.number for letter in chosen}):
        _say(f"{number}: does not wait (any more).")
    does, done = (replay, "replayed") if arguments.action == "replay" else (drop, "dropped")
    count = await does(kafka, chosen) if chosen else 0
    _say(f"{count} {done}.")
    return 0


def _text(key: bytes | None) -> str:
    return "-" if key is None else key.decode(errors="replace")


def _decoded(letter: Letter, contracts: str) -> str:
    kind = letter.header("event-type")
    message_class = _message_class(kind, contracts) if contracts else None
    if letter.value is None or message_class is None:
        return "" if letter.value is None else letter.value.hex()
    return str(message_class.FromString(letter.value))


def _message_class(kind: str, contracts: str) -> "type[Message] | None":
    for module in pkgutil.walk_packages(importlib.import_module(contracts).__path__, f"{contracts}."):
        if module.name.endswith("_events_pb2"):
            found = getattr(importlib.import_module(module.name), kind.rpartition(".")[2], None)
            if found is not None and found.DESCRIPTOR.full_name == kind:
                message: type[Message] = found
                return message
    return None


def main(
    given: Sequence[str],
    kafka: KafkaConfig | None = None,
    *,
    prog: str = "python -m chassis.dead_letters",
    contracts: str = "",
) -> int:
    """Runs one action; returns 0, 1 when the broker or a topic is not there, 2 when the question is unclear.

    `contracts` is the package whose events are decoded by `show --payload`.
    """
    arguments = _parser(prog).parse_args(given)
    kafka = kafka or KafkaConfig.of(SharedSettings())

    async def act() -> int:
        match arguments.action:
            case "list":
                return await _list(kafka, arguments.topic)
            case "show":
                return await _show(
                    kafka, arguments.topic, arguments.number, contracts, payload=arguments.payload
                )
            case _:
                return await _end(kafka, arguments)

    try:
        return asyncio.run(act())
    except LookupError as error:
        _say(f"There is no topic {error.args[0]}.")
    except (KafkaError, OSError) as error:
        _say(f"Kafka does not answer at {kafka.bootstrap}: {type(error).__name__}.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
