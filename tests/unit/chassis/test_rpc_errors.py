"""What gRPC itself says, without a word of ours, becomes a failure that its caller can handle."""

import grpc
import pytest
from chassis.errors import ErrorKind
from chassis.rpc_errors import from_rpc_error


def an_error(code: grpc.StatusCode, said: str) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(), details=said)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (grpc.StatusCode.UNAVAILABLE, "failed to connect to all addresses"),
        (grpc.StatusCode.CANCELLED, "CANCELLED"),
        (grpc.StatusCode.UNKNOWN, "Stream removed"),
    ],
)
def test_a_server_that_went_away_is_unavailable_and_may_be_asked_again(code, said):
    found = from_rpc_error(an_error(code, said))
    assert (found.kind, found.reason) == (ErrorKind.UNAVAILABLE, "SERVICE_UNAVAILABLE")
    assert found.retry_after == 1.0
    assert not found.answered


def test_a_deadline_and_a_bug_keep_their_kinds():
    assert from_rpc_error(an_error(grpc.StatusCode.DEADLINE_EXCEEDED, "")).kind is ErrorKind.DEADLINE
    assert from_rpc_error(an_error(grpc.StatusCode.UNKNOWN, "odd")).kind is ErrorKind.INTERNAL
