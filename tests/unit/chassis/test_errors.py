"""Failures travel whole: kind, reason, metadata, fields and the time to wait."""

import ast
from pathlib import Path

import chassis.errors
import grpc
import pytest
from chassis.errors import (
    ErrorKind,
    FieldError,
    InternalError,
    Malformed,
    RemoteError,
    ServiceError,
    Unavailable,
)
from chassis.rpc_errors import from_status, status_code, to_status
from hypothesis import given
from hypothesis import strategies as st


class NightsTaken(ServiceError):
    kind = ErrorKind.CONFLICT
    reason = "NIGHTS_TAKEN"


def test_kind_reason_and_metadata_come_back_as_they_went():
    found = from_status(to_status(NightsTaken(arrival="2027-07-03", nights=7)))
    assert (found.kind, found.reason) == (ErrorKind.CONFLICT, "NIGHTS_TAKEN")
    assert found.metadata == {"arrival": "2027-07-03", "nights": "7"}


def test_fields_and_the_time_to_wait_come_back():
    found = from_status(to_status(Malformed(fields=[FieldError("lines[0].arrival", "NOT_A_DATE")])))
    assert found.fields == (FieldError("lines[0].arrival", "NOT_A_DATE"),)
    assert from_status(to_status(Unavailable(retry_after=2.5))).retry_after == 2.5


@given(st.sampled_from(ErrorKind))
def test_every_kind_survives_the_wire_and_has_both_codes(kind):
    found = from_status(to_status(RemoteError(kind, "SOME_REASON")))
    assert (found.kind, found.reason) == (kind, "SOME_REASON")
    assert kind.http_status in {400, 401, 403, 404, 409, 422, 429, 500, 503}
    assert status_code(kind) is not grpc.StatusCode.OK


def test_what_is_internal_tells_the_caller_nothing():
    class Leaky(ServiceError):
        reason = "DATABASE_PASSWORD_WRONG"

    status = to_status(Leaky(password="hunter2"))
    assert "hunter2" not in str(status)
    assert from_status(status).reason == InternalError.reason


@pytest.mark.parametrize("text", ["kind", "method", "fields", "retry_after"])
def test_metadata_named_like_an_argument_does_not_break_a_remote_error(text):
    error = RemoteError(ErrorKind.CONFLICT, "X", metadata={text: "v"})
    assert error.metadata[text] == "v"
    assert from_status(to_status(error)).metadata[text] == "v"
    assert from_status(to_status(error)).kind is ErrorKind.CONFLICT


def test_errors_need_nothing_but_the_standard_library():
    tree = ast.parse(Path(chassis.errors.__file__).read_text())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= {"collections.abc", "dataclasses", "enum", "typing"}
