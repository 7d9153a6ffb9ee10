"""Reads one object of APIDAE, formats v001 and v002 (`domain.md` 3.2)."""

import re
from datetime import date
from typing import Any

from catalog.adapters.feeds.apidae_offers import put_openings, put_tariffs
from catalog.adapters.feeds.apidae_words import CRITERIA, HABITATIONS, KINDS, LANGUAGES_SPOKEN, SURROUNDINGS
from catalog.adapters.feeds.text import (
    LANGUAGES,
    at,
    code,
    first,
    instant,
    is_web,
    joined,
    many,
    number,
    plain,
    tree,
    trees,
    whole,
)
from catalog.domain.codes import is_label_code
from catalog.domain.record import PublishedPhoto, Record, Refused

SOURCE = "apidae"
LETTING = "HEBERGEMENT_LOCATIF"
MAX_PHOTOS = 40
_RATING = re.compile(r"^\s*(\d)\s*(?:épis?|epis?|clés?|clefs?)\b", re.IGNORECASE)
_STARS = re.compile(r"^\s*(\d)\s*étoiles?", re.IGNORECASE)
_PHONE, _FAX, _MAIL, _SITE = 201, 202, 204, 205
_REGISTRATION = 5560
_CAPACITY = {
    "nombreChambres": "bedrooms",
    "nombrePieces": "rooms_count",
    "nombreLitsDoubles": "beds_double",
    "nombreLitsSimples": "beds_single",
    "nombreSallesDeBain": "bathrooms",
    "nombreWC": "toilets",
    "surface": "surface_m2",
    "nombreEtages": "floors",
    "numeroEtage": "floor",
}


def recognises(item: Any) -> bool:
    """True for an object of APIDAE, letting or not."""
    return isinstance(item, dict) and isinstance(item.get("type"), str) and "nom" in item and "id" in item


def read(item: dict[str, Any], today: date) -> Record | Refused:
    """The record of an object, or why it is none of ours."""
    name = plain(at(item, "nom", "libelleFr") or at(item, "nom", "libelle"), 160)
    number_ = item["id"]
    if isinstance(number_, bool) or not isinstance(number_, int | str) or not str(number_).isalnum():
        return Refused("NO_IDENTITY", name=name)
    identity = f"{SOURCE}:{number_}"
    if item["type"] != LETTING:
        return Refused("NOT_A_LETTING", identity, name, {"type": item["type"][:80]})
    if not name:
        return Refused("NO_NAME", identity)
    record = Record(SOURCE, identity, name, instant(at(item, "gestion", "dateModification")))
    letting = next(trees(item.get("informationsHebergementLocatif")), {})
    kind = KINDS.get(code(at(letting, "hebergementLocatifType", "id")), "")
    if not kind:
        record.remark("KIND_ASSUMED", kind="SEASONAL_RENTAL")
    record.put("kind", kind or "SEASONAL_RENTAL")
    _put_texts(record, item)
    _put_place(record, item)
    _put_letting(record, letting)
    _put_criteria(record, item)
    put_tariffs(record, item)
    put_openings(record, item, today)
    _put_contact(record, item)
    record.photos.extend(_photos(item))
    return record


def _words(tree: Any, language: str) -> str:
    found = at(tree, f"libelle{language.title()}")
    if found is None and language == "fr":
        found = at(tree, "libelle")
    return plain(found)


def _put_texts(record: Record, item: dict[str, Any]) -> None:
    for language in LANGUAGES:
        record.put(f"name.{language}", _words(item.get("nom"), language)[:160])
        parts = [
            _words(at(item, "presentation", key), language)
            for key in ("descriptifCourt", "descriptifDetaille")
        ]
        record.put(f"description.{language}", joined(parts, "\n\n"))


def _put_place(record: Record, item: dict[str, Any]) -> None:
    address = tree(item, "localisation", "adresse")
    commune = tree(address, "commune")
    lines = [plain(at(address, f"adresse{index}"), 120) for index in (1, 2, 3)]
    record.put("address.lines", [line for line in lines if line])
    record.put("address.postal_code", plain(at(address, "codePostal"), 12))
    record.put("address.city", plain(at(commune, "nom"), 80))
    record.put("address.insee", plain(at(commune, "code"), 5))
    record.put("address.country", "FR")
    geo = tree(item, "localisation", "geolocalisation")
    point = many(at(geo, "geoJson", "coordinates"))
    if geo.get("valide") and len(point) >= 2:
        # GeoJSON gives longitude first.
        longitude, latitude = number(point[0]), number(point[1])
        if longitude and latitude:
            record.put("longitude", longitude)
            record.put("latitude", latitude)
    around = list(trees(at(item, "localisation", "environnements")))
    record.put("published_surroundings", joined(_words(one, "fr") for one in around))
    for one in around:
        if (found := SURROUNDINGS.get(code(one.get("id")))) is not None:
            record.put("surroundings", found)


