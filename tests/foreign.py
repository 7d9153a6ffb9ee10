"""What a stranger sends to reach things of 27144: requests filled with her real ids, by the names of their fields."""

import re
import uuid
from dataclasses import dataclass

import httpx
from chassis.errors import ErrorKind, RemoteError
from google.protobuf import text_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from sejour.availability.v1 import availability_service_pb2 as planning_pb
from sejour.availability.v1 import availability_types_pb2 as availability
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.booking.v1 import proposal_service_pb2 as proposals_pb
from sejour.catalog.v1 import listing_service_pb2 as listings_pb
from sejour.catalog.v1 import owner_service_pb2 as owners_pb
from sejour.common.v1 import common_pb2 as common
from sejour.documents.v1 import documents_service_pb2 as documents_pb
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing
from stack_calls import SERVICES, message_class

METHODS = {
    f"{service.name}.{method.name}": method for service in SERVICES.values() for method in service.methods
}
# What a plain « id » means, by the call; elsewhere by the message that holds it.
IDS = {
    "GetListing": "listing", "UpdateListing": "listing", "GetChecklist": "listing", "PutInProduction": "listing",
    "Withdraw": "listing", "GetPhoto": "photo", "ListListings": "listing", "BatchGetCards": "listing",
    "GetOwner": "owner", "GetLabel": "label", "GetImport": "import", "GetClient": "client", "GetBooking": "booking",
    "ListBookings": "booking", "GetTariff": "tariff", "DeleteTariff": "tariff", "DeleteSeason": "season",
    "DeletePrice": "price", "DeleteSupplement": "supplement", "DeleteDiscount": "discount", "GetQuote": "quote",
    "GetProposal": "proposal", "RemoveBlock": "block", "GetDocumentFile": "document",
}  # fmt: skip
NUMBERS = {
    "adults": 2,
    "amount": 2,
    "nights": 2,
    "number": 2,
    "size": 320,
    "year": 2026,
    "basis_points": 1000,
    "percent": 10,
}
TEXTS = {
    "arrival": "2026-09-05", "departure": "2026-09-12", "received_on": "2026-02-01", "booked_on": "2026-02-01",
    "before": "2026-02-01", "collected_from": "2026-01-01", "collected_to": "2026-12-31", "first": "2026-09-05",
    "last": "2026-09-12", "currency": "EUR", "by": "CLIENT", "nature": "DEPOSIT", "expiry": "DEFAULT",
    "recipient": "x@stranger.example", "email": "x@stranger.example", "language": "fr", "civility": "MR",
    "primary_color": "#A8481F", "postal_code": "07460", "insee": "07028", "country": "FR",
} | dict.fromkeys(("siret", "vat_number", "query", "chip", "cursor", "place", "source"), "")  # fmt: skip
MAP_KEYS = {"name": "fr", "accepted": "description_version"}
KINDS = {"PriceOnDates": "price", "BookingLine": "line"}
OPEN = {
    "CalendarService.CheckNights", "CalendarService.GetCalendar", "CalendarService.GetHole",
    "CalendarService.GetReadiness", "ListingService.BatchGetCards", "ListingService.GetFields",
    "ListingService.GetPhoto", "OwnerService.GetLabel", "OwnerService.ListLabels", "PriceService.CreateQuote",
    "PriceService.EstimateTax", "PriceService.PriceCalendar", "PriceService.PriceStay",
    "SearchService.FindAlternatives", "SearchService.GetIndexStatus", "SearchService.Search",
    "SearchService.SearchMany",
    "TariffService.ListSupplements", "TariffService.ListTaxRules", "TermsService.GetTerms",
    "TermsService.PreviewSchedule",
}  # fmt: skip
"""What the hosted pages show to anybody, by the contracts."""
NOBODY = "01990000-0000-7000-8000-000000000000"


@dataclass
class Things:
    """Ids of one owner's things by kind, and what must never be seen of him."""

    ids: dict[str, str]
    private: tuple[str, ...]

    def with_draft(self) -> "Things":
        return Things(self.ids | {"listing": self.ids["draft"]}, self.private)

    def absent(self) -> "Things":
        return Things(dict.fromkeys(self.ids, NOBODY) | {"supplier_no": "99999999"}, ())


