"""A devis on paper and its mails: the price, what is due, the conditions; it holds no nights and says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.booking.v1 import proposal_service_pb2 as pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing_pb

from documents.printing import terms as clauses
from documents.printing import words
from documents.printing.contract import meals, party
from documents.printing.mails import MailText
from documents.printing.persons import (
    address_lines,
    client_lines,
    client_name,
    is_guest_room,
    label_view,
    owner_name,
    owner_view,
    stars,
)
from documents.printing.prices import amount, price_line, stay
from documents.printing.texts import Texts, texts

ZONE = ZoneInfo("Europe/Paris")
_TAX = "TOURIST_TAX"
_ON_SITE = "ON_SITE"


@dataclass(frozen=True, slots=True)
class ProposalSources:
    """What a devis prints."""

    proposal: pb.Proposal
    owner: catalog_pb.Owner
    label: catalog_pb.Label | None
    listings: Mapping[str, catalog_pb.Listing]


def proposal_view(sources: ProposalSources, language: str) -> dict[str, Any]:
    """Everything the template prints, in the order of the paper."""
    _ = texts(language)
    proposal = sources.proposal
    quote, totals = proposal.quote, totals_of(proposal)
    return {
        "language": language,
        "title": _("Devis"),
        "reference": proposal.reference,
        "valid": until(proposal, _),
        "label": label_view(sources.label),
        "owner": owner_view(sources.owner, _),
        "client": {
            "name": client_name(proposal.client),
            "lines": client_lines(proposal.client),
            "email": proposal.client.email,
        },
        "lines": [_line(line, sources, _) for line in quote.lines],
        "total": amount(quote.total, language),
        "tax": amount(quote.tourist_tax, language) if quote.tourist_tax.amount else "",
        "deposit": clauses.deposit_sum(totals, _) if proposal.deposit.amount else "",
        "deposit_meaning": clauses.deposit_meaning(proposal.deposit_kind, _)
        if proposal.deposit.amount
        else "",
        "balance": clauses.balance_rule(proposal.terms, _),
        "means": words.joined(clauses.means(proposal.terms.means, _), language),
        "hours": clauses.hours(proposal.terms, _),
        "security_deposit": clauses.security_deposit(proposal.terms, _),
        "guest_room": all(is_guest_room(one) for one in sources.listings.values()),
        "cancellation": clauses.cancellation(proposal.deposit_kind, _, proposal.terms.cancellation),
        "free_terms": words.paragraphs(proposal.terms.free_terms),
        "note": [line for line in proposal.note.splitlines() if line.strip()],
    }


def totals_of(proposal: pb.Proposal) -> booking_pb.Totals:
    """The sums of a devis as those of a file that nobody has paid."""
    return booking_pb.Totals(
        deposit_kind=proposal.deposit_kind,
        deposit_basis_points=proposal.deposit_basis_points,
        deposit_due=proposal.deposit,
        schedule=proposal.schedule,
    )


def until(proposal: pb.Proposal, _: Texts) -> str:
    """`dimanche 8 mars 2026 à 23 h 59`."""
    return words.moment(proposal.expires_at.ToDatetime(UTC), ZONE, _.language)


def _line(line: pricing_pb.QuoteLine, sources: ProposalSources, _: Texts) -> dict[str, Any]:
    named = {one.listing_id: one for one in sources.proposal.listings}[line.listing_id]
    listing = sources.listings[line.listing_id]
    room = is_guest_room(listing)
    return {
        "code": named.code,
        "name": named.name,
        "address": address_lines(listing.address),
        "rating": "" if room else stars(listing, _),
        "stay": stay(line.nights, _.language),
        "party": party(line.party, _),
        "plan": line.rate_plan_name,
        "meals": meals(line.meal_plan, _),
        "prices": [[price_line(one, _), amount(one.amount, _.language)] for one in line.lines],
        "total": amount(line.total, _.language),
        "on_site": [
            [price_line(one, _), amount(one.amount, _.language)]
            for one in line.beside
            if one.kind == _ON_SITE
        ],
    }


def draft_proposal_mail(proposal: pb.Proposal, owner: catalog_pb.Owner) -> tuple[str, str]:
    """Subject and text proposed to the owner; the button with the link is added when it is sent."""
    language = words.language_of(proposal.client.language)
    _ = texts(language)
    names = words.joined(list(dict.fromkeys(one.name for one in proposal.listings)), language)
    stays = [
        f"{named}{words.colon(language)}{stay(line.nights, language)}"
        for line in proposal.quote.lines
        for named in [next(one.name for one in proposal.listings if one.listing_id == line.listing_id)]
    ]
    price = _("Prix : %(price)s", price=amount(proposal.quote.total, language))
    if proposal.quote.tourist_tax.amount:
        tax = amount(proposal.quote.tourist_tax, language)
        price += _(", plus la taxe de séjour (estimation) : %(tax)s", tax=tax)
    parts = [
        _("Bonjour %(name)s,", name=client_name(proposal.client)),
        _("Merci de votre demande. Voici mon devis :"),
        "\n".join([*stays, f"{price}."]),
        proposal.note.strip(),
        _("Ce prix est valable jusqu’au %(until)s.", until=until(proposal, _)),
        _("Le devis ne retient pas encore les dates : elles sont à vous dès que vous l’acceptez."),
        _("Bien cordialement,"),
        "\n".join(signature(owner)),
    ]
    return _("Votre devis : %(what)s", what=names), "\n\n".join(part for part in parts if part)


def signature(owner: catalog_pb.Owner) -> tuple[str, ...]:
    """Name and phones of the owner."""
    phones = " · ".join(one for one in (owner.phone, owner.mobile) if one)
    return tuple(part for part in (owner_name(owner), phones) if part)


def with_link(subject: str, body: str, link: str, language: str) -> MailText:
    """The owner's words with the button to the devis."""
    paragraphs = tuple(part.strip() for part in body.split("\n\n") if part.strip())
    _ = texts(language)
    return MailText(
        subject=subject,
        before=paragraphs,
        action=(_("Voir le devis et répondre"), link),
        end=(_("Ce lien est personnel : il ouvre votre devis sans mot de passe."),),
        language=language,
    )


