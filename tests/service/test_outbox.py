"""The outbox: on disk before it is sent, in order, once, and nothing dropped without a word."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest

import loyalty_ledger as ll
from loyalty_ledger import outbox as outboxes
from service.networks import SECONDS, told_server, wire


@pytest.fixture
def served(path: Path) -> Iterator[ll.Ledger]:
    """On the system's clock, as the outbox is."""
    with ll.open(path) as opened:
        yield opened


@pytest.fixture
def server(served: ll.Ledger) -> Iterator[ll.Server]:
    with ll.serve(served) as running:
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


@pytest.fixture
def outbox(file: Path) -> Iterator[ll.Outbox]:
    with ll.Outbox(file, currency="EUR") as opened:
        yield opened


def keys(requests: tuple[Any, ...]) -> list[str]:
    return [request.key for request in requests]


def test_a_day_offline_is_sent_in_order(outbox: ll.Outbox, client: ll.Client, served: ll.Ledger) -> None:
    receipt = ll.Receipt("12", "3", date(2026, 3, 1), "4711")
    when = datetime.now(UTC) - timedelta(hours=2)
    outbox.add("enroll", member="m-1", aliases={"card": "2760001"}, occurred_at=when)
    outbox.add("purchase", card="2760001", amount="36.90", receipt=receipt, key="p-1", offline=True, occurred_at=when)
    outbox.add("redeem", "m-1", 50, key="r-1", offline=True, occurred_at=when)
    outbox.add("reverse", receipt, lines=None, amount="6.90", key="v-1", occurred_at=when)
    assert [(one.verb, one.key) for one in outbox.pending()] == [
        ("enroll", "enroll/m-1"),
        ("purchase", "p-1"),
        ("redeem", "r-1"),
        ("reverse", "v-1"),
    ]
    assert outbox.pending()[2].request["points"] == "50"
    sent = outbox.send(client)
    assert (list(sent.answers), sent.rejected, sent.pending, sent.stopped) == (
        ["enroll/m-1", "p-1", "r-1", "v-1"],
        (),
        0,
        None,
    )
    assert (sent.answers["p-1"].awarded, sent.answers["r-1"].flags) == (36, ("OFFLINE_OVERDRAFT",))
    assert [served.entry(sequence).key for sequence in range(1, 5)] == list(sent.answers)
    assert served.entry(2).occurred_at == when
    assert len(outbox) == 0 and outbox.send(client).answers == {}


def test_members_are_named_by_any_alias(outbox: ll.Outbox, client: ll.Client, served: ll.Ledger) -> None:
    card, phone = ll.Alias("card", "2760001"), ll.Alias("phone", "+4930901820")
    outbox.add("enroll", "m-1", {"card": "2760001"})
    outbox.add("accrue", card, 50, key="a-1")
    outbox.add("redeem", member=phone, points=5, key="r-1")
    outbox.add("transfer", card, phone, 5, key="t-1")
    assert outbox.pending()[1].request["member"] == {"alias": {"kind": "card", "value": "2760001"}}
    with pytest.raises(ll.KeyReused):
        outbox.add("accrue", "m-1", 50, key="a-1")
    with pytest.raises(TypeError, match="receiver must be an id"):
        outbox.add("transfer", card, 5, 5, key="t-2")
    sent = outbox.send(client)
    assert (list(sent.answers), sent.rejected, sent.stopped) == (["enroll/m-1", "a-1"], (), None)
    assert [(one.key, one.code) for one in outbox.pending()] == [("r-1", "MEMBER_NOT_FOUND"), ("t-1", None)]
    served.enroll("m-2", {"phone": "+49 30 901820"})
    served.accrue("m-2", 5, key="a-2")
    assert list(outbox.send(client).answers) == ["r-1", "t-1"]
    assert (served.balance(card).available, served.balance(phone).available) == (45, 5)
    outbox.add("erase_member", card, reason="wish", key="e-1")
    assert outbox.send(client).answers["e-1"].awarded == 45
    with pytest.raises(ll.MemberNotFound):
        served.balance(card)


