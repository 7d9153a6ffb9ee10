"""The texts of mails, and the message they travel in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from zoneinfo import ZoneInfo

from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.domain.mail_plan import Audience, Variant
from documents.printing import terms as clauses
from documents.printing import words
from documents.printing.persons import client_name, owner_name
from documents.printing.prices import amount, stay
from documents.printing.render import render
from documents.printing.texts import Texts, texts

ZONE = ZoneInfo("Europe/Paris")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


def is_address(text: str) -> bool:
    """True for what looks like one mail address with a dotted host."""
    return bool(_ADDRESS.fullmatch(text)) and "." in text.rpartition("@")[2] and ".." not in text


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where mails come from and where their links lead."""

    book: str
    app: str
    sender: str
    product: str

    def guest_file(self, token: str) -> str:
        """The page behind a guest's secret link."""
        return f"{self.book}/r/{token}"

    def guest_proposal(self, token: str) -> str:
        """The page behind the secret link of a devis."""
        return f"{self.book}/d/{token}"

    def owner_proposal(self, proposal_id: str) -> str:
        """The owner's page of a devis."""
        return f"{self.app}/devis/{proposal_id}"

    @property
    def owner_terms(self) -> str:
        """The owner's page of his terms."""
        return f"{self.app}/modalites"

    def owner_file(self, number: int) -> str:
        """The owner's page of a file."""
        return f"{self.app}/reservations/{number}"


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail: sentences, facts, one action."""

    subject: str
    before: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    after: tuple[str, ...] = ()
    action: tuple[str, str] | None = None
    end: tuple[str, ...] = ()
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers need beside the text."""

    mail_id: str
    recipient: str
    to_guest: bool
    sent_at: datetime


def from_written(subject: str, body: str) -> MailText:
    """The owner's own words, paragraph by paragraph."""
    return MailText(subject=subject, before=tuple(part.strip() for part in re.split(r"\n\s*\n", body)))


def compose(
    kind: str,
    variant: str,
    audience: Audience,
    *,
    booking: booking_pb.Booking,
    owner: catalog_pb.Owner,
    link: str,
    documents: Sequence[pb.Document],
) -> MailText:
    """The text of a planned mail."""
    guest = audience is Audience.GUEST
    language = words.language_of(booking.client.language if guest else "fr")
    _ = texts(language)
    build = {
        ("M02", Variant.CONFIRM): _confirm_option,
        ("M02", Variant.USUAL): _option_set,
        ("M03", Variant.USUAL): _new_file,
        ("M04", Variant.USUAL): _confirmed,
        ("M05", Variant.USUAL): _ends_soon,
        ("M07", Variant.USUAL): _ended_guest if guest else _ended_owner,
    }[kind, Variant(variant)]
    return build(_Case(booking, owner, link, documents, _))


@dataclass(frozen=True, slots=True)
class _Case:
    booking: booking_pb.Booking
    owner: catalog_pb.Owner
    link: str
    documents: Sequence[pb.Document]
    _: Texts

    @property
    def hello(self) -> str:
        return self._("Bonjour %(name)s,", name=client_name(self.booking.client))

    @property
    def what(self) -> str:
        names = [line.listing_name for line in self.booking.lines]
        return words.joined(list(dict.fromkeys(names)), self._.language)

    @property
    def signature(self) -> tuple[str, ...]:
        phones = " · ".join(one for one in (self.owner.phone, self.owner.mobile) if one)
        return tuple(part for part in (owner_name(self.owner), phones) if part)

    @property
    def until(self) -> str:
        if not self.booking.HasField("hold_expires_at"):
            return ""
        return words.moment(self.booking.hold_expires_at.ToDatetime(UTC), ZONE, self._.language)

    def facts(self, *, money: bool = True) -> tuple[tuple[str, str], ...]:
        language, totals = self._.language, self.booking.totals
        found = [(line.listing_name, stay(line.price.nights, language)) for line in self.booking.lines]
        found.append((self._("Dossier"), f"{self.owner.supplier_no}-{self.booking.number}"))
        if money:
            found.append((self._("Prix total"), amount(totals.total, language)))
            if totals.tourist_tax.amount:
                found.append((self._("Taxe de séjour (estimation)"), amount(totals.tourist_tax, language)))
        return tuple(found)

    def deposit(self) -> tuple[str, ...]:
        totals = self.booking.totals
        if not totals.deposit_due.amount or totals.deposit_paid.amount >= totals.deposit_due.amount:
            return ()
        at_once = clauses.due_at_once(totals, self._)
        reference = f"{self.owner.supplier_no}-{self.booking.number}"
        return (
            f"{clauses.deposit_sum(totals, self._)}.",
            clauses.deposit_meaning(totals.deposit_kind, self._),
            *((at_once,) if at_once else ()),
            *clauses.payee_lines(self.booking.terms, reference, self._),
        )


