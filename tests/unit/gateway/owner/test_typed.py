from datetime import date

import pytest
from gateway.forms import Form
from gateway.owner.common import nights_form, party_of
from gateway.owner.planning import month_asked
from gateway.owner.terms import terms_of
from starlette.requests import Request

HUGE = "9" * 5000


def asked(query):
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


@pytest.mark.parametrize("typed", [HUGE, "18", "-1", ", ".join(["9"] * 21)])
def test_ages_beyond_reason_are_asked_again(typed):
    form = Form({"enfants": typed})
    party_of(form)
    assert "de 0 à 17 ans" in form.error("enfants")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "demain", ""])
def test_an_address_with_an_impossible_day_opens_an_empty_form(day):
    form = nights_form(asked(f"du={day}&au={day}"))
    assert [form.value(name) for name in ("du", "au", "jusquau")] == ["", "", ""]


@pytest.mark.parametrize("query", [f"mois=1&annee={HUGE}", f"mois={HUGE}&annee=2026", "mois=13&annee=2026"])
def test_an_impossible_month_shows_this_one(query):
    assert month_asked(asked(query), date(2026, 3, 14)) == date(2026, 3, 1)


@pytest.mark.parametrize("typed", [f"{HUGE}:00", "25:00", "16:75", "midi"])
def test_an_hour_that_does_not_exist_is_asked_again(typed):
    form = Form({"arrivee": typed})
    terms_of(form, "01930000-0000-7000-8000-000000027144", {})
    assert form.error("arrivee") == "Écrivez une heure, par exemple 16:00."
