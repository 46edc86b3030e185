"""A grown ledger: opening it by replay and from a snapshot, snapshots and reads beside them, statements."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import loyalty_ledger as ll
from benchmarks.bare import read_files, seconds, write_in_sequence
from benchmarks.figures import Figures, quantile
from benchmarks.ledgers import FILLED_AT_ONCE, accrue, everything_applied, remove_snapshots, segments
from benchmarks.workload import PROGRAM, Scale, at_random, counted, member_id, members, rows_for

ROUNDS = 5
PAGE = 50
STATEMENTS = 2_000
COLD_STATEMENTS = 200
STRIDE = 7_919
# One member in 250 is busy and gets one accrual in 16: some 60 lots and more, spread over the whole journal.
MEMBERS_PER_BUSY = 250
ROWS_PER_BUSY = 16


@pytest.fixture(scope="module")
def grown(scale: Scale, shared_directory: Path) -> Path:
    """A closed ledger with many members and entries, and no snapshot."""
    path = shared_directory / "grown.ledger"
    with ll.open(path, program=PROGRAM) as ledger:
        for first in range(0, scale.grown_members, FILLED_AT_ONCE):
            everything_applied(ledger.enroll_batch(members(min(FILLED_AT_ONCE, scale.grown_members - first), first)))
        for first in range(0, scale.grown_rows, FILLED_AT_ONCE):
            count = min(FILLED_AT_ONCE, scale.grown_rows - first)
            accrue(ledger, rows_for(uneven(first, count, scale), first))
    remove_snapshots(path)
    return path


def busy_members(scale: Scale) -> int:
    return scale.grown_members // MEMBERS_PER_BUSY


def uneven(first: int, count: int, scale: Scale) -> pa.Array:
    """Member numbers at random; every 16th is a busy member's, in turn."""
    at_large = at_random(count, scale.grown_members, seed=first)
    places = counted(count, first)
    turns = pc.divide(places, ROWS_PER_BUSY)
    busy = pc.subtract(turns, pc.multiply(pc.divide(turns, busy_members(scale)), busy_members(scale)))
    return pc.if_else(pc.equal(pc.bit_wise_and(places, ROWS_PER_BUSY - 1), 0), busy, at_large)


class Reopened:
    """The grown ledger, opened again and again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: ll.Ledger | None = None

    def open(self) -> ll.Ledger:
        self._open = ll.open(self.path, create=False)
        return self._open

    def entries(self) -> int:
        assert self._open is not None
        return self._open.info().entries

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


@pytest.fixture
def reopened(grown: Path) -> Iterator[Reopened]:
    ledger = Reopened(grown)
    yield ledger
    ledger.close()


def test_opening_by_replay(benchmark: BenchmarkFixture, figures: Figures, reopened: Reopened) -> None:
    rates: list[float] = []
    bare_read: list[float] = []
    reading: list[float] = []

    def prepare() -> None:
        reopened.close()
        remove_snapshots(reopened.path)
        bare_read.append(read_files(segments(reopened.path)))

    def replay() -> None:
        taken = seconds(reopened.open)
        entries = reopened.entries()
        rates.append(entries / taken)
        reading.append(entries / bare_read[-1])

    benchmark.pedantic(replay, setup=prepare, rounds=ROUNDS)
    figures.add(benchmark, "opening by replay", "entries/s", rates, "bare read of its files, entries/s", reading)


def test_opening_from_a_snapshot(benchmark: BenchmarkFixture, figures: Figures, reopened: Reopened) -> None:
    taken: list[float] = []
    reading: list[float] = []
    reopened.open().snapshot()

    def prepare() -> None:
        reopened.close()
        reading.append(read_files(derived(reopened.path)))

    def open_again() -> None:
        taken.append(seconds(reopened.open))

    benchmark.pedantic(open_again, setup=prepare, rounds=ROUNDS)
    name = f"opening from a snapshot, {reopened.entries():,} keys"
    figures.add(benchmark, name, "s", taken, "bare read of snapshot and keys, s", reading)


def derived(path: Path) -> list[Path]:
    """The newest snapshot, and the files of keys."""
    return [max(path.glob("*.snapshot")), *sorted(path.glob("*.keys"))]


class Reading:
    """A thread that reads balances one after the other, each timed."""

    def __init__(self, ledger: ll.Ledger, members: int) -> None:
        self.reads: list[float] = []
        self._ledger = ledger
        self._members = members
        self._ended = Event()
        self._thread = Thread(target=self._run)

    def __enter__(self) -> Reading:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            member = member_id(len(self.reads) * STRIDE % self._members)
            self.reads.append(seconds(lambda member=member: self._ledger.balance(member)))


def test_snapshot_and_reads_beside_it(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, reopened: Reopened
) -> None:
    """Every round writes a whole snapshot with the files of keys, as a ledger's first one is."""
    ledger = reopened.open()
    taken: list[float] = []
    writing: list[float] = []
    longest: list[float] = []
    longest_alone: list[float] = []

    def prepare() -> None:
        remove_snapshots(reopened.path)
        ledger.accrue(member_id(0), 10, key=f"snapshot/{time.time_ns()}")
        with Reading(ledger, scale.grown_members) as alone:
            time.sleep(taken[-1] if taken else 0.5)
        longest_alone.append(max(alone.reads) * 1e3)

    def snapshot() -> None:
        with Reading(ledger, scale.grown_members) as beside:
            taken.append(seconds(ledger.snapshot))
        longest.append(max(beside.reads) * 1e3)

    def write_as_much() -> None:
        size = sum(file.stat().st_size for file in derived(reopened.path))
        writing.append(write_in_sequence(reopened.path.parent / "sequence", size))

    benchmark.pedantic(snapshot, setup=prepare, teardown=write_as_much, rounds=ROUNDS)
    name = f"snapshot with keys, {scale.grown_members:,} members, {ledger.info().entries:,} entries"
    figures.add(benchmark, name, "s", taken, "bare write of its bytes, s", writing)
    figures.add(benchmark, "longest balance read during it", "ms", longest, "without it, ms", longest_alone)


