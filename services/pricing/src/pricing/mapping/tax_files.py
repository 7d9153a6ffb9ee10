"""Files of tourist-tax rules: what is asked, and what became of each line."""

from __future__ import annotations

from sejour.pricing.v1 import pricing_service_pb2 as pb

from pricing.application.import_tax_rules import ImportTaxRules, Line
from pricing.domain.tax_file import Layout
from pricing.mapping.quotes import of_remark
from pricing.mapping.tax_rules import of_tax_rule
from pricing.mapping.values import of_enum


def to_import(request: pb.ImportTaxRulesRequest) -> ImportTaxRules:
    """A file with its layout."""
    layout = request.layout
    return ImportTaxRules(
        content=request.content,
        file_name=request.file_name.strip(),
        layout=Layout(
            dict(layout.columns), dict(layout.defaults), dict(layout.wide), dict(layout.categories)
        ),
        after_line=request.after_line,
        replace=request.replace,
        dry_run=request.dry_run,
    )


def of_line(line: Line) -> pb.TaxFileLine:
    """What became of one rule of a file."""
    return pb.TaxFileLine(
        line=line.number,
        commune=line.commune,
        rule=of_tax_rule(line.rule) if line.rule is not None else None,
        outcome=of_enum(line.outcome, pb.TaxFileOutcome),
        remarks=map(of_remark, line.remarks),
    )
