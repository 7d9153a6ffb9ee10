"""One table from stable reasons to sentences; the API, the guest's and the owner's pages speak from it."""

from collections.abc import Mapping
from datetime import date

from chassis.errors import ErrorKind, ServiceError

from gateway.formats import du_au, jour
from gateway.i18n import N_
from gateway.i18n import gettext as _

SENTENCES: dict[str, str] = {
    # catalog
    "OWNER_NOT_FOUND": N_("Ce propriétaire est introuvable."),
    "LABEL_NOT_FOUND": N_("Ce label est introuvable."),
    "LISTING_NOT_FOUND": N_("Cet hébergement est introuvable."),
    "IMPORT_NOT_FOUND": N_("Cet import est introuvable."),
    "PHOTO_NOT_FOUND": N_("Cette photo est introuvable."),
    "CODE_TAKEN": N_("Ce code est déjà pris. Choisissez-en un autre."),
    "SLUG_TAKEN": N_("Un autre label a déjà ce nom court."),
    "SUPPLIER_NO_TAKEN": N_("Ce numéro de fournisseur est déjà pris."),
    "REVISION_STALE": N_(
        "Cette fiche a été changée entre-temps, sur un autre appareil ou dans un autre onglet. "
        "Rien n'a été enregistré. Rouvrez la page pour voir ce qui a changé."
    ),
    "UNKNOWN_FIELD": N_("Ce champ n'existe pas : %(field)s."),
    "NOT_READY": N_("La fiche n'est pas encore complète. La liste ci-dessous dit ce qui manque."),
    "PHOTO_REFUSED": N_("Cette photo ne peut pas être prise."),
    "FEED_REFUSED": N_("Ce fichier n'est pas un flux que nous savons lire."),
    # pricing
    "SEASON_NOT_FOUND": N_("Cette saison est introuvable."),
    "RATE_PLAN_NOT_FOUND": N_("Cette formule est introuvable."),
    "TARIFF_NOT_FOUND": N_("Ce tarif est introuvable."),
    "PRICE_NOT_FOUND": N_("Ce prix est introuvable."),
    "SUPPLEMENT_NOT_FOUND": N_("Ce supplément est introuvable."),
    "DISCOUNT_NOT_FOUND": N_("Cette remise est introuvable."),
    "QUOTE_NOT_FOUND": N_("Ce prix n'est plus gardé. Demandez-le à nouveau."),
    "SEASONS_OVERLAP": N_("Les saisons « %(first)s » et « %(second)s » se recouvrent. Corrigez leurs dates."),
    "PERIOD_REVERSED": N_("Une période finit avant de commencer. Corrigez ses dates."),
    "SEASON_IN_USE": N_("Cette saison sert encore dans un tarif. Retirez-la d'abord du tarif."),
    "BAD_PRICE": N_("Un prix ne convient pas : il doit être entre 0 et 99 999 €."),
    "STAY_REFUSED": N_("Ce séjour n'est pas vendu ainsi."),
    "QUOTE_EXPIRED": N_("Ce prix n'est plus garanti. Demandez-le à nouveau."),
    "QUOTE_USED": N_("Ce prix a déjà servi à une réservation."),
    "LINES_OF_TWO_OWNERS": N_("Ces hébergements n'ont pas le même propriétaire : faites deux réservations."),
    "PLAN_PRICED_TWICE": N_(
        "Le tarif « %(tariff)s » donne déjà un prix à cette formule sur cet hébergement."
    ),
    "PRICES_OVERLAP": N_("Un autre prix est déjà saisi sur ces nuits."),
    # availability
    "BLOCK_NOT_FOUND": N_("Ce blocage est introuvable."),
    "NIGHTS_TAKEN": N_("Ces dates viennent d'être prises. Rien n'a été enregistré ni débité."),
    "NIGHTS_NOT_OPEN": N_("Ces dates ne sont pas ouvertes à la location."),
    "HOLD_GONE": N_("L'option est finie et ces dates ont été prises."),
    "BUSY": N_("Quelqu'un réserve au même instant. Recommencez dans une seconde."),
    "CHAIN_TOO_LONG": N_("Un même client ne peut pas louer plus de 90 jours de suite le même meublé."),
    "GUEST_LIMIT": N_("Des chambres d'hôtes ne peuvent pas dépasser 5 chambres ni 15 personnes à la fois."),
    "BAD_RANGE": N_("Le départ doit être après l'arrivée."),
    # booking
    "BOOKING_NOT_FOUND": N_("Cette réservation est introuvable."),
    "CLIENT_NOT_FOUND": N_("Ce client est introuvable."),
    "TERMS_NOT_FOUND": N_("Les modalités de vente ne sont pas encore saisies."),
    "PAYMENT_NOT_FOUND": N_("Ce règlement est introuvable."),
    "TERMS_STALE": N_("Les modalités de vente ont changé entre-temps. Vérifiez le prix à nouveau."),
    "ILLEGAL_MOVE": N_("Ce n'est plus possible : la réservation a changé d'état entre-temps."),
    "PROPOSAL_NOT_FOUND": N_("Ce devis est introuvable."),
    "PROPOSAL_EXPIRED": N_("Ce devis n'est plus valable. Demandez-en un nouveau : rien n'a été réservé."),
    "PROPOSAL_WITHDRAWN": N_("Ce devis a été retiré par le propriétaire. Rien n'a été réservé."),
    "GUEST_LINK_UNKNOWN": N_("Ce lien n'est pas, ou n'est plus, valable."),
    "TOO_MANY_OPTIONS": N_("Trop d'options sont déjà posées. Appelez le propriétaire."),
    "ONLINE_OPTIONS_OFF": N_("Ce propriétaire ne prend pas d'options en ligne. Appelez-le."),
    "STATEMENT_NOT_RECEIVED": N_("Le client doit d'abord avoir reçu l'état descriptif des lieux."),
    "PARTY_NOT_STATED": N_("Le nombre de personnes n'est pas indiqué. Indiquez-le d'abord."),
    "STILL_PLACING": N_("La réservation est en cours : elle se termine d'elle-même dans un instant."),
    "OVERLOADED": N_("Beaucoup de monde à la fois. Recommencez dans quelques secondes."),
    # documents
    "DOCUMENT_NOT_FOUND": N_("Ce document est introuvable."),
    "NO_RECIPIENT": N_("Il manque une adresse e-mail, ou elle ne convient pas."),
    # the gateway itself
    "KEY_MISSING": N_("Donnez une clef : « Authorization: Bearer … », ou « Sejour-Widget: … »."),
    "KEY_UNKNOWN": N_("Cette clef n'est pas, ou n'est plus, connue."),
    "SCOPE_MISSING": N_("Cette clef ne permet pas cela : il lui faut « %(scope)s »."),
    "ORIGIN_REFUSED": N_("Cette clef ne vaut pas pour le site %(origin)s."),
    "IDEMPOTENCY_KEY_MISSING": N_("Il faut un en-tête « Idempotency-Key » avec un UUID."),
    "RATE_LIMITED": N_("Trop de demandes à la fois. Attendez un instant, puis recommencez."),
    "BAD_QUERY": N_("Le paramètre « %(field)s » ne se lit pas."),
    "LABEL_TO_CHOOSE": N_("Cette clef vaut pour plusieurs labels : indiquez lequel (« label= »)."),
    "ONLINE_PAYMENT_UNAVAILABLE": N_(
        "Réserver ferme demande un paiement en ligne, qui n'est pas ouvert ici. Posez une option."
    ),
    "CANCELLATION_UNAVAILABLE": N_("Cette réservation ne peut plus être annulée ainsi."),
    "MALFORMED": N_("Cette demande ne se lit pas."),
    # all
    "BAD_VALUE": N_("Une valeur ne convient pas."),
    "REQUEST_ID_REUSED": N_("Ce formulaire a déjà été envoyé avec d'autres réponses. Rouvrez la page."),
    "NOT_ALLOWED": N_("Cela ne vous est pas permis."),
    "PASSWORD_TOO_WEAK": N_(
        "Choisissez un mot de passe de 12 caractères ou plus, qui ne soit pas un mot courant."
    ),
    "LOGIN_DELAYED": N_("Trop d'essais. Recommencez dans %(seconds)s secondes."),
}
_BY_KIND: dict[ErrorKind, str] = {
    ErrorKind.MALFORMED: N_("Cette demande ne se lit pas."),
    ErrorKind.NOT_FOUND: N_("Introuvable."),
    ErrorKind.FORBIDDEN: N_("Cela ne vous est pas permis."),
    ErrorKind.LIMITED: N_("Trop de demandes à la fois. Attendez une minute."),
    ErrorKind.UNAVAILABLE: N_(
        "Une partie du service ne répond pas. Réessayez : rien ne sera fait deux fois."
    ),
    ErrorKind.DEADLINE: N_("La réponse n'est pas venue à temps. Réessayez : rien ne sera fait deux fois."),
    ErrorKind.BUSY: N_("Quelqu'un réserve au même instant. Recommencez dans une seconde."),
}
_LASTING = N_("Cela n'est pas possible. Rien n'a été enregistré.")


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _shown(metadata: Mapping[str, str]) -> _Known:
    return _Known(metadata)


def sentence(error: ServiceError) -> str:
    """Returns what a person reads of a typed failure, in the current language."""
    template = SENTENCES.get(error.reason) or _BY_KIND.get(error.kind, _LASTING)
    text = _(template)
    return text % _shown(error.metadata) if "%(" in text else text


def nights_of(error: ServiceError) -> str:
    """Returns « du … au … » of the nights that a failure names, or nothing."""
    arrival, departure = error.metadata.get("arrival", ""), error.metadata.get("departure", "")
    try:
        return du_au(date.fromisoformat(arrival), date.fromisoformat(departure))
    except ValueError:
        return ""


def day_of_failure(error: ServiceError, key: str) -> str:
    """Returns a day that a failure names in words, or nothing."""
    try:
        return jour(date.fromisoformat(error.metadata.get(key, "")))
    except ValueError:
        return ""
