"""A tariff as a form and back: its grids (`tariff_grid`), persons beyond the base, stay rules; pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from chassis.errors import ServiceError
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner import tariff_grid
from gateway.owner.tariff_grid import DAYS, Special, positive, prefix_of
from gateway.owner.tariff_words import STRADDLES, refusal_on_field
from gateway.texts import WEEKDAYS

BANDS = 3
NEW = "nouveau"
_PATH = re.compile(r"tariff\.rows\[(\d{1,3})\]\.(.+)")
_PARTS = {
    "extra_night": "n", "extra_adult": "a", "rules.arrival_days": "arr", "rules.departure_days": "dep",
    "rules.min_nights": "min", "rules.max_nights": "max", "rules.notice_days": "pre",
    "rules.min_through": "mint", "rules.horizon_days": "hor",
}  # fmt: skip
_BY_NUMBER = {
    "packages": "p.{}.%d",
    "weekday_prices": "j%d.{}",
    "rules.min_by_arrival_day": "min%d.{}",
}


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
    tariff_grid.set_specials(form, tariff)
    specials = tariff_grid.specials_of(form, shown=True)
    form.set("personnes", sorted({one.persons for row in tariff.rows for one in row.occupancies}))
    for row in tariff.rows:
        _fill(form, row, specials)
    if any(cents == 0 for row in tariff.rows for cents in _typed_prices(row)):
        form.set("gratuit", "1")
    return form


def _typed_prices(row: pricing.TariffRow) -> Iterable[int]:
    grids: tuple[tariff_grid.Grid, ...] = (row, *row.occupancies)
    for grid in grids:
        yield from grid.packages.values()
        yield from grid.weekday_prices.values()
        yield from (one.price for one in grid.named_packages)


def _fill(form: Form, row: pricing.TariffRow, specials: Sequence[Special]) -> None:
    key = row.season_id
    tariff_grid.fill(form, prefix_of(0), key, row, specials)
    for one in row.occupancies:
        tariff_grid.fill(form, prefix_of(one.persons), key, one, specials)
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
    for day, least in row.rules.min_by_arrival_day.items():
        form.set(f"min{day}.{key}", least)


def priced_first(seasons: list[pricing.Season], tariff: pricing.Tariff) -> list[pricing.Season]:
    """Returns the seasons, those that the tariff prices first."""
    used = {row.season_id for row in tariff.rows}
    return sorted(seasons, key=lambda season: season.id not in used)


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
    arrivals, departures = (
        [int(each) for each in form.choices(f"{name}.{key}", DAYS)] for name in ("arr", "dep")
    )
    rules.arrival_days.extend(arrivals if len(arrivals) < 7 else [])
    rules.departure_days.extend(departures if len(departures) < 7 else [])
    rules.min_nights = form.number(f"min.{key}", least=0, most=90) or 0
    rules.max_nights = form.number(f"max.{key}", least=0, most=90) or 0
    rules.notice_days = form.number(f"pre.{key}", least=0, most=365) or 0
    rules.min_through = form.number(f"mint.{key}", least=0, most=90) or 0
    rules.horizon_days = form.number(f"hor.{key}", least=0, most=1000) or 0
    rules.sell_gaps = form.ticked(f"trou.{key}")
    for day in DAYS:
        least = form.number(f"min{day}.{key}", least=0, most=90)
        if least is not None:
            rules.min_by_arrival_day[int(day)] = least
    if rules.max_nights and rules.max_nights < rules.min_nights:
        form.fail(f"max.{key}", _("Le maximum est plus petit que le minimum."))


def _row(
    form: Form, season: pricing.Season, lengths: Sequence[int], specials: Sequence[Special]
) -> pricing.TariffRow | None:
    """The season's row; None where none of its cells has a price."""
    key = season.id
    grid = tariff_grid.read(form, prefix_of(0), key, lengths, specials)
    others = []
    for persons in tariff_grid.persons_of(form):
        other = tariff_grid.read(form, prefix_of(persons), key, lengths, specials)
        other.persons = persons
        if tariff_grid.is_priced(other):
            others.append(other)
    row = pricing.TariffRow(
        season_id=key,
        packages=grid.packages,
        extra_night=grid.extra_night,
        named_packages=grid.named_packages,
        weekday_prices=grid.weekday_prices,
        occupancies=others,
        extra_adult=positive(form, f"a.{key}"),
        child_bands=_bands(form, key),
    )
    _rules(form, key, row.rules)
    return row if others or tariff_grid.is_priced(grid) else None


