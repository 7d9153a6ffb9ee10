"""Builders of contract messages: the cast of the acceptance stories, as other services would answer."""

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing_pb

OWNER_ID = "01890a5d-ac96-774b-bcce-b302099a8001"
STRANGER_ID = "01890a5d-ac96-774b-bcce-b302099a8002"
LISTING_ID = "01890a5d-ac96-774b-bcce-b302099a8011"
ROOM_ID = "01890a5d-ac96-774b-bcce-b302099a8012"
BOOKING_ID = "01890a5d-ac96-774b-bcce-b302099a8021"
LABEL_ID = "01890a5d-ac96-774b-bcce-b302099a8031"
PHOTO_ID = "01890a5d-ac96-774b-bcce-b302099a8041"
SEASONS = {"BS": "s-bs", "MS": "s-ms", "HS": "s-hs", "THS": "s-ths"}


def euros(cents):
    return {"amount": cents, "currency": "EUR"}


def an_owner(**changes):
    data = {
        "id": OWNER_ID,
        "supplier_no": 27144,
        "civility": "MRS",
        "last_name": "Faure",
        "first_name": "Jeanne",
        "address": {
            "lines": ["12 chemin des Oliviers"],
            "postal_code": "07460",
            "city": "Beaulieu",
            "country": "FR",
        },
        "phone": "04 75 39 00 00",
        "mobile": "06 12 34 56 78",
        "email": "jeanne.faure@example.org",
        "kind": "OWNER_KIND_PRIVATE",
        "languages": ["fr", "en"],
        "currency": "EUR",
        "label_ids": [LABEL_ID],
        "revision": 3,
    }
    return ParseDict({**data, **changes}, catalog_pb.Owner())


def a_label():
    return catalog_pb.Label(
        id=LABEL_ID, slug="clevacances", name="Clévacances", primary_color="#2B5F75", phone="05 61 13 55 66"
    )


VALUES = {
    "surface_m2": 85,
    "rooms_count": 4,
    "bedrooms": 2,
    "bathrooms": 1,
    "toilets": 1,
    "kitchen": "separate",
    "heating": ["electric", "wood"],
    "pets_allowed": True,
    "wifi": True,
    "surroundings": "hamlet",
    "distance_river": 0.5,
    "distance_bakery": 3,
    "view": "Sur les vignes et la montagne de Barry",
    "neighbourhood": ["road", "farm"],
    "neighbourhood_detail": "Tracteurs au moment des vendanges",
    "visit_date": "2025-03-14",
    "price_includes": ["water", "heating"],
    "rooms": [
        {"designation": "Séjour", "surface": 28, "windows": 2, "exposure": "sud", "view": "vignes",
         "furniture": "table, buffet, canapé", "beds": "1 convertible", "state": "bon"},
        {"designation": "Chambre 1", "surface": 14.5, "windows": 1, "exposure": "est", "view": "cour",
         "furniture": "armoire, chevets", "beds": "1 lit 2 p. (160)", "state": "très bon"},
        {"designation": "Chambre 2", "surface": 12, "beds": "2 lits 1 p.", "state": "bon"},
    ],
}  # fmt: skip


def a_listing(*, values=None, **changes):
    data = {
        "id": LISTING_ID,
        "code": "07MS01731",
        "owner_id": OWNER_ID,
        "supplier_no": 27144,
        "label_id": LABEL_ID,
        "kind": "LISTING_KIND_SEASONAL_RENTAL",
        "state": "LISTING_STATE_IN_PRODUCTION",
        "name": {"fr": "Le Mas des Cigales", "en": "Mas des Cigales"},
        "description": {
            "fr": "Mas en pierre au calme, entouré de vignes, à dix minutes des gorges de l’Ardèche. Terrasse "
            "ombragée plein sud, jardin clos, et la rivière à cinq cents mètres par un sentier."
        },
        "address": {
            "lines": ["Hameau de Pleoux"],
            "postal_code": "07460",
            "city": "Beaulieu",
            "country": "FR",
        },
        "latitude": 44.3612,
        "longitude": 4.2391,
        "base_persons": 4,
        "max_persons": 6,
        "official_stars": 3,
        "label_rating": 3,
        "registration_number": "07028000123A7",
        "zone": "Europe/Paris",
        "revision": 7,
    }
    listing = ParseDict({**data, **changes}, catalog_pb.Listing())
    listing.values.CopyFrom(ParseDict(VALUES if values is None else values, Struct()))
    return listing


def a_room(**changes):
    return a_listing(
        **{
            "id": ROOM_ID,
            "code": "26CH1481",
            "kind": "LISTING_KIND_GUEST_ROOM",
            "name": {"fr": "Chambre Lavande"},
            "address": {"lines": ["Rue du Four"], "postal_code": "26110", "city": "Nyons", "country": "FR"},
            "max_persons": 3,
            "base_persons": 3,
            "official_stars": 0,
            "registration_number": "",
            "revision": 4,
            **changes,
        }
    )


