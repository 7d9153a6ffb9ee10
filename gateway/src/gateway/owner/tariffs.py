"""« Saisie de mes tarifs »: what there is, and the tariff's grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.errors import ErrorKind, RemoteError
from fastapi import APIRouter
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.conflicts import as_new, origin_of
from gateway.formats import personnes
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner import tariff_grid
from gateway.owner.common import (
    child_request,
    fail_from,
    form_key,
    listing_options,
    owner_listings,
    page,
    today,
)
from gateway.owner.effects import Effect
from gateway.owner.price_gaps import price_gaps
from gateway.owner.saving import NOTHING, Held, Sheet, effect_part, is_part, save_when_seen, two_versions
from gateway.owner.tariff_form import BANDS, NEW, fail_on_cell, form_of, labels_of, priced_first, tariff_of
from gateway.owner.tariff_words import MEALS, STRADDLES, refusal_on_field, warning_words
from gateway.texts import WEEKDAYS, package_name
from gateway.visitor import Owner, Visitor, gateway_of, redirect, saved

router = APIRouter()
_MORE = frozenset({"colonne", "personnes", "forfait"})
"""Actions that only show more cells."""
_MOST_PERSONS = 16


async def all_of(request: Request, visitor: Visitor) -> dict[str, Any]:
    """Returns everything that an owner has typed of prices."""
    calls, query = gateway_of(request).services.tariffs, pricing_pb.OwnerRequest(owner_id=visitor.owner_id)
    return {
        "seasons": list((await calls.ListSeasons(query)).seasons),
        "plans": list((await calls.ListRatePlans(query)).rate_plans),
        "tariffs": list((await calls.ListTariffs(query)).tariffs),
        "prices": list((await calls.ListPrices(query)).prices),
        "supplements": list((await calls.ListSupplements(query)).supplements),
        "discounts": list((await calls.ListDiscounts(query)).discounts),
    }


async def one_of(request: Request, visitor: Visitor, what: str, key: str) -> Any:
    """Returns one of the owner's rows, or None for a new one.

    Raises:
        HTTPException: 404 when he has no such row.

    """
    if key == NEW:
        return None
    found = next((each for each in (await all_of(request, visitor))[what] if each.id == key), None)
    if found is None:
        raise HTTPException(404)
    return found


async def one_to_save(
    request: Request, visitor: Visitor, what: str, key: str, form: Form
) -> tuple[Any, bool]:
    """As `one_of`, for a form that was sent; True where the row is no more, so that nothing typed is lost."""
    try:
        return await one_of(request, visitor, what, key), False
    except HTTPException:
        as_new(form)
        return None, True


@router.get("/tarifs")
async def show_all(request: Request, visitor: Owner) -> Response:
    """Shows seasons, tariffs, prices on dates, supplements, discounts."""
    listings = await owner_listings(request, visitor)
    known = await all_of(request, visitor)
    context: dict[str, Any] = {
        "listings": {each.id: each for each in listings},
        "plan_names": {plan.id: plan.name for plan in known["plans"]},
        "meals": {int(key): _(name) for key, name in MEALS.items()},
        "gaps": await price_gaps(request, listings, today(visitor)) if known["tariffs"] else [],
    }
    return page(request, "tariffs.html", page="tariffs", **known, **context)


@dataclass(frozen=True, slots=True)
class _Around:
    """What a tariff's form needs besides the tariff."""

    listings: Sequence[catalog.Listing]
    seasons: Sequence[pricing.Season]
    plans: Sequence[pricing.RatePlan]

    @property
    def codes(self) -> Mapping[str, str]:
        return {each.id: each.code for each in self.listings}

    def plan_choices(self) -> list[tuple[str, str]]:
        return [*((plan.id, plan.name) for plan in self.plans), (NEW, _("Nouvelle formule…"))]

    def choices(self) -> dict[str, dict[str, str]]:
        return {
            "formule": dict(self.plan_choices()),
            "hebergement": dict(listing_options(self.listings)),
            "mode": {key: _(name) for key, (name, _meaning) in STRADDLES.items()},
            "unite": {"1": _("par nuit"), "2": _("par semaine")},
            **{f"fs{n}": dict(tariff_grid.kinds()) for n in range(1, tariff_grid.MOST_SPECIALS + 1)},
        }


