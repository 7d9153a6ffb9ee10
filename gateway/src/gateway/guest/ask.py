"""What a guest asks for: place, arrival, length, persons, supplements; in an address and out of it."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.formats import date_courte
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.i18n import ngettext

WEEK, NIGHT = "semaine", "nuit"
MOST_NIGHTS = 90
MOST_PERSONS = 50
_AGES = re.compile(r"[0-9]+")
CODE = re.compile(r"^[0-9A-Za-z-]{3,20}$")
SUPPLEMENT = "s_"
PROMO = "code_promo"
MOST_PROMO = 40
COUNTED = {pricing.SUPPLEMENT_BASE_PER_PERSON, pricing.SUPPLEMENT_BASE_PER_UNIT}
"""Bases whose number the guest chooses; the others are ticked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a guest; `arrival` is None before he has said when."""

    destination: str = ""
    supplier: int = 0
    codes: tuple[str, ...] = ()
    arrival: date | None = None
    unit: str = WEEK
    count: int = 1
    adults: int = 2
    ages: tuple[int, ...] = ()
    supplements: tuple[tuple[str, int], ...] = field(default=())
    origin: str = ""
    promo: str = ""
    """The promotional code as typed."""

    @property
    def nights(self) -> int:
        """Length of the stay."""
        return self.count * 7 if self.unit == WEEK else self.count

    @property
    def departure(self) -> date | None:
        """Day after the last night."""
        return self.arrival + timedelta(days=self.nights) if self.arrival else None

    def stay(self, arrival: date, departure: date) -> "Asked":
        """The same question for other nights."""
        nights = (departure - arrival).days
        weeks, rest = divmod(nights, 7)
        unit, count = (WEEK, weeks) if weeks and not rest else (NIGHT, nights)
        return replace(self, arrival=arrival, unit=unit, count=count)

    def pairs(self, *, place: bool = True) -> list[tuple[str, str]]:
        """The question as names and values of an address; `place`: with destination and limits."""
        found: list[tuple[str, str]] = []
        if place:
            found += [("destination", self.destination)] if self.destination else []
            found += [("fournisseur", str(self.supplier))] if self.supplier else []
            found += [("hebergement", ",".join(self.codes))] if self.codes else []
        if self.arrival:
            found.append(("arrivee", date_courte(self.arrival)))
        found += [("unite", self.unit), ("duree", str(self.count)), ("adultes", str(self.adults))]
        if self.ages:
            found.append(("enfants", ", ".join(map(str, self.ages))))
        found += [(SUPPLEMENT + code, str(count)) for code, count in self.supplements]
        found += [(PROMO, self.promo)] if self.promo else []
        return found + ([("origine", self.origin)] if self.origin else [])

    def address(self, path: str, *, place: bool = False) -> str:
        """An address of this site with the question."""
        return f"{path}?{urlencode(self.pairs(place=place))}"


def read(form: Form, *, today: date) -> Asked:
    """Reads a question; what cannot be taken is refused on the form, and the rest still stands."""
    arrival = form.day("arrivee")
    if arrival is not None and arrival < today:
        form.fail("arrivee", _("Cette date est passée. Choisissez une arrivée à venir."))
        arrival = None
    unit = NIGHT if form.value("unite") in {NIGHT, "nuits"} else WEEK
    most = MOST_NIGHTS // 7 if unit == WEEK else MOST_NIGHTS
    count = form.number("duree", least=1, most=most) or 1
    adults = form.number("adultes", least=1, most=MOST_PERSONS) or 2
    supplier = form.number("fournisseur", least=1, most=99_999_999) or 0
    codes = tuple(each for each in form.value("hebergement").split(",") if CODE.fullmatch(each.strip()))
    return Asked(
        destination=form.text("destination", most=80),
        supplier=supplier,
        codes=tuple(each.strip() for each in codes[:20]),
        arrival=arrival,
        unit=unit,
        count=count,
        adults=adults,
        ages=_ages(form),
        supplements=supplements_of(form),
        origin="widget" if form.value("origine") == "widget" else "",
        promo=form.value(PROMO).strip()[: MOST_PROMO + 1],
    )


def _ages(form: Form) -> tuple[int, ...]:
    text = form.value("enfants").strip()
    typed = _AGES.findall(text)
    found = tuple(int(each) for each in typed if len(each) < 3)
    if text and (not found or len(found) < len(typed) or any(age > 17 for age in found) or len(found) > 20):
        form.fail("enfants", _("Donnez l'âge de chaque enfant, de 0 à 17 ans, par exemple : 9, 12."))
        return tuple(age for age in found if age <= 17)[:20]
    return found


def supplements_of(form: Form) -> tuple[tuple[str, int], ...]:
    """Reads the chosen supplements: code and quantity, -1 = everybody."""
    chosen = []
    for name in form.values:
        text = form.value(name).strip()
        if name.startswith(SUPPLEMENT) and re.fullmatch(r"-1|[0-9]{1,2}", text) and text != "0":
            chosen.append((name.removeprefix(SUPPLEMENT)[:40], int(text)))
    return tuple(chosen[:40])


def fill(form: Form, asked: Asked) -> Form:
    """Shows a question in the fields that were left empty."""
    defaults = {
        "unite": asked.unit, "duree": asked.count, "adultes": asked.adults, "destination": asked.destination,
    }  # fmt: skip
    for name, value in defaults.items():
        if not form.value(name):
            form.set(name, value)
    if asked.arrival and not form.value("arrivee"):
        form.set("arrivee", asked.arrival)
    return form


def persons_in_words(adults: int, ages: tuple[int, ...]) -> str:
    """Returns « 2 adultes, 2 enfants (9 et 12 ans) »."""
    text = ngettext("%(num)s adulte", "%(num)s adultes", adults) % {"num": adults}
    if not ages:
        return text
    shown = [str(age) for age in ages]
    joined = shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + _(" et ") + shown[-1]
    children = ngettext("%(num)s enfant (%(ages)s an)", "%(num)s enfants (%(ages)s ans)", len(ages))
    if len(ages) == 1 and ages[0] > 1:
        children = _("%(num)s enfant (%(ages)s ans)")
    return f"{text}, {children % {'num': len(ages), 'ages': joined}}"


def day(text: str) -> date:
    """Returns the day of an ISO string of a contract."""
    return date.fromisoformat(text)


def instant(seconds: int) -> datetime:
    """Returns the instant of a number of seconds."""
    return datetime.fromtimestamp(seconds, UTC)
