"""Heading 4, description: rooms and beds, kitchen, sanitary fittings, equipment."""

from catalog.domain.fields.definition import Field, Section

_statement = Section(4, "statement")
_rooms = Section(4, "rooms")
_equipment = Section(4, "equipment")

_BEDS = {
    "beds_single": ("Lits 1 personne", "Single beds"),
    "beds_double": ("Lits 2 personnes", "Double beds"),
    "beds_bunk": ("Lits superposés", "Bunk beds"),
    "beds_baby": ("Lits bébé", "Cots"),
    "beds_sofa": ("Convertibles", "Sofa beds"),
}
_KITCHEN = {
    "sink": ("Évier", "Sink"),
    "oven": ("Four", "Oven"),
    "microwave": ("Micro-ondes", "Microwave"),
    "fridge": ("Réfrigérateur", "Fridge"),
    "freezer": ("Congélateur", "Freezer"),
    "dishwasher": ("Lave-vaisselle", "Dishwasher"),
    "hood": ("Hotte aspirante", "Extractor hood"),
    "coffee_maker": ("Cafetière", "Coffee maker"),
    "kettle": ("Bouilloire", "Kettle"),
    "crockery": ("Vaisselle et couverts", "Crockery and cutlery"),
    "cookware": ("Batterie de cuisine", "Pots and pans"),
}
_HOUSE = {
    "washing_machine": ("Lave-linge", "Washing machine"),
    "dryer": ("Sèche-linge", "Tumble dryer"),
    "iron": ("Fer et planche à repasser", "Iron and board"),
    "hair_dryer": ("Sèche-cheveux", "Hair dryer"),
    "vacuum": ("Aspirateur", "Vacuum cleaner"),
    "tv": ("Télévision", "Television"),
    "telephone": ("Téléphone", "Telephone"),
    "wifi": ("Internet, wifi", "Internet, wifi"),
    "fireplace": ("Cheminée ou poêle", "Fireplace or stove"),
    "barbecue": ("Barbecue", "Barbecue"),
    "garden_furniture": ("Salon de jardin", "Garden furniture"),
    "baby_bed": ("Lit bébé", "Cot"),
    "baby_chair": ("Chaise bébé", "High chair"),
    "baby_equipment": ("Matériel bébé", "Baby equipment"),
    "spa": ("Spa, jacuzzi", "Hot tub"),
    "sauna": ("Sauna", "Sauna"),
    "hammam": ("Hammam", "Steam room"),
    "playground": ("Aire de jeux", "Playground"),
    "games_room": ("Salle de jeux", "Games room"),
    "enclosed_grounds": ("Terrain clos", "Enclosed grounds"),
    "bike_shelter": ("Abri à vélos", "Bike shelter"),
    "bike_hire": ("Prêt ou location de vélos", "Bikes to borrow or hire"),
    "ski_room": ("Local à skis", "Ski room"),
    "ev_charger": ("Borne de recharge", "Car charging point"),
    "separate_entrance": ("Entrée indépendante", "Separate entrance"),
    "single_storey": ("Plain-pied", "All on one level"),
}

INTERIOR: tuple[Field, ...] = (
    _statement.choice(
        "upkeep",
        "État d’entretien général",
        "General condition",
        {
            "new": ("neuf", "as new"),
            "very_good": ("très bon", "very good"),
            "good": ("bon", "good"),
            "fair": ("correct", "fair"),
        },
    ),
    _rooms.rooms("rooms", "Pièce par pièce", "Room by room"),
    _rooms.number("beds", "Nombre de lits", "Number of beds", required=True),
    *_rooms.all_numbers(_BEDS),
    _rooms.text("bedding", "Literie", "Bedding"),
    _rooms.yes_no("blankets", "Couvertures ou couettes fournies", "Blankets or duvets provided"),
    *_equipment.all_yes_no(_KITCHEN),
    _equipment.choice(
        "hob",
        "Plaques de cuisson",
        "Hob",
        {
            "none": ("néant", "none"),
            "gas": ("gaz", "gas"),
            "electric": ("électriques", "electric"),
            "ceramic": ("vitrocéramiques", "ceramic"),
            "induction": ("à induction", "induction"),
        },
    ),
    *_rooms.all_numbers(
        {
            "washbasins": ("Lavabos", "Washbasins"),
            "showers": ("Douches", "Showers"),
            "bathtubs": ("Baignoires", "Bathtubs"),
            "toilets_inside": ("WC intérieurs", "Indoor toilets"),
        }
    ),
    _rooms.yes_no("toilets_separate", "WC indépendants", "Separate toilets"),
    _rooms.text("hot_water", "Eau chaude", "Hot water"),
    *_equipment.all_yes_no(_HOUSE),
)
