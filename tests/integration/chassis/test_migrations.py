"""Migrations: found beside the package, one process at a time, without drift."""

import asyncio
import importlib
import sys

import pytest
from chassis.database import new_metadata
from chassis.inbox import inbox_table
from chassis.migrations import drift, folder_of, migrate
from chassis.outbox import outbox_table
from chassis.requests import requests_table

ENV = "from chassis.migrations import run_env\n\nrun_env()\n"
FIRST = """
from alembic import op
from chassis.inbox import create_inbox
from chassis.outbox import create_outbox, order_outbox
from chassis.requests import create_requests
revision = "0001"
down_revision = None


def upgrade():
    create_outbox(op)
    order_outbox(op)
    create_inbox(op)
    create_requests(op)
"""
SECOND = """
from alembic import op
revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("SELECT pg_sleep(0.2)")
    op.execute("INSERT INTO inbox VALUES ('once', gen_random_uuid(), now())")
"""


@pytest.fixture
def lettings(tmp_path, monkeypatch):
    package = tmp_path / "lettings" / "src" / "lettings_under_test"
    versions = tmp_path / "lettings" / "migrations" / "versions"
    package.mkdir(parents=True)
    versions.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (versions.parent / "env.py").write_text(ENV)
    (versions / "0001_first.py").write_text(FIRST)
    (versions / "0002_second.py").write_text(SECOND)
    monkeypatch.syspath_prepend(str(package.parent))
    importlib.invalidate_caches()
    yield "lettings_under_test"
    sys.modules.pop("lettings_under_test", None)


async def test_migrations_run_once_though_four_processes_start_together(lettings, make_database):
    url = await make_database("")
    assert await asyncio.gather(*(migrate(lettings, url) for _ in range(4))) == ["0002"] * 4


async def test_tables_made_by_a_migration_are_those_the_code_declares(lettings, make_database):
    url = await make_database("")
    await migrate(lettings, url)
    metadata = new_metadata()
    for declare in (outbox_table, inbox_table, requests_table):
        declare(metadata)
    assert await drift(lettings, url, metadata) == []


async def test_a_failing_migration_leaves_the_one_before(lettings, make_database, tmp_path):
    url = await make_database("")
    broken = tmp_path / "lettings" / "migrations" / "versions" / "0002_second.py"
    broken.write_text(SECOND.replace("INSERT INTO inbox", "INSERT INTO nowhere"))
    with pytest.raises(Exception, match="nowhere"):
        await migrate(lettings, url)
    broken.write_text(SECOND)
    assert await migrate(lettings, url) == "0002"


def test_a_package_without_migrations_is_said(lettings):
    assert folder_of(lettings).name == "migrations"
    with pytest.raises(LookupError):
        folder_of("chassis")
