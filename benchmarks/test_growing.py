"""How long writes stop while tables grow: a ledger filled slice by slice, each durable before the next."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.bare import BareFile
from benchmarks.figures import Figures, quantile
from benchmarks.ledgers import FILLED_AT_ONCE, FreshLedgers, accrue
from benchmarks.workload import Scale, accruals

SLICE = 512


def test_pauses_while_tables_grow(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, fresh: FreshLedgers, bare: BareFile
) -> None:
    rounds: list[list[float]] = []
    syncs: list[list[float]] = []

    def grow() -> None:
        ledger = fresh.next(enrolled=scale.members)
        before = ledger.info().journal_bytes
        slices: list[float] = []
        beside: list[float] = []
        size = 64 << 10
        for first in range(0, scale.growing_rows, FILLED_AT_ONCE):
            table = accruals(min(FILLED_AT_ONCE, scale.growing_rows - first), scale.members, first, seed=first)
            for row in range(0, table.num_rows, SLICE):
                slices.append(accrue(ledger, table.slice(row, SLICE)) * 1e3)
                beside.append(bare.sync(size) * 1e3)
                size = (ledger.info().journal_bytes - before) // len(slices)
        rounds.append(slices)
        syncs.append(beside)

    benchmark.pedantic(grow, rounds=scale.growing_rounds)
    for part, name in ((0.5, "p50"), (0.99, "p99"), (1.0, "longest")):
        mine, other = ([quantile(round_, part) for round_ in each] for each in (rounds, syncs))
        title = f"durable slice of {SLICE} rows, {name} up to {scale.growing_rows:,} keys"
        figures.add(benchmark, title, "ms", mine, f"bare write and sync of its bytes, {name}", other)
