"""A tariff as a form and back: each season's cell is `p.<season>.<length>`; pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from chassis.errors import ServiceError
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.tariff_words import STRADDLES, refusal_on_field, short_euros
from gateway.texts import WEEKDAYS, package_name

LENGTHS = (1, 2, 3, 4, 7, 14)
"""The columns that every grid has; any other from 1 to 35 can be added."""
LONGEST = 35
BANDS = 3
NAMED: Mapping[str, pricing.PackageKind.ValueType] = {
    "we": pricing.PACKAGE_KIND_WEEK_END,
    "mw": pricing.PACKAGE_KIND_MID_WEEK,
    "mo": pricing.PACKAGE_KIND_MONTH,
}
"""Columns beside the lengths, on their kind's own days."""
NEW = "nouveau"
MOST_CENTS = 9_999_999
_CELL = re.compile(r"p\.[0-9a-z-]{1,40}\.([1-9][0-9]?)")
_PATH = re.compile(r"tariff\.rows\[(\d{1,3})\]\.(.+)")
_PARTS = {
    "extra_night": "n", "extra_adult": "a", "rules.arrival_days": "arr", "rules.departure_days": "dep",
    "rules.min_nights": "min", "rules.max_nights": "max", "rules.notice_days": "pre",
    "rules.min_through": "mint", "rules.horizon_days": "hor",
}  # fmt: skip


def form_of(tariff: pricing.Tariff, listings: Sequence[catalog.Listing]) -> Form:
    """Returns the form of a tariff."""
    codes = {each.id: each.code for each in listings}
    form = Form(
        {
            "nom": tariff.name,
            "formule": tariff.rate_plan_id or NEW,
            "repas": "1",
            "hebergement": [codes[each] for each in tariff.listing_ids if each in codes],
            "base": tariff.base_persons or "",
            "unite": str(int(tariff.extra_person_unit) or 2),
            "mode": str(int(tariff.straddle) or 1),
            "revision": tariff.revision,
        }
    )
    for row in tariff.rows:
        _fill(form, row)
    if any(cents == 0 for row in tariff.rows for cents in row.packages.values()):
        form.set("gratuit", "1")
    return form


def _fill(form: Form, row: pricing.TariffRow) -> None:
    key = row.season_id
    for length, cents in row.packages.items():
        form.set_money(f"p.{key}.{length}", cents)
    for part, kind in NAMED.items():
        own = next((one for one in row.named_packages if _is_plain(one, kind)), None)
        form.set_money(f"{part}.{key}", own.price if own else None)
    form.set_money(f"n.{key}", row.extra_night or None)
    form.set_money(f"a.{key}", row.extra_adult or None)
    for number, band in enumerate(row.child_bands[:BANDS], 1):
        form.set(f"age{number}", band.max_age)
        form.set_money(f"c{number}.{key}", band.price)
    form.set(f"arr.{key}", [str(day) for day in row.rules.arrival_days])
    form.set(f"dep.{key}", [str(day) for day in row.rules.departure_days])
    form.set(f"min.{key}", row.rules.min_nights or None)
    form.set(f"max.{key}", row.rules.max_nights or None)
    form.set(f"pre.{key}", row.rules.notice_days or None)
    form.set(f"mint.{key}", row.rules.min_through or None)
    form.set(f"hor.{key}", row.rules.horizon_days or None)
    form.set(f"trou.{key}", row.rules.sell_gaps)


def lengths_of(tariff: pricing.Tariff, form: Form | None = None) -> list[int]:
    """Returns the columns of the grid: the usual lengths, the tariff's others, those added on the form."""
    typed = {int(found[1]) for name in form.values if (found := _CELL.fullmatch(name))} if form else set()
    added = {int(each) for each in form.values.get("colonne", []) if each.isdecimal()} if form else set()
    own = {length for row in tariff.rows for length in row.packages}
    return sorted(length for length in {*LENGTHS, *own, *typed, *added} if 1 <= length <= LONGEST)


def priced_first(seasons: list[pricing.Season], tariff: pricing.Tariff) -> list[pricing.Season]:
    """Returns the seasons, those that the tariff prices first."""
    used = {row.season_id for row in tariff.rows}
    return sorted(seasons, key=lambda season: season.id not in used)


