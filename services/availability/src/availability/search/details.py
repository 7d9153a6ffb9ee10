"""What a row of a page says beside its prices, by column in one array: an answer touches little memory."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from availability.search.entry import Entry
from availability.search.sheets import Sheet
from availability.search.taxes import Taxed, TaxRules

_FIELDS = np.dtype(
    [
        ("listing", "S40"),
        ("plan", "S40"),
        ("revision", np.int64),
        ("taxes", np.int32),
        ("vat_bp", np.int16),
        ("meals", np.int32),
        ("currency", np.uint8),
    ]
)
Columns = NDArray[np.int64]
Texts = list[str]


class Details:
    """One record per column."""

    def __init__(self, columns: int) -> None:
        self._said: NDArray[Any] = np.zeros(columns, _FIELDS)
        self.taxes = TaxTable()
        self.currencies: list[str] = []
        """By number."""

    def grow(self, columns: int) -> None:
        """Makes room."""
        wide = np.zeros(columns, _FIELDS)
        wide[: len(self._said)] = self._said
        self._said = wide

    def write_facts(self, entry: Entry) -> None:
        """Writes which listing the block of an entry is, and its revision."""
        block = self._said[entry.first : entry.last]
        block["listing"] = entry.id.encode()
        block["revision"] = entry.facts.revision if entry.facts is not None else 0

    def write_plan(self, column: int, plan_id: str, sheet: Sheet) -> None:
        """Writes the plan of a column."""
        taxes = self.taxes.number(sheet.taxes)
        said = self._said[column]
        said["plan"], said["taxes"] = plan_id.encode(), taxes
        said["vat_bp"], said["meals"] = sheet.vat_bp, sheet.meals
        said["currency"] = self._currency(sheet.vector.currency)

    def _currency(self, name: str) -> int:
        if name not in self.currencies:
            self.currencies.append(name)
        return self.currencies.index(name)

    def of(self, columns: Columns) -> NDArray[Any]:
        """The records of some columns."""
        found: NDArray[Any] = self._said.take(columns)
        return found


def texts(records: NDArray[Any], name: str) -> Texts:
    """A field of records as strings."""
    return [each.decode() for each in records[name].tolist()]


class TaxTable:
    """Rules of the tourist tax by number."""

    def __init__(self) -> None:
        self._rules: list[TaxRules] = []
        self._numbers: dict[int, int] = {}

    def number(self, rules: TaxRules) -> int:
        """The number of rules; they are kept for ever, as `Sheets` keeps them."""
        known = self._numbers.get(id(rules))
        if known is None:
            known = self._numbers[id(rules)] = len(self._rules)
            self._rules.append(rules)
        return known

    def amounts(self, numbers: list[int], stay: Taxed, taxed: list[int], vat_bp: list[int]) -> list[int]:
        """What rows of those rules owe for a stay; `taxed` and `vat_bp` as `TaxRules.amount` has them."""
        found, rules, year, units = [], self._rules, stay.year, stay.nights * stay.taxable
        for number, price, vat in zip(numbers, taxed, vat_bp, strict=True):
            usual = rules[number].usual.get(year)
            if usual is None:
                found.append(rules[number].amount(stay, price, vat))
            else:
                each = usual.fixed
                found.append((each if each >= 0 else usual.each(stay, price, vat)) * units)
        return found
