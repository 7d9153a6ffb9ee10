"""Heading 2, principales caractéristiques."""

from catalog.domain.fields.definition import Field, Section

_statement = Section(2, "statement")
_rooms = Section(2, "rooms")
_equipment = Section(2, "equipment")

OUTDOORS = {
    "garden": ("Jardin", "Garden"),
    "park": ("Parc", "Park"),
    "courtyard": ("Cour", "Courtyard"),
    "terrace": ("Terrasse", "Terrace"),
    "balcony": ("Balcon", "Balcony"),
    "garage": ("Garage", "Garage"),
    "parking": ("Parking", "Parking"),
    "pool": ("Piscine", "Swimming pool"),
    "tennis": ("Tennis", "Tennis court"),
}

CHARACTERISTICS: tuple[Field, ...] = (
    _statement.number("adults", "Nombre d’adultes", "Number of adults"),
    _statement.number("children", "Nombre d’enfants", "Number of children"),
    _statement.number("built_year", "Année de construction", "Year of construction"),
    _statement.choice(
        "construction",
        "Construction",
        "Building age",
        {"new": ("neuve", "new"), "recent": ("récente", "recent"), "old": ("ancienne", "old")},
    ),
    _statement.choice(
        "building_type",
        "Type de logement",
        "Type of accommodation",
        {
            "detached_house": ("maison indépendante", "detached house"),
            "terraced_house": ("maison mitoyenne", "terraced house"),
            "chalet": ("chalet", "chalet"),
            "studio_in_building": ("studio dans un immeuble", "studio in a building"),
            "flat_in_building": ("appartement dans un immeuble", "flat in a building"),
            "flat_in_house": (
                "studio ou appartement dans une maison de plusieurs logements",
                "studio or flat in a house of several homes",
            ),
            "unusual": ("hébergement insolite", "unusual accommodation"),
            "other": ("autre", "other"),
        },
    ),
    _statement.choice(
        "rooms_in",
        "Les pièces sont situées dans",
        "The rooms are in",
        {"house": ("une maison", "a house"), "building": ("un immeuble", "a building")},
    ),
    _statement.choices(
        "partly_occupied",
        "Le bâtiment est aussi occupé par",
        "The building is also lived in by",
        {
            "none": ("personne d’autre", "nobody else"),
            "owner": ("le propriétaire", "the owner"),
            "tenants": ("d’autres locataires", "other tenants"),
        },
    ),
    _statement.number("floor", "Étage (0 = rez-de-chaussée)", "Floor (0 = ground floor)"),
    _statement.number("floors", "Nombre de niveaux", "Number of levels"),
    _statement.yes_no("lift", "Ascenseur", "Lift"),
    _equipment.yes_no(
        "wheelchair_access", "Accessible aux personnes à mobilité réduite", "Wheelchair accessible"
    ),
    _statement.choices(
        "heating",
        "Chauffage",
        "Heating",
        {
            "none": ("néant", "none"),
            "central": ("central", "central"),
            "electric": ("électrique", "electric"),
            "gas": ("gaz", "gas"),
            "oil": ("fioul", "oil"),
            "wood": ("bois", "wood"),
            "heat_pump": ("pompe à chaleur", "heat pump"),
        },
        required=True,
    ),
    _equipment.yes_no("air_conditioning", "Climatisation", "Air conditioning"),
    _statement.choice(
        "heating_charge",
        "Le chauffage est",
        "Heating is",
        {
            "included": ("compris dans le prix", "included in the price"),
            "metered": ("payé selon la consommation réelle", "paid as metered"),
            "flat_rate": ("payé au forfait par semaine", "paid at a flat rate per week"),
        },
    ),
    _statement.number("heating_flat_rate", "Forfait de chauffage par semaine", "Heating per week", unit="€"),
    _rooms.number("rooms_count", "Nombre de pièces d’habitation", "Number of living rooms", required=True),
    _rooms.number("surface_m2", "Superficie totale", "Total area", unit="m²", required=True),
    _rooms.number("bedrooms", "Nombre de chambres", "Number of bedrooms", required=True),
    _rooms.number("bathrooms", "Salles d’eau et salles de bains", "Shower and bathrooms", required=True),
    _rooms.number("bathrooms_m2", "Superficie des salles d’eau", "Area of the bathrooms", unit="m²"),
    _rooms.number("toilets", "WC", "Toilets", required=True),
    _rooms.choice(
        "kitchen",
        "Cuisine",
        "Kitchen",
        {
            "none": ("néant", "none"),
            "separate": ("séparée", "separate"),
            "corner": ("coin cuisine", "kitchenette"),
            "open": ("ouverte (américaine)", "open plan"),
            "shared": ("commune", "shared"),
        },
        required=True,
    ),
    *_equipment.all_yes_no(OUTDOORS),
    _equipment.choices(
        "shared_spaces",
        "Parmi ces espaces, ceux en jouissance commune (les autres sont privatifs)",
        "Of these spaces, the shared ones (the others are private)",
        {"none": ("aucun", "none"), **OUTDOORS},
    ),
    _equipment.yes_no("pets_allowed", "Animaux admis", "Pets allowed", required=True),
    _equipment.text("pets_conditions", "Conditions pour les animaux", "Conditions for pets"),
    _equipment.yes_no("non_smoking", "Non-fumeur", "Non-smoking"),
)
