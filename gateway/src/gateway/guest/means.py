"""How a guest means to pay: asked where an option is set or a devis is accepted."""

from sejour.booking.v1 import booking_types_pb2 as booking

from gateway.forms import Form
from gateway.i18n import N_
from gateway.i18n import gettext as _

FIELD = "moyen"
MEANS = {
    booking.PAYMENT_MEANS_TRANSFER: N_("Virement"),
    booking.PAYMENT_MEANS_CHEQUE: N_("Chèque"),
    booking.PAYMENT_MEANS_HOLIDAY_VOUCHERS: N_("Chèques-vacances"),
    booking.PAYMENT_MEANS_CASH: N_("Espèces, sur place"),
    booking.PAYMENT_MEANS_PAYPAL: N_("PayPal"),
}


def offered(terms: booking.SalesTerms) -> list[tuple[str, str]]:
    """Returns the choices; the service has left out what nobody can pay by."""
    return [(str(int(each)), _(MEANS[each])) for each in terms.means if each in MEANS]


def chosen(form: Form, terms: booking.SalesTerms) -> "booking.PaymentMeans.ValueType":
    """Returns the choice, unspecified where the guest did not say; anything else is refused on its field."""
    value = form.choice(FIELD, [key for key, _words in offered(terms)], required=False)
    return next((each for each in MEANS if str(int(each)) == value), booking.PAYMENT_MEANS_UNSPECIFIED)
