"""Fixtures with real servers: a PostgreSQL and a Kafka per run, a fresh migrated database per request."""

from __future__ import annotations

import inspect
import itertools
import os
from collections.abc import Awaitable, Callable, Iterator

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from sejour_local import testing
from sejour_local.stack import Stack

MakeDatabase = Callable[[str], Awaitable[str]]

# A loaded machine is no reason to fail; CI tries the same examples each time, so that a red run is about the change.
settings.register_profile(
    "sejour",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("sejour")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        testing.begin()


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        testing.finish()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The superuser's `postgresql://` address of a real server."""
    return testing.postgres_url()


@pytest.fixture(scope="session")
def kafka_bootstrap() -> str:
    """`host:port` of a real broker."""
    return testing.kafka_bootstrap()


@pytest.fixture(scope="session")
def make_database(postgres_url: str) -> MakeDatabase:
    """`await make_database("catalog")`: the `postgresql+asyncpg://` address of a fresh, migrated database.

    A service is migrated once per run, into a template. `await make_database("")` gives an empty database.
    """
    numbers = itertools.count(1)
    base = postgres_url.rpartition("/")[0]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")

    async def make(service: str) -> str:
        name = f"{service or 'empty'}_{worker}_{next(numbers)}"
        admin = await asyncpg.connect(postgres_url)
        try:
            template = await _template(admin, service, base) if service else "template0"
            await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        finally:
            await admin.close()
        return f"{base.replace('postgresql://', 'postgresql+asyncpg://', 1)}/{name}"

    return make


@pytest.fixture(scope="session")
def stack() -> Stack:
    """A running copy with the cast, shared by all tests of this run: leave what others made alone."""
    return testing.shared_stack()


@pytest.fixture(scope="module")
def fresh_stack(request) -> Iterator[Stack]:
    """A running copy for this file alone, the cast untouched: `fresh_stack.demo`, `.set_clock(...)`."""
    name = request.module.__name__.rpartition(".")[2]
    found = testing.fresh_stack(f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    yield found
    found.stop()
    testing.forget(found)


async def _template(admin: asyncpg.Connection, service: str, base: str) -> str:
    name = f"tpl_{service}"
    ready = testing.folder() / f"{name}.ready"
    with testing.locked(name):
        if not ready.exists():
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}"')
            await admin.execute(f'CREATE DATABASE "{name}"')
            from chassis.migrations import migrate  # noqa: PLC0415  (late: unit tests need no Alembic)

            done = migrate(service, f"{base.replace('postgresql://', 'postgresql+asyncpg://', 1)}/{name}")
            if inspect.isawaitable(done):
                await done
            ready.touch()
    return name
