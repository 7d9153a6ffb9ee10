"""Price lines of a stay and the grid of an owner's prices, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sejour.common.v1.common_pb2 import Money, Nights
from sejour.pricing.v1 import pricing_types_pb2 as pb

from documents.printing import words
from documents.printing.texts import Texts


@dataclass(frozen=True, slots=True)
class PriceSheet:
    """What an owner charges: everything that the état descriptif prints of it."""

    seasons: Sequence[pb.Season] = ()
    tariffs: Sequence[pb.Tariff] = ()
    plans: Sequence[pb.RatePlan] = ()
    prices: Sequence[pb.PriceOnDates] = ()
    supplements: Sequence[pb.Supplement] = ()
    discounts: Sequence[pb.Discount] = field(default=())


def amount(value: Money, language: str) -> str:
    """A message of money in words."""
    return words.money(value.amount, value.currency or "EUR", language)


def stay(nights: Nights, language: str) -> str:
    """Nights of the contract in words."""
    return words.stay(date.fromisoformat(nights.arrival), date.fromisoformat(nights.departure), language)


def price_line(line: pb.PriceLine, _: Texts) -> str:  # noqa: PLR0911 (one case a kind)
    """What one explained line of a price is for."""
    params = dict(line.params)
    currency = line.amount.currency or "EUR"
    season = params.get("season") or params.get("name") or ""
    count = params.get("nights", "")
    each = _each(params, currency, _)
    match line.kind:
        case "SEASON_PACKAGE" | "ACCOMMODATION":
            text = _("Hébergement (%(season)s)", season=season) if season else _("Hébergement")
            return (f"{text}, {_nights(count, _)}" if count else text) + _package(params, _)
        case "SEASON_PRORATA":
            text = _("Hébergement (%(season)s)", season=season)
            return f"{text}, {_nights(count, _)}{_package(params, _)}"
        case "FIXED_STAY":
            return _("Hébergement, prix de ces dates")
        case "NIGHT_PRICE" | "TYPED_PRICE":
            return _("Hébergement") + f", {_nights(count, _)}{each}"
        case "EXTRA_PERSONS":
            persons = params.get("persons") or params.get("quantity") or ""
            text = _("Personnes supplémentaires")
            return f"{text}{words.colon(_.language)}{persons}" if persons else text
        case "SUPPLEMENT" | "ON_SITE":
            quantity = params.get("quantity", "1")
            return f"{season}{f' × {quantity}' if quantity not in {'', '0', '1'} else ''}{each}"
        case "DISCOUNT":
            share = f" ({params['percent'].replace('.', ',')}\u00a0%)" if params.get("percent") else ""
            return (_("Remise : %(name)s", name=season) if season else _("Remise")) + share
        case "AGREED":
            return _("Prix convenu")
        case "TOURIST_TAX":
            return _("Taxe de séjour")
    return season or line.kind


def _package(params: Mapping[str, str], _: Texts) -> str:
    """The name of a named package."""
    match params.get("named"):
        case "WEEK_END":
            return _(", forfait week-end")
        case "MID_WEEK":
            return _(", forfait milieu de semaine")
        case "MONTH":
            return _(", forfait au mois")
    return ""


def _nights(count: str, _: Texts) -> str:
    return words.nights(int(count), _.language) if count.isdigit() else count


def _each(params: Mapping[str, str], currency: str, _: Texts) -> str:
    unit = params.get("unit_amount", "")
    quantity = params.get("quantity", params.get("nights", ""))
    if not unit.lstrip("-").isdigit() or quantity in {"", "0", "1"}:
        return ""
    return _(" à %(unit)s", unit=words.money(int(unit), currency, _.language))


def season_words(period: Nights, language: str) -> str:
    """Nights of a season in words."""
    return words.season(date.fromisoformat(period.arrival), date.fromisoformat(period.departure), language)


def prices_on_dates(sheet: PriceSheet, listing_id: str, since: date, _: Texts) -> list[list[str]]:
    """Prices typed on dates of the listing: nights and price."""
    units = {
        pb.PRICE_UNIT_STAY: _("le séjour"),
        pb.PRICE_UNIT_NIGHT: _("la nuit"),
        pb.PRICE_UNIT_WEEK: _("la semaine"),
    }
    return [
        [season_words(one.nights, _.language), f"{amount(one.price, _.language)} {units.get(one.unit, '')}"]
        for one in sorted(sheet.prices, key=lambda one: (one.nights.arrival, one.nights.departure, one.id))
        if one.listing_id == listing_id and date.fromisoformat(one.nights.departure) > since
    ]


def supplements(sheet: PriceSheet, listing_id: str, _: Texts) -> list[list[str]]:
    """Supplements of the listing: name, price with its base, whether it is a choice."""
    bases = {
        pb.SUPPLEMENT_BASE_PER_STAY: _("par séjour"),
        pb.SUPPLEMENT_BASE_PER_NIGHT: _("par nuit"),
        pb.SUPPLEMENT_BASE_PER_PERSON: _("par personne"),
        pb.SUPPLEMENT_BASE_PER_PERSON_PER_NIGHT: _("par personne et par nuit"),
        pb.SUPPLEMENT_BASE_PER_WEEK: _("par semaine"),
        pb.SUPPLEMENT_BASE_PER_UNIT: _("l’unité"),
    }
    found = []
    for one in sorted(sheet.supplements, key=lambda one: (not one.obligatory, one.name, one.id)):
        if one.listing_ids and listing_id not in one.listing_ids:
            continue
        use = _("obligatoire") if one.obligatory else _("au choix")
        if one.on_site:
            use = _("à régler sur place")
        found.append([one.name, f"{amount(one.price, _.language)} {bases.get(one.base, '')}".strip(), use])
    return found
