"""The register of the tourist tax on paper, drawn from the rows that the gateway gives and not stored."""

from datetime import date
from itertools import chain

from chassis.actor import Scope
from chassis.clock import Clock
from sejour.documents.v1 import documents_service_pb2 as pb

from documents.application.access import AsSystem
from documents.application.ports import Printer, Sources
from documents.application.render_document import DEFAULT_ZONE, made_on
from documents.domain.errors import BadValue, NotAllowed
from documents.printing import words
from documents.printing.render import render
from documents.printing.tax_register import tax_register_view
from documents.printing.texts import texts

MOST_STAYS = 2000
"""WeasyPrint takes 7 ms and 0.2 MB a stay: more do not come within the time of a page."""


class TaxRegisterPaper:
    """`PrintTaxRegister`."""

    def __init__(self, sources: Sources, printer: Printer, as_system: AsSystem, clock: Clock) -> None:
        self._sources = sources
        self._printer = printer
        self._as_system = as_system
        self._clock = clock

    async def __call__(self, request: pb.PrintTaxRegisterRequest) -> tuple[pb.Document, bytes]:
        """The document, without id and version, and its bytes.

        Raises:
            NotAllowed: the actor may not act for that owner.
            BadValue: days that are none, or too many stays.

        """
        if not Scope.current().may("owner", request.owner_id):
            raise NotAllowed
        first, last = _read(request.first, "first"), _read(request.last, "last")
        if last < first:
            raise BadValue(field="last")
        _check_stays(request)
        language = words.language_of(request.language)
        with self._as_system():
            owner = await self._sources.owner(request.owner_id)
        view = tax_register_view(owner, request.communes, first, last, texts(language))
        day = made_on(self._clock(), DEFAULT_ZONE, language)
        content = await self._printer.print(render("tax_register.html", view, language, made_on=day))
        name = f"taxe-de-sejour-{first.isoformat()}-{last.isoformat()}.pdf"
        return pb.Document(owner_id=owner.id, file_name=name, language=language), content


def _read(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(field=field) from None


def _check_stays(request: pb.PrintTaxRegisterRequest) -> None:
    stays = list(chain.from_iterable(each.stays for each in request.communes))
    if len(stays) > MOST_STAYS:
        raise BadValue(field="communes")
    for stay in stays:
        if _read(stay.nights.departure, "nights") <= _read(stay.nights.arrival, "nights"):
            raise BadValue(field="nights")