def _put_letting(record: Record, letting: dict[str, Any]) -> None:
    _put_capacity(record, tree(letting, "capacite"))
    _put_ratings(record, letting)
    record.put("classification_date", at(letting, "dateClassement"))
    record.put("classification_number", plain(at(letting, "numeroClassement"), 80))
    record.put("visit_date", at(letting, "dateDerniereVisite"))
    number_ = plain(at(letting, "numeroAgrementLabel"), 40)
    record.put("label_number", number_)
    squeezed = number_.upper().replace(" ", "")
    if is_label_code(squeezed):
        record.code = squeezed
    _put_registration(record, letting.get("agrements"))
    for one in trees(letting.get("typesHabitation")):
        for key, value in HABITATIONS.get(code(one.get("id")), ()):
            record.sheet.setdefault(key, value)


def _put_capacity(record: Record, capacity: dict[str, Any]) -> None:
    base, most = whole(capacity.get("capaciteHebergement")), whole(capacity.get("capaciteMaximumPossible"))
    if most or base:
        record.put("max_persons", max(most or 0, base or 0))
        record.put("base_persons", base or most)
    for theirs, ours in _CAPACITY.items():
        found = number(capacity.get(theirs))
        if found is not None and (found > 0 or ours == "floor"):
            record.put(ours, found)
    beds = [whole(capacity.get(key)) or 0 for key in ("nombreLitsDoubles", "nombreLitsSimples")]
    if sum(beds):
        record.put("beds", sum(beds))


def _put_ratings(record: Record, letting: dict[str, Any]) -> None:
    if match := _STARS.match(_words(at(letting, "classementPrefectoral"), "fr")):
        record.put("official_stars", int(match.group(1)))
    record.put("label_name", _words(letting.get("typeLabel"), "fr")[:80])
    labels = [_words(one, "fr") for one in trees(letting.get("labels"))]
    for words in labels:
        if match := _RATING.match(words):
            record.put("label_rating", int(match.group(1)))
    record.put("label_rating_text", joined(labels))


def _put_registration(record: Record, agreements: Any) -> None:
    for one in trees(agreements):
        if at(one, "type", "id") == _REGISTRATION and "registration_number" not in record.sheet:
            record.put("registration_number", plain(one.get("numero") or one.get("identifiant"), 40))


def _put_criteria(record: Record, item: dict[str, Any]) -> None:
    offered = tree(item, "prestations")
    others, heating = [], []
    for group in ("equipements", "conforts", "services"):
        for one in trees(offered.get(group)):
            known = CRITERIA.get(code(one.get("id")))
            if known is None:
                others.append(_words(one, "fr")[:80])
            for key, value in known or ():
                if key == "heating":
                    heating.append(value)
                else:
                    record.put(key, value)
    record.put("heating", heating)
    record.put("published_equipment", joined(others)[:4000])
    pets = offered.get("animauxAcceptes")
    if pets in ("ACCEPTES", "NON_ACCEPTES"):
        record.put("pets_allowed", pets == "ACCEPTES")
    languages = trees(offered.get("languesParlees"))
    spoken = [LANGUAGES_SPOKEN.get(code(one.get("id")), "other") for one in languages]
    record.put("languages", list(dict.fromkeys(spoken)))


def _put_contact(record: Record, item: dict[str, Any]) -> None:
    bureaus = trees(at(item, "reservation", "organismes"))
    ways = [
        *trees(at(item, "informations", "moyensCommunication")),
        *(way for bureau in bureaus for way in trees(bureau.get("moyensCommunication"))),
    ]
    wanted = {_PHONE, _FAX, _MAIL, _SITE}
    parts = [
        plain(at(way, "coordonnees", "fr") or way.get("coordonnee"), 200)
        for way in ways
        if code(at(way, "type", "id")) in wanted
    ]
    record.put("published_contact", joined(parts, "\n"))
    record.put("producer", plain(at(item, "gestion", "membreProprietaire", "nom"), 200))
    _put_registration(record, at(item, "informations", "informationsLegales", "agrements"))


def _photos(item: dict[str, Any]) -> list[PublishedPhoto]:
    found: dict[str, PublishedPhoto] = {}
    pictures = item.get("illustrations") or [
        *trees(item.get("imagePrincipale")),
        *trees(item.get("images")),
    ]
    for picture in trees(pictures):
        caption = {
            language: words[:200]
            for language in LANGUAGES
            if (words := _words(picture.get("legende"), language) or _words(picture.get("nom"), language))
        }
        file = first(picture.get("traductionFichiers"))
        address = at(file, "url")
        if is_web(address):
            credit = _words(picture.get("copyright"), "fr")[:200]
            found.setdefault(address, PublishedPhoto(address, credit, caption))
    return list(found.values())[:MAX_PHOTOS]
