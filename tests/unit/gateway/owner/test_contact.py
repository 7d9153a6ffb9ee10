"""« Mes coordonnées »: the VAT of a professional, as typed, as kept, and where it is refused."""

import re

import pytest
from gateway.forms import Form
from gateway.owner.clients import countries
from gateway.owner.contact import form_of, owner_of
from gateway.pages import Pages
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from starlette.requests import Request

OWNER = catalog.Owner(
    id="01930000-0000-7000-8000-000000027144", supplier_no=27144, last_name="FAURE", email="jeanne@example.org",
    address=catalog.Address(lines=["Le Mas"], postal_code="07460", city="Beaulieu", country="FR"),
    kind=catalog.OWNER_KIND_PROFESSIONAL, siret="73282932000074", languages=["fr"], revision=3,
)  # fmt: skip


def an_owner(**changes):
    owner = catalog.Owner()
    owner.CopyFrom(OWNER)
    owner.MergeFrom(catalog.Owner(**changes))
    return owner


def typed(owner=OWNER, **changes):
    form = form_of(owner)
    for name, value in changes.items():
        form.set(name, value)
    return form


@pytest.mark.parametrize(
    "owner",
    [
        an_owner(),
        an_owner(vat_said=True),
        an_owner(vat_said=True, vat_bp=1000, vat_number="FR44732829320"),
        an_owner(vat_said=True, vat_bp=550),
        an_owner(vat_number="FR44732829320"),
    ],
)
def test_an_owner_shown_and_sent_back_is_the_same(owner):
    form = form_of(owner)
    assert owner_of(form, owner) == owner
    assert form.ok


def test_an_owner_in_franchise_is_shown_the_usual_rate_to_begin_with():
    form = form_of(an_owner(vat_said=True))
    assert (form.value("tva"), form.value("taux_tva"), form.value("no_tva")) == ("franchise", "10", "")


@pytest.mark.parametrize(("rate", "vat_bp"), [("10", 1000), ("5,5 %", 550), ("20.00", 2000), ("25", 2500)])
def test_a_professional_says_that_he_is_liable(rate, vat_bp):
    form = typed(tva="assujetti", taux_tva=rate, no_tva=" fr 44 732 829 320 ")
    changed = owner_of(form, OWNER)
    assert form.ok
    assert (changed.vat_said, changed.vat_bp, changed.vat_number) == (True, vat_bp, "FR44732829320")


@pytest.mark.parametrize("rate", ["", "0", "25,01", "196"])
def test_a_rate_that_nobody_has_is_asked_again_and_stays_as_typed(rate):
    form = typed(tva="assujetti", taux_tva=rate)
    owner_of(form, OWNER)
    assert list(form.errors) == ["taux_tva"]
    assert (form.value("tva"), form.value("taux_tva")) == ("assujetti", rate)


def test_the_summary_on_top_leads_to_each_field():
    form = typed(tva="assujetti", taux_tva="", no_tva="FR1")
    owner_of(form, OWNER)
    form.fail("tva", "…")
    page = shown(form)
    assert re.findall(r'<li><a href="#(\w+)"', page) == ["taux_tva", "no_tva", "tva"]
    assert all(f'id="{name}"' in page for name in form.errors)


def test_the_sentence_of_a_rate_says_how_far_it_goes():
    form = typed(tva="assujetti", taux_tva="")
    owner_of(form, OWNER)
    assert form.error("taux_tva") == "Indiquez le taux de TVA, au plus 25\u00a0%, par exemple 10."


def test_the_rate_does_not_count_for_who_is_not_liable():
    form = typed(an_owner(vat_bp=1000), tva="franchise", taux_tva="196")
    changed = owner_of(form, OWNER)
    assert (changed.vat_said, changed.vat_bp) == (True, 0)
    assert form.ok


