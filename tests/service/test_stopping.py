"""A server that is stopped while threads write: what was acknowledged is there, and every key had one effect."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

import loyalty_ledger as ll
from service.looks import wait_until, written
from service.networks import SECONDS

WRITERS = 6
POINTS = 3


def write_until_it_ends(client: ll.Client, member: str, writer: int, acknowledged: list[str]) -> list[str]:
    """Accrues under one key after the other, until there is no server; the keys whose outcome is not known."""
    for number in count():
        key = f"{writer}/{number}"
        try:
            answer = client.accrue(member, POINTS, key=key)
        except (ll.Unavailable, ll.OutcomeUnknown):
            return [key]
        assert answer.awarded == POINTS
        acknowledged.append(key)
    raise AssertionError


@pytest.mark.parametrize("go", [1, 10, 200])
def test_no_acknowledged_write_is_lost(
    server: ll.Server, served: ll.Ledger, member: str, clock: ll.ManualClock, go: int
) -> None:
    acknowledged: list[str] = []
    with (
        ll.connect(server.address, channels=WRITERS, deadline=1) as client,
        ThreadPoolExecutor(WRITERS) as threads,
    ):
        writers = [
            threads.submit(write_until_it_ends, client, member, writer, acknowledged) for writer in range(WRITERS)
        ]
        wait_until(lambda: len(acknowledged) >= go)
        assert server.stop(SECONDS), "calls in flight did not end"
        reached = served.checkpoint().sequence
        unknown = [key for writer in writers for key in writer.result(SECONDS)]
    assert served.checkpoint().sequence == reached, "a stopped server went on"
    effects = [entry.key for entry in written(served)][2:]
    assert len(effects) == len(set(effects))
    assert set(acknowledged) <= set(effects) <= {*acknowledged, *unknown}
    with ll.serve(served, test_clock=clock) as again, ll.connect(again.address) as client:
        for key in acknowledged + unknown:
            assert client.accrue(member, POINTS, key=key).replayed == (key in effects)
    assert served.balance(member).available == 100 + POINTS * len(acknowledged + unknown)
    assert served.verify().ok
