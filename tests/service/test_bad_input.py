"""What no client of ours would send: the server says what is wrong, and nothing of it is written."""

import time
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

import loyalty_ledger as ll
from loyalty_ledger._pb.ledger_service_pb2_grpc import LedgerServiceStub
from loyalty_ledger._pb.members_pb2 import BlockMemberRequest, EnrollMemberRequest
from loyalty_ledger._pb.names_pb2 import MemberName, Reference
from loyalty_ledger._pb.points_pb2 import AccruePointsRequest, AdjustPointsRequest, ForgiveDebtRequest
from loyalty_ledger._pb.purchases_pb2 import Line, RecordPurchaseRequest
from loyalty_ledger._pb.receipt_pb2 import Receipt, Source
from loyalty_ledger._pb.reversals_pb2 import ReverseTransactionRequest
from loyalty_ledger.remote import statuses
from service.networks import SECONDS

ANN = MemberName(id="m-1")
KEYED: dict[str, Any] = {"key": "k", "member": ANN}


@pytest.fixture
def channel(server: ll.Server, served: ll.Ledger) -> Iterator[grpc.Channel]:
    served.enroll("m-1")
    with grpc.insecure_channel(server.address) as opened:
        yield opened


@pytest.fixture
def stub(channel: grpc.Channel) -> Any:
    return LedgerServiceStub(channel)


def refused(rpc: Any, message: Any) -> ll.LedgerError:
    with pytest.raises(grpc.RpcError) as raised:
        rpc(message, timeout=SECONDS)
    return statuses.exception(raised.value)