def fill(message: Message, method: str, things: Things) -> Message:
    """Fills every field of a request, the first of each choice."""
    for field in message.DESCRIPTOR.fields:
        choice = field.containing_oneof
        if choice is not None and len(choice.fields) > 1 and choice.fields[0] is not field:
            continue
        _fill_field(message, field, method, things)
    return message


def _fill_field(message: Message, field: FieldDescriptor, method: str, things: Things) -> None:
    name, entry = field.name, field.message_type
    if entry is not None and entry.GetOptions().map_entry:
        _fill_map(message, name, things)
    elif entry is not None:
        into = getattr(message, name)
        _fill_message(into.add() if field.is_repeated else into, field, method, things)
    elif field.type == FieldDescriptor.TYPE_STRING:
        text = _text(message, field, method, things)
        if field.is_repeated:
            getattr(message, name).append(text)
        else:
            setattr(message, name, text)
    elif not field.is_repeated:
        number = _number(field, method, things)
        if number is not None:
            setattr(message, name, number)


def _fill_map(message: Message, name: str, things: Things) -> None:
    if name == "parties":
        message.parties[things.ids["line"]].adults = 2
    elif name in MAP_KEYS:
        getattr(message, name)[MAP_KEYS[name]] = "x"


def _number(field: FieldDescriptor, method: str, things: Things) -> int | bytes | None:
    if field.name == "supplier_no":
        return int(things.ids["supplier_no"])
    if field.type == FieldDescriptor.TYPE_BYTES:
        return b"x"
    if field.type == FieldDescriptor.TYPE_ENUM:
        return 1
    if field.name == "revision":
        return None if method.startswith(("Get", "List")) else 1
    return NUMBERS.get(field.name)


def _fill_message(into: Message, field: FieldDescriptor, method: str, things: Things) -> None:
    if field.message_type.full_name.startswith("google.protobuf."):
        if field.message_type.name == "Timestamp":
            into.FromJsonString("2026-09-01T10:00:00Z")
    else:
        into.SetInParent()
        fill(into, method, things)


def _text(message: Message, field: FieldDescriptor, method: str, things: Things) -> str:
    name = field.name
    if name in {"id", "ids"}:
        own = message.DESCRIPTOR.name
        snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in own).lstrip("_")
        kind = IDS.get(method) if own.endswith("Request") else KINDS.get(own, snake)
        return things.ids.get(kind or "", NOBODY)
    kind = name.removesuffix("s").removesuffix("_id")
    if name.endswith(("_id", "_ids")):
        return str(uuid.uuid4()) if name == "request_id" else things.ids.get(kind, NOBODY)
    return TEXTS.get(name, "x")


def owner_of(calls, number):
    return calls("OwnerService.GetOwner", owners_pb.GetOwnerRequest(supplier_no=number), "operator").owner


