"""Tariffs of the tourist tax as towns and ministries write them down."""

import pytest
from sejour_local.sentences import CannotStart
from sejour_local.tax_file import Layout, read_file, read_mapping

HEAD = "insee;commune;categorie;annee;tarif;taux;plafond;departementale;perception_du;perception_au;arrondi;source"


@pytest.fixture
def read(tmp_path):
    def read(text, layout=None, encoding="utf-8"):
        path = tmp_path / "tarifs.csv"
        path.write_bytes(text.encode(encoding))
        return read_file(path, layout)

    return read


def only_rule(lines):
    [line] = lines
    [rule] = line.rules
    return rule


def test_a_line_of_ours_is_a_rule(read):
    rule = only_rule(read(f"{HEAD}\n07028;Beaulieu;3;2024;1,10;;;10;01/04;31/10;;délibération du 12/06/2023"))
    assert (rule.insee, rule.category, rule.year, rule.tariff) == ("07028", "3", 2024, 110)
    assert dict(rule.additional) == {"departmental": 1000}
    assert [(one.arrival, one.departure) for one in rule.collected] == [("2024-04-01", "2024-11-01")]
    assert (rule.round_each_step, rule.source) == (True, "délibération du 12/06/2023")


def test_a_rate_and_its_cap_are_for_what_is_not_classified(read):
    rule = only_rule(read(f"{HEAD}\n07028;Beaulieu;Non classé;2024;;4,4 %;3,75 €;;;;somme;"))
    assert (rule.category, rule.rate_basis_points, rule.cap, rule.tariff) == ("unclassified", 440, 375, 0)
    assert not rule.round_each_step


@pytest.mark.parametrize(
    "cell", ["2026-04-01/2026-09-30 2026-12-19/2026-12-31", "01/04-30/09 19/12/2026-31/12/2026"]
)
def test_a_commune_collects_in_several_periods(read, cell):
    rule = only_rule(read(f"insee;categorie;annee;tarif;periodes\n07028;3;2026;1,10;{cell}"))
    assert [(one.arrival, one.departure) for one in rule.collected] == [
        ("2026-04-01", "2026-10-01"), ("2026-12-19", "2027-01-01"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("periods", "said"),
    [
        ("2026-04-01", "write 2026-04-01/2026-09-30"),
        ("2026-09-30/2026-04-01", "ends before it begins"),
        ("2026-12-19/2026-12-31 2026-04-01/2026-09-30", "is not after the one before"),
        ("2026-04-01/2026-09-30 2026-09-30/2026-12-31", "is not after the one before"),
        ("2026-12-19/2027-01-03", "is not in 2026"),
    ],
)
def test_periods_that_cannot_be_are_told(read, periods, said):
    [line] = read(f"insee;categorie;annee;tarif;periodes\n07028;3;2026;1,10;{periods}")
    assert said in line.problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_encodings_and_separators_of_spreadsheets_are_read(read, encoding, delimiter):
    text = "insee;commune;categorie;annee;tarif\r\n26114;Dieulefit;Chambre d’hôtes;2026;0.70\r\n".replace(
        ";", delimiter
    )
    rule = only_rule(read(text, encoding=encoding))
    assert (rule.category, rule.tariff) == ("guest_room", 70)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("7028;X;3;2026;1,10;;;;;;;", "five characters"),
        ("07028;X;3;26;1,10;;;;;;;", "write a year"),
        ("07028;X;3;2026;un euro;;;;;;;", "write a number"),
        ("07028;X;3;2026;-1;;;;;;;", "write a number"),
        ("07028;X;6 étoiles;2026;1,10;;;;;;;", "is not known"),
        ("07028;X;3;2026;1,10;4;;;;;;", "either tarif"),
        ("07028;X;3;2026;;;;;;;;", "either tarif"),
        ("07028;X;3;2026;;4;;;;;;", "not classified"),
        ("07028;X;3;2026;1,10;;;;31/02;;;", "write a day"),
        ("07028;X;3;2026;1,10;;;;01/04/2025;;;", "is not in 2026"),
        ("07028;X;3;2026;1,10;;;;;;au pif;", "etapes or somme"),
    ],
)
def test_a_bad_line_says_what_to_write_and_stops_nobody(read, line, said):
    bad, good = read(f"{HEAD}\n{line}\n2A004;Ajaccio;2;2026;0,90;;;;;;;")
    assert (bad.line, bad.rules) == (2, ())
    assert said in bad.problem
    assert good.rules[0].insee == "2A004"


def test_a_mapping_reads_an_official_export_with_a_column_for_each_category(read, tmp_path):
    mapping = tmp_path / "delta.yaml"
    mapping.write_text(
        "columns: {insee: CODE_INSEE, commune: LIBELLE}\n"
        "defaults: {annee: '2026', source: DELTA 2026, plafond: '2,30'}\n"
        "wide: {MT_3ETOILES: '3', MT_HOTES: guest_room, TAUX_NC: unclassified}\n",
        encoding="utf-8",
    )
    [line] = read(
        "CODE_INSEE;LIBELLE;MT_3ETOILES;MT_HOTES;TAUX_NC\n07028;BEAULIEU;1,10;;5\n", read_mapping(mapping)
    )
    assert [(one.category, one.tariff, one.rate_basis_points) for one in line.rules] == [
        ("3", 110, 0), ("unclassified", 0, 500),
    ]  # fmt: skip
    assert {one.source for one in line.rules} == {"DELTA 2026"}
    assert line.rules[1].cap == 230


def test_a_mapping_gives_an_export_s_names_of_categories(read):
    layout = Layout(categories={"Meublés de tourisme 3 étoiles": "3"})
    rule = only_rule(
        read("insee;categorie;annee;tarif\n07028;meublés de tourisme 3 étoiles;2026;1,10", layout)
    )
    assert rule.category == "3"


def test_a_file_without_the_columns_says_which_it_has(read):
    with pytest.raises(CannotStart, match="no column insee, annee"):
        read("code;tarif;categorie\n07028;1,10;3")


def test_a_mapping_of_a_column_that_is_none_is_refused(tmp_path):
    mapping = tmp_path / "m.yaml"
    mapping.write_text("columns: {prix: X}\n", encoding="utf-8")
    with pytest.raises(CannotStart, match="is no column"):
        read_mapping(mapping)
