"""Rows to protobuf."""

from typing import Any

from sejour.documents.v1 import documents_service_pb2 as pb
from sqlalchemy import Row

from documents.domain.mail_plan import Variant

_STATES = {
    "WAITING": pb.MAIL_STATE_WAITING,
    "SENDING": pb.MAIL_STATE_WAITING,
    "SENT": pb.MAIL_STATE_SENT,
    "REFUSED": pb.MAIL_STATE_REFUSED,
    "IN_DOUBT": pb.MAIL_STATE_IN_DOUBT,
}


def document_to_pb(row: Row[Any]) -> pb.Document:
    """A stored document."""
    is_proposal = row.kind == pb.DOCUMENT_KIND_PROPOSAL
    found = pb.Document(
        id=str(row.id),
        owner_id=str(row.owner_id),
        booking_id="" if is_proposal else str(row.booking_id or ""),
        proposal_id=str(row.booking_id) if is_proposal else "",
        listing_id=str(row.listing_id or ""),
        kind=row.kind,
        version=row.version,
        sha256=row.sha256.hex(),
        file_name=row.file_name,
        language=row.language,
        revisions=row.revisions,
    )
    found.created_at.FromDatetime(row.created_at)
    if row.sent_at is not None:
        found.sent_at.FromDatetime(row.sent_at)
    return found


def mail_state(state: str) -> "pb.MailState.ValueType":
    """A stored state as the contract says it."""
    return _STATES[state]


def mail_to_pb(row: Row[Any]) -> pb.Mail:
    """A mail."""
    is_proposal = row.variant in {Variant.PROPOSAL, Variant.ASKED_AGAIN}
    found = pb.Mail(
        id=str(row.id),
        booking_id="" if is_proposal else str(row.booking_id),
        proposal_id=str(row.booking_id) if is_proposal else "",
        kind=row.kind,
        recipient=row.recipient,
        subject=row.subject,
        state=mail_state(row.state),
        document_ids=[str(one) for one in row.document_ids],
        failure=row.failure,
    )
    found.due_at.FromDatetime(row.due_at)
    if row.sent_at is not None:
        found.sent_at.FromDatetime(row.sent_at)
    return found
