"""The tourist tax of what is not classified is computed on the price without VAT and without meals."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from chassis.errors import RemoteError
from chassis.ids import new_id
from sejour.catalog.v1 import catalog_types_pb2
from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1 import pricing_types_pb2 as types
from tariff import from_json

from .conftest import (
    BEAULIEU,
    a_listing,
    euros,
    nights,
    party,
    request_id,
    save_plan,
    save_season,
    save_tax,
)

WEEK = nights("2026-07-18", "2026-07-25")
FAMILY = party(2, 9, 7)
WITHOUT_VAT, WITH_VAT = 1428, 1302
"""Beaulieu, not classified: 4.4 %, cap 3.75; 650.00 for 7 nights, 2 adults and 2 minors (`domain.md` 2.3, T2).

650.00 / 7 / 4 = 23.214; x 4.4 % = 1.0214 -> 1.02; x 2 x 7 = 14.28. With 10 % VAT inside: 650.00 / 1.1 = 590.91;
/ 7 / 4 = 21.104; x 4.4 % = 0.9286 -> 0.93; x 2 x 7 = 13.02.
"""


@pytest.fixture
async def house(world):
    """A house that is not classified, 650.00 a week in 2026."""
    owner = new_id()
    listing = a_listing(owner, official_stars=0)
    await world.tell(listing)
    await save_tax(world, BEAULIEU, "unclassified", 2026, rate_basis_points=440, cap=375)
    with world.owner(owner):
        season = await save_season(world, owner, "Toute l'année", [("2026-01-01", "2027-01-01")])
        plan = await save_plan(world, owner)
        tariff = types.Tariff(
            owner_id=str(owner),
            name="Tarif 2026",
            rate_plan_id=plan.id,
            listing_ids=[listing.id],
            base_persons=4,
            rows=[types.TariffRow(season_id=season.id, packages={7: 65000})],
        )
        await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=tariff))
    return SimpleNamespace(owner=owner, listing=listing, plan=plan)


async def tell(world, house, *, vat_bp, **changes):
    """The catalog's news after its owner changed his VAT: a next revision of the listing."""
    house.listing.revision += 1
    house.listing.vat_bp = vat_bp
    house.listing.MergeFrom(catalog_types_pb2.Listing(**changes))
    await world.tell(house.listing)


async def price(world, house):
    request = pb.PriceStayRequest(listing_id=house.listing.id, nights=WEEK, party=FAMILY)
    with world.public():
        return (await world.prices.PriceStay(request)).plans[0].price


async def test_the_sheets_are_compiled_and_told_anew_when_the_vat_changes(world, house):
    before = await world.news(house.listing.id)
    await tell(world, house, vat_bp=1000)
    told = await world.news(house.listing.id)

    assert len(told) == len(before) + 1
    assert [from_json(one.sheets[0].sheet_json).vat_bp for one in told[-2:]] == [0, 1000]
    await tell(world, house, vat_bp=1000)
    assert await world.news(house.listing.id) == told
    await tell(world, house, vat_bp=0)
    assert from_json((await world.news(house.listing.id))[-1].sheets[0].sheet_json).vat_bp == 0


async def test_the_tax_of_a_liable_owner_is_computed_on_the_price_without_vat(world, house):
    exempt = await price(world, house)
    await tell(world, house, vat_bp=1000)
    liable = await price(world, house)

    assert (exempt.total.amount, exempt.tourist_tax.amount) == (65000, WITHOUT_VAT)
    assert (liable.total.amount, liable.tourist_tax.amount) == (65000, WITH_VAT)
    (line,) = liable.beside
    assert (line.params["vat_bp"], line.params["accommodation_ht"]) == ("1000", "59091")
    assert "vat_bp" not in exempt.beside[0].params


async def test_a_quote_made_before_keeps_its_tax(world, house):
    line = pb.QuoteLineRequest(listing_id=house.listing.id, nights=WEEK, party=FAMILY)
    request = pb.CreateQuoteRequest(request_id=request_id(), lines=[line], terms_revision=1)
    with world.public():
        quote = (await world.prices.CreateQuote(request)).quote
        await tell(world, house, vat_bp=1000)
        again = (await world.prices.GetQuote(pb.GetRequest(id=quote.id))).quote
        request.request_id = request_id()
        new = (await world.prices.CreateQuote(request)).quote

    assert (again.tourist_tax.amount, new.tourist_tax.amount) == (WITHOUT_VAT, WITH_VAT)


