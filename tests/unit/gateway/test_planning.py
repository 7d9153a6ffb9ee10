from datetime import date

import pytest
from gateway.holidays import easter, public_holiday
from gateway.planning import Bar, BarKind, PlanningRow, Span, draw, first_day_of, months_of, place, words_of
from gateway.wall import draw_wall

NEW_YEARS_EVE = date(2010, 12, 31)


def a_bar(arrival, departure, **more):
    return Bar(
        BarKind.OPTION,
        date.fromisoformat(arrival),
        date.fromisoformat(departure),
        "Pré-réservation",
        number="3",
        **more,
    )


def test_the_view_of_a_month_begins_the_day_before_the_first():
    assert first_day_of(date(2011, 1, 17)) == NEW_YEARS_EVE


def test_a_bar_goes_from_noon_of_arrival_to_noon_of_departure():
    (placed,) = place([a_bar("2010-12-31", "2011-01-05")], NEW_YEARS_EVE, 32)
    assert (placed.start, placed.end) == (2, 12)
    assert placed.classes == "s-2 e-12 l-1"


def test_a_turnover_day_shows_two_bars_on_one_lane():
    left, right = place(
        [a_bar("2011-01-08", "2011-01-15"), a_bar("2011-01-01", "2011-01-08")], NEW_YEARS_EVE, 32
    )
    assert left.end == right.start == 18
    assert left.lane == right.lane == 1


def test_nights_taken_twice_go_to_a_second_lane():
    view = draw(
        [PlanningRow("A", "", "", "", [a_bar("2011-01-01", "2011-01-08"), a_bar("2011-01-05", "2011-01-09", clash=True)])],
        first=NEW_YEARS_EVE, days=32, today=NEW_YEARS_EVE,
    )  # fmt: skip
    assert [bar.lane for bar in view.rows[0].bars] == [1, 2]
    assert view.rows[0].lanes == 2


def test_a_bar_that_crosses_an_edge_is_cut_there():
    before, after = place(
        [a_bar("2010-12-25", "2011-01-02"), a_bar("2011-01-28", "2011-02-15")], NEW_YEARS_EVE, 32
    )
    assert (before.start, before.cut_left, before.cut_right) == (1, True, False)
    assert (after.end, after.cut_left, after.cut_right) == (65, False, True)


@pytest.mark.parametrize("nights", [("2010-12-20", "2010-12-30"), ("2011-02-01", "2011-02-08")])
def test_a_bar_outside_the_view_is_left_out(nights):
    assert place([a_bar(*nights)], NEW_YEARS_EVE, 32) == []


def test_a_departure_on_the_first_day_takes_its_morning_only():
    (placed,) = place([a_bar("2010-12-24", "2010-12-31")], NEW_YEARS_EVE, 32)
    assert (placed.start, placed.end) == (1, 2)


def test_the_head_shows_the_month_before_on_one_column():
    months = months_of(NEW_YEARS_EVE, 32)
    assert [(month.label, month.columns, month.tight) for month in months] == [
        ("Déc. 2010", 1, True),
        ("Janvier 2011", 31, False),
    ]


def test_columns_know_letter_weekend_holiday_and_today():
    view = draw([], first=NEW_YEARS_EVE, days=32, today=date(2011, 1, 3))
    friday, saturday, _sunday, monday = view.days[:4]
    assert (friday.letter, friday.day.day, friday.weekend) == ("V", 31, False)
    assert (saturday.letter, saturday.weekend, saturday.holiday) == ("S", True, "jour de l’An")
    assert monday.classes == "day today"
    assert view.today_index == 3
    assert view.month_lines == [1]
    assert view.offset == 6


def test_the_view_never_has_more_columns_than_the_style_sheet_has_classes():
    assert draw([], first=NEW_YEARS_EVE, days=1000, today=NEW_YEARS_EVE).count == 124


def test_a_bar_says_all_it_means_beginning_with_what_is_visible():
    words = words_of(a_bar("2010-12-31", "2011-01-05", star=True, detail="Dupond, 4 pers."))
    assert words.startswith("Pré-réservation* n°\u00a03, Dupond, 4 pers., du vendredi 31 décembre 2010")
    assert "attend une action de votre part" in words


def test_easter_and_what_moves_with_it():
    assert [easter(year) for year in (2026, 2027, 2038)] == [
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ]
    assert public_holiday(date(2026, 5, 14)) == "Ascension"
    assert public_holiday(date(2026, 5, 25)) == "lundi de Pentecôte"
    assert public_holiday(date(2026, 7, 18)) == ""


def test_the_wall_calendar_cuts_a_stay_at_each_sunday():
    row = PlanningRow(
        "07MS01731",
        "",
        "",
        "",
        [a_bar("2011-01-08", "2011-01-15")],
        [Span("closed", date(2011, 1, 20), date(2011, 2, 1))],
    )
    wall = draw_wall(row, month=date(2011, 1, 1), today=date(2011, 1, 1))
    assert wall.label == "Janvier 2011"
    assert wall.weeks[0].days[0].day == date(2010, 12, 27)
    assert wall.weeks[0].outside == [True] * 5 + [False] * 2
    second, third = wall.weeks[1], wall.weeks[2]
    assert [(bar.start, bar.end, bar.cut_right) for bar in second.bars] == [(12, 15, True)]
    assert [(bar.start, bar.end, bar.cut_left) for bar in third.bars] == [(1, 12, True)]
