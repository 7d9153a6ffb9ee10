"""Owners and labels: what they consist of and which values they take."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from catalog.domain.errors import BadValue

MAIL = re.compile(r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+$")
SIRET = re.compile(r"^\d{14}$")
SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
COLOR = re.compile(r"^#[0-9A-Fa-f]{6}$")
CURRENCY = re.compile(r"^[A-Z]{3}$")
VAT_NUMBER = re.compile(r"^FR[0-9A-HJ-NP-Z]{2}\d{9}$")
PROFESSIONAL = "PROFESSIONAL"
OWNER_KINDS = ("", "PRIVATE", PROFESSIONAL)
MAX_VAT_BP = 2500
"""Basis points; no rate of the Union's members was ever far above it."""
_SHORT = 200


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address."""

    lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    insee: str = ""
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class OwnerData:
    """What an owner states about himself, checked when made.

    Raises:
        BadValue: naming every wrong field.

    """

    civility: str = ""
    last_name: str = ""
    first_name: str = ""
    company: str = ""
    address: Address = field(default_factory=Address)
    phone: str = ""
    mobile: str = ""
    fax: str = ""
    email: str = ""
    website: str = ""
    kind: str = ""
    siret: str = ""
    vat_bp: int = 0
    """VAT inside the accommodation's price in basis points; 0 = none (art. 293 B CGI), or not said."""
    vat_said: bool = False
    """Whether a professional has said what his VAT is: a rate says it whatever is given here."""
    vat_number: str = ""
    """Intra-Community number."""
    languages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        wrong = [(name, what) for name, ok, what in self._rules() if not ok]
        if wrong:
            raise BadValue.all_of(wrong)
        # Who knows nothing of this field still writes rates, and makes professionals private persons.
        said = self.kind == PROFESSIONAL and (self.vat_said or self.vat_bp > 0)
        object.__setattr__(self, "vat_said", said)

    def _rules(self) -> list[tuple[str, bool, str]]:
        texts = ("last_name", "first_name", "company", "phone", "mobile", "fax", "email", "website")
        rules = [(name, len(getattr(self, name)) <= _SHORT, f"AT_MOST_{_SHORT}_CHARACTERS") for name in texts]
        return [
            ("last_name", bool(self.last_name or self.company), "TEXT"),
            ("civility", self.civility in {"", "MR", "MRS"}, "CIVILITY"),
            ("email", not self.email or MAIL.match(self.email) is not None, "MAIL_ADDRESS"),
            ("kind", self.kind in OWNER_KINDS, "OWNER_KIND"),
            ("siret", not self.siret or SIRET.match(self.siret) is not None, "SIRET"),
            ("vat_bp", 0 <= self.vat_bp <= MAX_VAT_BP, f"BASIS_POINTS_UP_TO_{MAX_VAT_BP}"),
            ("vat_bp", not self.vat_bp or self.kind == PROFESSIONAL, "NO_VAT_OF_A_PRIVATE_PERSON"),
            (
                "vat_number",
                not self.vat_number or VAT_NUMBER.match(self.vat_number) is not None,
                "VAT_NUMBER",
            ),
            ("vat_number", not self.vat_number or self.kind == PROFESSIONAL, "NO_VAT_OF_A_PRIVATE_PERSON"),
            ("address.lines", len(self.address.lines) <= 3, "AT_MOST_3_LINES"),
            ("website", not self.website or _is_web(self.website), "WEB_ADDRESS"),
            *rules,
        ]


def _is_web(address: str) -> bool:
    return not any(sign in address for sign in " <>\"'") and (
        "://" not in address or address.startswith(("http://", "https://"))
    )


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner of listings; people read `supplier_no`."""

    id: UUID
    supplier_no: int
    data: OwnerData
    currency: str = "EUR"
    label_ids: tuple[UUID, ...] = ()
    revision: int = 0
    unclaimed: bool = False


@dataclass(frozen=True, slots=True)
class LabelData:
    """What a label states about itself, checked when made."""

    slug: str
    name: str
    primary_color: str = "#2B5F75"
    phone: str = ""
    email: str = ""

    def __post_init__(self) -> None:
        rules = [
            ("slug", SLUG.match(self.slug) is not None and len(self.slug) <= 60, "SLUG"),
            ("name", 0 < len(self.name) <= _SHORT, "TEXT"),
            ("primary_color", COLOR.match(self.primary_color) is not None, "COLOR"),
            ("email", not self.email or MAIL.match(self.email) is not None, "MAIL_ADDRESS"),
        ]
        wrong = [(name, what) for name, ok, what in rules if not ok]
        if wrong:
            raise BadValue.all_of(wrong)
