"""The form of one rule of the tourist tax: from a rule, to a rule, and refusals on its fields; pure."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from chassis.errors import ServiceError
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.formats import typed_percent
from gateway.forms import Form
from gateway.i18n import N_
from gateway.i18n import gettext as _
from gateway.owner.bars import interval
from gateway.owner.common import fail_from, nights
from gateway.owner.tax_register import CATEGORIES

ADDITIONAL = {"departementale": "departmental", "regionale": "regional", "idfm": "idfm", "lgv": "lgv"}
"""Field -> name of the additional tax."""
FEWEST_PERIODS, MOST_PERIODS = 2, 12
UNCLASSIFIED = "unclassified"
INSEE = re.compile(r"([0-9]{5}|2[AB][0-9]{3})")
_FIELDS = {
    "rule.insee": "insee", "rule.commune": "commune", "rule.category": "categorie", "rule.year": "annee",
    "rule.tariff": "tarif", "rule.rate_basis_points": "taux", "rule.cap": "plafond", "rule.source": "source",
    **{f"rule.additional[{name}]": field for field, name in ADDITIONAL.items()},
}  # fmt: skip
_WHY = {
    "order": N_("Cette période commence avant la précédente : écrivez-les dans l'ordre."),
    "overlap": N_("Cette période recouvre la précédente."),
    "outside_year": N_("Cette période sort de l'année de la règle."),
}
_MOST_PERCENT = 1000
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9}")


def suffix(number: int) -> str:
    """Of the fields of a period: the first has none."""
    return "" if number == 1 else str(number)


def rule_form(rule: pricing.TaxRule) -> Form:
    """The form of a rule that is known, or of one of which only commune, category and year are."""
    form = Form(
        {
            "insee": rule.insee,
            "commune": rule.commune,
            "categorie": rule.category,
            "annee": rule.year or "",
            "arrondi": "somme" if rule.HasField("round_each_step") and not rule.round_each_step else "etapes",
            "source": rule.source,
            "a_confirmer": rule.to_confirm,
        }
    )
    form.set_money("tarif", rule.tariff or None)
    form.set_money("plafond", rule.cap or None)
    form.set("taux", _shown_percent(rule.rate_basis_points))
    for field, name in ADDITIONAL.items():
        form.set(field, _shown_percent(rule.additional.get(name, 0)))
    for number, each in enumerate(rule.collected[:MOST_PERIODS], 1):
        arrival, departure = interval(each)
        form.set(f"du{suffix(number)}", arrival)
        form.set(f"jusquau{suffix(number)}", departure - timedelta(days=1))
    return form


def _shown_percent(basis_points: int) -> str | None:
    return typed_percent(basis_points) if basis_points else None


def periods_shown(form: Form) -> int:
    """How many periods the form shows: those filled and one more, at least two."""
    filled = [n for n in range(1, MOST_PERIODS + 1) if form.value(f"du{suffix(n)}").strip()]
    return min(MOST_PERIODS, max(FEWEST_PERIODS, max(filled, default=0) + 1))


def labels() -> dict[str, str]:
    """What the fields are called, for the summary of refusals."""
    found = {
        "insee": _("Code INSEE"), "commune": _("Commune"), "categorie": _("Catégorie"), "annee": _("Année"),
        "tarif": _("Tarif"), "taux": _("Taux"), "plafond": _("Plafond"), "source": _("Source"),
        "departementale": _("Taxe départementale"), "regionale": _("Taxe régionale"),
        "idfm": _("Île-de-France Mobilités"), "lgv": _("Ligne à grande vitesse"),
    }  # fmt: skip
    for number in range(1, MOST_PERIODS + 1):
        found[f"du{suffix(number)}"] = _("Période %(n)s, premier jour") % {"n": number}
        found[f"jusquau{suffix(number)}"] = _("Période %(n)s, dernier jour") % {"n": number}
    return found


def rule_of(form: Form, known: Mapping[str, int] | None = None) -> pricing.TaxRule:
    """Reads a rule; of `known`, the additional taxes that stand there, those without a field stay."""
    insee = form.text("insee", required=True, most=5).upper()
    if insee and not INSEE.fullmatch(insee):
        form.fail("insee", _("Écrivez les cinq caractères de la commune, par exemple 07028."))
    category = form.choice("categorie", CATEGORIES)
    rule = pricing.TaxRule(
        insee=insee,
        commune=form.text("commune", most=200),
        category=category,
        year=form.number("annee", required=True, least=1990, most=2100) or 0,
        source=form.text("source", required=True, most=200),
        round_each_step=form.choice("arrondi", ("etapes", "somme")) != "somme",
        to_confirm=form.ticked("a_confirmer"),
        additional={name: rate for name, rate in (known or {}).items() if name not in ADDITIONAL.values()},
    )
    for field, name in ADDITIONAL.items():
        rate = _percent(form, field)
        if rate:
            rule.additional[name] = rate
    _read_amount(form, rule)
    for first, last in _periods(form):
        rule.collected.append(nights(first, last + timedelta(days=1)))
    return rule


def _read_amount(form: Form, rule: pricing.TaxRule) -> None:
    """A tariff for what is classified, a rate and its cap for what is not."""
    tariff, rate, cap = form.money("tarif"), _percent(form, "taux"), form.money("plafond")
    if rule.category == UNCLASSIFIED:
        if tariff:
            form.fail(
                "tarif", _("Ce qui n'est pas classé a un taux et un plafond, sans tarif : videz ce champ.")
            )
        if not rate and not form.error("taux"):
            form.fail("taux", _("Indiquez le taux voté, entre 1 et 5 % du prix par personne et par nuit."))
        rule.rate_basis_points, rule.cap = rate, cap or 0
        return
    if rate:
        form.fail("taux", _("Le taux est pour ce qui n'est pas classé : videz ce champ."))
    if cap:
        form.fail("plafond", _("Le plafond est pour ce qui n'est pas classé : videz ce champ."))
    if not tariff and not form.error("tarif"):
        form.fail("tarif", _("Indiquez le tarif voté, par exemple 1,10."))
    rule.tariff = tariff or 0


def _percent(form: Form, name: str) -> int:
    """Hundredths of a percent; additional taxes may be beyond 100 %."""
    text = re.sub(r"[\s\u00a0\u202f%]", "", form.value(name)).replace(",", ".")
    if not text:
        return 0
    if _NUMBER.fullmatch(text):
        value = Decimal(text) * 100
        if value <= _MOST_PERCENT * 100 and value == value.to_integral_value():
            return int(value)
    form.fail(name, _("Indiquez un pourcentage à deux décimales au plus, par exemple 4,4."))
    return 0


def _periods(form: Form) -> list[tuple[date, date]]:
    """The periods that are typed, both days included; pricing looks at their order."""
    found = []
    for number in range(1, MOST_PERIODS + 1):
        names = f"du{suffix(number)}", f"jusquau{suffix(number)}"
        typed = any(form.value(name).strip() for name in names)
        first, last = (form.day(name, required=typed) for name in names)
        if first is None or last is None:
            continue
        if last < first:
            form.fail(names[1], _("Le dernier jour est avant le premier. Corrigez."))
            continue
        found.append((first, last))
    return found


def fail_rule(form: Form, error: ServiceError) -> None:
    """Puts a refusal of pricing on the field that it is about."""
    where = error.metadata.get("field", "")
    period = re.fullmatch(r"rule\.collected\[(\d+)\]", where)
    field = _FIELDS.get(where, "")
    if period is not None:
        filled = [n for n in range(1, MOST_PERIODS + 1) if form.value(f"du{suffix(n)}").strip()]
        number = int(period[1])
        field = f"du{suffix(filled[number])}" if number < len(filled) else "du"
    words = _WHY.get(error.metadata.get("why", ""))
    if words:
        form.fail(field, _(words))
    fail_from(form, error, field)