def _confirm_option(case: _Case) -> MailText:
    _ = case._
    until = _("Vos dates sont gardées jusqu’au %(until)s, le temps de confirmer.", until=case.until)
    return MailText(
        subject=_("Confirmez votre option : %(what)s", what=case.what),
        before=(case.hello, _("Vous avez demandé une option gratuite et sans engagement :")),
        facts=case.facts(),
        after=(
            until if case.until else "",
            _("Sans confirmation, les dates redeviennent libres et rien ne vous est demandé."),
        ),
        action=(_("Confirmer mon option"), case.link),
        end=(_("Si vous n’avez rien demandé, ne faites rien."), *case.signature),
        language=_.language,
    )


def _option_set(case: _Case) -> MailText:
    _ = case._
    kept = _("Les dates sont gardées pour vous, sans échéance.")
    if case.until:
        kept = _("Les dates sont gardées pour vous jusqu’au %(until)s.", until=case.until)
    deposit = case.deposit()
    reserve = (
        (_("Elle ne vous engage pas. Pour réserver, il suffit de verser :"), *deposit) if deposit else ()
    )
    return MailText(
        subject=_("Votre option est posée : %(what)s", what=case.what),
        before=(case.hello, _("Votre option est posée.") + " " + kept),
        facts=case.facts(),
        after=reserve,
        action=(_("Voir mon dossier"), case.link),
        end=case.signature,
        language=_.language,
    )


def _new_file(case: _Case) -> MailText:
    _ = case._
    client = case.booking.client
    confirmed = case.booking.state == booking_pb.BOOKING_STATE_CONFIRMED
    head = (
        _("Nouvelle réservation n° %(number)s : %(name)s")
        if confirmed
        else _("Nouvelle option n° %(number)s : %(name)s")
    )
    phones = " · ".join(one for one in (client.mobile, client.phone_home) if one)
    facts = [(_("Client"), f"{client_name(client)} ({client.code})")]
    facts += [(_("Téléphone"), phones)] if phones else []
    facts += [(_("E-mail"), client.email)] if client.email else []
    message = (_("Son message :"), case.booking.message) if case.booking.message.strip() else ()
    held = (_("Les dates sont gardées jusqu’au %(until)s.", until=case.until),) if case.until else ()
    return MailText(
        subject=head % {"number": case.booking.number, "name": client.last_name.upper()},
        before=(_("Bonjour %(name)s,", name=owner_name(case.owner)), *(() if confirmed else held)),
        facts=(*facts, *case.facts()),
        after=message,
        action=(_("Ouvrir le dossier"), case.link),
        language=_.language,
    )


def _confirmed(case: _Case) -> MailText:
    _ = case._
    attached = _("Vous trouverez ci-joint le contrat et l’état descriptif.")
    if not any(one.kind == pb.DOCUMENT_KIND_CONTRACT for one in case.documents):
        attached = _("Vous trouverez ci-joint l’état descriptif ; le contrat suivra.")
    schedule = [
        f"{what[:1].upper()}{what[1:]}{words.colon(_.language)}{price}, {when}."
        for what, price, when in clauses.instalments(case.booking.totals, _)
        if not (what == clauses.deposit_word(case.booking.totals.deposit_kind, _) and not case.deposit())
    ]
    return MailText(
        subject=_("Votre réservation est confirmée : %(what)s", what=case.what),
        before=(case.hello, _("Votre réservation est confirmée. Merci, et à bientôt !")),
        facts=case.facts(),
        after=(attached, *schedule),
        action=(_("Voir mon dossier"), case.link),
        end=case.signature,
        language=_.language,
    )


