from datetime import UTC, date, datetime, timedelta

import pytest
from gateway.forms import Form
from gateway.guest import ask, months, person, signed
from gateway.guest.ask import Asked
from gateway.i18n import use_locale
from sejour.catalog.v1 import catalog_types_pb2 as catalog

from gateway import conditions

TODAY = date(2026, 3, 1)


def read(**values):
    form = Form(values)
    return ask.read(form, today=TODAY), form


def test_a_question_survives_its_own_address():
    asked, _ = read(
        arrivee="18/07/2026",
        unite="semaine",
        duree="2",
        adultes="3",
        enfants="9, 12",
        s_draps="2",
        code_promo=" Amis 26 ",
    )
    assert (asked.arrival, asked.departure, asked.nights) == (date(2026, 7, 18), date(2026, 8, 1), 14)
    assert asked.promo == "Amis 26"
    again, _ = read(**dict(asked.pairs()))
    assert again == asked


def test_an_endless_code_is_no_error_but_stays_unknown():
    asked, form = read(code_promo="A" * 500)
    assert form.ok
    assert len(asked.promo) == ask.MOST_PROMO + 1


def test_what_cannot_be_read_is_refused_and_the_rest_stands():
    asked, form = read(arrivee="01/02/2026", duree="60", adultes="deux", enfants="neuf")
    assert set(form.errors) == {"arrivee", "duree", "adultes", "enfants"}
    assert (asked.arrival, asked.adults, asked.count) == (None, 2, 1)


@pytest.mark.parametrize("typed", ["9, 12", "9,12", "9 ans et 12 ans", "9;12"])
def test_ages_are_read_however_they_are_typed(typed):
    assert read(enfants=typed)[0].ages == (9, 12)


@pytest.mark.parametrize("typed", ["120", "9, 18", "9" * 5000, "neuf"])
def test_an_age_that_cannot_be_is_asked_again(typed):
    _, form = read(enfants=typed)
    assert "de 0 à 17 ans" in form.error("enfants")


def test_a_year_beyond_all_calendars_is_asked_again():
    asked, form = read(arrivee="31/12/9999")
    assert asked.arrival is None
    assert "Cette date n’existe pas" in form.error("arrivee")


def test_another_stay_is_asked_for_in_weeks_where_it_is_some():
    asked = Asked(unit="nuit", count=3)
    assert asked.stay(date(2026, 7, 4), date(2026, 7, 18)).pairs()[1:3] == [
        ("unite", "semaine"),
        ("duree", "2"),
    ]
    assert asked.stay(date(2026, 7, 4), date(2026, 7, 9)).nights == 5


@pytest.mark.parametrize(
    ("adults", "ages", "words"),
    [
        (1, (), "1 adulte"),
        (2, (9, 12), "2 adultes, 2 enfants (9 et 12 ans)"),
        (2, (1,), "2 adultes, 1 enfant (1 an)"),
        (2, (3,), "2 adultes, 1 enfant (3 ans)"),
    ],
)
def test_persons_are_said_in_words(adults, ages, words):
    assert ask.persons_in_words(adults, ages) == words


def a_night(day, *, state="free", price=74000, bookable=True):
    money = {"amount": price, "currency": "EUR"} if price >= 0 else None
    return {"date": str(day), "state": state, "arrival_allowed": True, "price": money, "bookable": bookable}


def draw(days, chosen=None):
    return months.draw(days, today=TODAY, chosen=chosen, address=lambda day: f"/x?arrivee={day}")


def test_a_day_begins_its_label_with_what_is_seen_on_it():
    (month,) = draw([a_night(date(2026, 7, 18), price=67571)])
    day = next(each for week in month.weeks for each in week if each and each.state == "bookable")
    assert day.label.replace("\xa0", " ") == "18 676 — samedi 18 juillet 2026, arrivée possible, 675,71 €"
    assert day.label.startswith(f"{day.number} {day.price}")
    assert day.href == "/x?arrivee=2026-07-18"


def test_months_are_whole_weeks_from_monday():
    (month,) = draw([a_night(date(2026, 7, 18))])
    assert {len(week) for week in month.weeks} == {7}
    assert [each and each.number for each in month.weeks[0]] == [None, None, 1, 2, 3, 4, 5]


