"""The owner's pages, on the dashboard's site."""

from fastapi import FastAPI

from gateway.api.limits import Buckets
from gateway.owner import (
    availability,
    blocks,
    booking_client,
    booking_detail,
    bookings,
    clients,
    contact,
    discounts,
    label,
    listings,
    login,
    mails,
    new_booking,
    papers,
    planning,
    plans,
    prices,
    proposals,
    seasons,
    supplements,
    tariff_view,
    tariffs,
    terms,
    tourist_tax,
    why_not,
)

# The order matters: `new_booking` and `papers` name addresses that `booking_detail` would take, and the
# deletions of `prices` come last.
_PAGES = (
    login,
    planning,
    tourist_tax,
    why_not,
    availability,
    blocks,
    bookings,
    new_booking,
    proposals,
    papers,
    booking_client,
    booking_detail,
    clients,
    listings,
    terms,
    contact,
    tariff_view,
    tariffs,
    plans,
    seasons,
    supplements,
    discounts,
    label,
    mails,
    prices,
)


def install(site: FastAPI) -> None:
    """Adds the pages to the dashboard."""
    site.state.logins = Buckets()
    for page in _PAGES:
        site.include_router(page.router)
