"""Other stays of the same listing when one cannot be sold."""

from datetime import date, timedelta

from tariff import Party

from availability.search.query import Hit, SearchIndex

WITHIN_DAYS = 14
AT_MOST = 3


def find_alternatives(
    index: SearchIndex, listing_id: str, arrival: date, nights: int, party: Party, *, code: str = ""
) -> list[tuple[date, Hit]]:
    """The nearest arrivals within 14 days for a stay of the same length; the earlier of two as near."""
    found: list[tuple[date, Hit]] = []
    for distance in range(1, WITHIN_DAYS + 1):
        for day in (arrival - timedelta(days=distance), arrival + timedelta(days=distance)):
            hit = index.price(listing_id, day, nights, party, code)
            if hit is not None:
                found.append((day, hit))
                if len(found) == AT_MOST:
                    return found
    return found
