"""Following the journal from a client: from any place, over lost connections, until it is ended."""

import threading
import time
from datetime import timedelta

import pytest

import loyalty_ledger as ll
from service.conftest import NOON
from service.networks import SECONDS, wire


def keys(entries: ll.Watch, number: int) -> list[str | None]:
    return [next(entries).key for _ in range(number)]


def test_from_the_beginning_and_then_as_they_come(client: ll.Client, served: ll.Ledger, member: str) -> None:
    entries = client.watch()
    assert keys(entries, 2) == ["enroll/m-1", "welcome"]
    threading.Timer(0.3, served.redeem, ("m-1", 5), {"key": "r-1"}).start()
    seen = next(entries)
    assert seen == served.entry(key="r-1")
    entries.close()
    assert list(entries) == []


def test_from_a_sequence_and_from_now(client: ll.Client, member: str) -> None:
    later, now = client.watch(2), client.watch(0)
    client.redeem(member, 5, key="r-1")
    assert keys(later, 2) == ["welcome", "r-1"]
    assert keys(now, 1) == ["r-1"]
    later.close()
    now.close()


def test_what_time_moved_comes_with_the_sweep(
    client: ll.Client, served: ll.Ledger, member: str, clock: ll.ManualClock
) -> None:
    client.accrue(member, 7, expires_at=NOON + timedelta(days=1), key="short")
    entries = client.watch(0)
    clock.advance_to(NOON + timedelta(days=2))
    assert client.sweep() == 1
    swept = next(entries)
    entries.close()
    assert [(move.flow, move.points) for effect in swept.effects for move in effect.moved] == [("expired", 7)]


def test_it_goes_on_after_a_lost_connection(server: ll.Server, served: ll.Ledger) -> None:
    served.enroll("m-1")
    with wire(server.address) as lossy, ll.connect(lossy.address, channels=1) as client:
        entries = client.watch()
        seen = keys(entries, 1)
        for number in range(5):
            lossy.cut()
            for half in "ab":
                served.accrue("m-1", 1, key=f"{number}{half}")
            seen += keys(entries, 2)
        entries.close()
    assert seen == ["enroll/m-1", *(f"{number}{half}" for number in range(5) for half in "ab")]


def test_it_goes_on_after_a_restart(server: ll.Server, served: ll.Ledger, clock: ll.ManualClock) -> None:
    for number in range(600):
        served.enroll(f"m-{number}")
    with ll.connect(server.address) as client:
        entries = client.watch()
        seen = keys(entries, 300)
        server.stop()
        with ll.serve(served, server.address, test_clock=clock):
            seen += keys(entries, 300)
            entries.close()
    assert seen == [f"enroll/m-{number}" for number in range(600)]


def test_watchers_hold_up_no_stop(client: ll.Client, server: ll.Server, member: str) -> None:
    entries = client.watch()
    keys(entries, 2)
    began = time.monotonic()
    assert server.stop(SECONDS)
    assert time.monotonic() - began < 5
    entries.close()


def test_a_server_that_does_not_come_back_is_told(server: ll.Server, served: ll.Ledger) -> None:
    served.enroll("m-1")
    with ll.connect(server.address, channels=1) as client:
        entries = client.watch(patience=1)
        assert keys(entries, 1) == ["enroll/m-1"]
        server.stop()
        began = time.monotonic()
        with pytest.raises(ll.Unavailable):
            next(entries)
        assert 0.5 < time.monotonic() - began < 15


@pytest.mark.parametrize("what", ["watch", "client"])
def test_another_thread_ends_it(client: ll.Client, member: str, what: str) -> None:
    entries = client.watch()
    keys(entries, 2)
    threading.Timer(0.3, entries.close if what == "watch" else client.close).start()
    began = time.monotonic()
    if what == "watch":
        assert list(entries) == []
    else:
        with pytest.raises(ll.ShuttingDown):
            list(entries)
    assert time.monotonic() - began < SECONDS


def test_wrong_places(client: ll.Client) -> None:
    for wrong in (-1, 2**63):
        with pytest.raises(ValueError, match="from_sequence"):
            client.watch(wrong)
    with pytest.raises(TypeError, match="patience"):
        client.watch(patience="long")  # type: ignore[arg-type]


def test_where_the_journal_stands(client: ll.Client, served: ll.Ledger, member: str) -> None:
    told = client.checkpoint(digest=True)
    assert told == served.checkpoint(digest=True)
    assert (told.sequence, told.members, told.digest) == (2, 1, served.digest())
    assert client.checkpoint().digest is None
