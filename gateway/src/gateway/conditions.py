"""What a guest reads before he commits himself: sheet values, cancellation, withdrawal; for API and pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from google.protobuf.json_format import MessageToDict
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.formats import euros, nombre, nuits
from gateway.i18n import N_, NO_BREAK
from gateway.i18n import gettext as _

ARRHES = N_(
    "Vous versez des arrhes : si vous annulez, vous les perdez et ne devez rien de plus ; "
    "si le propriétaire annule, il vous en rend le double."
)
ACOMPTE = N_(
    "Vous versez un acompte : la réservation est ferme pour vous comme pour le propriétaire ; "
    "si vous annulez, la totalité du prix reste due, sauf relocation."
)
OPTION = N_("L'option est gratuite et sans engagement : si vous ne faites rien, elle prend fin d'elle-même.")
WITHDRAWAL = N_(
    "Vous ne disposez pas d'un droit de rétractation pour un hébergement réservé à une date déterminée "
    "(C. consommation, art. L221-28, 12°)."
)
_YES, _NO = N_("oui"), N_("non")


@dataclass(frozen=True, slots=True)
class SheetValue:
    """A declared field with the listing's value."""

    key: str
    label: str
    value: Any
    shown: str
    unit: str
    heading: int
    tab: str


def cancellation(kind: int, steps: Iterable[booking.CancellationStep] = ()) -> list[str]:
    """Plain sentences about who loses what when somebody cancels: the option, own steps, the law."""
    law = _(ACOMPTE if kind == booking.DEPOSIT_KIND_ACOMPTE else ARRHES)
    own = sorted(steps, key=lambda each: -each.days_before)
    return [_(OPTION), *_steps(kind, own), law]


def _steps(kind: int, steps: list[booking.CancellationStep]) -> list[str]:
    found, before = [], 0
    for each in steps:
        when = _("Si vous annulez %(days)s jours ou plus avant l'arrivée")
        if before:
            when = _("Si vous annulez de %(days)s à %(last)s jours avant l'arrivée")
        words = when % {"days": each.days_before, "last": before - 1}
        share = f"{nombre(Decimal(each.kept_basis_points) / 100)}{NO_BREAK}%"
        if not each.kept_basis_points:
            what = _("vous ne devez rien et tout ce que vous avez versé vous est rendu.")
        elif kind == booking.DEPOSIT_KIND_ACOMPTE:
            what = _("vous devez %(share)s du prix, pas davantage.") % {"share": share}
        else:
            what = _("vous perdez %(share)s du prix, au plus les arrhes versées.") % {"share": share}
        found.append(_("%(when)s, %(what)s") % {"when": words, "what": what})
        before = each.days_before
    if found:
        found.append(_("Plus tard, la règle est celle-ci :"))
    return found


def withdrawal() -> str:
    """The obligatory sentence about the right of withdrawal."""
    return _(WITHDRAWAL)


def description_version(lines: Iterable[pricing.QuoteLine]) -> str:
    """The version of the états descriptifs that a quote was made with: the listings' revisions in order."""
    return ",".join(str(each.listing_revision) for each in lines)


def fix(reason: str, params: Mapping[str, str]) -> str:
    """What a guest may do about a reason, or nothing."""
    number = int(params.get("min_nights") or params.get("max_nights") or 0)
    if reason == "MIN_STAY" and number:
        return _("Demandez %(nights)s ou plus.") % {"nights": nuits(number)}
    if reason == "MAX_STAY" and number:
        return _("Demandez %(nights)s ou moins.") % {"nights": nuits(number)}
    if reason in {"ARRIVAL_DAY", "DEPARTURE_DAY"}:
        return _("Choisissez un autre jour dans le calendrier.")
    if reason in {"TAKEN", "BLOCKED", "NOT_OPEN", "NO_PRICE", "NO_SEASON", "NIGHTS_TAKEN"}:
        return _("Choisissez d'autres dates.")
    return ""


def _shown(field: catalog.FieldDef, value: Any, language: str) -> str:
    choices = {each.key: each.label.get(language) or each.label.get("fr", each.key) for each in field.choices}
    if isinstance(value, bool):
        return _(_YES) if value else _(_NO)
    if isinstance(value, list):
        return ", ".join(_shown(field, each, language) for each in value)
    if isinstance(value, dict):
        return ", ".join(str(each) for each in value.values() if each not in {"", None})
    if isinstance(value, float):
        plain = f"{value:g}".replace(".", "," if language == "fr" else ".")
        return f"{plain}{NO_BREAK}{field.unit}" if field.unit else plain
    return choices.get(str(value), str(value))


def sheet(listing: catalog.Listing, fields: Iterable[catalog.FieldDef], language: str) -> list[SheetValue]:
    """The values of a listing in the order of the declared fields; fields without a value are left out."""
    values = MessageToDict(listing.values)
    found = []
    for each in fields:
        value = values.get(each.key)
        if value is None or value in ("", []):
            continue
        label = each.label.get(language) or each.label.get("fr", each.key)
        shown = _shown(each, value, language)
        found.append(SheetValue(each.key, label, value, shown, each.unit, each.heading, each.tab))
    return found


def consequence(move: booking.Move | None, *, by_owner: bool) -> str:
    """What a cancellation entails, in one or two sentences; None = it is done already."""
    if move is None:
        return _("La réservation est annulée.")
    parts = []
    if by_owner:
        if move.owner_owes.amount:
            parts.append(_("Vous devez %(sum)s au client.") % {"sum": euros(move.owner_owes)})
        elif move.refund.amount:
            parts.append(_("Vous remboursez %(sum)s au client.") % {"sum": euros(move.refund)})
        else:
            parts.append(_("Vous ne devez rien au client."))
    else:
        if move.kept.amount:
            parts.append(_("Vous perdez %(sum)s.") % {"sum": euros(move.kept)})
        if move.refund.amount:
            parts.append(_("%(sum)s vous sont remboursés.") % {"sum": euros(move.refund)})
        if move.still_due.amount:
            parts.append(_("Vous devez encore %(sum)s.") % {"sum": euros(move.still_due)})
        else:
            parts.append(_("Rien d'autre n'est dû.") if move.kept.amount else _("Rien n'est dû."))
    if move.compensation:
        parts.append(_("Une indemnité est à convenir entre vous."))
    return " ".join(parts)
