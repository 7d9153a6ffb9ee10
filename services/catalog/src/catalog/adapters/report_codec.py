"""Between an import's report and its message."""

from datetime import UTC
from uuid import UUID

from sejour.catalog.v1 import listing_service_pb2 as calls

from catalog.domain.record import Remark
from catalog.domain.report import Line, Outcome, Report

OUTCOMES = {one: calls.ImportOutcome.Value(f"IMPORT_OUTCOME_{one.value}") for one in Outcome}
_OUTCOMES = {number: one for one, number in OUTCOMES.items()}


def line_pb(line: Line) -> calls.ImportLine:
    """One line."""
    return calls.ImportLine(
        where=line.where,
        external_id=line.external_id,
        name=line.name,
        outcome=OUTCOMES[line.outcome],
        remarks=[
            calls.ImportRemark(reason=remark.reason, metadata=dict(remark.metadata))
            for remark in line.remarks
        ],
        listing_id=str(line.listing_id or ""),
        listing_code=line.listing_code,
        changed_fields=line.changed_fields,
    )


def report_pb(report: Report) -> calls.ImportReport:
    """A report, whole; what is older counts as unchanged."""
    message = calls.ImportReport(
        id=str(report.id),
        dry_run=report.dry_run,
        lines=[line_pb(line) for line in report.lines],
        created=report.count(Outcome.CREATED),
        updated=report.count(Outcome.UPDATED),
        unchanged=report.count(Outcome.UNCHANGED, Outcome.OLDER),
        refused=report.count(Outcome.REFUSED),
        file_name=report.file_name,
        format=report.format,
    )
    message.at.FromDatetime(report.at)
    return message


def report_of(message: calls.ImportReport) -> Report:
    """The report of a message."""
    return Report(
        id=UUID(message.id),
        at=message.at.ToDatetime(UTC),
        dry_run=message.dry_run,
        file_name=message.file_name,
        format=message.format,
        lines=[
            Line(
                where=line.where,
                outcome=_OUTCOMES[line.outcome],
                external_id=line.external_id,
                name=line.name,
                remarks=tuple(Remark(remark.reason, dict(remark.metadata)) for remark in line.remarks),
                listing_id=UUID(line.listing_id) if line.listing_id else None,
                listing_code=line.listing_code,
                changed_fields=tuple(line.changed_fields),
            )
            for line in message.lines
        ],
    )
