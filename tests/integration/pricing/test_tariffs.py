"""What owners type: saved, refused, compiled and told."""

import asyncio
from datetime import date

import pytest
from chassis.database import Database
from chassis.errors import ErrorKind, RemoteError
from chassis.ids import new_id
from chassis.migrations import drift, migrate
from pricing.adapters.republish import republish_sheets
from pricing.adapters.tables import METADATA
from sejour.catalog.v1 import catalog_types_pb2
from sejour.common.v1 import common_pb2
from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1 import pricing_types_pb2 as types
from sqlalchemy import text
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
    save_supplement,
    save_tax,
)


async def test_the_migrations_make_the_tables_that_the_code_declares(make_database):
    assert await drift("pricing", await make_database("pricing"), METADATA) == []


async def test_the_two_days_of_a_tax_rule_become_its_one_period(make_database):
    url = await make_database("")
    await migrate("pricing", url, revision="0003")
    database = Database.at(url, application="pricing-tests")
    insert = text(
        "INSERT INTO tax_rules (id, insee, category, year, tariff, rate_basis_points, cap, additional,"
        " collected_from, collected_to, round_each_step, source, to_confirm)"
        " VALUES (gen_random_uuid(), '07200', :category, 2026, 110, 0, 0, '{}', :first, :last, true, '', false)"
    )
    first, last = date(2026, 4, 1), date(2026, 10, 31)
    async with database.transaction() as session:
        for category, *days in (("3", first, last), ("2", None, last), ("1", None, None)):
            await session.execute(insert, {"category": category, "first": days[0], "last": days[1]})
    await migrate("pricing", url)
    async with database.reading() as connection:
        found = dict(iter(await connection.execute(text("SELECT category, collected FROM tax_rules"))))
    await database.close()
    assert found == {"3": [["2026-04-01", "2026-11-01"]], "2": [["2026-01-01", "2026-11-01"]], "1": []}


async def test_a_saved_tariff_is_told_whole_with_a_growing_revision(world, jeanne):
    news = await world.news(jeanne.listing.id)

    assert [one.revision for one in news] == list(range(1, len(news) + 1))
    sheet = from_json(news[-1].sheets[0].sheet_json)
    assert news[-1].owner_id == str(jeanne.id)
    assert news[-1].sheets[0].rate_plan_name == "Location seule"
    assert {season.name: dict(season.packages) for season in sheet.seasons}["THS"][7] == 74000
    assert [one.code for one in sheet.supplements] == ["menage", "draps", "chauffage"]
    assert b'"tariff":110' in news[-1].sheets[0].tax_json


async def test_a_tariff_is_read_back_as_it_was_typed_with_its_warnings(world, jeanne):
    with world.owner(jeanne.id):
        found = await world.tariffs.GetTariff(pb.GetRequest(id=jeanne.tariff.id))
        listed = await world.tariffs.ListTariffs(pb.OwnerRequest(owner_id=str(jeanne.id)))

    assert found.tariff == jeanne.tariff
    assert list(listed.tariffs) == [jeanne.tariff]
    assert found.tariff.rows[0].packages[7] == 34000
    assert found.tariff.straddle == types.STRADDLE_MODE_PRORATA
    assert [one.reason for one in found.warnings] == []


async def test_every_kind_of_price_is_kept_told_and_charged(world, jeanne):
    changed = types.Tariff()
    changed.CopyFrom(jeanne.tariff)
    row = next(one for one in changed.rows if one.season_id == jeanne.seasons["MS"].id)
    row.named_packages.add(kind=types.PACKAGE_KIND_WEEK_END, price=17000)
    row.weekday_prices.update({5: 10000, 6: 11000})
    row.occupancies.add(persons=2, packages={7: 50000}, extra_night=7000)
    row.rules.min_through, row.rules.horizon_days, row.rules.sell_gaps = 2, 400, True
    row.rules.min_by_arrival_day[6] = 3
    with world.owner(jeanne.id):
        saved = await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=changed))
        read = await world.tariffs.GetTariff(pb.GetRequest(id=jeanne.tariff.id))
        week_end = await world.prices.PriceStay(
            pb.PriceStayRequest(
                listing_id=jeanne.listing.id, nights=nights("2026-06-19", "2026-06-21"), party=party(4)
            )
        )
        couple = await world.prices.PriceStay(
            pb.PriceStayRequest(
                listing_id=jeanne.listing.id, nights=nights("2026-06-20", "2026-06-27"), party=party(2)
            )
        )

    changed.revision = saved.tariff.revision
    assert read.tariff == saved.tariff == changed
    line = week_end.plans[0].price.lines[0]
    assert (line.amount.amount, line.params["basis"], line.params["named"]) == (17000, "NAMED", "WEEK_END")
    assert couple.plans[0].price.accommodation.amount == 50000
    sheet = from_json((await world.news(jeanne.listing.id))[-1].sheets[0].sheet_json)
    season = next(one for one in sheet.seasons if one.name == "MS")
    assert season.occupancies[0].extra_night == 7000
    assert season.min_by_weekday == {6: 3}


