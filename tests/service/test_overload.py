"""Many more callers than places: some are told to come again and nothing was done for them, the others are served."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest

import loyalty_ledger as ll
from loyalty_ledger._pb.ledger_service_pb2_grpc import LedgerServiceStub
from loyalty_ledger._pb.names_pb2 import MemberName
from loyalty_ledger._pb.points_pb2 import AccruePointsRequest
from loyalty_ledger.remote import statuses
from service.looks import figure, written
from service.networks import SECONDS

PLACES = 4
CALLERS = 8
CALLS_AT_ONCE = 100
ROUNDS = 8


@pytest.fixture
def server(served: ll.Ledger, clock: ll.ManualClock) -> Iterator[ll.Server]:
    with ll.serve(served, test_clock=clock, limits=ll.ServerLimits(calls=PLACES), probes="127.0.0.1:0") as running:
        yield running


def resident_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def ask(channel: grpc.Channel, keys: list[str]) -> tuple[set[str], set[str]]:
    """Sends accruals all at once; the keys of those that were applied, and of those that were turned away."""
    accrue = LedgerServiceStub(channel).AccruePoints
    member = MemberName(id="m-1")
    calls = {key: accrue.future(AccruePointsRequest(key=key, member=member, points=1), SECONDS) for key in keys}
    applied, turned_away = set(), set()
    for key, call in calls.items():
        error = call.exception()
        if error is None:
            assert call.result().answer.awarded == 1
            applied.add(key)
            continue
        assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED, error
        raised = statuses.exception(error)
        assert isinstance(raised, ll.Overloaded) and raised.retryable
        assert raised.details["retry_after"] == 0.1
        turned_away.add(key)
    return applied, turned_away


def rush(server: ll.Server, threads: ThreadPoolExecutor, name: str) -> tuple[set[str], set[str]]:
    """Rounds of all callers at once, each with a connection of its own."""
    applied, turned_away = set(), set()
    with ExitStack() as stack:
        options = [("grpc.use_local_subchannel_pool", 1)]
        channels = [stack.enter_context(grpc.insecure_channel(server.address, options)) for _ in range(CALLERS)]
        for number in range(ROUNDS):
            keys = [[f"{name}/{number}/{caller}/{call}" for call in range(CALLS_AT_ONCE)] for caller in range(CALLERS)]
            for done, refused in threads.map(ask, channels, keys):
                applied |= done
                turned_away |= refused
    return applied, turned_away


def test_who_finds_no_place_may_come_again(server: ll.Server, served: ll.Ledger) -> None:
    served.enroll("m-1")
    with ThreadPoolExecutor(CALLERS) as threads:
        applied, turned_away = rush(server, threads, "first")
        before = resident_bytes()
        more_applied, more_turned_away = rush(server, threads, "second")
        grown = resident_bytes() - before
    applied |= more_applied
    turned_away |= more_turned_away
    assert min(len(applied), len(turned_away)) > 2 * ROUNDS
    assert grown < 32 << 20
    assert figure(server.probes, "loyalty_calls_refused_total") == len(turned_away)
    assert {entry.key for entry in written(served)} == {"enroll/m-1"} | applied
    assert served.balance("m-1").available == len(applied)
    with ll.connect(server.address) as client:
        for key in sorted(turned_away)[:10]:
            assert not client.accrue("m-1", 1, key=key).replayed
