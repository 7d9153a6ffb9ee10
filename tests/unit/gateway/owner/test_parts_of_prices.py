"""Supplements, discounts and formules as forms: what was saved comes back, what cannot be is refused on its field."""

from types import SimpleNamespace

import pytest
from gateway.owner.discounts import discount_form, read_discount
from gateway.owner.plans import plan_form, read_plan
from gateway.owner.supplements import read_supplement, supplement_form
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_types_pb2 as pricing

CODES = {"l1": "07MS01731"}
PLANS = [("p1", "Location seule")]
VISITOR = SimpleNamespace(owner_id="o1")


def heating():
    return pricing.Supplement(
        id="s1", owner_id="o1", code="chauffage", name="Chauffage", obligatory=True, min_nights=2, max_nights=14,
        base=pricing.SUPPLEMENT_BASE_PER_PERSON, persons_counted=pricing.PERSONS_COUNTED_ADULTS, max_quantity=3,
        price=common.Money(amount=4000, currency="EUR"), listing_ids=["l1"], rate_plan_ids=["p1"], revision=4,
        only_within=common.Nights(arrival="2026-10-01", departure="2027-05-01"),
    )  # fmt: skip


def spring():
    return pricing.Discount(
        id="d1", owner_id="o1", code="printemps", name="Printemps", kind=pricing.DISCOUNT_KIND_CODE,
        basis_points=750, promo_code="PRINTEMPS", cumulative=True, listing_ids=["l1"], revision=2, min_nights=3,
        max_nights=21, arrivals=common.Nights(arrival="2026-03-01", departure="2026-06-01"),
        accommodation_only=True,
    )  # fmt: skip


def test_a_supplement_sent_back_as_it_was_is_the_same():
    form = supplement_form(heating(), CODES)
    assert read_supplement(form, heating(), VISITOR, CODES, PLANS) == heating()
    assert form.ok
    assert (form.value("du"), form.value("jusquau")) == ("01/10/2026", "30/04/2027")


def test_a_discount_sent_back_as_it_was_is_the_same():
    form = discount_form(spring(), CODES)
    assert read_discount(form, spring(), VISITOR, CODES) == spring()
    assert form.ok


def half_board():
    return pricing.RatePlan(
        id="p2", owner_id="o1", code="demi", name="Demi-pension", meal_plan=pricing.MEAL_PLAN_HALF_BOARD,
        meals=2550, revision=3,
    )  # fmt: skip


def test_a_formule_sent_back_as_it_was_is_the_same():
    form = plan_form(half_board())
    assert read_plan(form, half_board(), VISITOR) == half_board()
    assert form.ok
    assert form.value("repas_prix") == "25,50"


@pytest.mark.parametrize(("meals", "typed"), [("1", "25"), ("3", "-1"), ("3", "beaucoup"), ("9", "")])
def test_meals_that_cannot_be_are_refused_on_their_field_and_kept_as_typed(meals, typed):
    form = plan_form(half_board())
    form.set("repas", meals)
    form.set("repas_prix", typed)
    read_plan(form, half_board(), VISITOR)
    assert form.error("repas" if meals == "9" else "repas_prix")
    assert form.value("repas_prix") == typed


def test_conditions_that_are_emptied_are_gone():
    form = discount_form(spring(), CODES)
    for name in ("nuits_min", "nuits_max", "du", "jusquau"):
        form.set(name, "")
    form.set("sur", "1")
    changed = read_discount(form, spring(), VISITOR, CODES)
    assert not changed.HasField("arrivals")
    assert (changed.min_nights, changed.max_nights, changed.accommodation_only) == (0, 0, False)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"nuits_min": "10", "nuits_max": "5"}, "nuits_max"),
        ({"du": "01/06/2026", "jusquau": "01/03/2026"}, "jusquau"),
        ({"du": "01/06/2026", "jusquau": ""}, "jusquau"),
        ({"nuits_min": "beaucoup"}, "nuits_min"),
    ],
)
def test_bounds_that_cannot_be_are_refused_on_their_field(typed, field):
    for form, read in (
        (
            supplement_form(heating(), CODES),
            lambda form: read_supplement(form, heating(), VISITOR, CODES, PLANS),
        ),
        (discount_form(spring(), CODES), lambda form: read_discount(form, spring(), VISITOR, CODES)),
    ):
        for name, value in typed.items():
            form.set(name, value)
        read(form)
        assert list(form.errors) == [field]
