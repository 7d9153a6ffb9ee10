"""What terms mean, in words: « Ce que lira le vacancier », and the labels of their fields; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking

from gateway import conditions
from gateway.formats import du_au, euros, hour_of, jour, moment
from gateway.i18n import gettext as _
from gateway.owner.booking_words import MEANS
from gateway.owner.terms_form import MODES, OF_LISTING, OFFERED, STEPS

SAMPLE_TOTAL = 61_200
"""The stay of the live box: 612,00 €, as in the law's examples."""
_AHEAD = 120
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """What a guest would read of a sample stay: sentences, and what is due when."""

    stay: str
    total: int
    due: tuple[tuple[str, int], ...]
    sentences: tuple[str, ...]


def sample_stay(today: date) -> tuple[date, date]:
    """A week from a Saturday, about four months ahead."""
    arrival = today + timedelta(days=_AHEAD)
    arrival += timedelta(days=(_SATURDAY - arrival.weekday()) % 7)
    return arrival, arrival + timedelta(days=7)


def reading(answer: bookings_pb.PreviewScheduleResponse, stay: tuple[date, date]) -> Reading:
    """Returns what a guest reads of terms, worked out by the service."""
    terms = answer.terms
    kind = answer.deposit_kind
    names = {
        "DEPOSIT": _("Acompte") if kind == booking.DEPOSIT_KIND_ACOMPTE else _("Arrhes"),
        "BALANCE": _("Solde"),
        "TAX": _("Taxe de séjour"),
    }
    due = tuple((f"{names[each.kind]}, {_when(each.due_on)}", each.amount.amount) for each in answer.schedule)
    found = [*_option(answer), *conditions.cancellation(kind, terms.cancellation)[1:]]
    if terms.means:
        words = ", ".join(_(MEANS[each]).lower() for each in terms.means if each in MEANS)
        found.append(_("Vous pouvez payer par : %(means)s.") % {"means": words})
    if terms.security_deposit.amount:
        sentence = _("Caution : %(sum)s, rendue au plus tard 3 mois après le séjour.")
        found.append(sentence % {"sum": euros(terms.security_deposit)})
    if terms.arrival_from and terms.departure_until:
        hours = {"first": hour_of(terms.arrival_from), "last": hour_of(terms.departure_until)}
        found.append(_("Arrivée à partir de %(first)s, départ jusqu'à %(last)s.") % hours)
    return Reading(du_au(*stay), SAMPLE_TOTAL, due, tuple(found))


def _when(due_on: str) -> str:
    return _("avant le %(day)s") % {"day": jour(due_on)} if due_on else _("à l'arrivée")


def _option(answer: bookings_pb.PreviewScheduleResponse) -> list[str]:
    if not answer.terms.online_options:
        return [_("Ce propriétaire ne prend pas d'options en ligne.")]
    if answer.terms.mode == booking.SALES_MODE_ON_REQUEST:
        return [
            _("Vous envoyez une demande ; le propriétaire vous répond. Vous ne payez rien avant sa réponse.")
        ]
    ends = {"moment": moment(answer.option_expires_at)}
    return [_("Ces dates sont gardées pour vous jusqu'au %(moment)s, sans rien payer.") % ends]


def labels(codes: Mapping[str, str]) -> dict[str, str]:
    """Returns the label of each field, for summaries and for two versions side by side."""
    found = {
        "genre": _("Ce que verse le client à la réservation"), "taux": _("Pourcentage du prix"),
        "fixe": _("Montant fixe"), "courts_nuits": _("Séjours courts, jusqu'à"),
        "courts_taux": _("Séjours courts, pourcentage"), "courts_fixe": _("Séjours courts, montant fixe"),
        "solde": _("Solde dû avant l'arrivée"), "caution": _("Caution"), "moyens": _("Moyens de paiement"),
        "ordre": _("Ordre des chèques"), "iban": _("IBAN"), "titulaire": _("Titulaire du compte"),
        "paypal": _("Adresse PayPal"), "mot_de_passe": _("Votre mot de passe"), "delai": _("Délai d'option"),
        "delai_cheque": _("Délai par chèque"), "delai_virement": _("Délai par virement"),
        "delai_paypal": _("Délai par PayPal"), "mode": _("Comment un vacancier réserve"),
        "en_ligne": _("Accepter les options en ligne"), "preavis": _("Préavis"),
        "arrivee": _("Arrivée à partir de"), "depart": _("Départ avant"), "annulation": _("Annulation"),
        "conditions": _("Vos conditions"),
    }  # fmt: skip
    for number in range(1, STEPS + 1):
        found[f"jours{number}"] = _("Palier %(n)s, jours avant l'arrivée") % {"n": number}
        found[f"garde{number}"] = _("Palier %(n)s, part gardée") % {"n": number}
    for code in codes.values():
        found |= {f"l.{code}.{name}": f"{code} : {found[name]}" for name in OF_LISTING}
    return found


def choices(codes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Returns the words of what is chosen, by field."""
    modes = dict(mode_options())
    return {
        "genre": {"arrhes": _("Arrhes"), "acompte": _("Acompte")},
        "moyens": {str(int(each)): _(MEANS[each]) for each in OFFERED},
        "mode": modes,
        "annulation": {"loi": _("La loi seule"), "paliers": _("Vos paliers")},
        "en_ligne": {"1": _("oui")},
    } | {f"l.{code}.mode": modes for code in codes.values()}


def mode_options() -> list[tuple[str, str]]:
    """Returns the ways to book online."""
    words = (_("Tout de suite"), _("Par une option, puis votre accord"), _("Sur demande"))
    return list(zip(MODES, words, strict=True))