def _ends_soon(case: _Case) -> MailText:
    _ = case._
    return MailText(
        subject=_("Votre option prend fin dans deux jours : %(what)s", what=case.what),
        before=(
            case.hello,
            _(
                "Vos dates sont gardées jusqu’au %(until)s. Après, elles redeviennent libres.",
                until=case.until,
            ),
        ),
        facts=case.facts(),
        after=case.deposit(),
        action=(_("Voir mon dossier"), case.link),
        end=case.signature,
        language=_.language,
    )


def _ended_guest(case: _Case) -> MailText:
    _ = case._
    return MailText(
        subject=_("Votre option a pris fin : %(what)s", what=case.what),
        before=(case.hello, _("Votre option a pris fin : les dates sont redevenues libres. Rien n’est dû.")),
        facts=case.facts(money=False),
        action=(_("Voir mon dossier"), case.link),
        end=case.signature,
        language=_.language,
    )


def _ended_owner(case: _Case) -> MailText:
    _ = case._
    client = case.booking.client
    return MailText(
        subject=_(
            "L’option n° %(number)s a pris fin : %(name)s",
            number=case.booking.number,
            name=client.last_name.upper(),
        ),
        before=(
            _("Bonjour %(name)s,", name=owner_name(case.owner)),
            _("Cette option a pris fin sans suite : les dates sont de nouveau en vente."),
        ),
        facts=((_("Client"), f"{client_name(client)} ({client.code})"), *case.facts()),
        action=(_("Ouvrir le dossier"), case.link),
        language=_.language,
    )


def draft_text(
    booking: booking_pb.Booking, owner: catalog_pb.Owner, documents: Sequence[pb.Document]
) -> tuple[str, str]:
    """Subject and text proposed to the owner for a mail with documents."""
    _ = texts(words.language_of(booking.client.language))
    case = _Case(booking, owner, "", documents, _)
    names = {
        pb.DOCUMENT_KIND_CONTRACT: _("le contrat"),
        pb.DOCUMENT_KIND_PROPERTY_STATEMENT: _("l’état descriptif"),
    }
    what = words.joined([names[kind] for kind in sorted({one.kind for one in documents})], _.language)
    stays = [f"{name}{words.colon(_.language)}{when}" for name, when in case.facts(money=False)[:-1]]
    parts = [
        case.hello,
        _("Voici %(what)s de votre séjour.", what=what) if what else "",
        "\n".join(stays),
        _("Merci de me renvoyer un exemplaire du contrat signé.")
        if pb.DOCUMENT_KIND_CONTRACT in {one.kind for one in documents}
        else "",
        "\n".join(case.deposit()),
        _("Bien cordialement,"),
        "\n".join(case.signature),
    ]
    subject = _("Votre séjour, dossier n° %(number)s", number=booking.number)
    return subject, "\n\n".join(part for part in parts if part)


def to_message(
    text: MailText,
    envelope: Envelope,
    *,
    addresses: Addresses,
    client_email: str,
    owner: catalog_pb.Owner,
    files: Sequence[tuple[str, bytes]],
) -> EmailMessage:
    """The whole message: text, HTML, attachments, and headers that cannot be forged by what people typed."""
    message = EmailMessage(policy=SMTP)
    local, _, host = addresses.sender.partition("@")
    name = owner_name(owner) if envelope.to_guest else addresses.product
    message["From"] = Address(_one_line(name), local, host)
    message["To"] = _one_line(envelope.recipient)
    reply_to = owner.email if envelope.to_guest else client_email
    if is_address(reply_to):
        message["Reply-To"] = reply_to
    message["Subject"] = _one_line(text.subject)
    message["Date"] = envelope.sent_at
    message["Message-ID"] = f"<{envelope.mail_id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    view: dict[str, Any] = {
        "mail": text,
        "colon": words.colon(text.language),
        "to_guest": envelope.to_guest,
        "product": addresses.product,
    }
    message.set_content(render("mail.txt", view, text.language))
    message.add_alternative(render("mail.html", view, text.language), subtype="html")
    for file_name, content in files:
        message.add_attachment(content, maintype="application", subtype="pdf", filename=file_name)
    return message


def _one_line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
