"""Dead letters: seen with their reason, replayed to their own group alone, dropped; all of it as often as one likes."""

import asyncio

import pytest
from chassis import dead_letters
from chassis.clock import system_clock
from chassis.dead import drop, letters, replay, topics_with_letters
from chassis.kafka import CONSUMED, KafkaConfig, TopicSpec, consume_all, consume_group, create_topics
from chassis.relay import Relay
from google.protobuf.wrappers_pb2 import StringValue

from .conftest import until
from .test_kafka import TOPIC, all_sent, kafka, put, running  # noqa: F401 (`kafka` is a fixture)


class Eater:
    """A handler that cannot take what is poisoned until it is mended."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.is_mended = False

    async def __call__(self, event) -> None:
        value = StringValue.FromString(event.payload or b"").value
        if "poison" in value and not self.is_mended:
            raise RuntimeError("cannot be taken\nKey (name)=(Georges DUPOND)")
        self.got.append(f"{event.topic}:{event.key}:{value}")


@pytest.fixture
async def buried(database, kafka):  # noqa: F811
    """Two letters of the group `eaters`, which goes on; `others` took everything."""
    eater, other = Eater(), Eater()
    other.is_mended = True
    await put(database, "a-poison", "a-good", "b-poison")
    async with running(
        Relay(database, kafka, "tests", clock=system_clock).run(),
        consume_group(kafka, [TOPIC], "eaters", eater, tries=1),
        consume_group(kafka, [TOPIC], "others", other, tries=1),
    ):
        await all_sent(database)
        await until(lambda: len(other.got) == 3 and eater.got, 40)
        await until(lambda: CONSUMED.labels("eaters", TOPIC, "dead")._value.get() >= 2, 40)
        yield eater, other
    CONSUMED.remove("eaters", TOPIC, "dead")


async def test_a_letter_says_what_died_where_when_and_why_and_no_person(kafka, buried):  # noqa: F811
    found = await letters(kafka, TOPIC)
    assert {letter.key for letter in found} == {b"a", b"b"}
    first = next(letter for letter in found if letter.key == b"a")
    assert (first.group, first.topic, first.offset, first.deaths) == ("eaters", TOPIC, 0, 1)
    assert first.reason == "RuntimeError: cannot be taken"
    assert first.value == StringValue(value="a-poison").SerializeToString()
    assert first.header("event-type") == "google.protobuf.StringValue"
    assert abs((first.died_at - system_clock()).total_seconds()) < 120
    assert TOPIC in await topics_with_letters(kafka)


async def test_a_replay_reaches_its_group_alone_and_ends_the_letter(kafka, buried):  # noqa: F811
    eater, other = buried
    eater.is_mended = True
    chosen = await letters(kafka, TOPIC)
    assert await replay(kafka, chosen) == 2
    await until(lambda: len(eater.got) == 3, 40)
    assert sorted(eater.got) == ["things:a:a-good", "things:a:a-poison", "things:b:b-poison"]
    assert await letters(kafka, TOPIC) == []
    # Somebody who had the list on his screen replays once more: the group sees it again, nobody else does.
    await replay(kafka, chosen[:1])
    await until(lambda: len(eater.got) == 4, 40)
    assert len(other.got) == 3
    assert await letters(kafka, TOPIC) == []


async def test_a_replay_that_fails_again_is_the_same_letter(kafka, buried):  # noqa: F811
    before = await letters(kafka, TOPIC)
    await replay(kafka, before[:1])
    await until(lambda: CONSUMED.labels("eaters", TOPIC, "dead")._value.get() >= 3, 40)
    after = await letters(kafka, TOPIC)
    assert {letter.identity for letter in after} == {letter.identity for letter in before}
    assert sorted(letter.deaths for letter in after) == [1, 2]
    assert [name for name, _ in after[-1].headers] == [name for name, _ in before[0].headers]


async def test_a_dropped_letter_is_gone_and_reaches_nobody(kafka, buried):  # noqa: F811
    eater, _ = buried
    eater.is_mended = True
    [first, second] = await letters(kafka, TOPIC)
    assert await drop(kafka, [first]) == 1
    assert await letters(kafka, TOPIC) == [second]
    await replay(kafka, [second])
    await until(lambda: len(eater.got) == 2, 40)
    assert await letters(kafka, TOPIC) == []


async def test_readers_of_everything_never_see_a_replay(database, kafka, buried):  # noqa: F811
    read: list[str] = []

    async def take(events) -> None:
        read.extend(event.key for event in events)

    async def caught_up() -> None:
        pass

    eater, _ = buried
    eater.is_mended = True
    await replay(kafka, await letters(kafka, TOPIC))
    await until(lambda: len(eater.got) == 3, 40)
    async with running(consume_all(kafka, [TOPIC], take, caught_up)):
        await put(database, "z-last")
        await until(lambda: "z" in read, 40)
    assert sorted(read) == ["a", "a", "b", "z"]


async def test_rubbish_is_laid_aside_too_and_can_only_be_dropped(kafka):  # noqa: F811
    from aiokafka import AIOKafkaProducer  # noqa: PLC0415

    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    await producer.send_and_wait(kafka.topic(TOPIC), b"rubbish")
    await producer.stop()
    eater = Eater()
    async with running(consume_group(kafka, [TOPIC], "rubbish", eater, tries=1)):
        await until(lambda: CONSUMED.labels("rubbish", TOPIC, "dead")._value.get() == 1, 40)
        await replay(kafka, await letters(kafka, TOPIC))
        await until(lambda: CONSUMED.labels("rubbish", TOPIC, "dead")._value.get() == 2, 40)
    [letter] = await letters(kafka, TOPIC)
    assert (letter.key, letter.value, letter.deaths) == (None, b"rubbish", 2)
    assert await drop(kafka, [letter]) == 1
    assert await letters(kafka, TOPIC) == []


async def test_a_topic_that_is_not_there_says_so(kafka):  # noqa: F811
    with pytest.raises(LookupError):
        await letters(kafka, "nothing")
    assert await create_topics(kafka, [TopicSpec(TOPIC)]) == []
    assert await letters(kafka, TOPIC) == []


@pytest.fixture
def command(kafka, monkeypatch):  # noqa: F811
    """Runs the command as an operator does; answers its exit code and what it said."""

    async def run(*given: str) -> tuple[int, str]:
        said: list[str] = []
        # Standard output also gets the log of the consumers that run here.
        monkeypatch.setattr(dead_letters, "_say", said.append)
        code = await asyncio.to_thread(dead_letters.main, given, kafka, contracts="google.protobuf")
        return code, "\n".join(said)

    return run


async def test_the_command_lists_shows_replays_and_drops(command, buried):
    eater, _ = buried
    code, listed = await command("list")
    assert code == 0
    lines = listed.splitlines()
    assert len(lines) == 3
    assert "eaters" in lines[1]
    assert "RuntimeError: cannot be taken" in lines[1]
    assert "DUPOND" not in listed
    number = lines[1].split()[0]
    code, shown = await command("show", TOPIC, number)
    assert (code, "things, partition" in shown, "-poison" in shown) == (0, True, False)
    code, shown = await command("show", TOPIC, number, "--payload")
    assert b"-poison".hex() in shown

    eater.is_mended = True
    assert await command("replay", TOPIC, number) == (0, "1 replayed.")
    assert await command("replay", TOPIC, number) == (
        0,
        f"{number}: does not wait (any more).\n0 replayed.",
    )
    assert await command("drop", TOPIC, "--all", "--consumer", "others") == (0, "0 dropped.")
    assert await command("drop", TOPIC, "--all") == (0, "1 dropped.")
    assert await command("list", TOPIC) == (0, "No letters wait.")
    await until(lambda: len(eater.got) == 2, 40)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (("list", "nothing"), 1, "nothing.dead."),
        (("show", TOPIC, "7"), 1, "7: no such letter waits in things."),
        (("replay", TOPIC), 2, "Say which"),
        (("drop", TOPIC, "3", "--all"), 2, "Say which"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_why(command, given, code, said):
    answered, printed = await command(*given)
    assert answered == code
    assert said in printed


async def test_a_broker_that_is_away_is_said_in_a_sentence(capsys):
    away = KafkaConfig(bootstrap="127.0.0.1:1")
    assert await asyncio.to_thread(dead_letters.main, ["list"], away) == 1
    assert "Kafka does not answer at 127.0.0.1:1" in capsys.readouterr().out
