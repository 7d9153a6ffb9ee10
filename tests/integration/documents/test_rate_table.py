"""« Tarifs 2026 »: one page, as the prices are, for the owner alone."""

import io

import pytest
from chassis.actor import as_system
from chassis.errors import ServiceError
from documents.application.get_rate_table import RateTable
from documents.entrypoints.grpc_rate_table import GrpcRateTable
from pypdf import PdfReader
from sejour.common.v1.common_pb2 import Nights
from sejour.documents.v1 import rate_table_service_pb2 as pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from tests.unit.documents import builders

from .conftest import acting


def asked(year=2026, language="fr", listing_id=builders.LISTING_ID):
    return pb.GetRateTableRequest(listing_id=listing_id, year=year, language=language)


@pytest.fixture
def call(service, printer):
    rate_table = RateTable(
        service.sources, printer, lambda: as_system("documents", now=service.clock()), service.clock
    )
    return lambda request: GrpcRateTable(rate_table).GetRateTable(request, None)


def read(content):
    pages = PdfReader(io.BytesIO(content)).pages
    return len(pages), " ".join(" ".join(page.extract_text() for page in pages).split())


async def test_the_prices_of_a_year_fit_on_one_page(call, as_owner):
    found = await call(asked())
    pages, text = read(found.content)
    assert pages == 1
    assert found.document.file_name == "tarifs-2026-07MS01731.pdf"
    for wanted in ("Tarifs 2026", "Le Mas des Cigales", "Location seule", "740,00 €", "Semaine"):
        assert wanted in text


async def test_many_seasons_and_prices_still_fit_on_one_page(call, service, as_owner):
    sheet = service.sources.sheet
    for number in range(1, 21):
        season = pricing.Season(id=f"x{number}", name=f"Saison {number}")
        season.periods.append(Nights(arrival=f"2026-02-{number:02}", departure=f"2026-02-{number + 1:02}"))
        sheet.seasons.append(season)
        sheet.tariffs[0].rows.append(pricing.TariffRow(season_id=season.id, packages={1: 9000, 7: 50000}))
    pages, text = read((await call(asked())).content)
    assert pages == 1
    assert "Saison 20" in text


async def test_a_year_without_prices_says_so(call, as_owner):
    assert "Aucun prix" in read((await call(asked(year=2040))).content)[1]


async def test_the_page_speaks_english(call, as_owner):
    assert "Rates 2026" in read((await call(asked(language="en"))).content)[1]


async def test_a_stranger_and_the_public_find_nothing(call):
    for grants in (["public"], [f"owner:{builders.LISTING_ID}"]):
        with acting(*grants), pytest.raises(ServiceError) as refused:
            await call(asked())
        assert refused.value.reason == "LISTING_NOT_FOUND"


async def test_a_year_that_nobody_means_is_refused(call, as_owner):
    with pytest.raises(ServiceError) as refused:
        await call(asked(year=1))
    assert refused.value.reason == "BAD_VALUE"
