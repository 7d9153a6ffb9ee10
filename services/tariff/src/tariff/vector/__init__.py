"""The same prices as `tariff.evaluate`, for many offers at once (numpy); imported by the search index alone.

`vectorise` turns a rate sheet into small arrays, `OfferTable` holds those of all offers and reckons one stay
for any of them. Integers throughout; equality with `evaluate` is a property in the tests.
"""

from tariff.vector.additions import code_number
from tariff.vector.asked import Stay
from tariff.vector.offers import OfferTable
from tariff.vector.reckon import Priced, Sold, reckon, reckon_sold
from tariff.vector.sheet import VectorSheet, vectorise

__all__ = [
    "OfferTable",
    "Priced",
    "Sold",
    "Stay",
    "VectorSheet",
    "code_number",
    "reckon",
    "reckon_sold",
    "vectorise",
]
