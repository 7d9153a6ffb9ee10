"""« Mes modalités de vente » as a form and back; pure. What differs by listing is `l.<code>.<field>`."""

import re
from collections.abc import Mapping
from decimal import Decimal

from sejour.booking.v1 import booking_types_pb2 as booking
from stdnum import iban as iban_rules
from stdnum.exceptions import ValidationError

from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.common import money

KINDS = {"arrhes": booking.DEPOSIT_KIND_ARRHES, "acompte": booking.DEPOSIT_KIND_ACOMPTE}
MODES = {
    "immediate": booking.SALES_MODE_IMMEDIATE,
    "option": booking.SALES_MODE_OPTION,
    "demande": booking.SALES_MODE_ON_REQUEST,
}
OFFERED = (
    booking.PAYMENT_MEANS_CHEQUE,
    booking.PAYMENT_MEANS_TRANSFER,
    booking.PAYMENT_MEANS_CASH,
    booking.PAYMENT_MEANS_HOLIDAY_VOUCHERS,
    booking.PAYMENT_MEANS_PAYPAL,
)
DELAYS = {
    "delai_cheque": (booking.PAYMENT_MEANS_CHEQUE, "days"),
    "delai_virement": (booking.PAYMENT_MEANS_TRANSFER, "days"),
    "delai_paypal": (booking.PAYMENT_MEANS_PAYPAL, "minutes"),
}
STEPS = 4
OF_LISTING = ("taux", "fixe", "solde", "caution", "delai", "preavis", "mode", "arrivee", "depart")
_HOUR = re.compile(r"[0-9]{1,2}:[0-9]{1,2}")
_USUAL = {
    "genre": "arrhes", "taux": "25", "delai": "7", "solde": "30", "mode": "option", "en_ligne": True,
    "moyens": [str(int(booking.PAYMENT_MEANS_CHEQUE))], "arrivee": "16:00", "depart": "10:00", "preavis": "1",
    "annulation": "loi", "delai_cheque": "7", "delai_virement": "5", "delai_paypal": "30", "revision": "0",
}  # fmt: skip


def _share(basis_points: int) -> str:
    return f"{Decimal(basis_points) / 100:f}".replace(".", ",")


def form_of(terms: booking.SalesTerms | None, codes: Mapping[str, str]) -> Form:
    """Returns the form with the present terms, or the usual ones before the first save."""
    if terms is None:
        return Form(_USUAL)
    kinds, modes = {v: k for k, v in KINDS.items()}, {v: k for k, v in MODES.items()}
    form = Form(
        {
            "genre": kinds.get(terms.deposit_kind, "arrhes"),
            "taux": "" if terms.HasField("deposit_fixed") else _share(terms.deposit_basis_points),
            "moyens": [str(int(each)) for each in terms.means],
            "delai": terms.option_days,
            "solde": terms.balance_days_before,
            "paypal": terms.next_paypal_email or terms.paypal_email,
            "iban": terms.iban,
            "titulaire": terms.iban_holder,
            "ordre": terms.cheque_payee,
            "mode": modes.get(terms.mode, "option"),
            "en_ligne": terms.online_options,
            "preavis": terms.notice_days,
            "conditions": terms.free_terms,
            "arrivee": terms.arrival_from,
            "depart": terms.departure_until,
            "annulation": "paliers" if terms.cancellation else "loi",
            "revision": terms.revision,
        }
    )
    if terms.HasField("deposit_fixed"):
        form.set_money("fixe", terms.deposit_fixed.amount)
    if terms.HasField("security_deposit"):
        form.set_money("caution", terms.security_deposit.amount)
    _parts_into(form, terms)
    for each in terms.listings:
        if each.listing_id in codes:
            _listing_into(form, each, f"l.{codes[each.listing_id]}.", modes)
    return form


