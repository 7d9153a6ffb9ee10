"""« Tarifs 2026 »: the prices of one listing and year on one page, drawn and not stored."""

import asyncio
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.errors import RemoteError
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.application.access import AsSystem, not_found_as_listing
from documents.application.ports import Printer, Sources
from documents.application.render_document import DEFAULT_ZONE, made_on
from documents.domain.errors import BadValue, ListingNotFound
from documents.printing import words
from documents.printing.rate_table import density, rate_table_view
from documents.printing.render import render
from documents.printing.texts import texts

YEARS = range(2000, 2200)


class RateTable:
    """`GetRateTable`."""

    def __init__(self, sources: Sources, printer: Printer, as_system: AsSystem, clock: Clock) -> None:
        self._sources = sources
        self._printer = printer
        self._as_system = as_system
        self._clock = clock

    async def __call__(self, listing_id: str, year: int, language: str) -> tuple[pb.Document, bytes]:
        """The document, without id and version, and its bytes.

        Raises:
            ListingNotFound: not the actor's.
            BadValue: a year that nobody means.

        """
        if year not in YEARS:
            raise BadValue(field="year")
        try:
            UUID(listing_id)
            listing = await self._sources.listing(listing_id)
        except ValueError:
            raise ListingNotFound from None
        except RemoteError as error:
            raise not_found_as_listing(error) from error
        if not Scope.current().may("owner", UUID(listing.owner_id)):
            raise ListingNotFound
        language = words.language_of(language)
        with self._as_system():
            owner, sheet = await asyncio.gather(
                self._sources.owner(listing.owner_id), self._sources.prices(listing.owner_id)
            )
        view = rate_table_view(listing, owner, sheet, year, texts(language))
        day = made_on(self._clock(), listing.zone or DEFAULT_ZONE, language)
        document = pb.Document(
            owner_id=listing.owner_id,
            listing_id=listing.id,
            file_name=f"tarifs-{year}-{listing.code}.pdf",
            language=language,
        )
        html = render("rate_table.html", view, language, made_on=day, density=density(view))
        return document, await self._printer.print(html)
