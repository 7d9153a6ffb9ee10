"""Signed actors and the scopes they give."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from chassis.actor import ALL, Actor, Scope, acting_as, as_system, current_actor, sign, verify
from chassis.errors import Forbidden, Unauthenticated
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2027, 1, 1, tzinfo=UTC)
OLD, NEW = b"old key", b"new key"


def an_actor(*grants: str) -> Actor:
    return Actor.make("account-1", grants, now=NOW, lifetime=timedelta(minutes=5))


def test_a_signed_actor_is_verified_with_its_grants():
    actor = an_actor("owner:1", "label:2")
    token = sign(actor, [NEW])
    found = verify(token, [NEW], NOW)
    assert found == actor
    assert found.token == token


def test_two_keys_are_valid_at_once_while_they_are_turned():
    assert verify(sign(an_actor(), [OLD]), [NEW, OLD], NOW).account == "account-1"
    with pytest.raises(Unauthenticated):
        verify(sign(an_actor(), [OLD]), [NEW], NOW)


def test_an_expired_actor_is_refused():
    token = sign(an_actor(), [NEW])
    with pytest.raises(Unauthenticated):
        verify(token, [NEW], NOW + timedelta(minutes=5))


@given(st.text())
def test_what_was_not_signed_is_refused(text):
    with pytest.raises(Unauthenticated):
        verify(text, [NEW], NOW)


def test_a_changed_payload_is_refused():
    head, _, _ = sign(an_actor("operator"), [OLD]).partition(".")
    _, _, tail = sign(an_actor(), [NEW]).partition(".")
    with pytest.raises(Unauthenticated):
        verify(f"{head}.{tail}", [NEW], NOW)


def test_nobody_acts_until_an_actor_is_entered():
    with pytest.raises(Unauthenticated):
        current_actor()
    with as_system("prices", now=NOW) as actor:
        assert current_actor() is actor
        with acting_as(an_actor()):
            assert current_actor().account == "account-1"
        assert Scope.current().is_system
    with pytest.raises(Unauthenticated):
        current_actor()


def test_an_owner_reaches_his_own_ids_only():
    mine, other = uuid4(), uuid4()
    scope = Scope.of(an_actor(f"owner:{mine}"))
    assert scope.ids("owner") == frozenset({mine})
    assert scope.ids("label") == frozenset()
    assert scope.may("owner", mine)
    assert not scope.may("owner", other)
    assert not scope.may("label", mine)
    assert not scope.is_public


@pytest.mark.parametrize("scope", [Scope.system("prices"), Scope(frozenset({"operator"}))])
def test_systems_and_operators_have_no_limit_by_id(scope):
    assert scope.ids("owner") is ALL
    assert UUID(int=1) in scope.ids("owner")
    assert scope.may("owner", uuid4())


def test_the_public_reaches_no_id():
    scope = Scope.of(Actor.public(now=NOW))
    assert scope.is_public
    assert scope.ids("owner") == frozenset()
    with pytest.raises(Forbidden):
        scope.require("operator")
    Scope.system("prices").require("operator")


def test_a_service_says_the_same_of_itself_for_ten_seconds():
    now = datetime(2026, 3, 1, 10, 0, 3, tzinfo=UTC)
    said = [
        sign(Actor.system("booking", now=now + timedelta(seconds=late)), (b"k" * 32,)) for late in (0, 6, 8)
    ]
    assert said[0] == said[1]
    assert said[1] != said[2]
