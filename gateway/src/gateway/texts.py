"""Prices and refusals are data (a kind and parameters); here they become sentences, for owners and guests."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.formats import date_courte, euros, nuits, personnes, typed_percent
from gateway.i18n import N_, ngettext
from gateway.i18n import gettext as _

Params = Mapping[str, str]
NO_PARAMS: Params = {}

WEEKDAYS = (
    N_("lundi"), N_("mardi"), N_("mercredi"), N_("jeudi"), N_("vendredi"), N_("samedi"), N_("dimanche"),
)  # fmt: skip

PACKAGES = {
    1: N_("1 nuit"), 2: N_("2 nuits"), 3: N_("3 nuits"), 4: N_("4 nuits"), 5: N_("5 nuits"), 6: N_("6 nuits"),
    7: N_("semaine"), 14: N_("2 semaines"), 21: N_("3 semaines"), 28: N_("4 semaines"),
}  # fmt: skip


def _number(params: Params, key: str) -> int:
    try:
        return int(params.get(key, "0") or 0)
    except ValueError:
        return 0


def weekdays(numbers: str) -> str:
    """Returns « samedi ou dimanche » for ISO weekdays joined by commas."""
    names = [_(WEEKDAYS[int(each) - 1]) for each in numbers.split(",") if each.strip().isdecimal()]
    return _(" ou ").join(names)


def package_name(length: int) -> str:
    """Returns « semaine » for 7 nights."""
    name = PACKAGES.get(length)
    return _(name) if name else nuits(length)


NAMED = {"WEEK_END": N_("week-end"), "MID_WEEK": N_("milieu de semaine"), "MONTH": N_("mois")}


def _accommodation(params: Params) -> str:
    words = _by_weekday(params) if params.get("basis") == "WEEKDAYS" else _by_length(params)
    covered = _number(params, "covered")
    return (
        _("%(what)s, prix pour %(persons)s") % {"what": words, "persons": personnes(covered)}
        if covered
        else words
    )


def _by_length(params: Params) -> str:
    """A package, or the part of it that falls into one season."""
    length, nights = _number(params, "length"), _number(params, "nights")
    season, named = params.get("season", ""), NAMED.get(params.get("named", ""))
    if nights and length and nights != length:
        price, per = euros(_number(params, "unit_amount")), nuits(_number(params, "package") or length)
        values = {"nights": nights, "length": nuits(length), "season": season, "price": price, "per": per}
        if named:
            text = _("%(nights)s sur %(length)s du forfait « %(named)s », « %(season)s » (%(price)s)")
            return text % (values | {"named": _(named)})
        return _("%(nights)s sur %(length)s en « %(season)s » (%(price)s les %(per)s)") % values
    package = _(named) if named else package_name(length or nights)
    return _("%(package)s en « %(season)s »") % {
        "package": package[:1].upper() + package[1:],
        "season": season,
    }


def _by_weekday(params: Params) -> str:
    """Single nights: how many at which price, in the order of the week."""
    prices = [int(each) for each in params.get("prices", "").split(",") if each.isdecimal()]
    parts = [
        _("%(count)s × %(price)s") % {"count": prices.count(price), "price": euros(price)}
        for price in dict.fromkeys(prices)
    ]
    return _("%(nights)s en « %(season)s » (%(prices)s)") % {
        "nights": nuits(_number(params, "nights")),
        "season": params.get("season", ""),
        "prices": _(" + ").join(parts),
    }


def _typed(params: Params) -> str:
    unit = _("la semaine") if params.get("unit") == "WEEK" else _("la nuit")
    price = euros(_number(params, "unit_amount"))
    return _("Prix saisi : %(nights)s à %(price)s %(unit)s") % {
        "nights": nuits(_number(params, "nights")),
        "price": price,
        "unit": unit,
    }


def _extra(params: Params) -> str:
    count = _number(params, "persons") or _number(params, "quantity")
    age = params.get("up_to_age", "")
    if age == "17":
        who = ngettext("%(num)s enfant de plus", "%(num)s enfants de plus", count) % {"num": count}
        return _extra_words(who, params)
    who = (
        ngettext("%(num)s enfant de %(age)s ans au plus", "%(num)s enfants de %(age)s ans au plus", count)
        % {"num": count, "age": age}
        if age
        else ngettext("%(num)s personne de plus", "%(num)s personnes de plus", count) % {"num": count}
    )
    return _extra_words(who, params)


def _extra_words(who: str, params: Params) -> str:
    unit = _("par semaine") if params.get("unit") == "WEEK" else _("par nuit")
    season = params.get("season", "")
    price = euros(_number(params, "unit_amount"))
    values = {"who": who, "nights": nuits(_number(params, "nights")), "price": price, "unit": unit}
    if season:
        return _("%(who)s, %(nights)s en « %(season)s » (%(price)s %(unit)s)") % (values | {"season": season})
    return _("%(who)s, %(nights)s (%(price)s %(unit)s)") % values


def _discount(params: Params) -> str:
    percent = typed_percent(_number(params, "percent_bp") or _number(params, "percent"))
    if params.get("promo_code"):
        return _("%(name)s, code %(code)s (−%(percent)s %% sur %(base)s)") % {
            "name": params.get("name", ""),
            "code": params["promo_code"].upper(),
            "percent": percent,
            "base": euros(_number(params, "base_amount")),
        }
    if params.get("discount_kind") == "SECOND_WEEK":
        return _("%(name)s (−%(percent)s %% sur la deuxième semaine, %(base)s)") % {
            "name": params.get("name", ""),
            "percent": percent,
            "base": euros(_number(params, "base_amount")),
        }
    return _("%(name)s (−%(percent)s %% sur %(base)s)") % {
        "name": params.get("name", ""),
        "percent": percent,
        "base": euros(_number(params, "base_amount")),
    }


def _supplement(params: Params) -> str:
    quantity, price = _number(params, "quantity"), euros(_number(params, "unit_amount"))
    name = params.get("name", "") or params.get("code", "")
    if quantity > 1:
        return _("%(name)s : %(quantity)s × %(price)s") % {"name": name, "quantity": quantity, "price": price}
    return name


def _tax(params: Params) -> str:
    if params.get("unknown_years"):
        return _("Taxe de séjour (estimation ; tarif de %(years)s pas encore connu)") % {
            "years": params["unknown_years"]
        }
    words = _("Taxe de séjour (estimation)")
    persons, nights = _number(params, "persons") or _number(params, "adults"), _number(params, "nights")
    if persons and nights:
        words = _("Taxe de séjour (estimation) : %(persons)s × %(nights)s") % {
            "persons": personnes(persons),
            "nights": nuits(nights),
        }
    if not params.get("accommodation_ht"):
        return words
    base = {"tax": words, "price": euros(_number(params, "accommodation_ht"))}
    if _number(params, "vat_bp"):
        base["percent"] = typed_percent(_number(params, "vat_bp"))
        words = _("%(tax)s, calculée sur %(price)s hors TVA (TVA %(percent)s %%)") % base
    else:
        words = _("%(tax)s, calculée sur %(price)s") % base
    return _("%(words)s, sans les repas") % {"words": words} if _number(params, "meals") else words


def _agreed(params: Params) -> str:
    reason = params.get("reason", "")
    return _("Prix convenu (%(reason)s)") % {"reason": reason} if reason else _("Prix convenu")


def _on_site(params: Params) -> str:
    return _("%(name)s : à régler sur place, au réel") % {"name": params.get("name", "")}


_LINES: dict[str, Callable[[Params], str]] = {
    "ACCOMMODATION": _accommodation,
    "SEASON_PACKAGE": _accommodation,
    "SEASON_PRORATA": _accommodation,
    "TYPED_PRICE": _typed,
    "NIGHT_PRICE": _typed,
    "FIXED_STAY": lambda _params: _("Prix saisi pour ces dates"),
    "EXTRA_PERSONS": _extra,
    "DISCOUNT": _discount,
    "SUPPLEMENT": _supplement,
    "TOURIST_TAX": _tax,
    "AGREED": _agreed,
    "ON_SITE": _on_site,
}


PROMO: Mapping[int, str] = {
    pricing.PROMO_STATE_APPLIED: N_("Ce code est pris en compte."),
    pricing.PROMO_STATE_UNKNOWN: N_("Ce code n'est pas connu."),
    pricing.PROMO_STATE_NOT_FOR_STAY: N_("Ce code ne vaut pas pour ces dates ou cette durée."),
    pricing.PROMO_STATE_NOT_BEST: N_(
        "Une autre remise, au moins aussi avantageuse que ce code, est déjà comptée."
    ),
}


def promo_words(state: int, bounds: Params = NO_PARAMS) -> str:
    """Returns what became of a promotional code (`QuoteLine.promo_state`); nothing where none was typed.

    `bounds`: `QuoteLine.promo_bounds`, the stays that a code is for.
    """
    words, parts = PROMO.get(state), _bounds(bounds)
    if state == pricing.PROMO_STATE_NOT_FOR_STAY and parts:
        return _("Ce code ne vaut pas pour ce séjour : il est pour %(bounds)s.") % {
            "bounds": ", ".join(parts)
        }
    return _(words) if words else ""


def _bounds(bounds: Params) -> list[str]:
    """The bounds of a code as parts of a sentence."""
    least, most, parts = _number(bounds, "min_nights"), _number(bounds, "max_nights"), []
    if least:
        parts.append(_("%(nights)s au moins") % {"nights": nuits(least)})
    if most:
        parts.append(_("%(nights)s au plus") % {"nights": nuits(most)})
    if bounds.get("arrivals_from") and bounds.get("arrivals_until"):
        last = date.fromisoformat(bounds["arrivals_until"]) - timedelta(days=1)
        days = {"first": date_courte(bounds["arrivals_from"]), "last": date_courte(last)}
        parts.append(_("une arrivée du %(first)s au %(last)s") % days)
    return parts


def price_line(kind: str, params: Params) -> str:
    """Returns the sentence of one line of an explained price; an unknown kind shows its name."""
    write = _LINES.get(kind)
    return write(params) if write else params.get("name", "") or kind.replace("_", " ").capitalize()


_BASES = {
    pricing.SUPPLEMENT_BASE_PER_STAY: N_("%(price)s par séjour"),
    pricing.SUPPLEMENT_BASE_PER_NIGHT: N_("%(price)s par nuit"),
    pricing.SUPPLEMENT_BASE_PER_PERSON: N_("%(price)s par personne"),
    pricing.SUPPLEMENT_BASE_PER_PERSON_PER_NIGHT: N_("%(price)s par personne et par nuit"),
    pricing.SUPPLEMENT_BASE_PER_WEEK: N_("%(price)s par semaine"),
    pricing.SUPPLEMENT_BASE_PER_UNIT: N_("%(price)s l'unité"),
}


def supplement_price(supplement: pricing.Supplement) -> str:
    """Returns « 8,50 € par personne »."""
    return _(_BASES.get(supplement.base, N_("%(price)s"))) % {"price": euros(supplement.price)}


def _days(template: str) -> Callable[[Params], str]:
    def write(params: Params) -> str:
        values = {"days": weekdays(params.get("allowed", "")), "season": params.get("season", "")}
        return _(template) % values

    return write


def _min_stay(params: Params) -> str:
    season = params.get("season", "")
    values = {"nights": nuits(_number(params, "min_nights")), "season": season}
    if season:
        return _("En « %(season)s », le séjour est de %(nights)s au moins.") % values
    return _("Le séjour est de %(nights)s au moins.") % values


def _max_stay(params: Params) -> str:
    return _("Le séjour est de %(nights)s au plus.") % {"nights": nuits(_number(params, "max_nights"))}


def _capacity(params: Params) -> str:
    if not _number(params, "persons"):
        return _("Indiquez combien de personnes viennent.")
    return _("Cet hébergement accueille %(most)s au plus.") % {
        "most": personnes(_number(params, "max_persons"))
    }


def _notice(params: Params) -> str:
    count = _number(params, "notice_days")
    return ngettext(
        "Il faut réserver au moins %(num)s jour avant l'arrivée.",
        "Il faut réserver au moins %(num)s jours avant l'arrivée.",
        count,
    ) % {"num": count}


def _no_price(params: Params) -> str:
    season, length = params.get("season", ""), _number(params, "length")
    if season and length:
        text = _("Aucun prix de %(length)s n'est donné en « %(season)s ».")
        return text % {"length": nuits(length), "season": season}
    return _("Aucun prix pour ces nuits.")


_REFUSALS: dict[str, Callable[[Params], str]] = {
    "NO_SEASON": lambda _params: _("Aucun prix pour ces nuits."),
    "NO_PRICE": _no_price,
    "MIN_STAY": _min_stay,
    "MAX_STAY": _max_stay,
    "ARRIVAL_DAY": _days(N_("En « %(season)s », on arrive le %(days)s.")),
    "DEPARTURE_DAY": _days(N_("En « %(season)s », on part le %(days)s.")),
    "NOTICE": _notice,
    "HORIZON": lambda _params: _("Ces dates sont trop lointaines pour être réservées."),
    "CAPACITY": _capacity,
    "UNKNOWN_SUPPLEMENT": lambda params: (
        _("Le supplément « %(code)s » n'existe pas à ces dates.") % {"code": params.get("code", "")}
    ),
    "SUPPLEMENT_QUANTITY": lambda params: (
        _("Le supplément « %(code)s » est limité à %(max_quantity)s.")
        % {"code": params.get("code", ""), "max_quantity": params.get("max_quantity", "")}
    ),
    "NOT_OPEN": lambda _params: _("Ces dates ne sont pas ouvertes à la location."),
    "NIGHTS_NOT_OPEN": lambda _params: _(
        "Ces nuits n'étaient pas ouvertes à la location : elles le restent."
    ),
    "TAKEN": lambda _params: _("Ces dates sont déjà prises."),
    "BLOCKED": lambda _params: _("Le propriétaire garde ces dates pour lui."),
    "IN_PAST": lambda _params: _("Ces dates sont passées."),
    "TOO_FAR": lambda _params: _("Ces dates sont trop lointaines pour être réservées."),
    "NOT_IN_PRODUCTION": lambda _params: _("Cet hébergement n'est pas en ligne."),
    "PARTY_NOT_STATED": lambda _params: _("Le nombre de personnes n'est pas indiqué."),
    "GAP": lambda _params: _("Des nuits entre deux saisons n'ont pas de prix."),
    "WEEK_DEARER_THAN_NIGHTS": lambda params: (
        _("En « %(season)s », la semaine coûte plus que 7 fois la nuit.")
        % {"season": params.get("season", "")}
    ),
    "LONGER_CHEAPER": lambda params: (
        _("En « %(season)s », un séjour plus long coûte moins cher.") % {"season": params.get("season", "")}
    ),
}


def refusal(reason: str, params: Params) -> str:
    """Returns the sentence of one reason why a stay is not sold, or of one warning."""
    write = _REFUSALS.get(reason)
    return write(params) if write else _("Ce séjour n'est pas vendu ainsi (%(reason)s).") % {"reason": reason}
