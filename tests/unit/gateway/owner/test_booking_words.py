import pytest
from gateway.owner.booking_words import (
    MOVES,
    STATES,
    client_name,
    consequence,
    deposit_words,
    journal_line,
    natures,
    short_name,
)
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.common.v1 import common_pb2 as common


def euro(cents):
    return common.Money(amount=cents, currency="EUR")


def a_file(kind=booking.DEPOSIT_KIND_ARRHES, paid=300):
    return booking.Booking(
        client=booking.Client(civility="MR", last_name="Dupond", first_name="Georges"),
        totals=booking.Totals(deposit_kind=kind, deposit_paid=euro(paid), paid=euro(paid)),
    )


def test_the_client_who_cancels_loses_his_arrhes():
    move = booking.Move(action="CANCEL_BY_CLIENT", kept=euro(300))
    assert (
        consequence(move, a_file()) == "M. DUPOND Georges perd les arrhes (3,00\u00a0€). Rien à rembourser."
    )


def test_the_owner_who_cancels_owes_the_double_of_the_arrhes():
    move = booking.Move(action="CANCEL_BY_OWNER", owner_owes=euro(600))
    assert consequence(move, a_file()) == "Vous devez 6,00\u00a0€ (le double)."


def test_the_client_who_cancels_after_an_acompte_still_owes_the_rest():
    move = booking.Move(action="CANCEL_BY_CLIENT", kept=euro(15300), still_due=euro(45900))
    words = consequence(move, a_file(booking.DEPOSIT_KIND_ACOMPTE, 15300))
    assert "perd l’acompte (153,00\u00a0€)" in words
    assert "doit encore 459,00\u00a0€" in words


def test_harm_after_an_acompte_is_to_be_agreed():
    move = booking.Move(action="CANCEL_BY_OWNER", refund=euro(15300), compensation=True)
    words = consequence(move, a_file(booking.DEPOSIT_KIND_ACOMPTE, 15300))
    assert words == "À rembourser\u00a0: 153,00\u00a0€. Indemnité à convenir entre vous."


def test_a_move_without_money_says_so():
    assert consequence(booking.Move(action="CANCEL_BY_CLIENT"), a_file(paid=0)) == "Rien à rembourser."
    assert "Rien n’est dû" in consequence(booking.Move(action="CANCEL_BY_OWNER"), a_file(paid=0))


@pytest.mark.parametrize("kind", [booking.DEPOSIT_KIND_ARRHES, booking.DEPOSIT_KIND_ACOMPTE])
def test_no_screen_mixes_both_words(kind):
    own, other = ("rrhes", "compte") if kind == booking.DEPOSIT_KIND_ARRHES else ("compte", "rrhes")
    words = " ".join([*deposit_words(kind).values(), *(word for _key, word in natures(kind))])
    assert own in words
    assert other not in words


def test_names_are_written_as_in_letters():
    assert client_name(a_file().client) == "M. DUPOND Georges"
    assert short_name(a_file().client) == "M. DUPOND"


def test_every_state_of_the_contract_has_a_word():
    known = {value.number for value in booking.BookingState.DESCRIPTOR.values} - {0}
    assert known == set(STATES)


def test_every_move_of_the_contract_has_a_word():
    assert {"CONFIRM", "CANCEL_BY_CLIENT", "CANCEL_BY_OWNER", "DECLINE", "EXTEND", "NO_SHOW"} == set(MOVES)


def test_the_journal_speaks_in_sentences():
    entry = booking.JournalEntry(kind="PAYMENT_RECORDED", who="owner", params={"amount": "300"})
    assert journal_line(entry)[1] == "Règlement de 3,00\u00a0€ enregistré (vous)"
    assert (
        journal_line(booking.JournalEntry(kind="SOMETHING_NEW", who="system"))[1]
        == "Something new (automatique)"
    )
