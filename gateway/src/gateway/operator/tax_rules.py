"""« Règles de la taxe de séjour »: the rules of communes; one by hand, and copies to the next year."""

import hashlib
import re
from typing import Any
from urllib.parse import urlencode

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as tariffs_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.requests import Request
from starlette.responses import Response

from gateway.accounts.audit import account
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.i18n import ngettext
from gateway.operator.rule_form import INSEE, fail_rule, labels, periods_shown, rule_form, rule_of, suffix
from gateway.operator.rule_words import groups, remark_words, rule_title
from gateway.owner.common import form_key, today
from gateway.owner.tax_register import CATEGORIES
from gateway.problems import sentence
from gateway.trail import note
from gateway.visitor import Operator, Visitor, gateway_of, redirect

router = APIRouter()
HOME = "/exploitant/taxe"
_PAGE = 100
_ONLY_FATE = {"NEW", "UNCHANGED"}


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Answers one of the operator's pages."""
    return gateway_of(request).pages.render(request, f"operator/{template}", status=status, **context)


async def note_tax(request: Request, visitor: Visitor, event: str, about: str) -> None:
    """Notes by its own name what the operator did."""
    request.state.acting = None
    who = account(visitor.session.account_id)
    await note(request, event, actor=who, subject=visitor.role.grant, about=about)


def years(visitor: Visitor, chosen: int = 0) -> list[tuple[str, str]]:
    """The choices of a year, the newest first."""
    now = today(visitor).year
    found = {*range(now - 4, now + 3), *([chosen] if chosen else [])}
    return [(str(each), str(each)) for each in sorted(found, reverse=True)]


def address(insee: str, year: int) -> str:
    """The list at a commune and year."""
    return f"{HOME}?{urlencode({'q': insee, 'annee': year})}"


@router.get(HOME)
async def list_rules(request: Request, visitor: Operator) -> Response:
    """Shows the rules by commune and year, 100 a page."""
    form = Form(dict(request.query_params))
    text = form.value("annee")
    if "annee" not in request.query_params:
        text = str(today(visitor).year)
    year = int(text) if re.fullmatch(r"(19|20)[0-9]{2}", text) else 0
    form.set("annee", str(year) if year else "")
    query = tariffs_pb.ListTaxRulesRequest(
        query=form.value("q").strip()[:200],
        year=year,
        to_confirm=form.ticked("a_confirmer"),
        page=common.PageRequest(limit=_PAGE, cursor=form.value("suite")),
    )
    answer = await gateway_of(request).services.tariffs.ListTaxRules(query)
    same = {"q": query.query, "annee": form.value("annee"), "a_confirmer": "1" if query.to_confirm else ""}
    context: dict[str, Any] = {
        "form": form,
        "groups": groups(answer.rules),
        "years": years(visitor, year),
        "next_href": f"{HOME}?{urlencode({**same, 'suite': answer.next_cursor})}"
        if answer.next_cursor
        else "",
        "first_href": f"{HOME}?{urlencode(same)}" if form.value("suite") else "",
        "is_search": bool(query.query or query.to_confirm or year),
    }
    return page(request, "tax_rules.html", page="tax_rules", **context)


async def _known(request: Request, insee: str, category: str, year: int) -> pricing.TaxRule | None:
    if not INSEE.fullmatch(insee) or not year:
        return None
    query = tariffs_pb.ListTaxRulesRequest(insee=insee, year=year)
    answer = await gateway_of(request).services.tariffs.ListTaxRules(query)
    return next((rule for rule in answer.rules if rule.category == category), None)


def _show(request: Request, form: Form, warnings: list[str], status: int = 200) -> Response:
    known = form.value("connue") != ""
    context = {
        "form": form,
        "warnings": warnings,
        "labels": labels(),
        "known": known,
        "categories": [(key, _(words)) for key, words in CATEGORIES.items()],
        "numbers": [suffix(number) for number in range(1, periods_shown(form) + 1)],
        "roundings": [
            ("etapes", _("À chaque étape"), _("La base au centime, puis chaque taxe : la règle usuelle.")),
            ("somme", _("La somme seule"), _("Quelques collectivités n'arrondissent qu'à la fin.")),
        ],
    }
    return page(request, "tax_rule.html", status=status, page="tax_rules", **context)


def _mark(rule: pricing.TaxRule) -> str:
    """Stands for a rule as an operator has seen it, to tell whether it is still the same."""
    return hashlib.sha256(rule.SerializeToString(deterministic=True)).hexdigest()[:32]


