"""« Saisie de mes tarifs »: what there is, and the tariff's grid."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.common import child_request, fail_from, form_key, listing_options, owner_listings, page
from gateway.owner.tariff_words import MEALS, STRADDLES, warning_words
from gateway.texts import WEEKDAYS, package_name
from gateway.visitor import Owner, Visitor, gateway_of, redirect, saved

router = APIRouter()
LENGTHS = (1, 2, 3, 4, 5, 6, 7, 14, 21)
NEW = "nouveau"
_BANDS = 2


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


def revision_of(form: Form) -> int:
    """Returns the revision that the person saw; 0 for something new."""
    return form.revision()


@router.get("/tarifs")
async def show_all(request: Request, visitor: Owner) -> Response:
    """Shows seasons, tariffs, prices on dates, supplements, discounts."""
    listings = await owner_listings(request, visitor)
    known = await all_of(request, visitor)
    context: dict[str, Any] = {
        "listings": {each.id: each for each in listings},
        "plan_names": {plan.id: plan.name for plan in known["plans"]},
    }
    return page(request, "tariffs.html", page="tariffs", **known, **context)


def form_of(tariff: pricing.Tariff, listings: Sequence[catalog.Listing]) -> Form:
    """Returns the form of a tariff; each season's cell is `p.<season>.<length>`."""
    codes = {each.id: each.code for each in listings}
    form = Form(
        {
            "nom": tariff.name,
            "formule": tariff.rate_plan_id or NEW,
            "repas": "1",
            "hebergement": [codes[each] for each in tariff.listing_ids if each in codes],
            "base": tariff.base_persons or "",
            "unite": str(int(tariff.extra_person_unit) or 2),
            "mode": str(int(tariff.straddle) or 1),
            "revision": tariff.revision,
        }
    )
    for row in tariff.rows:
        key = row.season_id
        for length, cents in row.packages.items():
            form.set_money(f"p.{key}.{length}", cents)
        form.set_money(f"n.{key}", row.extra_night or None)
        form.set_money(f"a.{key}", row.extra_adult or None)
        for number, band in enumerate(row.child_bands[:_BANDS], 1):
            form.set(f"age{number}", band.max_age)
            form.set_money(f"c{number}.{key}", band.price)
        form.set(f"arr.{key}", [str(day) for day in row.rules.arrival_days])
        form.set(f"dep.{key}", [str(day) for day in row.rules.departure_days])
        form.set(f"min.{key}", row.rules.min_nights or None)
        form.set(f"max.{key}", row.rules.max_nights or None)
        form.set(f"pre.{key}", row.rules.notice_days or None)
    return form


def _row(form: Form, season: pricing.Season, lengths: Sequence[int]) -> pricing.TariffRow | None:
    key = season.id
    packages: Mapping[int, int] = {
        length: cents for length in lengths if (cents := form.money(f"p.{key}.{length}")) is not None
    }
    bands = []
    for number in range(1, _BANDS + 1):
        age, price = form.number(f"age{number}", least=0, most=17), form.money(f"c{number}.{key}")
        if age is not None and price is not None:
            bands.append(pricing.ChildBand(max_age=age, price=price))
    extra = form.money(f"n.{key}") or 0
    if not packages and not extra:
        return None
    days = [str(day) for day in range(1, 8)]
    arrivals, departures = (
        [int(each) for each in form.choices(f"{name}.{key}", days)] for name in ("arr", "dep")
    )
    rules = pricing.StayRules(
        arrival_days=arrivals if len(arrivals) < 7 else [],
        departure_days=departures if len(departures) < 7 else [],
        min_nights=form.number(f"min.{key}", least=0, most=90) or 0,
        max_nights=form.number(f"max.{key}", least=0, most=90) or 0,
        notice_days=form.number(f"pre.{key}", least=0, most=365) or 0,
    )
    return pricing.TariffRow(
        season_id=key,
        packages=packages,
        extra_night=extra,
        extra_adult=form.money(f"a.{key}") or 0,
        child_bands=sorted(bands, key=lambda band: band.max_age),
        rules=rules,
    )


