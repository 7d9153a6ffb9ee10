"""What blocks production and what only warns."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from catalog.domain.checklist import OwnerFacts, Readiness, checklist, missing
from catalog.domain.listing import Listing, Sells
from catalog.domain.sheet import new_sheet

ID = UUID(int=1)
READY = Readiness(priced=True, open_priced=True, terms=True, payees=True)
PRIVATE = OwnerFacts("PRIVATE", "", unclaimed=False)
FULL = {
    "kind": "SEASONAL_RENTAL", "name.fr": "Le Mas", "address.city": "Beaulieu", "address.postal_code": "07460",
    "max_persons": 6, "surface_m2": 85, "rooms_count": 4, "bedrooms": 2, "beds": 3, "bathrooms": 1, "toilets": 1,
    "kitchen": "none", "heating": ["none"], "pets_allowed": False, "neighbourhood": ["none"],
}  # fmt: skip


def a_listing(**changes):
    values = {**FULL, **{key.replace("__", "."): value for key, value in changes.items()}}
    sheet, origins = new_sheet(values, source="owner", now=datetime(2026, 1, 1, tzinfo=UTC))
    return Listing(ID, "SJ00001", ID, 1, None, Sells(ID, "ALL", (ID,)), sheet, origins)


def open_items(listing, owner=PRIVATE, readiness=READY):
    return missing(checklist(listing, owner, readiness))


def warnings(listing, owner=PRIVATE):
    return {item.key for item in checklist(listing, owner, READY) if not item.blocking and not item.done}


def test_none_is_an_answer():
    assert open_items(a_listing()) == []


@pytest.mark.parametrize("key", sorted(FULL))
def test_each_missing_fact_blocks(key):
    assert len(open_items(a_listing(**{key.replace(".", "__"): None}))) == 1


@pytest.mark.parametrize(
    ("readiness", "keys"),
    [
        (Readiness(False, False, True, True), ["NO_PRICED_NIGHT", "NO_PRICED_OPEN_NIGHT"]),
        (Readiness(True, False, True, True), ["NO_PRICED_OPEN_NIGHT"]),
        (Readiness(True, True, False, True), ["TERMS_MISSING"]),
        (Readiness(True, True, True, False), ["PAYEE_MISSING"]),
        (Readiness(None, None, True, True), ["PRICES_UNKNOWN"]),
        (Readiness(True, None, None, None), ["OPENINGS_UNKNOWN", "TERMS_UNKNOWN"]),
    ],
)
def test_each_service_blocks_with_its_own_word_also_when_it_is_silent(readiness, keys):
    assert open_items(a_listing(), readiness=readiness) == keys


def test_who_lets_must_be_declared_and_known():
    assert open_items(a_listing(), OwnerFacts("", "", unclaimed=False)) == ["OWNER_KIND_MISSING"]
    assert "OWNER_UNCLAIMED" in open_items(a_listing(), OwnerFacts("PRIVATE", "", unclaimed=True))


def test_a_seasonal_rental_without_number_is_warned_and_a_guest_room_is_not_asked():
    assert "REGISTRATION_NUMBER_MISSING" in warnings(a_listing())
    assert "REGISTRATION_NUMBER_UNUSUAL" in warnings(a_listing(registration_number="FRA123"))
    assert not {one for one in warnings(a_listing(registration_number="070280001234K")) if "NUMBER" in one}
    assert not {one for one in warnings(a_listing(kind="GUEST_ROOM")) if "NUMBER" in one}


def test_every_item_says_where_it_is_mended():
    for item in checklist(a_listing(), PRIVATE, READY):
        assert item.where.partition(":")[0] in {"field", "owner", "tariff", "open", "terms", "photos"}


@pytest.mark.parametrize(
    ("owner", "warned"),
    [
        (PRIVATE, False),
        (OwnerFacts("PROFESSIONAL", "73282932000074", unclaimed=False), True),
        (OwnerFacts("PROFESSIONAL", "73282932000074", unclaimed=False, vat_said=True), False),
    ],
)
def test_a_professional_who_has_not_said_his_vat_is_warned(owner, warned):
    assert ("VAT_NOT_SAID" in warnings(a_listing(), owner)) is warned
    assert open_items(a_listing(), owner) == []
