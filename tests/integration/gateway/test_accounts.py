import asyncio
from uuid import uuid4

import pytest
from chassis.migrations import drift
from gateway.accounts.store import LoginDelayed, PasswordTooWeak
from gateway.accounts.tables import METADATA

from .conftest import OWNER_ID, PASSWORD


async def test_the_tables_are_those_of_the_code(make_database):
    assert await drift("gateway", await make_database("gateway"), METADATA) == []


async def test_an_owner_signs_in_by_mail_or_supplier_number(accounts, clock, jeanne):
    assert await accounts.sign_in("jeanne@CIGALES.example", PASSWORD, now=clock()) == jeanne
    assert await accounts.sign_in(" 27144 ", PASSWORD, now=clock()) == jeanne
    assert await accounts.sign_in("27144", "wrong-wrong-wrong", now=clock()) is None
    assert await accounts.sign_in("nobody@nowhere.example", PASSWORD, now=clock()) is None


async def test_after_five_failures_the_next_try_must_wait_longer_and_longer(accounts, clock):
    login = f"{uuid4()}@example.org"
    for _attempt in range(5):
        assert await accounts.sign_in(login, "wrong", now=clock()) is None
    with pytest.raises(LoginDelayed) as first:
        await accounts.sign_in(login, "wrong", now=clock())
    clock.pass_by(seconds=first.value.retry_after + 1)
    assert await accounts.sign_in(login, "wrong", now=clock()) is None
    with pytest.raises(LoginDelayed) as second:
        await accounts.sign_in(login, "wrong", now=clock())
    assert second.value.retry_after > first.value.retry_after


async def test_a_delay_is_forgotten_after_a_day(accounts, clock):
    login = f"{uuid4()}@example.org"
    for _attempt in range(5):
        await accounts.sign_in(login, "wrong", now=clock())
    clock.pass_by(days=2)
    assert await accounts.sign_in(login, "wrong", now=clock()) is None
    assert await accounts.sign_in(login, "wrong", now=clock()) is None


async def test_a_session_ends_by_the_clock_and_the_token_is_not_stored(accounts, clock, jeanne):
    short = await accounts.open_session(jeanne, remember=False, device="", supplier_no=27144, now=clock())
    long = await accounts.open_session(jeanne, remember=True, device="", supplier_no=27144, now=clock())
    found = await accounts.session(short, now=clock())
    assert (found.role.subject_id, found.role.supplier_no, found.display_name) == (
        OWNER_ID,
        27144,
        "Jeanne FAURE",
    )
    clock.pass_by(hours=13)
    assert await accounts.session(short, now=clock()) is None
    assert await accounts.session(long, now=clock()) is not None
    clock.pass_by(days=90)
    assert await accounts.session(long, now=clock()) is None
    rows = await accounts.devices(jeanne, now=clock())
    assert all(long.encode() not in bytes(row.token_hash) for row in rows)


async def test_a_new_password_signs_the_other_devices_out(accounts, clock, jeanne):
    here = await accounts.open_session(jeanne, remember=False, device="", supplier_no=None, now=clock())
    there = await accounts.open_session(jeanne, remember=False, device="", supplier_no=None, now=clock())
    await accounts.change_password(jeanne, "une autre phrase longue", keep=here, now=clock())
    assert await accounts.session(here, now=clock()) is not None
    assert await accounts.session(there, now=clock()) is None
    assert await accounts.sign_in("27144", "une autre phrase longue", now=clock()) == jeanne


@pytest.mark.parametrize("weak", ["short", "motdepasse2026", "aaaaaaaaaaaaaa"])
async def test_weak_passwords_are_refused(accounts, clock, weak):
    with pytest.raises(PasswordTooWeak):
        await accounts.create_account(email="x@example.org", password=weak, display_name="", now=clock())


async def test_making_an_account_twice_makes_one_and_keeps_the_password(accounts, clock):
    email = f"{uuid4()}@example.org"
    ids = await asyncio.gather(
        *(
            accounts.create_account(email=email, password=PASSWORD, display_name="X", now=clock())
            for _ in range(3)
        )
    )
    again = await accounts.create_account(email=email.upper(), password="", display_name="", now=clock())
    assert {*ids, again} == {ids[0]}
    assert await accounts.sign_in(email, PASSWORD, now=clock()) == ids[0]


async def test_a_role_granted_twice_is_one(accounts, clock, jeanne):
    for _again in range(2):
        await accounts.grant_role(jeanne, "operator", subject_id=None, supplier_no=None, now=clock())
    token = await accounts.open_session(jeanne, remember=False, device="", supplier_no=27144, now=clock())
    assert (await accounts.session(token, now=clock())).role.role == "owner"


async def test_keys_are_found_by_their_hash_and_replaced_by_name(accounts, clock):
    owner = uuid4()
    row = {"scopes": ["search:read"], "owner_ids": [owner], "label_ids": [], "now": clock()}
    await accounts.create_api_key(name="demo", key="sk_first", **row)
    await accounts.create_api_key(name="demo", key="sk_second", **row)
    assert await accounts.api_key("sk_first") is None
    found = await accounts.api_key("sk_second")
    assert (found.name, found.scopes, found.owner_ids) == ("demo", {"search:read"}, (owner,))
