"""« Mes modalités de vente »: what is typed comes back as it was typed, and what cannot be is refused on its field."""

import pytest
from gateway.forms import Form
from gateway.i18n import use_locale
from gateway.owner.terms_form import form_of, terms_of
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.common.v1 import common_pb2 as common

from gateway import conditions

OWNER, HOUSE, ROOM = "01930000-0000-7000-8000-000000027144", "h-1", "r-1"
CODES = {HOUSE: "07MS01731", ROOM: "26CH1481"}
PAYPAL, TRANSFER = booking.PAYMENT_MEANS_PAYPAL, booking.PAYMENT_MEANS_TRANSFER


def euros(cents):
    return common.Money(amount=cents, currency="EUR")


def whole():
    return booking.SalesTerms(
        owner_id=OWNER, revision=3, deposit_kind=booking.DEPOSIT_KIND_ACOMPTE, deposit_basis_points=2550,
        means=[booking.PAYMENT_MEANS_CHEQUE, TRANSFER, PAYPAL], option_days=7, balance_days_before=30,
        paypal_email="jeanne@paypal.example", iban="FR7630006000011234567890189", mode=booking.SALES_MODE_ON_REQUEST,
        security_deposit=euros(30000), notice_days=2, arrival_from="16:00", departure_until="10:00",
        free_terms="Les chiens sont les bienvenus.",
        short_stays=booking.ShortStays(max_nights=3, deposit_fixed=euros(5000)),
        option_delays=[
            booking.OptionDelay(means=TRANSFER, days=5), booking.OptionDelay(means=PAYPAL, minutes=30),
        ],
        cancellation=[
            booking.CancellationStep(days_before=60, kept_basis_points=0),
            booking.CancellationStep(days_before=30, kept_basis_points=1000),
        ],
        listings=[
            booking.ListingTerms(
                listing_id=ROOM, deposit_basis_points=5000, balance_days_before=0, option_days=2,
                mode=booking.SALES_MODE_IMMEDIATE, arrival_from="18:00",
            )
        ],
    )  # fmt: skip


def test_terms_shown_and_sent_back_are_the_same_terms():
    form = form_of(whole(), CODES)
    assert terms_of(form, OWNER, CODES) == whole()
    assert not form.errors


def test_the_usual_terms_of_the_first_visit_can_be_saved_as_they_are():
    form = form_of(None, CODES)
    terms = terms_of(form, OWNER, CODES)
    assert not form.errors
    assert (terms.deposit_kind, terms.deposit_basis_points) == (booking.DEPOSIT_KIND_ARRHES, 2500)
    assert not terms.cancellation


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"fixe": "100"}, "taux"),
        ({"taux": "120"}, "taux"),
        ({"courts_nuits": "", "courts_taux": "50", "courts_fixe": ""}, "courts_nuits"),
        ({"courts_taux": "50"}, "courts_taux"),
        ({"iban": "FR7630006000011234567890188"}, "iban"),
        ({"paypal": "jeanne"}, "paypal"),
        ({"jours1": "30"}, "jours2"),
        ({"garde1": "50"}, "garde1"),
        ({"garde1": ""}, "garde1"),
        ({"jours1": "", "garde1": "", "jours2": "", "garde2": ""}, "jours1"),
        ({"l.26CH1481.fixe": "80"}, "l.26CH1481.taux"),
        ({"l.26CH1481.arrivee": "25:00"}, "l.26CH1481.arrivee"),
    ],
)
def test_what_cannot_be_is_refused_on_its_field_and_stays_as_typed(typed, field):
    form = form_of(whole(), CODES)
    for name, value in typed.items():
        form.set(name, value)
    terms_of(form, OWNER, CODES)
    assert field in form.errors
    assert all(form.value(name) == value for name, value in typed.items())


def test_a_delay_of_a_means_that_is_not_accepted_is_left_out():
    form = form_of(whole(), CODES)
    form.set("moyens", [str(int(TRANSFER))])
    assert [each.means for each in terms_of(form, OWNER, CODES).option_delays] == [TRANSFER]


def test_terms_of_a_listing_that_is_gone_are_not_saved_again():
    form = form_of(whole(), {HOUSE: "07MS01731"})
    assert not terms_of(form, OWNER, {HOUSE: "07MS01731"}).listings


def test_a_guest_reads_the_steps_before_the_law_and_never_both_words():
    steps = whole().cancellation
    with use_locale("fr"):
        arrhes = " ".join(conditions.cancellation(booking.DEPOSIT_KIND_ARRHES, steps)[1:])
        acompte = " ".join(conditions.cancellation(booking.DEPOSIT_KIND_ACOMPTE, steps)[1:])
    assert "60 jours ou plus" in arrhes
    assert "de 30 à 59 jours" in arrhes
    assert arrhes.index("30 à 59") < arrhes.index("le double")
    assert "acompte" not in arrhes.lower()
    assert "arrhes" not in acompte.lower()


def test_an_empty_form_asks_for_what_is_needed():
    form = Form()
    terms_of(form, OWNER, CODES)
    assert {"taux", "moyens", "delai", "genre", "mode"} <= set(form.errors)
