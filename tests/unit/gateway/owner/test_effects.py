import pytest
from gateway.forms import Form
from gateway.owner.effects import effect_words
from gateway.owner.seasons import _free_colour
from gateway.owner.tariff_words import short_euros, warnings_of
from gateway.owner.year_strip import year_strip
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing


def a_stay(arrival, departure, before, after, listing="l1"):
    nights = common.Nights(arrival=arrival, departure=departure)
    return pb.ChangedStay(listing_id=listing, nights=nights, before=before, after=after)


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def words(*stays, quotes=0, codes=None):
    answer = pb.PreviewChangeResponse(stays=stays, quotes_kept=quotes)
    return effect_words(answer, codes or {"l1": "07MS01731"})


def test_weeks_of_one_change_are_counted_together_and_open_quotes_told():
    found = words(
        a_stay("2026-06-13", "2026-06-20", 59000, 61000),
        a_stay("2026-06-20", "2026-06-27", 59000, 61000),
        quotes=2,
    )
    assert [plain(each) for each in found.sentences] == [
        "2 semaines passent de 590 à 610 € (arrivées du 13/06/2026 au 20/06/2026).",
        "2 devis en cours gardent leur prix.",
    ]
    assert not found.is_seen(Form())
    assert found.is_seen(Form({"vu": found.mark}))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (-1, 61000, "1 semaine sera en vente à 610 € (arrivée le 13/06/2026)."),
        (59000, -1, "1 semaine ne sera plus en vente (590 € aujourd'hui ; arrivée le 13/06/2026)."),
        (59000, 61050, "1 semaine passe de 590 à 610,50 € (arrivée le 13/06/2026)."),
    ],
)
def test_a_change_is_told_in_one_sentence(before, after, sentence):
    found = words(a_stay("2026-06-13", "2026-06-20", before, after))
    assert plain(found.sentences[0]).replace("’", "'") == sentence


def test_first_prices_need_no_second_click():
    assert words(a_stay("2026-06-13", "2026-06-20", -1, 61000)).is_seen(Form())


def test_another_length_is_named():
    found = words(a_stay("2026-06-13", "2026-06-15", 15000, 16000))
    assert plain(found.sentences[0]).startswith("1 séjour (2 nuits) passe de 150 à 160 €")


def test_several_listings_are_named_by_their_codes():
    found = words(
        a_stay("2026-06-13", "2026-06-20", 1, 2),
        a_stay("2026-06-13", "2026-06-20", 1, 2, "l2"),
        codes={"l1": "A", "l2": "B"},
    )
    assert [each[:3] for each in found.sentences] == ["A :", "B :"]


def test_a_change_without_effect_says_so():
    assert words().sentences == ("Aucun prix ne change dans les 18 mois qui viennent.",)


def test_many_changes_end_with_a_count_of_the_rest():
    stays = [a_stay("2026-06-13", "2026-06-20", 100 * n, 100 * n + 1) for n in range(1, 12)]
    assert words(*stays).sentences[-1] == "3 autres séjours changent."


def test_amounts_leave_out_cents_that_are_none():
    assert plain(short_euros(123400)) == "1 234 €"
    assert plain(short_euros(59050)) == "590,50 €"


def test_a_warning_names_its_place_in_the_grid():
    warnings = [
        pricing.StayRefusal(
            reason="WEEK_DEARER_THAN_NIGHTS",
            params={"season": "Haute", "amount": "63000", "night_amount": "5000"},
        ),
        pricing.StayRefusal(reason="GAP", params={"from": "2026-11-28", "to": "2026-12-19"}),
    ]
    found = warnings_of(warnings)
    assert (found[0].season, found[0].length) == ("Haute", 7)
    assert plain(found[0].sentence) == "En « Haute », la semaine à 630 € coûte plus que 7 nuits (350 €)."
    assert plain(found[1].sentence) == "Entre deux saisons, aucun prix du 28/11 au 19/12/2026."


def test_the_year_strip_draws_gaps_and_overlaps_and_names_them():
    def season(name, *periods):
        found = pricing.Season(name=name, color="s2")
        found.periods.extend(common.Nights(arrival=a, departure=d) for a, d in periods)
        return found

    strip = year_strip(
        2026, [season("A", ("2026-02-01", "2026-03-01"), ("2026-03-10", "2026-04-01")), season("B", ("2026-03-28", "2026-05-01"))]
    )  # fmt: skip
    assert [plain(each) for each in strip["faults"]] == [
        "Du 01/03/2026 au 09/03/2026 : aucune saison, donc aucun prix.",
        "Du 28/03/2026 au 31/03/2026 : deux saisons à la fois (A + B).",
    ]
    march = strip["months"][2]
    assert [(run["kind"], run["days"]) for run in march["runs"]] == [("gap", 9), ("s2", 18), ("overlap", 4)]


def a_season(name, *periods):
    found = pricing.Season(name=name, color=name.lower())
    found.periods.extend(common.Nights(arrival=a, departure=d) for a, d in periods)
    return found


def test_the_year_strip_names_a_season_that_overlaps_itself_and_more_than_two():
    summer = a_season("A", ("2026-07-01", "2026-08-01"), ("2026-07-15", "2026-08-10"))
    strip = year_strip(2026, [summer])
    assert [plain(each) for each in strip["faults"]] == [
        "Du 15/07/2026 au 31/07/2026 : deux périodes de « A » à la fois."
    ]
    others = [a_season(name, ("2026-07-20", "2026-07-22")) for name in ("B", "C")]
    strip = year_strip(2026, [a_season("A", ("2026-07-01", "2026-08-01")), *others])
    assert [plain(each) for each in strip["faults"]] == [
        "Du 20/07/2026 au 21/07/2026 : 3 saisons à la fois (A + B + C)."
    ]


def test_a_season_that_no_tariff_uses_is_drawn_over_the_others_and_may_overlap_them():
    own = a_season("A", ("2026-07-10", "2026-08-01"), ("2026-07-20", "2026-07-25"))
    strip = year_strip(2026, [own, a_season("B", ("2026-07-01", "2026-07-28"))], top=True)
    assert [plain(each) for each in strip["faults"]] == [
        "Du 20/07/2026 au 24/07/2026 : deux périodes de « A » à la fois."
    ]
    july = strip["months"][6]
    assert [(run["kind"], run["days"]) for run in july["runs"]] == [
        ("b", 9),
        ("a", 10),
        ("overlap", 5),
        ("a", 7),
    ]
    assert {run["kind"] for run in strip["months"][0]["runs"]} == {"none"}


def test_a_new_season_begins_with_a_colour_that_no_other_has():
    taken = [pricing.Season(color=f"s{number}") for number in (1, 2, 4)]
    assert _free_colour(taken) == "s3"
    assert _free_colour([pricing.Season(color=f"s{number}") for number in range(1, 9)]) == "s1"