async def _around(request: Request, visitor: Visitor, tariff: pricing.Tariff) -> _Around:
    calls, query = gateway_of(request).services.tariffs, pricing_pb.OwnerRequest(owner_id=visitor.owner_id)
    seasons = priced_first(list((await calls.ListSeasons(query)).seasons), tariff)
    plans = list((await calls.ListRatePlans(query)).rate_plans)
    return _Around(await owner_listings(request, visitor), seasons, plans)


async def _tariff(request: Request, visitor: Visitor, tariff_id: str) -> pricing.Tariff:
    if tariff_id == NEW:
        return pricing.Tariff(owner_id=visitor.owner_id)
    try:
        UUID(tariff_id)
    except ValueError:
        raise HTTPException(404) from None
    query = pricing_pb.GetRequest(id=tariff_id)
    found: pricing.Tariff = (await gateway_of(request).services.tariffs.GetTariff(query)).tariff
    return found


def _labels(tariff: pricing.Tariff, around: _Around, form: Form) -> dict[str, str]:
    columns = tariff_grid.columns_of(
        tariff_grid.lengths_of(tariff, form), tariff_grid.specials_of(form, shown=True)
    )
    return labels_of(around.seasons, columns, tariff_grid.persons_of(form))


def _grids(tariff: pricing.Tariff, form: Form) -> dict[str, Any]:
    """What draws the grids: their columns, for how many persons each is, and what can be added."""
    lengths, persons = tariff_grid.lengths_of(tariff, form), tariff_grid.persons_of(form)
    taken = {*persons, int(form.value("base") or 0) if form.value("base").isdecimal() else 0}
    specials = tariff_grid.count_specials(form)
    return {
        "columns": tariff_grid.columns_of(lengths, tariff_grid.specials_of(form, shown=True)),
        "weekday_columns": tariff_grid.weekday_columns(),
        "least_columns": tariff_grid.least_columns(),
        "more": [(n, package_name(n)) for n in range(1, tariff_grid.LONGEST + 1) if n not in lengths],
        "specials": list(range(1, specials + 1)),
        "may_add_special": specials < tariff_grid.MOST_SPECIALS,
        "kinds": tariff_grid.kinds(),
        "persons": [(number, tariff_grid.prefix_of(number), personnes(number)) for number in persons],
        "more_persons": [(n, personnes(n)) for n in range(1, _MOST_PERSONS + 1) if n not in taken],
    }


def _show(
    request: Request, tariff: pricing.Tariff, around: _Around, form: Form, held: Held = NOTHING
) -> Response:
    context = {
        "tariff": tariff,
        "form": form,
        "seasons": around.seasons,
        "places": {season.name: season.id for season in around.seasons},
        "plans": around.plan_choices(),
        "meals": [(key, _(name)) for key, name in MEALS.items()],
        "options": listing_options(around.listings),
        "straddles": [(key, _(name), _(meaning)) for key, (name, meaning) in STRADDLES.items()],
        "bands": list(range(1, BANDS + 1)),
        "labels": _labels(tariff, around, form),
        "weekdays": [(str(number), _(name)) for number, name in enumerate(WEEKDAYS, 1)],
        "origin_of": origin_of,
        **_grids(tariff, form),
        **held.context(),
    }
    return page(request, "tariff.html", status=held.status(form), page="tariffs", **context)


@router.get("/tarifs/{tariff_id}")
async def show_tariff(request: Request, visitor: Owner, tariff_id: str) -> Response:
    """Shows a tariff's grid."""
    tariff = await _tariff(request, visitor, tariff_id)
    around = await _around(request, visitor, tariff)
    form, listings = form_of(tariff, around.listings), around.listings
    if not tariff.id and len(listings) == 1:
        form.set("hebergement", [listings[0].code])
        form.set("base", listings[0].base_persons or listings[0].max_persons or None)
    if not tariff.id and around.plans:
        form.set("formule", around.plans[0].id)
    return _show(request, tariff, around, form)


