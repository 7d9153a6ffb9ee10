"""Story 10: a price explained, its effect told before it is saved, two tabs, a block pasted, a phone."""

from playwright.sync_api import expect
from screen import fetched, pdf_text, plain, until

CLOCK = "2026-03-01 10:00"


def _open_tariff(page):
    page.goto("/tarifs")
    page.get_by_role("link", name="Gîte 4/6", exact=True).click()


def _cell(page, words):
    return page.get_by_label(words, exact=True)


def _save(page):
    page.get_by_role("button", name="Enregistrer le tarif").last.click()


def _try(page, first, last):
    page.goto("/tarifs-vue?hebergement=07MS01731&annee=2026")
    page.get_by_label("Du (arrivée)").fill(first)
    page.get_by_label("Au (départ)").fill(last)
    page.get_by_role("button", name="Essayer ce séjour").click()


def test_a_week_across_two_seasons_is_explained_line_by_line(owner_page):
    page = owner_page(CLOCK)
    _try(page, "08/07/2026", "15/07/2026")
    text = plain(page.locator("#essai").inner_text())
    for words in ("675,71 €", "3 sur 7 nuits", "252,86 €", "4 sur 7 nuits", "422,85 €"):
        assert words in text


def test_the_effect_is_told_before_it_is_saved(owner_page):
    page = owner_page(CLOCK)
    _open_tariff(page)
    _cell(page, "Moyenne saison, semaine").fill("610")
    effect = page.get_by_role("region", name="Avant d’enregistrer")
    expect(effect).to_contain_text("6 semaines passent de 590 à 610")
    page.get_by_role("link", name="Abandonner").click()
    _open_tariff(page)
    expect(_cell(page, "Moyenne saison, semaine")).to_have_value("590,00")


def test_without_script_the_effect_is_told_first_and_a_second_click_saves(owner_page):
    page = owner_page(CLOCK, java_script_enabled=False)
    _open_tariff(page)
    _cell(page, "Haute saison, semaine").fill("650")
    _save(page)
    expect(page.get_by_text("1 semaine passe de 630 à 650")).to_be_visible()
    _cell(page, "Haute saison, semaine").fill("630")
    _save(page)
    expect(page).to_have_url("/tarifs")


def test_two_tabs_that_changed_one_tariff_are_shown_side_by_side(owner_page):
    page = owner_page(CLOCK, java_script_enabled=False)
    other = page.context.new_page()
    _open_tariff(page)
    _open_tariff(other)
    for tab, price, nights in ((other, "131", "206"), (page, "132", "205,00")):
        _cell(tab, "Haute saison, 1 nuit").fill(price)
        _cell(tab, "Haute saison, 2 nuits").fill(nights)
        _save(tab)
        if tab is other:
            _save(tab)
            expect(tab).to_have_url("/tarifs")
    expect(page.get_by_role("heading", name="Cette fiche a été changée")).to_be_visible()
    asked = page.get_by_role("group", name="Haute saison, 1 nuit")
    expect(asked).to_contain_text("132")
    expect(asked).to_contain_text("131,00")
    expect(_cell(page, "Haute saison, 2 nuits")).to_have_value("206,00")
    asked.get_by_role("radio", name="131,00").check()
    _save(page)
    expect(page).to_have_url("/tarifs")


def test_what_was_typed_into_a_discount_that_another_tab_removed_is_not_lost(owner_page):
    page = owner_page(CLOCK, java_script_enabled=False)
    page.goto("/remises/nouveau")
    page.get_by_label("Nom", exact=True).fill("Fidèles")
    page.get_by_label("Remise", exact=True).fill("5")
    page.get_by_label("Jours ou nuits").fill("60")
    for _click in range(2):
        page.get_by_role("button", name="Enregistrer la remise").last.click()
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto("/tarifs")
        tab.get_by_role("link", name="Fidèles").click()
    other.get_by_text("Supprimer cette remise").click()
    other.get_by_role("button", name="Supprimer la remise").click()
    page.get_by_label("Remise", exact=True).fill("7,5")
    page.get_by_role("button", name="Enregistrer la remise").last.click()
    expect(page.get_by_role("heading", name="Cette fiche a été supprimée")).to_be_visible()
    expect(page.get_by_label("Remise", exact=True)).to_have_value("7,5")
    for _click in range(2):
        page.get_by_role("button", name="Enregistrer la remise").last.click()
    expect(page).to_have_url("/tarifs")
    page.get_by_role("link", name="Fidèles · −7,5").click()
    page.get_by_text("Supprimer cette remise").click()
    page.get_by_role("button", name="Supprimer la remise").click()


