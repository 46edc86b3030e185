"""Returns of one line of eight, on wallets of a hundred lots, against accruals through the same door."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
from pytest_benchmark.fixture import BenchmarkFixture

import loyalty_ledger as ll
from benchmarks.bare import seconds
from benchmarks.figures import Figures
from benchmarks.ledgers import FreshLedgers, accrue, everything_applied
from benchmarks.workload import keys, member_ids, rows_for

ROUNDS = 5
MEMBERS = 1_000
LOTS = 90  # and ten of the sales
ROWS = 10_000
LINES = [{"amount": Decimal(place + 1)} for place in range(8)]


def test_returns_of_one_line_of_eight(benchmark: BenchmarkFixture, figures: Figures, fresh: FreshLedgers) -> None:
    mine: list[float] = []
    beside: list[float] = []

    def numbers(rows: int) -> pa.Array:
        return pa.array([row % MEMBERS for row in range(rows)])

    def prepare() -> tuple[tuple[ll.Ledger, pa.Table], dict[str, object]]:
        ledger = fresh.next(enrolled=MEMBERS)
        accrue(ledger, rows_for(numbers(MEMBERS * LOTS), first_key=0, points=5))
        sold = keys(ROWS, MEMBERS * LOTS)
        sales = pa.table(
            {
                "verb": ["purchase"] * ROWS,
                "key": sold,
                "member": member_ids(numbers(ROWS)),
                "amount": [sum(line["amount"] for line in LINES)] * ROWS,
                "lines": [LINES] * ROWS,
            }
        )
        everything_applied(ledger.post_batch(sales))
        given = {"verb": ["accrue"] * ROWS, "key": keys(ROWS, 10_000_000), "member": member_ids(numbers(ROWS))}
        accruals = pa.table({**given, "points": [5] * ROWS})
        answers: list[ll.Answers] = []
        beside.append(seconds(lambda: answers.append(ledger.post_batch(accruals))) / ROWS * 1e6)
        everything_applied(answers[0])
        returned = [[{"line": row % 8 + 1, "quantity": None}] for row in range(ROWS)]
        kind = pa.list_(pa.struct([("line", pa.int64()), ("quantity", pa.int64())]))
        returns = {"verb": ["reverse"] * ROWS, "key": keys(ROWS, 20_000_000), "original": sold}
        return (ledger, pa.table({**returns, "lines": pa.array(returned, kind)})), {}

    def give_back(ledger: ll.Ledger, returns: pa.Table) -> None:
        answers: list[ll.Answers] = []
        mine.append(seconds(lambda: answers.append(ledger.post_batch(returns))) / ROWS * 1e6)
        everything_applied(answers[0])

    benchmark.pedantic(give_back, setup=prepare, rounds=ROUNDS)
    name = "return of one line of eight, 100 lots"
    figures.add(benchmark, name, "µs", mine, "an accrual through post_batch, µs", beside)
