"""Lines of a file from the lines of a quote, frozen with the listing's code and name."""

from collections.abc import Mapping
from uuid import UUID

from chassis.ids import new_id
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from values import Money, NightRange

from booking.domain.line import Line, Party

AGREED = "AGREED"


def lines_of(quote: pricing.Quote, names: Mapping[UUID, tuple[str, str]]) -> tuple[Line, ...]:
    """The quote's lines with new ids; `names` are code and name per listing."""
    currency = quote.total.currency
    found = []
    for priced in quote.lines:
        code, name = names[UUID(priced.listing_id)]
        found.append(line_of(priced, line_id=new_id(), code=code, name=name, currency=currency))
    return tuple(found)


def stays_of(quote: pricing.Quote) -> list[tuple[UUID, NightRange]]:
    """Which nights of which listings a quote is for."""
    return [
        (UUID(line.listing_id), NightRange.parse(line.nights.arrival, line.nights.departure))
        for line in quote.lines
    ]


def line_of(priced: pricing.QuoteLine, *, line_id: UUID, code: str, name: str, currency: str) -> Line:
    """One line as pricing priced it."""
    return Line(
        id=line_id,
        listing_id=UUID(priced.listing_id),
        listing_code=code,
        listing_name=name,
        nights=NightRange.parse(priced.nights.arrival, priced.nights.departure),
        party=party_of(priced.party),
        accommodation=Money(priced.accommodation.amount, currency),
        discounts=Money(priced.discounts.amount, currency),
        supplements=Money(priced.supplements_total.amount, currency),
        total=Money(priced.total.amount, currency),
        tax=Money(priced.tourist_tax.amount, currency),
        agreed=any(line.kind == AGREED for line in priced.lines),
        price=priced.SerializeToString(deterministic=True),
    )


def party_of(party: common.Party) -> Party:
    """Who stays, as the contract states it."""
    exempt = tuple(sorted((reason, count) for reason, count in party.exempt_adults.items() if count))
    return Party(party.adults, tuple(party.children_ages), exempt)


def party_message(party: Party) -> common.Party:
    """The same for the contract."""
    return common.Party(
        adults=party.adults, children_ages=party.children_ages, exempt_adults=dict(party.exempt_adults)
    )
