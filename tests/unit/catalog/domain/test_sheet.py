"""Edits and imports of a sheet: whose value wins, and what is proposed."""

from datetime import UTC, datetime

import pytest
from catalog.domain.errors import BadValue
from catalog.domain.sheet import Origin, completeness, edit, new_sheet, refresh
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEYS = ("wifi", "view", "bedrooms")


def imported(**values):
    return new_sheet(
        {key.replace("__", "."): value for key, value in values.items()}, source="apidae", now=NOW
    )


def typed(sheet, origins, changes, revert=(), in_production=False):
    return edit(sheet, origins, changes, revert, now=NOW, in_production=in_production)


def fed(change, **values):
    record = {key.replace("__", "."): value for key, value in values.items()}
    return refresh(change.sheet, change.origins, record, source="apidae", now=NOW)


def test_an_edit_of_an_imported_value_keeps_what_the_source_says_as_proposal():
    change = typed(*imported(name__fr="Les Saules"), {"name.fr": "Chez Jeanne"})
    assert change.sheet["name.fr"] == "Chez Jeanne"
    assert change.origins["name.fr"] == Origin("apidae", NOW, edited=True, proposed="Les Saules")
    assert change.changed == ("name.fr",)


def test_a_second_edit_keeps_the_first_proposal():
    change = typed(*imported(bedrooms=2), {"bedrooms": 3})
    change = typed(change.sheet, change.origins, {"bedrooms": 4})
    assert change.origins["bedrooms"].proposed == 2


def test_an_import_never_overwrites_an_edit_but_renews_the_proposal():
    change = fed(typed(*imported(bedrooms=2), {"bedrooms": 3}), bedrooms=5)
    assert (change.sheet["bedrooms"], change.origins["bedrooms"].proposed) == (3, 5)
    assert (change.changed, change.kept, change.any) == ((), ("bedrooms",), True)


def test_an_import_that_comes_to_agree_with_the_edit_proposes_nothing():
    change = fed(typed(*imported(bedrooms=2), {"bedrooms": 3}), bedrooms=3)
    assert change.origins["bedrooms"].proposed is None
    assert change.kept == ()


def test_the_same_import_twice_changes_nothing():
    change = fed(typed(*imported(bedrooms=2, wifi=True), {"bedrooms": 3}), bedrooms=2, wifi=True)
    assert not fed(change, bedrooms=2, wifi=True).any


def test_going_back_takes_what_the_source_proposes():
    change = typed(*imported(bedrooms=2), {"bedrooms": 3})
    change = typed(change.sheet, change.origins, {}, revert=["bedrooms"])
    assert change.sheet["bedrooms"] == 2
    assert not change.origins["bedrooms"].protected
    with pytest.raises(BadValue, match="A_PROPOSAL"):
        typed(change.sheet, change.origins, {}, revert=["bedrooms"])


def test_an_emptied_field_is_not_filled_again_by_an_import():
    change = fed(typed(*imported(view="La mer"), {"view": None}), view="La mer")
    assert "view" not in change.sheet
    assert change.origins["view"].proposed == "La mer"


def test_a_value_that_the_source_no_longer_gives_goes_unless_it_was_edited():
    change = fed(typed(*imported(view="La mer", wifi=True), {"view": "Le lac"}))
    assert change.sheet == {"view": "Le lac"}
    assert change.changed == ("wifi",)


def test_in_production_what_is_required_cannot_be_emptied():
    with pytest.raises(BadValue, match="REQUIRED_IN_PRODUCTION"):
        typed(*imported(kitchen="none"), {"kitchen": None}, in_production=True)
    assert "kitchen" not in typed(*imported(kitchen="none"), {"kitchen": None}).sheet


def test_the_base_cannot_exceed_the_most():
    with pytest.raises(BadValue, match="AT_MOST_MAX_PERSONS"):
        typed(*imported(max_persons=4), {"base_persons": 6})


def test_completeness_grows_from_nothing_with_each_answer():
    assert completeness({}) == 0
    assert completeness({"surface_m2": 3, "wifi": False}) >= 1


values = st.fixed_dictionaries(
    {}, optional={"wifi": st.booleans(), "view": st.sampled_from("abc"), "bedrooms": st.integers(1, 3)}
)


@given(values, st.lists(st.tuples(st.booleans(), values), max_size=6))
def test_whatever_happens_an_edited_value_only_changes_by_another_edit(first, steps):
    sheet, origins = new_sheet(first, source="apidae", now=NOW)
    for by_owner, given_values in steps:
        before, was = sheet, origins
        if by_owner:
            change = typed(sheet, origins, given_values)
        else:
            change = refresh(sheet, origins, given_values, source="apidae", now=NOW)
        sheet, origins = change.sheet, change.origins
        for key in KEYS:
            if not by_owner and key in was and was[key].protected:
                assert sheet.get(key) == before.get(key)
            if by_owner and key in given_values:
                assert sheet[key] == given_values[key]
    again = refresh(sheet, origins, first, source="apidae", now=NOW)
    assert not refresh(again.sheet, again.origins, first, source="apidae", now=NOW).any
