"""A file of tourist-tax rules: first line by line what it would do, then for good with the same content."""

import base64
import binascii
from typing import Any

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.pricing.v1 import pricing_service_pb2 as tariffs_pb
from starlette.requests import Request
from starlette.responses import Response

from gateway.formats import nombre
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.i18n import ngettext
from gateway.operator.rule_words import file_line, file_refusal
from gateway.operator.tax_rules import HOME, note_tax, page
from gateway.owner.common import fail_from
from gateway.visitor import Operator, gateway_of, redirect

router = APIRouter()
MOST_BYTES = 500_000
"""The file goes through a hidden field between the two steps; a longer one is for the command line."""
_SECONDS = 14.0
NEW, REPLACED, UNCHANGED, KEPT, REFUSED = (
    tariffs_pb.TAX_FILE_OUTCOME_NEW, tariffs_pb.TAX_FILE_OUTCOME_REPLACED,
    tariffs_pb.TAX_FILE_OUTCOME_UNCHANGED, tariffs_pb.TAX_FILE_OUTCOME_KEPT,
    tariffs_pb.TAX_FILE_OUTCOME_REFUSED,
)  # fmt: skip


def counted(lines: Any) -> str:
    """« 3 nouvelles, 1 remplacée, … », without what there is none of."""
    counts = {
        each: sum(line.outcome == each for line in lines)
        for each in (NEW, REPLACED, UNCHANGED, KEPT, REFUSED)
    }
    words = {
        NEW: ngettext("%(num)s nouvelle", "%(num)s nouvelles", counts[NEW]),
        REPLACED: ngettext("%(num)s remplacée", "%(num)s remplacées", counts[REPLACED]),
        UNCHANGED: ngettext("%(num)s inchangée", "%(num)s inchangées", counts[UNCHANGED]),
        KEPT: ngettext("%(num)s non reprise", "%(num)s non reprises", counts[KEPT]),
        REFUSED: ngettext("%(num)s refusée", "%(num)s refusées", counts[REFUSED]),
    }
    return ", ".join(words[each] % {"num": count} for each, count in counts.items() if count)


def _show(request: Request, form: Form, report: Any = None, status: int = 200) -> Response:
    lines = report.lines if report is not None else []
    context = {
        "form": form,
        "is_read": report is not None,
        "lines": [file_line(each) for each in lines],
        "counts": counted(lines),
        "changes": sum(each.outcome in {NEW, REPLACED} for each in lines),
        "kept": sum(each.outcome == KEPT for each in lines),
        "columns": (
            "insee", "commune", "categorie", "annee", "tarif", "taux", "plafond", "departementale",
            "regionale", "idfm", "lgv", "periodes", "arrondi", "source", "a_confirmer",
        ),
    }  # fmt: skip
    return page(request, "tax_import.html", status=status, page="tax_rules", **context)


@router.get(f"{HOME}/import")
async def show_import(request: Request, _visitor: Operator) -> Response:
    """Shows where to choose a file."""
    return _show(request, Form())


async def _content(form: Form) -> bytes:
    """The file that is sent, or the one that was looked at."""
    upload = next(iter(form.files.get("fichier", [])), None)
    if upload is None:
        try:
            return base64.b64decode(form.value("contenu"), validate=True)
        except (binascii.Error, ValueError):
            return b""
    form.set("nom", (upload.filename or "")[:120])
    if (upload.size or 0) > MOST_BYTES:
        form.fail(
            "fichier",
            _("Ce fichier dépasse %(most)s ko : coupez-le, ou prenez la commande « sejour tax import ».")
            % {"most": nombre(MOST_BYTES // 1000)},
        )
        return b""
    return await upload.read()


@router.post(f"{HOME}/import")
async def take_file(request: Request, visitor: Operator) -> Response:
    """Reads a file: a dry run first, then for good with the content that was looked at."""
    form = await Form.read(request)
    content = await _content(form)
    if not content:
        form.fail("fichier", _("Choisissez un fichier CSV."))
        return _show(request, form, status=422)
    apply = form.value("etape") == "appliquer"
    query = tariffs_pb.ImportTaxRulesRequest(
        file_name=form.value("nom"), content=content, dry_run=True, replace=form.ticked("remplacer")
    )
    tariffs = gateway_of(request).services.tariffs
    form.set("contenu", base64.b64encode(content).decode())
    try:
        report = await tariffs.ImportTaxRules(query, timeout=_SECONDS)
        if report.next_after:
            many = _(
                "Ce fichier a plus de %(most)s règles (après la ligne %(line)s) : coupez-le, ou prenez la"
                " commande « sejour tax import ». Rien n'a été enregistré."
            )
            form.fail("fichier", many % {"most": nombre(len(report.lines)), "line": report.next_after})
            return _show(request, form, status=422)
        if not apply:
            return _show(request, form, report)
        query.dry_run = False
        # Before it is done: an import that ends halfway is in the trail as well.
        await note_tax(request, visitor, "tax.imported", form.value("nom"))
        report = await tariffs.ImportTaxRules(query, timeout=_SECONDS)
    except RemoteError as error:
        fail_from(form, error, "fichier")
        form.errors["fichier"] = file_refusal(error.metadata) or form.errors["fichier"]
        return _show(request, form, status=error.kind.http_status)
    done = _("%(file)s est importé : %(counts)s.") % {
        "file": form.value("nom"),
        "counts": counted(report.lines),
    }
    return await redirect(request, HOME, done)
