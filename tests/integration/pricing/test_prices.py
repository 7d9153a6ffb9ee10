"""Prices of stays and calendars, the tourist tax, and what makes a listing ready."""

import pytest
from chassis.errors import RemoteError
from chassis.ids import new_id
from pricing.application.prices import _calendar
from sejour.catalog.v1 import catalog_types_pb2
from sejour.common.v1 import common_pb2
from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1 import pricing_types_pb2 as types

from .conftest import (
    BEAULIEU,
    DROME,
    a_listing,
    euros,
    nights,
    party,
    request_id,
    save_plan,
    save_season,
    save_supplement,
    save_tax,
)


def a_stay(listing, arrival, departure, who=None, **values: object):
    return pb.PriceStayRequest(
        listing_id=listing.id, nights=nights(arrival, departure), party=who or party(4), **values
    )


async def public_price(world, request):
    with world.public():
        return (await world.prices.PriceStay(request)).plans


async def test_a_week_of_the_highest_season_costs_its_package_with_cleaning_and_tax_beside(world, jeanne):
    plans = await public_price(world, a_stay(jeanne.listing, "2026-07-18", "2026-07-25", party(2, 10, 8)))

    (plan,) = plans
    price = plan.price
    assert (price.accommodation.amount, price.supplements_total.amount) == (74000, 6000)
    assert (price.total.amount, price.total.currency) == (80000, "EUR")
    assert price.tourist_tax.amount == 1540  # Case T1 of the tourist tax.
    assert [(line.kind, line.amount.amount) for line in price.lines] == [
        ("SEASON_PACKAGE", 74000),
        ("SUPPLEMENT", 6000),
    ]
    assert price.lines[0].params["season"] == "THS"
    assert [(line.kind, line.amount.amount) for line in price.beside] == [("TOURIST_TAX", 1540)]
    assert price.beside[0].params["unit_amount"] == "110"
    assert (plan.rate_plan_name, price.listing_revision) == ("Location seule", 1)


async def test_a_week_over_two_seasons_is_pro_rata_and_its_lines_add_up(world, jeanne):
    (plan,) = await public_price(world, a_stay(jeanne.listing, "2026-07-08", "2026-07-15"))

    lines = [(line.kind, line.params.get("season"), line.amount.amount) for line in plan.price.lines]
    assert lines[:2] == [("SEASON_PRORATA", "MS", 25286), ("SEASON_PRORATA", "THS", 42285)]
    assert plan.price.accommodation.amount == 67571  # Case P2.


async def test_six_persons_with_linen_heating_and_early_booking(world, jeanne):
    with world.owner(jeanne.id):
        discount = types.Discount(
            owner_id=str(jeanne.id),
            code="early",
            name="Réservation anticipée",
            kind=types.DISCOUNT_KIND_EARLY,
            basis_points=1000,
            before="2026-04-01",
        )
        await world.tariffs.SaveDiscount(pb.SaveDiscountRequest(request_id=request_id(), discount=discount))
    chosen = [
        types.ChosenSupplement(code="draps", quantity=2),
        types.ChosenSupplement(code="chauffage", quantity=1),
    ]
    stay = a_stay(jeanne.listing, "2026-03-07", "2026-03-14", party(6), supplements=chosen)
    (plan,) = await public_price(world, stay)

    price = plan.price
    assert price.accommodation.amount == 34000 + 2 * 7000
    assert price.discounts.amount == -4800
    assert price.supplements_total.amount == 6000 + 2 * 850 + 4000
    assert price.total.amount == sum(line.amount.amount for line in price.lines)
    by_kind = {line.kind: line.params for line in price.lines}
    assert by_kind["DISCOUNT"]["percent"] == "10"
    assert by_kind["EXTRA_PERSONS"]["quantity"] == "2"


