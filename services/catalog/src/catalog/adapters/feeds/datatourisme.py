"""Reads one object of a DATAtourisme flux (JSON-LD, one object per file; `domain.md` 3.1)."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from catalog.adapters.feeds.datatourisme_offers import put_offers, put_openings
from catalog.adapters.feeds.datatourisme_words import FEATURES, LANGUAGES_SPOKEN, SURROUNDINGS
from catalog.adapters.feeds.text import (
    LANGUAGES,
    at,
    first,
    instant,
    is_web,
    joined,
    many,
    number,
    plain,
    trees,
    whole,
)
from catalog.domain.record import PublishedPhoto, Record, Refused

SOURCE = "datatourisme"
MAX_PHOTOS = 40
_ID = re.compile(r"^https?://data\.datatourisme(?:\.gouv)?\.fr/(\d+/[0-9a-fA-F-]{36})$")
_STARS = re.compile(r"^kb:ScaleRating_(\d)etoiles?$")
_RATING = re.compile(r"^kb:ScaleRating_(\d)(epis?|cles?|clefs?)$")
_RENTALS = frozenset({"SelfCateringAccommodation", "Chalet"})
_ROOMS = frozenset({"Guesthouse", "schema:BedAndBreakfast"})


def recognises(item: Any) -> bool:
    """True for an object of DATAtourisme, letting or not."""
    return (
        isinstance(item, dict)
        and isinstance(item.get("@id"), str)
        and "datatourisme" in item["@id"]
        and "@type" in item
    )


def external_id(address: str) -> str:
    """`datatourisme:<n>/<uuid>`: the same for both hosts that the ids have had; empty for another form."""
    match = _ID.match(address)
    return f"{SOURCE}:{match.group(1).lower()}" if match else ""


def read(item: dict[str, Any], today: date) -> Record | Refused:
    """The record of an object, or why it is none of ours."""
    name = plain(first(_languages(item.get("rdfs:label")).get("fr")) or _any_label(item), 160)
    identity = external_id(item["@id"])
    if not identity:
        return Refused("NO_IDENTITY", name=name)
    types = {one for one in many(item["@type"]) if isinstance(one, str)}
    if types & _ROOMS:
        kind = "GUEST_ROOM"
    elif types & _RENTALS:
        kind = "SEASONAL_RENTAL"
    else:
        return Refused("NOT_A_LETTING", identity, name, {"type": joined(sorted(types))[:200]})
    if not name:
        return Refused("NO_NAME", identity)
    record = Record(SOURCE, identity, name, instant(item.get("lastUpdate")))
    record.put("kind", kind)
    _put_texts(record, item)
    for place in trees(item.get("isLocatedAt")):
        _put_place(record, place)
        put_openings(record, place, today)
        break
    _put_capacity(record, item)
    _put_features(record, item)
    _put_ratings(record, item)
    put_offers(record, item)
    _put_contact(record, item)
    record.photos.extend(_photos(item))
    return record


def _languages(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _any_label(item: dict[str, Any]) -> Any:
    return first(next(iter(_languages(item.get("rdfs:label")).values()), None))


def _machine_translated(item: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    described = [item, *trees(item.get("hasDescription"))]
    for one in described:
        for translated in trees(one.get("hasTranslatedProperty")):
            found.update(str(one) for one in many(translated.get("rdf:language")) if one != "fr")
    return found


def _put_texts(record: Record, item: dict[str, Any]) -> None:
    labels = _languages(item.get("rdfs:label"))
    for language in LANGUAGES:
        if words := plain(first(labels.get(language)), 160):
            record.put(f"name.{language}", words)
    record.put("name.fr", record.name)
    translated = _machine_translated(item)
    for language in LANGUAGES:
        if words := _description(item, language):
            record.put(f"description.{language}", words)
            if language in translated:
                record.remark("MACHINE_TRANSLATED", language=language)


def _description(item: dict[str, Any], language: str) -> str:
    """The long text, else the short one, else the comment."""
    for key in ("dc:description", "shortDescription"):
        parts = [
            plain(words)
            for one in trees(item.get("hasDescription"))
            for words in many(_languages(one.get(key)).get(language))
        ]
        if found := joined(parts, "\n\n"):
            return found
    return plain(first(_languages(item.get("rdfs:comment")).get(language)))


def _put_place(record: Record, place: dict[str, Any]) -> None:
    address = next(trees(place.get("schema:address")), {})
    city = next(trees(address.get("hasAddressCity")), {})
    street = [plain(line, 120) for line in many(address.get("schema:streetAddress"))]
    record.put("address.lines", [line for line in street if line][:3])
    record.put("address.postal_code", plain(first(address.get("schema:postalCode")), 12))
    locality = plain(first(address.get("schema:addressLocality")), 80)
    record.put("address.city", locality or plain(first(at(city, "rdfs:label", "fr")), 80))
    record.put("address.insee", plain(first(city.get("insee")), 5))
    record.put("address.country", "FR")
    geo = next(trees(place.get("schema:geo")), {})
    latitude, longitude = number(geo.get("schema:latitude")), number(geo.get("schema:longitude"))
    if latitude and longitude:
        record.put("latitude", latitude)
        record.put("longitude", longitude)


def _features(item: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Id, French label and specification of each feature."""
    for specification in trees(item.get("hasFeature")):
        for feature in trees(specification.get("features")):
            label = plain(first(at(feature, "rdfs:label", "fr")), 80)
            yield str(feature.get("@id", "")), label, specification


