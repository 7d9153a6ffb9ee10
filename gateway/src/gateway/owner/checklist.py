"""What production needs of a listing, in words with the way to mend it; pure."""

from collections.abc import Mapping, Sequence

from sejour.catalog.v1 import catalog_types_pb2 as catalog

from gateway.formats import capitalize_first
from gateway.i18n import N_
from gateway.i18n import gettext as _
from gateway.owner.common import text_of
from gateway.owner.sheet import TYPED_TABS

WHERE_WORDS = {"tariff": N_("Saisir"), "terms": N_("Saisir"), "open": N_("Ouvrir"), "owner": N_("Compléter")}
ITEM_WORDS: Mapping[str, tuple[str, str]] = {
    "KIND_MISSING": (N_("Genre d'hébergement"), N_("genre d'hébergement à choisir")),
    "NAME_MISSING": (N_("Nom"), N_("nom à donner")),
    "ADDRESS_MISSING": (N_("Adresse et commune"), N_("adresse à compléter")),
    "CAPACITY_MISSING": (N_("Nombre de personnes"), N_("nombre de personnes à indiquer")),
    "OWNER_UNCLAIMED": (N_("Propriétaire connu"), N_("cette fiche n'a pas encore de propriétaire")),
    "OWNER_KIND_MISSING": (
        N_("Particulier ou professionnel"),
        N_("déclarez si vous êtes particulier ou professionnel"),
    ),
    "NO_PRICED_NIGHT": (N_("Un prix est saisi"), N_("aucun prix n'est saisi")),
    "PRICES_UNKNOWN": (N_("Prix"), N_("les prix ne répondent pas en ce moment")),
    "NO_PRICED_OPEN_NIGHT": (N_("Une nuit ouverte a un prix"), N_("aucune nuit ouverte n'a de prix")),
    "OPENINGS_UNKNOWN": (N_("Disponibilités"), N_("les disponibilités ne répondent pas en ce moment")),
    "TERMS_MISSING": (N_("Modalités de vente"), N_("modalités de vente à saisir")),
    "TERMS_UNKNOWN": (N_("Modalités de vente"), N_("les modalités ne répondent pas en ce moment")),
    "PAYEE_MISSING": (
        N_("Bénéficiaire des paiements"),
        N_("il manque le bénéficiaire d'un moyen de paiement"),
    ),
    "REGISTRATION_NUMBER_MISSING": (N_("N° d'enregistrement"), N_("n° d'enregistrement à indiquer")),
    "REGISTRATION_NUMBER_UNUSUAL": (
        N_("Forme du n° d'enregistrement"),
        N_("n° d'enregistrement inhabituel : vérifiez-le"),
    ),
    "SIRET_MISSING": (N_("SIRET"), N_("SIRET à indiquer")),
    "VAT_NOT_SAID": (
        N_("Régime de TVA"),
        N_("dites si vous êtes assujetti à la TVA : la mention est obligatoire sur vos documents"),
    ),
    "DESCRIPTION_MISSING": (N_("Description"), N_("description à écrire")),
    "PHOTO_MISSING": (N_("Photo"), N_("aucune photo")),
    "POSITION_MISSING": (N_("Position sur la carte"), N_("position sur la carte à indiquer")),
    "INSEE_MISSING": (N_("Code INSEE"), N_("code INSEE de la commune à indiquer (taxe de séjour)")),
}
FIELD_WORDS: Mapping[str, str] = {
    "surface_m2": N_("surface manquante"),
    "rooms_count": N_("nombre de pièces manquant"),
    "bedrooms": N_("nombre de chambres manquant"),
    "beds": N_("nombre de lits manquant"),
    "bathrooms": N_("salles d'eau à indiquer"),
    "toilets": N_("WC à indiquer"),
    "kitchen": N_("cuisine à indiquer"),
    "heating": N_("chauffage à indiquer"),
    "pets_allowed": N_("animaux admis ou non : à indiquer"),
}
"""What is said of a declared field without a value; of any other its label."""


def checklist_line(
    item: catalog.ChecklistItem, code: str, declared: Sequence[catalog.FieldDef]
) -> tuple[bool, str, str, str]:
    """Returns (done, sentence, address that mends it, words of the link)."""
    key = item.where.removeprefix("field:")
    defined = next((each for each in declared if each.key == key), None)
    done_words, missing_words = ITEM_WORDS.get(item.key, ("", ""))
    if done_words:
        text = _(done_words) if item.done else capitalize_first(_(missing_words))
    else:
        label = text_of(defined.label) if defined else key
        missing = capitalize_first(_(FIELD_WORDS[key])) if key in FIELD_WORDS else ""
        text = label if item.done else missing or _("%(label)s : à compléter") % {"label": label}
    if item.where.startswith("field:"):
        tab = (
            defined.tab
            if defined
            else next((t for t, keys in TYPED_TABS.items() if key in keys), "description")
        )
        return item.done, text, f"/hebergements/{code}?onglet={tab}#{key}", _("Compléter")
    address = {
        "tariff": "/tarifs",
        "terms": "/modalites",
        "owner": "/coordonnees",
        "open": f"/disponibilites/ajouter?hebergement={code}",
        "photos": f"/hebergements/{code}?onglet=photos",
    }.get(item.where, f"/hebergements/{code}")
    return item.done, text, address, _(WHERE_WORDS.get(item.where, N_("Compléter")))