def price(form: Form, name: str) -> int | None:
    """Reads a price: empty is none; below zero or absurd is refused on its cell; 0 asks first."""
    cents = form.money(name, least=-MOST_CENTS * 10)
    if cents is None:
        return None
    if cents < 0:
        form.fail(name, _("Un prix ne peut pas être négatif."))
    elif cents > MOST_CENTS:
        most = short_euros(MOST_CENTS + 1)
        form.fail(name, _("Ce prix paraît trop haut : moins de %(most)s.") % {"most": most})
    elif cents == 0 and not form.ticked("gratuit"):
        form.set("demande_gratuit", "1")
        form.fail(name, _("0 € : est-ce gratuit ? Videz la case si ce n'est pas vendu, ou confirmez."))
    return cents


def _bands(form: Form, key: str) -> list[pricing.ChildBand]:
    bands = []
    for number in range(1, BANDS + 1):
        age, cents = form.number(f"age{number}", least=0, most=17), form.money(f"c{number}.{key}")
        if age is not None and cents is not None:
            bands.append(pricing.ChildBand(max_age=age, price=cents))
        elif age is None and cents is not None and not form.value(f"age{number}"):
            form.fail(f"age{number}", _("Indiquez jusqu'à quel âge vaut ce prix."))
    return sorted(bands, key=lambda band: band.max_age)


def _rules(form: Form, key: str, rules: pricing.StayRules) -> None:
    days = [str(day) for day in range(1, 8)]
    arrivals, departures = (
        [int(each) for each in form.choices(f"{name}.{key}", days)] for name in ("arr", "dep")
    )
    del rules.arrival_days[:], rules.departure_days[:]
    rules.arrival_days.extend(arrivals if len(arrivals) < 7 else [])
    rules.departure_days.extend(departures if len(departures) < 7 else [])
    rules.min_nights = form.number(f"min.{key}", least=0, most=90) or 0
    rules.max_nights = form.number(f"max.{key}", least=0, most=90) or 0
    rules.notice_days = form.number(f"pre.{key}", least=0, most=365) or 0
    rules.min_through = form.number(f"mint.{key}", least=0, most=90) or 0
    rules.horizon_days = form.number(f"hor.{key}", least=0, most=1000) or 0
    rules.sell_gaps = form.ticked(f"trou.{key}")
    if rules.max_nights and rules.max_nights < rules.min_nights:
        form.fail(f"max.{key}", _("Le maximum est plus petit que le minimum."))


def _row(
    form: Form, season: pricing.Season, lengths: Sequence[int], before: pricing.TariffRow | None
) -> pricing.TariffRow | None:
    """The season's row; what the form does not show (week-ends, prices by occupancy...) stays as it was."""
    key = season.id
    cells = {length: price(form, f"p.{key}.{length}") for length in lengths}
    packages: Mapping[int, int] = {length: cents for length, cents in cells.items() if cents is not None}
    row = pricing.TariffRow()
    if before is not None:
        row.CopyFrom(before)
    for name in ("packages", "child_bands"):
        row.ClearField(name)
    row.MergeFrom(pricing.TariffRow(packages=packages if form.ok else {}, child_bands=_bands(form, key)))
    row.season_id, row.extra_night = key, _positive(form, f"n.{key}")
    row.extra_adult = _positive(form, f"a.{key}")
    _put_named(form, row)
    _rules(form, key, row.rules)
    other = row.named_packages or row.weekday_prices or row.occupancies
    return row if packages or row.extra_night or other else None


def _is_plain(one: pricing.NamedPackage, kind: pricing.PackageKind.ValueType) -> bool:
    """Whether it is a package of the kind on the kind's own days; others are kept as they are."""
    return one.kind == kind and not one.arrival_days and not one.nights


def _put_named(form: Form, row: pricing.TariffRow) -> None:
    kept = [one for one in row.named_packages if not any(_is_plain(one, kind) for kind in NAMED.values())]
    typed = [
        pricing.NamedPackage(kind=kind, price=cents)
        for part, kind in NAMED.items()
        if (cents := price(form, f"{part}.{row.season_id}")) is not None
    ]
    del row.named_packages[:]
    row.named_packages.extend([*kept, *typed])


def _positive(form: Form, name: str) -> int:
    cents = form.money(name, least=-MOST_CENTS * 10) or 0
    if cents < 0:
        form.fail(name, _("Un prix ne peut pas être négatif."))
    elif cents > MOST_CENTS:
        most = short_euros(MOST_CENTS + 1)
        form.fail(name, _("Ce prix paraît trop haut : moins de %(most)s.") % {"most": most})
    return max(cents, 0)


