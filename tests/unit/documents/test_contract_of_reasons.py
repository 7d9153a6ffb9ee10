"""The reasons of the contract and those of the code are the same."""

from documents.domain.errors import REASONS
from sejour.documents.v1.documents_reasons_pb2 import DocumentsReason


def test_the_reasons_of_the_contract_are_those_of_the_domain():
    assert set(DocumentsReason.keys()) - {"DOCUMENTS_REASON_UNSPECIFIED"} == REASONS
