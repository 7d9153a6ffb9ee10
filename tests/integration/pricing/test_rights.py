"""A stranger's scope finds nothing: every call that is limited to owners is tried with one."""

import pytest
from chassis.errors import ErrorKind, RemoteError
from chassis.ids import new_id
from sejour.catalog.v1 import catalog_types_pb2
from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1 import pricing_types_pb2 as types

from .conftest import euros, nights, party, request_id

DESCRIPTOR = pb.DESCRIPTOR.services_by_name["TariffService"]
TARIFF_CALLS = [method.name for method in DESCRIPTOR.methods]
OPEN = {"SaveTaxRule", "ListTaxRules", "ImportTaxRules", "CopyTaxRules"}
"""About communes, not about owners; tried in test_tariffs.py and test_tax_rules.py."""


async def everything_of(world, jeanne):
    """A row of each kind, by the name of its call."""
    owner = str(jeanne.id)
    with world.owner(jeanne.id):
        price = types.PriceOnDates(
            owner_id=owner,
            listing_id=jeanne.listing.id,
            rate_plan_id=jeanne.plan.id,
            nights=nights("2026-05-01", "2026-05-03"),
            unit=types.PRICE_UNIT_NIGHT,
            price=euros(100),
        )
        discount = types.Discount(
            owner_id=owner, code="long", name="Long", kind=types.DISCOUNT_KIND_LENGTH, basis_points=500
        )
        saved = {
            "Season": jeanne.seasons["BS"],
            "RatePlan": jeanne.plan,
            "Tariff": jeanne.tariff,
            "Price": (
                await world.tariffs.SavePrice(pb.SavePriceRequest(request_id=request_id(), price=price))
            ).price,
            "Discount": (
                await world.tariffs.SaveDiscount(
                    pb.SaveDiscountRequest(request_id=request_id(), discount=discount)
                )
            ).discount,
        }
        supplements = await world.tariffs.ListSupplements(pb.OwnerRequest(owner_id=owner))
        saved["Supplement"] = supplements.supplements[0]
    return saved


FIELDS = {
    "Season": "season",
    "RatePlan": "rate_plan",
    "Tariff": "tariff",
    "Price": "price",
    "Supplement": "supplement",
    "Discount": "discount",
}


def a_call(name, saved, owner_id):
    request_class = getattr(pb, DESCRIPTOR.methods_by_name[name].input_type.name)
    if name.startswith("List"):
        return request_class(owner_id=owner_id)
    kind = name.removeprefix("Save").removeprefix("Delete").removeprefix("Get")
    if name.startswith("Save"):
        return request_class(request_id=request_id(), **{FIELDS[kind]: saved[kind]})
    if name.startswith("Delete"):
        return request_class(request_id=request_id(), id=saved[kind].id)
    if name == "PreviewChange":
        return request_class(tariff=saved["Tariff"])
    return request_class(id=saved[kind].id)


@pytest.mark.parametrize("name", [name for name in TARIFF_CALLS if name not in OPEN])
@pytest.mark.parametrize("grants", ["owner", "label", "public"])
async def test_a_stranger_finds_nothing_of_another_owner(world, jeanne, name, grants):
    saved = await everything_of(world, jeanne)
    draft = catalog_types_pb2.Listing()
    draft.CopyFrom(jeanne.listing)
    draft.revision, draft.state = 2, catalog_types_pb2.LISTING_STATE_DRAFT
    await world.tell(draft)
    grant = "public" if grants == "public" else f"{grants}:{new_id()}"
    call = getattr(world.tariffs, name)
    with world.acting(grant), pytest.raises(RemoteError) as there:
        await call(a_call(name, saved, str(jeanne.id)))
    never = {kind: type(row)(id=str(new_id()), owner_id=str(new_id())) for kind, row in saved.items()}
    never["Price"].CopyFrom(saved["Price"])
    never["Price"].id, never["Price"].owner_id = str(new_id()), str(new_id())
    for kind in ("Season", "RatePlan", "Tariff", "Supplement", "Discount"):
        never[kind].CopyFrom(saved[kind])
        never[kind].id, never[kind].owner_id = str(new_id()), str(new_id())
    with world.acting(grant), pytest.raises(RemoteError) as nowhere:
        await call(a_call(name, never, str(new_id())))

    assert there.value.kind is ErrorKind.NOT_FOUND
    assert there.value.reason == nowhere.value.reason