async def test_a_total_that_was_agreed_has_its_vat_inside_too(world, house):
    await tell(world, house, vat_bp=1000)
    line = pb.QuoteLineRequest(
        listing_id=house.listing.id,
        nights=WEEK,
        party=FAMILY,
        agreed_total=euros(65000),
        agreed_reason="fidèles",
    )
    with world.owner(house.owner):
        quote = (
            await world.prices.CreateQuote(
                pb.CreateQuoteRequest(request_id=request_id(), lines=[line], terms_revision=1)
            )
        ).quote
    request = pb.EstimateTaxRequest(
        listing_id=house.listing.id, nights=WEEK, party=FAMILY, accommodation=euros(65000)
    )
    with world.system("booking"):
        estimate = await world.prices.EstimateTax(request)

    assert (quote.total.amount, quote.tourist_tax.amount) == (65000, WITH_VAT)
    assert estimate.tourist_tax.amount == WITH_VAT
    assert estimate.lines[0].params["accommodation_ht"] == "59091"


async def test_what_is_classified_pays_by_the_night_whatever_the_vat(world, house):
    await save_tax(world, BEAULIEU, "3", 2026, tariff=110)
    await tell(world, house, vat_bp=1000, official_stars=3)
    found = await price(world, house)

    assert found.tourist_tax.amount == 2 * 7 * 110
    assert "accommodation_ht" not in found.beside[0].params


async def test_what_a_formule_says_of_its_meals_is_left_out_of_the_tax_and_told_to_search(world, house):
    plan = house.plan
    plan.meal_plan, plan.meals = types.MEAL_PLAN_HALF_BOARD, 1000
    line = pb.QuoteLineRequest(
        listing_id=house.listing.id,
        rate_plan_id=plan.id,
        nights=WEEK,
        party=FAMILY,
        agreed_total=euros(65000),
    )
    estimated = pb.EstimateTaxRequest(
        listing_id=house.listing.id,
        rate_plan_id=plan.id,
        nights=WEEK,
        party=FAMILY,
        accommodation=euros(65000),
    )
    with world.owner(house.owner):
        await world.tariffs.SaveRatePlan(pb.SaveRatePlanRequest(request_id=request_id(), rate_plan=plan))
        agreed = await world.prices.CreateQuote(
            pb.CreateQuoteRequest(request_id=request_id(), lines=[line], terms_revision=1)
        )
    found = await price(world, house)
    with world.system("booking"):
        estimate = await world.prices.EstimateTax(estimated)

    # 650.00 - 10.00 x 4 x 7 = 370.00; / 7 / 4 = 13.21; x 4.4 % = 0.58; x 2 x 7 = 8.12.
    assert (found.total.amount, found.tourist_tax.amount) == (65000, 812)
    assert (found.beside[0].params["accommodation_ht"], found.beside[0].params["meals"]) == ("37000", "1000")
    assert agreed.quote.tourist_tax.amount == estimate.tourist_tax.amount == 812
    assert from_json((await world.news(house.listing.id))[-1].sheets[0].sheet_json).meals == 1000


async def test_the_meals_of_an_agreed_formule_that_no_tariff_sells_are_left_out_of_every_estimate(
    world, house
):
    common = {"listing_id": house.listing.id, "nights": WEEK, "party": FAMILY}
    with world.owner(house.owner):
        plan = await save_plan(world, house.owner, code="DP", meal=types.MEAL_PLAN_HALF_BOARD, meals=1000)
        line = pb.QuoteLineRequest(**common, rate_plan_id=plan.id, agreed_total=euros(65000))
        agreed = await world.prices.CreateQuote(
            pb.CreateQuoteRequest(request_id=request_id(), lines=[line], terms_revision=1)
        )
    with world.system("booking"):
        estimate = await world.prices.EstimateTax(
            pb.EstimateTaxRequest(**common, rate_plan_id=plan.id, accommodation=euros(65000))
        )
    assert agreed.quote.tourist_tax.amount == estimate.tourist_tax.amount == 812


async def test_a_formule_without_meals_has_no_price_of_meals(world, house):
    house.plan.meals = 1000
    request = pb.SaveRatePlanRequest(request_id=request_id(), rate_plan=house.plan)
    with world.owner(house.owner), pytest.raises(RemoteError) as refused:
        await world.tariffs.SaveRatePlan(request)
    assert (refused.value.reason, refused.value.metadata["field"]) == ("BAD_VALUE", "rate_plan.meals")