def test_what_was_added_outlives_the_process(file: Path, client: ll.Client, served: ll.Ledger) -> None:
    script = (
        "import os, signal, sys, loyalty_ledger as ll\n"
        "outbox = ll.Outbox(sys.argv[1])\n"
        "outbox.add('enroll', 'm-1')\n"
        "for n in range(50): outbox.add('accrue', 'm-1', 1, key=f'a/{n}')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(file)], timeout=SECONDS, check=False)
    assert ended.returncode == -signal.SIGKILL
    with ll.Outbox(file) as outbox:
        assert len(outbox) == 51
        assert len(outbox.send(client).answers) == 51
    assert served.balance("m-1").available == 50


def test_a_sender_that_is_killed_sends_again_without_effect(
    file: Path, server: ll.Server, client: ll.Client, served: ll.Ledger
) -> None:
    with ll.Outbox(file) as outbox:
        outbox.add("enroll", "m-1")
        for number in range(400):
            outbox.add("accrue", "m-1", 1, key=f"a/{number}")
    script = (
        "import sys, loyalty_ledger as ll\n"
        "with ll.Outbox(sys.argv[1]) as outbox, ll.connect(sys.argv[2]) as client: outbox.send(client)\n"
    )
    killed = 0
    for _ in range(5):
        process = subprocess.Popen([sys.executable, "-c", script, str(file), server.address])
        began, before = time.monotonic(), served.checkpoint().sequence
        while served.checkpoint().sequence < before + 20 and process.poll() is None:
            assert time.monotonic() - began < SECONDS
            time.sleep(0.002)
        process.kill()
        killed += process.wait(SECONDS) == -signal.SIGKILL
    assert killed > 0
    with ll.Outbox(file) as outbox:
        sent = outbox.send(client)
        assert (sent.stopped, len(outbox), outbox.rejected()) == (None, 0, ())
    assert served.balance("m-1").available == 400
    assert served.checkpoint().sequence == 401


def test_servers_that_are_killed_lose_and_double_nothing(outbox: ll.Outbox, path: Path) -> None:
    outbox.add("enroll", "m-1")
    for number in range(300):
        outbox.add("accrue", "m-1", 1, key=f"a/{number}")
    ll.open(path).close()
    command = [sys.executable, "-m", "loyalty_ledger.cli", "serve", str(path), "--listen", "127.0.0.1:0"]
    acknowledged: list[str] = []
    for dies_after in (20, 60, 100, None):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            try:
                with (
                    ll.connect(address, deadline=2 if dies_after else SECONDS) as client,
                    ThreadPoolExecutor(1) as thread,
                ):
                    sending = thread.submit(outbox.send, client)
                    if dies_after is not None:
                        left = len(outbox) - dies_after
                        while len(outbox) > left and not sending.done():
                            time.sleep(0.002)
                        process.kill()
                    sent = sending.result(SECONDS)
            finally:
                process.kill()
        acknowledged += sent.answers
        assert (sent.stopped is None) == (dies_after is None), sent.stopped
    assert len(acknowledged) == len(set(acknowledged)) == 301
    assert (len(outbox), outbox.rejected()) == (0, ())
    with ll.open(path) as ledger:
        assert (ledger.balance("m-1").available, ledger.checkpoint().sequence) == (300, 301)
        assert ledger.verify().ok


def test_without_a_server_everything_is_kept(outbox: ll.Outbox, server: ll.Server, served: ll.Ledger) -> None:
    server.stop()
    outbox.add("enroll", "m-1")
    outbox.add("accrue", "m-1", 1, key="a-1")
    with ll.connect(server.address, deadline=2) as client:
        sent = outbox.send(client)
        assert (sent.answers, sent.rejected, sent.pending) == ({}, (), 2)
        assert isinstance(sent.stopped, ll.Unavailable)
    with ll.serve(served) as again, ll.connect(again.address) as client:
        assert list(outbox.send(client).answers) == ["enroll/m-1", "a-1"]


def test_an_answer_that_is_lost_keeps_its_request(outbox: ll.Outbox, server: ll.Server, served: ll.Ledger) -> None:
    served.enroll("m-1")
    outbox.add("accrue", "m-1", 5, key="a-1")
    with wire(server.address) as lossy, ll.connect(lossy.address, channels=1, deadline=1) as client:
        client.within(SECONDS).accrue("m-1", 1, key="first")
        lossy.is_deaf.set()
        sent = outbox.send(client)
        assert isinstance(sent.stopped, ll.OutcomeUnknown) and sent.pending == 1
        lossy.is_deaf.clear()
        lossy.cut()
        sent = outbox.send(client.within(SECONDS))
    assert sent.answers["a-1"].replayed and len(outbox) == 0
    assert served.balance("m-1").available == 6


def test_what_is_refused_is_kept_with_the_answer(outbox: ll.Outbox, client: ll.Client, member: str) -> None:
    outbox.add("redeem", member, 500, key="r-1")
    outbox.add("accrue", member, 0, key="zero")
    outbox.add("accrue", member, 7, key="welcome")
    outbox.add("redeem", member, 30, key="r-2")
    sent = outbox.send(client)
    assert list(sent.answers) == ["r-2"] and sent.pending == 0 and sent.stopped is None
    assert sent.rejected == outbox.rejected()
    assert [(one.key, one.verb, one.code) for one in outbox.rejected()] == [
        ("r-1", "redeem", "INSUFFICIENT_POINTS"),
        ("zero", "accrue", "POINTS_NOT_POSITIVE"),
        ("welcome", "accrue", "KEY_REUSED"),
    ]
    first = outbox.rejected()[0]
    assert (first.details["requested"], first.details["available"]) == (500, 100)
    assert "Fewer points" in first.message and first.request["member"] == {"id": member}
    assert outbox.rejected()[2].details["entry"] == 2
    outbox.forget("r-1")
    assert keys(outbox.rejected()) == ["zero", "welcome"]
    outbox.again("welcome")
    assert (keys(outbox.rejected()), keys(outbox.pending())) == (["zero"], ["welcome"])
    for call in (outbox.forget, outbox.again):
        with pytest.raises(KeyError):
            call("r-1")


def test_who_is_unknown_is_asked_for_again_and_others_go_on(
    outbox: ll.Outbox, client: ll.Client, served: ll.Ledger, member: str
) -> None:
    outbox.add("purchase", card="2760009", amount="5.00", key="p-1")
    outbox.add("accrue", member, 1, key="a-1")
    outbox.add("redeem", "m-9", 1, key="r-9", offline=True)
    outbox.add("purchase", card="2760009", amount="7.00", key="p-2")
    sent = outbox.send(client)
    assert list(sent.answers) == ["a-1"] and sent.pending == 3
    waiting = outbox.pending()
    assert [(one.key, one.code) for one in waiting] == [
        ("p-1", "MEMBER_NOT_FOUND"),
        ("r-9", "MEMBER_NOT_FOUND"),
        # It stands behind p-1.
        ("p-2", None),
    ]
    assert waiting[0].unknown_since is not None
    served.enroll("m-9", {"card": "2760009"})
    assert list(outbox.send(client).answers) == ["p-1", "r-9", "p-2"]


def test_after_seven_days_the_unknown_are_rejected(
    outbox: ll.Outbox, file: Path, client: ll.Client, member: str
) -> None:
    outbox.add("accrue", "m-9", 1, key="a-9")
    outbox.send(client)
    since = outbox.pending()[0].unknown_since
    assert since is not None

    def ago(days: float) -> None:
        with sqlite3.connect(file) as direct:
            told = (datetime.now(UTC) - timedelta(days=days)).isoformat()
            direct.execute("UPDATE pending SET unknown_since = ?", (told,))

    ago(6.9)
    assert outbox.send(client).pending == 1
    ago(7.1)
    sent = outbox.send(client)
    assert sent.pending == 0 and keys(sent.rejected) == keys(outbox.rejected()) == ["a-9"]
    assert outbox.rejected()[0].code == "MEMBER_NOT_FOUND"


def test_a_capture_waits_behind_its_authorization(outbox: ll.Outbox, client: ll.Client, served: ll.Ledger) -> None:
    outbox.add("authorize", "m-9", 5, key="h-1")
    outbox.add("capture", "h-1", key="c-1")
    outbox.send(client)
    assert keys(outbox.pending()) == ["h-1", "c-1"] and outbox.rejected() == ()
    served.enroll("m-9")
    served.accrue("m-9", 10, key="a")
    assert list(outbox.send(client).answers) == ["h-1", "c-1"]


def test_the_same_is_added_once(outbox: ll.Outbox) -> None:
    outbox.add("redeem", "m-1", 5, key="r-1")
    assert outbox.add("redeem", "m-1", 5, key="r-1") == "r-1"
    assert outbox.add("redeem", "m-1", 5, key="r-1", occurred_at=datetime.now(UTC)) == "r-1"
    for verb, points in (("redeem", 6), ("accrue", 5)):
        with pytest.raises(ll.KeyReused):
            outbox.add(verb, "m-1", points, key="r-1")
    with pytest.raises(ll.KeyReused):
        outbox.add("redeem", "m-1", 5, key="r-1", offline=True)
    assert len(outbox) == 1


@pytest.mark.parametrize(
    ("verb", "arguments", "error"),
    [
        ("balance", {"member": "m-1"}, ValueError),
        ("publish", {"toml": ""}, ValueError),
        ("quote", {"member": "m-1", "amount": 1}, ValueError),
        ("redeem", {"member": "m-1", "points": 5}, TypeError),
        ("redeem", {"member": "m-1", "points": 5, "key": ""}, ll.KeyMissing),
        ("redeem", {"member": "m-1", "points": 5.0, "key": "r"}, TypeError),
        ("redeem", {"member": "m-1", "points": 5, "key": "r", "occurred_at": datetime(2026, 1, 1)}, ValueError),
        ("redeem", {"member": "m-1", "points": 5, "key": "r", "unheard": 1}, TypeError),
        ("purchase", {"member": "m-1", "amount": 1.5, "key": "p"}, TypeError),
    ],
)
def test_wrong_arguments_are_told_at_once(
    outbox: ll.Outbox, verb: str, arguments: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        outbox.add(verb, **arguments)
    assert len(outbox) == 0


def test_money_without_a_currency(tmp_path: Path) -> None:
    with ll.Outbox(tmp_path / "no-currency") as outbox:
        with pytest.raises(ValueError, match="state currency="):
            outbox.add("purchase", "m-1", amount="1.00", key="p-1")
        outbox.add("purchase", "m-1", amount="1.00", currency="EUR", key="p-1")


def test_occurred_now_unless_it_is_told(outbox: ll.Outbox) -> None:
    before = datetime.now(UTC)
    outbox.add("redeem", "m-1", 5, key="r-1")
    told = datetime.fromisoformat(outbox.pending()[0].request["occurred_time"])
    assert before - timedelta(seconds=1) <= told <= datetime.now(UTC)


def test_who_may_not_write_stops_and_keeps(outbox: ll.Outbox) -> None:
    def answer(_rpc: str, _request: bytes, context: grpc.ServicerContext) -> bytes:
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "the token has expired")
        raise AssertionError

    outbox.add("redeem", "m-1", 5, key="r-1")
    with told_server(answer) as address, ll.connect(address) as client:
        sent = outbox.send(client)
    assert sent.stopped is not None and "the token has expired" in str(sent.stopped)
    assert keys(outbox.pending()) == ["r-1"] and outbox.rejected() == ()


def test_the_file_is_synced_with_every_write(file: Path, outbox: ll.Outbox) -> None:
    assert outbox._file.execute("PRAGMA synchronous").fetchone() == (2,)
    assert outbox._file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    outbox.add("redeem", "m-1", 5, key="r-1")
    with sqlite3.connect(file) as other:
        assert other.execute("SELECT key FROM pending").fetchall() == [("r-1",)]


def test_threads_add_while_one_sends(outbox: ll.Outbox, client: ll.Client, served: ll.Ledger, member: str) -> None:
    def add(thread: int) -> None:
        for number in range(25):
            outbox.add("accrue", member, 1, key=f"a/{thread}/{number}")

    with ThreadPoolExecutor(5) as threads:
        adding = [threads.submit(add, thread) for thread in range(4)]
        sending = threads.submit(lambda: [outbox.send(client) for _ in range(5)])
        for task in (*adding, sending):
            task.result(SECONDS)
    outbox.send(client)
    assert len(outbox) == 0 and served.balance(member).available == 200


def test_every_verb_with_a_key_can_be_sent_later() -> None:
    keyed = {name for name, verb in vars(ll.aio.AsyncClient).items() if "key" in getattr(verb, "__annotations__", {})}
    # A code that comes later is of no use.
    assert keyed - {"entry", "post_batch", "issue_one_time_code"} == set(outboxes.VERBS)
