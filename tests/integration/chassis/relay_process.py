"""A process that only relays: `python relay_process.py DATABASE_URL BOOTSTRAP PREFIX NAME`, for the tests of rivals."""

import asyncio
import sys

from chassis.clock import system_clock
from chassis.database import Database
from chassis.events import KafkaConfig
from chassis.relay import Relay


async def main(url: str, bootstrap: str, prefix: str, name: str) -> None:
    database = Database.at(url, application=name)
    await Relay(
        database, KafkaConfig(bootstrap=bootstrap, prefix=prefix), "tests", clock=system_clock, batch=20
    ).run()


asyncio.run(main(*sys.argv[1:]))
