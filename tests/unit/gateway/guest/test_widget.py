import gzip
import re

from gateway.guest.widget import SCRIPT


def test_the_whole_widget_is_at_most_ten_kilobytes():
    assert len(gzip.compress(SCRIPT.read_bytes(), 9)) <= 10_000


def test_the_widget_needs_no_inline_style_no_cookie_and_no_eval():
    script = SCRIPT.read_text()
    assert not re.search(r"\beval\(|new Function|document\.cookie|innerHTML|\.style\b|localStorage", script)
    assert "adoptedStyleSheets" in script
    assert 'credentials:"omit"' in script


def test_the_widget_speaks_five_languages():
    script = SCRIPT.read_text()
    for word in ("Rechercher", "Search", "Suchen", "Zoeken", "Buscar"):
        assert word in script


def test_the_promotional_code_has_words_in_each_language():
    script = SCRIPT.read_text()
    for word in ("Code promotionnel", "Promotional code", "Aktionscode", "Actiecode", "Código promocional"):
        assert f"|{word}" in script
    assert "code_promo" in script
    assert "&promo_code=" in script
