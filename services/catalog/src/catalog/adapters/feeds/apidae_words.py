"""APIDAE's code lists in the terms of our sheet; what is not here is kept as text."""

from typing import Any

KINDS = {2620: "SEASONAL_RENTAL", 2626: "SEASONAL_RENTAL", 2619: "GUEST_ROOM"}

HABITATIONS: dict[int, tuple[tuple[str, Any], ...]] = {
    1612: (("building_type", "terraced_house"),),
    1613: (("building_type", "flat_in_building"),),
    1614: (("building_type", "chalet"),),
    1617: (("building_type", "chalet"),),
    1619: (("construction", "old"),),
    1620: (("construction", "new"),),
    1625: (("construction", "recent"),),
    1633: (("building_type", "chalet"),),
    1635: (("building_type", "flat_in_house"),),
    1675: (("construction", "old"),),
    1677: (("construction", "new"),),
    1679: (("construction", "old"),),
}

CRITERIA: dict[int, tuple[tuple[str, Any], ...]] = {
    # equipements
    606: (("bike_shelter", True),),
    612: (("playground", True),),
    672: (("garden_furniture", True),),
    698: (("sauna", True),),
    710: (("enclosed_grounds", True),),
    723: (("terrace", True),),
    803: (("barbecue", True),),
    811: (("ski_room", True),),
    972: (("parking", True),),
    1050: (("garage", True),),
    1053: (("separate_entrance", True),),
    1054: (("hammam", True),),
    1057: (("spa", True),),
    1058: (("garden", True),),
    1089: (("park", True),),
    1103: (("single_storey", True),),
    1297: (("games_room", True),),
    1323: (("parking", True),),
    1479: (("garden", True),),
    # conforts
    774: (("vacuum", True),),
    799: (("non_smoking", True),),
    838: (("baby_equipment", True),),
    842: (("wifi", True),),
    876: (("kitchen", "separate"),),
    877: (("fireplace", True),),
    895: (("freezer", True),),
    904: (("sheets", "included"),),
    907: (("oven", True),),
    919: (("washing_machine", True),),
    922: (("dishwasher", True),),
    941: (("wifi", True),),
    943: (("fridge", True),),
    946: (("hair_dryer", True),),
    950: (("dryer", True),),
    963: (("tv", True),),
    971: (("balcony", True),),
    973: (("toilets_separate", True),),
    977: (("bathrooms", 2),),
    986: (("heating", "central"),),
    987: (("heating", "electric"),),
    988: (("kitchen", "open"),),
    997: (("hood", True),),
    999: (("microwave", True),),
    1012: (("iron", True),),
    1014: (("baby_bed", True),),
    1015: (("baby_chair", True),),
    # « 4 salles de bain et plus »: the least that it can be.
    3822: (("bathrooms", 4),),
    # services
    687: (("pets_allowed", True),),
    1028: (("sheets", "rental"),),
    1029: (("final_cleaning", "option"),),
    1145: (("sheets", "rental"),),
}

SURROUNDINGS = {185: "village", 187: "isolated"}

LANGUAGES_SPOKEN = {1189: "de", 1192: "en", 1194: "es", 1197: "fr", 1200: "it"}