async def test_a_price_typed_on_dates_wins_until_it_is_deleted(world, jeanne):
    price = types.PriceOnDates(
        owner_id=str(jeanne.id),
        listing_id=jeanne.listing.id,
        rate_plan_id=jeanne.plan.id,
        nights=nights("2026-07-18", "2026-07-25"),
        unit=types.PRICE_UNIT_STAY,
        price=euros(50000),
        reason="habitués",
    )
    with world.owner(jeanne.id):
        saved = await world.tariffs.SavePrice(pb.SavePriceRequest(request_id=request_id(), price=price))
    (typed,) = await public_price(world, a_stay(jeanne.listing, "2026-07-18", "2026-07-25"))
    with world.owner(jeanne.id):
        await world.tariffs.DeletePrice(pb.DeleteRequest(request_id=request_id(), id=saved.price.id))
    (back,) = await public_price(world, a_stay(jeanne.listing, "2026-07-18", "2026-07-25"))

    assert (typed.price.lines[0].kind, typed.price.total.amount) == ("FIXED_STAY", 56000)
    assert back.price.total.amount == 80000


async def test_plans_are_told_cheapest_first_and_those_not_sold_last(world, jeanne):
    with world.owner(jeanne.id):
        cheap = await save_plan(world, jeanne.id, "web", "Prix internet")
        never = await save_plan(world, jeanne.id, "ete", "Été seulement")
        for plan, season, packages in (
            (cheap, "THS", {7: 70000}),
            (never, "BS", {7: 10000}),
        ):
            tariff = types.Tariff(
                owner_id=str(jeanne.id),
                name=plan.name,
                rate_plan_id=plan.id,
                listing_ids=[jeanne.listing.id],
                base_persons=4,
                rows=[types.TariffRow(season_id=jeanne.seasons[season].id, packages=packages)],
            )
            await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=tariff))
    plans = await public_price(world, a_stay(jeanne.listing, "2026-07-18", "2026-07-25"))

    assert [plan.rate_plan_name for plan in plans] == ["Prix internet", "Location seule", "Été seulement"]
    assert [plan.HasField("price") for plan in plans] == [True, True, False]
    assert [one.reason for one in plans[2].refusals] == ["NO_SEASON"]


async def test_stay_rules_refuse_the_guest_and_warn_the_owner(world, jeanne):
    tariff = types.Tariff()
    tariff.CopyFrom(jeanne.tariff)
    for row in tariff.rows:
        row.rules.CopyFrom(types.StayRules(arrival_days=[6], departure_days=[6], min_nights=7))
    with world.owner(jeanne.id):
        await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=tariff))
        own = (await world.prices.PriceStay(a_stay(jeanne.listing, "2026-07-20", "2026-07-23"))).plans
    guest = await public_price(world, a_stay(jeanne.listing, "2026-07-20", "2026-07-23", party(8)))

    reasons = {one.reason for one in guest[0].refusals}
    assert reasons == {"ARRIVAL_DAY", "DEPARTURE_DAY", "MIN_STAY", "CAPACITY"}
    assert not guest[0].HasField("price")
    assert own[0].price.total.amount == 32400 + 6000
    assert {one.reason for one in own[0].price.warnings} == {"ARRIVAL_DAY", "DEPARTURE_DAY", "MIN_STAY"}


async def test_nights_that_nobody_priced_are_named(world, jeanne):
    (plan,) = await public_price(world, a_stay(jeanne.listing, "2026-11-27", "2026-11-30"))
    assert plan.refusals[0].reason == "NO_SEASON"
    assert plan.refusals[0].params["nights"] == "2026-11-28,2026-11-29"


async def test_a_listing_without_any_tariff_names_every_night(world):
    listing = a_listing(new_id())
    await world.tell(listing)
    (plan,) = await public_price(world, a_stay(listing, "2026-07-18", "2026-07-20"))
    assert (plan.refusals[0].reason, plan.refusals[0].params["nights"]) == (
        "NO_SEASON",
        "2026-07-18,2026-07-19",
    )


async def test_what_is_paid_on_site_is_told_and_never_charged(world, jeanne):
    with world.owner(jeanne.id):
        await save_supplement(
            world, jeanne.id, "electricite", types.SUPPLEMENT_BASE_PER_UNIT, 25, on_site=True
        )
    (plan,) = await public_price(world, a_stay(jeanne.listing, "2026-07-18", "2026-07-25"))
    assert plan.price.total.amount == 80000
    assert [line.kind for line in plan.price.beside] == ["TOURIST_TAX", "ON_SITE"]
    assert plan.price.beside[1].params["code"] == "electricite"


