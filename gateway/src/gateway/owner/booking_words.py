"""Words of booking files: types, moves with their consequence, means, journal; pure."""

from collections.abc import Mapping

from sejour.booking.v1 import booking_types_pb2 as pb

from gateway.formats import euros, moment_court
from gateway.i18n import N_
from gateway.i18n import gettext as _

STATES: Mapping[int, tuple[str, str, str]] = {
    pb.BOOKING_STATE_PLACING: (N_("En cours d'enregistrement"), "", "hourglass"),
    pb.BOOKING_STATE_OPTION: (N_("Pré-réservation"), "warn", "hourglass"),
    pb.BOOKING_STATE_AWAITING_PAYMENT: (N_("En attente de paiement"), "warn", "hourglass"),
    pb.BOOKING_STATE_PAYMENT_CLEARING: (N_("Paiement en cours"), "warn", "hourglass"),
    pb.BOOKING_STATE_CONFIRMING: (N_("Confirmation en cours"), "info", "hourglass"),
    pb.BOOKING_STATE_CONFIRMED: (N_("Réservation"), "info", "check-circle"),
    pb.BOOKING_STATE_CHANGING: (N_("Réservation, changement en cours"), "info", "hourglass"),
    pb.BOOKING_STATE_CANCELLING: (N_("Annulation en cours"), "", "hourglass"),
    pb.BOOKING_STATE_EXPIRED: (N_("Expirée"), "", "clock"),
    pb.BOOKING_STATE_FAILED: (N_("Non aboutie"), "danger", "error"),
    pb.BOOKING_STATE_DECLINED: (N_("Refusée"), "", "x"),
    pb.BOOKING_STATE_CANCELLED_BY_CLIENT: (N_("Annulée par le client"), "", "x"),
    pb.BOOKING_STATE_CANCELLED_BY_OWNER: (N_("Annulée par le propriétaire"), "", "x"),
    pb.BOOKING_STATE_NO_SHOW: (N_("Non présenté"), "", "x"),
}
ORIGINS: Mapping[int, str] = {
    pb.BOOKING_ORIGIN_OWNER: N_("Saisie par vous"),
    pb.BOOKING_ORIGIN_HOSTED_PAGE: N_("Page de réservation"),
    pb.BOOKING_ORIGIN_API: N_("Partenaire"),
    pb.BOOKING_ORIGIN_WIDGET: N_("Votre site"),
    pb.BOOKING_ORIGIN_LOAD: N_("Reprise"),
}
MEANS: Mapping[int, str] = {
    pb.PAYMENT_MEANS_CHEQUE: N_("Chèque"),
    pb.PAYMENT_MEANS_TRANSFER: N_("Virement"),
    pb.PAYMENT_MEANS_CASH: N_("Espèces"),
    pb.PAYMENT_MEANS_HOLIDAY_VOUCHERS: N_("Chèques-vacances"),
    pb.PAYMENT_MEANS_PAYPAL: N_("PayPal"),
    pb.PAYMENT_MEANS_CARD: N_("Carte bancaire"),
    pb.PAYMENT_MEANS_OTHER: N_("Autre"),
}
MOVES: Mapping[str, tuple[str, str]] = {
    "CONFIRM": (N_("Réservation"), N_("Passer en réservation")),
    "CANCEL_BY_CLIENT": (N_("Annulée par le client"), N_("Annuler pour le client")),
    "CANCEL_BY_OWNER": (N_("Annulée par le propriétaire"), N_("Annuler pour moi")),
    "DECLINE": (N_("Refusée"), N_("Refuser")),
    "EXTEND": (N_("Prolonger l'option"), N_("Prolonger")),
    "NO_SHOW": (N_("Non présenté"), N_("Noter l'absence")),
}
_JOURNAL: Mapping[str, str] = {
    "PLACED": N_("Dossier créé"),
    "OPTION_PLACED": N_("Pré-réservation posée"),
    "RESERVATION_PLACED": N_("Réservation demandée"),
    "CONFIRMING": N_("Confirmation demandée"),
    "CONFIRMATION_REFUSED": N_("Confirmation impossible : les nuits n'étaient plus libres"),
    "CANCELLING": N_("Annulation demandée"),
    "OPTION_CONFIRMED": N_("Option confirmée par le client"),
    "OPTION_EXTENDED": N_("Option prolongée"),
    "CONFIRMED": N_("Passée en réservation"),
    "PAYMENT_RECORDED": N_("Règlement de %(amount)s enregistré"),
    "PAYMENT_COUNTERED": N_("Règlement de %(amount)s contre-passé"),
    "NOTE_CHANGED": N_("Note changée"),
    "PARTY_CHANGED": N_("Nombre de personnes changé"),
    "CLIENT_CHANGED": N_("Client changé"),
    "STATEMENT_RECEIVED": N_("État descriptif reçu par le client"),
    "TERMS_ACCEPTED": N_("Conditions acceptées par le client"),
    "EXPIRED": N_("Option expirée"),
    "DECLINED": N_("Refusée"),
    "CANCELLED_BY_CLIENT": N_("Annulée par le client"),
    "CANCELLED_BY_OWNER": N_("Annulée par le propriétaire"),
    "FAILED": N_("Non aboutie"),
    "DOCUMENT_SENT": N_("Document envoyé"),
}
_WHO = {"owner": N_("vous"), "client": N_("le client"), "system": N_("automatique")}