def a_field(key, kind, heading, fr, en="", *, unit="", choices=None, kinds=()):
    field = catalog_pb.FieldDef(key=key, type=kind, heading=heading, unit=unit, kinds=kinds)
    field.label["fr"] = fr
    field.label["en"] = en or fr
    for name, words in (choices or {}).items():
        choice = field.choices.add(key=name)
        choice.label["fr"] = words
    return field


def the_fields():
    text, number, yes_no = (
        catalog_pb.FIELD_TYPE_TEXT,
        catalog_pb.FIELD_TYPE_NUMBER,
        catalog_pb.FIELD_TYPE_BOOLEAN,
    )
    one, many = catalog_pb.FIELD_TYPE_CHOICE, catalog_pb.FIELD_TYPE_CHOICES
    nuisances = {"none": "néant", "road": "route", "farm": "exploitation agricole", "noise": "bruits"}
    distances = ("sea:Mer ou plage", "lake:Lac", "river:Rivière", "ski:Pistes de ski", "centre:Centre-ville",
                 "bakery:Boulangerie", "grocery:Alimentation", "supermarket:Supermarché", "train:Gare SNCF",
                 "airport:Aéroport", "doctor:Médecin", "hospital:Hôpital", "pharmacy:Pharmacie")  # fmt: skip
    equipment = ("dishwasher:Lave-vaisselle", "oven:Four", "freezer:Congélateur", "washing_machine:Lave-linge",
                 "tv:Télévision", "wifi:Wifi", "fireplace:Cheminée", "barbecue:Barbecue")  # fmt: skip
    return [
        a_field("visit_date", catalog_pb.FIELD_TYPE_DATE, 1, "Date de la dernière visite"),
        a_field("key_handover", one, 1, "Remise des clefs", choices={"on_site": "sur place"}),
        a_field("construction", one, 2, "Construction", choices={"old": "ancienne"}),
        a_field("heating", many, 2, "Chauffage", choices={"electric": "électrique", "wood": "bois"}),
        a_field("rooms_count", number, 2, "Nombre de pièces d’habitation"),
        a_field("surface_m2", number, 2, "Superficie totale", "Total area", unit="m²"),
        a_field("kitchen", one, 2, "Cuisine", choices={"separate": "séparée"}),
        a_field("pets_allowed", yes_no, 2, "Animaux admis"),
        a_field("garden", yes_no, 2, "Jardin"),
        a_field("surroundings", one, 3, "Le logement est", choices={"hamlet": "dans un hameau"}),
        *(a_field(f"distance_{d.split(':')[0]}", number, 3, d.split(":")[1], unit="km") for d in distances),
        a_field("view", text, 3, "Vue"),
        a_field("neighbourhood", many, 3, "Inconvénients de voisinage", choices=nuisances),
        a_field("neighbourhood_detail", text, 3, "Précisions sur le voisinage"),
        a_field("rooms", catalog_pb.FIELD_TYPE_ROOMS, 4, "Pièces"),
        *(a_field(e.split(":")[0], yes_no, 4, e.split(":")[1]) for e in equipment),
        a_field(
            "price_includes", many, 5, "Le prix comprend", choices={"water": "eau", "heating": "chauffage"}
        ),
        a_field("file_fee", number, 5, "Frais de dossier", unit="€"),
        a_field("published_prices", text, 0, "Prix publiés"),
    ]


def terms(**changes):
    data = {
        "owner_id": OWNER_ID,
        "revision": 1,
        "deposit_kind": "DEPOSIT_KIND_ARRHES",
        "deposit_basis_points": 2500,
        "means": ["PAYMENT_MEANS_CHEQUE", "PAYMENT_MEANS_TRANSFER"],
        "option_days": 7,
        "balance_days_before": 30,
        "iban": "FR7630006000011234567890189",
        "iban_holder": "Jeanne FAURE",
        "cheque_payee": "Jeanne FAURE",
        "security_deposit": euros(30000),
        "arrival_from": "16:00",
        "departure_until": "10:00",
    }
    return ParseDict({**data, **changes}, booking_pb.SalesTerms())


def a_client(**changes):
    data = {
        "id": "01890a5d-ac96-774b-bcce-b302099a8051",
        "owner_id": OWNER_ID,
        "code": "DUP-2",
        "civility": "MR",
        "last_name": "Dupond",
        "first_name": "Georges",
        "address_lines": ["Rue St Exupéry"],
        "postal_code": "73300",
        "city": "ST JEAN DE MAURIENNE",
        "country": "FR",
        "mobile": "06 98 76 54 32",
        "email": "georges.dupond@example.org",
        "language": "fr",
    }
    return ParseDict({**data, **changes}, booking_pb.Client())