def test_a_block_copied_from_a_spreadsheet_fills_the_cells(owner_page):
    page = owner_page(CLOCK)
    _open_tariff(page)
    _cell(page, "Basse saison, 1 nuit").evaluate(
        """(cell) => {
            const data = new DataTransfer();
            data.setData("text/plain", "111,50 €\\t1\\u202f150,00\\n121\\t185.5\\n");
            cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(_cell(page, "Basse saison, 1 nuit")).to_have_value("111,50")
    expect(_cell(page, "Basse saison, 2 nuits")).to_have_value("1150,00")
    expect(_cell(page, "Moyenne saison, 1 nuit")).to_have_value("121")
    expect(_cell(page, "Moyenne saison, 2 nuits")).to_have_value("185,5")


def test_a_price_that_cannot_be_is_refused_on_its_cell_and_nothing_typed_is_lost(owner_page):
    page = owner_page(CLOCK)
    _open_tariff(page)
    _cell(page, "Basse saison, semaine").fill("-5")
    _cell(page, "Haute saison, semaine").fill("635")
    _save(page)
    expect(page.get_by_text("Un prix ne peut pas être négatif.").last).to_be_visible()
    expect(_cell(page, "Basse saison, semaine")).to_have_value("-5")
    expect(_cell(page, "Haute saison, semaine")).to_have_value("635")


def test_a_reversed_period_is_refused_on_its_field(owner_page):
    page = owner_page(CLOCK)
    page.goto("/saisons/nouveau")
    page.get_by_label("Nom de la saison").fill("Noël")
    page.get_by_label("Du (première nuit)", exact=True).first.fill("31/12/2026")
    page.get_by_label("Au (dernière nuit comprise)", exact=True).first.fill("20/12/2026")
    page.get_by_role("button", name="Enregistrer la saison").click()
    expect(page.get_by_text("est avant la première").last).to_be_visible()
    expect(page.get_by_label("Nom de la saison")).to_have_value("Noël")


def test_the_prices_of_a_year_are_one_page_of_paper(owner_page):
    page = owner_page(CLOCK)
    page.goto("/tarifs-vue?hebergement=07MS01731&annee=2026")
    status, content = fetched(page, "/tarifs-vue/07MS01731.pdf?annee=2026")
    assert status == 200
    assert "Tarifs 2026" in pdf_text(content)


def test_on_a_phone_no_tariff_page_is_wider_than_the_screen(owner_page):
    page = owner_page(CLOCK, viewport={"width": 390, "height": 844})
    addresses = ["/tarifs", "/tarifs-vue?hebergement=07MS01731", "/saisons/nouveau", "/prix/nouveau"]
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, address
    _open_tariff(page)
    expect(_cell(page, "Haute saison, semaine")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_guest_who_may_only_arrive_on_saturday_reads_the_rule_and_the_weeks_beside(owner_page, guest_page):
    page = owner_page(CLOCK)
    _only_saturdays(page, tick=True)
    guest = guest_page()
    try:

        def refused():
            guest.goto("/07MS01731?arrivee=08/07/2026&unite=semaine&duree=1&adultes=2")
            return "samedi" in plain(guest.locator("#sejour").inner_text()).lower()

        until(refused, "the rule reaches the guest")
        text = plain(guest.get_by_role("main").inner_text())
        for day in ("4 juillet", "11 juillet"):
            assert day in text
    finally:
        _only_saturdays(page, tick=False)


def _only_saturdays(page, *, tick):
    _open_tariff(page)
    rules = page.locator("details", has=page.locator("summary", has_text="Moyenne saison"))
    rules.locator("summary").click()
    rules.get_by_role("group", name="Jours d’arrivée").get_by_label("samedi").set_checked(tick)
    for _click in range(2):
        _save(page)
        page.wait_for_load_state()
        if page.url.endswith("/tarifs"):
            return