def is_arrhes(kind: int) -> bool:
    """Whether a file's deposit is arrhes (else acompte)."""
    return kind != pb.DEPOSIT_KIND_ACOMPTE


def deposit_words(kind: int) -> dict[str, str]:
    """Returns the words of a deposit by its legal kind; both kinds are never mixed on a screen."""
    if is_arrhes(kind):
        return {
            "name": _("Arrhes"),
            "due": _("Arrhes dues"),
            "paid": _("Arrhes versées"),
            "nature": _("Arrhes"),
            "meaning": _("Si le client annule, il les perd. Si vous annulez, vous en rendez le double."),
        }
    return {
        "name": _("Acompte"),
        "due": _("Acompte dû"),
        "paid": _("Acompte versé"),
        "nature": _("Acompte"),
        "meaning": _("La réservation est ferme pour les deux. Si le client annule, tout le prix reste dû."),
    }


def natures(kind: int) -> list[tuple[str, str]]:
    """Returns the natures of a payment, with the file's own word for its deposit."""
    return [
        ("DEPOSIT", deposit_words(kind)["nature"]),
        ("BALANCE", _("Solde")),
        ("TAX", _("Taxe de séjour")),
        ("REFUND", _("Remboursement")),
        ("SECURITY_DEPOSIT", _("Caution")),
    ]


def nature_word(nature: str, kind: int) -> str:
    """Returns the word of one payment's nature."""
    return dict(natures(kind)).get(nature) or {"COUNTER": _("Contre-passation")}.get(nature, nature)


def consequence(move: pb.Move, booking: pb.Booking) -> str:
    """Returns what a move entails, in sentences: who loses, refunds or still owes what."""
    name = client_name(booking.client) or _("Le client")
    deposit = _("les arrhes") if is_arrhes(booking.totals.deposit_kind) else _("l'acompte")
    if move.action == "CONFIRM":
        return _(
            "Les nuits sont prises pour de bon, et la confirmation part par e-mail si une adresse est connue."
        )
    if move.action == "DECLINE":
        return _("Les nuits redeviennent libres. Rien n'est dû.") + _paid_back(booking)
    if move.action == "EXTEND":
        return _("L'option finit plus tard ; les nuits restent gardées.")
    return " ".join(_money_parts(move, booking, name, deposit)) or _(
        "Les nuits redeviennent libres. Rien n'est dû."
    )


def _money_parts(move: pb.Move, booking: pb.Booking, name: str, deposit: str) -> list[str]:
    parts = []
    if move.HasField("kept") and move.kept.amount:
        values = {"name": name, "deposit": deposit, "amount": euros(move.kept)}
        parts.append(_("%(name)s perd %(deposit)s (%(amount)s).") % values)
    if move.HasField("owner_owes") and move.owner_owes.amount:
        double = (
            is_arrhes(booking.totals.deposit_kind)
            and move.owner_owes.amount == 2 * booking.totals.deposit_paid.amount
        )
        text = _("Vous devez %(amount)s (le double).") if double else _("Vous devez %(amount)s.")
        parts.append(text % {"amount": euros(move.owner_owes)})
    if move.HasField("refund") and move.refund.amount:
        parts.append(_("À rembourser : %(amount)s.") % {"amount": euros(move.refund)})
    elif move.action == "CANCEL_BY_CLIENT":
        parts.append(_("Rien à rembourser."))
    if move.HasField("still_due") and move.still_due.amount:
        parts.append(_("%(name)s doit encore %(amount)s.") % {"name": name, "amount": euros(move.still_due)})
    if move.compensation:
        parts.append(_("Indemnité à convenir entre vous."))
    return parts


def _paid_back(booking: pb.Booking) -> str:
    paid = booking.totals.paid.amount
    return " " + _("À rembourser : %(amount)s.") % {"amount": euros(paid)} if paid > 0 else ""


def short_name(client: pb.Client) -> str:
    """Returns « M. DUPOND »."""
    return " ".join(part for part in (_civility(client), client.last_name.upper()) if part)


def _civility(client: pb.Client) -> str:
    return {"MR": _("M."), "MRS": _("Mme")}.get(client.civility, "")


def client_name(client: pb.Client) -> str:
    """Returns « M. DUPOND Georges »."""
    return " ".join(part for part in (_civility(client), client.last_name.upper(), client.first_name) if part)


def journal_line(entry: pb.JournalEntry) -> tuple[str, str]:
    """Returns when and what of one line of the journal."""
    text = _JOURNAL.get(entry.kind)
    params = dict(entry.params)
    if "amount" in params and params["amount"].lstrip("-").isdecimal():
        params["amount"] = euros(int(params["amount"]))
    words = entry.kind.replace("_", " ").capitalize() if text is None else _(text)
    if "%(" in words:
        words %= {"amount": params.get("amount", "")}
    who = _(_WHO[entry.who]) if entry.who in _WHO else ""
    return moment_court(entry.at), f"{words} ({who})" if who else words


def schedule_line(part: pb.Instalment, kind: int) -> str:
    """Returns what an instalment is for."""
    names = {"DEPOSIT": deposit_words(kind)["name"], "BALANCE": _("Solde"), "TAX": _("Taxe de séjour")}
    return names.get(part.kind, part.kind)
