"""The rate sheets of all offers, each different one read and compiled once."""

import hashlib
import zlib
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
from tariff import Party, Price, RateSheet, TaxRule, evaluate, from_json
from tariff.vector import OfferTable, VectorSheet, vectorise
from tariff.vector.rows import Kept
from values import NightRange

from availability.search.metrics import ODD
from availability.search.taxes import TaxRules

Scalar = tuple[int, int, int]
"""Total, accommodation, tourist tax."""
_NOTHING = np.zeros(0, np.uint8)


@dataclass(slots=True)
class Sheet:
    """A sheet in the table. `raw` (compressed JSON) only where some stays are priced by `evaluate`."""

    digest: bytes
    kept: Kept
    vector: VectorSheet
    taxes: TaxRules
    vat_bp: int
    meals: int
    raw: bytes
    users: int = 0


class Sheets:
    """Sheets by their hash, counted."""

    def __init__(self, table: OfferTable) -> None:
        self._table = table
        self._known: dict[bytes, Sheet] = {}
        self._taxes: dict[tuple[TaxRule, ...], TaxRules] = {}
        self._odd = 0

    def hold(self, sheet_json: bytes) -> Sheet:
        """Takes a sheet in; each call needs one `release`.

        Raises:
            SheetNotUnderstood: it is no sheet of this version.

        """
        digest = hashlib.blake2b(sheet_json, digest_size=16).digest()
        known = self._known.get(digest)
        if known is None:
            known = self._known[digest] = self._read(digest, sheet_json)
            self._count(known, 1)
        known.users += 1
        return known

    def release(self, sheet: Sheet) -> None:
        """Takes back one `hold`."""
        sheet.users -= 1
        if not sheet.users:
            del self._known[sheet.digest]
            self._table.rows.release(sheet.digest)
            self._count(sheet, -1)

    def _count(self, sheet: Sheet, by: int) -> None:
        self._odd += by * sheet.vector.odd
        ODD.set(self._odd)

    def _read(self, digest: bytes, sheet_json: bytes) -> Sheet:
        sheet = from_json(sheet_json)
        vector = vectorise(sheet)
        kept = self._table.rows.hold(digest, vector)
        taxes = self._taxes.get(sheet.tax_rules)
        if taxes is None:
            taxes = self._taxes[sheet.tax_rules] = TaxRules(sheet.tax_rules)
        is_asked = vector.odd or vector.fixed or vector.gaps
        raw = zlib.compress(sheet_json, 6) if is_asked else b""
        # What stands in the table is not kept a second time.
        bare = replace(vector, starts=_NOTHING, kinds=_NOTHING, rows={}, extras=(), shared={})
        return Sheet(digest, kept, bare, taxes, sheet.vat_bp, sheet.meals, raw)


@lru_cache(maxsize=256)
def _parsed(raw: bytes) -> RateSheet:
    return from_json(zlib.decompress(raw))


@lru_cache(maxsize=8192)
def scalar(
    raw: bytes, stay: NightRange, party: Party, today: date, code: str, *, hole: int | None
) -> Scalar | None:
    """What `evaluate` says of a stay, remembered; None where it is not sold. `hole`: as `evaluate` asks."""
    price = evaluate(_parsed(raw), stay, party, today, promo_code=code, hole=hole)
    if not isinstance(price, Price):
        return None
    tax = price.tourist_tax.amount if price.tourist_tax is not None else 0
    return price.total, price.accommodation, tax