async def test_a_draft_is_priced_for_its_owner_alone(world, jeanne):
    draft = catalog_types_pb2.Listing()
    draft.CopyFrom(jeanne.listing)
    draft.revision, draft.state = 2, catalog_types_pb2.LISTING_STATE_DRAFT
    await world.tell(draft)
    with world.owner(jeanne.id):
        own = (await world.prices.PriceStay(a_stay(draft, "2026-07-18", "2026-07-25"))).plans
    with world.public(), pytest.raises(RemoteError) as refused:
        await world.prices.PriceStay(a_stay(draft, "2026-07-18", "2026-07-25"))
    assert own[0].price.total.amount == 80000
    assert refused.value.reason == "LISTING_NOT_FOUND"


async def test_a_year_without_tax_rule_is_said_and_not_guessed(world, jeanne):
    with world.owner(jeanne.id):
        await save_season(world, jeanne.id, "Loin", [("2031-01-01", "2031-02-01")])
        tariff = types.Tariff()
        tariff.CopyFrom(jeanne.tariff)
        listed = await world.tariffs.ListSeasons(pb.OwnerRequest(owner_id=str(jeanne.id)))
        far = next(one for one in listed.seasons if one.name == "Loin")
        tariff.rows.append(types.TariffRow(season_id=far.id, packages={7: 30000}))
        await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=tariff))
    (plan,) = await public_price(world, a_stay(jeanne.listing, "2031-01-04", "2031-01-11"))
    assert plan.price.tourist_tax.amount == 0
    assert plan.price.beside[0].params["unknown_years"] == "2031"


async def test_a_guest_room_pays_its_own_line_of_the_tax_and_the_meals(world):
    owner = new_id()
    room = a_listing(
        owner,
        kind=catalog_types_pb2.LISTING_KIND_GUEST_ROOM,
        official_stars=0,
        base_persons=3,
        max_persons=3,
        address=catalog_types_pb2.Address(insee=DROME),
    )
    await world.tell(room)
    await save_tax(world, DROME, "guest_room", 2026, tariff=70)
    with world.owner(owner):
        season = await save_season(world, owner, "Toute l'année", [("2010-01-01", "2030-01-01")])
        plan = await save_plan(
            world, owner, "petit-dejeuner", "Nuit + petit déjeuner", meal=types.MEAL_PLAN_BREAKFAST
        )
        await save_supplement(world, owner, "table-dhotes", types.SUPPLEMENT_BASE_PER_PERSON_PER_NIGHT, 2500)
        tariff = types.Tariff(
            owner_id=str(owner),
            name="Chambre",
            rate_plan_id=plan.id,
            listing_ids=[room.id],
            base_persons=3,
            rows=[types.TariffRow(season_id=season.id, packages={1: 9500}, extra_night=9500)],
        )
        await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=tariff))
    everybody = types.ChosenSupplement(code="table-dhotes", quantity=-1)
    stay = a_stay(room, "2026-05-08", "2026-05-10", party(3), supplements=[everybody])
    (answer,) = await public_price(world, stay)
    assert answer.price.total.amount == 34000  # Case P7.
    assert answer.price.tourist_tax.amount == 420  # Case T6.
    assert answer.price.meal_plan == types.MEAL_PLAN_BREAKFAST


async def test_a_calendar_tells_each_arrival(world, jeanne):
    tariff = types.Tariff()
    tariff.CopyFrom(jeanne.tariff)
    for row in tariff.rows:
        row.rules.CopyFrom(types.StayRules(arrival_days=[6], departure_days=[6], min_nights=7))
    with world.owner(jeanne.id):
        await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=tariff))
    with world.public():
        found = await world.prices.PriceCalendar(
            pb.PriceCalendarRequest(
                listing_id=jeanne.listing.id, arrivals=nights("2026-02-28", "2026-12-10"), nights=7
            )
        )
    days = found.days
    assert (found.currency, len(days)) == ("EUR", 285)
    assert not days[0].arrival_allowed  # Yesterday.
    assert (days[7].price, days[7].arrival_allowed, days[7].min_nights) == (40000, True, 7)
    assert (days[8].price, days[8].arrival_allowed) == (-1, False)
    july_18 = days[140]
    assert (july_18.price, july_18.departure_allowed) == (80000, True)
    assert (days[-1].price, days[-1].arrival_allowed, days[-1].min_nights) == (-1, False, 0)


