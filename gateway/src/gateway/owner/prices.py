"""Seasons, prices typed on dates, supplements, discounts: small forms around the tariff."""

from datetime import timedelta
from typing import Any, cast

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.formats import date_courte
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
from gateway.owner.tariff_words import DISCOUNT_KINDS, PRICE_UNITS, SUPPLEMENT_BASES
from gateway.owner.tariffs import all_of, one_of, revision_of
from gateway.visitor import Owner, Visitor, gateway_of, redirect, saved

router = APIRouter()


def _slug(text: str) -> str:
    return "-".join("".join(char if char.isalnum() else " " for char in text.lower()).split())[:40] or "code"


# Prices on dates


async def _show_price(
    request: Request, visitor: Visitor, price: Any, form: Form, status: int = 200
) -> Response:
    known = await all_of(request, visitor)
    context = {
        "price": price,
        "form": form,
        "options": listing_options(await owner_listings(request, visitor)),
        "plans": [(plan.id, plan.name) for plan in known["plans"]],
        "units": [(key, _(name)) for key, name in PRICE_UNITS.items()],
    }
    return page(request, "price.html", status=status, page="tariffs", **context)


@router.get("/prix/{key}")
async def show_price(request: Request, visitor: Owner, key: str) -> Response:
    """Shows « Saisir un prix directement »."""
    price = await one_of(request, visitor, "prices", key)
    if price is None:
        form = nights_form(request)
        form.set("unite", "1")
        return await _show_price(request, visitor, None, form)
    codes = {each.id: each.code for each in await owner_listings(request, visitor)}
    first, after = interval(price.nights)
    typed: dict[str, object] = {
        "hebergement": codes.get(price.listing_id, ""),
        "formule": price.rate_plan_id,
        "du": first,
    }
    typed |= {"jusquau": after - timedelta(days=1), "unite": str(int(price.unit)), "raison": price.reason}
    form = Form(typed | {"revision": price.revision})
    form.set_money("montant", price.price.amount)
    return await _show_price(request, visitor, price, form)


@router.post("/prix/{key}")
async def save_price(request: Request, visitor: Owner, key: str) -> Response:
    """Saves a price on dates."""
    form, price = await Form.read(request), await one_of(request, visitor, "prices", key)
    codes = {each.code: each.id for each in await owner_listings(request, visitor)}
    code, period = form.choice("hebergement", list(codes)), nights_of(form)
    cents, unit = form.money("montant", required=True), form.choice("unite", list(PRICE_UNITS))
    plan, reason = form.value("formule"), form.text("raison", most=120)
    if not plan:
        form.fail("formule", _("Choisissez une formule ; créez-en une avec un tarif s'il n'y en a pas."))
    if form.ok and period is not None:
        new = pricing.PriceOnDates(
            id=price.id if price else "",
            owner_id=visitor.owner_id,
            listing_id=codes[code],
            rate_plan_id=plan,
            nights=nights(*period),
            unit=cast("pricing.PriceUnit.ValueType", int(unit)),
            price=money(cents or 0),
            reason=reason,
            revision=revision_of(form),
        )
        query = pricing_pb.SavePriceRequest(request_id=form_key(form), price=new)
        try:
            await gateway_of(request).services.tariffs.SavePrice(query)
        except RemoteError as error:
            fail_from(form, error, "du" if error.reason == "PRICES_OVERLAP" else "")
    if not form.ok:
        return await _show_price(request, visitor, price, form, 422)
    return await saved(request, "/tarifs")


# Supplements


async def _show_supplement(
    request: Request, visitor: Visitor, one: Any, form: Form, status: int = 200
) -> Response:
    context = {
        "supplement": one,
        "form": form,
        "options": listing_options(await owner_listings(request, visitor)),
        "bases": [(key, _(name)) for key, name in SUPPLEMENT_BASES.items()],
    }
    return page(request, "supplement.html", status=status, page="tariffs", **context)


@router.get("/supplements/{key}")
async def show_supplement(request: Request, visitor: Owner, key: str) -> Response:
    """Shows a supplement."""
    one = await one_of(request, visitor, "supplements", key)
    if one is None:
        return await _show_supplement(request, visitor, None, Form({"base": "1", "choix": "client"}))
    codes = {each.id: each.code for each in await owner_listings(request, visitor)}
    choice = "sur_place" if one.on_site else "obligatoire" if one.obligatory else "client"
    form = Form(
        {
            "nom": one.name,
            "base": str(int(one.base)),
            "choix": choice,
            "most": one.max_quantity or "",
            "hebergement": [codes[each] for each in one.listing_ids if each in codes],
            "revision": one.revision,
        }
    )
    form.set_money("montant", one.price.amount)
    return await _show_supplement(request, visitor, one, form)


