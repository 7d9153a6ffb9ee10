"""« Mes coordonnées »."""

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import owner_service_pb2 as owners_pb
from starlette.requests import Request
from starlette.responses import Response
from stdnum.fr import siret as siret_rules
from stdnum.fr import tva as vat_rules

from gateway.formats import typed_percent
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.clients import countries
from gateway.owner.common import fail_from, form_key, page
from gateway.visitor import Owner, gateway_of, saved

router = APIRouter()
KINDS = {"particulier": catalog.OWNER_KIND_PRIVATE, "professionnel": catalog.OWNER_KIND_PROFESSIONAL}
EXEMPT, LIABLE = "franchise", "assujetti"
USUAL_VAT_BP = 1000
"""Furnished lets with services, and guest rooms: 10 % (art. 279 a CGI)."""
MOST_VAT = 25


async def _owner(request: Request, visitor: Owner) -> catalog.Owner:
    query = owners_pb.GetOwnerRequest(id=visitor.owner_id)
    found: catalog.Owner = (await gateway_of(request).services.owners.GetOwner(query)).owner
    return found


def form_of(owner: catalog.Owner) -> Form:
    """What the catalog has, as the form shows it."""
    kinds = {value: key for key, value in KINDS.items()}
    return Form(
        {
            "civilite": owner.civility,
            "nom": owner.last_name,
            "prenom": owner.first_name,
            "societe": owner.company,
            "adresse": "\n".join(owner.address.lines),
            "cp": owner.address.postal_code,
            "ville": owner.address.city,
            "pays": owner.address.country or "FR",
            "tel": owner.phone,
            "mobile": owner.mobile,
            "fax": owner.fax,
            "mail": owner.email,
            "site": owner.website,
            "genre": kinds.get(owner.kind, ""),
            "siret": owner.siret,
            "tva": _regime(owner),
            "taux_tva": typed_percent(owner.vat_bp or USUAL_VAT_BP),
            "no_tva": owner.vat_number,
            "langues": ", ".join(owner.languages),
            "revision": owner.revision,
        }
    )


def _regime(owner: catalog.Owner) -> str:
    """What he said of his VAT; empty before he has said anything."""
    if owner.vat_bp:
        return LIABLE
    return EXEMPT if owner.vat_said else ""


def owner_of(form: Form, owner: catalog.Owner) -> catalog.Owner:
    """Reads the form over what the catalog has."""
    changed = catalog.Owner()
    changed.CopyFrom(owner)
    lines = [line.strip() for line in form.value("adresse").replace("\r", "").split("\n") if line.strip()]
    if len(lines) > 3:
        form.fail("adresse", _("Trois lignes au plus."))
    address = catalog.Address(
        lines=lines[:3],
        postal_code=form.text("cp", most=20),
        city=form.text("ville", most=100),
        country=form.choice("pays", [code for code, _name in countries()]),
        insee=owner.address.insee,
    )
    changed.address.CopyFrom(address)
    changed.civility = form.choice("civilite", ["MR", "MRS"], required=False)
    changed.last_name = form.text("nom", required=True, most=100)
    changed.first_name = form.text("prenom", most=100)
    changed.company = form.text("societe", most=120)
    changed.phone, changed.mobile, changed.fax = (form.text(key, most=40) for key in ("tel", "mobile", "fax"))
    changed.email = form.text("mail", required=True, most=200)
    if changed.email and ("@" not in changed.email or " " in changed.email):
        form.fail("mail", _("Cette adresse e-mail n'est pas complète."))
    changed.website = form.text("site", most=200)
    changed.kind = KINDS.get(form.choice("genre", list(KINDS)), catalog.OWNER_KIND_UNSPECIFIED)
    number = "".join(form.text("siret", most=30).split())
    if number and not siret_rules.is_valid(number):
        form.fail("siret", _("Ce SIRET ne convient pas : il a 14 chiffres. Vérifiez-le sur votre avis."))
    is_business = changed.kind == catalog.OWNER_KIND_PROFESSIONAL
    changed.siret = number if is_business else ""
    _state_vat(form, changed, said_before=bool(_regime(owner)))
    del changed.languages[:]
    changed.languages.extend(
        part.strip().lower() for part in form.value("langues").split(",") if part.strip()
    )
    changed.revision = form.revision() or changed.revision
    return changed


def _state_vat(form: Form, changed: catalog.Owner, *, said_before: bool) -> None:
    """Reads his VAT and its number; a private person has neither, and who has never said it may go on so."""
    is_business = changed.kind == catalog.OWNER_KIND_PROFESSIONAL
    chosen = form.choice("tva", [EXEMPT, LIABLE], required=is_business and said_before)
    changed.vat_said, changed.vat_bp, changed.vat_number = False, 0, ""
    if not is_business:
        if chosen == LIABLE:
            form.fail(
                "tva",
                _(
                    "Un particulier n'est pas assujetti à la TVA : choisissez « Professionnel », "
                    "ou « Franchise en base »."
                ),
            )
        return
    changed.vat_said = bool(chosen)
    changed.vat_bp = _vat_rate(form) if chosen == LIABLE else 0
    typed = form.text("no_tva", most=30)
    number = f"FR{vat_rules.compact(typed)}" if typed else ""
    if number and not vat_rules.is_valid(number):
        form.fail(
            "no_tva",
            _(
                "Ce numéro ne convient pas : il a FR, deux caractères, puis les neuf chiffres de votre "
                "SIREN, par exemple FR44 732 829 320."
            ),
        )
    changed.vat_number = number


def _vat_rate(form: Form) -> int:
    rate = form.rate("taux_tva")
    if not form.error("taux_tva") and not 0 < (rate or 0) <= MOST_VAT:
        form.fail(
            "taux_tva",
            _("Indiquez le taux de TVA, au plus %(most)s %%, par exemple 10.") % {"most": MOST_VAT},
        )
    return int((rate or 0) * 100)


@router.get("/coordonnees")
async def show(request: Request, visitor: Owner) -> Response:
    """Shows the owner's data."""
    owner = await _owner(request, visitor)
    return page(
        request, "contact.html", page="contact", owner=owner, form=form_of(owner), countries=countries()
    )


@router.post("/coordonnees")
async def save(request: Request, visitor: Owner) -> Response:
    """Saves the owner's data."""
    form, owner = await Form.read(request), await _owner(request, visitor)
    changed = owner_of(form, owner)
    if form.ok:
        try:
            await gateway_of(request).services.owners.UpdateOwner(
                owners_pb.UpdateOwnerRequest(request_id=form_key(form), owner=changed)
            )
        except RemoteError as error:
            fail_from(form, error)
    if not form.ok:
        context = {"owner": owner, "form": form, "countries": countries()}
        return page(request, "contact.html", status=422, page="contact", **context)
    return await saved(request, "/coordonnees")
