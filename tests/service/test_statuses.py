"""Every code there is comes out of the client as the exception that an embedded ledger raises."""

from typing import Any

import grpc
import pytest
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

import loyalty_ledger as ll
from loyalty_ledger import _core, errors
from service.networks import told_server

# The class of a code, and the number of its gRPC status.
STATUSES = {
    "invalid": code_pb2.INVALID_ARGUMENT,
    "conflict": code_pb2.ALREADY_EXISTS,
    "refused": code_pb2.FAILED_PRECONDITION,
    "not_found": code_pb2.NOT_FOUND,
    "not_allowed": code_pb2.PERMISSION_DENIED,
    "limit": code_pb2.RESOURCE_EXHAUSTED,
    "unavailable": code_pb2.UNAVAILABLE,
    "unknown": code_pb2.DEADLINE_EXCEEDED,
    "corrupt": code_pb2.DATA_LOSS,
}
STATUSES_BY_NAME = {"UNKNOWN_CREDENTIAL": code_pb2.UNAUTHENTICATED}
CODES = [(name, kind) for _, name, kind, *_ in _core.CODES if kind != "applied"]


def raised_for(status: status_pb2.Status) -> ll.LedgerError:
    def answer(_rpc: str, _request: bytes, context: grpc.ServicerContext) -> bytes:
        context.abort_with_status(rpc_status.to_status(status))
        raise AssertionError

    says_no = pytest.raises(ll.LedgerError)
    with told_server(answer) as address, ll.connect(address, deadline=5) as client, says_no as raised:
        client.accrue("m-1", 5, key="a-1")
    return raised.value


def status(code: int, message: str, *details: Any) -> status_pb2.Status:
    told = status_pb2.Status(code=code, message=message)
    for detail in details:
        packed = Packed()
        packed.Pack(detail)
        told.details.append(packed)
    return told


def info(reason: str, **figures: str) -> error_details_pb2.ErrorInfo:
    return error_details_pb2.ErrorInfo(reason=reason, domain="loyalty-ledger", metadata=figures)


@pytest.mark.parametrize(("name", "kind"), CODES)
def test_every_code(name: str, kind: str) -> None:
    number = STATUSES_BY_NAME.get(name, STATUSES[kind])
    raised = raised_for(status(number, f"{name}: what it means", info(name, requested="120")))
    assert type(raised) is errors.CLASSES[name]
    assert (raised.code, raised.details["requested"]) == (name, 120)


def test_figures_fields_and_when_to_come_again() -> None:
    figures = info("FIELD_INVALID", entry="7", replayed="true", word="some")
    wrong = error_details_pb2.BadRequest(
        field_violations=[error_details_pb2.BadRequest.FieldViolation(field="lines[2].quantity", description="is 0")]
    )
    retry = error_details_pb2.RetryInfo(retry_delay=Duration(nanos=100_000_000))
    raised = raised_for(status(code_pb2.INVALID_ARGUMENT, "FIELD_INVALID: told", figures, wrong, retry))
    assert str(raised) == "told"
    assert raised.details == {
        "entry": 7,
        "replayed": True,
        "word": "some",
        "fields": {"lines[2].quantity": "is 0"},
        "retry_after": 0.1,
    }


def test_a_code_of_a_newer_server() -> None:
    raised = raised_for(status(code_pb2.FAILED_PRECONDITION, "SOMETHING_NEW: told", info("SOMETHING_NEW", held="3")))
    assert type(raised) is ll.Refused and raised.details["held"] == 3
    assert "SOMETHING_NEW" in str(raised)


def test_the_domain_of_somebody_else() -> None:
    other = error_details_pb2.ErrorInfo(reason="INSUFFICIENT_POINTS", domain="proxy.example")
    raised = raised_for(status(code_pb2.FAILED_PRECONDITION, "not here", other))
    assert type(raised) is ll.Refused and raised.details == {"status": "FAILED_PRECONDITION"}
