"""Stays as they are asked; prices, quotes and refusals as they are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp
from sejour.common.v1 import common_pb2
from sejour.pricing.v1 import pricing_service_pb2
from sejour.pricing.v1 import pricing_types_pb2 as pb
from tariff import ChosenSupplement, Party

from pricing.application.create_quote import LineAsked
from pricing.domain.compiling import Remark
from pricing.domain.lines import ExplainedLine, LinePrice, PlanAnswer, Stay
from pricing.domain.needs import MAX_CODE
from pricing.domain.quote import Quote, QuoteSource
from pricing.mapping.values import (
    of_amount,
    of_enum,
    of_nights,
    to_amount,
    to_id,
    to_nights,
    to_optional_id,
    to_party,
)

EVERYBODY = -1
_SOURCES = {
    QuoteSource.TARIFF: pb.QUOTE_SOURCE_TARIFF,
    QuoteSource.OWNER: pb.QUOTE_SOURCE_OWNER,
}


def to_stay(
    nights: common_pb2.Nights,
    party: common_pb2.Party,
    chosen: Iterable[pb.ChosenSupplement] = (),
    at: str = "",
    promo_code: str = "",
) -> Stay:
    """A stay that is asked for."""
    return Stay(
        to_nights(nights, f"{at}nights"),
        to_party(party, f"{at}party"),
        _to_chosen(chosen),
        to_code(promo_code),
    )


def to_code(typed: str) -> str:
    """A promotional code; an endless one is cut: it is unknown either way."""
    return typed.strip()[: MAX_CODE + 1]


def to_line_asked(message: pricing_service_pb2.QuoteLineRequest, number: int) -> LineAsked:
    """One line to quote."""
    at = f"lines[{number}]."
    agreed = message.HasField("agreed_total")
    return LineAsked(
        listing_id=to_id(message.listing_id, f"{at}listing_id"),
        rate_plan_id=to_optional_id(message.rate_plan_id, f"{at}rate_plan_id"),
        stay=to_stay(message.nights, message.party, message.supplements, at, message.promo_code),
        agreed_total=to_amount(message.agreed_total, f"{at}agreed_total") if agreed else None,
        agreed_reason=message.agreed_reason.strip(),
    )


def of_line(line: LinePrice) -> pb.QuoteLine:
    """The price of a stay."""
    currency = line.currency
    message = pb.QuoteLine(
        listing_id=str(line.listing_id),
        rate_plan_id=str(line.rate_plan_id) if line.rate_plan_id else "",
        rate_plan_name=line.rate_plan_name,
        nights=of_nights(line.stay.nights),
        party=_of_party(line.stay.party),
        supplements=[_of_chosen(one) for one in line.stay.chosen],
        lines=[of_explained(one, currency) for one in line.lines],
        accommodation=of_amount(line.accommodation, currency),
        discounts=of_amount(line.discounts, currency),
        supplements_total=of_amount(line.supplements, currency),
        total=of_amount(line.total, currency),
        tourist_tax=of_amount(line.tourist_tax, currency),
        sheet_revision=line.sheet_revision,
        listing_revision=line.listing_revision,
        agreed_reason=line.agreed_reason,
        meal_plan=of_enum(line.meal_plan, pb.MealPlan),
        warnings=[of_remark(one) for one in line.warnings],
        beside=[of_explained(one, currency) for one in line.beside],
        promo_code=line.stay.promo_code,
        promo_state=of_enum(line.promo, pb.PromoState) if line.promo else pb.PROMO_STATE_UNSPECIFIED,
        promo_bounds=line.promo_bounds,
    )
    if line.normal_total is not None:
        message.normal_total.CopyFrom(of_amount(line.normal_total, currency))
    return message


def of_plan_answer(answer: PlanAnswer) -> pricing_service_pb2.PlanPrice:
    """What one plan answers."""
    return pricing_service_pb2.PlanPrice(
        rate_plan_id=str(answer.rate_plan_id) if answer.rate_plan_id else "",
        rate_plan_name=answer.name,
        price=of_line(answer.price) if answer.price else None,
        refusals=[of_remark(one) for one in answer.refusals],
    )


def of_quote(quote: Quote) -> pb.Quote:
    """A quote that nobody has used yet."""
    lines, currency = quote.lines, quote.currency
    return pb.Quote(
        id=str(quote.id),
        owner_id=str(quote.owner_id),
        source=_SOURCES[quote.source],
        lines=[of_line(line) for line in lines],
        accommodation=of_amount(sum(line.accommodation for line in lines), currency),
        discounts=of_amount(sum(line.discounts for line in lines), currency),
        supplements_total=of_amount(sum(line.supplements for line in lines), currency),
        total=of_amount(quote.total, currency),
        tourist_tax=of_amount(sum(line.tourist_tax for line in lines), currency),
        expires_at=of_instant(quote.expires_at),
        terms_revision=quote.terms_revision,
        created_at=of_instant(quote.created_at),
    )


def of_explained(line: ExplainedLine, currency: str) -> pb.PriceLine:
    """One explained amount."""
    return pb.PriceLine(kind=line.kind, params=dict(line.params), amount=of_amount(line.amount, currency))


def of_remark(remark: Remark) -> pb.StayRefusal:
    """A refusal or a warning."""
    return pb.StayRefusal(reason=remark.reason, params=dict(remark.params))


def of_instant(instant: datetime) -> Timestamp:
    """An instant on the wire."""
    stamp = Timestamp()
    stamp.FromDatetime(instant)
    return stamp


def _to_chosen(messages: Iterable[pb.ChosenSupplement]) -> tuple[ChosenSupplement, ...]:
    return tuple(
        ChosenSupplement(one.code, None if one.quantity == EVERYBODY else one.quantity)
        for one in messages
        if one.quantity != 0
    )


def _of_chosen(chosen: ChosenSupplement) -> pb.ChosenSupplement:
    return pb.ChosenSupplement(
        code=chosen.code, quantity=EVERYBODY if chosen.quantity is None else chosen.quantity
    )


def _of_party(party: Party) -> common_pb2.Party:
    return common_pb2.Party(adults=party.adults, children_ages=party.children)
