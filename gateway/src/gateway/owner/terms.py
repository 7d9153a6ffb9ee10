"""« Mes modalités de vente »: the form, what the guest will read, two tabs, and the PayPal address."""

from collections.abc import Sequence
from typing import Any

from chassis.errors import RemoteError, ServiceError
from fastapi import APIRouter
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.accounts.tries import LoginDelayed
from gateway.conflicts import origin_of
from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.booking_words import MEANS
from gateway.owner.common import fail_from, form_key, money, or_none, owner_listings, page, text_of, today
from gateway.owner.saving import NOTHING, Held, Sheet, is_part, two_versions
from gateway.owner.terms_form import OFFERED, STEPS, form_of, has_own, terms_of
from gateway.owner.terms_words import (
    SAMPLE_TOTAL,
    Reading,
    choices,
    labels,
    mode_options,
    reading,
    sample_stay,
)
from gateway.trail import household
from gateway.visitor import Owner, Visitor, gateway_of, saved

router = APIRouter()
_FIELDS = {
    "deposit_basis_points": "taux", "deposit_fixed": "fixe", "short_stays.max_nights": "courts_nuits",
    "iban": "iban", "paypal_email": "paypal", "option_days": "delai", "notice_days": "preavis",
    "balance_days_before": "solde", "security_deposit": "caution", "arrival_from": "arrivee",
    "departure_until": "depart", "free_terms": "conditions", "cancellation": "jours1", "means": "moyens",
}  # fmt: skip


class _Page:
    """What the page needs besides its form: the terms as saved, the listings, whether PayPal is open."""

    def __init__(self, answer: bookings_pb.TermsResponse | None, listings: Sequence[catalog.Listing]) -> None:
        self.terms = answer.terms if answer else None
        self.paypal_open = bool(answer and answer.paypal_available)
        self.listings = [(each.id, each.code, text_of(each.name)) for each in listings]
        self.codes = {each.id: each.code for each in listings}

    @property
    def form(self) -> Form:
        """The form that the saved terms show."""
        return form_of(self.terms, self.codes)


async def _load(request: Request, visitor: Visitor) -> _Page:
    query = bookings_pb.GetTermsRequest(owner_id=visitor.owner_id)
    answer = await or_none(gateway_of(request).services.terms.GetTerms(query))
    return _Page(answer, await owner_listings(request, visitor))


async def _reading(
    request: Request, visitor: Visitor, terms: booking.SalesTerms, means: int = 0
) -> Reading | None:
    """What a guest would read; None where the service cannot take the terms."""
    stay = sample_stay(today(visitor))
    query = bookings_pb.PreviewScheduleRequest(
        owner_id=visitor.owner_id,
        total=money(SAMPLE_TOTAL),
        arrival=stay[0].isoformat(),
        departure=stay[1].isoformat(),
        terms=terms,
        payment_means=means,  # type: ignore[arg-type]
    )
    try:
        return reading(await gateway_of(request).services.terms.PreviewSchedule(query), stay)
    except ServiceError:
        return None


async def _show(
    request: Request, visitor: Visitor, about: _Page, form: Form, held: Held = NOTHING, **more: Any
) -> Response:
    seen = more.pop("seen", None)
    if seen is None and about.terms is not None and form.ok and held.meeting is None:
        seen = await _reading(request, visitor, about.terms)
    context = {
        "form": form,
        "about": about,
        "means": [(str(int(each)), _(MEANS[each])) for each in OFFERED],
        "modes": mode_options(),
        "steps": list(range(1, STEPS + 1)),
        "labels": labels(about.codes),
        "own": {code for _id, code, _name in about.listings if has_own(form, code)},
        "seen": seen,
        "origin_of": origin_of,
        **held.context(),
    }
    return page(request, "terms.html", status=held.status(form), page="terms", **(context | more))


@router.get("/modalites")
async def show(request: Request, visitor: Owner) -> Response:
    """Shows the terms."""
    about = await _load(request, visitor)
    return await _show(request, visitor, about, about.form)


@router.get("/modalites/versions/{revision:number}")
async def show_version(request: Request, visitor: Owner, revision: int) -> Response:
    """Shows the free terms of an earlier version, as files made under it keep them."""
    query = bookings_pb.GetTermsRequest(owner_id=visitor.owner_id, revision=revision)
    answer = await or_none(gateway_of(request).services.terms.GetTerms(query)) if revision else None
    if answer is None:
        raise HTTPException(404)
    newest = await or_none(
        gateway_of(request).services.terms.GetTerms(bookings_pb.GetTermsRequest(owner_id=visitor.owner_id))
    )
    last = newest.terms.revision if newest else revision
    seen = await _reading(request, visitor, answer.terms)
    return page(request, "terms_version.html", page="terms", terms=answer.terms, last=last, seen=seen)


@router.post("/modalites")
async def save(request: Request, visitor: Owner) -> Response:
    """Shows what the guest will read, or saves a new revision; files keep the one they were made under."""
    form, about = await Form.read(request), await _load(request, visitor)
    sheet = Sheet(about.form if about.terms else None, labels(about.codes), choices(about.codes))
    only_looks = is_part(request) or form.value("action") == "effet"
    meeting = None if only_looks else await two_versions(request, form, sheet)
    terms = terms_of(form, visitor.owner_id, about.codes)
    if only_looks:
        seen = await _reading(request, visitor, terms) if form.ok else None
        if is_part(request):
            return page(request, "terms_part.html", seen=seen)
        return await _show(request, visitor, about, form, seen=seen)
    if meeting is None and form.ok:
        await _check_paypal(request, visitor, form, about.terms)
    if meeting is None and form.ok:
        try:
            query = bookings_pb.SaveTermsRequest(request_id=form_key(form), terms=terms)
            await gateway_of(request).services.terms.SaveTerms(query)
        except RemoteError as error:
            fail_from(form, error, _FIELDS.get(error.metadata.get("field", ""), ""))
    if meeting is not None or not form.ok:
        return await _show(request, visitor, about, form, Held(meeting))
    return await saved(request, "/modalites")


async def _check_paypal(
    request: Request, visitor: Visitor, form: Form, before: booking.SalesTerms | None
) -> None:
    """Another PayPal address needs the password again: who finds a session open must not redirect money."""
    present = (before.next_paypal_email or before.paypal_email) if before else ""
    if form.value("paypal").strip() == present:
        return
    given = form.value("mot_de_passe")
    form.set("mot_de_passe", None)
    if not given:
        form.fail("mot_de_passe", _("L'adresse PayPal change : donnez votre mot de passe."))
        return
    accounts = gateway_of(request).accounts
    try:
        right = await accounts.password_is(
            visitor.session.account_id, given, household=household(request), now=visitor.now
        )
    except LoginDelayed:
        form.fail("mot_de_passe", _("Trop d'essais. Attendez quelques minutes, puis recommencez."))
        return
    if not right:
        form.fail("mot_de_passe", _("Ce mot de passe n'est pas le bon. L'adresse PayPal n'a pas changé."))
