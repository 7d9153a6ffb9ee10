from gateway.conflicts import as_new, meet, origin_of
from gateway.forms import Form


def a_form(revision, **values):
    return Form({"revision": revision, **values})


def sent(shown, **typed):
    """What the browser sends of a form that was shown, with what the person typed."""
    form = Form({name: list(values) for name, values in shown.values.items()})
    form.set("origine", origin_of(shown))
    for name, value in typed.items():
        form.set(name, value)
    return form


def show(_name, values):
    return ", ".join(values)


def test_a_sheet_that_nobody_changed_meanwhile_is_simply_saved():
    shown = a_form(3, nom="Été", prix="590")
    assert meet(sent(shown, prix="610"), a_form(3, nom="Été", prix="590"), str, show) is None


def test_a_field_that_both_changed_is_asked_and_what_was_typed_stays():
    form = sent(a_form(3, nom="Été", prix="590"), prix="610")
    found = meet(form, a_form(4, nom="Été", prix="600"), {"prix": "Prix"}.__getitem__, show)
    assert [(each.label, each.mine, each.theirs) for each in found.asked] == [("Prix", "610", "600")]
    assert form.value("prix") == "610"
    assert form.revision() == 4


def test_a_field_that_the_other_alone_changed_is_taken_over_and_told():
    form = sent(a_form(3, nom="Été", prix="590"), prix="610")
    found = meet(form, a_form(4, nom="Plein été", prix="590"), str, show)
    assert form.value("nom") == "Plein été"
    assert form.value("prix") == "610"
    assert [each.theirs for each in found.taken] == ["Plein été"]
    assert found.asked == ()


def test_the_choice_of_the_other_version_replaces_what_was_typed():
    now = a_form(4, nom="Été", prix="600")
    form = sent(a_form(3, nom="Été", prix="590"), prix="610")
    found = meet(form, now, str, show)
    form.set("choix_pour", found.revision)
    form.set("version.prix", "autre")
    assert meet(form, now, str, show) is None
    assert form.value("prix") == "600"
    assert "version.prix" not in form.values


def test_a_third_change_after_the_choice_is_shown_again():
    form = sent(a_form(3, prix="590"), prix="610")
    meet(form, a_form(4, prix="600"), str, show)
    form.set("choix_pour", 4)
    form.set("version.prix", "moi")
    found = meet(form, a_form(5, prix="620"), str, show)
    assert [(each.mine, each.theirs) for each in found.asked] == [("610", "620")]


def test_ticks_that_were_taken_away_count_as_a_change():
    form = sent(a_form(3, hebergement=["A", "B"]), hebergement=[])
    found = meet(form, a_form(4, hebergement=["A", "B", "C"]), str, show)
    assert [(each.mine, each.theirs) for each in found.asked] == [("", "A, B, C")]


def test_a_form_that_forgot_what_it_showed_asks_for_every_difference():
    form = a_form(3, nom="Mien", prix="590")
    form.set("origine", "{")
    found = meet(form, a_form(4, nom="Leur", prix="600"), str, show)
    assert [each.name for each in found.asked] == ["nom", "prix"]


def test_the_form_of_a_sheet_that_is_no_more_becomes_that_of_a_new_one_with_a_key_of_its_own():
    form = sent(a_form(3, nom="Été", prix="590"), prix="610")
    form.set("request_id", "0198f0a0-0000-7000-8000-000000000001")
    as_new(form)
    kept = {name: values for name, values in form.values.items() if values}
    assert kept == {"nom": ["Été"], "prix": ["610"]}