def test_statements(benchmark: BenchmarkFixture, figures: Figures, scale: Scale, reopened: Reopened) -> None:
    ledger = reopened.open()
    pages: list[list[float]] = []
    balances: list[list[float]] = []
    busy = busy_members(scale)

    def prepare() -> None:
        balances.append([time_of(ledger.balance, number, busy) for number in range(STATEMENTS)])

    def read() -> None:
        pages.append([statement(ledger, number, busy) for number in range(STATEMENTS)])

    read()
    pages.clear()
    benchmark.pedantic(read, setup=prepare, rounds=ROUNDS)
    for part, name in ((0.5, "p50"), (0.99, "p99")):
        mine, other = ([quantile(round_, part) * 1e3 for round_ in rounds] for rounds in (pages, balances))
        figures.add(
            benchmark, f"statement of {PAGE} rows, {name}", "ms", mine, f"balance of such a wallet, {name}", other
        )


def test_cold_statements(benchmark: BenchmarkFixture, figures: Figures, scale: Scale, reopened: Reopened) -> None:
    """The journal's files are put out of the system's cache before each round."""
    reopened.open().snapshot()
    cold: list[list[float]] = []
    warm: list[list[float]] = []
    busy = busy_members(scale)

    def prepare() -> tuple[tuple[ll.Ledger], dict[str, object]]:
        reopened.close()
        ledger = reopened.open()
        put_out_of_cache(segments(reopened.path))
        return (ledger,), {}

    def read(ledger: ll.Ledger) -> None:
        cold.append([statement(ledger, number, busy) for number in range(COLD_STATEMENTS)])

    def read_again(ledger: ll.Ledger) -> None:
        warm.append([statement(ledger, number, busy) for number in range(COLD_STATEMENTS)])

    benchmark.pedantic(read, setup=prepare, teardown=read_again, rounds=ROUNDS)
    for part, name in ((0.5, "p50"), (0.99, "p99")):
        mine, other = ([quantile(round_, part) * 1e3 for round_ in rounds] for rounds in (cold, warm))
        figures.add(benchmark, f"cold statement of {PAGE} rows, {name}", "ms", mine, f"read again, {name}", other)


def put_out_of_cache(paths: list[Path]) -> None:
    for path in paths:
        file = os.open(path, os.O_RDONLY)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)


def time_of(read: Callable[[str], object], number: int, busy: int) -> float:
    """Seconds of one read of a busy member."""
    member = member_id(number * STRIDE % busy)
    return seconds(lambda: read(member))


def statement(ledger: ll.Ledger, number: int, busy: int) -> float:
    """Seconds of one full page of a busy member."""
    read: list[ll.Statement] = []
    taken = time_of(lambda member: read.append(ledger.statement(member, limit=PAGE)), number, busy)
    if len(read[0].rows) != PAGE:
        raise AssertionError(f"the page has {len(read[0].rows)} rows, not {PAGE}")
    return taken
