"""A listing's sheet as forms: fields drawn from the catalog's declared ones, values to and fro; pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.json_format import MessageToDict
from sejour.catalog.v1 import catalog_types_pb2 as catalog

from gateway.formats import date_courte, instant_of
from gateway.forms import Form, parse_date
from gateway.i18n import N_
from gateway.i18n import gettext as _
from gateway.owner.common import text_of

TABS = (
    ("description", N_("Description")),
    ("photos", N_("Photos")),
    ("situation", N_("Situation")),
    ("equipment", N_("Équipements")),
    ("rooms", N_("Pièces et lits")),
    ("statement", N_("État descriptif")),
    ("label", N_("Label et classement")),
    ("production", N_("Production")),
)
TYPED_TABS: Mapping[str, tuple[str, ...]] = {
    "description": (
        "kind",
        "name.fr",
        "name.en",
        "description.fr",
        "description.en",
        "base_persons",
        "max_persons",
    ),
    "situation": (
        "address.lines",
        "address.postal_code",
        "address.city",
        "address.insee",
        "latitude",
        "longitude",
    ),
    "label": ("official_stars", "label_rating", "registration_number"),
}
TYPED_LABELS: Mapping[str, str] = {
    "kind": N_("Genre d'hébergement"),
    "name.fr": N_("Nom"),
    "name.en": N_("Nom en anglais"),
    "description.fr": N_("Description"),
    "description.en": N_("Description en anglais"),
    "base_persons": N_("Personnes dans le prix de base"),
    "max_persons": N_("Personnes au plus"),
    "address.lines": N_("Adresse"),
    "address.postal_code": N_("Code postal"),
    "address.city": N_("Commune"),
    "address.insee": N_("Code INSEE de la commune"),
    "latitude": N_("Latitude"),
    "longitude": N_("Longitude"),
    "official_stars": N_("Classement (étoiles)"),
    "label_rating": N_("Classement du label (clés)"),
    "registration_number": N_("N° d'enregistrement"),
}
ROOM_FIELDS = (
    ("designation", N_("Pièce")),
    ("surface", N_("Surface (m²)")),
    ("windows", N_("Fenêtres")),
    ("exposure", N_("Exposition")),
    ("view", N_("Vue")),
    ("furniture", N_("Mobilier")),
    ("beds", N_("Lits")),
    ("state", N_("État")),
)
SOURCES = {
    "owner": N_("modifié par vous"),
    "apidae": N_("d'APIDAE"),
    "datatourisme": N_("de DATAtourisme"),
    "label": N_("du label"),
    "load": N_("repris"),
    "operator": N_("de l'exploitant"),
}
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_NONE = "none"
BLANK_ROOMS = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """One field ready to draw."""

    key: str
    kind: str
    label: str
    help: str = ""
    unit: str = ""
    choices: Sequence[tuple[str, str]] = ()
    required: bool = False
    origin: str = ""
    edited: bool = False
    proposal: str = ""
    rows: list[dict[str, str]] = field(default_factory=list)


_KINDS = {
    catalog.FIELD_TYPE_TEXT: "text",
    catalog.FIELD_TYPE_NUMBER: "number",
    catalog.FIELD_TYPE_BOOLEAN: "boolean",
    catalog.FIELD_TYPE_CHOICE: "choice",
    catalog.FIELD_TYPE_CHOICES: "choices",
    catalog.FIELD_TYPE_DATE: "date",
    catalog.FIELD_TYPE_ROOMS: "rooms",
}
_TYPED_KINDS = {
    "kind": "choice",
    "description.fr": "area",
    "description.en": "area",
    "address.lines": "area",
    "base_persons": "number",
    "max_persons": "number",
    "latitude": "number",
    "longitude": "number",
    "official_stars": "choice",
    "label_rating": "choice",
}


def values_of(listing: catalog.Listing) -> dict[str, Any]:
    """Returns all values of a sheet by key, typed columns included; absent means no answer."""
    found: dict[str, Any] = MessageToDict(listing.values)
    kind = {1: "SEASONAL_RENTAL", 2: "GUEST_ROOM"}.get(listing.kind, "")
    typed: dict[str, Any] = {
        "kind": kind,
        "base_persons": listing.base_persons,
        "max_persons": listing.max_persons,
        "official_stars": listing.official_stars,
        "label_rating": listing.label_rating,
        "registration_number": listing.registration_number,
        "latitude": listing.latitude,
        "longitude": listing.longitude,
        "address.lines": "\n".join(listing.address.lines),
        "address.postal_code": listing.address.postal_code,
        "address.city": listing.address.city,
        "address.insee": listing.address.insee,
    }
    typed |= {f"name.{language}": text for language, text in listing.name.items()}
    typed |= {f"description.{language}": text for language, text in listing.description.items()}
    return found | {key: value for key, value in typed.items() if value}


def typed_value(kind: str, value: Any) -> Any:
    """Returns a stored value as its field shows it: a string, or a list of them."""
    if value is None:
        return [] if kind == "choices" else ""
    if kind == "boolean":
        return "oui" if value else "non"
    if kind == "choices":
        return [str(each) for each in value]
    if kind == "date":
        return date_courte(str(value))
    if isinstance(value, float):
        return f"{value:.7f}".rstrip("0").rstrip(".").replace(".", ",")
    return str(value)


def _typed_choices(key: str) -> list[tuple[str, str]]:
    if key == "kind":
        return [("SEASONAL_RENTAL", _("Meublé de tourisme")), ("GUEST_ROOM", _("Chambre d'hôtes"))]
    if key in {"official_stars", "label_rating"}:
        return [(str(number), str(number)) for number in range(1, 6)]
    return []


def shown_value(one: Shown, value: Any) -> str:
    """Returns a value in words, for « le label propose … »."""
    names: dict[str, str] = dict(one.choices)
    typed = typed_value(one.kind, value)
    if isinstance(typed, list):
        return ", ".join(str(names.get(each, each)) for each in typed)
    if one.kind == "boolean":
        return _("oui") if value else _("non")
    text = str(names.get(typed, typed))
    return text if len(text) <= 120 else text[:117] + "…"


def _described(listing: catalog.Listing, one: Shown) -> Shown:
    """Adds where the value comes from and what its source proposes."""
    source = listing.provenance.get(one.key)
    if source is None or not source.source:
        return one
    words = _(SOURCES[source.source]) if source.source in SOURCES else source.source
    if source.edited:
        words = _(SOURCES["owner"])
    if source.HasField("at"):
        words = _("%(source)s, le %(day)s") % {"source": words, "day": f"{instant_of(source.at):%d/%m/%Y}"}
    proposal = ""
    if source.HasField("proposed") and source.proposed.WhichOneof("kind") not in {None, "null_value"}:
        proposal = shown_value(one, MessageToDict(source.proposed))
    return Shown(
        one.key,
        one.kind,
        one.label,
        one.help,
        one.unit,
        one.choices,
        one.required,
        words,
        source.edited,
        proposal,
        one.rows,
    )


def fields_of(listing: catalog.Listing, declared: Iterable[catalog.FieldDef], tab: str) -> list[Shown]:
    """Returns the fields of one tab in form order."""
    found = [
        Shown(
            key,
            _TYPED_KINDS.get(key, "text"),
            _(TYPED_LABELS[key]),
            choices=_typed_choices(key),
            required=key in {"kind", "name.fr", "max_persons", "address.postal_code", "address.city"},
        )
        for key in TYPED_TABS.get(tab, ())
    ]
    values = values_of(listing)
    for each in declared:
        if each.tab != tab or (each.kinds and listing.kind not in each.kinds):
            continue
        kind = _KINDS.get(each.type, "text")
        choices = [(choice.key, text_of(choice.label)) for choice in each.choices]
        if kind == "boolean":
            choices = [("oui", _("oui")), ("non", _("non"))]
        rows = _room_rows(values.get(each.key)) if kind == "rooms" else []
        found.append(
            Shown(
                each.key,
                kind,
                text_of(each.label),
                text_of(each.help),
                each.unit,
                choices,
                each.required_for_production,
                rows=rows,
            )
        )
    return [_described(listing, one) for one in found]


def _room_rows(value: Any) -> list[dict[str, str]]:
    rooms = [{key: typed_value("number", cell) for key, cell in room.items()} for room in value or []]
    return rooms + [{} for _blank in range(BLANK_ROOMS)]


def form_of(listing: catalog.Listing, fields: Sequence[Shown]) -> Form:
    """Returns the form of a tab with the present values."""
    values = values_of(listing)
    form = Form()
    for one in fields:
        form.set(one.key, typed_value(one.kind, values.get(one.key)))
    return form


def _read(form: Form, one: Shown) -> Any:
    """Returns what is typed in a field in the form that the catalog takes; None empties it."""
    if one.kind == "choices":
        chosen = form.choices(one.key, [key for key, _label in one.choices])
        return [_NONE] if _NONE in chosen else chosen or None
    if one.kind == "rooms":
        return _read_rooms(form, one.key) or None
    text = form.value(one.key).strip()
    if not text:
        return None
    return _parsed(form, one, text)


def _number(text: str) -> float:
    plain = _SPACES.sub("", text).replace(",", ".")
    if not re.fullmatch(r"[-+]?[0-9]{1,12}(\.[0-9]{0,12})?", plain):
        raise ValueError(text)
    return float(plain)


def _parsed(form: Form, one: Shown, text: str) -> Any:
    if one.kind == "boolean":
        return text == "oui"
    try:
        if one.kind == "number" or one.key in {"official_stars", "label_rating"}:
            return _number(text)
        if one.kind == "date":
            return parse_date(text).isoformat()
    except ValueError:
        words = (
            _("Indiquez un nombre.") if one.kind != "date" else _("Écrivez une date, par exemple 18/07/2026.")
        )
        form.fail(one.key, words)
        return None
    return text.replace("\r\n", "\n")


def _read_rooms(form: Form, key: str) -> list[dict[str, Any]]:
    rooms = []
    for number in range(60):
        cells = {name: form.value(f"{key}.{number}.{name}").strip() for name, _label in ROOM_FIELDS}
        kept: dict[str, Any] = {name: text for name, text in cells.items() if text}
        if kept:
            rooms.append(kept)
    return rooms


def changes_of(form: Form, listing: catalog.Listing, fields: Sequence[Shown]) -> dict[str, Any]:
    """Returns what a tab's form changes: key -> new value, None for emptied ones."""
    values = values_of(listing)
    changes: dict[str, Any] = {}
    for one in fields:
        new, old = _read(form, one), values.get(one.key)
        if one.kind == "rooms":
            if _plain(new) != _plain(old):
                changes[one.key] = new
        elif typed_value(one.kind, new) != typed_value(one.kind, old):
            changes[one.key] = new
    return changes


def _plain(rooms: Any) -> list[dict[str, str]]:
    return [{key: typed_value("number", cell) for key, cell in room.items()} for room in rooms or []]