def priced_first(seasons: list[pricing.Season], tariff: pricing.Tariff) -> list[pricing.Season]:
    """Returns the seasons, those that the tariff prices first."""
    used = {row.season_id for row in tariff.rows}
    return sorted(seasons, key=lambda season: season.id not in used)


def lengths_of(tariff: pricing.Tariff) -> list[int]:
    """Returns the columns of the grid: the usual lengths and those that the tariff has besides."""
    return sorted({*LENGTHS, *(length for row in tariff.rows for length in row.packages)})


def tariff_of(
    form: Form, tariff: pricing.Tariff, seasons: Sequence[pricing.Season], listings: Sequence[catalog.Listing]
) -> pricing.Tariff:
    """Reads the form."""
    codes = {each.code: each.id for each in listings}
    rows = [row for season in seasons if (row := _row(form, season, lengths_of(tariff))) is not None]
    if not rows and form.ok:
        form.fail("", _("Donnez au moins un prix dans la grille."))
    return pricing.Tariff(
        id=tariff.id,
        owner_id=tariff.owner_id,
        name=form.text("nom", required=True, most=80),
        listing_ids=[codes[code] for code in form.choices("hebergement", list(codes), required=True)],
        base_persons=form.number("base", least=1, most=60, required=True) or 1,
        extra_person_unit=int(form.choice("unite", ["1", "2"]) or 2),  # type: ignore[arg-type]
        straddle=int(form.choice("mode", list(STRADDLES)) or 1),  # type: ignore[arg-type]
        rows=rows,
        revision=form.revision(),
    )


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


async def _show(
    request: Request, visitor: Visitor, tariff: pricing.Tariff, form: Form | None = None, status: int = 200
) -> Response:
    listings = await owner_listings(request, visitor)
    calls, query = gateway_of(request).services.tariffs, pricing_pb.OwnerRequest(owner_id=visitor.owner_id)
    plans = (await calls.ListRatePlans(query)).rate_plans
    if form is None:
        form = form_of(tariff, listings)
        if not tariff.id and len(listings) == 1:
            form.set("hebergement", [listings[0].code])
            form.set("base", listings[0].base_persons or listings[0].max_persons or None)
        if not tariff.id and plans:
            form.set("formule", plans[0].id)
    context = {
        "tariff": tariff,
        "form": form,
        "seasons": priced_first(list((await calls.ListSeasons(query)).seasons), tariff),
        "plans": [*((plan.id, plan.name) for plan in plans), (NEW, _("Nouvelle formule…"))],
        "meals": [(key, _(name)) for key, name in MEALS.items()],
        "options": listing_options(listings),
        "straddles": [(key, _(name), _(meaning)) for key, (name, meaning) in STRADDLES.items()],
        "lengths": [(length, package_name(length)) for length in lengths_of(tariff)],
        "weekdays": [(str(number), _(name)) for number, name in enumerate(WEEKDAYS, 1)],
    }
    return page(request, "tariff.html", status=status, page="tariffs", **context)


@router.get("/tarifs/{tariff_id}")
async def show_tariff(request: Request, visitor: Owner, tariff_id: str) -> Response:
    """Shows a tariff's grid."""
    return await _show(request, visitor, await _tariff(request, visitor, tariff_id))


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


@router.post("/tarifs/{tariff_id}")
async def save_tariff(request: Request, visitor: Owner, tariff_id: str) -> Response:
    """Saves a tariff and says what is worth a second look."""
    form = await Form.read(request)
    tariff = await _tariff(request, visitor, tariff_id)
    calls = gateway_of(request).services.tariffs
    seasons = (await calls.ListSeasons(pricing_pb.OwnerRequest(owner_id=visitor.owner_id))).seasons
    changed = tariff_of(form, tariff, seasons, await owner_listings(request, visitor))
    warnings: list[str] = []
    if form.ok:
        try:
            changed.rate_plan_id = await _plan(request, visitor, form)
            if form.ok:
                query = pricing_pb.SaveTariffRequest(request_id=form_key(form), tariff=changed)
                answer = await calls.SaveTariff(query)
                warnings = warning_words(answer.warnings)
        except RemoteError as error:
            fail_from(form, error)
    if not form.ok:
        return await _show(request, visitor, tariff, form, 422)
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
