"""Discounts: what early, late and long stays are rewarded with."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.requests import Request
from starlette.responses import Response

from gateway.conflicts import origin_of
from gateway.formats import date_courte, typed_percent
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.bars import interval
from gateway.owner.common import fail_from, form_key, listing_options, owner_listings, page
from gateway.owner.saving import NOTHING, Held, Sheet, effect_part, is_part, save_when_seen, two_versions
from gateway.owner.supplements import Pairs, read_dates, read_lengths, slug
from gateway.owner.tariff_words import DISCOUNT_KINDS, refusal_on_field
from gateway.owner.tariffs import one_of, one_to_save
from gateway.visitor import Owner, Visitor, gateway_of, saved

router = APIRouter()
_FIELDS = {
    "name": "nom", "promo_code": "code", "threshold": "seuil", "basis_points": "taux", "before": "avant",
    "min_nights": "nuits_min", "max_nights": "nuits_max",
}  # fmt: skip
"""Which field of the form shows what pricing refuses."""
_EARLY, _SECOND_WEEK, _CODE = "1", "4", "5"


def discount_form(one: pricing.Discount, codes: Mapping[str, str]) -> Form:
    """Returns the form of a discount."""
    form = Form(
        {
            "nom": one.name,
            "sorte": str(int(one.kind)),
            "taux": typed_percent(one.basis_points),
            "seuil": one.threshold,
            "avant": date_courte(one.before),
            "cumul": one.cumulative,
            "code": one.promo_code,
            "hebergement": [codes[each] for each in one.listing_ids if each in codes],
            "nuits_min": one.min_nights or "",
            "nuits_max": one.max_nights or "",
            "sur": "2" if one.accommodation_only else "1",
            "revision": one.revision,
        }
    )
    if one.HasField("arrivals"):
        first, after = interval(one.arrivals)
        form.set("du", first)
        form.set("jusquau", after - timedelta(days=1))
    return form


def read_discount(
    form: Form, one: pricing.Discount | None, visitor: Visitor, codes: Mapping[str, str]
) -> pricing.Discount:
    """Reads the form; what cannot be taken is refused on its field."""
    ids = {code: key for key, code in codes.items()}
    name, before = form.text("nom", required=True, most=80), form.day("avant")
    kind = form.choice("sorte", list(DISCOUNT_KINDS))
    rate = form.rate("taux", required=True)
    if rate == 0:
        form.fail("taux", _("Une remise de 0 % ne change rien. Indiquez un pourcentage entre 0 et 100."))
    if before and kind and kind != _EARLY:
        form.fail("avant", _("Une date limite ne va qu'avec une réservation à l'avance."))
    new = pricing.Discount()
    if one is not None:
        new.CopyFrom(one)
    new.owner_id, new.name, new.code = visitor.owner_id, name, new.code or slug(name)
    new.kind = cast("pricing.DiscountKind.ValueType", int(kind or _EARLY))
    new.basis_points = int((rate or 0) * 100)
    counted = kind not in {_SECOND_WEEK, _CODE}
    new.threshold = form.number("seuil", least=0, most=400, required=counted) or 0
    if not counted:
        new.threshold = 0
    new.promo_code = form.text("code", required=kind == _CODE, most=40) if kind == _CODE else ""
    new.before = before.isoformat() if before else ""
    new.cumulative = form.ticked("cumul")
    new.min_nights, new.max_nights = read_lengths(form)
    new.accommodation_only = form.choice("sur", ["1", "2"], required=False) == "2"
    read_dates(form, new, "arrivals")
    del new.listing_ids[:]
    new.listing_ids.extend(ids[code] for code in form.choices("hebergement", list(ids)))
    new.revision = form.revision()
    return new


def _bases() -> dict[str, str]:
    return {"1": _("l'hébergement et les personnes de plus"), "2": _("l'hébergement seul")}


def _labels() -> dict[str, str]:
    return {
        "nom": _("Nom"), "taux": _("Remise"), "sorte": _("Pour quoi"), "seuil": _("Jours ou nuits"),
        "code": _("Code promotionnel"),
        "avant": _("Réservé avant le"), "cumul": _("Cumulable avec une autre remise"),
        "hebergement": _("Hébergements"), "nuits_min": _("Séjours d'au moins"),
        "nuits_max": _("Séjours d'au plus"), "sur": _("Remise sur"), "du": _("Arrivées à partir du"),
        "jusquau": _("Arrivées jusqu'au"),
    }  # fmt: skip


def _show(request: Request, one: Any, options: Pairs, form: Form, held: Held = NOTHING) -> Response:
    context = {
        "discount": one,
        "form": form,
        "options": options,
        "kinds": [(key, _(name), _(meaning)) for key, (name, meaning) in DISCOUNT_KINDS.items()],
        "bases": list(_bases().items()),
        "labels": _labels(),
        "origin_of": origin_of,
        **held.context(),
    }
    return page(request, "discount.html", status=held.status(form), page="tariffs", **context)


async def _listings(request: Request, visitor: Visitor) -> tuple[Mapping[str, str], Pairs]:
    listings = await owner_listings(request, visitor)
    return {each.id: each.code for each in listings}, listing_options(listings)


@router.get("/remises/{key}")
async def show_discount(request: Request, visitor: Owner, key: str) -> Response:
    """Shows a discount."""
    one = await one_of(request, visitor, "discounts", key)
    codes, options = await _listings(request, visitor)
    return _show(
        request, one, options, discount_form(one, codes) if one else Form({"sorte": _EARLY, "sur": "1"})
    )


@router.post("/remises/{key}")
async def save_discount(request: Request, visitor: Owner, key: str) -> Response:
    """Saves a discount once its effect was read; two versions are shown side by side."""
    form = await Form.read(request)
    one, is_gone = await one_to_save(request, visitor, "discounts", key, form)
    codes, options = await _listings(request, visitor)
    choices = {
        "sorte": {each: _(name) for each, (name, _meaning) in DISCOUNT_KINDS.items()},
        "cumul": {"1": _("oui"), "": _("non")}, "hebergement": dict(options), "sur": _bases(),
    }  # fmt: skip
    now = discount_form(one, codes) if one else None
    meeting = await two_versions(request, form, Sheet(now, _labels(), choices))
    new, effect = read_discount(form, one, visitor, codes), None

    def fail(error: RemoteError) -> None:
        field = _FIELDS.get(error.metadata.get("field", "").removeprefix("discount."), "")
        field = "nom" if error.reason == "CODE_TAKEN" else field
        fail_from(form, error, field)
        form.errors[field] = refusal_on_field(error)

    if form.ok and meeting is None and not is_gone:
        query = pricing_pb.SaveDiscountRequest(request_id=form_key(form), discount=new)
        calls = gateway_of(request).services.tariffs
        effect = await save_when_seen(
            request, form, codes, lambda: calls.SaveDiscount(query), fail, discount=new
        )
    held = Held(meeting, effect, is_gone)
    if is_part(request):
        return effect_part(request, held)
    if held != NOTHING or not form.ok:
        return _show(request, one, options, form, held)
    return await saved(request, "/tarifs")
