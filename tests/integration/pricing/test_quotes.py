"""Quotes: stored as priced, agreed with the owner, used once before they expire."""

import asyncio
import json

import pytest
from chassis.errors import ErrorKind, RemoteError
from chassis.ids import new_id
from pricing.adapters.queries import Queries
from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1 import pricing_types_pb2 as types

from .conftest import a_listing, euros, nights, party, request_id


def a_line(listing, arrival="2026-07-18", departure="2026-07-25", who=None, **values: object):
    return pb.QuoteLineRequest(
        listing_id=listing.id, nights=nights(arrival, departure), party=who or party(4), **values
    )


def a_request(*lines: pb.QuoteLineRequest, **values: object):
    return pb.CreateQuoteRequest(request_id=request_id(), lines=lines, terms_revision=3, **values)


async def public_quote(world, *lines: pb.QuoteLineRequest):
    with world.public():
        return (await world.prices.CreateQuote(a_request(*lines))).quote


async def test_a_guests_quote_holds_for_half_an_hour_with_its_lines_and_revisions(world, jeanne):
    quote = await public_quote(world, a_line(jeanne.listing))

    assert (quote.source, quote.total.amount) == (types.QUOTE_SOURCE_TARIFF, 80000)
    assert quote.owner_id == str(jeanne.id)
    assert quote.expires_at.seconds - quote.created_at.seconds == 30 * 60
    assert (quote.terms_revision, quote.used_by) == (3, "")
    (line,) = quote.lines
    assert (line.rate_plan_name, line.listing_revision) == ("Location seule", 1)
    assert line.sheet_revision == (await world.news(jeanne.listing.id))[-1].revision
    with world.public():
        assert (await world.prices.GetQuote(pb.GetRequest(id=quote.id))).quote == quote


async def test_a_quote_keeps_its_price_when_the_tariff_changes(world, jeanne):
    quote = await public_quote(world, a_line(jeanne.listing))
    with world.owner(jeanne.id):
        await world.tariffs.DeleteTariff(pb.DeleteRequest(request_id=request_id(), id=jeanne.tariff.id))
        found = await world.prices.GetQuote(pb.GetRequest(id=quote.id))
    assert found.quote == quote


async def test_several_lines_of_one_owner_add_up(world, jeanne):
    second = a_listing(jeanne.id)
    await world.tell(second)
    tariff = types.Tariff()
    tariff.CopyFrom(jeanne.tariff)
    tariff.listing_ids.append(second.id)
    with world.owner(jeanne.id):
        await world.tariffs.SaveTariff(pb.SaveTariffRequest(request_id=request_id(), tariff=tariff))
    quote = await public_quote(world, a_line(jeanne.listing), a_line(second, "2026-07-25", "2026-08-01"))
    assert [line.total.amount for line in quote.lines] == [80000, 80000]
    assert (quote.total.amount, quote.tourist_tax.amount) == (160000, 2 * 4 * 7 * 110)
    assert quote.supplements_total.amount == 12000


async def test_lines_of_two_owners_are_refused(world, jeanne):
    stranger = a_listing(new_id())
    await world.tell(stranger)
    with world.public(), pytest.raises(RemoteError) as refused:
        await world.prices.CreateQuote(a_request(a_line(jeanne.listing), a_line(stranger)))
    assert refused.value.reason == "LINES_OF_TWO_OWNERS"


async def test_what_is_not_sold_is_refused_with_each_reason_and_its_line(world, jeanne):
    with world.public(), pytest.raises(RemoteError) as refused:
        await world.prices.CreateQuote(
            a_request(a_line(jeanne.listing), a_line(jeanne.listing, "2026-11-27", "2026-11-29", party(9)))
        )
    assert (refused.value.reason, refused.value.kind) == ("STAY_REFUSED", ErrorKind.REFUSED)
    assert {(one.field, one.reason) for one in refused.value.fields} == {
        ("lines[1]", "NO_SEASON"),
        ("lines[1]", "CAPACITY"),
    }
    details = json.loads(refused.value.metadata["refusals"])
    assert {"line": 1, "reason": "NO_SEASON", "params": {"nights": "2026-11-28"}} in details


