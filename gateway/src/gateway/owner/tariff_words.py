"""Words of tariffs; pure."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chassis.errors import ServiceError
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.formats import du_au_court, euros, nuits, typed_euros
from gateway.i18n import N_, current_locale
from gateway.i18n import gettext as _
from gateway.problems import sentence
from gateway.texts import Params, package_name, refusal, weekdays

MEALS = {
    "1": N_("Location seule"),
    "2": N_("Nuit + petit déjeuner"),
    "3": N_("Demi-pension"),
    "4": N_("Pension complète"),
}
STRADDLES = {
    "1": (N_("Au prorata"), N_("Chaque nuit au prix de sa saison.")),
    "2": (N_("Saison de l'arrivée"), N_("Tout le séjour au prix de la saison de l'arrivée.")),
    "3": (N_("Saison la plus longue"), N_("Tout le séjour au prix de la saison qui a le plus de nuits.")),
    "4": (N_("Saison la plus chère"), N_("Tout le séjour au prix de la saison la plus chère.")),
}
PRICE_UNITS = {"1": N_("pour le séjour (exactement ces dates)"), "2": N_("par nuit"), "3": N_("par semaine")}
SUPPLEMENT_BASES = {
    "1": N_("par séjour"),
    "2": N_("par nuit"),
    "3": N_("par personne"),
    "4": N_("par personne et par nuit"),
    "5": N_("par semaine"),
    "6": N_("à l'unité"),
}
DISCOUNT_KINDS = {
    "1": (N_("Réservation à l'avance"), N_("jours avant l'arrivée, au moins")),
    "2": (N_("Dernière minute"), N_("jours avant l'arrivée, au plus")),
    "3": (N_("Long séjour"), N_("nuits au moins")),
    "4": (N_("Deuxième semaine"), N_("sur les nuits 8 à 14, dès 14 nuits")),
    "5": (N_("Code promotionnel"), N_("pour qui tape le code")),
}
NO_BREAK = "\u202f"
COLOURS = tuple(f"s{number}" for number in range(1, 9))


@dataclass(frozen=True, slots=True)
class Warned:
    """What is worth a second look, and its place: the season's name and the length of stay."""

    sentence: str
    season: str = ""
    length: int = 0


def short_euros(cents: int, *, sign: bool = True) -> str:
    """Returns « 590 € », or « 590,50 € » where there are cents; without `sign` the number alone."""
    if cents % 100:
        return euros(cents) if sign else typed_euros(cents)
    if current_locale() != "fr":
        return euros(cents).removesuffix(".00")
    return f"{cents // 100:,}".replace(",", NO_BREAK) + (f"{NO_BREAK}€" if sign else "")


def _int(params: Params, key: str) -> int:
    text = params.get(key, "")
    return int(text) if re.fullmatch(r"-?[0-9]{1,12}", text) else 0


def _gap(params: Params) -> str:
    try:
        span = du_au_court(params.get("from", ""), params.get("to", ""))
    except ValueError:
        return refusal("GAP", params)
    return _("Entre deux saisons, aucun prix %(span)s.") % {"span": span}


def _longer(params: Params) -> str:
    values = {
        "season": params.get("season", ""),
        "length": package_name(_int(params, "nights")),
        "amount": short_euros(_int(params, "amount")),
        "shorter": package_name(_int(params, "shorter")),
        "shorter_amount": short_euros(_int(params, "shorter_amount")),
    }
    text = _("En « %(season)s », %(length)s à %(amount)s coûte moins que %(shorter)s à %(shorter_amount)s.")
    return text % values


def _week(params: Params) -> str:
    values = {
        "season": params.get("season", ""),
        "amount": short_euros(_int(params, "amount")),
        "nights": short_euros(7 * _int(params, "night_amount")),
    }
    return _("En « %(season)s », la semaine à %(amount)s coûte plus que 7 nuits (%(nights)s).") % values


def _zero(params: Params) -> str:
    values = {"season": params.get("season", ""), "length": nuits(_int(params, "nights"))}
    return _("En « %(season)s », %(length)s à 0 € : le séjour est gratuit.") % values


def _arrival(params: Params) -> str:
    values = {"season": params.get("season", ""), "days": weekdays(params.get("days", ""))}
    return _("En « %(season)s », personne ne peut arriver le %(days)s : aucune durée ne convient.") % values


_WARNINGS: dict[str, Callable[[Params], str]] = {
    "GAP": _gap,
    "LONGER_CHEAPER": _longer,
    "WEEK_DEARER_THAN_NIGHTS": _week,
    "ZERO_PRICE": _zero,
    "ARRIVAL_IMPOSSIBLE": _arrival,
    "NOTHING_PRICED": lambda params: (
        _("En « %(season)s », aucune durée n'a de prix.") % {"season": params.get("season", "")}
    ),
    "BASE_ABOVE_CAPACITY": lambda params: (
        _("Le prix vaut pour plus de personnes que l'hébergement n'en accueille (%(most)s).")
        % {"most": params.get("max_persons", "")}
    ),
}


def warnings_of(warnings: Iterable[pricing.StayRefusal]) -> list[Warned]:
    """Returns what is worth a second look, each sentence once."""
    found: dict[str, Warned] = {}
    for each in warnings:
        write = _WARNINGS.get(each.reason)
        words = write(each.params) if write else refusal(each.reason, each.params)
        length = 7 if each.reason == "WEEK_DEARER_THAN_NIGHTS" else _int(each.params, "nights")
        found.setdefault(words, Warned(words, each.params.get("season", ""), length))
    return list(found.values())


def warning_words(warnings: Iterable[pricing.StayRefusal]) -> list[str]:
    """Returns the sentences of what is worth a second look, each once."""
    return [each.sentence for each in warnings_of(warnings)]


NO_MEALS = N_("Cette formule n'a pas de repas : videz cette case, ou dites lesquels.")
_WHY = {
    "empty": N_("Ce champ est nécessaire."),
    "too_long": N_("C'est trop long."),
    "twice": N_("Une même réponse est donnée deux fois."),
    "weekdays": N_("Choisissez des jours de la semaine."),
    "below_minimum": N_("Le maximum est plus petit que le minimum."),
    "ages": N_("Donnez les âges du plus petit au plus grand, chacun une fois."),
    "only_early": N_("Une date limite ne va qu'avec une réservation à l'avance."),
    "no_meals": NO_MEALS,
}


def refusal_on_field(error: ServiceError) -> str:
    """Returns the sentence of a refused value; it stands beside the field that `metadata["field"]` names."""
    if error.reason == "BAD_PRICE":
        amount = int(error.metadata.get("amount", "0") or 0)
        if amount < 0:
            return _("Un prix ne peut pas être négatif.")
        limit = short_euros(int(error.metadata.get("limit", "0") or 0))
        return _("Ce prix paraît trop haut : %(limit)s au plus.") % {"limit": limit}
    if error.reason != "BAD_VALUE":
        return sentence(error)
    why, metadata = error.metadata.get("why", ""), error.metadata
    if why == "out_of_range":
        bounds = {"least": metadata.get("least", ""), "most": metadata.get("most", "")}
        return _("Indiquez un nombre entre %(least)s et %(most)s.") % bounds
    if why in _WHY:
        return _(_WHY[why])
    return sentence(error)
