"""A day of tills in one table: sales, points spent, holds and their captures, returns, and some of everything else."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pytest_benchmark.fixture import BenchmarkFixture

import loyalty_ledger as ll
from benchmarks.bare import seconds
from benchmarks.figures import Figures
from benchmarks.ledgers import FreshLedgers, accrue, everything_applied
from benchmarks.workload import Scale, a_row_each, accruals, at_random, counted, keys, member_ids

ROUNDS = 5
# Of twenty rows: twelve sales, three redemptions, a hold and its capture, two returns of the first two sales, another.
VERBS = [
    *["purchase"] * 12,
    *["redeem"] * 3,
    "authorize",
    "capture",
    *["reverse"] * 2,
    "adjust",
]
POINTS = {"redeem": 2, "authorize": 3, "capture": 2, "adjust": 5}
RETURNED = 17
"""Rows from a sale to its return."""


def till_day(count: int, among: int, first_key: int, seed: int = 3) -> pa.Table:
    """Rows in the order of the day; `count` is a multiple of twenty."""
    numbers = counted(count)
    kinds = pc.cast(pc.subtract(numbers, pc.multiply(pc.divide(numbers, len(VERBS)), len(VERBS))), pa.int64())
    verbs = pa.array(VERBS).take(kinds)
    named = keys(count, first_key)

    def only(verb: str, values: pa.Array) -> pa.Array:
        return pc.if_else(pc.equal(verbs, verb), values, pa.scalar(None, values.type))

    def earlier(rows: int) -> pa.Array:
        return named.take(pc.max_element_wise(pc.subtract(numbers, rows), 0))

    by_reference = pc.is_in(verbs, pa.array(["capture", "reverse"]))
    amounts = pc.add(at_random(count, 20_000, seed + 1), 1_000)
    members = member_ids(at_random(count, among, seed))
    by_hand = pa.array(["goodwill"]).take(pc.multiply(kinds, 0))
    return pa.table(
        {
            "verb": verbs,
            "key": named,
            "member": pc.if_else(by_reference, pa.scalar(None, pa.string()), members),
            "amount": pc.coalesce(only("purchase", amounts), only("reverse", pc.add(pc.multiply(numbers, 0), 1_000))),
            "points": pa.array([POINTS.get(verb) for verb in VERBS], pa.int64()).take(kinds),
            "authorization": only("capture", earlier(1)),
            "original": only("reverse", earlier(RETURNED)),
            "reason": only("adjust", by_hand),
            "actor": only("adjust", by_hand),
        }
    )


def test_a_day_of_tills(benchmark: BenchmarkFixture, figures: Figures, scale: Scale, fresh: FreshLedgers) -> None:
    """Against accruals of the same number of rows in the same ledger; the target is half of their rate."""
    mine: list[float] = []
    beside: list[float] = []
    rows = scale.rows // len(VERBS) * len(VERBS)

    def prepare() -> tuple[tuple[ll.Ledger, pa.Table], dict[str, object]]:
        ledger = fresh.next(enrolled=scale.members)
        accrue(ledger, a_row_each(scale.members, first_key=0, points=1_000_000))
        beside.append(rows / accrue(ledger, accruals(rows, scale.members, first_key=scale.members)))
        return (ledger, till_day(rows, scale.members, first_key=scale.members + rows)), {}

    def post(ledger: ll.Ledger, day: pa.Table) -> None:
        answers: list[ll.Answers] = []
        mine.append(rows / seconds(lambda: answers.append(ledger.post_batch(day))))
        everything_applied(answers[0])

    benchmark.pedantic(post, setup=prepare, rounds=ROUNDS)
    name = f"post_batch, a day of tills, {rows:,} rows"
    figures.add(benchmark, name, "rows/s", mine, "accrue_batch before it, rows/s", beside)
