"""The paragraphs of law and terms. Only the word of the file's own kind of deposit is ever used."""

from collections.abc import Sequence
from datetime import date

from sejour.booking.v1 import booking_types_pb2 as pb

from documents.printing import words
from documents.printing.prices import amount
from documents.printing.texts import Texts


def deposit_word(kind: int, _: Texts) -> str:
    """`arrhes` or `acompte`; silence means arrhes (C. conso. L214-1)."""
    return _("acompte") if kind == pb.DEPOSIT_KIND_ACOMPTE else _("arrhes")


def deposit_sum(totals: pb.Totals, _: Texts) -> str:
    """`Arrhes : 3,00 € (25,00 % du prix total)`."""
    word = deposit_word(totals.deposit_kind, _)
    shown = f"{word[:1].upper()}{word[1:]}{words.colon(_.language)}{amount(totals.deposit_due, _.language)}"
    if totals.deposit_basis_points:
        share = words.percent(totals.deposit_basis_points, _.language)
        shown += _(" (%(share)s du prix total)", share=share)
    return shown


def deposit_meaning(kind: int, _: Texts) -> str:
    """What the deposit means to the client, word for word as on the booking pages (`domain.md` 1.3)."""
    if kind == pb.DEPOSIT_KIND_ACOMPTE:
        return _(
            "Vous versez un acompte : la réservation est ferme pour vous comme pour le propriétaire ; "
            "si vous annulez, la totalité du prix reste due, sauf relocation."
        )
    return _(
        "Vous versez des arrhes : si vous annulez, vous les perdez et ne devez rien de plus ; "
        "si le propriétaire annule, il vous en rend le double."
    )


def cancellation(kind: int, _: Texts, steps: Sequence[pb.CancellationStep] = ()) -> list[str]:
    """Who owes what when either side cancels; the owner's own steps first."""
    if kind == pb.DEPOSIT_KIND_ACOMPTE:
        by_client = _(
            "Annulation par le locataire : la totalité du prix reste due, sauf si les dates sont relouées."
        )
        by_owner = _(
            "Annulation par le propriétaire : il rend toutes les sommes reçues et répare le dommage "
            "causé ; l’indemnité est à convenir."
        )
    else:
        by_client = _(
            "Annulation par le locataire : les arrhes sont perdues et rien d’autre n’est dû ; ce qui a été "
            "payé au-delà est rendu (Code civil, art.\u00a01590)."
        )
        by_owner = _("Annulation par le propriétaire : il rend le double des arrhes et tout autre paiement.")
    own = own_steps(kind, steps, _)
    if own:
        # The law speaks for who says so later than the last step.
        has_rest = min(one.days_before for one in steps) > 0
        own += [_("Plus tard : %(sentence)s", sentence=by_client)] if has_rest else []
    return [
        *(own or [by_client]),
        by_owner,
        _("Toute annulation se fait par écrit (lettre ou e-mail) ; elle compte du jour de sa réception."),
        _("En cas de force majeure empêchant le séjour, les sommes versées sont rendues."),
    ]


def own_steps(kind: int, steps: Sequence[pb.CancellationStep], _: Texts) -> list[str]:
    """The owner's own steps for a client who cancels, earliest first; none = the law only."""
    found, before = [], 0
    for one in sorted(steps, key=lambda one: -one.days_before):
        when = _("%(days)s jours ou plus avant l’arrivée", days=one.days_before)
        if before and one.days_before:
            when = _("de %(days)s à %(last)s jours avant l’arrivée", days=one.days_before, last=before - 1)
        elif before:
            when = _("moins de %(days)s jours avant l’arrivée", days=before)
        elif not one.days_before:
            when = _("à tout moment")
        share = words.percent(one.kept_basis_points, _.language)
        if not one.kept_basis_points:
            what = _("rien n’est dû, tout ce qui a été versé est rendu.")
        elif kind == pb.DEPOSIT_KIND_ACOMPTE:
            what = _("%(share)s du prix total reste dû.", share=share)
        else:
            what = _(
                "le propriétaire garde %(share)s du prix total, au plus les arrhes versées.", share=share
            )
        found.append(_("Annulation par le locataire %(when)s : %(what)s", when=when, what=what))
        before = one.days_before
    return found


