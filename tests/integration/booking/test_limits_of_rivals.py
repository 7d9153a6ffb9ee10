"""The limits of free options hold also when many are asked for at the same moment, on different listings."""

import asyncio
from uuid import uuid4

from chassis.errors import RemoteError


async def outcomes(world, requests):
    async def place(request):
        try:
            await world.bookings.PlaceBooking(request)
        except RemoteError as error:
            return error.metadata.get("limit", error.reason)
        return "PLACED"

    with world.public():
        found = await asyncio.gather(*(place(each) for each in requests))
    return sorted(found)


def an_option(world, *, email, caller=""):
    """A guest's option on a listing that nobody else asks for."""
    quote_id = world.quote()
    world.pricing.quotes[quote_id].lines[0].listing_id = str(uuid4())
    client = world.a_client("ROUX", email.partition("@")[0], email=email)
    return world.guest_request(quote_id, new_client=client, caller_key=caller)


async def test_one_mail_gets_three_options_whatever_the_listings(world):
    email = f"{uuid4().hex[:8]}@example.org"
    found = await outcomes(world, [an_option(world, email=email) for _ in range(8)])
    assert found == ["MAIL"] * 5 + ["PLACED"] * 3


async def test_one_caller_gets_twenty_a_day_whatever_the_mails(world):
    caller = uuid4().hex
    requests = [an_option(world, email=f"{uuid4().hex[:8]}@example.org", caller=caller) for _ in range(24)]
    found = await outcomes(world, requests)
    assert found == ["CALLER"] * 4 + ["PLACED"] * 20
