import pytest
from booking.domain import line
from gateway.forms import Form
from gateway.owner.common import EXEMPTIONS, exempt_of
from sejour.common.v1 import common_pb2 as common


def read(**typed):
    form, party = Form(typed), common.Party(adults=2)
    exempt_of(form, party)
    return form, dict(party.exempt_adults)


def test_the_reasons_are_those_of_booking():
    assert set(EXEMPTIONS) == line.EXEMPTIONS


def test_an_exempt_adult_is_read_with_his_reason():
    form, found = read(exoneres="1", motif="SEASONAL_WORKER")
    assert form.ok
    assert found == {"SEASONAL_WORKER": 1}
    for nobody in (read(), read(exoneres="0", motif="RESIDENT")):
        assert (nobody[0].ok, nobody[1]) == (True, {})


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"exoneres": "3", "motif": "RESIDENT"}, "exoneres"),
        ({"exoneres": "1"}, "motif"),
        ({"motif": "RESIDENT"}, "exoneres"),
        ({"exoneres": "1", "motif": "HANDICAP"}, "motif"),
        ({"exoneres": "x", "motif": "RESIDENT"}, "exoneres"),
    ],
)
def test_what_cannot_be_is_told_on_its_field(typed, field):
    form, found = read(**typed)
    assert list(form.errors) == [field]
    assert found == {}