async def test_the_old_file_at_an_agreed_price_outside_every_season(world, jeanne):
    """Story 2: 31 December 2010 to 4 January 2011, Pension complète, 12,00 €, persons not stated."""
    world.set_clock("2010-12-31T09:00")
    line = a_line(
        jeanne.listing,
        "2010-12-31",
        "2011-01-04",
        party(0),
        rate_plan_id=jeanne.full_board.id,
        agreed_total=euros(1200),
        agreed_reason="prix d'ami",
    )
    with world.owner(jeanne.id):
        quote = (await world.prices.CreateQuote(a_request(line))).quote

    assert quote.source == types.QUOTE_SOURCE_OWNER
    assert (quote.total.amount, quote.supplements_total.amount) == (1200, 0)
    assert (quote.tourist_tax.amount, quote.lines[0].sheet_revision) == (0, 0)
    (found,) = quote.lines
    assert [(one.kind, one.amount.amount) for one in found.lines] == [("AGREED", 1200)]
    assert (found.rate_plan_name, found.meal_plan) == ("Pension complète", types.MEAL_PLAN_FULL_BOARD)
    assert found.agreed_reason == "prix d'ami"
    assert not found.HasField("normal_total")
    assert [one.reason for one in found.warnings] == ["NO_SEASON"]
    assert quote.expires_at.seconds - quote.created_at.seconds == 7 * 24 * 3600


async def test_an_agreed_price_keeps_the_normal_one_beside_it_and_may_be_nothing(world, jeanne):
    with world.owner(jeanne.id):
        agreed = (
            await world.prices.CreateQuote(a_request(a_line(jeanne.listing, agreed_total=euros(50000))))
        ).quote
        free = (
            await world.prices.CreateQuote(a_request(a_line(jeanne.listing, agreed_total=euros(0))))
        ).quote
    assert (agreed.lines[0].normal_total.amount, agreed.total.amount) == (80000, 50000)
    assert agreed.tourist_tax.amount == 4 * 7 * 110
    assert agreed.lines[0].sheet_revision > 0
    assert (free.total.amount, free.lines[0].normal_total.amount) == (0, 80000)


async def test_an_agreed_price_is_the_owners_alone_and_not_negative(world, jeanne):
    with world.public(), pytest.raises(RemoteError) as guest:
        await world.prices.CreateQuote(a_request(a_line(jeanne.listing, agreed_total=euros(100))))
    with world.owner(jeanne.id), pytest.raises(RemoteError) as negative:
        await world.prices.CreateQuote(a_request(a_line(jeanne.listing, agreed_total=euros(-1))))
    assert guest.value.reason == "NOT_ALLOWED"
    assert (negative.value.reason, negative.value.metadata["field"]) == (
        "BAD_PRICE",
        "lines[0].agreed_total",
    )


async def test_rules_only_warn_the_owner_in_his_quote(world, jeanne):
    with world.owner(jeanne.id):
        quote = (await world.prices.CreateQuote(a_request(a_line(jeanne.listing, who=party(8))))).quote
    assert [one.reason for one in quote.lines[0].warnings] == ["CAPACITY"]
    assert quote.total.amount == 74000 + 4 * 7000 + 6000


async def test_a_repeated_quote_is_the_same_even_when_no_longer_sold(world, jeanne):
    request = a_request(a_line(jeanne.listing))
    with world.public():
        first = (await world.prices.CreateQuote(request)).quote
    with world.owner(jeanne.id):
        await world.tariffs.DeleteTariff(pb.DeleteRequest(request_id=request_id(), id=jeanne.tariff.id))
    with world.public():
        again = (await world.prices.CreateQuote(request)).quote
        request.terms_revision = 4
        with pytest.raises(RemoteError) as refused:
            await world.prices.CreateQuote(request)
    assert again == first
    assert refused.value.reason == "REQUEST_ID_REUSED"


async def test_rivals_with_one_request_id_get_one_quote(world, jeanne):
    request = a_request(a_line(jeanne.listing))

    async def ask() -> str:
        with world.public():
            return (await world.prices.CreateQuote(request)).quote.id

    assert len(set(await asyncio.gather(*(ask() for _ in range(6))))) == 1


