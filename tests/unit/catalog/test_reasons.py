"""The reasons of the contract are those of the code."""

import inspect

from catalog.domain import errors
from chassis.errors import RequestIdReused, ServiceError
from sejour.catalog.v1.catalog_reasons_pb2 import CatalogReason


def test_the_contract_lists_every_reason_and_no_other():
    raised = {
        one.reason
        for _, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, ServiceError) and one.__module__ == errors.__name__
    }
    assert raised | {RequestIdReused.reason} == set(CatalogReason.keys()) - {"CATALOG_REASON_UNSPECIFIED"}
