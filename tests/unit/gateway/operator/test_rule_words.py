import re
from inspect import getsource

from gateway.operator import rule_words
from gateway.operator.rule_words import file_line, file_refusal, groups, refusal_words, remark_words, shown
from pricing.domain import tax_file, taxes
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as tariffs_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing


def plain(words):
    return words.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def test_every_reason_of_pricing_has_its_words():
    reasons = set(re.findall(r'BadLine\("([A-Z_]+)"', getsource(tax_file)))
    assert reasons | {"TWICE", "VALUE"} == set(rule_words.REFUSALS)
    remarks = set(re.findall(r'Remark\("([A-Z_]+)"', getsource(taxes)))
    assert remarks - {"NEW", "UNCHANGED"} == set(rule_words.REMARKS)


def test_amounts_and_rates_of_remarks_are_told():
    below = pricing.StayRefusal(reason="BELOW_FLOOR", params={"floor": "50"})
    assert plain(remark_words(below)) == "Ce tarif est au-dessous du minimum national de 0,50 €."
    rate = pricing.StayRefusal(reason="RATE_OUTSIDE", params={"least": "100", "most": "500"})
    assert plain(remark_words(rate)) == "Le taux doit être entre 1 % et 5 %."
    params = {"tariff": "120", "rate_basis_points": "0", "cap": "0", "source": "délibération"}
    was = pricing.StayRefusal(reason="REPLACES", params=params)
    assert plain(remark_words(was)) == "Remplace 1,20 € (source : délibération)."
    kept = plain(remark_words(was, is_kept=True))
    assert kept == "Il reste 1,20 €, dit par une autre source : délibération."
    assert remark_words(pricing.StayRefusal(reason="NEW")) == ""


def test_a_bad_line_says_what_to_write():
    assert plain(refusal_words("INSEE", {"text": "7028"})).startswith("insee « 7028 » : écrivez")
    period = refusal_words("PERIOD_REVERSED", {"first": "2027-09-30", "last": "2027-04-01"})
    assert plain(period) == "La période du 30/09/2027 au 01/04/2027 finit avant de commencer."
    assert plain(refusal_words("SOMETHING_NEW", {})) == "Une valeur ne convient pas (…)."


def test_a_rule_is_told_whole():
    collected = [common.Nights(arrival="2027-04-01", departure="2027-10-01")]
    rule = pricing.TaxRule(
        category="3", tariff=110, additional={"idfm": 20000, "departmental": 1000}, collected=collected
    )
    told = shown(rule)
    assert plain(told.amount) == "1,10 € par personne et par nuit"
    assert plain(told.additional) == "départementale 10 %, Île-de-France Mobilités 200 %"
    assert (told.periods, told.rounding) == ("du 01/04/2027 au 30/09/2027", "la somme seule")


def test_rules_stand_by_commune_and_year_in_the_order_of_the_scale():
    def rule(insee, year, category, commune=""):
        return pricing.TaxRule(insee=insee, year=year, category=category, commune=commune)

    found = groups(
        [
            rule("07028", 2027, "1"),
            rule("07028", 2027, "5", "Beaulieu"),
            rule("07028", 2026, "3"),
            rule("26114", 2027, "palace"),
        ]
    )
    assert [(one.title, one.year) for one in found] == [
        ("Beaulieu 07028", 2027),
        ("07028", 2026),
        ("26114", 2027),
    ]
    assert [each.rule.category for each in found[0].rules] == ["5", "1"]


def test_a_line_of_a_file_says_its_fate():
    line = tariffs_pb.TaxFileLine(
        line=3, commune="Pernes", outcome=tariffs_pb.TAX_FILE_OUTCOME_REFUSED,
        remarks=[pricing.StayRefusal(reason="TWICE", params={"line": "2"})],
    )  # fmt: skip
    told = file_line(line)
    assert (told["line"], told["commune"], told["outcome"], told["rule"]) == (3, "Pernes", "refusée", None)
    assert plain(told["remarks"][0]) == "La ligne 2 donne déjà cette règle."


def test_a_file_without_the_columns_says_which_it_has():
    told = file_refusal({"why": "no_column", "missing": "insee", "there": "code, tarif"})
    assert plain(told) == "Il manque dans ce fichier : insee. Ses colonnes sont : code, tarif."
    assert file_refusal({"field": "rule.year"}) == ""
