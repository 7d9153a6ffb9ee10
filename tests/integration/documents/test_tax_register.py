"""The register of the tourist tax on paper: sums by commune, for the owner alone."""

import io

import pytest
from chassis.errors import RemoteError
from pypdf import PdfReader
from sejour.common.v1.common_pb2 import Nights
from sejour.documents.v1 import documents_service_pb2 as pb

from tests.unit.documents import builders

from .conftest import acting


def a_stay(number, arrival, departure, *, collected=True, **more):
    nights = Nights(arrival=arrival, departure=departure)
    return pb.TaxRegisterStay(
        file_number=number, listing_code="07MS01731", nights=nights, is_collected=collected, **more
    )


def asked(*, first="2026-07-01", last="2027-01-31", language="fr", empty=False):
    # 1,10 € x 2 adults x 7 nights (domain.md 2.3, T1), and a New Year: 5 nights at 1,00, 2 at 1,10, one person.
    beaulieu = pb.TaxRegisterCommune(
        insee="07028",
        name="Beaulieu",
        stays=[
            a_stay(7, "2026-07-18", "2026-07-25", persons=4, taxed=2, unit_amounts=[110],
                   taxed_nights=14, amount=1540),
            a_stay(9, "2026-12-27", "2027-01-03", persons=1, taxed=1, unit_amounts=[100, 110],
                   taxed_nights=7, amount=720, collected=False),
        ],
    )  # fmt: skip
    request = pb.PrintTaxRegisterRequest(
        owner_id=builders.OWNER_ID, first=first, last=last, language=language
    )
    request.communes.extend([] if empty else [beaulieu])
    return request


def read(content):
    pages = PdfReader(io.BytesIO(content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    return text.replace("\u202f", " ").replace("\u00a0", " ")


async def test_the_register_has_each_stay_and_the_sums_of_its_commune(service, as_owner):
    found = await service.call.PrintTaxRegister(asked())
    text = read(found.content)
    assert found.document.file_name == "taxe-de-sejour-2026-07-01-2027-01-31.pdf"
    for wanted in ("Registre de la taxe de séjour", "Beaulieu", "07028", "18/07/2026", "15,40 €", "22,60 €"):
        assert wanted in text
    assert "1,00 € / 1,10 €" in text
    assert "Nuitées taxées : 21" in text
    assert "dont pas encore encaissé 7,20 €" in text


async def test_the_register_speaks_english(service, as_owner):
    found = await service.call.PrintTaxRegister(asked(language="en"))
    assert "Register of the tourist tax" in read(found.content)


async def test_a_period_without_stays_says_so(service, as_owner):
    empty = asked(first="2026-01-01", last="2026-01-31", empty=True)
    assert "Aucun séjour" in read((await service.call.PrintTaxRegister(empty)).content)


@pytest.mark.parametrize("grant", ["public", f"owner:{builders.LISTING_ID}"])
async def test_nobody_prints_the_register_of_another(service, grant):
    with acting(grant), pytest.raises(RemoteError) as refused:
        await service.call.PrintTaxRegister(asked())
    assert refused.value.reason == "NOT_ALLOWED"


@pytest.mark.parametrize(("first", "last"), [("hier", "2026-01-31"), ("2026-02-01", "2026-01-31")])
async def test_days_without_meaning_are_refused(service, as_owner, first, last):
    with pytest.raises(RemoteError) as refused:
        await service.call.PrintTaxRegister(asked(first=first, last=last))
    assert refused.value.reason == "BAD_VALUE"
