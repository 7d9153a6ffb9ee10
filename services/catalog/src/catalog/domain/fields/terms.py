"""Heading 5, prix et modalités: what belongs to the listing (prices and terms are other services')."""

from catalog.domain.fields.definition import Field, Section

_section = Section(5, "statement")

TERMS: tuple[Field, ...] = (
    _section.choices(
        "price_includes",
        "Le prix comprend",
        "The price includes",
        {
            "none": ("rien de plus", "nothing more"),
            "water": ("eau", "water"),
            "electricity": ("électricité", "electricity"),
            "gas": ("gaz", "gas"),
            "heating": ("chauffage", "heating"),
            "sheets": ("draps", "sheets"),
            "linen": ("linge de maison", "household linen"),
            "cleaning": ("ménage", "cleaning"),
            "wood": ("bois", "firewood"),
            "breakfast": ("petit déjeuner", "breakfast"),
        },
    ),
    _section.text("extra_charges", "Charges en sus (forfait ou au réel)", "Charges on top"),
    _section.choice(
        "sheets",
        "Draps et linge",
        "Sheets and linen",
        {
            "included": ("compris", "included"),
            "rental": ("en location", "for hire"),
            "bring": ("à apporter", "bring your own"),
        },
    ),
    _section.choice(
        "final_cleaning",
        "Ménage de fin de séjour",
        "Cleaning at the end",
        {
            "included": ("compris", "included"),
            "option": ("en option payante", "optional, at a charge"),
            "by_guest": ("à la charge du locataire", "done by the guest"),
        },
    ),
    _section.yes_no("breakfast", "Petit déjeuner servi", "Breakfast served"),
    _section.yes_no("table_dhotes", "Table d’hôtes", "Evening meals"),
    _section.text("arrival_from", "Arrivée à partir de", "Arrival from"),
    _section.text("arrival_until", "Arrivée jusqu’à", "Arrival until"),
    _section.text("departure_by", "Départ avant", "Departure by"),
    _section.text("arrival_days", "Jours d’arrivée et de départ", "Days of arrival and departure"),
    _section.text(
        "insurance", "Assurance annulation, responsabilité civile villégiature", "Insurance asked or offered"
    ),
    _section.text("other_conditions", "Autres conditions", "Other conditions"),
)
