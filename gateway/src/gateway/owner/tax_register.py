"""The register of the tourist tax: which stays ended in a period, who was taxed, for how much; pure.

A stay belongs to the period in which it ends. Amounts are those of the file's frozen price lines, an estimate
that the owner collects; nobody's name is in the register.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.documents.v1 import documents_service_pb2 as documents
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.formats import date_courte, euros, mois, typed_euros, typed_percent
from gateway.i18n import N_, ngettext
from gateway.i18n import gettext as _
from gateway.owner.bars import interval
from gateway.owner.common import nights, persons

CATEGORIES = {
    "palace": N_("palace"), "5": N_("5 étoiles"), "4": N_("4 étoiles"), "3": N_("3 étoiles"),
    "2": N_("2 étoiles"), "1": N_("1 étoile"), "guest_room": N_("chambre d'hôtes"),
    "unclassified": N_("non classé"),
}  # fmt: skip
OWN_DATES = "dates"
"""The choice of a period whose two days the owner types."""
_QUARTERS = (N_("1er trimestre"), N_("2e trimestre"), N_("3e trimestre"), N_("4e trimestre"))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file; `units` are the tax per person and night, one for each rule that applied."""

    number: int
    code: str
    arrival: date
    departure: date
    persons: int
    taxed: int
    units: tuple[int, ...]
    taxed_nights: int
    """Persons times nights."""
    amount: int
    is_collected: bool
    unknown_years: str = ""
    minors: int = 0
    exempt_adults: tuple[tuple[str, int], ...] = ()
    """Reason and number."""

    @property
    def nights(self) -> int:
        """Nights of the stay."""
        return (self.departure - self.arrival).days

    @property
    def exempt(self) -> int:
        """Persons who owe nothing: minors, and adults with a reason; where nothing is taxed, those alone."""
        told = self.minors + sum(count for _reason, count in self.exempt_adults)
        return max(0, self.persons - self.taxed) if self.units else told

    @property
    def exempt_words(self) -> str:
        """« 2 mineurs, 1 saisonnier », or nothing where nobody is exempt."""
        counts = [("MINOR", self.minors), *self.exempt_adults]
        rest = self.exempt - sum(count for _reason, count in counts)
        return ", ".join(_counted(reason, count) for reason, count in [*counts, ("", rest)] if count > 0)

    @property
    def unit_words(self) -> str:
        """« 1,10 € », or « 1,10 € puis 1,20 € » over a New Year."""
        return _(" puis ").join(euros(each) for each in self.units)


def _counted(reason: str, count: int) -> str:
    words = {
        "MINOR": ngettext("%(num)s mineur", "%(num)s mineurs", count),
        "SEASONAL_WORKER": ngettext("%(num)s saisonnier", "%(num)s saisonniers", count),
        "REHOUSED": ngettext("%(num)s personne relogée", "%(num)s personnes relogées", count),
        "LOW_RENT": ngettext("%(num)s sous le loyer minimal", "%(num)s sous le loyer minimal", count),
        "RESIDENT": ngettext("%(num)s habitant de la commune", "%(num)s habitants de la commune", count),
    }
    other = ngettext("%(num)s autre", "%(num)s autres", count)
    return words.get(reason, other) % {"num": count}


@dataclass(slots=True)
class Commune:
    """The rows of one commune, by departure."""

    insee: str
    name: str
    rows: list[Row] = field(default_factory=list)

    @property
    def taxed_nights(self) -> int:
        """Persons times nights that were taxed."""
        return sum(row.taxed_nights for row in self.rows)

    @property
    def amount(self) -> int:
        """What is declared, in cents."""
        return sum(row.amount for row in self.rows)

    @property
    def is_complete(self) -> bool:
        """False where a stay has a year without a rule, or persons that are not stated."""
        return not any(row.unknown_years or not row.persons for row in self.rows)


def period_of(year: int, name: str) -> tuple[date, date]:
    """First and last day of « annee », « t1 » to « t4 », « m01 » to « m12 »; anything else is the year."""
    first, months = 1, 12
    if name[:1] == "t" and name[1:] in {"1", "2", "3", "4"}:
        first, months = 3 * int(name[1:]) - 2, 3
    elif name[:1] == "m" and name[1:].isdecimal() and 1 <= int(name[1:]) <= 12:
        first, months = int(name[1:]), 1
    after = date(year + 1, 1, 1) if first + months > 12 else date(year, first + months, 1)
    return date(year, first, 1), after - timedelta(days=1)


def periods() -> list[tuple[str, str]]:
    """The choices of a period."""
    quarters = [(f"t{number}", _(words)) for number, words in enumerate(_QUARTERS, 1)]
    months = [(f"m{number:02}", mois(date(2026, number, 1)).rsplit(" ", 1)[0]) for number in range(1, 13)]
    return [("annee", _("Année entière")), *quarters, *months, (OWN_DATES, _("Mes dates"))]


def register(lines: Iterable[bookings_pb.TaxLine], listings: Mapping[str, catalog.Listing]) -> list[Commune]:
    """The communes with the stays of these lines, by name."""
    found: dict[str, Commune] = {}
    for line in lines:
        listing = listings.get(line.listing_id)
        insee = _insee(line, listing)
        name = listing.address.city if listing is not None else insee
        commune = found.setdefault(insee, Commune(insee, name or insee))
        commune.rows.append(_row(line))
    for commune in found.values():
        commune.rows.sort(key=lambda row: (row.departure, row.number))
    return sorted(found.values(), key=lambda one: (one.name, one.insee))