async def test_a_promotional_code_is_told_whatever_became_of_it(world, jeanne):
    discount = types.Discount(
        owner_id=str(jeanne.id),
        code="amis",
        name="Les amis",
        kind=types.DISCOUNT_KIND_CODE,
        basis_points=1000,
        promo_code="Amis26",
        max_nights=7,
    )
    with world.owner(jeanne.id):
        saved = await world.tariffs.SaveDiscount(
            pb.SaveDiscountRequest(request_id=request_id(), discount=discount)
        )
        listed = await world.tariffs.ListDiscounts(pb.OwnerRequest(owner_id=str(jeanne.id)))
        discount.code, discount.promo_code = "amis-aussi", " AMIS26 "
        with pytest.raises(RemoteError) as taken:
            await world.tariffs.SaveDiscount(
                pb.SaveDiscountRequest(request_id=request_id(), discount=discount)
            )
    assert list(listed.discounts) == [saved.discount]
    assert taken.value.reason == "CODE_TAKEN"

    async def asked(code, departure="2026-07-11"):
        stay = nights("2026-07-04", departure)
        request = pb.PriceStayRequest(
            listing_id=jeanne.listing.id, nights=stay, party=party(2), promo_code=code
        )
        with world.public():
            price = (await world.prices.PriceStay(request)).plans[0].price
        return price.promo_state, price.discounts.amount, dict(price.promo_bounds)

    assert await asked("") == (types.PROMO_STATE_UNSPECIFIED, 0, {})
    assert await asked(" amis26 ") == (types.PROMO_STATE_APPLIED, -5900, {})
    assert await asked("ami26") == (types.PROMO_STATE_UNKNOWN, 0, {})
    assert await asked("AMIS26", "2026-07-18") == (types.PROMO_STATE_NOT_FOR_STAY, 0, {"max_nights": "7"})

    line = pb.QuoteLineRequest(
        listing_id=jeanne.listing.id,
        nights=nights("2026-07-04", "2026-07-11"),
        party=party(2),
        promo_code="amis26",
    )
    with world.public():
        quote = await world.prices.CreateQuote(pb.CreateQuoteRequest(request_id=request_id(), lines=[line]))
        read = await world.prices.GetQuote(pb.GetRequest(id=quote.quote.id))
    assert read.quote.lines[0].promo_state == types.PROMO_STATE_APPLIED
    assert read.quote.discounts.amount == -5900


async def test_more_discounts_than_search_has_room_for_are_refused(world, jeanne):
    requests = [
        pb.SaveDiscountRequest(
            request_id=request_id(),
            discount=types.Discount(
                owner_id=str(jeanne.id),
                code=f"longueur-{number}",
                name=f"Dès {number + 7} nuits",
                kind=types.DISCOUNT_KIND_LENGTH,
                basis_points=100,
                threshold=number + 7,
            ),
        )
        for number in range(9)
    ]
    with world.owner(jeanne.id):
        for request in requests[:8]:
            await world.tariffs.SaveDiscount(request)
        with pytest.raises(RemoteError) as refused:
            await world.tariffs.SaveDiscount(requests[8])
    assert refused.value.metadata["why"] == "TOO_MANY"
    assert refused.value.metadata["field"] == "discounts"
    assert refused.value.metadata["max_count"] == "8"