async def test_who_knows_a_calendar_of_prices_is_told_only_what_has_changed(world, jeanne):
    request = pb.PriceCalendarRequest(
        listing_id=jeanne.listing.id, arrivals=nights("2026-07-01", "2026-08-01"), nights=7
    )
    with world.public():
        first = await world.prices.PriceCalendar(request)
        request.known_tag = first.tag
        same = await world.prices.PriceCalendar(request)
    assert (same.tag, same.currency, list(same.days)) == (first.tag, "EUR", [])
    tariff = types.Tariff()
    tariff.CopyFrom(jeanne.tariff)
    for row in tariff.rows:
        row.rules.CopyFrom(types.StayRules(arrival_days=[6], departure_days=[6], min_nights=7))
    with world.owner(jeanne.id):
        await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=tariff))
    with world.public():
        changed = await world.prices.PriceCalendar(request)
    assert (changed.tag != first.tag, len(changed.days)) == (True, 31)


async def test_a_calendar_counts_a_code_that_the_listing_knows_and_no_other(world, jeanne):
    discount = types.Discount(
        owner_id=str(jeanne.id), code="amis26", name="Les amis", kind=types.DISCOUNT_KIND_CODE,
        basis_points=1000, promo_code="AMIS26",
    )  # fmt: skip
    with world.owner(jeanne.id):
        await world.tariffs.SaveDiscount(pb.SaveDiscountRequest(request_id=request_id(), discount=discount))
    request = pb.PriceCalendarRequest(
        listing_id=jeanne.listing.id, arrivals=nights("2026-07-18", "2026-07-19"), nights=7
    )
    found = {}
    for code in ("", " amis26 ", "AMIS62", "x" * 5000):
        request.promo_code = code
        with world.public():
            found[code] = await world.prices.PriceCalendar(request)
    prices = {code: calendar.days[0].price for code, calendar in found.items()}
    assert prices.pop(" amis26 ") == 72600  # The obligatory cleaning has no discount.
    assert set(prices.values()) == {80000}
    assert found["AMIS62"].tag == found[""].tag == found["x" * 5000].tag
    kept = _calendar.cache_info().currsize
    for number in range(20):
        request.promo_code = f"TRY{number}"
        with world.public():
            await world.prices.PriceCalendar(request)
    assert _calendar.cache_info().currsize == kept


async def test_a_calendar_of_more_than_400_arrivals_is_refused(world, jeanne):
    with world.public(), pytest.raises(RemoteError) as refused:
        await world.prices.PriceCalendar(
            pb.PriceCalendarRequest(
                listing_id=jeanne.listing.id, arrivals=nights("2026-01-01", "2027-06-01"), nights=7
            )
        )
    assert (refused.value.reason, refused.value.metadata["field"]) == ("BAD_VALUE", "arrivals")


async def test_the_tax_of_an_agreed_total_is_estimated(world):
    owner = new_id()
    listing = a_listing(owner, official_stars=0)
    await world.tell(listing)
    await save_tax(world, BEAULIEU, "unclassified", 2026, rate_basis_points=440, cap=375)
    request = pb.EstimateTaxRequest(
        listing_id=listing.id,
        nights=nights("2026-07-18", "2026-07-25"),
        party=party(2, 9, 7),
        accommodation=euros(65000),
    )
    with world.system("booking"):
        found = await world.prices.EstimateTax(request)
        request.party.Clear()
        unstated = await world.prices.EstimateTax(request)
    assert found.tourist_tax.amount == 1428  # Case T2.
    assert found.lines[0].params["category"] == "unclassified"
    assert unstated.tourist_tax.amount == 0


