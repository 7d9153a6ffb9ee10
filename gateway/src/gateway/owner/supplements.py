"""Supplements: what is sold beside the stay, or told and paid on site."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from starlette.requests import Request
from starlette.responses import Response

from gateway.conflicts import origin_of
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.bars import interval
from gateway.owner.common import fail_from, form_key, listing_options, money, nights, owner_listings, page
from gateway.owner.saving import NOTHING, Held, Sheet, effect_part, is_part, save_when_seen, two_versions
from gateway.owner.tariff_words import SUPPLEMENT_BASES, refusal_on_field
from gateway.owner.tariffs import all_of, one_of, one_to_save
from gateway.visitor import Owner, Visitor, gateway_of, saved

router = APIRouter()
Pairs = list[tuple[str, str]]
_CHOICES = ("client", "obligatoire", "sur_place")
_FIELDS = {"name": "nom", "max_quantity": "most", "min_nights": "nuits_min", "max_nights": "nuits_max"}
"""Which field of the form shows what pricing refuses."""


def slug(text: str) -> str:
    """Returns a short code made of a name."""
    return "-".join("".join(char if char.isalnum() else " " for char in text.lower()).split())[:40] or "code"


def payers() -> Pairs:
    """Returns who pays a supplement, as choices."""
    return [
        ("client", _("Au choix du client")),
        ("obligatoire", _("Obligatoire")),
        ("sur_place", _("À régler sur place, au réel")),
    ]


def counted_persons() -> Pairs:
    """Returns whom a supplement by person counts, as choices."""
    return [
        ("1", _("tout le monde")),
        ("2", _("les adultes")),
        ("3", _("les enfants")),
        ("4", _("les personnes en plus de celles comprises dans le prix")),
    ]


def read_lengths(form: Form) -> tuple[int, int]:
    """Reads for stays of how many nights a supplement or a discount is; 0 = no such limit."""
    least = form.number("nuits_min", least=0, most=90) or 0
    most = form.number("nuits_max", least=0, most=90) or 0
    if most and most < least:
        form.fail("nuits_max", _("Le maximum est plus petit que le minimum."))
    return least, most


def read_dates(form: Form, into: pricing.Supplement | pricing.Discount, field: str) -> None:
    """Reads the dates of `du` and `jusquau`, both included, into a field of nights; empty leaves it unset."""
    into.ClearField(field)  # type: ignore[arg-type]
    typed = form.value("du").strip() or form.value("jusquau").strip()
    first, last = form.day("du", required=bool(typed)), form.day("jusquau", required=bool(typed))
    if first is None or last is None:
        return
    if last < first:
        form.fail("jusquau", _("La dernière nuit doit être la première ou une suivante."))
        return
    getattr(into, field).CopyFrom(nights(first, last + timedelta(days=1)))


def supplement_form(one: pricing.Supplement, codes: Mapping[str, str]) -> Form:
    """Returns the form of a supplement."""
    choice = "sur_place" if one.on_site else "obligatoire" if one.obligatory else "client"
    form = Form(
        {
            "nom": one.name,
            "base": str(int(one.base)),
            "choix": choice,
            "most": one.max_quantity or "",
            "qui": str(int(one.persons_counted) or 1),
            "nuits_min": one.min_nights or "",
            "nuits_max": one.max_nights or "",
            "hebergement": [codes[each] for each in one.listing_ids if each in codes],
            "formule": list(one.rate_plan_ids),
            "revision": one.revision,
        }
    )
    form.set_money("montant", one.price.amount)
    if one.HasField("only_within"):
        first, after = interval(one.only_within)
        form.set("du", first)
        form.set("jusquau", after - timedelta(days=1))
    return form


def read_supplement(
    form: Form, one: pricing.Supplement | None, visitor: Visitor, codes: Mapping[str, str], plans: Pairs
) -> pricing.Supplement:
    """Reads the form; what cannot be taken is refused on its field."""
    ids = {code: key for key, code in codes.items()}
    name, choice = form.text("nom", required=True, most=80), form.choice("choix", _CHOICES)
    new = pricing.Supplement()
    if one is not None:
        new.CopyFrom(one)
    new.owner_id, new.code = visitor.owner_id, new.code or slug(name)
    new.name, new.obligatory, new.on_site = name, choice == "obligatoire", choice == "sur_place"
    new.base = int(form.choice("base", list(SUPPLEMENT_BASES)) or 1)  # type: ignore[assignment]
    new.price.CopyFrom(money(form.money("montant", required=choice != "sur_place") or 0))
    new.max_quantity = form.number("most", least=0, most=99) or 0
    counted = form.choice("qui", [key for key, _name in counted_persons()], required=False)
    new.persons_counted = int(counted or 1)  # type: ignore[assignment]
    new.min_nights, new.max_nights = read_lengths(form)
    del new.listing_ids[:]
    new.listing_ids.extend(ids[code] for code in form.choices("hebergement", list(ids)))
    del new.rate_plan_ids[:]
    new.rate_plan_ids.extend(form.choices("formule", [key for key, _name in plans]))
    read_dates(form, new, "only_within")
    new.revision = form.revision()
    return new


def _labels() -> dict[str, str]:
    return {
        "nom": _("Nom"), "montant": _("Prix"), "base": _("Compté"), "most": _("Au plus"),
        "choix": _("Qui le paie ?"), "hebergement": _("Hébergements"), "formule": _("Formules"),
        "du": _("Du (première nuit)"), "jusquau": _("Au (dernière nuit comprise)"),
        "qui": _("Pour qui"), "nuits_min": _("Séjours de nuits au moins"),
        "nuits_max": _("Séjours de nuits au plus"),
    }  # fmt: skip


def _show(
    request: Request, one: Any, about: tuple[Pairs, Pairs], form: Form, held: Held = NOTHING
) -> Response:
    context = {
        "supplement": one,
        "form": form,
        "options": about[0],
        "plans": about[1],
        "bases": [(key, _(name)) for key, name in SUPPLEMENT_BASES.items()],
        "payers": payers(),
        "counted": counted_persons(),
        "labels": _labels(),
        "origin_of": origin_of,
        **held.context(),
    }
    return page(request, "supplement.html", status=held.status(form), page="tariffs", **context)


async def _about(request: Request, visitor: Visitor) -> tuple[Mapping[str, str], tuple[Pairs, Pairs]]:
    listings = await owner_listings(request, visitor)
    plans = [(plan.id, plan.name) for plan in (await all_of(request, visitor))["plans"]]
    return {each.id: each.code for each in listings}, (listing_options(listings), plans)


@router.get("/supplements/{key}")
async def show_supplement(request: Request, visitor: Owner, key: str) -> Response:
    """Shows a supplement."""
    one = await one_of(request, visitor, "supplements", key)
    codes, about = await _about(request, visitor)
    form = supplement_form(one, codes) if one else Form({"base": "1", "choix": "client", "qui": "1"})
    return _show(request, one, about, form)


@router.post("/supplements/{key}")
async def save_supplement(request: Request, visitor: Owner, key: str) -> Response:
    """Saves a supplement once its effect was read; two versions are shown side by side."""
    form = await Form.read(request)
    one, is_gone = await one_to_save(request, visitor, "supplements", key, form)
    codes, about = await _about(request, visitor)
    choices = {
        "base": {each: _(name) for each, name in SUPPLEMENT_BASES.items()},
        "choix": dict(payers()), "qui": dict(counted_persons()),
        "hebergement": dict(about[0]), "formule": dict(about[1]),
    }  # fmt: skip
    now = supplement_form(one, codes) if one else None
    meeting = await two_versions(request, form, Sheet(now, _labels(), choices))
    new, effect = read_supplement(form, one, visitor, codes, about[1]), None

    def fail(error: RemoteError) -> None:
        field = {"CODE_TAKEN": "nom", "BAD_PRICE": "montant"}.get(error.reason, "")
        field = field or _FIELDS.get(error.metadata.get("field", "").removeprefix("supplement."), "")
        fail_from(form, error, field)
        form.errors[field] = refusal_on_field(error)

    if form.ok and meeting is None and not is_gone:
        query = pricing_pb.SaveSupplementRequest(request_id=form_key(form), supplement=new)
        calls = gateway_of(request).services.tariffs
        effect = await save_when_seen(
            request, form, codes, lambda: calls.SaveSupplement(query), fail, supplement=new
        )
    held = Held(meeting, effect, is_gone)
    if is_part(request):
        return effect_part(request, held)
    if held != NOTHING or not form.ok:
        return _show(request, one, about, form, held)
    return await saved(request, "/tarifs")