@pytest.mark.parametrize("number", ["FR44-732829320", "fr44.732.829.320", "44 732 829 320"])
def test_a_number_is_taken_however_it_is_written(number):
    form = typed(tva="assujetti", taux_tva="10", no_tva=number)
    assert owner_of(form, OWNER).vat_number == "FR44732829320"
    assert form.ok


@pytest.mark.parametrize("number", ["45732829320", "FR45732829320", "FR4473282932", "DE136695976"])
def test_a_number_that_cannot_be_is_refused_beside_its_field(number):
    form = typed(no_tva=number)
    owner_of(form, OWNER)
    assert "les neuf chiffres de votre SIREN" in form.error("no_tva")
    assert form.value("no_tva") == number


def test_a_private_person_is_told_that_he_is_not_liable():
    form = typed(an_owner(vat_bp=1000), genre="particulier")
    owner_of(form, OWNER)
    assert "pas assujetti à la TVA" in form.error("tva")
    assert list(form.errors) == ["tva"]


def test_a_private_person_keeps_neither_siret_nor_number():
    owner = an_owner(vat_number="FR44732829320", vat_said=True)
    form = typed(owner, genre="particulier")
    changed = owner_of(form, owner)
    assert form.ok
    assert (changed.siret, changed.vat_said, changed.vat_bp, changed.vat_number) == ("", False, 0, "")


@pytest.mark.parametrize(
    ("owner", "wrong"), [(OWNER, []), (an_owner(vat_said=True), ["tva"]), (an_owner(vat_bp=550), ["tva"])]
)
def test_a_professional_chooses_one_of_both_once_he_has_said_it(owner, wrong):
    form = Form(
        {name: value for name, (value, *_) in form_of(owner).values.items() if name != "tva" and value}
    )
    changed = owner_of(form, owner)
    assert list(form.errors) == wrong
    assert (changed.vat_said, changed.vat_bp) == (False, 0)


@pytest.mark.parametrize(
    ("owner", "chosen", "warned"),
    [
        (OWNER, [], True),
        (an_owner(vat_said=True), ["franchise"], False),
        (an_owner(vat_bp=550), ["assujetti"], False),
        (catalog.Owner(kind=catalog.OWNER_KIND_PRIVATE), [], False),
    ],
)
def test_nothing_is_chosen_for_who_has_never_said_it_and_he_is_warned(owner, chosen, warned):
    page = shown(form_of(owner), owner=owner)
    assert re.findall(r'name="tva" value="(\w+)" checked', page) == chosen
    assert ("Dites si vous êtes assujetti à la TVA" in page) is warned


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_the_page_asks_for_it_and_says_that_typed_prices_hold_it(locale):
    page = shown(form_of(an_owner(vat_bp=550, vat_number="FR44732829320")), locale)
    assert '<input type="radio" name="tva" value="assujetti" checked>' in page
    assert re.search('name="taux_tva" value="5,5"', page)
    assert re.search('name="no_tva" value="FR44732829320"', page)
    told = {
        "fr": ("Régime de TVA", "restent TTC", "sur le prix hors TVA (HT)", "10\u00a0% le plus souvent"),
        "en": ("VAT scheme", "still include VAT", "on the price without VAT", "most often 10 %"),
    }
    for words in told[locale]:
        assert words in page, words


def test_a_refused_form_is_shown_with_its_sentence_and_what_was_typed():
    form = typed(tva="assujetti", taux_tva="196")
    owner_of(form, OWNER)
    page = shown(form)
    assert re.search('value="196"[^>]*aria-invalid="true"', page)
    assert '<input type="radio" name="tva" value="assujetti" checked>' in page
    assert 'id="taux_tva-error"' in page


def shown(form, locale="fr", owner=OWNER):
    request = Request(
        {"type": "http", "method": "GET", "path": "/coordonnees", "headers": [], "query_string": b""}
    )
    request.state.locale = locale
    context = {"owner": owner, "form": form, "countries": countries(), "page": "contact"}
    return Pages().render(request, "owner/contact.html", **context).body.decode()