@pytest.mark.parametrize("name", ["SaveSeason", "SaveRatePlan", "SaveTariff", "SavePrice", "SaveSupplement"])
async def test_a_stranger_cannot_take_over_a_row_by_naming_himself_its_owner(world, jeanne, name):
    saved = await everything_of(world, jeanne)
    stranger = new_id()
    request = a_call(name, saved, "")
    getattr(request, FIELDS[name.removeprefix("Save")]).owner_id = str(stranger)
    with world.owner(stranger), pytest.raises(RemoteError) as refused:
        await getattr(world.tariffs, name)(request)
    assert refused.value.kind is ErrorKind.NOT_FOUND


def price_calls(jeanne):
    listing = jeanne.listing.id
    stay = {"nights": nights("2026-07-18", "2026-07-25"), "party": party(2)}
    return {
        "PriceStay": pb.PriceStayRequest(listing_id=listing, **stay),
        "PriceCalendar": pb.PriceCalendarRequest(
            listing_id=listing, arrivals=nights("2026-07-18", "2026-07-25"), nights=7
        ),
        "CreateQuote": pb.CreateQuoteRequest(
            request_id=request_id(), lines=[pb.QuoteLineRequest(listing_id=listing, **stay)]
        ),
        "EstimateTax": pb.EstimateTaxRequest(listing_id=listing, accommodation=euros(100), **stay),
        "GetReadiness": pb.GetReadinessRequest(listing_id=listing),
    }


@pytest.mark.parametrize("name", ["PriceStay", "PriceCalendar", "CreateQuote", "EstimateTax", "GetReadiness"])
async def test_a_stranger_finds_no_draft_of_another_owner(world, jeanne, name):
    draft = catalog_types_pb2.Listing()
    draft.CopyFrom(jeanne.listing)
    draft.revision, draft.state = 2, catalog_types_pb2.LISTING_STATE_DRAFT
    await world.tell(draft)
    with world.owner(new_id()), pytest.raises(RemoteError) as refused:
        await getattr(world.prices, name)(price_calls(jeanne)[name])
    assert (refused.value.kind, refused.value.reason) == (ErrorKind.NOT_FOUND, "LISTING_NOT_FOUND")


async def test_a_stranger_learns_nothing_of_the_readiness_of_a_listing_in_production(world, jeanne):
    with world.owner(new_id()), pytest.raises(RemoteError) as refused:
        await world.prices.GetReadiness(price_calls(jeanne)["GetReadiness"])
    assert refused.value.reason == "LISTING_NOT_FOUND"


@pytest.mark.parametrize("grants", ["owner", "label", "public"])
async def test_a_stranger_finds_no_quote_of_an_owner(world, jeanne, grants):
    with world.owner(jeanne.id):
        quote = (await world.prices.CreateQuote(price_calls(jeanne)["CreateQuote"])).quote
    with (
        world.acting("public" if grants == "public" else f"{grants}:{new_id()}"),
        pytest.raises(RemoteError) as refused,
    ):
        await world.prices.GetQuote(pb.GetRequest(id=quote.id))
    assert (refused.value.kind, refused.value.reason) == (ErrorKind.NOT_FOUND, "QUOTE_NOT_FOUND")


async def test_a_guest_sees_the_supplements_of_an_owner_who_sells_something(world, jeanne):
    with world.public():
        found = await world.tariffs.ListSupplements(pb.OwnerRequest(owner_id=str(jeanne.id)))
    assert [one.code for one in found.supplements] == ["menage", "draps", "chauffage"]