def _insee(line: bookings_pb.TaxLine, listing: catalog.Listing | None) -> str:
    told = next((each.params["insee"] for each in line.explained if each.params.get("insee")), "")
    return told or (listing.address.insee if listing is not None else "")


def _row(line: bookings_pb.TaxLine) -> Row:
    arrival, departure = interval(line.nights)
    taxes = [each for each in line.explained if each.params.get("persons")]
    return Row(
        number=line.file_number,
        code=line.listing_code,
        arrival=arrival,
        departure=departure,
        persons=persons(line.party),
        taxed=max((int(each.params["persons"]) for each in taxes), default=0),
        units=tuple(dict.fromkeys(int(each.params["unit_amount"]) for each in taxes)),
        taxed_nights=sum(int(each.params["persons"]) * int(each.params["nights"]) for each in taxes),
        amount=line.tax.amount,
        is_collected=line.is_collected,
        unknown_years="".join(each.params.get("unknown_years", "") for each in line.explained),
        minors=len(line.party.children_ages),
        exempt_adults=tuple(sorted(line.party.exempt_adults.items())),
    )


def csv_rows(communes: Sequence[Commune]) -> list[list[str]]:
    """The register for a French spreadsheet, a line of sums under each commune."""
    head = [
        _("Commune"), _("Code INSEE"), _("N°"), _("Hébergement"), _("Arrivée"), _("Départ"), _("Nuits"),
        _("Personnes"), _("Taxées"), _("Exonérées"), _("Motifs"), _("Tarif par nuit"), _("Nuitées taxées"),
        _("Taxe"), _("Encaissée"),
    ]  # fmt: skip
    found = [head]
    for commune in communes:
        found += [_csv_row(commune, row) for row in commune.rows]
        sums = [commune.name, commune.insee, _("Total"), *[""] * 9, str(commune.taxed_nights)]
        found.append([*sums, typed_euros(commune.amount), ""])
    return found


def _csv_row(commune: Commune, row: Row) -> list[str]:
    units = " / ".join(typed_euros(each) for each in row.units)
    return [
        commune.name, commune.insee, str(row.number), row.code, date_courte(row.arrival),
        date_courte(row.departure), str(row.nights), str(row.persons or ""), str(row.taxed), str(row.exempt),
        row.exempt_words, units, str(row.taxed_nights), typed_euros(row.amount),
        _("oui") if row.is_collected else _("non"),
    ]  # fmt: skip


def to_print(communes: Sequence[Commune]) -> list[documents.TaxRegisterCommune]:
    """The register as documents prints it."""
    return [
        documents.TaxRegisterCommune(
            insee=commune.insee, name=commune.name, stays=[_stay_to_print(row) for row in commune.rows]
        )
        for commune in communes
    ]


def _stay_to_print(row: Row) -> documents.TaxRegisterStay:
    return documents.TaxRegisterStay(
        file_number=row.number,
        listing_code=row.code,
        nights=nights(row.arrival, row.departure),
        persons=row.persons,
        taxed=row.taxed,
        unit_amounts=row.units,
        taxed_nights=row.taxed_nights,
        amount=row.amount,
        is_collected=row.is_collected,
        exempt_words=row.exempt_words,
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that is used, in words."""

    category: str
    amount: str
    source: str
    to_confirm: bool
    periods: str = ""
    """« du 01/04/2026 au 30/09/2026 et du 19/12/2026 au 31/12/2026 »; empty: the whole year."""


def category_of(listing: catalog.Listing) -> str:
    """The category of a listing as tax rules name it; labels do not count."""
    if listing.kind == catalog.LISTING_KIND_GUEST_ROOM:
        return "guest_room"
    return str(listing.official_stars) if listing.official_stars else "unclassified"


def rule_words(rule: pricing.TaxRule) -> Rule:
    """A rule for the owner."""
    if rule.rate_basis_points:
        rate = {"rate": typed_percent(rule.rate_basis_points)}
        amount = _("%(rate)s %% du prix par personne et par nuit") % rate
        if rule.cap:
            amount += " " + _("(au plus %(cap)s)") % {"cap": euros(rule.cap)}
    else:
        amount = _("%(amount)s par personne et par nuit") % {"amount": euros(rule.tariff)}
    additional = sum(rule.additional.values())
    if additional:
        share = {"share": typed_percent(additional)}
        amount += " " + _("+ %(share)s %% de taxes additionnelles") % share
    category = _(CATEGORIES.get(rule.category, rule.category))
    return Rule(category, amount, rule.source, rule.to_confirm, period_words(rule))


def period_words(rule: pricing.TaxRule) -> str:
    """The periods of collection of a rule, or nothing where it is the whole year."""
    found = []
    for each in rule.collected:
        arrival, departure = interval(each)
        days = {"first": date_courte(arrival), "last": date_courte(departure - timedelta(days=1))}
        found.append(_("du %(first)s au %(last)s") % days)
    return _(" et ").join(filter(None, (", ".join(found[:-1]), *found[-1:])))