async def test_a_quote_is_used_once_and_its_booking_may_repeat_after_the_expiry(world, jeanne):
    quote = await public_quote(world, a_line(jeanne.listing))
    booking = str(new_id())
    with world.system("booking"):
        used = (await world.prices.UseQuote(pb.UseQuoteRequest(quote_id=quote.id, booking_id=booking))).quote
        with pytest.raises(RemoteError) as refused:
            await world.prices.UseQuote(pb.UseQuoteRequest(quote_id=quote.id, booking_id=str(new_id())))
    world.set_clock("2026-03-02T09:00")
    with world.system("booking"):
        again = (await world.prices.UseQuote(pb.UseQuoteRequest(quote_id=quote.id, booking_id=booking))).quote
    assert used.used_by == booking
    assert again == used
    assert refused.value.reason == "QUOTE_USED"


async def test_a_quote_that_its_booking_gives_back_may_be_used_by_another_until_it_expires(world, jeanne):
    quote = await public_quote(world, a_line(jeanne.listing))
    failed, other = str(new_id()), str(new_id())
    give_back = pb.ReturnQuoteRequest(quote_id=quote.id, booking_id=failed)
    with world.system("booking"):
        await world.prices.UseQuote(pb.UseQuoteRequest(quote_id=quote.id, booking_id=failed))
        for _ in range(2):
            await world.prices.ReturnQuote(give_back)
        used = (await world.prices.UseQuote(pb.UseQuoteRequest(quote_id=quote.id, booking_id=other))).quote
        await world.prices.ReturnQuote(give_back)
        still = (await world.prices.GetQuote(pb.GetRequest(id=quote.id))).quote
        await world.prices.ReturnQuote(pb.ReturnQuoteRequest(quote_id=str(new_id()), booking_id=failed))
    assert (used.used_by, still.used_by) == (other, other)
    assert used.total == quote.total
    with world.public(), pytest.raises(RemoteError) as refused:
        await world.prices.ReturnQuote(pb.ReturnQuoteRequest(quote_id=quote.id, booking_id=other))
    assert refused.value.reason == "NOT_ALLOWED"


async def test_an_expired_quote_is_not_used(world, jeanne):
    quote = await public_quote(world, a_line(jeanne.listing))
    world.set_clock("2026-03-01T09:30")
    with world.system("booking"), pytest.raises(RemoteError) as refused:
        await world.prices.UseQuote(pb.UseQuoteRequest(quote_id=quote.id, booking_id=str(new_id())))
    assert refused.value.reason == "QUOTE_EXPIRED"


async def test_of_rival_bookings_one_uses_the_quote(world, jeanne):
    quote = await public_quote(world, a_line(jeanne.listing))

    async def use() -> str:
        with world.system("booking"):
            try:
                await world.prices.UseQuote(pb.UseQuoteRequest(quote_id=quote.id, booking_id=str(new_id())))
            except RemoteError as error:
                return error.reason
            return "USED"

    outcomes = await asyncio.gather(*(use() for _ in range(8)))
    assert sorted(outcomes) == [*["QUOTE_USED"] * 7, "USED"]


@pytest.mark.parametrize("grants", [["public"], ["operator"], ["system:catalog"]])
async def test_booking_alone_uses_quotes(world, jeanne, grants):
    quote = await public_quote(world, a_line(jeanne.listing))
    with world.acting(*grants), pytest.raises(RemoteError) as refused:
        await world.prices.UseQuote(pb.UseQuoteRequest(quote_id=quote.id, booking_id=str(new_id())))
    assert refused.value.reason == "NOT_ALLOWED"


async def test_quotes_that_nobody_used_are_purged_a_month_after_their_end(world, jeanne):
    old = await public_quote(world, a_line(jeanne.listing))
    used = await public_quote(world, a_line(jeanne.listing))
    with world.system("booking"):
        await world.prices.UseQuote(pb.UseQuoteRequest(quote_id=used.id, booking_id=str(new_id())))
    world.set_clock("2026-04-02T09:00")
    assert await Queries(world.database).purge(now=world.clock()) >= 1
    with world.public():
        with pytest.raises(RemoteError) as gone:
            await world.prices.GetQuote(pb.GetRequest(id=old.id))
        assert (await world.prices.GetQuote(pb.GetRequest(id=used.id))).quote.id == used.id
    assert gone.value.reason == "QUOTE_NOT_FOUND"