@router.get(f"{HOME}/regle")
async def show_rule(request: Request, visitor: Operator) -> Response:
    """Shows the form of a rule: the one that stands there, or an empty one for its commune and year."""
    told = request.query_params
    insee, category, year = told.get("insee", ""), told.get("categorie", ""), told.get("annee", "")
    number = int(year) if re.fullmatch(r"(19|20)[0-9]{2}", year) else today(visitor).year
    rule = await _known(request, insee, category, number)
    form = rule_form(
        rule
        or pricing.TaxRule(
            insee=insee[:5], commune=told.get("commune", "")[:200], category=category[:20], year=number
        )
    )
    form.set("connue", _mark(rule) if rule is not None else None)
    return _show(request, form, [])


@router.post(f"{HOME}/regle")
async def save_rule(request: Request, visitor: Operator) -> Response:
    """Saves a rule; what is worth a look is said first, and the same answers once more save it."""
    form = await Form.read(request)
    tariffs = gateway_of(request).services.tariffs
    typed = form.value("insee").strip().upper(), form.value("categorie"), form.value("annee").strip()
    year = int(typed[2]) if re.fullmatch(r"(19|20)[0-9]{2}", typed[2]) else 0
    known = await _known(request, typed[0], typed[1], year)
    rule = rule_of(form, known.additional if known is not None else None)
    if not form.ok:
        return _show(request, form, [], 422)
    query = tariffs_pb.SaveTaxRuleRequest(request_id=form_key(form), rule=rule, dry_run=True)
    try:
        seen = await tariffs.SaveTaxRule(query)
        is_seen = known is not None and form.value("connue") == _mark(known)
        warnings = _warnings(seen.remarks, is_seen=is_seen)
        if warnings and form.value("vu") != _seen(warnings):
            form.set("vu", _seen(warnings))
            return _show(request, form, warnings)
        query.dry_run = False
        saved = (await tariffs.SaveTaxRule(query)).rule
    except RemoteError as error:
        fail_rule(form, error)
        return _show(request, form, [], error.kind.http_status)
    await note_tax(request, visitor, "tax.typed", f"{saved.insee} {saved.category} {saved.year}")
    done = _("La règle est enregistrée : %(rule)s.") % {"rule": rule_title(saved)}
    return await redirect(request, address(saved.insee, saved.year), done)


def _warnings(remarks: Any, *, is_seen: bool) -> list[str]:
    """What is worth a look before it is saved; that a rule is replaced which the form showed is not."""
    unsaid = _ONLY_FATE | ({"REPLACES"} if is_seen else set())
    return [text for one in remarks if one.reason not in unsaid and (text := remark_words(one))]


def _seen(warnings: list[str]) -> str:
    return "|".join(warnings)[:1000]


@router.post(f"{HOME}/copier")
async def copy_rules(request: Request, visitor: Operator) -> Response:
    """Copies a commune's rules to the next year, to be confirmed."""
    form = await Form.read(request)
    insee = form.text("insee", required=True, most=5)
    year = form.number("annee", required=True, least=1990, most=2099) or 0
    if not form.ok:
        return await redirect(request, HOME, next(iter(form.errors.values())), "danger")
    query = tariffs_pb.CopyTaxRulesRequest(request_id=form_key(form), insee=insee, year=year)
    try:
        copies = (await gateway_of(request).services.tariffs.CopyTaxRules(query)).rules
    except RemoteError as error:
        if error.metadata.get("why") == "no_rule":
            nothing = _("%(insee)s n'a aucune règle en %(year)s : rien n'a été copié.")
            return await redirect(
                request, address(insee, year), nothing % {"insee": insee, "year": year}, "warn"
            )
        return await redirect(request, address(insee, year), sentence(error), "danger")
    await note_tax(request, visitor, "tax.copied", f"{insee} {year} {len(copies)}")
    values = {"year": year + 1}
    if not copies:
        done = _("%(year)s a déjà toutes ces règles : rien n'a été changé.") % values
        return await redirect(request, address(insee, year + 1), done, "warn")
    text = ngettext(
        "%(num)s règle copiée en %(year)s, « à confirmer » avec la délibération.",
        "%(num)s règles copiées en %(year)s, « à confirmer » avec la délibération.",
        len(copies),
    )
    return await redirect(request, address(insee, year + 1), text % {"num": len(copies), **values})
