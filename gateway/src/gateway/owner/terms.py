"""« Mes modalités de vente »."""

import re
from decimal import Decimal

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from starlette.requests import Request
from starlette.responses import Response
from stdnum import iban as iban_rules
from stdnum.exceptions import ValidationError

from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.booking_words import MEANS
from gateway.owner.common import fail_from, form_key, money, or_none, page
from gateway.visitor import Owner, gateway_of, saved

router = APIRouter()
KINDS = {"arrhes": booking.DEPOSIT_KIND_ARRHES, "acompte": booking.DEPOSIT_KIND_ACOMPTE}
MODES = {
    "immediate": booking.SALES_MODE_IMMEDIATE,
    "option": booking.SALES_MODE_OPTION,
    "demande": booking.SALES_MODE_ON_REQUEST,
}
_HOUR = re.compile(r"[0-9]{1,2}:[0-9]{1,2}")
_OFFERED = (
    booking.PAYMENT_MEANS_CHEQUE,
    booking.PAYMENT_MEANS_TRANSFER,
    booking.PAYMENT_MEANS_CASH,
    booking.PAYMENT_MEANS_HOLIDAY_VOUCHERS,
    booking.PAYMENT_MEANS_PAYPAL,
)


def form_of(terms: booking.SalesTerms | None) -> Form:
    """Returns the form with the present terms, or with the usual ones before the first save."""
    if terms is None:
        return Form(
            {
                "genre": "arrhes",
                "taux": "25",
                "delai": "7",
                "solde": "30",
                "mode": "option",
                "en_ligne": True,
                "moyens": [str(int(booking.PAYMENT_MEANS_CHEQUE))],
                "arrivee": "16:00",
                "depart": "10:00",
                "preavis": "1",
                "revision": "0",
            }
        )
    kinds, modes = {v: k for k, v in KINDS.items()}, {v: k for k, v in MODES.items()}
    rate = f"{Decimal(terms.deposit_basis_points) / 100:f}".replace(".", ",")
    form = Form(
        {
            "genre": kinds.get(terms.deposit_kind, "arrhes"),
            "taux": "" if terms.HasField("deposit_fixed") else rate,
            "moyens": [str(int(each)) for each in terms.means],
            "delai": terms.option_days,
            "solde": terms.balance_days_before,
            "paypal": terms.paypal_email,
            "iban": terms.iban,
            "titulaire": terms.iban_holder,
            "ordre": terms.cheque_payee,
            "mode": modes.get(terms.mode, "option"),
            "en_ligne": terms.online_options,
            "preavis": terms.notice_days,
            "conditions": terms.free_terms,
            "arrivee": terms.arrival_from,
            "depart": terms.departure_until,
            "revision": terms.revision,
        }
    )
    if terms.HasField("deposit_fixed"):
        form.set_money("fixe", terms.deposit_fixed.amount)
    if terms.HasField("security_deposit"):
        form.set_money("caution", terms.security_deposit.amount)
    return form


def terms_of(form: Form, owner_id: str) -> booking.SalesTerms:
    """Reads the form; a refused field is on the form."""
    rate, fixed = form.rate("taux"), form.money("fixe")
    if (rate is None) == (fixed is None) and form.ok:
        form.fail("taux", _("Donnez un pourcentage ou un montant fixe, l'un des deux."))
    means = [
        int(each) for each in form.choices("moyens", [str(int(each)) for each in _OFFERED], required=True)
    ]
    account = form.text("iban", most=60)
    if account:
        try:
            account = iban_rules.validate(account)
        except ValidationError:
            form.fail("iban", _("Cet IBAN ne convient pas : vérifiez ses chiffres sur votre relevé."))
    terms = booking.SalesTerms(
        owner_id=owner_id,
        revision=form.revision(),
        deposit_kind=KINDS.get(form.choice("genre", list(KINDS)), booking.DEPOSIT_KIND_ARRHES),
        deposit_basis_points=int((rate or 0) * 100),
        means=means,  # type: ignore[arg-type]
        option_days=form.number("delai", least=1, most=60, required=True) or 0,
        balance_days_before=form.number("solde", least=0, most=365) or 0,
        paypal_email=form.text("paypal", most=200),
        iban=account,
        iban_holder=form.text("titulaire", most=120),
        cheque_payee=form.text("ordre", most=120),
        mode=MODES.get(form.choice("mode", list(MODES)), booking.SALES_MODE_OPTION),
        online_options=form.ticked("en_ligne"),
        notice_days=form.number("preavis", least=0, most=365) or 0,
        free_terms=form.text("conditions", most=10_000),
        arrival_from=_hour(form, "arrivee"),
        departure_until=_hour(form, "depart"),
    )
    if fixed is not None:
        terms.deposit_fixed.CopyFrom(money(fixed))
    if (caution := form.money("caution")) is not None:
        terms.security_deposit.CopyFrom(money(caution))
    return terms


def _hour(form: Form, name: str) -> str:
    text = form.value(name).strip().lower().replace("h", ":").replace(" ", "")
    if not text:
        return ""
    hours, _colon, minutes = text.partition(":")
    minutes = minutes or "00"
    if _HOUR.fullmatch(f"{hours}:{minutes}") and int(hours) < 24 and int(minutes) < 60:
        return f"{int(hours):02}:{int(minutes):02}"
    form.fail(name, _("Écrivez une heure, par exemple 16:00."))
    return ""


def _page(request: Request, form: Form, status: int = 200) -> Response:
    means = [(str(int(each)), _(MEANS[each])) for each in _OFFERED]
    return page(request, "terms.html", status=status, page="terms", form=form, means=means)


@router.get("/modalites")
async def show(request: Request, visitor: Owner) -> Response:
    """Shows the terms."""
    query = bookings_pb.GetTermsRequest(owner_id=visitor.owner_id)
    answer = await or_none(gateway_of(request).services.terms.GetTerms(query))
    return _page(request, form_of(answer.terms if answer else None))


@router.post("/modalites")
async def save(request: Request, visitor: Owner) -> Response:
    """Saves a new revision; files keep the one they were made under."""
    form = await Form.read(request)
    terms = terms_of(form, visitor.owner_id)
    if form.ok:
        try:
            await gateway_of(request).services.terms.SaveTerms(
                bookings_pb.SaveTermsRequest(request_id=form_key(form), terms=terms)
            )
        except RemoteError as error:
            fail_from(form, error)
    if not form.ok:
        return _page(request, form, 422)
    return await saved(request, "/modalites")
