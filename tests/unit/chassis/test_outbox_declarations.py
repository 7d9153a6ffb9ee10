"""Tables declared twice (for code and for migrations) and the scope's condition."""

from uuid import uuid4

import pytest
from chassis.actor import Scope
from chassis.database import async_url, new_metadata, visible
from chassis.inbox import INBOX, inbox_table
from chassis.outbox import OUTBOX, outbox_table
from chassis.requests import REQUESTS, requests_table


@pytest.mark.parametrize(
    ("declare", "light"), [(outbox_table, OUTBOX), (inbox_table, INBOX), (requests_table, REQUESTS)]
)
def test_the_light_table_has_the_columns_of_the_declared_one(declare, light):
    assert list(declare(new_metadata()).columns.keys()) == list(light.columns.keys())


def test_an_owners_condition_names_only_his_ids():
    mine = uuid4()
    column = INBOX.c.event_id
    assert mine.hex in str(
        visible(column, Scope(frozenset({f"owner:{mine}"})), "owner").compile(
            compile_kwargs={"literal_binds": True}
        )
    ).replace("-", "")
    assert str(visible(column, Scope.system("x"), "owner")) == "true"


def test_plain_addresses_get_the_asynchronous_driver():
    assert async_url("postgresql://u@h/d") == "postgresql+asyncpg://u@h/d"
    assert async_url("postgresql+asyncpg://u@h/d") == "postgresql+asyncpg://u@h/d"


def test_the_tls_mode_of_a_providers_address_is_understood():
    """asyncpg calls it `ssl`; operators and providers hand out what libpq reads."""
    given = "postgresql://u:p@h/d?application_name=a&sslmode=verify-full"
    assert async_url(given) == "postgresql+asyncpg://u:p@h/d?application_name=a&ssl=verify-full"
