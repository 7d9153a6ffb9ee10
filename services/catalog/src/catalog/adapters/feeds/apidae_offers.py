"""The tariffs and openings of an APIDAE object: kept as texts, for information."""

from datetime import date
from typing import Any

from catalog.adapters.feeds.prices import PublishedPrice, put_prices
from catalog.adapters.feeds.text import at, code, day, french, joined, number, plain, tree, trees
from catalog.domain.record import Record

_MODES = {
    1480: "par semaine",
    1481: "par week-end",
    1472: "en milieu de semaine",
    1483: "par personne",
    1487: "en demi-pension",
    1499: "par adulte",
    1500: "par enfant",
    1525: "par personne et par nuit",
    1526: "par week-end",
    1528: "en demi-pension, par personne",
    1529: "en pension complète, par personne",
    1533: "par nuit, petit déjeuner compris",
    1535: "par petit déjeuner",
    1721: "par adulte",
    1722: "par enfant",
    1733: "par adulte",
    1734: "par enfant",
    1754: "par adulte",
    1755: "par enfant",
}


def put_tariffs(record: Record, item: dict[str, Any]) -> None:
    """Prices and means of payment."""
    tariff = tree(item, "descriptionTarif")
    prices = []
    for period in trees(tariff.get("periodes")):
        begin, end = day(period.get("dateDebut")), day(period.get("dateFin"))
        dates = f"du {french(begin)} au {french(end)}" if begin and end else ""
        for one in trees(period.get("tarifs")):
            mode = _MODES.get(code(at(one, "type", "id")), "")
            what = "" if mode else plain(at(one, "type", "libelleFr"), 80)
            prices.append(
                PublishedPrice(number(one.get("minimum")), number(one.get("maximum")), mode, what, dates)
            )
    put_prices(record, prices)
    in_words = plain(at(tariff, "tarifsEnClair", "libelleFr"), 3000)
    if in_words:
        record.put("published_prices", in_words)
    means = (plain(at(one, "libelleFr"), 60) for one in trees(tariff.get("modesPaiement")))
    record.put("published_payment_means", joined(means))


def put_openings(record: Record, item: dict[str, Any], today: date) -> None:
    """Opening periods; a remark when all of them are over."""
    opening = tree(item, "ouverture")
    periods = []
    for one in trees(opening.get("periodesOuvertures")):
        begin, end = day(one.get("dateDebut")), day(one.get("dateFin"))
        if begin and end and begin <= end:
            periods.append((begin, end, one.get("tousLesAns") is True))
        elif begin and end:
            record.remark("OPENING_REVERSED", begin=begin, end=end)
    words = plain(at(opening, "periodeEnClair", "libelleFr"), 2000)
    texts = [f"du {french(begin)} au {french(end)}" for begin, end, _ in periods]
    record.put("published_openings", words or joined(texts, "\n"))
    if periods and all(end < today and not yearly for _, end, yearly in periods):
        record.remark("OPENING_PAST", end=max(end for _, end, _ in periods))
