"""The view of an état descriptif: every declared line in form order, « néant » or « non » where empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.catalog.v1 import catalog_types_pb2 as pb

from documents.printing import terms as clauses
from documents.printing import words
from documents.printing.grids import grids
from documents.printing.persons import (
    address_lines,
    advertiser,
    is_guest_room,
    label_view,
    listing_name,
    owner_name,
    owner_view,
    stars,
    values_of,
    vat_mention,
)
from documents.printing.prices import PriceSheet, amount, prices_on_dates, supplements
from documents.printing.texts import Texts, texts

NUISANCES = ("neighbourhood", "neighbourhood_detail")
ROOM_COLUMNS = ("designation", "surface", "windows", "exposure", "view", "furniture", "beds", "state")
_ALONE = frozenset({"none", "aucun"})


@dataclass(frozen=True, slots=True)
class StatementSources:
    """The revisions that an état descriptif prints; `deposit` is that of the file, where there is one."""

    listing: pb.Listing
    owner: pb.Owner
    label: pb.Label | None
    fields: Sequence[pb.FieldDef]
    prices: PriceSheet
    terms: booking_pb.SalesTerms | None
    today: date


def statement_view(sources: StatementSources, language: str) -> dict[str, Any]:
    """Everything the template prints."""
    _ = texts(language)
    listing = sources.listing
    shown = _declared(sources, _)
    general, characteristics, situation, description, money = (
        [line for line in shown if line["heading"] == heading] for heading in range(1, 6)
    )
    return {
        "language": language,
        "guest_room": is_guest_room(listing),
        "title": _("État descriptif"),
        "name": listing_name(listing, language),
        "code": listing.code,
        "revision": listing.revision,
        "label": label_view(sources.label),
        "owner": owner_view(sources.owner, _),
        "description": words.paragraphs(
            listing.description.get(language) or listing.description.get("fr", "")
        ),
        "headings": [
            {"title": _("Renseignements généraux"), "lines": [*_general(sources, _), *general]},
            {
                "title": _("Principales caractéristiques"),
                "lines": [*_characteristics(listing, _), *characteristics],
            },
            {
                "title": _("Situation dans la localité"),
                "lines": [one for one in situation if one["key"] not in NUISANCES],
                "boxed": [one for one in situation if one["key"] in NUISANCES],
            },
            {"title": _("Description du logement"), "lines": description, "rooms": _rooms(sources, _)},
            {"title": _("Prix et modalités de location"), "lines": [*money, *_terms(sources, _)]},
        ],
        "grids": grids(sources.prices, listing.id, _since(sources.today), _),
        "dated": prices_on_dates(sources.prices, listing.id, _since(sources.today), _),
        "supplements": supplements(sources.prices, listing.id, _),
        "photo": listing.photos[0].id if listing.photos else "",
        "photo_credit": listing.photos[0].credit if listing.photos else "",
    }


def _since(today: date) -> date:
    # Prices of this year and later: a finer limit would make a new version whenever a season ends.
    return date(today.year, 1, 1)


def _declared(sources: StatementSources, _: Texts) -> list[dict[str, Any]]:
    values = values_of(sources.listing)
    return [
        {
            "heading": field.heading,
            "key": field.key,
            "label": words_of(field.label, _.language),
            "value": shown_value(field, values.get(field.key), _),
        }
        for field in sources.fields
        if field.heading
        and field.type != pb.FIELD_TYPE_ROOMS
        and (not field.kinds or sources.listing.kind in field.kinds)
    ]


def words_of(texts_by_language: Mapping[str, str], language: str) -> str:
    """A declared text in the language, else in French."""
    return texts_by_language.get(language) or texts_by_language.get("fr", "")


def shown_value(field: pb.FieldDef, value: Any, _: Texts) -> str:  # noqa: PLR0911 (one case a type)
    """A value of the sheet as printed; what is empty is said to be."""
    if field.type == pb.FIELD_TYPE_BOOLEAN:
        return _("oui") if value is True else _("non")
    if value is None or value in ("", []):
        return _("néant")
    choices = {one.key: words_of(one.label, _.language) for one in field.choices}
    if field.type == pb.FIELD_TYPE_CHOICES and isinstance(value, list):
        return ", ".join(choices.get(str(one), str(one)) for one in value)
    if field.type == pb.FIELD_TYPE_CHOICE:
        return choices.get(str(value), str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        shown = words.number(value, _.language)
        # Without a unit it may be a year, which is not grouped.
        return f"{shown}\u00a0{field.unit}" if field.unit else shown.replace(words.NARROW, "")
    if field.type == pb.FIELD_TYPE_DATE:
        return _date(str(value), _)
    return str(value)


def _date(text: str, _: Texts) -> str:
    try:
        return words.day(date.fromisoformat(text), _.language, weekday=False)
    except ValueError:
        return text


def _row(label: str, value: str, _: Texts) -> dict[str, Any]:
    return {"key": "", "label": label, "value": value or _("néant")}


def _general(sources: StatementSources, _: Texts) -> list[dict[str, Any]]:
    listing, owner = sources.listing, sources.owner
    room = is_guest_room(listing)
    gps = ""
    if listing.latitude or listing.longitude:
        gps = f"{listing.latitude:.5f}, {listing.longitude:.5f}"
    address = listing.address
    rows = [
        _row(_("Nom du logement"), listing_name(listing, _.language), _),
        _row(_("Code"), listing.code, _),
        _row(_("Adresse"), ", ".join(address.lines), _),
        _row(_("Code postal et ville"), f"{address.postal_code} {address.city}".strip(), _),
        _row(_("Coordonnées GPS"), gps, _),
        _row(_("Note du label"), str(listing.label_rating or ""), _),
    ]
    if not room:
        rows += [
            _row(_("Classement officiel"), stars(listing, _), _),
            _row(_("N° d’enregistrement"), listing.registration_number, _),
        ]
    return [
        *rows,
        _row(_("Loueur"), owner_name(owner), _),
        _row(_("Adresse du loueur"), ", ".join(address_lines(owner.address)), _),
        _row(_("Téléphone fixe"), owner.phone, _),
        _row(_("Téléphone portable"), owner.mobile, _),
        _row(_("Télécopie"), owner.fax, _),
        _row(_("E-mail"), owner.email, _),
        _row(_("Site internet"), owner.website, _),
        _row(_("Nature de l’annonce"), advertiser(owner, _), _),
    ]


def _characteristics(listing: pb.Listing, _: Texts) -> list[dict[str, Any]]:
    kind = _("chambre d’hôtes") if is_guest_room(listing) else _("meublé de tourisme")
    return [
        _row(_("Nature du logement"), kind, _),
        _row(_("Nombre de personnes au maximum"), str(listing.max_persons or ""), _),
        _row(_("Nombre de personnes au prix de base"), str(listing.base_persons or ""), _),
    ]


def _rooms(sources: StatementSources, _: Texts) -> dict[str, Any]:
    names = {
        "designation": _("Pièce"),
        "surface": _("Superficie"),
        "windows": _("Fenêtres"),
        "exposure": _("Exposition"),
        "view": _("Vue"),
        "furniture": _("Mobilier"),
        "beds": _("Lits"),
        "state": _("État"),
    }
    values = values_of(sources.listing)
    rooms: list[Mapping[str, Any]] = []
    for field in sources.fields:
        found = values.get(field.key)
        if field.type == pb.FIELD_TYPE_ROOMS and isinstance(found, list):
            rooms += [room for room in found if isinstance(room, dict)]
    return {
        "columns": [names[column] for column in ROOM_COLUMNS],
        "rows": [[_cell(room, column, _) for column in ROOM_COLUMNS] for room in rooms],
    }


def _cell(room: Mapping[str, Any], column: str, _: Texts) -> str:
    value = room.get(column)
    if value is None or value == "":
        return _("néant")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        shown = words.number(value, _.language)
        return f"{shown}\u00a0m²" if column == "surface" else shown
    return str(value)


def _terms(sources: StatementSources, _: Texts) -> list[dict[str, Any]]:
    terms = sources.terms
    tax = _("en sus, au tarif de la commune, par personne majeure et par nuit")
    mention = vat_mention(sources.owner, _)
    beside = [*([_row(_("TVA"), mention, _)] if mention else []), _row(_("Taxe de séjour"), tax, _)]
    if terms is None:
        return beside
    word = clauses.deposit_word(terms.deposit_kind, _)
    if terms.HasField("deposit_fixed"):
        deposit = amount(terms.deposit_fixed, _.language)
    else:
        deposit = words.percent(terms.deposit_basis_points, _.language)
    balance = _("à l’arrivée")
    if terms.balance_days_before:
        balance = _("%(days)s jours avant l’arrivée", days=terms.balance_days_before)
    guarantee = amount(terms.security_deposit, _.language) if terms.security_deposit.amount else ""
    rules = clauses.cancellation(terms.deposit_kind, _, terms.cancellation)
    return [
        _row(f"{word[:1].upper()}{word[1:]}", deposit, _),
        _row(_("Solde"), balance, _),
        _row(_("Moyens de paiement"), words.joined(clauses.means(terms.means, _), _.language), _),
        _row(_("Dépôt de garantie"), guarantee, _),
        *beside,
        _row(_("Heures d’arrivée et de départ"), clauses.hours(terms, _), _),
        _row(_("Annulation"), " ".join(rules[:-2]), _),
    ]