def _always(name):
    """The same id of a request each time, so that two files of tests share what they make."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"tests.foreign {name}"))


def _a_proposal(ask, owner_id, file, quote):
    """A devis of hers, the same each time: one quote makes one."""
    listed = ask("ProposalService.ListProposals", proposals_pb.ListProposalsRequest(owner_id=owner_id))
    if listed.proposals:
        return listed.proposals[0]
    made = proposals_pb.CreateProposalRequest(
        request_id=str(uuid.uuid4()),
        quote_id=ask("PriceService.CreateQuote", quote).quote.id,
        client_id=file.client.id,
    )
    return ask("ProposalService.CreateProposal", made).proposal


def things_of_27144(calls) -> Things:
    """27144 with one thing of every kind."""
    owner = owner_of(calls, 27144)
    grant = f"owner:{owner.id}"

    def ask(name, request):
        return calls(name, request, grant)

    listings = ask("ListingService.ListListings", listings_pb.ListListingsRequest(owner_id=owner.id)).listings
    listing = next(each for each in listings if each.code == "07MS01731")
    draft = next(each for each in listings if each.code == "07MS01732")
    number = bookings_pb.OwnerNumber(owner_id=owner.id, number=1)
    file = ask("BookingService.GetBooking", bookings_pb.GetBookingRequest(number=number)).booking
    of_owner = pricing_pb.OwnerRequest(owner_id=owner.id)
    plans = ask("TariffService.ListRatePlans", of_owner).rate_plans
    nights = common.Nights(arrival="2027-11-06", departure="2027-11-07")
    block = availability.Block(listing_id=listing.id, nights=nights, reason=availability.BLOCK_REASON_WORKS)
    contract = documents_pb.RenderDocumentRequest(
        booking_id=file.id, kind=documents_pb.DOCUMENT_KIND_CONTRACT
    )
    line = pricing_pb.QuoteLineRequest(
        listing_id=listing.id, rate_plan_id=plans[0].id, party=common.Party(adults=2), agreed_reason="Test",
        nights=common.Nights(arrival="2026-09-05", departure="2026-09-12"),
        agreed_total=common.Money(amount=50000, currency="EUR"),
    )  # fmt: skip
    quote = pricing_pb.CreateQuoteRequest(
        request_id=str(uuid.uuid4()), lines=[line], terms_revision=file.terms.revision
    )
    proposal = _a_proposal(ask, owner.id, file, pricing_pb.CreateQuoteRequest(
        request_id=str(uuid.uuid4()), lines=[line], terms_revision=file.terms.revision
    ))  # fmt: skip
    price = pricing.PriceOnDates(
        owner_id=owner.id, listing_id=listing.id, rate_plan_id=plans[0].id, nights=nights, reason="Test",
        unit=pricing.PRICE_UNIT_NIGHT, price=common.Money(amount=9900, currency="EUR"),
    )  # fmt: skip
    start = listings_pb.ImportStart(
        request_id=str(uuid.uuid4()), owner_id=owner.id, file_name="x.json", dry_run=True
    )
    feed = [listings_pb.ImportRequest(start=start), listings_pb.ImportRequest(content=b"[]")]
    ids = {
        "owner": owner.id, "supplier_no": str(owner.supplier_no), "listing": listing.id, "draft": draft.id, "code": listing.code,
        "photo": listing.photos[0].id, "booking": file.id, "line": file.lines[0].id, "client": file.client.id,
        "payment": file.payments[0].id, "rate_plan": plans[0].id, "label": listing.label_id,
        "season": ask("TariffService.ListSeasons", of_owner).seasons[0].id,
        "tariff": ask("TariffService.ListTariffs", of_owner).tariffs[0].id,
        "supplement": ask("TariffService.ListSupplements", of_owner).supplements[0].id,
        "discount": ask("TariffService.ListDiscounts", of_owner).discounts[0].id,
        "quote": ask("PriceService.CreateQuote", quote).quote.id,
        "proposal": proposal.id,
        "block": ask(
            "PlanningService.AddBlock", planning_pb.AddBlockRequest(request_id=_always("block"), block=block)
        ).block.id,
        "price": ask(
            "TariffService.SavePrice", pricing_pb.SavePriceRequest(request_id=_always("price"), price=price)
        ).price.id,
        "import": ask("ImportService.Import", feed).id,
        "document": ask("DocumentsService.RenderDocument", contract).document.id,
    }  # fmt: skip
    private = (
        "DUPONT",
        "Lilas",
        "FR7630006000011234567890189",
        file.id,
        file.client.id,
        file.reference,
        "4410012",
    )
    return Things(ids, private)


def outcome(calls, name: str, things: Things, grant: str) -> Message | RemoteError:
    """The answer, or the refusal."""
    method = METHODS[name]
    try:
        return calls(name, fill(message_class(method)(), method.name, things), grant)
    except RemoteError as error:
        return error


def refusal(found: Message | RemoteError) -> tuple:
    """What a caller learns of a refusal."""
    assert isinstance(found, RemoteError), found
    assert found.kind in {ErrorKind.NOT_FOUND, ErrorKind.FORBIDDEN}, (
        found.kind,
        found.reason,
        found.fields,
        found.metadata,
    )
    return found.kind, found.reason


def seen(found: Message, words) -> list[str]:
    text = text_format.MessageToString(found, as_utf8=True)
    return [word for word in words if word in text]


class Person:
    """A browser without script, signed in."""

    def __init__(self, stack, login, password):
        host = {"Host": f"app.localhost:{stack.port}", "Accept": "text/html", "Accept-Language": "fr"}
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{stack.port}", headers=host, timeout=30)
        answer = self.client.post("/connexion", data={"identifiant": login, "mot_de_passe": password})
        assert answer.status_code == 303, answer.text
        self.client.headers["Cookie"] = answer.headers["set-cookie"].split(";")[0]
        self.token = re.search(r'name="_token" value="([0-9a-f]+)"', self.get("/codes").text)[1]

    def get(self, path):
        return self.client.get(path)

    def post(self, path, **data):
        return self.client.post(path, data={"_token": self.token} | data)
