"""Reasons why guests cannot book a stay, in words, each with its fix; pure, for the page `why_not`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from sejour.availability.v1 import availability_service_pb2 as availability_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog

from gateway.formats import du_au, jour
from gateway.i18n import N_, ngettext
from gateway.i18n import gettext as _
from gateway.planning import Bar, BarKind
from gateway.texts import refusal

_NIGHTS_SHOWN = 3
_RULES = {"MIN_STAY", "MAX_STAY", "ARRIVAL_DAY", "DEPARTURE_DAY", "NOTICE", "HORIZON"}
_BAR_WORDS = {
    BarKind.BLOCK: N_("Blocage « %(label)s » %(span)s."),
    BarKind.FEED: N_("Pris sur « %(label)s » %(span)s."),
    BarKind.OPTION: N_("%(label)s n° %(number)s de %(detail)s %(span)s."),
    BarKind.BOOKING: N_("%(label)s n° %(number)s de %(detail)s %(span)s."),
}


@dataclass(frozen=True, slots=True)
class Why:
    """One reason in words, and what mends it: an address and the words of its link, where something does."""

    sentence: str
    href: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """What is asked about."""

    code: str
    arrival: date
    departure: date

    @property
    def query(self) -> str:
        """The stay as the forms of nights read it in an address."""
        return f"?hebergement={quote(self.code)}&du={self.arrival}&au={self.departure}"


def why_not_on_sale(listing: catalog.Listing, missing: Iterable[tuple[str, str, str]]) -> list[Why]:
    """Why nobody finds a listing; `missing` are (sentence, address, words) of what production needs."""
    if listing.state == catalog.LISTING_STATE_IN_PRODUCTION:
        return []
    production = f"/hebergements/{listing.code}?onglet=production"
    if listing.state == catalog.LISTING_STATE_WITHDRAWN:
        return [Why(_("Fiche retirée de la vente."), production, _("Remettre en production"))]
    found = [
        Why(_("Fiche en brouillon : %(what)s.") % {"what": words.rstrip(".")}, href, fix)
        for words, href, fix in missing
    ]
    return found or [Why(_("Fiche en brouillon : elle est complète."), production, _("Mettre en production"))]


def why_no_nights(
    refusals: Iterable[availability_pb.NightsRefusal], bars: Sequence[Bar], stay: Stay
) -> list[Why]:
    """Why the nights cannot be had: what stands there by name, what is closed, what is past."""
    found: list[Why] = []
    for each in refusals:
        if each.reason == "NOT_IN_PRODUCTION":
            continue
        span = du_au(each.nights.arrival, each.nights.departure)
        if each.reason == "NOT_OPEN":
            opening = Stay(
                stay.code, date.fromisoformat(each.nights.arrival), date.fromisoformat(each.nights.departure)
            )
            words = _("Fermé à la location %(span)s.") % {"span": span}
            found.append(Why(words, f"/disponibilites/ajouter{opening.query}", _("Ouvrir")))
        elif each.reason not in {"TAKEN", "BLOCKED"}:
            found.append(Why(refusal(each.reason, {})))
        elif not bars:
            found.append(Why(_("Déjà pris %(span)s.") % {"span": span}))
    standing = [bar for bar in bars if bar.arrival < stay.departure and stay.arrival < bar.departure]
    return [*found, *map(_why_taken, standing)]


def _why_taken(bar: Bar) -> Why:
    span = du_au(bar.arrival, bar.departure)
    if not bar.number and bar.kind in {BarKind.OPTION, BarKind.BOOKING}:
        return Why(_("%(label)s %(span)s.") % {"label": bar.label, "span": span}, bar.href, "")
    words = _(_BAR_WORDS[bar.kind]) % {
        "label": bar.label,
        "number": bar.number,
        "detail": bar.detail.partition(" · ")[0].partition(",")[0],
        "span": span,
    }
    if bar.ends:
        words += " " + _("L'option finit le %(end)s.") % {"end": bar.ends}
    return Why(words, bar.href, _("Voir") if bar.href else "")


def why_no_price(reasons: Iterable[Any], stay: Stay) -> list[Why]:
    """Why the tariff does not sell the stay; `reasons` are refusals and rules that only warn the owner."""
    found: list[Why] = []
    for each in reasons:
        if each.reason == "NO_SEASON":
            words = _("Aucun prix pour %(nights)s.") % {"nights": _which(each.params.get("nights", ""), stay)}
            found.append(Why(words, f"/prix/nouveau{stay.query}", _("Saisir")))
        elif each.reason == "NO_PRICE":
            found.append(Why(refusal(each.reason, each.params), "/tarifs", _("Saisir")))
        elif each.reason in _RULES:
            found.append(Why(refusal(each.reason, each.params), "/tarifs", _("Changer les règles")))
        elif each.reason == "CAPACITY":
            href = f"/hebergements/{stay.code}?onglet=description#max_persons"
            found.append(Why(refusal(each.reason, each.params), href, _("Voir la fiche")))
        else:
            found.append(Why(refusal(each.reason, each.params)))
    return list(dict.fromkeys(found))


def _which(text: str, stay: Stay) -> str:
    days = [date.fromisoformat(each) for each in text.split(",") if each]
    whole = (stay.departure - stay.arrival).days
    if not days or len(days) == whole:
        return _("cette nuit") if whole == 1 else _("ces nuits")
    if days[-1] - days[0] == timedelta(days=len(days) - 1) and len(days) > 1:
        return _("les nuits %(span)s") % {"span": du_au(days[0], days[-1] + timedelta(days=1))}
    named = ", ".join(jour(day) for day in days[:_NIGHTS_SHOWN])
    if len(days) == 1:
        return _("la nuit du %(day)s") % {"day": named}
    more = " …" if len(days) > _NIGHTS_SHOWN else ""
    return _("les nuits du %(days)s") % {"days": named + more}


def why_terms(terms: booking.SalesTerms | None, stay: Stay, now: date) -> list[Why]:
    """What the owner's own terms forbid guests."""
    if terms is None:
        return [Why(_("Vos modalités de vente ne sont pas saisies."), "/modalites", _("Saisir"))]
    found = []
    if not terms.online_options:
        found.append(
            Why(_("Vous ne prenez pas d'options en ligne."), "/modalites", _("Changer les modalités"))
        )
    if stay.arrival >= now and (stay.arrival - now).days < terms.notice_days:
        words = ngettext(
            "Vos modalités demandent %(num)s jour entre la réservation et l'arrivée.",
            "Vos modalités demandent %(num)s jours entre la réservation et l'arrivée.",
            terms.notice_days,
        ) % {"num": terms.notice_days}
        found.append(Why(words, "/modalites", _("Changer les modalités")))
    return found