async def test_gaps_and_odd_prices_are_warned(world, jeanne):
    with world.owner(jeanne.id):
        season = await save_season(
            world, jeanne.id, "Noël", [("2026-12-19", "2026-12-26"), ("2027-01-02", "2027-01-03")]
        )
        changed = types.Tariff()
        changed.CopyFrom(jeanne.tariff)
        changed.rows.append(types.TariffRow(season_id=season.id, packages={1: 5000, 3: 4000, 4: 0, 7: 40000}))
        saved = await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=changed))

    reasons = [one.reason for one in saved.warnings]
    assert reasons == ["GAP", "GAP", "ZERO_PRICE", "LONGER_CHEAPER", "WEEK_DEARER_THAN_NIGHTS"]
    assert dict(saved.warnings[0].params) == {"from": "2026-11-28", "to": "2026-12-19"}
    assert saved.tariff.revision == 2


async def test_seasons_of_a_tariff_that_share_a_night_are_refused_by_name(world, jeanne):
    season = types.Season()
    season.CopyFrom(jeanne.seasons["HS"])
    season.periods[0].departure = "2026-08-17"
    with world.owner(jeanne.id), pytest.raises(RemoteError) as refused:
        await world.tariffs.SaveSeason(pb.SaveSeasonRequest(request_id=request_id(), season=season))

    assert refused.value.reason == "SEASONS_OVERLAP"
    assert refused.value.metadata == {
        "first": "HS",
        "second": "MS",
        "from": "2026-08-15",
        "to": "2026-08-17",
    }
    with world.owner(jeanne.id):
        listed = await world.tariffs.ListSeasons(pb.OwnerRequest(owner_id=str(jeanne.id)))
    assert [one.name for one in listed.seasons] == ["BS", "MS", "THS", "HS"]
    assert listed.seasons[3] == jeanne.seasons["HS"]


@pytest.mark.parametrize(
    ("periods", "reason"),
    [
        ([("2026-06-13", "2026-06-13")], "PERIOD_REVERSED"),
        ([("2026-06-13", "2026-06-10")], "PERIOD_REVERSED"),
        ([("2026-06-13", "2026-06-20"), ("2026-06-19", "2026-06-25")], "SEASONS_OVERLAP"),
        ([("13/06/2026", "2026-06-20")], "BAD_VALUE"),
        ([], "BAD_VALUE"),
    ],
)
async def test_a_season_whose_periods_make_no_sense_is_refused(world, periods, reason):
    owner = new_id()
    with world.owner(owner), pytest.raises(RemoteError) as refused:
        await save_season(world, owner, "Été", periods)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("row", "reason", "field"),
    [
        ({"packages": {7: -1}}, "BAD_PRICE", "tariff.rows[0].packages[7]"),
        ({"packages": {7: 60_000_000}}, "BAD_PRICE", "tariff.rows[0].packages[7]"),
        ({"packages": {36: 1000}}, "BAD_VALUE", "tariff.rows[0].packages[36]"),
        ({"extra_adult": -5}, "BAD_PRICE", "tariff.rows[0].extra_adult"),
        ({"rules": types.StayRules(arrival_days=[8])}, "BAD_VALUE", "tariff.rows[0].rules.arrival_days"),
        (
            {"rules": types.StayRules(min_nights=7, max_nights=3)},
            "BAD_VALUE",
            "tariff.rows[0].rules.max_nights",
        ),
    ],
)
async def test_a_grid_that_makes_no_sense_is_refused_with_its_field(world, jeanne, row, reason, field):
    changed = types.Tariff()
    changed.CopyFrom(jeanne.tariff)
    del changed.rows[:]
    changed.rows.append(types.TariffRow(season_id=jeanne.seasons["BS"].id, **row))
    with world.owner(jeanne.id), pytest.raises(RemoteError) as refused:
        await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=changed))
    assert (refused.value.reason, refused.value.metadata["field"]) == (reason, field)