def asked_again(proposal: pb.Proposal, owner: catalog_pb.Owner, link: str) -> MailText:
    """M17 to the owner: a client asks for a new devis."""
    _ = texts("fr")
    client = proposal.client
    facts = [(_("Client"), f"{client_name(client)} ({client.code})")]
    facts += [(_("E-mail"), client.email)] if client.email else []
    facts += [(_("Téléphone"), client.mobile)] if client.mobile else []
    names = {one.listing_id: one.name for one in proposal.listings}
    facts += [(names[line.listing_id], stay(line.nights, "fr")) for line in proposal.quote.lines]
    facts.append((_("Prix total"), amount(proposal.quote.total, "fr")))
    return MailText(
        subject=_("%(name)s vous demande un nouveau devis", name=client_name(client)),
        before=(
            _("Bonjour %(name)s,", name=owner_name(owner)),
            _("Ce devis n’était plus valable ; votre client en souhaite un nouveau."),
        ),
        facts=tuple(facts),
        action=(_("Ouvrir le devis"), link),
    )


def paypal_changed(terms: booking_pb.SalesTerms, owner: catalog_pb.Owner, link: str) -> MailText:
    """M19 to both PayPal addresses: another one was typed, and waits."""
    _ = texts("fr")
    when = words.moment(terms.paypal_from.ToDatetime(UTC), ZONE, "fr")
    return MailText(
        subject=_("Votre adresse PayPal change"),
        before=(
            _("Bonjour %(name)s,", name=owner_name(owner)),
            _("Une autre adresse PayPal a été saisie dans vos modalités de vente."),
        ),
        facts=(
            (_("Adresse actuelle"), terms.paypal_email),
            (_("Nouvelle adresse"), terms.next_paypal_email),
            (_("Elle compte à partir du"), when),
        ),
        after=(
            _(
                "Ce n’est pas vous ? Changez votre mot de passe, puis remettez l’ancienne adresse avant "
                "cette date : aucun paiement n’aura changé de main."
            ),
        ),
        action=(_("Voir mes modalités de vente"), link),
    )
