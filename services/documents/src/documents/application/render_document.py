"""Makes a document of a file, or finds the stored one when nothing that it prints has changed."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.catalog.v1 import catalog_types_pb2 as catalog_pb
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.application.access import AsSystem, reach_booking
from documents.application.ports import Draft, Place, Printer, Shelf, Sources
from documents.domain.errors import BadValue, ListingNotFound, PartyNotStated
from documents.printing import words
from documents.printing.contract import ContractSources, contract_view
from documents.printing.render import input_hash, render
from documents.printing.statement import StatementSources, statement_view

DEFAULT_ZONE = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class DocumentRendering:
    """`RenderDocument`, and the same for mails."""

    sources: Sources
    shelf: Shelf
    printer: Printer
    as_system: AsSystem

    async def __call__(self, booking_id: str, kind: int, listing_id: str) -> pb.Document:
        """A document of a file that the actor may see.

        Raises:
            BookingNotFound: another's file, or none.
            PartyNotStated: a contract, and the persons of a line are not stated.
            ListingNotFound: an état descriptif, and no line sells that listing.
            BadValue: no such kind.

        """
        booking = await reach_booking(self.sources, self.as_system, booking_id)
        with self.as_system():
            if kind == pb.DOCUMENT_KIND_CONTRACT:
                return await self.contract(booking)
            if kind == pb.DOCUMENT_KIND_PROPERTY_STATEMENT:
                return await self.statement(booking, listing_id)
        raise BadValue(field="kind")

    async def contract(self, booking: booking_pb.Booking) -> pb.Document:
        """The contract of a file; the system acts.

        Raises:
            PartyNotStated: the persons of a line are not stated.

        """
        for line in booking.lines:
            if not line.price.party.adults and not line.price.party.children_ages:
                raise PartyNotStated(line_id=line.id)
        owner, fields, listings = await asyncio.gather(
            self.sources.owner(booking.owner_id), self.sources.fields(), self._listings(booking)
        )
        first = listings[booking.lines[0].listing_id]
        label = await self.sources.label(first.label_id)
        language = words.language_of(booking.client.language)
        view = contract_view(ContractSources(booking, owner, label, listings, fields), language)
        zone = first.zone or DEFAULT_ZONE

        async def draw(version: int, now: datetime) -> bytes:
            return await self.printer.print(
                render("contract.html", view, language, version=version, made_on=made_on(now, zone, language))
            )

        stem = "confirmation" if view["guest_room"] else "contrat"
        draft = Draft(
            place=Place(UUID(booking.id), pb.DOCUMENT_KIND_CONTRACT, None, language),
            owner_id=UUID(booking.owner_id),
            input_hash=input_hash("contract", view),
            revisions={
                "booking": booking.revision,
                "listing": first.revision,
                "terms": booking.terms.revision,
            },
            stem=f"{stem}-{owner.supplier_no}-{booking.number}",
            draw=draw,
        )
        return await self.shelf.keep(draft)

    async def statement(self, booking: booking_pb.Booking, listing_id: str) -> pb.Document:
        """The état descriptif of one line of a file; the system acts.

        Raises:
            ListingNotFound: no line sells that listing.

        """
        line = next((one for one in booking.lines if one.listing_id == listing_id), None)
        if line is None:
            raise ListingNotFound
        language = words.language_of(booking.client.language)
        listing = await self.sources.listing(listing_id, line.price.listing_revision)
        booked_on = date.fromisoformat(booking.booked_on or line.price.nights.arrival)
        found = await gather_statement(self.sources, listing, today=booked_on, terms=booking.terms)
        place = Place(UUID(booking.id), pb.DOCUMENT_KIND_PROPERTY_STATEMENT, UUID(listing_id), language)
        revisions = {
            "booking": booking.revision,
            "listing": listing.revision,
            "terms": booking.terms.revision,
        }
        return await self.shelf.keep(
            statement_draft(self.sources, self.printer, found, place, revisions, suffix=f"-{booking.number}")
        )

    async def everything(self, booking: booking_pb.Booking) -> list[pb.Document]:
        """The contract, where the persons are stated, and the état descriptif of each listing."""
        found = []
        # The owner is told by a banner; the client gets the contract once they are.
        with contextlib.suppress(PartyNotStated):
            found.append(await self.contract(booking))
        listing_ids = dict.fromkeys(line.listing_id for line in booking.lines)
        return found + [await self.statement(booking, one) for one in listing_ids]

    async def _listings(self, booking: booking_pb.Booking) -> dict[str, catalog_pb.Listing]:
        wanted = {line.listing_id: line.price.listing_revision for line in booking.lines}
        found = await asyncio.gather(*(self.sources.listing(*pair) for pair in wanted.items()))
        return dict(zip(wanted, found, strict=True))


async def gather_statement(
    sources: Sources,
    listing: catalog_pb.Listing,
    *,
    today: date,
    terms: booking_pb.SalesTerms | None = None,
) -> StatementSources:
    """Asks the other services for all that an état descriptif prints; the system acts."""
    owner, label, fields, prices = await asyncio.gather(
        sources.owner(listing.owner_id),
        sources.label(listing.label_id),
        sources.fields(),
        sources.prices(listing.owner_id),
    )
    if terms is None:
        terms = await sources.terms(listing.owner_id)
    return StatementSources(listing, owner, label, fields, prices, terms, today)


def statement_draft(
    sources: Sources,
    printer: Printer,
    found: StatementSources,
    place: Place,
    revisions: Mapping[str, int],
    *,
    suffix: str = "",
) -> Draft:
    """An état descriptif about to be drawn."""
    view = statement_view(found, place.language)

    async def draw(version: int, now: datetime) -> bytes:
        photo = await sources.photo(view["photo"]) if view["photo"] else None
        zone = found.listing.zone or DEFAULT_ZONE
        html = render(
            "statement.html",
            view,
            place.language,
            version=version,
            made_on=made_on(now, zone, place.language),
            has_photo=photo is not None,
        )
        return await printer.print(html, {"photo": photo} if photo is not None else None)

    return Draft(
        place=place,
        owner_id=UUID(found.listing.owner_id),
        input_hash=input_hash("statement", view),
        revisions=revisions,
        stem=f"etat-descriptif-{found.listing.code}{suffix}",
        draw=draw,
    )


def made_on(now: datetime, zone: str, language: str) -> str:
    """The day of a document in its listing's zone, in words."""
    return words.day(now.astimezone(ZoneInfo(zone)).date(), language, weekday=False)
