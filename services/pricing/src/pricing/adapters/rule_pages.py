"""Which tourist-tax rules a page shows: the statements of `Queries.tax_rules`."""

from __future__ import annotations

from typing import Any

from sejour.pricing.v1 import pricing_service_pb2 as calls
from sejour.pricing.v1 import pricing_types_pb2 as pb
from sqlalchemy import Select, or_, select, tuple_

from pricing.adapters import tables
from pricing.domain.errors import BadValue
from pricing.domain.taxes import folded

PAGE, MOST = 100, 500
_SEPARATOR = "|"


def page_size(asked: int) -> int:
    """How many rules a page has."""
    return min(asked, MOST) if asked > 0 else PAGE


def wanted(request: calls.ListTaxRulesRequest) -> Select[Any]:
    """The rules of one commune by year and category, or those that are found, by commune, newest first."""
    rules = tables.TAX_RULES.c
    query = select(tables.TAX_RULES)
    if request.year:
        query = query.where(rules.year == request.year)
    if request.to_confirm:
        query = query.where(rules.to_confirm)
    if request.insee:
        return query.where(rules.insee == request.insee).order_by(rules.year, rules.category)
    name = folded(request.query)
    if name:
        code = rules.insee.startswith(name.upper(), autoescape=True)
        query = query.where(or_(code, rules.folded_commune.contains(name, autoescape=True)))
    if request.page.cursor:
        query = query.where(tuple_(rules.insee, -rules.year, rules.category) > _after(request.page.cursor))
    return query.order_by(rules.insee, rules.year.desc(), rules.category)


def cursor_of(rule: pb.TaxRule) -> str:
    """Where the page after this rule goes on."""
    return _SEPARATOR.join((rule.insee, str(rule.year), rule.category))


def _after(cursor: str) -> Any:
    insee, _, rest = cursor.partition(_SEPARATOR)
    year, _, category = rest.partition(_SEPARATOR)
    if not year.isdecimal() or len(year) > 4:
        raise BadValue(field="page.cursor", why="malformed")
    return tuple_(insee, -int(year), category)