async def test_a_stale_revision_is_refused_with_the_present_one(world, jeanne):
    season = types.Season()
    season.CopyFrom(jeanne.seasons["HS"])
    season.name = "Haute saison"
    with world.owner(jeanne.id):
        first = await world.tariffs.SaveSeason(pb.SaveSeasonRequest(request_id=request_id(), season=season))
        with pytest.raises(RemoteError) as refused:
            await world.tariffs.SaveSeason(pb.SaveSeasonRequest(request_id=request_id(), season=season))

    assert (first.season.revision, first.season.name) == (2, "Haute saison")
    assert refused.value.reason == "REVISION_STALE"
    assert refused.value.metadata["revision"] == "2"


async def test_a_repeated_save_is_done_once_and_tells_the_present_state(world):
    owner = new_id()
    season = types.Season(owner_id=str(owner), name="Été", periods=[nights("2026-07-01", "2026-09-01")])
    request = pb.SaveSeasonRequest(request_id=request_id(), season=season)
    with world.owner(owner):
        first = await world.tariffs.SaveSeason(request)
        again = await world.tariffs.SaveSeason(request)
        request.season.name = "Hiver"
        with pytest.raises(RemoteError) as refused:
            await world.tariffs.SaveSeason(request)
        listed = await world.tariffs.ListSeasons(pb.OwnerRequest(owner_id=str(owner)))

    assert again.season == first.season
    assert refused.value.reason == "REQUEST_ID_REUSED"
    assert list(listed.seasons) == [first.season]


async def test_a_season_in_use_is_not_deleted_and_another_is(world, jeanne):
    with world.owner(jeanne.id):
        unused = await save_season(world, jeanne.id, "Ponts", [("2027-05-01", "2027-05-04")])
        with pytest.raises(RemoteError) as refused:
            await world.tariffs.DeleteSeason(
                pb.DeleteRequest(request_id=request_id(), id=jeanne.seasons["BS"].id)
            )
        request = pb.DeleteRequest(request_id=request_id(), id=unused.id)
        await world.tariffs.DeleteSeason(request)
        await world.tariffs.DeleteSeason(request)
        listed = await world.tariffs.ListSeasons(pb.OwnerRequest(owner_id=str(jeanne.id)))

    assert refused.value.reason == "SEASON_IN_USE"
    assert refused.value.metadata["tariff"] == "Tarif 2026"
    assert "Ponts" not in [one.name for one in listed.seasons]


async def test_the_same_plan_is_not_priced_twice_for_a_listing(world, jeanne):
    second = types.Tariff()
    second.CopyFrom(jeanne.tariff)
    second.id, second.revision, second.name = "", 0, "Tarif bis"
    with world.owner(jeanne.id), pytest.raises(RemoteError) as refused:
        await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=second))
    assert refused.value.reason == "PLAN_PRICED_TWICE"
    assert refused.value.metadata["tariff"] == "Tarif 2026"


async def test_codes_are_unique_per_owner(world, jeanne):
    with world.owner(jeanne.id):
        with pytest.raises(RemoteError) as plan:
            await save_plan(world, jeanne.id, "location", "Autre")
        with pytest.raises(RemoteError) as supplement:
            await save_supplement(world, jeanne.id, "menage", types.SUPPLEMENT_BASE_PER_STAY, 100)
    assert (plan.value.reason, supplement.value.reason) == ("CODE_TAKEN", "CODE_TAKEN")
    assert plan.value.kind is ErrorKind.CONFLICT


async def test_prices_typed_on_the_same_nights_are_refused(world, jeanne):
    def a_price(arrival, departure, unit=types.PRICE_UNIT_NIGHT) -> pb.SavePriceRequest:
        price = types.PriceOnDates(
            owner_id=str(jeanne.id),
            listing_id=jeanne.listing.id,
            rate_plan_id=jeanne.plan.id,
            nights=nights(arrival, departure),
            unit=unit,
            price=euros(9900),
        )
        return pb.SavePriceRequest(request_id=request_id(), price=price)

    with world.owner(jeanne.id):
        await world.tariffs.SavePrice(a_price("2026-05-01", "2026-05-04"))
        await world.tariffs.SavePrice(a_price("2026-05-02", "2026-05-05", types.PRICE_UNIT_STAY))
        with pytest.raises(RemoteError) as refused:
            await world.tariffs.SavePrice(a_price("2026-05-03", "2026-05-08"))
        listed = await world.tariffs.ListPrices(pb.OwnerRequest(owner_id=str(jeanne.id)))

    assert refused.value.reason == "PRICES_OVERLAP"
    assert refused.value.metadata["from"] == "2026-05-03"
    assert [one.nights.arrival for one in listed.prices] == ["2026-05-01", "2026-05-02"]


