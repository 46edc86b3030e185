"""Threads, forks and other processes."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

import loyalty_ledger as ll

SECONDS = 60


def frame(rows: int) -> pl.DataFrame:
    return pl.DataFrame({"n": range(rows)}).select(
        member=pl.format("m-{}", pl.col("n") % 1000), key=pl.format("k/{}", "n"), points=pl.lit(1, pl.Int64)
    )


@contextmanager
def counting_thread() -> Iterator[list[int]]:
    """A Python thread that counts as long as it is let."""
    counted, stop = [0], threading.Event()

    def count() -> None:
        while not stop.is_set():
            counted[0] += 1
            time.sleep(0.0005)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        yield counted
    finally:
        stop.set()
        thread.join(SECONDS)


def test_python_runs_on_while_a_call_waits(ledger: ll.Ledger) -> None:
    table = frame(200_000)
    with counting_thread() as counted:
        before = counted[0]
        ledger.accrue_batch(table, create_members=True)
        during_batch = counted[0] - before
        before = counted[0]
        assert ledger.verify().ok
        during_verify = counted[0] - before
    assert min(during_batch, during_verify) > 10, (during_batch, during_verify)


def test_threads_share_a_ledger(ledger: ll.Ledger, member: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: ledger.redeem(member, 1, key=f"r/{n}"), range(100)))
    assert len({answer.sequence for answer in answers}) == 100
    assert ledger.balance(member).available == 0
    with pytest.raises(ll.InsufficientPoints):
        ledger.redeem(member, 1, key="one more")


def test_single_calls_pass_while_a_batch_runs(ledger: ll.Ledger, member: str) -> None:
    with ThreadPoolExecutor(1) as threads:
        batch = threads.submit(ledger.accrue_batch, frame(200_000), create_members=True)
        singles = 0
        while not batch.done():
            singles += 1
            ledger.accrue(member, 1, key=f"single/{singles}")
            ledger.balance(member)
    assert batch.result().applied == 200_000
    assert singles > 3


def run(code: str, *arguments: object) -> str:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


SECOND_WRITER = """
import sys
import loyalty_ledger as ll
try:
    ll.open(sys.argv[1])
except ll.LedgerError as error:
    print(error)
"""


def test_a_ledger_has_one_writer(ledger: ll.Ledger, path: Path, clock: ll.ManualClock) -> None:
    assert "held by another process or handle; close it first, or open read-only" in run(SECOND_WRITER, path)
    with pytest.raises(ll.CannotOpen, match="held by another process"):
        ll.open(path, clock=clock)
    ledger.close()
    ll.open(path, clock=clock).close()


READER = """
import sys
import loyalty_ledger as ll
with ll.open(sys.argv[1], read_only=True) as reader:
    for _ in range(2):
        print(reader.balance("m-1").available, flush=True)
        sys.stdin.readline()
"""


def test_another_process_reads_beside_the_writer(ledger: ll.Ledger, member: str, path: Path) -> None:
    command = [sys.executable, "-c", READER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "100\n"
        ledger.accrue(member, 5, key="more")
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "105\n"
        process.stdin.close()
        assert process.wait(SECONDS) == 0


FORKED = """
import os, sys
import loyalty_ledger as ll
ledger = ll.open(sys.argv[1])
ledger.enroll("m-1")
child = os.fork()
if child == 0:
    told = 0
    for call in (lambda: ledger.balance("m-1"), lambda: ledger.enroll("m-2"), ledger.verify, ledger.close):
        try:
            call()
        except ll.LedgerError as error:
            told += "fork" in str(error)
    os._exit(told)
_, status = os.waitpid(child, 0)
ledger.enroll("m-3")
print(os.waitstatus_to_exitcode(status), ledger.info().members, ledger.verify().ok)
ledger.close()
"""


def test_a_forked_child_is_told_and_the_parent_goes_on(path: Path) -> None:
    assert run(FORKED, path) == "4 2 True"


KILLED = """
import os, signal, sys
import loyalty_ledger as ll
ledger = ll.open(sys.argv[1])
ledger.enroll("m-1")
ledger.accrue("m-1", 5, key="a")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_answered_outlives_the_process(path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(path)]
    assert subprocess.run(command, timeout=SECONDS, check=False).returncode == -9
    with ll.open(path) as ledger:
        assert ledger.balance("m-1").available == 5
        assert ledger.accrue("m-1", 5, key="a").replayed


INTERRUPTED = """
import os, signal, sys, threading
import polars as pl
import loyalty_ledger as ll
frame = pl.DataFrame({"n": range(1_000_000)}).select(
    member=pl.lit("m-1"), key=pl.format("k/{}", "n"), points=pl.lit(1, pl.Int64))
with ll.open(sys.argv[1]) as ledger:
    ledger.enroll("m-1")
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        ledger.redeem_batch(frame)
    except KeyboardInterrupt:
        print("interrupted", ledger.checkpoint().sequence < 1_000_000)
"""


def test_a_long_batch_can_be_interrupted(path: Path) -> None:
    assert run(INTERRUPTED, path) == "interrupted True"


_FILL = """
import resource, signal, sys
import loyalty_ledger as ll
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
ledger = ll.open(sys.argv[1])
ledger.enroll("m-1")
ledger.accrue("m-0", 7, enroll=True, key="before")
most = ledger.info().journal_bytes + 200_000
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
done = 0
try:
    while done < 100_000:
        ledger.accrue("m-1", 1, key=f"k/{done}", funder="f" * 60, expires_at=None)
        done += 1
except ll.LedgerError as error:
    print(done, error.code, error, sep="|")
try:
    ledger.accrue("m-1", 1, key="later")
except ll.LedgerError as error:
    print(ledger.balance("m-0").available, error.code, error, sep="|")
"""


def test_a_file_that_may_not_grow_is_told_and_nothing_is_lost(path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _FILL, path], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert ended.returncode == 0, ended.stderr
    first, later = (line.split("|") for line in ended.stdout.splitlines())
    done = int(first[0])
    assert done > 0
    assert first[1] == "OUTCOME_UNKNOWN"
    assert "File too large" in first[2] and "open the ledger again and ask under the same key" in first[2]
    assert (later[0], later[1]) == ("7", "POISONED")
    assert "open the ledger again" in later[2]
    with ll.open(path) as again:
        assert done <= again.balance("m-1").available <= done + 1
        assert again.verify().ok
        again.accrue("m-1", 1, key=f"k/{done}", funder="f" * 60)
        assert again.balance("m-1").available == done + 1