@router.post("/supplements/{key}")
async def save_supplement(request: Request, visitor: Owner, key: str) -> Response:
    """Saves a supplement."""
    form, one = await Form.read(request), await one_of(request, visitor, "supplements", key)
    codes = {each.code: each.id for each in await owner_listings(request, visitor)}
    name, choice = (
        form.text("nom", required=True, most=80),
        form.choice("choix", ["client", "obligatoire", "sur_place"]),
    )
    new = pricing.Supplement()
    if one is not None:
        new.CopyFrom(one)
    new.MergeFrom(pricing.Supplement(owner_id=visitor.owner_id, code=new.code or _slug(name)))
    new.name, new.obligatory, new.on_site = name, choice == "obligatoire", choice == "sur_place"
    new.base = int(form.choice("base", list(SUPPLEMENT_BASES)) or 1)  # type: ignore[assignment]
    new.price.CopyFrom(money(form.money("montant", required=choice != "sur_place") or 0))
    new.max_quantity = form.number("most", least=0, most=99) or 0
    del new.listing_ids[:]
    new.listing_ids.extend(codes[code] for code in form.choices("hebergement", list(codes)))
    new.revision = revision_of(form)
    if form.ok:
        query = pricing_pb.SaveSupplementRequest(request_id=form_key(form), supplement=new)
        try:
            await gateway_of(request).services.tariffs.SaveSupplement(query)
        except RemoteError as error:
            fail_from(form, error, "nom" if error.reason == "CODE_TAKEN" else "")
    if not form.ok:
        return await _show_supplement(request, visitor, one, form, 422)
    return await saved(request, "/tarifs")


# Discounts


async def _show_discount(
    request: Request, visitor: Visitor, one: Any, form: Form, status: int = 200
) -> Response:
    context = {
        "discount": one,
        "form": form,
        "options": listing_options(await owner_listings(request, visitor)),
        "kinds": [(key, _(name), _(meaning)) for key, (name, meaning) in DISCOUNT_KINDS.items()],
    }
    return page(request, "discount.html", status=status, page="tariffs", **context)


@router.get("/remises/{key}")
async def show_discount(request: Request, visitor: Owner, key: str) -> Response:
    """Shows a discount."""
    one = await one_of(request, visitor, "discounts", key)
    if one is None:
        return await _show_discount(request, visitor, None, Form({"sorte": "1"}))
    codes = {each.id: each.code for each in await owner_listings(request, visitor)}
    form = Form(
        {
            "nom": one.name,
            "sorte": str(int(one.kind)),
            "taux": f"{one.basis_points / 100:g}".replace(".", ","),
            "seuil": one.threshold,
            "avant": date_courte(one.before),
            "cumul": one.cumulative,
            "hebergement": [codes[each] for each in one.listing_ids if each in codes],
            "revision": one.revision,
        }
    )
    return await _show_discount(request, visitor, one, form)


@router.post("/remises/{key}")
async def save_discount(request: Request, visitor: Owner, key: str) -> Response:
    """Saves a discount."""
    form, one = await Form.read(request), await one_of(request, visitor, "discounts", key)
    codes = {each.code: each.id for each in await owner_listings(request, visitor)}
    name, rate, before = (
        form.text("nom", required=True, most=80),
        form.rate("taux", required=True),
        form.day("avant"),
    )
    new = pricing.Discount(
        id=one.id if one else "",
        owner_id=visitor.owner_id,
        code=one.code if one else _slug(name),
        name=name,
        kind=cast("pricing.DiscountKind.ValueType", int(form.choice("sorte", list(DISCOUNT_KINDS)) or 1)),
        basis_points=int((rate or 0) * 100),
        threshold=form.number("seuil", least=0, most=400, required=True) or 0,
        before=before.isoformat() if before else "",
        cumulative=form.ticked("cumul"),
        listing_ids=[codes[code] for code in form.choices("hebergement", list(codes))],
        revision=revision_of(form),
    )
    if form.ok:
        query = pricing_pb.SaveDiscountRequest(request_id=form_key(form), discount=new)
        try:
            await gateway_of(request).services.tariffs.SaveDiscount(query)
        except RemoteError as error:
            fail_from(form, error, "nom" if error.reason == "CODE_TAKEN" else "")
    if not form.ok:
        return await _show_discount(request, visitor, one, form, 422)
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
    return await redirect(request, "/tarifs", _("C'est supprimé."))
