"""What saving a price would change, in words, before it is saved."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from starlette.requests import Request

from gateway.formats import date_courte, nights_between
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.i18n import ngettext
from gateway.owner.tariff_words import Warned, short_euros, warnings_of
from gateway.texts import package_name
from gateway.visitor import gateway_of

NOT_SOLD = -1
_MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does, as sentences; `mark` names it, so that a person saves what he has read."""

    sentences: tuple[str, ...]
    warnings: tuple[Warned, ...]
    mark: str
    is_harmless: bool
    """Nothing that is sold today gets another price."""

    def is_seen(self, form: Form) -> bool:
        """Whether it changes nothing that is sold, or the person has read just this."""
        return self.is_harmless or form.value("vu") == self.mark


async def effect_of(request: Request, codes: Mapping[str, str], **part: Any) -> Effect:
    """Asks pricing what a part would change (`tariff=`, `season=`, `price=`, `supplement=` or `discount=`).

    Raises:
        RemoteError: what saving it would raise.

    """
    query = pricing_pb.PreviewChangeRequest(**part)
    answer = await gateway_of(request).services.tariffs.PreviewChange(query)
    return effect_words(answer, codes)


def effect_words(answer: pricing_pb.PreviewChangeResponse, codes: Mapping[str, str]) -> Effect:
    """Returns « 6 semaines passent de 590 à 610 €. 2 devis en cours gardent leur prix. »."""
    groups: dict[tuple[str, int, int, int], list[pricing_pb.ChangedStay]] = {}
    for stay in answer.stays:
        length = nights_between(stay.nights.arrival, stay.nights.departure)
        groups.setdefault((stay.listing_id, length, stay.before, stay.after), []).append(stay)
    several = len({key[0] for key in groups}) > 1
    lines = []
    for (listing_id, length, before, after), stays in groups.items():
        sentence = _sentence(length, before, after, stays)
        code = codes.get(listing_id, "")
        lines.append(f"{code} : {sentence}" if several and code else sentence)
    if len(lines) > _MOST_LINES:
        left = sum(len(stays) for stays in list(groups.values())[_MOST_LINES:])
        rest = ngettext("%(num)s autre séjour change.", "%(num)s autres séjours changent.", left)
        lines = [*lines[:_MOST_LINES], rest % {"num": left}]
    if not lines:
        lines = [_("Aucun prix ne change dans les 18 mois qui viennent.")]
    elif answer.quotes_kept:
        count = answer.quotes_kept
        kept = ngettext(
            "%(num)s devis en cours garde son prix.", "%(num)s devis en cours gardent leur prix.", count
        )
        lines.append(kept % {"num": count})
    harmless = all(stay.before == NOT_SOLD for stay in answer.stays)
    return Effect(tuple(lines), tuple(warnings_of(answer.warnings)), _mark(lines), harmless)


def _mark(lines: Iterable[str]) -> str:
    return hashlib.sha256("|".join(lines).encode()).hexdigest()[:16]


def _stays(length: int, count: int) -> str:
    if length == 7:
        return ngettext("%(num)s semaine", "%(num)s semaines", count) % {"num": count}
    words = ngettext("%(num)s séjour", "%(num)s séjours", count) % {"num": count}
    return _("%(stays)s (%(package)s)") % {"stays": words, "package": package_name(length)}


def _sentence(length: int, before: int, after: int, stays: list[pricing_pb.ChangedStay]) -> str:
    count = len(stays)
    values = {
        "stays": _stays(length, count),
        "before": short_euros(before, sign=False),
        "after": short_euros(after),
        "when": _when(stays),
    }
    if before == NOT_SOLD:
        text = ngettext(
            "%(stays)s sera en vente à %(after)s (%(when)s).",
            "%(stays)s seront en vente à %(after)s (%(when)s).",
            count,
        )
    elif after == NOT_SOLD:
        values["before"] = short_euros(before)
        text = ngettext(
            "%(stays)s ne sera plus en vente (%(before)s aujourd'hui ; %(when)s).",
            "%(stays)s ne seront plus en vente (%(before)s aujourd'hui ; %(when)s).",
            count,
        )
    else:
        text = ngettext(
            "%(stays)s passe de %(before)s à %(after)s (%(when)s).",
            "%(stays)s passent de %(before)s à %(after)s (%(when)s).",
            count,
        )
    return text % values


def _when(stays: list[pricing_pb.ChangedStay]) -> str:
    first = min(date.fromisoformat(stay.nights.arrival) for stay in stays)
    last = max(date.fromisoformat(stay.nights.arrival) for stay in stays)
    if first == last:
        return _("arrivée le %(day)s") % {"day": date_courte(first)}
    return _("arrivées du %(first)s au %(last)s") % {"first": date_courte(first), "last": date_courte(last)}
