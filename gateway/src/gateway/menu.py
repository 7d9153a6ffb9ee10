"""The owner's menu, in the groups of the trade; an entry appears once its page exists."""

from dataclasses import dataclass

from gateway.i18n import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the menu; `key` is what the page calls itself to be marked as current."""

    key: str
    title: str
    path: str
    icon: str


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one title."""

    title: str
    entries: tuple[Entry, ...]


OWNER_MENU = (
    Group(
        N_("Tableau de bord"),
        (
            Entry("planning", N_("Mon planning"), "/planning", "calendar"),
            Entry("bookings", N_("Mes réservations"), "/reservations", "notebook"),
        ),
    ),
    Group(
        N_("Configuration"),
        (
            Entry("contact", N_("Mes coordonnées"), "/coordonnees", "user"),
            Entry("listings", N_("Mes hébergements"), "/hebergements", "house"),
            Entry("terms", N_("Mes modalités de vente"), "/modalites", "file"),
        ),
    ),
    Group(
        N_("Tarification"),
        (
            Entry("tariffs", N_("Saisie de mes tarifs"), "/tarifs", "tag"),
            Entry("tariff_view", N_("Visualisation de mes tarifs"), "/tarifs-vue", "eye"),
        ),
    ),
    Group(
        N_("Suivi"),
        (
            Entry("clients", N_("Mes clients"), "/clients", "users"),
            Entry("tourist_tax", N_("Taxe de séjour"), "/taxe", "file"),
        ),
    ),
    Group(N_("Commandes avancées"), (Entry("access", N_("Mes codes d'accès"), "/codes", "key"),)),
)
LABEL_MENU = (
    Group(N_("Label"), (Entry("label", N_("Membres et imports"), "/label", "users"),)),
    Group(N_("Commandes avancées"), (Entry("access", N_("Mes codes d'accès"), "/codes", "key"),)),
)
OPERATOR_MENU = (
    Group(
        N_("Exploitation"),
        (Entry("tax_rules", N_("Règles de la taxe de séjour"), "/exploitant/taxe", "tax"),),
    ),
    Group(N_("Commandes avancées"), (Entry("access", N_("Mes codes d'accès"), "/codes", "key"),)),
)
MENUS = {"label": LABEL_MENU, "operator": OPERATOR_MENU}
"""By role; every other has the owner's."""

BOTTOM_BAR = (
    Entry("planning", N_("Planning"), "/planning", "calendar"),
    Entry("bookings", N_("Réservations"), "/reservations", "notebook"),
    Entry("add", N_("Ajouter"), "/reservations/nouvelle", "plus"),
    Entry("tariffs", N_("Tarifs"), "/tarifs", "tag"),
)