def due_at_once(totals: pb.Totals, _: Texts) -> str:
    """`Réservé tardivement, tout est dû maintenant : 755,40 €.`; empty where the balance comes later."""
    days = {one.kind: one.due_on for one in totals.schedule}
    if not days.get("BALANCE") or days.get("DEPOSIT") != days["BALANCE"]:
        return ""
    whole = totals.outstanding_with_tax
    return _(
        "L’arrivée est proche : le solde est dû en même temps, soit %(amount)s en tout.",
        amount=amount(whole, _.language),
    )


def balance_rule(terms: pb.SalesTerms, _: Texts) -> str:
    """When the balance is due, whenever it is booked."""
    days = terms.balance_days_before
    if not days:
        return _("Le solde est dû à l’arrivée, avec la taxe de séjour.")
    return _(
        "Le solde est dû %(days)s jours avant l’arrivée, avec la taxe de séjour ; réservé plus tard, "
        "tout est dû à la réservation.",
        days=days,
    )


def means(found: Sequence[int], _: Texts) -> list[str]:
    """Means of payment in words."""
    known: dict[int, str] = {
        pb.PAYMENT_MEANS_CHEQUE: _("chèque"),
        pb.PAYMENT_MEANS_TRANSFER: _("virement"),
        pb.PAYMENT_MEANS_CASH: _("espèces"),
        pb.PAYMENT_MEANS_HOLIDAY_VOUCHERS: _("chèques-vacances (ANCV)"),
        pb.PAYMENT_MEANS_PAYPAL: _("PayPal"),
        pb.PAYMENT_MEANS_CARD: _("carte bancaire"),
    }
    return [known[one] for one in found if one in known]


def payee_lines(terms: pb.SalesTerms, reference: str, _: Texts) -> list[str]:
    """How to pay by cheque and transfer."""
    lines = []
    if pb.PAYMENT_MEANS_CHEQUE in terms.means and terms.cheque_payee:
        lines.append(_("Chèque à l’ordre de %(payee)s.", payee=terms.cheque_payee))
    if pb.PAYMENT_MEANS_TRANSFER in terms.means and terms.iban:
        iban = "\u00a0".join(terms.iban.replace(" ", "")[at : at + 4] for at in range(0, 34, 4)).strip()
        holder = f" ({terms.iban_holder})" if terms.iban_holder else ""
        lines.append(
            _(
                "Virement : IBAN %(iban)s%(holder)s, référence %(ref)s.",
                iban=iban,
                holder=holder,
                ref=reference,
            )
        )
    return lines


def instalments(totals: pb.Totals, _: Texts) -> list[list[str]]:
    """The schedule: what, how much, when."""
    names = {
        "DEPOSIT": deposit_word(totals.deposit_kind, _),
        "BALANCE": _("solde"),
        "TAX": _("taxe de séjour (estimation)"),
    }
    return [
        [names.get(one.kind, one.kind), amount(one.amount, _.language), due(one.due_on, _)]
        for one in totals.schedule
        if one.amount.amount
    ]


def due(day: str, _: Texts) -> str:
    """`au plus tard le jeudi 18 juin 2026`, `à l'arrivée`."""
    if not day:
        return _("à l’arrivée")
    return _("au plus tard le %(day)s", day=words.day(date.fromisoformat(day), _.language))


def security_deposit(terms: pb.SalesTerms, _: Texts) -> str:
    """The dépôt de garantie and its return."""
    if not terms.security_deposit.amount:
        return _("Aucun dépôt de garantie n’est demandé.")
    return _(
        "Un dépôt de garantie de %(amount)s est remis à l’arrivée. Il est rendu au départ ou peu après, au "
        "plus tard dans les trois mois, moins le coût des dégâts constatés et justifiés.",
        amount=amount(terms.security_deposit, _.language),
    )


def hours(terms: pb.SalesTerms, _: Texts) -> str:
    """Hours of arrival and departure."""
    arrival, departure = (words.hour(one, _.language) for one in (terms.arrival_from, terms.departure_until))
    parts = [
        _("arrivée à partir de %(hour)s", hour=arrival) if arrival else "",
        _("départ au plus tard à %(hour)s", hour=departure) if departure else "",
    ]
    return ", ".join(part for part in parts if part)