def tariff_of(
    form: Form, tariff: pricing.Tariff, seasons: Sequence[pricing.Season], listings: Sequence[catalog.Listing]
) -> pricing.Tariff:
    """Reads the form; what cannot be taken is refused on its field."""
    codes = {each.code: each.id for each in listings}
    lengths = lengths_of(tariff, form)
    known = {row.season_id: row for row in tariff.rows}
    rows = [
        row for season in seasons if (row := _row(form, season, lengths, known.get(season.id))) is not None
    ]
    if not rows and form.ok:
        form.fail("", _("Donnez au moins un prix dans la grille."))
    if not form.ok:
        rows = []
    return pricing.Tariff(
        id=tariff.id,
        owner_id=tariff.owner_id,
        name=form.text("nom", required=True, most=80),
        listing_ids=[codes[code] for code in form.choices("hebergement", list(codes), required=True)],
        base_persons=form.number("base", least=1, most=60, required=True) or 1,
        extra_person_unit=int(form.choice("unite", ["1", "2"]) or 2),  # type: ignore[arg-type]
        straddle=int(form.choice("mode", list(STRADDLES)) or 1),  # type: ignore[arg-type]
        rows=rows,
        revision=form.revision(),
    )


def fail_on_cell(form: Form, error: ServiceError, tariff: pricing.Tariff) -> bool:
    """Puts pricing's refusal on the cell that it names; False where it names none of them."""
    found = _PATH.match(error.metadata.get("field", ""))
    if not found or int(found[1]) >= len(tariff.rows):
        return False
    key, rest = tariff.rows[int(found[1])].season_id, found[2]
    if package := re.fullmatch(r"packages\[(\d+)\]", rest):
        name = f"p.{key}.{package[1]}"
    elif band := re.match(r"child_bands(?:\[(\d)\])?", rest):
        name = f"c{int(band[1] or 0) + 1}.{key}"
    elif rest in _PARTS:
        name = f"{_PARTS[rest]}.{key}"
    else:
        return False
    form.fail(name, refusal_on_field(error))
    return True


def labels_of(seasons: Iterable[pricing.Season], lengths: Iterable[int]) -> dict[str, str]:
    """Returns what each field of the form is called, for the list of errors and for two versions."""
    found = {
        "nom": _("Nom du tarif"), "formule": _("Formule"), "hebergement": _("Hébergements"),
        "base": _("Personnes dans le prix"), "unite": _("La personne de plus se paie"),
        "mode": _("Un séjour à cheval sur deux saisons"), "nouvelle_formule": _("Nom de la nouvelle formule"),
    }  # fmt: skip
    found |= {
        "age1": _("Enfants, 1re tranche : âge au plus"),
        "age2": _("2e tranche : âge au plus"),
        "age3": _("3e tranche : âge au plus"),
    }
    names = {
        "we": _("week-end"), "mw": _("milieu de semaine"), "mo": _("mois"),
        "n": _("nuit supplémentaire"), "a": _("adulte de plus"), "c1": _("enfant, 1re tranche"),
        "c2": _("2e tranche"), "c3": _("3e tranche"), "arr": _("jours d'arrivée"),
        "dep": _("jours de départ"),
        "min": _("nuits au moins"), "max": _("nuits au plus"), "pre": _("préavis"),
        "mint": _("nuits au moins, séjour qui traverse"), "hor": _("réservable au plus tôt"),
        "trou": _("vendre un trou plus court que le minimum"),
    }  # fmt: skip
    lengths = list(lengths)
    for season in seasons:
        found |= {f"p.{season.id}.{length}": f"{season.name}, {package_name(length)}" for length in lengths}
        found |= {f"{part}.{season.id}": f"{season.name}, {words}" for part, words in names.items()}
    return found


def shown_values(name: str, values: Sequence[str], choices: Mapping[str, Mapping[str, str]]) -> str:
    """Returns a field's values in words: of its choices, weekdays, else as they were typed."""
    if name.startswith(("arr.", "dep.")):
        days = [_(WEEKDAYS[int(each) - 1]) for each in values if each in {"1", "2", "3", "4", "5", "6", "7"}]
        return ", ".join(days)
    words = choices.get(name, {})
    return ", ".join(words.get(each, each) for each in values)
