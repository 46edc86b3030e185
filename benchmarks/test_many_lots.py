"""One redemption that takes 10,000 lots."""

from __future__ import annotations

import pyarrow as pa
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.bare import BareFile, seconds
from benchmarks.figures import Figures
from benchmarks.ledgers import FreshLedgers, accrue
from benchmarks.workload import member_id, rows_for

ROUNDS = 11
LOTS = 10_000


def test_one_redemption_over_ten_thousand_lots(
    benchmark: BenchmarkFixture, figures: Figures, fresh: FreshLedgers, bare: BareFile
) -> None:
    ledger = fresh.next(enrolled=1)
    calls: list[float] = []
    syncs: list[float] = []

    before = 0

    def prepare() -> tuple[tuple[str], dict[str, object]]:
        nonlocal before
        attempt = len(calls)
        lots = rows_for(pa.array([0] * LOTS), first_key=attempt * LOTS, points=1)
        accrue(ledger, lots)
        if len(ledger.balance(member_id(0)).lots) != LOTS:
            raise AssertionError("the wallet has not the lots that this measures")
        before = ledger.info().journal_bytes
        return (f"redeem/{attempt}",), {}

    def redeem(key: str) -> None:
        calls.append(seconds(lambda: ledger.redeem(member_id(0), LOTS, key=key)) * 1e3)

    def sync_as_much(_key: str) -> None:
        syncs.append(bare.sync(ledger.info().journal_bytes - before) * 1e3)

    benchmark.pedantic(redeem, setup=prepare, teardown=sync_as_much, rounds=ROUNDS)
    name = f"redemption over {LOTS:,} lots"
    figures.add(benchmark, name, "ms", calls, "bare write and sync of its bytes, ms", syncs)
    before_sync = [call - sync for call, sync in zip(calls, syncs, strict=True)]
    figures.add(benchmark, f"{name}, without the sync", "ms", before_sync)