def a_line(listing=LISTING_ID, code="07MS01731", name="Le Mas des Cigales", *, arrival="2010-12-31",
           departure="2011-01-05", adults=2, ages=(), total=1200, lines=None, plan="Pension complète",
           revision=7):  # fmt: skip
    return ParseDict(
        {
            "id": f"01890a5d-ac96-774b-bcce-{code.lower().encode().hex()[:12]}",
            "listing_id": listing,
            "listing_code": code,
            "listing_name": name,
            "agreed": True,
            "price": {
                "listing_id": listing,
                "rate_plan_name": plan,
                "nights": {"arrival": arrival, "departure": departure},
                "party": {"adults": adults, "children_ages": list(ages)},
                "lines": lines or [{"kind": "AGREED", "amount": euros(total)}],
                "accommodation": euros(total),
                "total": euros(total),
                "listing_revision": revision,
                "agreed_reason": "ami de la famille",
            },
        },
        booking_pb.BookingLine(),
    )


def a_booking(*, lines=None, total=1200, deposit=300, tax=0, kind="DEPOSIT_KIND_ARRHES", **changes):
    data = {
        "id": BOOKING_ID,
        "owner_id": OWNER_ID,
        "number": 3,
        "reference": "7K2M9QX4ZD",
        "state": "BOOKING_STATE_OPTION",
        "origin": "BOOKING_ORIGIN_OWNER",
        "totals": {
            "accommodation": euros(total),
            "supplements": euros(0),
            "discounts": euros(0),
            "total": euros(total),
            "tourist_tax": euros(tax),
            "deposit_kind": kind,
            "deposit_basis_points": 2500,
            "deposit_due": euros(deposit),
            "balance": euros(total),
            "schedule": [
                {"kind": "DEPOSIT", "amount": euros(deposit), "due_on": "2010-12-31"},
                {"kind": "BALANCE", "amount": euros(total - deposit)},
            ],
        },
        "client_note": "Le chauffage sera allumé avant votre arrivée.",
        "internal_note": "A déjà cassé une chaise, surveiller.",
        "revision": 2,
        "mail_confirmed": True,
        "booked_on": "2010-12-31",
    }
    booking = ParseDict({**data, **changes}, booking_pb.Booking())
    booking.client.CopyFrom(a_client())
    booking.terms.CopyFrom(terms(deposit_kind=kind))
    booking.lines.extend(lines if lines is not None else [a_line()])
    return booking


def a_price_sheet():
    from documents.printing.prices import PriceSheet  # noqa: PLC0415

    periods = {
        "BS": [("2026-02-01", "2026-06-13"), ("2026-08-29", "2026-11-28")],
        "MS": [("2026-06-13", "2026-07-11"), ("2026-08-15", "2026-08-29")],
        "HS": [("2026-08-08", "2026-08-15")],
        "THS": [("2026-07-11", "2026-08-08")],
    }
    packages = {
        "BS": (110, 150, 190, 240, 340),
        "MS": (120, 185, 265, 345, 590),
        "HS": (130, 205, 300, 380, 630),
        "THS": (140, 225, 324, 425, 740),
    }
    seasons = [
        ParseDict(
            {"id": SEASONS[name], "name": name,
             "periods": [{"arrival": a, "departure": d} for a, d in spans]},
            pricing_pb.Season(),
        )
        for name, spans in periods.items()
    ]  # fmt: skip
    tariff = pricing_pb.Tariff(
        id="t1", name="Tarif 2026", rate_plan_id="p1", listing_ids=[LISTING_ID, ROOM_ID], base_persons=4,
        extra_person_unit=pricing_pb.EXTRA_PERSON_UNIT_WEEK,
    )  # fmt: skip
    for name, prices in packages.items():
        row = tariff.rows.add(season_id=SEASONS[name], extra_adult=7000)
        for nights, price in zip((1, 2, 3, 4, 7), prices, strict=True):
            row.packages[nights] = price * 100
    supplements = [
        ParseDict({"code": "menage", "name": "Ménage de fin de séjour", "base": "SUPPLEMENT_BASE_PER_STAY",
                   "price": euros(6000)}, pricing_pb.Supplement()),
        ParseDict({"code": "draps", "name": "Draps", "base": "SUPPLEMENT_BASE_PER_PERSON", "price": euros(850)},
                  pricing_pb.Supplement()),
        ParseDict({"code": "chauffage", "name": "Chauffage", "base": "SUPPLEMENT_BASE_PER_WEEK",
                   "price": euros(4000), "obligatory": True}, pricing_pb.Supplement()),
    ]  # fmt: skip
    plans = [pricing_pb.RatePlan(id="p1", code="location", name="Location seule")]
    prices = [
        ParseDict({"id": "d1", "listing_id": LISTING_ID, "nights": {"arrival": "2026-12-19", "departure": "2026-12-26"},
                   "unit": "PRICE_UNIT_STAY", "price": euros(69000)}, pricing_pb.PriceOnDates()),
    ]  # fmt: skip
    return PriceSheet(seasons=seasons, tariffs=[tariff], plans=plans, prices=prices, supplements=supplements)
