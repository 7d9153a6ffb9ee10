"""Which documents go with a mail: the last ones made, and none while one is missing."""

from gateway.owner.papers import newest
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.documents.v1 import documents_service_pb2 as documents_pb

CONTRACT = documents_pb.DOCUMENT_KIND_CONTRACT
STATEMENT = documents_pb.DOCUMENT_KIND_PROPERTY_STATEMENT
FILE = booking.Booking(lines=[booking.BookingLine(listing_id=each) for each in ("mas", "mazet", "mas")])


def a_document(name, kind, listing="", at=1):
    found = documents_pb.Document(id=name, kind=kind, listing_id=listing)
    found.created_at.FromSeconds(at)
    return found


def test_the_last_version_of_each_goes_with_the_mail_once():
    made = [
        a_document("contract 2", CONTRACT, at=9),
        a_document("contract 1", CONTRACT),
        a_document("mas", STATEMENT, "mas"),
        a_document("mazet", STATEMENT, "mazet"),
        a_document("another's", STATEMENT, "grange"),
    ]
    assert [each.id for each in newest(made, FILE)] == ["contract 2", "mas", "mazet"]


def test_while_one_is_missing_none_is_offered():
    assert newest([a_document("contract", CONTRACT), a_document("mas", STATEMENT, "mas")], FILE) is None
    assert newest([], FILE) is None
