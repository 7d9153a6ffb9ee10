from datetime import date
from decimal import Decimal

import pytest
from gateway.forms import Form, parse_date, parse_money
from starlette.requests import Request


@pytest.mark.parametrize(
    "typed", ["18/07/2026", "18/7/26", "18.07.2026", "18-07-2026", "18 07 2026", "18072026", "2026-07-18"]
)
def test_dates_are_read_as_people_write_them(typed):
    assert parse_date(typed) == date(2026, 7, 18)


@pytest.mark.parametrize(
    "typed", ["31/02/2026", "07/18/2026", "demain", "", "31/12/9999", "01/01/0001", "18/07/0026"]
)
def test_a_day_that_does_not_exist_is_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_date(typed)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("590", 59000),
        ("590,5", 59050),
        ("590.50", 59050),
        ("1 234,50 €", 123450),
        ("1\u202f234,50\u00a0€", 123450),
        ("-3", -300),
    ],
)
def test_amounts_take_comma_point_and_spaces(typed, cents):
    assert parse_money(typed) == cents


@pytest.mark.parametrize("typed", ["12,345", "douze", "1,2,3", "--1", "9" * 12])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_money(typed)


def test_typed_values_survive_an_error_and_the_first_sentence_stays():
    form = Form({"montant": "douze"})
    assert form.money("montant") is None
    form.fail("montant", "autre phrase")
    assert form.value("montant") == "douze"
    assert "590,50" in form.error("montant")
    assert not form.ok


def test_an_empty_field_is_nothing_unless_required():
    form = Form({"du": ""})
    assert form.day("du") is None
    assert form.ok
    assert form.day("du", required=True) is None
    assert form.errors.keys() == {"du"}


def test_a_percentage_is_between_0_and_100():
    assert Form({"taux": "25,5 %"}).rate("taux") == Decimal("25.5")
    for wrong in ("101", "-1", "12,345", "NaN"):
        form = Form({"taux": wrong})
        assert form.rate("taux") is None
        assert not form.ok


def test_only_offered_choices_are_taken():
    form = Form({"sorte": "autre", "moyens": ["virement", "or", "cheque"]})
    assert form.choice("sorte", ["arrhes", "acompte"]) == ""
    assert form.choices("moyens", ["cheque", "virement"]) == ["cheque", "virement"]


@pytest.mark.parametrize(("typed", "revision"), [("12", 12), ("", 0), ("-1", 0), ("9" * 5000, 0), ("²", 0)])
def test_a_revision_that_is_none_of_ours_is_none(typed, revision):
    assert Form({"revision": typed}).revision() == revision


async def test_the_name_of_a_file_loses_what_no_database_takes():
    body = b'--x\r\nContent-Disposition: form-data; name="fichier"; filename="ta\x00xe.csv"\r\n\r\n1\r\n--x--\r\n'

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    form = await Form.read(request)
    assert [each.filename for each in form.files["fichier"]] == ["taxe.csv"]
    await request.close()
