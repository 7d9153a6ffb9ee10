from datetime import timedelta
from uuid import uuid4

import pytest
from chassis.actor import Actor, acting_as
from chassis.errors import RemoteError
from chassis.grpc_client import connect
from chassis.grpc_server import Server
from gateway.accounts.grpc_accounts import GrpcAccounts
from sejour.gateway.v1 import account_service_pb2 as pb
from sejour.gateway.v1.account_service_pb2_grpc import (
    AccountServiceStub,
    add_AccountServiceServicer_to_server,
)
from sqlalchemy import text

KEYS = (b"k" * 32,)


@pytest.fixture
async def service(accounts, clock):
    server = Server("127.0.0.1:0", keys=KEYS, clock=clock)
    server.add(add_AccountServiceServicer_to_server, GrpcAccounts(accounts, clock))
    await server.start()
    client = connect(f"127.0.0.1:{server.port}", AccountServiceStub, keys=KEYS, clock=clock)
    yield client.stub
    await client.close()
    await server.stop(0)


def somebody(clock, *grants):
    return acting_as(Actor.make("x", grants, now=clock(), lifetime=timedelta(minutes=5)))


async def test_an_operator_makes_accounts_and_keys(service, accounts, clock):
    email, owner = f"{uuid4()}@example.org", str(uuid4())
    with somebody(clock, "operator"):
        request = pb.CreateAccountRequest(
            email=email,
            password="une phrase assez longue",
            role=pb.ACCOUNT_ROLE_OWNER,
            subject_id=owner,
            supplier_no=31,
        )
        made = await service.CreateAccount(request)
        key = (
            await service.CreateApiKey(
                pb.CreateApiKeyRequest(name=email, scopes=["search:read"], owner_ids=[owner])
            )
        ).key
        widget = (
            await service.CreateWidgetKey(pb.CreateWidgetKeyRequest(owner_id=owner, request_id=str(uuid4())))
        ).key
    assert str(await accounts.sign_in("31", "une phrase assez longue", now=clock())) == made.account_id
    assert (await accounts.api_key(key)).scopes == {"search:read"}
    assert str((await accounts.widget_key(widget)).owner_id) == owner


async def test_an_operator_reads_who_did_what(service, clock):
    name = f"key-{uuid4()}"
    with somebody(clock, "operator"):
        await service.CreateApiKey(pb.CreateApiKeyRequest(name=name, scopes=["search:read"]))
        await service.RecordAudit(pb.RecordAuditRequest(event="owner.exported", about=f"27144 {name}"))
        (made,), (exported,) = [
            (await service.ListAudit(pb.ListAuditRequest(event=event, about=name))).entries
            for event in ("key.made", "owner.exported")
        ]
    assert {(each.actor, each.outcome, each.subject) for each in (made, exported)} == {
        ("x", "ok", "operator")
    }
    assert made.about == f"{name}: search:read"


async def test_a_widget_key_that_is_asked_for_again_is_the_same_one_and_noted_once(service, clock):
    request = pb.CreateWidgetKeyRequest(owner_id=str(uuid4()), request_id=str(uuid4()))
    with somebody(clock, "operator"):
        made, again = [(await service.CreateWidgetKey(request)).key for _ in range(2)]
        noted = (await service.ListAudit(pb.ListAuditRequest(event="key.made", about=made))).entries
        request.owner_id = str(uuid4())
        with pytest.raises(RemoteError) as reused:
            await service.CreateWidgetKey(request)
        with pytest.raises(RemoteError) as nameless:
            await service.CreateWidgetKey(pb.CreateWidgetKeyRequest(owner_id=request.owner_id))
    assert (made, len(noted)) == (again, 1)
    assert reused.value.reason == "REQUEST_ID_REUSED"
    assert nameless.value.fields[0].field == "request_id"


@pytest.mark.parametrize(
    ("call", "request_"),
    [
        (
            "CreateAccount",
            pb.CreateAccountRequest(
                email="unnoted@example.org", password="une phrase assez longue", role=pb.ACCOUNT_ROLE_OPERATOR
            ),
        ),
        ("CreateApiKey", pb.CreateApiKeyRequest(name="unnoted", scopes=["search:read"])),
        ("CreateWidgetKey", pb.CreateWidgetKeyRequest(key="10000-1000")),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
async def test_what_cannot_be_noted_is_not_done(  # noqa: PLR0917 (fixtures and a table)
    service, accounts, database, clock, call, request_
):
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE audit ADD CONSTRAINT ck_full CHECK (false) NOT VALID"))
    try:
        with somebody(clock, "operator"), pytest.raises(RemoteError):
            await getattr(service, call)(request_)
    finally:
        async with database.transaction() as session:
            await session.execute(text("ALTER TABLE audit DROP CONSTRAINT ck_full"))
    assert await accounts.sign_in("unnoted@example.org", "une phrase assez longue", now=clock()) is None
    assert await accounts.widget_key("10000-1000") is None
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT 1 FROM api_keys WHERE name = 'unnoted'")) is None


async def test_a_key_that_could_be_guessed_is_refused(service, clock):
    with somebody(clock, "operator"), pytest.raises(RemoteError) as refused:
        await service.CreateApiKey(pb.CreateApiKeyRequest(name="x", scopes=["search:read"], key="sk_short"))
    assert refused.value.fields[0].reason == "TOO_SHORT"


@pytest.mark.parametrize("grant", ["public", "owner:01930000-0000-7000-8000-000000027144", "label:x"])
async def test_nobody_else_may(service, clock, grant):
    with somebody(clock, grant), pytest.raises(RemoteError) as refused:
        await service.CreateAccount(
            pb.CreateAccountRequest(email="a@example.org", role=pb.ACCOUNT_ROLE_OPERATOR)
        )
    assert refused.value.reason == "FORBIDDEN"
    for call, request in (
        ("ListAudit", pb.ListAuditRequest()), ("RecordAudit", pb.RecordAuditRequest(event="x")),
        ("CreateApiKey", pb.CreateApiKeyRequest(name="x")), ("CreateWidgetKey", pb.CreateWidgetKeyRequest()),
    ):  # fmt: skip
        with somebody(clock, grant), pytest.raises(RemoteError) as refused:
            await getattr(service, call)(request)
        assert refused.value.reason == "FORBIDDEN"


async def test_what_is_no_account_is_refused(service, clock):
    with somebody(clock, "operator"), pytest.raises(RemoteError) as refused:
        await service.CreateAccount(pb.CreateAccountRequest(email="nothing", role=pb.ACCOUNT_ROLE_OWNER))
    assert refused.value.kind.http_status == 400
