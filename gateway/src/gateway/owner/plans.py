"""Formules: what the price of a tariff includes, under which name guests choose it."""

from typing import Any, cast

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.requests import Request
from starlette.responses import Response

from gateway.conflicts import origin_of
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.common import fail_from, form_key, page
from gateway.owner.saving import NOTHING, Held, Sheet, two_versions
from gateway.owner.supplements import slug
from gateway.owner.tariff_grid import positive
from gateway.owner.tariff_words import MEALS, NO_MEALS, refusal_on_field
from gateway.owner.tariffs import one_of, one_to_save
from gateway.visitor import Owner, Visitor, gateway_of, saved

router = APIRouter()
_FIELDS = {"name": "nom", "code": "nom", "meals": "repas_prix"}
"""Which field of the form shows what pricing refuses."""
_NO_MEALS = "1"


def plan_form(one: pricing.RatePlan) -> Form:
    """Returns the form of a formule."""
    form = Form({"nom": one.name, "repas": str(int(one.meal_plan) or 1), "revision": one.revision})
    form.set_money("repas_prix", one.meals or None)
    return form


def read_plan(form: Form, one: pricing.RatePlan | None, visitor: Visitor) -> pricing.RatePlan:
    """Reads the form; what cannot be taken is refused on its field."""
    name = form.text("nom", required=True, most=80)
    meals = form.choice("repas", list(MEALS)) or _NO_MEALS
    price = positive(form, "repas_prix")
    if price and meals == _NO_MEALS:
        form.fail("repas_prix", _(NO_MEALS))
    new = pricing.RatePlan()
    if one is not None:
        new.CopyFrom(one)
    new.owner_id, new.name, new.code = visitor.owner_id, name, new.code or slug(name)
    new.meal_plan, new.meals = cast("pricing.MealPlan.ValueType", int(meals)), price
    new.revision = form.revision()
    return new


def _labels() -> dict[str, str]:
    return {"nom": _("Nom"), "repas": _("Ce que le prix comprend"), "repas_prix": _("Part des repas")}


def _meals() -> list[tuple[str, str]]:
    return [(key, _(name)) for key, name in MEALS.items()]


def _show(request: Request, one: Any, form: Form, held: Held = NOTHING) -> Response:
    context = {"plan": one, "form": form, "meals": _meals(), "labels": _labels(), "origin_of": origin_of}
    context |= held.context()
    return page(request, "plan.html", status=held.status(form), page="tariffs", **context)


@router.get("/formules/{key}")
async def show_plan(request: Request, visitor: Owner, key: str) -> Response:
    """Shows a formule."""
    one = await one_of(request, visitor, "plans", key)
    return _show(request, one, plan_form(one) if one else Form({"repas": _NO_MEALS}))


@router.post("/formules/{key}")
async def save_plan(request: Request, visitor: Owner, key: str) -> Response:
    """Saves a formule; no price changes with it. Two versions are shown side by side."""
    form = await Form.read(request)
    one, is_gone = await one_to_save(request, visitor, "plans", key, form)
    sheet = Sheet(plan_form(one) if one else None, _labels(), {"repas": dict(_meals())})
    meeting = await two_versions(request, form, sheet)
    new = read_plan(form, one, visitor)
    if form.ok and meeting is None and not is_gone:
        query = pricing_pb.SaveRatePlanRequest(request_id=form_key(form), rate_plan=new)
        try:
            await gateway_of(request).services.tariffs.SaveRatePlan(query)
        except RemoteError as error:
            field = _FIELDS.get(error.metadata.get("field", "").removeprefix("rate_plan."), "")
            field = "nom" if error.reason == "CODE_TAKEN" else field
            fail_from(form, error, field)
            form.errors[field] = refusal_on_field(error)
    held = Held(meeting, is_gone=is_gone)
    if held != NOTHING or not form.ok:
        return _show(request, one, form, held)
    return await saved(request, "/tarifs")
