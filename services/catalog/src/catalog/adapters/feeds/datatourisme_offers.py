"""The offers and openings of a DATAtourisme object: kept as texts, for information."""

from datetime import date
from typing import Any

from catalog.adapters.feeds.datatourisme_words import MODES
from catalog.adapters.feeds.prices import PublishedPrice, put_prices
from catalog.adapters.feeds.text import at, day, first, french, joined, many, number, plain, trees
from catalog.domain.record import Record


def put_offers(record: Record, item: dict[str, Any]) -> None:
    """Prices and means of payment."""
    prices: list[PublishedPrice] = []
    means: list[str] = []
    for offer in trees(item.get("offers")):
        prices.extend(_price(one) for one in trees(offer.get("schema:priceSpecification")))
        means.extend(
            plain(first(at(one, "rdfs:label", "fr")), 60)
            for one in trees(offer.get("schema:acceptedPaymentMethod"))
        )
    put_prices(record, prices)
    record.put("published_payment_means", joined(means))


def _price(one: dict[str, Any]) -> PublishedPrice:
    lows = [found for found in map(number, many(one.get("schema:minPrice"))) if found is not None]
    highs = [found for found in map(number, many(one.get("schema:maxPrice"))) if found is not None]
    exact = [found for found in map(number, many(one.get("schema:price"))) if found is not None]
    low = min(lows or exact, default=None)
    high = max(highs or ([] if len(exact) < 2 else exact), default=None)
    modes = (MODES.get(str(mode.get("@id", "")), "") for mode in trees(one.get("hasPricingMode")))
    names = [plain(first(at(one, "name", "fr")), 80)]
    if not names[0]:
        keys = ("hasPricingOffer", "hasEligiblePolicy", "hasPricingSeason")
        names = [
            plain(first(at(about, "rdfs:label", "fr")), 60) for key in keys for about in trees(one.get(key))
        ]
    periods = (
        f"du {french(begin)} au {french(end)}"
        for period in trees(one.get("appliesOnPeriod"))
        if (begin := day(first(period.get("startDate")))) and (end := day(first(period.get("endDate"))))
    )
    detail = joined([*periods, plain(first(at(one, "additionalInformation", "fr")), 300)])
    return PublishedPrice(low, high, joined(modes), joined(names), detail)


def put_openings(record: Record, place: dict[str, Any], today: date) -> None:
    """Opening periods; a remark when all of them are over."""
    periods = []
    for opening in trees(place.get("schema:openingHoursSpecification")):
        begin, end = day(opening.get("schema:validFrom")), day(opening.get("schema:validThrough"))
        if begin and end and begin <= end:
            periods.append((begin, end))
        elif begin and end:
            record.remark("OPENING_REVERSED", begin=begin, end=end)
    texts = [f"du {french(begin)} au {french(end)}" for begin, end in sorted(set(periods))]
    free = plain(first(at(place, "TextOpeningHoursSpecification", "fr")), 500)
    record.put("published_openings", joined([*texts, free], "\n"))
    if periods and all(end < today for _, end in periods):
        record.remark("OPENING_PAST", end=max(end for _, end in periods))