async def test_exempt_adults_owe_no_tax_and_still_share_the_cost(world):
    # Case T8: 420 € for three nights and four adults, one of whom is a seasonal worker.
    listing = a_listing(new_id(), official_stars=0)
    await world.tell(listing)
    additional = {"departmental": 1000}
    await save_tax(
        world, BEAULIEU, "unclassified", 2026, rate_basis_points=400, cap=200, additional=additional
    )
    request = pb.EstimateTaxRequest(
        listing_id=listing.id,
        nights=nights("2026-05-01", "2026-05-04"),
        party=common_pb2.Party(adults=4, exempt_adults={"SEASONAL_WORKER": 1}),
        accommodation=euros(42000),
    )
    with world.system("booking"):
        found = await world.prices.EstimateTax(request)
        request.party.exempt_adults["RESIDENT"] = 4
        with pytest.raises(RemoteError) as refused:
            await world.prices.EstimateTax(request)
    assert found.tourist_tax.amount == 1386
    assert refused.value.metadata["field"].endswith("exempt_adults")


async def test_readiness_tells_the_priced_nights_from_today(world, jeanne):
    world.set_clock("2026-07-20T09:00")
    with world.owner(jeanne.id):
        found = await world.prices.GetReadiness(pb.GetReadinessRequest(listing_id=jeanne.listing.id))
    assert found.priced
    assert list(found.priced_nights) == [nights("2026-07-20", "2026-11-28")]


async def test_a_listing_without_future_price_is_not_ready(world, jeanne):
    world.set_clock("2027-01-01T09:00")
    with world.owner(jeanne.id):
        found = await world.prices.GetReadiness(pb.GetReadinessRequest(listing_id=jeanne.listing.id))
    assert (found.priced, list(found.priced_nights)) == (False, [])


async def test_today_is_the_day_in_the_listings_zone(world, jeanne):
    world.set_clock("2026-07-17T22:30")  # Already the 18th in Paris.
    (today,) = await public_price(world, a_stay(jeanne.listing, "2026-07-18", "2026-07-25"))
    (yesterday,) = await public_price(world, a_stay(jeanne.listing, "2026-07-17", "2026-07-24"))
    assert today.HasField("price")
    assert [one.reason for one in yesterday.refusals] == ["NOTICE"]


async def sell_weeks_and_holes(world, jeanne, **rules):
    tariff = types.Tariff()
    tariff.CopyFrom(jeanne.tariff)
    for row in tariff.rows:
        row.rules.CopyFrom(types.StayRules(min_nights=7, **rules))
    with world.owner(jeanne.id):
        saved = await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=tariff))
    jeanne.tariff = saved.tariff


async def test_a_hole_between_two_stays_is_sold_whole_and_quoted(world, jeanne):
    await sell_weeks_and_holes(world, jeanne, sell_gaps=True)
    stay = a_stay(jeanne.listing, "2026-07-18", "2026-07-21")
    refused = await public_price(world, stay)
    assert [one.reason for one in refused[0].refusals] == ["MIN_STAY"]
    world.holes.length = 3
    # THS, 3 nights: 324,00 (domain.md 7.3), and the cleaning.
    assert (await public_price(world, stay))[0].price.total.amount == 32400 + 6000
    with world.public():
        line = pb.QuoteLineRequest(listing_id=jeanne.listing.id, nights=stay.nights, party=stay.party)
        quote = await world.prices.CreateQuote(pb.CreateQuoteRequest(request_id=request_id(), lines=[line]))
    assert quote.quote.total.amount == 32400 + 6000
    world.holes.length = 5
    told = (await public_price(world, stay))[0].refusals
    assert [(one.reason, one.params["min_nights"]) for one in told] == [("MIN_STAY", "5")]


async def test_availability_is_asked_only_where_a_hole_could_help(world, jeanne):
    await sell_weeks_and_holes(world, jeanne)
    world.holes.length = 3
    refused = await public_price(world, a_stay(jeanne.listing, "2026-07-18", "2026-07-21"))
    assert [one.reason for one in refused[0].refusals] == ["MIN_STAY"]
    await sell_weeks_and_holes(world, jeanne, sell_gaps=True)
    await public_price(world, a_stay(jeanne.listing, "2026-07-18", "2026-07-25"))
    assert world.holes.asked == 0
