import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from chassis.migrations import drift
from gateway.accounts.audit import Entry
from gateway.accounts.store import LoginDelayed, PasswordTooWeak
from gateway.accounts.tables import METADATA
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

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
    anew = await accounts.change_password(jeanne, "une autre phrase longue", keep=here, now=clock())
    assert (await accounts.session(anew, now=clock())).account_id == jeanne
    assert await accounts.session(here, now=clock()) is None
    assert await accounts.session(there, now=clock()) is None
    assert await accounts.sign_in("27144", "une autre phrase longue", now=clock()) == jeanne


async def test_a_session_that_is_silent_for_too_long_ends(accounts, clock, jeanne):
    short = await accounts.open_session(jeanne, remember=False, device="", supplier_no=27144, now=clock())
    long = await accounts.open_session(jeanne, remember=True, device="", supplier_no=27144, now=clock())
    for _hour in range(2):
        clock.pass_by(hours=3)
        assert await accounts.session(short, now=clock()) is not None
    clock.pass_by(hours=4, seconds=1)
    assert await accounts.session(short, now=clock()) is None
    clock.pass_by(days=29)
    assert await accounts.session(long, now=clock()) is not None
    clock.pass_by(days=31)
    assert await accounts.session(long, now=clock()) is None
    assert await accounts.devices(jeanne, now=clock()) == []


async def test_a_new_role_or_password_from_an_operator_ends_all_sessions(accounts, clock):
    email = f"{uuid4()}@example.org"
    who = {"email": email, "display_name": "X", "now": clock()}
    account = await accounts.create_account(password=PASSWORD, **who)

    async def signed_in():
        return await accounts.open_session(account, remember=True, device="", supplier_no=None, now=clock())

    token = await signed_in()
    await accounts.create_account(password=PASSWORD, **who)
    assert await accounts.session(token, now=clock()) is not None
    await accounts.create_account(password="une autre phrase longue", **who)
    assert await accounts.session(token, now=clock()) is None
    role = {"subject_id": uuid4(), "supplier_no": None, "now": clock()}
    await accounts.grant_role(account, "owner", **role)
    token = await signed_in()
    await accounts.grant_role(account, "owner", **role)
    assert await accounts.session(token, now=clock()) is not None
    await accounts.grant_role(account, "operator", subject_id=None, supplier_no=None, now=clock())
    assert await accounts.session(token, now=clock()) is None


async def test_mail_and_supplier_number_of_one_account_share_their_tries(accounts, clock, jeanne):
    for login in ("27144", "jeanne@cigales.example", "27144", "JEANNE@cigales.example", "27144"):
        assert await accounts.sign_in(login, "wrong", household="192.0.2.0/24", now=clock()) is None
    for login in ("27144", "jeanne@cigales.example"):
        with pytest.raises(LoginDelayed):
            await accounts.sign_in(login, PASSWORD, household="192.0.2.0/24", now=clock())
    assert await accounts.sign_in("27144", PASSWORD, household="198.51.100.0/24", now=clock()) == jeanne


async def test_tries_from_many_households_make_everybody_wait_but_never_for_long(accounts, clock):
    login = f"{uuid4()}@example.org"
    for number in range(30):
        await accounts.sign_in(login, "wrong", household=f"192.0.{number}.0/24", now=clock())
    for number in range(30, 40):
        with pytest.raises(LoginDelayed) as delayed:
            await accounts.sign_in(login, "wrong", household=f"192.0.{number}.0/24", now=clock())
        assert delayed.value.retry_after <= 60
        clock.pass_by(seconds=delayed.value.retry_after + 1)
        await accounts.sign_in(login, "wrong", household=f"192.1.{number}.0/24", now=clock())


async def test_tries_at_the_same_instant_all_count(accounts, clock):
    login = f"{uuid4()}@example.org"
    rivals = [accounts.sign_in(login, f"wrong {number}", now=clock()) for number in range(20)]
    outcomes = await asyncio.gather(*rivals, return_exceptions=True)
    assert sum(each is None for each in outcomes) == 5
    assert sum(isinstance(each, LoginDelayed) for each in outcomes) == 15


async def test_rows_of_the_audit_are_only_added_to(accounts, clock):
    entry = Entry(at=clock(), event="test.done", actor="nobody", about=str(uuid4()))
    await accounts.audit.record(entry)
    assert await accounts.audit.entries(event="test", about=entry.about) == [entry]
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
        with pytest.raises(DBAPIError, match="only added to"):
            async with accounts.database.transaction() as session:
                await session.execute(text(statement))
    old = Entry(at=clock() - timedelta(days=3650), event="test.old", actor="nobody")
    await accounts.audit.record(old)
    await accounts.audit.forget_old(clock())
    assert await accounts.audit.entries(event="test.old") == []
    assert await accounts.audit.entries(about=entry.about) == [entry]


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
