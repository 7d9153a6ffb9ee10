"""The reference: one listing after the other, night masks as integers, prices by `tariff.evaluate`."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from availability.search.places import fold
from availability.search.query import Hit, Page, Query
from availability.search.vector_index import LISTINGS, RATES
from chassis.clock import Clock
from chassis.events import Decoder, Event
from chassis.logging import get_logger
from scalar_records import CalendarRecord, ListingRecord, RatesRecord, stay_bits
from sejour.availability.v1.availability_events_pb2 import CalendarChanged
from sejour.catalog.v1.catalog_events_pb2 import ListingChanged
from sejour.pricing.v1.pricing_events_pb2 import RateSheetsChanged
from tariff import Party, Price, SheetNotUnderstood, evaluate
from values import NightRange

log = get_logger()

FARTHEST = timedelta(days=760)
_DECODER = Decoder(ListingChanged, RateSheetsChanged, CalendarChanged)


class ScalarIndex:
    """Listings, rates and calendars by listing id, each of the newest revision seen."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._listings: dict[str, ListingRecord] = {}
        self._rates: dict[str, RatesRecord] = {}
        self._calendars: dict[str, CalendarRecord] = {}
        self._places: dict[str, set[str]] = {}
        self._misread: set[str] = set()

    # --- news -----------------------------------------------------------------------------------

    async def take(self, events: Sequence[Event]) -> None:
        """Applies news; what is not newer changes nothing."""
        for event in events:
            self._apply(event)

    def _apply(self, event: Event) -> None:
        message = _DECODER.decode(event)
        if event.payload is None:
            self._forget(event)
        elif isinstance(message, ListingChanged):
            self._put_listing(ListingRecord.of(message.listing))
        elif isinstance(message, CalendarChanged):
            known = self._calendars.get(message.listing_id)
            if known is None or known.revision < message.revision:
                self._calendars[message.listing_id] = CalendarRecord.of(message)
        elif isinstance(message, RateSheetsChanged):
            self._put_rates(message)

    def _put_listing(self, record: ListingRecord) -> None:
        known = self._listings.get(record.id)
        if known is not None and known.revision >= record.revision:
            return
        self._drop_places(known)
        self._listings[record.id] = record
        for key in record.places:
            self._places.setdefault(key, set()).add(record.id)

    def _put_rates(self, message: RateSheetsChanged) -> None:
        known = self._rates.get(message.listing_id)
        if known is not None and known.revision >= message.revision:
            return
        try:
            self._rates[message.listing_id] = RatesRecord.of(message)
            self._misread.discard(message.listing_id)
        except SheetNotUnderstood:
            # Better not found than found with a price that is not the quote's.
            log.exception("sheet_not_understood", listing_id=message.listing_id)
            self._rates[message.listing_id] = RatesRecord(message.revision)
            self._misread.add(message.listing_id)

    def _forget(self, event: Event) -> None:
        if event.topic == LISTINGS:
            self._drop_places(self._listings.pop(event.key, None))
        elif event.topic == RATES:
            self._rates.pop(event.key, None)
        else:
            self._calendars.pop(event.key, None)

    def _drop_places(self, record: ListingRecord | None) -> None:
        for key in record.places if record is not None else ():
            self._places[key].discard(record.id)  # type: ignore[union-attr]
            if not self._places[key]:
                del self._places[key]

    # --- questions ------------------------------------------------------------------------------

    @property
    def offers(self) -> int:
        """Listings in production times plans."""
        return sum(
            len(rates.sheets)
            for listing_id, rates in self._rates.items()
            if (listing := self._listings.get(listing_id)) is not None and listing.in_production
        )

    def has(self, listing_id: str) -> bool:
        """True for a listing in production."""
        listing = self._listings.get(listing_id)
        return listing is not None and listing.in_production

    def price(self, listing_id: str, arrival: date, nights: int, party: Party, code: str = "") -> Hit | None:
        """The cheapest plan of one listing for a stay, when it can be sold."""
        listing = self._listings.get(listing_id)
        if listing is None or not listing.in_production:
            return None
        return self._hit(listing, arrival, nights, party, self._clock(), code=code)

    def search(self, query: Query) -> Page:
        """What is free and priced for a stay, by (total, listing)."""
        now, asked = self._clock(), (query.arrival, query.nights, query.party)
        found = [
            hit
            for listing in self._candidates(query)
            if (hit := self._hit(listing, *asked, now, code=query.promo_code)) is not None
            and not (query.max_total and hit.total > query.max_total)
        ]
        found.sort(key=lambda hit: hit.key)
        rest = found if query.after is None else [hit for hit in found if hit.key > query.after]
        return Page(rest[: query.limit], len(found), len(rest) > query.limit)

    def _candidates(self, query: Query) -> Iterator[ListingRecord]:
        for listing in self._somewhere(query):
            if (
                listing.in_production
                and (not query.label_id or listing.label_id == query.label_id)
                and (not query.owner_id or listing.owner_id == query.owner_id)
                and (not query.listing_ids or listing.id in query.listing_ids)
                and query.equipment <= listing.equipment
                and (not query.kind or query.kind == listing.kind)
                and listing.max_persons >= query.capacity
                and (query.centre is None or listing.within(query.centre, query.radius_km))
            ):
                yield listing

    def _somewhere(self, query: Query) -> Iterable[ListingRecord]:
        place = fold(query.place)
        if place:
            ids = self._places.get(place)
            if ids is None:
                # No place of that very name: those whose name begins so, « vallon » for Vallon-Pont-d'Arc.
                ids = {
                    one for key, some in self._places.items() if key.startswith(f"{place} ") for one in some
                }
            return [self._listings[one] for one in ids]
        if query.listing_ids:
            return [self._listings[one] for one in query.listing_ids if one in self._listings]
        return self._listings.values()

    def _hit(
        self,
        listing: ListingRecord,
        arrival: date,
        nights: int,
        party: Party,
        now: datetime,
        *,
        code: str = "",
    ) -> Hit | None:
        rates, calendar = self._rates.get(listing.id), self._calendars.get(listing.id)
        today = listing.today(now)
        stay = stay_bits(arrival, nights)
        if rates is None or calendar is None or not stay or arrival < today:
            return None
        if arrival + timedelta(days=nights) > today + FARTHEST or not calendar.sells(stay, now):
            return None
        if listing.max_persons and party.persons > listing.max_persons:
            return None
        span = NightRange.of_length(arrival, nights)
        hole = calendar.hole(span, today, now)
        hits = (
            _to_hit(listing, plan, price)
            for plan, sheet in rates.sheets.items()
            if isinstance(price := evaluate(sheet, span, party, today, promo_code=code, hole=hole), Price)
        )
        return min(hits, key=lambda hit: (hit.total, hit.rate_plan_id), default=None)


def _to_hit(listing: ListingRecord, rate_plan_id: str, price: Price) -> Hit:
    return Hit(
        listing_id=listing.id,
        rate_plan_id=rate_plan_id,
        total=price.total,
        accommodation=price.accommodation,
        tourist_tax=price.tourist_tax.amount if price.tourist_tax is not None else 0,
        currency=price.currency,
        revision=listing.revision,
    )