def _parts_into(form: Form, terms: booking.SalesTerms) -> None:
    if terms.HasField("short_stays"):
        short = terms.short_stays
        form.set("courts_nuits", short.max_nights)
        if short.HasField("deposit_fixed"):
            form.set_money("courts_fixe", short.deposit_fixed.amount)
        else:
            form.set("courts_taux", _share(short.deposit_basis_points))
    for name, (means, unit) in DELAYS.items():
        found = next((each for each in terms.option_delays if each.means == means), None)
        form.set(name, (getattr(found, unit) or None) if found else None)
    steps = sorted(terms.cancellation, key=lambda each: -each.days_before)
    for number, step in enumerate(steps[:STEPS], 1):
        form.set(f"jours{number}", step.days_before)
        form.set(f"garde{number}", _share(step.kept_basis_points))


def _listing_into(
    form: Form, given: booking.ListingTerms, at: str, modes: Mapping[booking.SalesMode.ValueType, str]
) -> None:
    if given.HasField("deposit_fixed"):
        form.set_money(f"{at}fixe", given.deposit_fixed.amount)
    elif given.HasField("deposit_basis_points"):
        form.set(f"{at}taux", _share(given.deposit_basis_points))
    if given.HasField("security_deposit"):
        form.set_money(f"{at}caution", given.security_deposit.amount)
    for field, name in (
        ("balance_days_before", "solde"),
        ("option_days", "delai"),
        ("notice_days", "preavis"),
    ):
        if given.HasField(field):  # type: ignore[arg-type]
            form.set(f"{at}{name}", getattr(given, field))
    form.set(f"{at}mode", modes.get(given.mode, ""))
    form.set(f"{at}arrivee", given.arrival_from)
    form.set(f"{at}depart", given.departure_until)


def terms_of(form: Form, owner_id: str, codes: Mapping[str, str]) -> booking.SalesTerms:
    """Reads the form; a refused field is on the form."""
    rate, fixed = form.rate("taux"), form.money("fixe")
    if (rate is None) == (fixed is None) and form.ok:
        form.fail("taux", _("Donnez un pourcentage ou un montant fixe, l'un des deux."))
    means = [
        int(each) for each in form.choices("moyens", [str(int(each)) for each in OFFERED], required=True)
    ]
    terms = booking.SalesTerms(
        owner_id=owner_id,
        revision=form.revision(),
        deposit_kind=KINDS.get(form.choice("genre", list(KINDS)), booking.DEPOSIT_KIND_ARRHES),
        deposit_basis_points=int((rate or 0) * 100),
        means=means,  # type: ignore[arg-type]
        option_days=form.number("delai", least=1, most=60, required=True) or 0,
        balance_days_before=form.number("solde", least=0, most=365) or 0,
        paypal_email=_paypal(form),
        iban=_iban(form),
        iban_holder=form.text("titulaire", most=120),
        cheque_payee=form.text("ordre", most=120),
        mode=MODES.get(form.choice("mode", list(MODES)), booking.SALES_MODE_OPTION),
        online_options=form.ticked("en_ligne"),
        notice_days=form.number("preavis", least=0, most=365) or 0,
        free_terms=form.text("conditions", most=10_000),
        arrival_from=_hour(form, "arrivee"),
        departure_until=_hour(form, "depart"),
        cancellation=_steps(form),
        option_delays=_delays(form, means),
    )
    if fixed is not None:
        terms.deposit_fixed.CopyFrom(money(fixed))
    if (caution := form.money("caution")) is not None:
        terms.security_deposit.CopyFrom(money(caution))
    if (short := _short_stays(form)) is not None:
        terms.short_stays.CopyFrom(short)
    for listing_id, code in codes.items():
        if (own := _listing_of(form, listing_id, f"l.{code}.")) is not None:
            terms.listings.append(own)
    return terms


def _iban(form: Form) -> str:
    account = form.text("iban", most=60)
    if account:
        try:
            return str(iban_rules.validate(account))
        except ValidationError:
            form.fail("iban", _("Cet IBAN ne convient pas : vérifiez ses chiffres sur votre relevé."))
    return ""


