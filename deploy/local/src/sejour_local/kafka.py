"""A real single-node Apache Kafka (KRaft) in the foreground; for `make up` and the tests.

The jars come once through Maven (`deploy/local/kafka/pom.xml`); a class archive made at the same time halves
the start. A formatted, empty log folder is kept as a pattern, so that a new home needs no second JVM.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sejour_local.places import Places
from sejour_local.processes import Program, free_ports
from sejour_local.sentences import CannotStart

VERSION = "4.4.0"
_CLUSTER = "c2Vqb3VyLWxvY2FsLTAwMQ"  # 16 bytes in base64: one fixed cluster for every copy.
_JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms64m", "-Xmx256m", "-XX:-UsePerfData")
_QUIET = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={logs}
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=16777216
log.segment.bytes=16777216
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
controlled.shutdown.enable=false
num.network.threads=2
num.io.threads=4
"""


@dataclass(frozen=True, slots=True)
class Kafka:
    """One broker: its address and the program that runs it."""

    bootstrap: str
    program: Program


def jars() -> Path:
    """The folder of Kafka's jars."""
    return Places.here().tools / f"kafka-{VERSION}"


def installed() -> bool:
    """Whether jars, class archive and pattern are all there."""
    return (jars() / "ready").exists()


def install() -> None:
    """Fetches the jars and makes class archive and pattern; does nothing when all are there.

    Raises:
        CannotStart: no Java, no Maven, no network, no room.

    """
    if installed():
        return
    _java()
    if shutil.which("mvn") is None:
        raise CannotStart("Maven is not installed: « apt-get install maven » (as root), then try again.")
    folder = jars()
    with _only_one(folder.parent):
        if installed():
            return
        _fetch_jars(folder)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            _make_pattern(folder, Path(scratch))
        (folder / "ready").touch()


def prepare(home: Path, port: int, controller: int) -> Kafka:
    """Makes the home of a broker when there is none and says how to run it.

    Args:
        home: Folder that gets `server.properties` and `logs`.
        port: Where clients connect, on 127.0.0.1.
        controller: The controller's port, on 127.0.0.1.

    Raises:
        CannotStart: Java is missing.

    """
    java = _java()
    logs = home / "logs"
    home.mkdir(parents=True, exist_ok=True)
    if not (logs / "meta.properties").exists():
        shutil.rmtree(logs, ignore_errors=True)
        shutil.copytree(jars() / "pattern", logs)
    properties = home / "server.properties"
    properties.write_text(_PROPERTIES.format(port=port, controller=controller, logs=logs))
    archive = (
        f"-XX:SharedArchiveFile={jars() / 'kafka.jsa'}",
        "-Xshare:auto",
        "-Xlog:disable",
        "-Xlog:all=error",
    )
    command = (java, *_JVM, *archive, *_QUIET, "-cp", _class_path(), "kafka.Kafka", str(properties))
    # SIGTERM ends a JVM with 143, which is a clean end.
    program = Program(name="kafka", command=command, folder=home, stop_signal=signal.SIGTERM)
    return Kafka(bootstrap=f"127.0.0.1:{port}", program=program)


async def answers(bootstrap: str) -> bool:
    """Whether a broker gives metadata with itself in it."""
    from aiokafka.client import AIOKafkaClient  # noqa: PLC0415  (late: 0.3 s)
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=2000)
    try:
        await client.bootstrap()
        return bool(client.cluster.brokers())
    except (KafkaError, OSError):
        return False
    finally:
        logging.getLogger("aiokafka").setLevel(logging.NOTSET)
        await client.close()


async def wait_ready_async(bootstrap: str, *, alive: Callable[[], bool], seconds: float = 60.0) -> None:
    """Waits until the broker answers.

    Raises:
        CannotStart: it ended, or did not answer in time.

    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if await answers(bootstrap):
            return
        if not alive():
            raise CannotStart("Kafka ended at once; the last lines of its log say why.")
        await asyncio.sleep(0.1)
    raise CannotStart(f"Kafka did not answer at {bootstrap} within {seconds:.0f} s.")


def wait_ready(bootstrap: str, *, alive: Callable[[], bool], seconds: float = 60.0) -> None:
    """`wait_ready_async` for callers without a loop."""
    asyncio.run(wait_ready_async(bootstrap, alive=alive, seconds=seconds))


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        raise CannotStart(
            "Java is not installed and Kafka needs it: « apt-get install openjdk-17-jre-headless » (as root),"
            " or give the address of a Kafka that runs in SEJOUR_KAFKA_BOOTSTRAP."
        )
    return java


def _class_path() -> str:
    return ":".join(sorted(str(jar) for jar in jars().glob("*.jar")))


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch_jars(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pom = Places.here().repository / "deploy" / "local" / "kafka" / "pom.xml"
    command = (
        "mvn", "-B", "-q", "-f", str(pom), "dependency:copy-dependencies",
        f"-DoutputDirectory={folder}", "-DincludeScope=runtime",
    )  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not any(folder.glob("kafka_2.13-*.jar")):
        said = (done.stdout + done.stderr).strip()
        if "No space left" in said:
            raise CannotStart(f"The disk is full: Kafka's jars (45 MB) did not fit under {folder}.")
        lines = "\n".join(said.splitlines()[:3])
        raise CannotStart(
            "Kafka's jars could not be fetched. Is this machine connected to the network?"
            f" Maven said:\n{lines}\nOr give the address of a Kafka that runs in SEJOUR_KAFKA_BOOTSTRAP."
        )


def _make_pattern(folder: Path, scratch: Path) -> None:
    """Formats an empty log folder, then runs a broker on it once to archive the classes it loads."""
    port, controller = free_ports(2)
    properties = scratch / "server.properties"
    properties.write_text(_PROPERTIES.format(port=port, controller=controller, logs=scratch / "logs"))
    java, classes = _java(), _class_path()
    formatting = (java, *_JVM, *_QUIET, "-cp", classes, "kafka.tools.StorageTool", "format",
                  "-t", _CLUSTER, "-c", str(properties))  # fmt: skip
    done = subprocess.run(formatting, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotStart(f"Kafka could not format its folder:\n{(done.stdout + done.stderr).strip()}")
    shutil.copytree(scratch / "logs", folder / "pattern")
    command = (java, *_JVM, f"-XX:ArchiveClassesAtExit={folder / 'kafka.jsa'}", *_QUIET, "-cp", classes,
               "kafka.Kafka", str(properties))  # fmt: skip
    log = scratch / "log"
    process = Program(name="kafka", command=command, folder=scratch).popen(log)
    try:
        wait_ready(f"127.0.0.1:{port}", alive=lambda: process.poll() is None)
    except CannotStart:
        sys.stderr.write(log.read_text())
        raise
    finally:
        process.terminate()
        process.wait(timeout=60)


if __name__ == "__main__":
    try:
        install()
    except CannotStart as error:
        sys.stderr.write(f"{error}{os.linesep}")
        raise SystemExit(1) from None
