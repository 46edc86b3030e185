"""Durable tables from Python: accruals, accruals of new members, accruals into a full ledger, redemptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import loyalty_ledger as ll
from benchmarks.bare import sqlite_accruals, write_in_sequence
from benchmarks.figures import Figures
from benchmarks.ledgers import FreshLedgers, accrue, fill, redeem
from benchmarks.workload import PROGRAM, Scale, a_row_each, accruals, members

ROUNDS = 5
LOTS = 10
SQLITE_ROWS = 100_000


@dataclass
class Rates:
    """Rows per second of what is measured, and of what is measured beside it."""

    mine: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)


@pytest.fixture(scope="module")
def table(scale: Scale) -> pa.Table:
    """The large table: members in random order, one key per row."""
    return accruals(scale.rows, scale.members)


def test_accruals_of_enrolled_members(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, directory: Path, fresh: FreshLedgers, table: pa.Table
) -> None:
    rates, of_disk = Rates(), []
    sqlite_table = table.slice(0, SQLITE_ROWS)

    def prepare() -> tuple[tuple[ll.Ledger], dict[str, object]]:
        rates.beside.append(sqlite_accruals(directory / "sqlite", sqlite_table))
        return (fresh.next(enrolled=scale.members),), {}

    def accrue_all(ledger: ll.Ledger) -> None:
        rates.mine.append(scale.rows / accrue(ledger, table))

    def write_as_much(ledger: ll.Ledger) -> None:
        journal = ledger.info().journal_bytes
        of_disk.append(scale.rows / write_in_sequence(directory / "sequence", journal))

    benchmark.pedantic(accrue_all, setup=prepare, teardown=write_as_much, rounds=ROUNDS)
    counts = f"{scale.rows:,} rows, {scale.members:,} members"
    figures.add(benchmark, f"accrue_batch, {counts}", "rows/s", rates.mine, "SQLite, rows/s", rates.beside)
    figures.add(benchmark, "the same, against the disk", "rows/s", rates.mine, "bare write of its journal", of_disk)


def test_accruals_of_new_members(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, fresh: FreshLedgers
) -> None:
    rates = Rates()
    first_rows = a_row_each(scale.members, first_key=0)

    def prepare() -> tuple[tuple[ll.Ledger], dict[str, object]]:
        rates.beside.append(scale.members / accrue(fresh.next(enrolled=scale.members), first_rows))
        return (fresh.next(),), {}

    def accrue_first(ledger: ll.Ledger) -> None:
        rates.mine.append(scale.members / accrue(ledger, first_rows, create_members=True))

    benchmark.pedantic(accrue_first, setup=prepare, rounds=ROUNDS)
    figures.add(
        benchmark, "create_members, first rows", "rows/s", rates.mine, "the same rows, members enrolled", rates.beside
    )


@pytest.fixture
def full_ledger(scale: Scale, directory: Path) -> Iterator[ll.Ledger]:
    """A ledger that has keys already."""
    with ll.open(directory / "full.ledger", program=PROGRAM) as ledger:
        ledger.enroll_batch(members(scale.members))
        fill(ledger, scale.keys_present, scale.members)
        yield ledger


def test_accruals_with_keys_present(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, fresh: FreshLedgers, full_ledger: ll.Ledger
) -> None:
    rates = Rates()
    rows = scale.keys_present_rows
    next_key = scale.keys_present

    def prepare() -> tuple[tuple[pa.Table], dict[str, object]]:
        nonlocal next_key
        added = accruals(rows, scale.members, next_key, seed=next_key)
        next_key += rows
        rates.beside.append(rows / accrue(fresh.next(enrolled=scale.members), added))
        fresh.close()
        return (added,), {}

    def accrue_more(added: pa.Table) -> None:
        rates.mine.append(rows / accrue(full_ledger, added))

    benchmark.pedantic(accrue_more, setup=prepare, rounds=ROUNDS)
    name = f"accrue_batch, {scale.keys_present:,} keys present"
    figures.add(benchmark, name, "rows/s", rates.mine, "the same rows, new ledger", rates.beside)


def test_redemptions_over_ten_lots(
    benchmark: BenchmarkFixture, figures: Figures, scale: Scale, fresh: FreshLedgers
) -> None:
    """Every round gives each member ten lots of 10 points, then takes 1 point, then the 99 that are left."""
    count = max(1, scale.rows // LOTS)
    ledger = fresh.next(enrolled=count)
    accruing, from_one, from_all = [], [], []
    next_key = 0

    def take_keys() -> int:
        nonlocal next_key
        next_key += count
        return next_key - count

    def prepare() -> tuple[tuple[pa.Table], dict[str, object]]:
        lots = [a_row_each(count, take_keys(), points=10, seed=seed) for seed in range(LOTS)]
        accruing.append(accrue(ledger, pa.concat_tables(lots)) / LOTS / count * 1e6)
        one = a_row_each(count, take_keys(), points=1, seed=98)
        from_one.append(redeem(ledger, one) / count * 1e6)
        return (a_row_each(count, take_keys(), points=99, seed=99),), {}

    def redeem_all(rest: pa.Table) -> None:
        from_all.append(redeem(ledger, rest) / count * 1e6)

    benchmark.pedantic(redeem_all, setup=prepare, rounds=ROUNDS)
    figures.add(benchmark, "redemption from one lot of ten", "µs/row", from_one, "accrual, µs", accruing)
    figures.add(benchmark, "redemption from ten lots", "µs/row", from_all, "accrual, µs", accruing)
