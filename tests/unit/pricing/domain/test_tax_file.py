"""Tariffs of the tourist tax as towns and ministries write them down."""

import pytest
from chassis.ids import new_id
from pricing.domain.errors import BadValue
from pricing.domain.tax_file import Layout, read_tax_file
from values import NightRange

HEAD = "insee;commune;categorie;annee;tarif;taux;plafond;departementale;perception_du;perception_au;arrondi;source"


def read(text, layout=None, encoding="utf-8", **more):
    return list(read_tax_file(text.encode(encoding), layout or Layout(), new_id, **more))


def only_rule(lines):
    [line] = lines
    return line.rule


def test_a_line_of_ours_is_a_rule():
    rule = only_rule(read(f"{HEAD}\n07028;Beaulieu;3;2024;1,10;;;10;01/04;31/10;;délibération du 12/06/2023"))
    assert (rule.insee, rule.category, rule.year, rule.tariff) == ("07028", "3", 2024, 110)
    assert rule.additional == {"departmental": 1000}
    assert rule.collected == (NightRange.parse("2024-04-01", "2024-11-01"),)
    assert rule.commune == "Beaulieu"
    assert (rule.round_each_step, rule.source) == (True, "délibération du 12/06/2023")


def test_a_rate_and_its_cap_are_for_what_is_not_classified():
    rule = only_rule(read(f"{HEAD}\n07028;Beaulieu;Non classé;2024;;4,4 %;3,75 €;;;;somme;"))
    assert (rule.category, rule.rate_basis_points, rule.cap, rule.tariff) == ("unclassified", 440, 375, 0)
    assert not rule.round_each_step


@pytest.mark.parametrize(
    "cell", ["2026-04-01/2026-09-30 2026-12-19/2026-12-31", "01/04-30/09 19/12/2026-31/12/2026"]
)
def test_a_commune_collects_in_several_periods(cell):
    rule = only_rule(read(f"insee;categorie;annee;tarif;periodes\n07028;3;2026;1,10;{cell}"))
    assert rule.collected == (
        NightRange.parse("2026-04-01", "2026-10-01"), NightRange.parse("2026-12-19", "2027-01-01"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("periods", "reason"),
    [
        ("2026-04-01", "PERIOD"),
        ("2026-09-30/2026-04-01", "PERIOD_REVERSED"),
        ("2026-12-19/2026-12-31 2026-04-01/2026-09-30", "PERIOD_OVERLAPS"),
        ("2026-04-01/2026-09-30 2026-09-30/2026-12-31", "PERIOD_OVERLAPS"),
        ("2026-12-19/2027-01-03", "DAY_OUTSIDE"),
    ],
)
def test_periods_that_cannot_be_are_told(periods, reason):
    [line] = read(f"insee;categorie;annee;tarif;periodes\n07028;3;2026;1,10;{periods}")
    assert line.problem.reason == reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_encodings_and_separators_of_spreadsheets_are_read(encoding, delimiter):
    text = "insee;commune;categorie;annee;tarif\r\n26114;Dieulefit;Chambre d’hôtes;2026;0.70\r\n".replace(
        ";", delimiter
    )
    rule = only_rule(read(text, encoding=encoding))
    assert (rule.category, rule.tariff) == ("guest_room", 70)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("7028;X;3;2026;1,10;;;;;;;", "INSEE"),
        ("07028;X;3;26;1,10;;;;;;;", "YEAR"),
        ("07028;X;3;2026;un euro;;;;;;;", "NUMBER"),
        ("07028;X;3;2026;-1;;;;;;;", "NUMBER"),
        ("07028;X;3;2026;1e999999;;;;;;;", "NUMBER"),
        ("07028;X;3;2026;1_0;;;;;;;", "NUMBER"),
        ("07028;X;6 étoiles;2026;1,10;;;;;;;", "CATEGORY"),
        ("07028;X;3;2026;1,10;4;;;;;;", "TARIFF_OR_RATE"),
        ("07028;X;3;2026;;;;;;;;", "TARIFF_OR_RATE"),
        ("07028;X;3;2026;;4;;;;;;", "RATE_FOR_UNCLASSIFIED"),
        ("07028;X;3;2026;1,10;;;;31/02;;;", "DAY"),
        ("07028;X;3;2026;1,10;;;;01/04/2025;;;", "DAY_OUTSIDE"),
        ("07028;X;3;2026;1,10;;;;;;au pif;", "ROUNDING"),
    ],
)
def test_a_bad_line_says_why_and_stops_nobody(line, reason):
    bad, good = read(f"{HEAD}\n{line}\n2A004;Ajaccio;2;2026;0,90;;;;;;;")
    assert (bad.line, bad.rule, bad.problem.reason) == (2, None, reason)
    assert good.rule.insee == "2A004"


def test_a_layout_reads_an_official_export_with_a_column_for_each_category():
    layout = Layout(
        columns={"insee": "CODE_INSEE", "commune": "LIBELLE"},
        defaults={"annee": "2026", "source": "DELTA 2026", "plafond": "2,30"},
        wide={"MT_3ETOILES": "3", "MT_HOTES": "guest_room", "TAUX_NC": "unclassified"},
    )
    layout.check()
    lines = read("CODE_INSEE;LIBELLE;MT_3ETOILES;MT_HOTES;TAUX_NC\n07028;BEAULIEU;1,10;;5\n", layout)
    rules = [line.rule for line in lines]
    assert [(one.category, one.tariff, one.rate_basis_points) for one in rules] == [
        ("3", 110, 0), ("unclassified", 0, 500),
    ]  # fmt: skip
    assert {(one.source, one.commune) for one in rules} == {("DELTA 2026", "BEAULIEU")}
    assert rules[1].cap == 230


def test_a_layout_gives_an_export_s_names_of_categories():
    layout = Layout(categories={"Meublés de tourisme 3 étoiles": "3"})
    rule = only_rule(
        read("insee;categorie;annee;tarif\n07028;meublés de tourisme 3 étoiles;2026;1,10", layout)
    )
    assert rule.category == "3"


@pytest.mark.parametrize("layout", [Layout(columns={"prix": "X"}), Layout(wide={"X": "3_etoiles"})])
def test_a_layout_of_what_is_none_of_ours_is_refused(layout):
    with pytest.raises(BadValue):
        layout.check()


def test_a_file_without_the_columns_says_which_it_has():
    with pytest.raises(BadValue) as refused:
        read("code;tarif;categorie\n07028;1,10;3")
    assert (refused.value.metadata["why"], refused.value.metadata["missing"]) == ("no_column", "insee, annee")
    assert refused.value.metadata["there"] == "code, tarif, categorie"


def test_a_file_goes_on_after_a_line():
    lines = read(f"{HEAD}\n07028;A;3;2026;1,10;;;;;;;\n07028;A;2;2026;0,90;;;;;;;", after_line=2)
    assert [(one.line, one.rule.category) for one in lines] == [(3, "2")]


@pytest.mark.parametrize("text", ["", "\n\n", "insee\x00;annee", '"insee;categorie;annee\n07028;3'])
def test_what_is_no_table_is_refused_and_breaks_nothing(text):
    with pytest.raises(BadValue):
        read(text)
