"""Words of tariffs; pure."""

from collections.abc import Iterable

from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.i18n import N_
from gateway.texts import refusal

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
}
COLOURS = tuple(f"s{number}" for number in range(1, 9))


def warning_words(warnings: Iterable[pricing.StayRefusal]) -> list[str]:
    """Returns the sentences of what is worth a second look, each once."""
    return list(dict.fromkeys(refusal(each.reason, each.params) for each in warnings))
