"""What is said of rules of the tourist tax: amounts, remarks of pricing, why a line of a file gives none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sejour.pricing.v1 import pricing_service_pb2 as tariffs_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.formats import date_courte, euros, typed_percent
from gateway.i18n import N_
from gateway.i18n import gettext as _
from gateway.owner.tax_register import CATEGORIES, period_words, rule_words

ADDITIONAL = {
    "departmental": N_("départementale"), "regional": N_("régionale"), "idfm": N_("Île-de-France Mobilités"),
    "lgv": N_("ligne à grande vitesse"),
}  # fmt: skip
REMARKS = {
    "BELOW_FLOOR": N_("Ce tarif est au-dessous du minimum national de %(floor)s."),
    "ABOVE_CAP": N_("Ce tarif est au-dessus du plafond national de %(cap)s."),
    "RATE_OUTSIDE": N_("Le taux doit être entre %(least)s et %(most)s."),
    "CAP_MISSING": N_("Sans plafond, une nuit chère est trop taxée : donnez le plus haut tarif voté."),
    "REPLACES": N_("Remplace %(was)s (source : %(source)s)."),
}
KEPT = N_("Il reste %(was)s, dit par une autre source : %(source)s.")
REFUSALS = {
    "INSEE": N_("insee « %(text)s » : écrivez les cinq caractères de la commune, par exemple 07028."),
    "YEAR": N_("annee « %(text)s » : écrivez une année, par exemple 2027."),
    "CATEGORY": N_("categorie « %(text)s » n'est pas connue : écrivez %(known)s."),
    "TARIFF_OR_RATE": N_("Donnez soit tarif (euros par nuit), soit taux (pour cent)."),
    "RATE_FOR_UNCLASSIFIED": N_(
        "Le taux est pour ce qui n'est pas classé, et ce qui n'est pas classé a un taux."
    ),
    "NUMBER": N_("%(column)s « %(text)s » : écrivez un nombre à deux décimales au plus, par exemple 1,10."),
    "DAY": N_("%(column)s « %(text)s » : écrivez un jour, par exemple 01/04."),
    "DAY_OUTSIDE": N_("%(column)s « %(text)s » n'est pas en %(year)s."),
    "PERIOD": N_(
        "periodes « %(text)s » : écrivez %(year)s-04-01/%(year)s-09-30, une espace entre deux périodes."
    ),
    "PERIOD_REVERSED": N_("La période du %(first)s au %(last)s finit avant de commencer."),
    "PERIOD_OVERLAPS": N_("La période du %(first)s au %(last)s ne suit pas la précédente."),
    "PERIODS_TWICE": N_("Donnez soit periodes, soit perception_du et perception_au."),
    "ROUNDING": N_("arrondi « %(text)s » : écrivez etapes ou somme."),
    "FLAG": N_("a_confirmer « %(text)s » : écrivez oui ou non."),
    "TWICE": N_("La ligne %(line)s donne déjà cette règle."),
    "VALUE": N_("Une valeur ne convient pas (%(field)s)."),
}
OUTCOMES = {
    tariffs_pb.TAX_FILE_OUTCOME_NEW: (N_("nouvelle"), "ok", "plus"),
    tariffs_pb.TAX_FILE_OUTCOME_REPLACED: (N_("remplace"), "info", "refresh"),
    tariffs_pb.TAX_FILE_OUTCOME_UNCHANGED: (N_("inchangée"), "", "check"),
    tariffs_pb.TAX_FILE_OUTCOME_KEPT: (N_("non reprise"), "warn", "lock"),
    tariffs_pb.TAX_FILE_OUTCOME_REFUSED: (N_("refusée"), "danger", "x"),
}
_RATES = {"least", "most"}


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def percent(basis_points: int) -> str:
    """« 4,4 % »."""
    return typed_percent(basis_points) + " %"


def remark_words(remark: pricing.StayRefusal, *, is_kept: bool = False) -> str:
    """A remark of pricing, or nothing for those that only say what happens; `is_kept`: none is replaced."""
    words = KEPT if is_kept and remark.reason == "REPLACES" else REMARKS.get(remark.reason)
    if words is None:
        return ""
    params = dict(remark.params)
    if remark.reason == "REPLACES":
        rate = int(params.get("rate_basis_points") or 0)
        was = percent(rate) if rate else euros(int(params.get("tariff") or 0))
        shown = {"was": was, "source": params.get("source") or _("non dite")}
    else:
        shown = {
            name: percent(int(value)) if name in _RATES else euros(int(value))
            for name, value in params.items()
        }
    return _(words) % _Known(shown)


def refusal_words(reason: str, params: Mapping[str, str]) -> str:
    """Why a line of a file gives no rule, and what to write."""
    shown = {name: _day(value) if name in {"first", "last"} else value for name, value in params.items()}
    return _(REFUSALS.get(reason, REFUSALS["VALUE"])) % _Known(shown)


def _day(text: str) -> str:
    try:
        return date_courte(date.fromisoformat(text))
    except ValueError:
        return text


def rule_title(rule: pricing.TaxRule) -> str:
    """« Beaulieu 07028, 3 étoiles, 2027 »."""
    category = _(CATEGORIES.get(rule.category, rule.category))
    return f"{commune_title(rule)}, {category}, {rule.year}"


def commune_title(rule: pricing.TaxRule) -> str:
    """« Beaulieu 07028 », or the code alone."""
    return f"{rule.commune} {rule.insee}".strip()


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule in a list."""

    rule: pricing.TaxRule
    category: str
    amount: str
    additional: str
    periods: str
    rounding: str


