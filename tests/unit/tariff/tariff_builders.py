"""Builders of sheets and readers of the shared cases, for the tests of this folder."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tariff import NotSellable, Party, Price, RateSheet, Season, compile_sheet, evaluate
from values import NightRange

BOOKED_ON = date(2026, 3, 1)
COUPLE = Party(adults=2)
SHARED_DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"


def shared(path):
    """A file of the shared data, or a skip where they are absent."""
    file = SHARED_DATA / path
    if not file.exists():
        pytest.skip(f"the shared data are not here: {path}")
    return json.loads(file.read_text(encoding="utf-8"))


def cents(text):
    return int(Decimal(text).scaleb(2))


def nights(arrival, departure):
    return NightRange.parse(arrival, departure)


# village-vacances-cevennes.fr, « GÎTE 4/6 PERSONNES », as `domain.md` 7.3 quotes it, in euros.
GITE_4_6 = {
    "BS": {1: 110, 2: 150, 3: 190, 4: 240, 7: 340},
    "MS": {1: 120, 2: 185, 3: 265, 4: 345, 7: 590},
    "HS": {1: 130, 2: 205, 3: 300, 4: 380, 7: 630},
    "THS": {1: 140, 2: 225, 3: 324, 4: 425, 7: 740},
}
PERIODS_2026 = {
    "BS": [("2026-02-01", "2026-06-13"), ("2026-08-29", "2026-11-28")],
    "MS": [("2026-06-13", "2026-07-11"), ("2026-08-15", "2026-08-29")],
    "HS": [("2026-08-08", "2026-08-15")],
    "THS": [("2026-07-11", "2026-08-08")],
}


def a_season(name="S", periods=(("2026-01-01", "2027-01-01"),), packages=None, **more: Any):
    packages = {7: 70000} if packages is None else packages
    return Season(name.lower(), name, tuple(nights(*p) for p in periods), packages, **more)


def gite_4_6(*, season=None, **more: Any):
    """The real grid; `season` is what every season gets besides."""
    seasons = tuple(
        a_season(name, PERIODS_2026[name], {length: 100 * p for length, p in grid.items()}, **(season or {}))
        for name, grid in GITE_4_6.items()
    )
    return a_sheet(*seasons, **more)


def a_sheet(*seasons: Season, base_persons=4, max_persons=6, **more: Any):
    sheet = RateSheet("EUR", base_persons, max_persons, tuple(seasons), **more)
    compile_sheet(sheet)
    return sheet


def priced(sheet, arrival, departure, party=COUPLE, chosen=(), *, booked_on=BOOKED_ON, **more: Any):
    price = evaluate(sheet, nights(arrival, departure), party, booked_on, chosen, **more)
    assert isinstance(price, Price), price
    assert sum(line.amount for line in price.lines) == price.total
    return price


def refused(sheet, arrival, departure, party=COUPLE, chosen=(), *, booked_on=BOOKED_ON):
    answer = evaluate(sheet, nights(arrival, departure), party, booked_on, chosen)
    assert isinstance(answer, NotSellable), answer
    return {reason.kind.value: dict(reason.params) for reason in answer.reasons}