def tariff_of(
    form: Form, tariff: pricing.Tariff, seasons: Sequence[pricing.Season], listings: Sequence[catalog.Listing]
) -> pricing.Tariff:
    """Reads the form; what cannot be taken is refused on its field."""
    codes = {each.code: each.id for each in listings}
    lengths, specials = tariff_grid.lengths_of(tariff, form), tariff_grid.specials_of(form)
    rows = [row for season in seasons if (row := _row(form, season, lengths, specials)) is not None]
    base = form.number("base", least=1, most=60, required=True) or 1
    if base in tariff_grid.persons_of(form):
        form.fail(
            "base", _("Ce nombre de personnes a déjà sa propre grille. Videz-la, ou changez le nombre.")
        )
    if not rows and form.ok:
        form.fail("", _("Donnez au moins un prix dans la grille."))
    if not form.ok:
        rows = []
    return pricing.Tariff(
        id=tariff.id,
        owner_id=tariff.owner_id,
        name=form.text("nom", required=True, most=80),
        listing_ids=[codes[code] for code in form.choices("hebergement", list(codes), required=True)],
        base_persons=base,
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
    row, rest, prefix = tariff.rows[int(found[1])], found[2], prefix_of(0)
    grid: tariff_grid.Grid = row
    if (other := re.fullmatch(r"occupancies\[(\d+)\]\.(.+)", rest)) and int(other[1]) < len(row.occupancies):
        grid, rest = row.occupancies[int(other[1])], other[2]
        prefix = prefix_of(grid.persons)
    name = _cell_of(form, grid, rest)
    if not name:
        return False
    form.fail(f"{prefix}{name.replace('{}', row.season_id)}", refusal_on_field(error))
    return True


def _cell_of(form: Form, grid: tariff_grid.Grid, path: str) -> str:
    """The cell of a path below a row or a grid, with a place for the season; nothing where there is none."""
    found = re.fullmatch(r"([a-z_.]+)(?:\[(\d+)\])?(?:\..+)?", path)
    if found is None:
        return ""
    part, index = found[1], int(found[2] or 0)
    if path in _PARTS:
        return f"{_PARTS[path]}.{{}}"
    if part in _BY_NUMBER and found[2]:
        return _BY_NUMBER[part] % index
    if part == "child_bands":
        return f"c{index + 1}.{{}}"
    if part == "named_packages" and index < len(grid.named_packages):
        specials = tariff_grid.specials_of(form, shown=True)
        return f"{tariff_grid.part_of(grid.named_packages[index], specials)}.{{}}"
    return ""


def labels_of(
    seasons: Iterable[pricing.Season], columns: Sequence[tuple[str, str]], persons: Sequence[int]
) -> dict[str, str]:
    """Returns what each field of the form is called, for the list of errors and for two versions."""
    found = {
        "nom": _("Nom du tarif"), "formule": _("Formule"), "hebergement": _("Hébergements"),
        "base": _("Personnes dans le prix"), "unite": _("La personne de plus se paie"),
        "mode": _("Un séjour à cheval sur deux saisons"), "nouvelle_formule": _("Nom de la nouvelle formule"),
        "age1": _("Enfants, 1re tranche : âge au plus"), "age2": _("2e tranche : âge au plus"),
        "age3": _("3e tranche : âge au plus"), "personnes": _("Prix pour un autre nombre de personnes"),
    }  # fmt: skip
    for number in range(1, tariff_grid.MOST_SPECIALS + 1):
        values = {"n": number}
        found[f"fs{number}"] = _("Autre forfait %(n)s") % values
        found[f"fj{number}"] = _("Autre forfait %(n)s : jours d'arrivée") % values
        found[f"fn{number}"] = _("Autre forfait %(n)s : nuits") % values
    names = {
        "a": _("adulte de plus"), "c1": _("enfant, 1re tranche"), "c2": _("2e tranche"),
        "c3": _("3e tranche"), "arr": _("jours d'arrivée"), "dep": _("jours de départ"),
        "min": _("nuits au moins"), "max": _("nuits au plus"), "pre": _("préavis"),
        "mint": _("nuits au moins, séjour qui traverse"), "hor": _("réservable au plus tôt"),
        "trou": _("vendre un trou plus court que le minimum"),
    }  # fmt: skip
    for day, name in zip(DAYS, WEEKDAYS, strict=True):
        names[f"min{day}"] = _("nuits au moins en arrivant le %(day)s") % {"day": _(name)}
    cells = [*columns, *tariff_grid.weekday_columns()]
    for season in seasons:
        for each in (0, *persons):
            found |= tariff_grid.labels_of(each, season, cells)
        found |= {f"{part}.{season.id}": f"{season.name}, {words}" for part, words in names.items()}
    return found


def shown_values(name: str, values: Sequence[str], choices: Mapping[str, Mapping[str, str]]) -> str:
    """Returns a field's values in words: of its choices, weekdays, else as they were typed."""
    if name.startswith(("arr.", "dep.", "fj")):
        return ", ".join(_(WEEKDAYS[int(each) - 1]) for each in values if each in DAYS)
    words = choices.get(name, {})
    return ", ".join(words.get(each, each) for each in values)