async def test_a_deleted_tariff_takes_its_prices_with_it(world, jeanne):
    with world.owner(jeanne.id):
        await world.tariffs.DeleteTariff(pb.DeleteRequest(request_id=request_id(), id=jeanne.tariff.id))
        with pytest.raises(RemoteError) as gone:
            await world.tariffs.GetTariff(pb.GetRequest(id=jeanne.tariff.id))
    assert gone.value.reason == "TARIFF_NOT_FOUND"
    assert len((await world.news(jeanne.listing.id))[-1].sheets) == 0


async def test_a_listing_that_the_catalog_has_not_told_is_not_found(world, jeanne):
    changed = types.Tariff()
    changed.CopyFrom(jeanne.tariff)
    changed.listing_ids.append(str(new_id()))
    with world.owner(jeanne.id), pytest.raises(RemoteError) as refused:
        await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=changed))
    assert refused.value.reason == "LISTING_NOT_FOUND"


async def test_an_older_or_repeated_news_of_a_listing_changes_nothing(world, jeanne):
    newer = catalog_types_pb2.Listing()
    newer.CopyFrom(jeanne.listing)
    newer.revision, newer.max_persons = 5, 8
    await world.tell(newer)
    told = await world.news(jeanne.listing.id)
    await world.tell(newer)
    await world.tell(jeanne.listing)

    assert await world.news(jeanne.listing.id) == told
    assert from_json(told[-1].sheets[0].sheet_json).max_persons == 8


async def test_a_change_that_changes_no_sheet_is_not_told(world, jeanne):
    before = await world.news(jeanne.listing.id)
    with world.owner(jeanne.id):
        await save_season(world, jeanne.id, "Ponts", [("2027-05-01", "2027-05-04")])
    assert await world.news(jeanne.listing.id) == before


async def test_a_listing_without_prices_is_told_as_not_sold(world):
    owner = new_id()
    listing = a_listing(owner)
    await world.tell(listing)
    assert [(one.revision, len(one.sheets)) for one in await world.news(listing.id)] == [(1, 0)]


async def test_an_operator_saves_tax_rules_once_per_year_and_odd_ones_are_to_confirm(world, jeanne):
    first = await save_tax(world, BEAULIEU, "3", 2026, tariff=110)
    changed = await save_tax(world, BEAULIEU, "3", 2026, tariff=180)
    with world.owner(jeanne.id):
        listed = await world.tariffs.ListTaxRules(pb.ListTaxRulesRequest(insee=BEAULIEU))
        with pytest.raises(RemoteError) as refused:
            await world.tariffs.SaveTaxRule(
                pb.SaveTaxRuleRequest(
                    request_id=request_id(), rule=types.TaxRule(insee=BEAULIEU, category="3", year=2026)
                )
            )
    await save_tax(world, BEAULIEU, "3", 2026, tariff=110)

    assert (first.to_confirm, changed.to_confirm) == (False, True)
    assert first.id == changed.id
    assert [(one.year, one.tariff) for one in listed.rules if one.category == "3"][2] == (2026, 180)
    assert (refused.value.reason, refused.value.kind) == ("NOT_ALLOWED", ErrorKind.FORBIDDEN)


async def test_a_changed_tax_rule_is_told_with_the_sheets_it_concerns(world, jeanne):
    await save_tax(world, BEAULIEU, "3", 2027, tariff=150)
    told = (await world.news(jeanne.listing.id))[-1]
    await save_tax(world, BEAULIEU, "3", 2027, tariff=110)
    assert b'"tariff":150' in told.sheets[0].tax_json


