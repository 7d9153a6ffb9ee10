"""Devis as protobuf messages."""

from datetime import datetime

from sejour.booking.v1 import booking_types_pb2 as types
from sejour.booking.v1 import proposal_service_pb2 as pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from booking.adapters import codec
from booking.application.terms import spread
from booking.domain.proposal import Proposal


def proposal(value: Proposal, *, now: datetime) -> pb.Proposal:
    """A devis, with what would be due if it were accepted now."""
    rule = value.terms.deposit
    due = spread(value.terms, total=value.total, tax=value.tax, arrival=value.arrival, means=None, now=now)
    return pb.Proposal(
        id=str(value.id),
        owner_id=str(value.owner_id),
        reference=value.reference,
        state=codec.number_of(pb.ProposalState, "PROPOSAL_STATE", value.state(now)),
        client=codec.client(value.client),
        quote=pricing.Quote.FromString(value.quote),
        listings=[
            pb.ProposalListing(listing_id=str(key), code=code, name=name)
            for key, (code, name) in value.names.items()
        ],
        terms=codec.terms(value.terms),
        deposit_kind=codec.number_of(types.DepositKind, "DEPOSIT_KIND", rule.kind),
        deposit_basis_points=0 if rule.fixed is not None else rule.basis_points,
        deposit=codec.money(due.deposit),
        schedule=codec.instalments(due.schedule),
        option_expires_at=codec.instant(due.option_expires_at),
        note=value.note,
        created_at=codec.instant(value.created_at),
        expires_at=codec.instant(value.expires_at),
        sent_at=codec.instant(value.sent_at),
        opened_at=codec.instant(value.opened_at),
        accepted_at=codec.instant(value.booking_made_at) if value.is_accepted else None,
        withdrawn_at=codec.instant(value.withdrawn_at),
        asked_again_at=codec.instant(value.asked_again_at),
        booking_id=str(value.booking_id) if value.is_accepted else "",
        booking_number=value.booking_number if value.is_accepted else 0,
    )


def for_list(shown: pb.Proposal) -> pb.Proposal:
    """The devis as lists show it: without explanations."""
    for line in shown.quote.lines:
        del line.lines[:]
        del line.beside[:]
    return shown