async def _plan(request: Request, visitor: Visitor, form: Form) -> str:
    """Returns the chosen formule, made first when it is new."""
    chosen = form.value("formule")
    if chosen != NEW:
        return chosen
    name = form.text("nouvelle_formule", required=True, most=80)
    if not form.ok:
        return ""
    code = (
        "-".join("".join(char if char.isalnum() else " " for char in name.lower()).split())[:40] or "formule"
    )
    plan = pricing.RatePlan(
        owner_id=visitor.owner_id,
        code=code,
        name=name,
        meal_plan=int(form.choice("repas", list(MEALS), required=False) or 1),  # type: ignore[arg-type]
    )
    query = pricing_pb.SaveRatePlanRequest(request_id=child_request(form_key(form), "plan"), rate_plan=plan)
    saved_plan = (await gateway_of(request).services.tariffs.SaveRatePlan(query)).rate_plan
    form.set("formule", saved_plan.id)
    return str(saved_plan.id)


async def _save(
    request: Request, visitor: Visitor, form: Form, changed: pricing.Tariff, around: _Around
) -> tuple[Effect | None, list[str]]:
    """Saves the tariff when its effect was read; returns an effect to read first, and warnings."""
    warnings: list[str] = []

    async def save() -> None:
        query = pricing_pb.SaveTariffRequest(request_id=form_key(form), tariff=changed)
        answer = await gateway_of(request).services.tariffs.SaveTariff(query)
        warnings.extend(warning_words(answer.warnings))

    def fail(error: RemoteError) -> None:
        if not fail_on_cell(form, error, changed):
            fail_from(form, error)
            form.errors[""] = refusal_on_field(error)

    asks = form.value("action") == "effet"
    if asks and form.value("formule") == NEW:
        return None, []
    try:
        changed.rate_plan_id = await _plan(request, visitor, form)
    except RemoteError as error:
        fail_from(form, error, "nouvelle_formule" if error.reason == "CODE_TAKEN" else "")
    if not form.ok:
        return None, []
    return await save_when_seen(request, form, around.codes, save, fail, tariff=changed), warnings


@router.post("/tarifs/{tariff_id}")
async def save_tariff(request: Request, visitor: Owner, tariff_id: str) -> Response:
    """Saves a tariff once its effect was read; two versions are shown side by side."""
    form, is_gone = await Form.read(request), False
    try:
        tariff = await _tariff(request, visitor, tariff_id)
    except (HTTPException, RemoteError) as error:
        if isinstance(error, RemoteError) and error.kind is not ErrorKind.NOT_FOUND:
            raise
        tariff, is_gone = await _tariff(request, visitor, NEW), True
        as_new(form)
    around = await _around(request, visitor, tariff)
    if form.value("action") in _MORE:
        return _show(request, tariff, around, form, Held(is_gone=is_gone))
    now = form_of(tariff, around.listings) if tariff.id else None
    if now is not None and form.revision() != now.revision():
        tariff_grid.line_up(form, now)
    sheet = Sheet(now, _labels(tariff, around, form), around.choices())
    meeting = await two_versions(request, form, sheet)
    changed = tariff_of(form, tariff, around.seasons, around.listings)
    effect: Effect | None = None
    warnings: list[str] = []
    if form.ok and meeting is None and not is_gone:
        effect, warnings = await _save(request, visitor, form, changed, around)
    held = Held(meeting, effect, is_gone)
    if is_part(request):
        return effect_part(request, held)
    if held != NOTHING or not form.ok or form.value("action") == "effet":
        return _show(request, tariff, around, form, held)
    if warnings:
        return await redirect(request, "/tarifs", _("Enregistré. À vérifier : ") + " ".join(warnings), "warn")
    return await saved(request, "/tarifs")


@router.post("/tarifs/{tariff_id}/supprimer")
async def delete_tariff(request: Request, _visitor: Owner, tariff_id: str) -> Response:
    """Removes a tariff; its listings lose these prices."""
    form = await Form.read(request)
    query = pricing_pb.DeleteRequest(request_id=form_key(form), id=tariff_id)
    await gateway_of(request).services.tariffs.DeleteTariff(query)
    return await redirect(request, "/tarifs", _("Le tarif est supprimé."))