@pytest.mark.parametrize(
    ("rpc", "message", "error", "field"),
    [
        ("AccruePoints", AccruePointsRequest(member=ANN, points=5), ll.KeyMissing, "key"),
        ("AccruePoints", AccruePointsRequest(key="k" * 129, member=ANN, points=5), ll.KeyTooLong, "key"),
        ("AccruePoints", AccruePointsRequest(**KEYED), ll.PointsNotPositive, "points"),
        ("AccruePoints", AccruePointsRequest(points=-5, **KEYED), ll.PointsNotPositive, "points"),
        ("AccruePoints", AccruePointsRequest(points=-(2**63), **KEYED), ll.PointsNotPositive, "points"),
        ("AccruePoints", AccruePointsRequest(points=2**53 + 1, **KEYED), ll.PointsTooLarge, "points"),
        ("AccruePoints", AccruePointsRequest(points=2**63 - 1, **KEYED), ll.PointsTooLarge, "points"),
        (
            "AdjustPoints",
            AdjustPointsRequest(points=-(2**63), reason="r", actor="a", **KEYED),
            ll.PointsTooLarge,
            "points",
        ),
        ("ForgiveDebt", ForgiveDebtRequest(points=0, reason="r", actor="a", **KEYED), ll.PointsNotPositive, "points"),
        ("AccruePoints", AccruePointsRequest(key="k", points=5), ll.FieldInvalid, "member"),
        ("AccruePoints", AccruePointsRequest(key="k", member=MemberName(), points=5), ll.FieldInvalid, "member"),
        ("AccruePoints", AccruePointsRequest(key="k", member=MemberName(id=""), points=5), ll.InvalidId, "member.id"),
        ("EnrollMember", EnrollMemberRequest(), ll.InvalidId, "member"),
        ("BlockMember", BlockMemberRequest(actor="a", **KEYED), ll.ReasonMissing, "reason"),
        (
            "AccruePoints",
            AccruePointsRequest(points=5, source=Source(entry_mode=99), **KEYED),  # type: ignore[arg-type]
            ll.FieldInvalid,
            "source.entry_mode",
        ),
        (
            "ReverseTransaction",
            ReverseTransactionRequest(key="k", original=Reference(sequence=1), shortfall=42),  # type: ignore[arg-type]
            ll.FieldInvalid,
            "shortfall",
        ),
        (
            "AccruePoints",
            AccruePointsRequest(points=5, receipt=Receipt(store="12", business_date="2026-02-31", number="1"), **KEYED),
            ll.FieldInvalid,
            "receipt.business_date",
        ),
        ("RecordPurchase", RecordPurchaseRequest(**KEYED), ll.FieldInvalid, "amount"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_fields_are_named(
    stub: Any, served: ll.Ledger, rpc: str, message: Message, error: type[ll.LedgerError], field: str
) -> None:
    before = served.digest()
    raised = refused(getattr(stub, rpc), message)
    assert type(raised) is error, raised
    assert list(raised.details["fields"]) == [field]  # type: ignore[call-overload]
    assert served.digest() == before and served.checkpoint().sequence == 1


def test_a_message_that_is_none(channel: grpc.Channel, served: ll.Ledger) -> None:
    rpc = channel.unary_unary("/loyalty.ledger.v1.LedgerService/AccruePoints", bytes, bytes)
    for garbage in (b"\xff\xff\xff\xff", b"\x0a\xff", b"\x0a\x02\xc3\x28"):
        with pytest.raises(grpc.RpcError) as raised:
            rpc(garbage, timeout=SECONDS)
        assert raised.value.code() in (grpc.StatusCode.INTERNAL, grpc.StatusCode.INVALID_ARGUMENT), raised.value
    assert served.checkpoint().sequence == 1


def test_fields_that_nobody_knows_are_passed_over(channel: grpc.Channel, served: ll.Ledger) -> None:
    rpc = channel.unary_unary("/loyalty.ledger.v1.LedgerService/AccruePoints", bytes, bytes)
    message = AccruePointsRequest(points=5, **KEYED).SerializeToString() + b"\xf2\xa2\x04\x03new"
    rpc(message, timeout=SECONDS)
    assert served.balance("m-1").available == 5


def test_a_message_that_is_too_large(stub: Any, client: ll.Client, served: ll.Ledger) -> None:
    lines = [Line(sku="s" * 5_000, amount_minor_units=1)] * 1_000
    raised = refused(stub.RecordPurchase, RecordPurchaseRequest(lines=lines, **KEYED))
    assert isinstance(raised, ll.Invalid) and not raised.retryable
    with pytest.raises(ll.Invalid, match="too large"):
        client.purchase("m-1", amount=1_000, lines=[ll.Line(1, sku="s" * 5_000)] * 1_000, key="large")
    assert served.checkpoint().sequence == 1


def test_a_service_or_call_that_there_is_none_of(channel: grpc.Channel) -> None:
    for method in ("/loyalty.ledger.v1.LedgerService/Nothing", "/loyalty.ledger.v2.LedgerService/AccruePoints"):
        with pytest.raises(grpc.RpcError) as raised:
            channel.unary_unary(method, bytes, bytes)(b"", timeout=SECONDS)
        assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_deadline_that_has_passed(stub: Any, served: ll.Ledger) -> None:
    for metadata in ([], [("grpc-timeout", "1n")]):
        with pytest.raises(grpc.RpcError) as raised:
            stub.AccruePoints(AccruePointsRequest(points=5, **KEYED), timeout=-1, metadata=metadata)
        assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    time.sleep(0.2)
    assert served.checkpoint().sequence == 1


def test_a_client_that_vanishes_finds_the_outcome_by_its_key(server: ll.Server, served: ll.Ledger) -> None:
    served.enroll("m-1")
    request = AccruePointsRequest(points=5, **KEYED)
    for _ in range(20):
        with grpc.insecure_channel(server.address) as channel:
            call = LedgerServiceStub(channel).AccruePoints.future(request, timeout=SECONDS)
            call.cancel()
    with ll.connect(server.address) as client:
        assert client.accrue("m-1", 5, key="k").awarded == 5
        assert client.entry(key="k").awarded == 5
    assert served.balance("m-1").available == 5