async def test_a_commune_collects_in_several_periods_and_the_older_version_may_still_write_its_two_days(
    world,
):
    periods = [("2026-04-01", "2026-10-01"), ("2026-12-19", "2027-01-01")]
    collected = [common_pb2.Nights(arrival=first, departure=after) for first, after in periods]
    saved = await save_tax(world, "07200", "3", 2026, tariff=110, collected=collected)
    assert list(saved.collected) == collected
    assert (saved.collected_from, saved.collected_to) == ("2026-04-01", "2026-12-31")
    with pytest.raises(RemoteError) as refused:
        await save_tax(world, "07200", "3", 2026, tariff=110, collected=collected[::-1])
    assert (refused.value.reason, refused.value.metadata["why"]) == ("BAD_VALUE", "order")

    async def listed() -> list[tuple[str, str]]:
        with world.acting("operator"):
            answer = await world.tariffs.ListTaxRules(pb.ListTaxRulesRequest(insee="07200"))
        return [(one.arrival, one.departure) for rule in answer.rules for one in rule.collected]

    assert await listed() == periods
    async with world.database.transaction() as session:
        await session.execute(
            text(
                "UPDATE tax_rules SET collected_from = '2026-07-01', collected_to = NULL WHERE insee = '07200'"
            )
        )
    assert await listed() == [("2026-07-01", "2027-01-01")]


async def test_rival_saves_of_one_owner_wait_for_each_other_and_none_is_lost(world, jeanne):
    async def rename(name, season) -> None:
        changed = types.Season()
        changed.CopyFrom(season)
        changed.name = name
        with world.owner(jeanne.id):
            await world.tariffs.SaveSeason(pb.SaveSeasonRequest(request_id=request_id(), season=changed))

    await asyncio.gather(*(rename(f"{name} nouvelle", one) for name, one in jeanne.seasons.items()))

    news = await world.news(jeanne.listing.id)
    assert [one.revision for one in news] == list(range(1, len(news) + 1))
    names = {season.name for season in from_json(news[-1].sheets[0].sheet_json).seasons}
    assert names == {f"{name} nouvelle" for name in jeanne.seasons}


async def test_of_rivals_with_the_same_revision_one_wins(world, jeanne):
    async def rename(number) -> str:
        changed = types.Season()
        changed.CopyFrom(jeanne.seasons["HS"])
        changed.name = f"HS {number}"
        with world.owner(jeanne.id):
            try:
                await world.tariffs.SaveSeason(pb.SaveSeasonRequest(request_id=request_id(), season=changed))
            except RemoteError as error:
                return error.reason
            return "SAVED"

    outcomes = await asyncio.gather(*(rename(number) for number in range(8)))
    assert sorted(outcomes) == [*["REVISION_STALE"] * 7, "SAVED"]


async def test_a_listing_told_while_its_tax_rule_is_saved_has_the_rule(world, jeanne):
    for number in range(8):
        insee = f"990{number:02}"
        moved = catalog_types_pb2.Listing()
        moved.CopyFrom(jeanne.listing)
        moved.revision, moved.address.insee = 2 + number, insee
        await asyncio.gather(world.tell(moved), save_tax(world, insee, "3", 2026, tariff=60 + number))
        told = (await world.news(jeanne.listing.id))[-1]
        assert f'"tariff":{60 + number}'.encode() in told.sheets[0].tax_json


async def test_a_price_saved_while_the_sheets_are_told_again_is_told_last_under_the_highest_revision(
    world, jeanne
):
    before = (await world.news(jeanne.listing.id))[-1].revision
    tariff = types.Tariff()
    tariff.CopyFrom(jeanne.tariff)
    tariff.rows[0].packages[7] = 99900

    async def save() -> None:
        with world.owner(jeanne.id):
            await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=tariff))

    async with world.database.transaction() as session:
        await republish_sheets(session, None, 1000, world.clock())
        saving = asyncio.create_task(save())
        while not (saving.done() or await _somebody_waits_for_a_lock(world.database)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    try:
        await saving
    except RemoteError as error:
        # A machine that was slow to let the lock go: what the owner does is to save once more.
        assert error.reason == "BUSY"  # noqa: PT017
        await save()

    news = await world.news(jeanne.listing.id)
    assert [one.revision for one in news[-2:]] == [before + 1000, before + 1001]
    sheet = from_json(news[-1].sheets[0].sheet_json)
    assert 99900 in {dict(season.packages).get(7) for season in sheet.seasons}


async def _somebody_waits_for_a_lock(database) -> bool:
    waiting = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
    """
    async with database.reading() as connection:
        return bool(await connection.scalar(text(waiting)))
