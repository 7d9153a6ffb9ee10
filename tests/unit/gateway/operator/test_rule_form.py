import pytest
from chassis.errors import ErrorKind, RemoteError
from gateway.forms import Form
from gateway.operator.rule_form import fail_rule, periods_shown, rule_form, rule_of
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_types_pb2 as pricing

TYPED = {
    "insee": "07028", "commune": "Beaulieu", "categorie": "3", "annee": "2027", "tarif": "1,10",
    "departementale": "10", "arrondi": "etapes", "source": "délibération",
}  # fmt: skip
RATE = {"categorie": "unclassified", "tarif": "", "taux": "4,4 %", "plafond": "3,75 €"}


def a_rule(**values):
    given = {"insee": "07028", "commune": "Beaulieu", "category": "3", "year": 2027, "tariff": 110,
             "additional": {"departmental": 1000}, "round_each_step": True, "source": "délibération"}  # fmt: skip
    return pricing.TaxRule(**(given | values))


@pytest.mark.parametrize(
    "rule",
    [
        a_rule(),
        a_rule(category="unclassified", tariff=0, rate_basis_points=440, cap=375, round_each_step=False),
        a_rule(additional={"idfm": 20000, "regional": 1500, "lgv": 3400}, to_confirm=True),
        a_rule(
            collected=[
                common.Nights(arrival="2027-04-01", departure="2027-10-01"),
                common.Nights(arrival="2027-12-19", departure="2028-01-01"),
            ]
        ),
    ],
)
def test_a_rule_comes_back_from_its_form_as_it_was(rule):
    form = rule_form(rule)
    assert rule_of(form) == rule
    assert form.ok


def test_a_form_shows_a_period_more_than_are_filled():
    assert periods_shown(Form({})) == 2
    assert periods_shown(Form({"du": "01/04/2027", "du2": "19/12/2027"})) == 3


def test_an_additional_tax_without_a_field_stays():
    rule = rule_of(Form(TYPED), {"departmental": 900, "montagne": 500})
    assert dict(rule.additional) == {"departmental": 1000, "montagne": 500}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"insee": "7028"}, "insee"),
        ({"insee": ""}, "insee"),
        ({"categorie": "épis"}, "categorie"),
        ({"annee": "27"}, "annee"),
        ({"tarif": ""}, "tarif"),
        ({"tarif": "un euro"}, "tarif"),
        ({"taux": "4"}, "taux"),
        ({"plafond": "2"}, "plafond"),
        (RATE | {"taux": ""}, "taux"),
        (RATE | {"taux": "beaucoup"}, "taux"),
        (RATE | {"taux": "1e999999"}, "taux"),
        (RATE | {"tarif": "1"}, "tarif"),
        ({"idfm": "1001"}, "idfm"),
        ({"lgv": "NaN"}, "lgv"),
        ({"arrondi": ""}, "arrondi"),
        ({"source": " "}, "source"),
        ({"du": "01/04/2027"}, "jusquau"),
        ({"du2": "01/04/2027", "jusquau2": "31/03/2027"}, "jusquau2"),
    ],
)
def test_what_cannot_be_is_told_on_its_field(typed, field):
    form = Form(TYPED | typed)
    rule_of(form)
    assert list(form.errors) == [field]


def refused(reason, **metadata):
    return RemoteError(ErrorKind.REFUSED, reason, metadata=metadata)


def test_a_refusal_of_pricing_stands_on_its_field():
    # The first period is left empty: pricing counts those that were sent.
    form = Form(
        TYPED | {"du2": "19/12/2027", "jusquau2": "31/12/2027", "du3": "01/04/2027", "jusquau3": "30/09/2027"}
    )
    fail_rule(form, refused("BAD_VALUE", field="rule.collected[1]", why="order"))
    assert form.error("du3").startswith("Cette période commence avant la précédente")
    other = Form(TYPED)
    fail_rule(other, refused("BAD_PRICE", field="rule.tariff"))
    assert list(other.errors) == ["tarif"]
    unknown = Form(TYPED)
    fail_rule(unknown, refused("NOT_ALLOWED"))
    assert list(unknown.errors) == [""]
