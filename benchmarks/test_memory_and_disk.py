"""Bytes: of the journal per accrual, and of memory per member, per further lot and per key."""

from __future__ import annotations

from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.figures import Figures
from benchmarks.ledgers import FreshLedgers, accrue, in_a_process
from benchmarks.workload import Scale, accruals

ROUNDS = 3


def test_journal_bytes_per_accrual(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, fresh: FreshLedgers
) -> None:
    rows = min(scale.rows, 1_000_000)
    table = accruals(rows, scale.members)
    ledger = fresh.next(enrolled=scale.members)
    before = ledger.info().journal_bytes
    benchmark.pedantic(accrue, args=(ledger, table), rounds=1)
    given = sum(column.nbytes for column in table.columns) / rows
    per_row = (ledger.info().journal_bytes - before) / rows
    figures.add(
        benchmark, "journal per accrual, frames and all", "bytes", [per_row], "its row in Arrow, bytes", [given]
    )


def test_memory_per_member_lot_and_key(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, directory: Path
) -> None:
    of_keys: list[list[float]] = []
    of_rows: list[list[float]] = []

    def measure() -> None:
        place = directory / str(len(of_keys))
        fills = in_a_process("keys", place / "keys", scale.memory_keys)
        of_keys.append([fill["grown"] / fill["count"] for fill in fills])
        counts = scale.memory_members, scale.memory_further_lots
        of_rows.append([told["grown"] / told["count"] for told in in_a_process("members", place / "rows", *counts)])

    benchmark.pedantic(measure, rounds=ROUNDS if scale.name != "full" else 1)
    at_worst = [max(fills[1:]) for fills in of_keys]
    at_best = [min(fills[1:]) for fills in of_keys]
    keys = f"up to {scale.memory_keys:,} keys"
    figures.add(benchmark, f"memory per key at the worst fill {keys}", "bytes", at_worst, "at the best", at_best)
    for place, name in ((0, "member with one lot and its key"), (1, "further lot and its key")):
        figures.add(benchmark, f"memory per {name}", "bytes", [rows[place] for rows in of_rows])
    for place, name in ((0, "member with one lot"), (1, "further lot")):
        without = [rows[place] - key for rows, key in zip(of_rows, at_best, strict=True)]
        figures.add(benchmark, f"memory per {name}, without its key", "bytes", without)
