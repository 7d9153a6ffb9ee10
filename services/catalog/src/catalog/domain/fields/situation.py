"""Heading 3, situation dans la localité."""

from catalog.domain.fields.definition import Field, Section

_section = Section(3, "situation")

SITUATION: tuple[Field, ...] = (
    _section.choice(
        "surroundings",
        "Le logement est",
        "The place is",
        {
            "isolated": ("isolé", "on its own"),
            "hamlet": ("dans un hameau", "in a hamlet"),
            "village": ("dans un bourg", "in a village"),
            "town": ("en ville", "in town"),
        },
    ),
    *_section.all_numbers(
        {
            "distance_sea": ("Mer ou plage", "Sea or beach"),
            "distance_lake": ("Lac ou plan d’eau", "Lake"),
            "distance_river": ("Rivière", "River"),
            "distance_ski": ("Pistes de ski", "Ski slopes"),
            "distance_centre": ("Centre-ville", "Town centre"),
            "distance_bakery": ("Boulangerie", "Bakery"),
            "distance_grocery": ("Alimentation", "Grocery"),
            "distance_supermarket": ("Supermarché", "Supermarket"),
            "distance_restaurant": ("Restaurant", "Restaurant"),
            "distance_train": ("Gare SNCF", "Railway station"),
            "distance_bus": ("Gare routière", "Bus station"),
            "distance_airport": ("Aéroport", "Airport"),
            "distance_doctor": ("Médecin", "Doctor"),
            "distance_hospital": ("Hôpital", "Hospital"),
            "distance_pharmacy": ("Pharmacie", "Chemist"),
            "distance_tennis": ("Tennis", "Tennis"),
            "distance_pool": ("Piscine publique", "Public pool"),
            "distance_hiking": ("Randonnée", "Hiking"),
            "distance_riding": ("Équitation", "Horse riding"),
        },
        unit="km",
    ),
    _section.choices(
        "exposure",
        "Exposition",
        "Exposure",
        {
            "north": ("nord", "north"),
            "east": ("est", "east"),
            "south": ("sud", "south"),
            "west": ("ouest", "west"),
        },
    ),
    _section.text("view", "Vue", "View"),
    _section.choices(
        "neighbourhood",
        "Inconvénients de voisinage",
        "Nuisances nearby",
        {
            "none": ("néant", "none"),
            "noise": ("bruits", "noise"),
            "smells": ("odeurs", "smells"),
            "railway": ("voie ferrée", "railway"),
            "road": ("route", "road"),
            "works": ("chantier", "building works"),
            "farm": ("exploitation agricole", "farm"),
        },
        required=True,
    ),
    _section.text("neighbourhood_detail", "Précisions sur le voisinage", "More about the nuisances"),
)
