"""« Mes clients »: the list, a client's data, and the fields that other pages share."""

from functools import lru_cache

from babel import Locale
from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.common.v1 import common_pb2 as common
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.forms import Form
from gateway.i18n import current_locale
from gateway.i18n import gettext as _
from gateway.owner.common import fail_from, form_key, page
from gateway.visitor import Owner, gateway_of, saved

router = APIRouter()
CLIENT_FIELDS = (
    "civilite",
    "nom",
    "prenom",
    "adresse",
    "cp",
    "ville",
    "pays",
    "tel_dom",
    "tel_bureau",
    "mobile",
    "fax",
    "mail",
    "langue",
)
_FIRST_COUNTRIES = ("FR", "BE", "CH", "LU", "DE", "NL", "GB", "IT", "ES")


@lru_cache(maxsize=4)
def _countries(locale: str) -> list[tuple[str, str]]:
    names = {
        code: name for code, name in Locale(locale).territories.items() if len(code) == 2 and code.isalpha()
    }
    rest = sorted(
        ((code, name) for code, name in names.items() if code not in _FIRST_COUNTRIES), key=lambda one: one[1]
    )
    return [(code, names[code]) for code in _FIRST_COUNTRIES] + rest


def countries() -> list[tuple[str, str]]:
    """Returns the countries by name, neighbours first."""
    return _countries(current_locale())


def client_of(form: Form, *, client: booking.Client | None = None) -> booking.Client:
    """Reads the fields of a client."""
    mail = form.text("mail", most=200)
    if mail and ("@" not in mail or " " in mail):
        form.fail("mail", _("Cette adresse e-mail n'est pas complète."))
    lines = [line.strip() for line in form.value("adresse").replace("\r", "").split("\n") if line.strip()]
    if len(lines) > 3:
        form.fail("adresse", _("Trois lignes au plus."))
    kept = (
        booking.Client(id=client.id, owner_id=client.owner_id, code=client.code, revision=client.revision)
        if client
        else booking.Client()
    )
    new = booking.Client(
        civility=form.choice("civilite", ["MR", "MRS"], required=False),
        last_name=form.text("nom", required=True, most=100),
        first_name=form.text("prenom", most=100),
        address_lines=lines[:3],
        postal_code=form.text("cp", most=20),
        city=form.text("ville", most=100),
        country=form.choice("pays", [code for code, _name in countries()], required=False) or "FR",
        phone_home=form.text("tel_dom", most=40),
        phone_work=form.text("tel_bureau", most=40),
        mobile=form.text("mobile", most=40),
        fax=form.text("fax", most=40),
        email=mail,
        language=form.choice("langue", ["fr", "en"], required=False) or "fr",
    )
    new.MergeFrom(kept)
    return new


def client_form(client: booking.Client) -> Form:
    """Returns the form of a client's data."""
    return Form(
        {
            "civilite": client.civility,
            "nom": client.last_name,
            "prenom": client.first_name,
            "adresse": "\n".join(client.address_lines),
            "cp": client.postal_code,
            "ville": client.city,
            "pays": client.country or "FR",
            "tel_dom": client.phone_home,
            "tel_bureau": client.phone_work,
            "mobile": client.mobile,
            "fax": client.fax,
            "mail": client.email,
            "langue": client.language or "fr",
            "revision": client.revision,
        }
    )


@router.get("/clients")
async def list_clients(request: Request, visitor: Owner) -> Response:
    """Shows the clients, found by name, code, phone or mail."""
    form = await Form.read(request)
    query = bookings_pb.ListClientsRequest(
        owner_id=visitor.owner_id,
        query=form.value("q"),
        page=common.PageRequest(limit=50, cursor=form.value("suite")),
    )
    answer = await gateway_of(request).services.clients.ListClients(query)
    context = {"form": form, "clients": answer.clients, "next_cursor": answer.next_cursor}
    return page(request, "clients.html", page="clients", **context)


async def _own_client(request: Request, visitor: Owner, client_id: str) -> booking.Client:
    try:
        answer = await gateway_of(request).services.clients.GetClient(
            bookings_pb.GetClientRequest(id=client_id)
        )
    except RemoteError as error:
        if error.reason in {"MALFORMED", "BAD_VALUE"}:
            raise HTTPException(404) from None
        raise
    if answer.client.owner_id != visitor.owner_id:
        raise HTTPException(404)
    found: booking.Client = answer.client
    return found


@router.get("/clients/{client_id}")
async def show_client(request: Request, visitor: Owner, client_id: str) -> Response:
    """Shows a client and his files."""
    client = await _own_client(request, visitor, client_id)
    query = bookings_pb.ListBookingsRequest(
        owner_id=visitor.owner_id, client_id=client.id, page=common.PageRequest(limit=50)
    )
    files = (await gateway_of(request).services.bookings.ListBookings(query)).bookings
    context = {"client": client, "form": client_form(client), "files": files, "countries": countries()}
    return page(request, "client.html", page="clients", **context)


@router.post("/clients/{client_id}")
async def save_client(request: Request, visitor: Owner, client_id: str) -> Response:
    """Saves a client's data."""
    form = await Form.read(request)
    client = await _own_client(request, visitor, client_id)
    changed = client_of(form, client=client)
    changed.revision = form.revision() or changed.revision
    if form.ok:
        try:
            await gateway_of(request).services.clients.UpdateClient(
                bookings_pb.UpdateClientRequest(request_id=form_key(form), client=changed)
            )
        except RemoteError as error:
            fail_from(form, error)
    if not form.ok:
        context = {"client": client, "form": form, "files": [], "countries": countries()}
        return page(request, "client.html", status=422, page="clients", **context)
    return await saved(request, f"/clients/{client_id}")
