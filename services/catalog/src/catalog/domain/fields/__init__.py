"""The declared catalogue of fields, in form order; forms, documents and feed maps are drawn from it."""

from catalog.domain.fields.characteristics import CHARACTERISTICS
from catalog.domain.fields.definition import Choice, Field, FieldType, Words
from catalog.domain.fields.general import GENERAL
from catalog.domain.fields.interior import INTERIOR
from catalog.domain.fields.published import PUBLISHED
from catalog.domain.fields.situation import SITUATION
from catalog.domain.fields.terms import TERMS

VERSION = 1
CATALOGUE: tuple[Field, ...] = (
    *GENERAL,
    *CHARACTERISTICS,
    *SITUATION,
    *INTERIOR,
    *TERMS,
    *PUBLISHED,
)
FIELDS: dict[str, Field] = {field.key: field for field in CATALOGUE}
REQUIRED: tuple[str, ...] = tuple(field.key for field in CATALOGUE if field.required)

__all__ = ["CATALOGUE", "FIELDS", "REQUIRED", "VERSION", "Choice", "Field", "FieldType", "Words"]
