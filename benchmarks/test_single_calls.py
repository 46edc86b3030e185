"""Calls one by one from one Python thread: alone against the disk, and beside an import."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread

from pytest_benchmark.fixture import BenchmarkFixture

import loyalty_ledger as ll
from benchmarks.bare import BareFile, seconds
from benchmarks.figures import Figures, quantile
from benchmarks.ledgers import FreshLedgers, accrue
from benchmarks.workload import Scale, accruals, member_id

ROUNDS = 9
CALLS = 400
IMPORT_ROUNDS = 5
READS_PER_CALL = 20
MEMBERS = 10_000
# Far apart and without a common factor with the number of members: no read finds its member in a cache by chance.
STRIDE = 7_919


def test_single_durable_calls(
    benchmark: BenchmarkFixture, figures: Figures, fresh: FreshLedgers, bare: BareFile
) -> None:
    ledger = fresh.next(enrolled=MEMBERS)
    calls: list[list[float]] = []
    syncs: list[list[float]] = []

    def prepare() -> None:
        syncs.append([bare.sync() for _ in range(CALLS)])

    def call_one_by_one() -> None:
        calls.append([accrue_one(ledger, f"{len(calls)}/{number}", number) for number in range(CALLS)])

    benchmark.pedantic(call_one_by_one, setup=prepare, rounds=ROUNDS)
    rate, bare_rate = ([CALLS / sum(round_) for round_ in rounds] for rounds in (calls, syncs))
    figures.add(
        benchmark, "single durable calls, one thread", "calls/s", rate, "bare write and sync of 4 KiB", bare_rate
    )
    for part, name in ((0.5, "p50"), (0.99, "p99")):
        mine, other = ([quantile(round_, part) * 1e6 for round_ in rounds] for rounds in (calls, syncs))
        figures.add(benchmark, f"single durable call, {name}", "µs", mine, f"bare write and sync, {name}", other)


def accrue_one(ledger: ll.Ledger, attempt: str, number: int) -> float:
    """Seconds of one durable call."""
    member, key = member_id(number * STRIDE % MEMBERS), f"single/{attempt}"
    return seconds(lambda: ledger.accrue(member, 10, key=key))


@dataclass
class Mixed:
    """Single calls, each followed by some balance reads, for as long as something goes on."""

    ledger: ll.Ledger
    members: int
    calls: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)

    def run(self, attempt: str, going_on: Callable[[], bool]) -> None:
        number = 0
        while going_on():
            member, key = member_id(number * STRIDE % self.members), f"mixed/{attempt}/{number}"
            self.calls.append(seconds(lambda member=member, key=key: self.ledger.accrue(member, 10, key=key)))
            for place in range(READS_PER_CALL):
                read = member_id((number * READS_PER_CALL + place) * STRIDE % self.members)
                self.reads.append(seconds(lambda read=read: self.ledger.balance(read)))
            number += 1


def test_calls_and_reads_while_an_import_runs(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, fresh: FreshLedgers
) -> None:
    ledger = fresh.next(enrolled=scale.members)
    accrue(ledger, accruals(scale.members, scale.members, seed=7))
    alone: list[Mixed] = []
    beside: list[Mixed] = []
    rates: list[float] = []
    next_key = scale.members

    def prepare() -> tuple[tuple[Thread], dict[str, object]]:
        nonlocal next_key
        attempt = len(alone)
        alone.append(Mixed(ledger, scale.members))
        until = time.perf_counter() + 0.5
        alone[-1].run(f"alone/{attempt}", lambda: time.perf_counter() < until)
        table = accruals(scale.rows, scale.members, next_key, seed=attempt)
        next_key += scale.rows
        return (Thread(target=lambda: rates.append(scale.rows / accrue(ledger, table))),), {}

    def run_beside(importing: Thread) -> None:
        beside.append(Mixed(ledger, scale.members))
        importing.start()
        beside[-1].run(f"beside/{len(beside)}", importing.is_alive)
        importing.join()

    benchmark.pedantic(run_beside, setup=prepare, rounds=IMPORT_ROUNDS)
    if len(rates) != IMPORT_ROUNDS:
        raise AssertionError("an import failed; its thread has printed why")
    figures.add(benchmark, "import with calls and reads beside it", "rows/s", rates)
    for part, name in ((0.5, "p50"), (0.99, "p99"), (1.0, "longest")):
        mine, other = ([quantile(mixed.calls, part) * 1e3 for mixed in rounds] for rounds in (beside, alone))
        figures.add(benchmark, f"single call during import, {name}", "ms", mine, f"without import, {name}", other)
        mine, other = ([quantile(mixed.reads, part) * 1e3 for mixed in rounds] for rounds in (beside, alone))
        figures.add(benchmark, f"balance read during import, {name}", "ms", mine, f"without import, {name}", other)