def test_days_that_are_taken_closed_or_past_lead_nowhere():
    days = [
        a_night(date(2026, 3, 2), state="taken", bookable=False),
        a_night(date(2026, 3, 3), bookable=False),
    ]
    (month,) = draw(days, chosen=(date(2026, 3, 3), date(2026, 3, 5)))
    by_number = {each.number: each for week in month.weeks for each in week if each}
    assert [by_number[number].state for number in (2, 3, 9)] == ["taken", "free", "closed"]
    assert not any(each.href for each in by_number.values())
    assert [by_number[number].chosen for number in (2, 3, 4, 5)] == [False, True, True, False]
    assert month.holds_chosen


def typed(**more):
    values = {
        "prenom": "Anne", "nom": "Durand", "mail": "anne@example.org", "mobile": "06 39 98 00 00",
        "adresse": "1 rue Neuve", "cp": "69001", "ville": "Lyon", "pays": "FR", "langue": "fr", "heure": "17 h",
        "message": "Merci.",
    }  # fmt: skip
    return Form(values | more)


def test_a_person_is_read_into_a_client_of_the_file():
    who = person.read(typed())
    client = who.client()
    assert (client.last_name, client.mobile, list(client.address_lines)) == (
        "Durand",
        "+33 6 39 98 00 00",
        ["1 rue Neuve"],
    )
    assert who.note() == "Heure d’arrivée prévue : 17 h.\n\nMerci.".replace(" :", "\xa0:")


def test_a_mistyped_mail_is_asked_about_once():
    form = typed(mail="anne@gmial.com")
    person.read(form)
    assert "anne@gmail.com" in form.error("mail")
    again = typed(mail="anne@gmial.com", mail_vu=form.value("mail_vu"))
    assert person.read(again).email == "anne@gmial.com"
    assert again.ok


@pytest.mark.parametrize("field", ["prenom", "nom", "mail", "mobile", "adresse", "cp", "ville"])
def test_each_needed_answer_is_asked_for(field):
    form = typed(**{field: ""})
    person.read(form)
    assert set(form.errors) == {field}


def test_a_foreign_number_is_read_in_its_own_country():
    assert person.read(typed(mobile="0470 12 34 56", pays="BE")).mobile == "+32 470 12 34 56"
    form = typed(mobile="12")
    person.read(form)
    assert form.error("mobile")


def test_countries_begin_with_the_neighbours():
    assert [code for code, _ in person.countries()[:3]] == ["FR", "BE", "CH"]
    with use_locale("en"):
        assert ("DE", "Germany") in person.countries()


KEYS = (b"k" * 32,)


def test_a_signed_address_opens_for_its_purpose_only_and_ends():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    token = signed.seal("document", {"id": "d1"}, keys=KEYS, until=now + timedelta(minutes=10))
    assert signed.unseal("document", token, keys=(b"new" * 11, *KEYS), now=now) == {"id": "d1"}
    assert signed.unseal("other", token, keys=KEYS, now=now) is None
    assert signed.unseal("document", token, keys=KEYS, now=now + timedelta(minutes=11)) is None
    assert signed.unseal("document", token[:-2] + "AA", keys=KEYS, now=now) is None
    assert signed.unseal("document", "é", keys=KEYS, now=now) is None


def test_a_mail_address_is_shown_masked():
    assert person.masked("georges.dupond@example.org") == "g•••@example.org"


def test_the_sheet_is_shown_as_a_person_reads_it():
    listing = catalog.Listing()
    listing.values.update({"surface_m2": 92.5, "wifi": True, "heating": ["gas", "wood"]})
    fields = [
        catalog.FieldDef(key="surface_m2", unit="m²", label={"fr": "Superficie"}),
        catalog.FieldDef(key="wifi", label={"fr": "Wifi"}),
        catalog.FieldDef(
            key="heating",
            label={"fr": "Chauffage"},
            choices=[
                catalog.FieldChoice(key="gas", label={"fr": "gaz"}), catalog.FieldChoice(key="wood", label={"fr": "bois"}),
            ],
        ),
        catalog.FieldDef(key="absent", label={"fr": "Absent"}),
    ]  # fmt: skip
    shown = {each.label: each.shown for each in conditions.sheet(listing, fields, "fr")}
    assert shown == {"Superficie": "92,5\xa0m²", "Wifi": "oui", "Chauffage": "gaz, bois"}