def _put_capacity(record: Record, item: dict[str, Any]) -> None:
    persons = whole(item.get("allowedPersons"))
    if persons is not None:
        record.put("max_persons", persons)
        record.put("base_persons", persons)
    for identity, _, specification in _features(item):
        count = whole(first(specification.get("schema:value")))
        if identity == "kb:Bedroom" and count:
            record.put("bedrooms", count)
    for specification in trees(item.get("hasFeature")):
        for size in trees(specification.get("hasFloorSize")):
            area = number(first(size.get("schema:value")))
            if area and area > 0:
                record.put("surface_m2", area)


def _put_features(record: Record, item: dict[str, Any]) -> None:
    others = []
    for identity, label, _ in _features(item):
        known = FEATURES.get(identity)
        if known is None:
            others.append(label or identity.removeprefix("kb:"))
        for key, value in known or ():
            record.put(key, value)
    holders = [*trees(item.get("isLocatedAt")), *trees(item.get("hasFeature")), item]
    for holder in holders:
        if isinstance(holder.get("petsAllowed"), bool):
            record.put("pets_allowed", holder["petsAllowed"])
        if holder.get("internetAccess") is True:
            record.put("wifi", value=True)
    if isinstance(item.get("reducedMobilityAccess"), bool):
        record.put("wheelchair_access", item["reducedMobilityAccess"])
    record.put("published_equipment", joined(others))
    themes = [*trees(item.get("hasNeighborhood")), *trees(item.get("hasTheme"))]
    record.put("published_surroundings", joined(plain(first(at(one, "rdfs:label", "fr"))) for one in themes))
    for theme in themes:
        if (found := SURROUNDINGS.get(str(theme.get("@id", "")))) is not None:
            record.put("surroundings", found)
    spoken = [
        LANGUAGES_SPOKEN.get(str(one).casefold(), "other") for one in many(item.get("availableLanguage"))
    ]
    record.put("languages", list(dict.fromkeys(spoken)))


def _put_ratings(record: Record, item: dict[str, Any]) -> None:
    words = []
    for review in trees(item.get("hasReview")):
        value = next(trees(review.get("hasReviewValue")), {})
        identity = str(value.get("@id", ""))
        if match := _STARS.match(identity):
            record.put("official_stars", int(match.group(1)))
        elif match := _RATING.match(identity):
            record.put("label_rating", int(match.group(1)))
            words.append(plain(first(at(value, "rdfs:label", "fr")), 80))
        else:
            words.append(plain(first(at(value, "rdfs:label", "fr")), 80))
    record.put("label_rating_text", joined(words))


def _put_contact(record: Record, item: dict[str, Any]) -> None:
    parts: list[str] = []
    for contact in [*trees(item.get("hasBookingContact")), *trees(item.get("hasContact"))]:
        keys = ("schema:legalName", "schema:telephone", "schema:email", "foaf:homepage")
        parts.extend(plain(value, 200) for key in keys for value in many(contact.get(key)))
    record.put("published_contact", joined(parts, "\n"))
    producer = next(trees(item.get("hasBeenPublishedBy")), None) or next(
        trees(item.get("hasBeenCreatedBy")), {}
    )
    record.put("producer", plain(first(producer.get("schema:legalName")), 200))


def _photos(item: dict[str, Any]) -> list[PublishedPhoto]:
    found: dict[str, PublishedPhoto] = {}
    for media in [*trees(item.get("hasMainRepresentation")), *trees(item.get("hasRepresentation"))]:
        note = next(trees(media.get("ebucore:hasAnnotation")), {})
        credit = joined(plain(one, 100) for one in many(note.get("credits")))[:200]
        for resource in trees(media.get("ebucore:hasRelatedResource")):
            kinds = [str(one.get("@id", "")) for one in trees(resource.get("ebucore:hasMimeType"))]
            if kinds and not any(kind in _IMAGES for kind in kinds):
                continue
            for address in many(resource.get("ebucore:locator")):
                if is_web(address):
                    found.setdefault(address, PublishedPhoto(address, credit))
    return list(found.values())[:MAX_PHOTOS]


_IMAGES = frozenset({"kb:JPEG", "kb:PNG", "kb:GIF", "kb:WEBP", "kb:TIFF", "kb:BMP"})
