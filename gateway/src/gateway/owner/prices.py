"""Prices typed on dates (« Saisir un prix directement »), and the deletion of what tariffs are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.conflicts import origin_of
from gateway.formats import du_au_court
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.bars import interval
from gateway.owner.common import (
    fail_from,
    form_key,
    listing_options,
    money,
    nights,
    nights_form,
    nights_of,
    owner_listings,
    page,
)
from gateway.owner.saving import NOTHING, Held, Sheet, effect_part, is_part, save_when_seen, two_versions
from gateway.owner.tariff_grid import price
from gateway.owner.tariff_words import PRICE_UNITS, refusal_on_field
from gateway.owner.tariffs import all_of, one_of, one_to_save
from gateway.visitor import Owner, Visitor, gateway_of, redirect, saved

router = APIRouter()


@dataclass(frozen=True, slots=True)
class _Around:
    """What a price stands beside: the owner's listings and formules."""

    listings: list[catalog.Listing]
    plans: list[tuple[str, str]]

    @property
    def codes(self) -> Mapping[str, str]:
        return {each.id: each.code for each in self.listings}

    def choices(self) -> dict[str, dict[str, str]]:
        return {
            "hebergement": dict(listing_options(self.listings)),
            "formule": dict(self.plans),
            "unite": {key: _(name) for key, name in PRICE_UNITS.items()},
        }


async def _around(request: Request, visitor: Visitor) -> _Around:
    known = await all_of(request, visitor)
    plans = [(plan.id, plan.name) for plan in known["plans"]]
    return _Around(await owner_listings(request, visitor), plans)


def _labels() -> dict[str, str]:
    return {
        "hebergement": _("Hébergement"), "formule": _("Formule"), "du": _("Du (première nuit)"),
        "jusquau": _("Au (dernière nuit comprise)"), "montant": _("Prix"), "unite": _("Ce prix est"),
        "raison": _("Raison"), "personnes": _("Personnes dans le prix"),
    }  # fmt: skip


def price_form(price_: pricing.PriceOnDates, codes: Mapping[str, str]) -> Form:
    """Returns the form of a price on dates."""
    first, after = interval(price_.nights)
    form = Form(
        {
            "hebergement": codes.get(price_.listing_id, ""),
            "formule": price_.rate_plan_id,
            "du": first,
            "jusquau": after - timedelta(days=1),
            "unite": str(int(price_.unit)),
            "raison": price_.reason,
            "personnes": price_.persons or "",
            "revision": price_.revision,
        }
    )
    form.set_money("montant", price_.price.amount)
    if not price_.price.amount:
        form.set("gratuit", "1")
    return form


def _show(request: Request, one: Any, around: _Around, form: Form, held: Held = NOTHING) -> Response:
    context = {
        "price": one,
        "form": form,
        "options": listing_options(around.listings),
        "plans": around.plans,
        "units": [(key, _(name)) for key, name in PRICE_UNITS.items()],
        "labels": _labels(),
        "origin_of": origin_of,
        **held.context(),
    }
    return page(request, "price.html", status=held.status(form), page="tariffs", **context)


@router.get("/prix/{key}")
async def show_price(request: Request, visitor: Owner, key: str) -> Response:
    """Shows « Saisir un prix directement »."""
    one, around = await one_of(request, visitor, "prices", key), await _around(request, visitor)
    if one is not None:
        return _show(request, one, around, price_form(one, around.codes))
    form = nights_form(request)
    if form.value("hebergement") not in around.codes.values():
        form.set("hebergement", None)
    form.set("unite", "1")
    if around.plans:
        form.set("formule", around.plans[0][0])
    return _show(request, None, around, form)


def _read(form: Form, one: Any, visitor: Visitor, around: _Around) -> pricing.PriceOnDates | None:
    ids = {code: key for key, code in around.codes.items()}
    code, period = form.choice("hebergement", list(ids)), nights_of(form)
    if not form.value("montant").strip():
        form.money("montant", required=True)
    cents, unit = price(form, "montant"), form.choice("unite", list(PRICE_UNITS))
    plan, reason = form.value("formule"), form.text("raison", most=120)
    if plan not in dict(around.plans):
        form.fail("formule", _("Choisissez une formule ; créez-en une avec un tarif s'il n'y en a pas."))
    persons = form.number("personnes", least=1, most=99) or 0
    if not form.ok or period is None or cents is None:
        return None
    return pricing.PriceOnDates(
        id=one.id if one else "",
        owner_id=visitor.owner_id,
        listing_id=ids[code],
        rate_plan_id=plan,
        nights=nights(*period),
        unit=cast("pricing.PriceUnit.ValueType", int(unit)),
        price=money(cents),
        reason=reason,
        revision=form.revision(),
        persons=persons,
    )


def _fail(form: Form, error: RemoteError) -> None:
    if error.reason == "PRICES_OVERLAP":
        fail_from(form, error, "du")
        try:
            span = du_au_court(error.metadata.get("from", ""), error.metadata.get("to", ""))
            form.errors["du"] = _("Un autre prix est déjà saisi sur ces nuits, %(span)s.") % {"span": span}
        except ValueError:
            pass
        return
    field = "montant" if error.reason == "BAD_PRICE" else ""
    fail_from(form, error, field)
    form.errors[field] = refusal_on_field(error)


@router.post("/prix/{key}")
async def save_price(request: Request, visitor: Owner, key: str) -> Response:
    """Saves a price on dates once its effect was read; two versions are shown side by side."""
    form = await Form.read(request)
    one, is_gone = await one_to_save(request, visitor, "prices", key, form)
    around = await _around(request, visitor)
    now = price_form(one, around.codes) if one else None
    meeting = await two_versions(request, form, Sheet(now, _labels(), around.choices()))
    new, effect = _read(form, one, visitor, around), None
    if new is not None and meeting is None and not is_gone:
        query = pricing_pb.SavePriceRequest(request_id=form_key(form), price=new)
        calls = gateway_of(request).services.tariffs
        effect = await save_when_seen(
            request, form, around.codes, lambda: calls.SavePrice(query), lambda e: _fail(form, e), price=new
        )
    held = Held(meeting, effect, is_gone)
    if is_part(request):
        return effect_part(request, held)
    if held != NOTHING or not form.ok:
        return _show(request, one, around, form, held)
    return await saved(request, "/tarifs")


_DELETIONS = {
    "saisons": "DeleteSeason",
    "prix": "DeletePrice",
    "supplements": "DeleteSupplement",
    "remises": "DeleteDiscount",
}


@router.post("/{what}/{key}/supprimer")
async def delete(request: Request, _visitor: Owner, what: str, key: str) -> Response:
    """Removes a season, a price on dates, a supplement or a discount."""
    if what not in _DELETIONS:
        raise HTTPException(404)
    form = await Form.read(request)
    calls = gateway_of(request).services.tariffs
    try:
        await getattr(calls, _DELETIONS[what])(pricing_pb.DeleteRequest(request_id=form_key(form), id=key))
    except RemoteError as error:
        if error.reason != "SEASON_IN_USE":
            raise
        words = _("Cette saison sert encore dans un tarif. Retirez-la d'abord du tarif.")
        return await redirect(request, "/tarifs", words, "danger")
    if what == "prix":
        return await redirect(request, "/tarifs", _("Ces dates reprennent le prix de leur saison."))
    return await redirect(request, "/tarifs", _("C'est supprimé."))