def shown(rule: pricing.TaxRule) -> Shown:
    """A rule in words."""
    plain = pricing.TaxRule()
    plain.CopyFrom(rule)
    plain.additional.clear()
    words = rule_words(plain)
    additional = ", ".join(
        f"{_(ADDITIONAL[name]) if name in ADDITIONAL else name} {percent(rate)}"
        for name, rate in sorted(rule.additional.items(), key=lambda one: (one[1], one[0]))
    )
    rounding = _("à chaque étape") if rule.round_each_step else _("la somme seule")
    periods = period_words(rule) or _("toute l'année")
    return Shown(rule, words.category, words.amount, additional, periods, rounding)


@dataclass(slots=True)
class Group:
    """The rules of a commune for a year, by category."""

    title: str
    insee: str
    year: int
    rules: list[Shown]


_ORDER = {category: number for number, category in enumerate(CATEGORIES)}


def groups(rules: Iterable[pricing.TaxRule]) -> list[Group]:
    """Rules in the order of pricing, by commune and year."""
    found: list[Group] = []
    for rule in rules:
        if not found or (found[-1].insee, found[-1].year) != (rule.insee, rule.year):
            found.append(Group(commune_title(rule), rule.insee, rule.year, []))
        found[-1].rules.append(shown(rule))
        if rule.commune:
            found[-1].title = commune_title(rule)
    for group in found:
        group.rules.sort(key=lambda one: _ORDER.get(one.rule.category, len(_ORDER)))
    return found


def file_line(line: tariffs_pb.TaxFileLine) -> dict[str, Any]:
    """A line of a file as the page shows it."""
    words, kind, sign = OUTCOMES.get(line.outcome, ("", "", ""))
    if line.outcome == tariffs_pb.TAX_FILE_OUTCOME_REFUSED:
        remarks = [refusal_words(one.reason, one.params) for one in line.remarks]
    else:
        is_kept = line.outcome == tariffs_pb.TAX_FILE_OUTCOME_KEPT
        remarks = [text for one in line.remarks if (text := remark_words(one, is_kept=is_kept))]
    rule = line.rule if line.HasField("rule") else None
    return {
        "line": line.line,
        "commune": commune_title(rule) if rule else line.commune,
        "rule": shown(rule) if rule else None,
        "outcome": _(words) if words else "",
        "kind": kind,
        "sign": sign,
        "remarks": remarks,
    }


def file_refusal(metadata: Mapping[str, str]) -> str:
    """Why a whole file is refused, or nothing where it is not for what it holds."""
    words = {
        "no_column": _("Il manque dans ce fichier : %(missing)s. Ses colonnes sont : %(there)s."),
        "no_csv": _("Ce fichier ne se lit pas comme un tableau CSV (ligne %(line)s)."),
        "too_large": _("Ce fichier est trop volumineux."),
    }.get(metadata.get("why", ""), "")
    there = metadata.get("there") or _("aucune")
    return words % _Known({**metadata, "there": there}) if words else ""
