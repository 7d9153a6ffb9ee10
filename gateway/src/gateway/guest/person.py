"""The guest's own data: checked kindly, one sentence per field; used by the flow's form and review."""

from dataclasses import dataclass

import phonenumbers
from babel import Locale
from pydantic import TypeAdapter, ValidationError
from sejour.booking.v1 import booking_types_pb2 as booking

from gateway.api.models import Email
from gateway.forms import Form
from gateway.i18n import current_locale
from gateway.i18n import gettext as _

FIELDS = (
    "prenom", "nom", "mail", "mobile", "adresse", "cp", "ville", "pays", "langue", "heure", "message",
)  # fmt: skip
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
_TYPOS = {
    "gmail.com": ("gmial.com", "gmail.fr", "gmai.com", "gamil.com", "gmail.co", "gmail.con", "gmal.com"),
    "orange.fr": ("ornage.fr", "orange.com", "orang.fr", "oragne.fr"),
    "hotmail.com": ("hotmial.com", "hotmail.con", "hotmal.com", "hotmil.com"),
    "hotmail.fr": ("hotmial.fr", "hotmal.fr"),
    "wanadoo.fr": ("wanado.fr", "wanadoo.com", "wandoo.fr"),
    "laposte.net": ("laposte.fr", "laposte.com", "lapost.net"),
    "yahoo.fr": ("yaho.fr", "yahou.fr"),
    "free.fr": ("free.com", "fre.fr"),
    "outlook.fr": ("outloook.fr", "outlok.fr"),
}
_RIGHT = {typo: right for right, typos in _TYPOS.items() for typo in typos}
_NO_COUNTRIES = {"EU", "UN", "EZ", "XA", "XB", "ZZ"}
_FIRST_COUNTRIES = ("FR", "BE", "CH", "LU", "DE", "NL", "GB", "ES", "IT")


@dataclass(frozen=True, slots=True)
class Person:
    """Who books, as typed and checked."""

    first_name: str
    last_name: str
    email: str
    mobile: str
    address: str
    postal_code: str
    city: str
    country: str
    language: str
    hour: str
    message: str

    def client(self) -> booking.Client:
        """The client of the file."""
        return booking.Client(
            last_name=self.last_name,
            first_name=self.first_name,
            email=self.email,
            mobile=self.mobile,
            address_lines=[each.strip() for each in self.address.splitlines() if each.strip()][:3],
            postal_code=self.postal_code,
            city=self.city,
            country=self.country,
            language=self.language,
        )

    def note(self) -> str:
        """The message for the owner, with the hour of arrival."""
        hour = _("Heure d'arrivée prévue : %(hour)s.") % {"hour": self.hour} if self.hour else ""
        return "\n\n".join(each for each in (hour, self.message) if each)


def countries() -> list[tuple[str, str]]:
    """Names of countries in the visitor's language, the nearest ones first."""
    names = {
        code: name
        for code, name in Locale(current_locale()).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
    first = [(code, names.pop(code)) for code in _FIRST_COUNTRIES]
    return first + sorted(names.items(), key=lambda each: each[1])


def meant(address: str) -> str:
    """Returns the mail address that was probably meant, or nothing."""
    name, _at, domain = address.rpartition("@")
    right = _RIGHT.get(domain.lower())
    return f"{name}@{right}" if right else ""


def _mail(form: Form) -> str:
    text = form.text("mail", required=True, most=254)
    if not text:
        return ""
    try:
        address = _EMAIL.validate_python(text)
    except ValidationError:
        form.fail("mail", _("Cette adresse ne convient pas. Écrivez par exemple nom@exemple.fr."))
        return ""
    proposed = meant(address)
    if proposed and form.value("mail_vu") != address:
        form.fail(
            "mail",
            _("Vouliez-vous écrire %(proposed)s ? Sinon, continuez : nous garderons %(address)s.")
            % {"proposed": proposed, "address": address},
        )
        form.set("mail_vu", address)
    return address


def _mobile(form: Form, country: str) -> str:
    text = form.text("mobile", required=True, most=40)
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, country or "FR")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        form.fail(
            "mobile", _("Ce numéro ne se lit pas. Écrivez par exemple 06 12 34 56 78 ou +33 6 12 34 56 78.")
        )
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def read(form: Form) -> Person:
    """Reads the form; what cannot be taken is refused on it."""
    if not form.value("pays"):
        form.set("pays", "FR")
    if not form.value("langue"):
        form.set("langue", current_locale())
    country = form.choice("pays", {code for code, _name in countries()})
    return Person(
        first_name=form.text("prenom", required=True, most=100),
        last_name=form.text("nom", required=True, most=100),
        email=_mail(form),
        mobile=_mobile(form, country),
        address=form.text("adresse", required=True, most=400),
        postal_code=form.text("cp", required=True, most=20),
        city=form.text("ville", required=True, most=100),
        country=country,
        language=form.choice("langue", ("fr", "en")),
        hour=form.text("heure", most=20),
        message=form.text("message", most=2000),
    )


def masked(address: str) -> str:
    """Returns « g•••@example.org »."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}"
