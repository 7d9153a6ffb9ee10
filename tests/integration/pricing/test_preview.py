"""What an owner is told before a change of prices is saved."""

import pytest
from chassis.errors import RemoteError
from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1 import pricing_types_pb2 as types

from .conftest import euros, nights, party, request_id


def dearer(tariff, season, length, price):
    """The tariff with another price of a season."""
    changed = types.Tariff()
    changed.CopyFrom(tariff)
    next(row for row in changed.rows if row.season_id == season.id).packages[length] = price
    return changed


async def test_each_week_that_gets_another_price_is_told_and_nothing_is_stored(world, jeanne):
    changed = dearer(jeanne.tariff, jeanne.seasons["THS"], 7, 76000)
    with world.owner(jeanne.id):
        found = await world.tariffs.PreviewChange(pb.PreviewChangeRequest(tariff=changed))
        stored = await world.tariffs.GetTariff(pb.GetRequest(id=jeanne.tariff.id))

    weeks = [(stay.nights.arrival, stay.before, stay.after) for stay in found.stays]
    assert weeks == [(f"2026-{day}", 74000, 76000) for day in ("07-11", "07-18", "07-25", "08-01")]
    assert stored.tariff == jeanne.tariff


async def test_a_length_whose_price_changed_is_told_beside_the_week(world, jeanne):
    changed = dearer(jeanne.tariff, jeanne.seasons["HS"], 3, 31000)
    with world.owner(jeanne.id):
        found = await world.tariffs.PreviewChange(pb.PreviewChangeRequest(tariff=changed))

    assert [
        (stay.nights.arrival, stay.nights.departure, stay.before, stay.after) for stay in found.stays
    ] == [("2026-08-08", "2026-08-11", 30000, 31000)]


async def test_a_price_on_dates_is_told_against_the_season(world, jeanne):
    price = types.PriceOnDates(
        owner_id=str(jeanne.id), listing_id=jeanne.listing.id, rate_plan_id=jeanne.plan.id,
        nights=nights("2026-07-18", "2026-07-25"), unit=types.PRICE_UNIT_STAY, price=euros(69000),
    )  # fmt: skip
    with world.owner(jeanne.id):
        found = await world.tariffs.PreviewChange(pb.PreviewChangeRequest(price=price))

    assert [(stay.nights.arrival, stay.before, stay.after) for stay in found.stays] == [
        ("2026-07-18", 74000, 69000)
    ]


async def test_a_week_that_is_sold_no_more_is_told_as_not_sold(world, jeanne):
    changed = types.Tariff()
    changed.CopyFrom(jeanne.tariff)
    rows = [row for row in changed.rows if row.season_id != jeanne.seasons["HS"].id]
    del changed.rows[:]
    changed.rows.extend(rows)
    with world.owner(jeanne.id):
        found = await world.tariffs.PreviewChange(pb.PreviewChangeRequest(tariff=changed))

    assert ("2026-08-08", 63000, -1) in {(s.nights.arrival, s.before, s.after) for s in found.stays}


async def test_a_quote_that_the_owner_gave_keeps_its_price_and_is_counted(world, jeanne):
    line = pb.QuoteLineRequest(
        listing_id=jeanne.listing.id, nights=nights("2026-07-18", "2026-07-25"), party=party(2)
    )
    changed = dearer(jeanne.tariff, jeanne.seasons["THS"], 7, 76000)
    with world.owner(jeanne.id):
        await world.prices.CreateQuote(pb.CreateQuoteRequest(request_id=request_id(), lines=[line]))
        found = await world.tariffs.PreviewChange(pb.PreviewChangeRequest(tariff=changed))

    assert found.quotes_kept == 1


async def test_an_arrival_day_that_serves_nobody_is_warned(world, jeanne):
    changed = types.Tariff()
    changed.CopyFrom(jeanne.tariff)
    row = next(row for row in changed.rows if row.season_id == jeanne.seasons["THS"].id)
    row.rules.CopyFrom(types.StayRules(arrival_days=[3, 6], departure_days=[6], min_nights=7, max_nights=7))
    with world.owner(jeanne.id):
        found = await world.tariffs.PreviewChange(pb.PreviewChangeRequest(tariff=changed))

    assert [dict(one.params) for one in found.warnings if one.reason == "ARRIVAL_IMPOSSIBLE"] == [
        {"season": "THS", "days": "3"}
    ]


async def test_a_preview_of_what_somebody_else_changed_meanwhile_is_refused(world, jeanne):
    stale = dearer(jeanne.tariff, jeanne.seasons["THS"], 7, 76000)
    stale.revision = 7
    with world.owner(jeanne.id), pytest.raises(RemoteError) as refused:
        await world.tariffs.PreviewChange(pb.PreviewChangeRequest(tariff=stale))
    assert refused.value.reason == "REVISION_STALE"


async def test_a_preview_of_nothing_is_refused(world, jeanne):
    with world.owner(jeanne.id), pytest.raises(RemoteError) as refused:
        await world.tariffs.PreviewChange(pb.PreviewChangeRequest())
    assert refused.value.reason == "BAD_VALUE"