def _paypal(form: Form) -> str:
    address = form.text("paypal", most=200)
    if address and ("@" not in address or any(char.isspace() for char in address)):
        form.fail("paypal", _("Cette adresse e-mail n'est pas complète."))
    return address


def _short_stays(form: Form) -> booking.ShortStays | None:
    most = form.number("courts_nuits", least=1, most=30)
    rate, fixed = form.rate("courts_taux"), form.money("courts_fixe")
    if most is None and rate is None and fixed is None:
        return None
    if most is None:
        form.fail("courts_nuits", _("Jusqu'à combien de nuits un séjour est-il court ?"))
    elif (rate is None) == (fixed is None) and form.ok:
        form.fail("courts_taux", _("Donnez un pourcentage ou un montant fixe, l'un des deux."))
    short = booking.ShortStays(max_nights=most or 0, deposit_basis_points=int((rate or 0) * 100))
    if fixed is not None:
        short.deposit_fixed.CopyFrom(money(fixed))
    return short


def _delays(form: Form, means: list[int]) -> list[booking.OptionDelay]:
    found = []
    for name, (each, unit) in DELAYS.items():
        count = form.number(name, least=1, most=1440 if unit == "minutes" else 60)
        if count is not None and each in means:
            days, minutes = (0, count) if unit == "minutes" else (count, 0)
            found.append(booking.OptionDelay(means=each, days=days, minutes=minutes))
    return found


def _steps(form: Form) -> list[booking.CancellationStep]:
    if form.choice("annulation", ["loi", "paliers"]) != "paliers":
        return []
    found: dict[int, int] = {}
    for number in range(1, STEPS + 1):
        days, rate = form.number(f"jours{number}", least=0, most=365), form.rate(f"garde{number}")
        if days is None and rate is None:
            continue
        if days is None or rate is None:
            name = f"jours{number}" if days is None else f"garde{number}"
            form.fail(name, _("Donnez les jours et le pourcentage de ce palier."))
        elif days in found:
            form.fail(f"jours{number}", _("Deux paliers ont le même nombre de jours."))
        else:
            found[days] = int(rate * 100)
    if not found and form.ok:
        form.fail("jours1", _("Donnez au moins un palier, ou choisissez la loi seule."))
    kept = [found[days] for days in sorted(found)]
    if kept != sorted(kept, reverse=True):
        form.fail("garde1", _("Plus le client prévient tôt, moins vous gardez : corrigez les pourcentages."))
    return [
        booking.CancellationStep(days_before=days, kept_basis_points=share)
        for days, share in sorted(found.items(), reverse=True)
    ]


def has_own(form: Form, code: str) -> bool:
    """Whether anything is typed for one listing."""
    return any(form.value(f"l.{code}.{name}").strip() for name in OF_LISTING)


def _listing_of(form: Form, listing_id: str, at: str) -> booking.ListingTerms | None:
    if not has_own(form, at.split(".")[1]):
        return None
    rate, fixed = form.rate(f"{at}taux"), form.money(f"{at}fixe")
    if rate is not None and fixed is not None:
        form.fail(f"{at}taux", _("Donnez un pourcentage ou un montant fixe, l'un des deux."))
    own = booking.ListingTerms(
        listing_id=listing_id,
        deposit_basis_points=None if rate is None else int(rate * 100),
        balance_days_before=form.number(f"{at}solde", least=0, most=365),
        option_days=form.number(f"{at}delai", least=1, most=60),
        notice_days=form.number(f"{at}preavis", least=0, most=365),
        mode=MODES.get(form.choice(f"{at}mode", list(MODES), required=False), booking.SALES_MODE_UNSPECIFIED),
        arrival_from=_hour(form, f"{at}arrivee"),
        departure_until=_hour(form, f"{at}depart"),
    )
    if fixed is not None:
        own.deposit_fixed.CopyFrom(money(fixed))
    if (caution := form.money(f"{at}caution")) is not None:
        own.security_deposit.CopyFrom(money(caution))
    return own


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
