"""What papers say of VAT beside prices: a business names its regime once it has said it, a private person nothing."""

from datetime import date

import pytest
from documents.printing.contract import ContractSources, contract_view
from documents.printing.persons import owner_view
from documents.printing.rate_table import rate_table_view
from documents.printing.render import input_hash, render
from documents.printing.statement import StatementSources, statement_view
from documents.printing.texts import texts

from tests.unit.documents import builders

NUMBER = "FR44732829320"
UNSAID = {"kind": "OWNER_KIND_PROFESSIONAL"}
EXEMPT = UNSAID | {"vat_said": True}
LIABLE = EXEMPT | {"vat_bp": 1000, "vat_number": NUMBER}


def contract(language="fr", **owner):
    listings = {builders.LISTING_ID: builders.a_listing(), builders.ROOM_ID: builders.a_room()}
    sources = ContractSources(
        builders.a_booking(), builders.an_owner(**owner), builders.a_label(), listings, builders.the_fields()
    )
    return contract_view(sources, language)


def printed(language="fr", **owner):
    page = render("contract.html", contract(language, **owner), language, version=1, made_on="1er mars 2026")
    return page.replace("\u00a0", " ")


def statement(**owner):
    sources = StatementSources(
        builders.a_listing(), builders.an_owner(**owner), None, builders.the_fields(),
        builders.a_price_sheet(), builders.terms(), date(2026, 3, 1),
    )  # fmt: skip
    return {line["label"]: line["value"] for line in statement_view(sources, "fr")["headings"][4]["lines"]}


@pytest.mark.parametrize(
    ("owner", "language", "words"),
    [
        (EXEMPT, "fr", "TVA non applicable, art. 293 B du CGI"),
        (EXEMPT, "en", "VAT not applicable, art. 293 B of the French CGI"),
        (LIABLE, "fr", "Prix TTC, dont TVA 10 %"),
        (LIABLE, "en", "Prices include VAT at 10%"),
        (LIABLE | {"vat_bp": 550}, "fr", "Prix TTC, dont TVA 5,5 %"),
    ],
)
def test_a_contract_says_the_vat_below_the_price(owner, language, words):
    page = printed(language, **owner)
    assert page.index('class="sums"') < page.index(words) < page.rindex('class="sums"')
    assert page.count(words) == 1


def test_the_number_stands_beside_the_siret():
    assert f"SIRET 73282932000074 · N° TVA {NUMBER}" in printed(**LIABLE, siret="73282932000074")


@pytest.mark.parametrize("owner", [{}, UNSAID])
def test_who_is_private_or_has_not_said_his_vat_has_no_mention_and_his_papers_need_no_new_version(owner):
    assert "TVA" not in printed(**owner)
    assert "TVA" not in statement(**owner)
    assert not {"vat", "vat_number"} & owner_view(builders.an_owner(**owner), texts("fr")).keys()


def test_a_rate_says_itself():
    """What was kept before regimes were a statement of their own."""
    assert "Prix TTC, dont TVA 10 %" in printed(**UNSAID | {"vat_bp": 1000})


def test_another_vat_makes_a_new_version():
    hashes = {
        input_hash("contract", contract(**owner))
        for owner in (UNSAID, EXEMPT, LIABLE, LIABLE | {"vat_bp": 550})
    }
    assert len(hashes) == 4


def test_an_etat_descriptif_says_it_among_the_conditions_of_the_price():
    assert statement(**EXEMPT)["TVA"] == "TVA non applicable, art. 293 B du CGI"
    assert statement(**LIABLE)["TVA"].replace("\u00a0", " ") == "Prix TTC, dont TVA 10 %"


@pytest.mark.parametrize(("owner", "said"), [({}, False), (UNSAID, False), (EXEMPT, True)])
def test_the_page_of_prices_ends_with_it(owner, said):
    view = rate_table_view(
        builders.a_listing(), builders.an_owner(**owner), builders.a_price_sheet(), 2026, texts("fr")
    )
    page = render("rate_table.html", view, "fr", made_on="1er mars 2026", density="")
    assert ("TVA non applicable, art. 293 B du CGI.</p>" in page) is said
