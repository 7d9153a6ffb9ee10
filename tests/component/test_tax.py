"""`sejour tax` against a running copy: a dry run, the rules, and what was typed by hand."""

import pytest
from sejour_local.cli import main

COMMUNE = "84089"
HEAD = "insee;commune;categorie;annee;tarif;taux;plafond;departementale;source"


@pytest.fixture
def tax(stack, monkeypatch, capsys):
    monkeypatch.setenv("SEJOUR_HOME", str(stack.home))
    monkeypatch.setenv("SEJOUR_PORT", str(stack.port))
    for name in ("CATALOG", "PRICING", "AVAILABILITY", "SEARCH", "BOOKING", "DOCUMENTS", "GATEWAY"):
        monkeypatch.delenv(f"SEJOUR_{name}_ADDRESS", raising=False)

    def run(*arguments):
        capsys.readouterr()
        code = main(["tax", *map(str, arguments)])
        return code, capsys.readouterr().out

    return run


def test_an_import_says_first_what_it_would_do_and_keeps_what_was_typed_by_hand(tax, tmp_path):
    file = tmp_path / "tarifs.csv"
    file.write_text(
        f"{HEAD}\n{COMMUNE};Pernes;3;2031;1,20;;;10;délibération\n{COMMUNE};Pernes;2;2031;9,00;;;;\n"
        f"{COMMUNE};Pernes;unclassified;2031;;4;;;\n8408;Pernes;3;2031;1,20;;;;\n",
        encoding="utf-8",
    )
    code, said = tax("import", file)
    assert code == 1
    assert "3 would be new, 0 would be replaced, 0 unchanged, 0 kept from another source, 1 refused." in said
    assert "above the national cap of 1,00" in said
    assert "no cap (plafond)" in said
    assert "line     5  refused: insee « 8408 »" in said
    assert "No rule of 84089" in tax("list", COMMUNE)[1]

    assert "3 new, " in tax("import", file, "--apply")[1]
    listed = tax("list", COMMUNE)[1]
    assert "84089 Pernes 3 2031 1,20 €  + departmental 10,00 %  (délibération)" in listed
    assert "84089 Pernes 2 2031 9,00 €  TO CONFIRM  (tarifs.csv)" in listed
    assert "0 new, 0 replaced, 3 unchanged" in tax("import", file, "--apply")[1]

    typed = tax("set", COMMUNE, "3", "2031", "--tariff", "1,30", "--source", "appel à la mairie")[1]
    assert "replaced; was 1,20 € (délibération)" in typed
    assert "1 kept from another source" in tax("import", file, "--apply")[1]
    assert "1,30 €" in tax("list", COMMUNE)[1]
    assert "1 replaced" in tax("import", file, "--apply", "--replace")[1]
    assert "1,20 €" in tax("list", COMMUNE)[1]


def test_a_rule_that_cannot_be_read_says_what_to_write(tax, capsys):
    capsys.readouterr()
    assert main(["tax", "set", COMMUNE, "3", "2031", "--tariff", "cher", "--source", "x"]) == 1
    assert "tarif « cher »: write a number from 0" in capsys.readouterr().err
