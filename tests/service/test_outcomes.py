"""Answers that are lost: sent again by gRPC, asked for again by key, or told to be unknown."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import grpc
import pytest

import loyalty_ledger as ll
from loyalty_ledger._pb.points_pb2 import AccruePointsRequest, AccruePointsResponse
from service.networks import SECONDS, told_server, wire


def applied() -> bytes:
    response = AccruePointsResponse()
    response.answer.code, response.answer.sequence = 1, 7
    return response.SerializeToString()


def test_what_was_not_taken_is_sent_again_as_it_was() -> None:
    requests: list[bytes] = []

    def answer(_rpc: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        requests.append(request)
        if len(requests) < 3:
            context.abort(grpc.StatusCode.UNAVAILABLE, "come again")
        return applied()

    with told_server(answer) as address, ll.connect(address) as client:
        assert client.accrue("m-1", 5, key="a-1").sequence == 7
    assert len(requests) == 3 and len(set(requests)) == 1
    assert AccruePointsRequest.FromString(requests[0]).key == "a-1"


def test_what_the_server_said_is_not_asked_again() -> None:
    calls = count()

    def answer(_rpc: str, _request: bytes, context: grpc.ServicerContext) -> bytes:
        next(calls)
        context.abort(grpc.StatusCode.PERMISSION_DENIED, "not for tills")
        raise AssertionError

    refused = pytest.raises(ll.LedgerError, match="PERMISSION_DENIED: not for tills")
    with told_server(answer) as address, ll.connect(address) as client, refused as raised:
        client.accrue("m-1", 5, key="a-1")
    assert next(calls) == 1
    assert (raised.value.code, raised.value.details) == (None, {"status": "PERMISSION_DENIED"})


@pytest.mark.parametrize("status", [grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.ABORTED])
def test_an_outcome_that_stays_unknown_was_asked_for_three_times(status: grpc.StatusCode) -> None:
    requests: list[bytes] = []

    def answer(_rpc: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        requests.append(request)
        context.abort(status, "a defect")
        raise AssertionError

    unknown = pytest.raises(ll.OutcomeUnknown, match="send it again under the same key")
    with told_server(answer) as address, ll.connect(address) as client, unknown as raised:
        client.accrue("m-1", 5, key="a-1")
    assert len(requests) == 3 and len(set(requests)) == 1
    assert raised.value.retryable and raised.value.details == {"status": status.name}


def test_an_answer_that_is_lost_with_its_connection_is_heard_again(server: ll.Server, served: ll.Ledger) -> None:
    served.enroll("m-1")
    with wire(server.address) as lossy, ll.connect(lossy.address, channels=1) as client:
        client.accrue("m-1", 1, key="first")
        lossy.kept_back.clear()
        lossy.is_deaf.set()
        with ThreadPoolExecutor(1) as thread:
            asked = thread.submit(client.accrue, "m-1", 5, key="a-1")
            assert lossy.kept_back.wait(SECONDS)
            await_key(served, "a-1")
            lossy.is_deaf.clear()
            lossy.cut()
            answer = asked.result(SECONDS)
    assert answer.replayed and answer.awarded == 5
    assert served.balance("m-1").available == 6


def await_key(ledger: ll.Ledger, key: str) -> ll.Entry:
    until = time.monotonic() + SECONDS
    while True:
        try:
            return ledger.entry(key=key)
        except ll.TransactionNotFound:
            assert time.monotonic() < until, f"nothing arrived under {key}"
            time.sleep(0.01)


def test_an_outcome_that_nobody_heard_is_found_by_its_key(server: ll.Server, served: ll.Ledger) -> None:
    served.enroll("m-1")
    with wire(server.address) as lossy, ll.connect(lossy.address, channels=1, deadline=1.5) as client:
        client.accrue("m-1", 1, key="first")
        lossy.is_deaf.set()
        began = time.monotonic()
        with pytest.raises(ll.OutcomeUnknown):
            client.accrue("m-1", 5, key="a-1")
        assert 1.0 < time.monotonic() - began < 6.0
        lossy.is_deaf.clear()
        lossy.cut()
        assert client.within(SECONDS).accrue("m-1", 5, key="a-1").replayed
    assert served.balance("m-1").available == 6


def test_a_server_that_is_not_there_was_sent_nothing(server: ll.Server, served: ll.Ledger) -> None:
    address = server.address
    server.stop()
    with ll.connect(address, deadline=3) as client:
        began = time.monotonic()
        for call in (lambda: client.enroll("m-1"), lambda: client.balance("m-1"), lambda: client.entries()):
            with pytest.raises(ll.Unavailable) as raised:
                call()
            assert not isinstance(raised.value, ll.Unknown) and raised.value.retryable
        assert time.monotonic() - began < 9
    assert served.checkpoint().sequence == 0


def test_a_server_that_has_gone_is_told_from_one_whose_answer_was_lost(
    server: ll.Server, served: ll.Ledger, clock: ll.ManualClock
) -> None:
    address = server.address
    with ll.connect(address, channels=1, deadline=1.5) as client:
        client.enroll("m-1")
        server.stop()
        with pytest.raises((ll.OutcomeUnknown, ll.Unavailable)):
            client.enroll("m-2")
        # From now on it is known to have gone: what is not sent cannot have been applied.
        with pytest.raises(ll.Unavailable, match="nothing was written"):
            client.enroll("m-3")
        with ll.serve(served, address, test_clock=clock):
            assert enrolled_in_the_end(client, "m-4").code == "APPLIED"
    assert served.checkpoint().members == 2


def enrolled_in_the_end(client: ll.Client, member: str) -> ll.Answer:
    """A connection that failed is made anew after a moment."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            return client.enroll(member)
        except ll.Unavailable:
            assert time.monotonic() < until


def test_a_restart_within_the_deadline_is_sat_out(server: ll.Server, served: ll.Ledger, clock: ll.ManualClock) -> None:
    address = server.address
    with ll.connect(address, channels=1, deadline=SECONDS) as client, ThreadPoolExecutor(1) as thread:
        client.enroll("m-1")
        server.stop()
        asked = thread.submit(client.enroll, "m-2")
        time.sleep(1.5)
        with ll.serve(served, address, test_clock=clock):
            assert asked.result(SECONDS).code == "APPLIED"


def test_a_read_without_an_answer_is_unavailable(server: ll.Server, served: ll.Ledger) -> None:
    served.enroll("m-1")
    with wire(server.address) as lossy, ll.connect(lossy.address, channels=1, deadline=0.5) as client:
        client.within(SECONDS).balance("m-1")
        lossy.is_deaf.set()
        with pytest.raises(ll.Unavailable, match="DEADLINE_EXCEEDED"):
            client.balance("m-1")
