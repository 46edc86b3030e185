"""Plays the year into a ledger: every run of one verb is one batch, the clock follows the data."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import loyalty_ledger as ll
from loyalty_ledger.demo.baskets import END, Baskets

START = END.replace(year=2017)


@dataclass(frozen=True)
class Replay:
    """What the batches answered."""

    purchases: int
    purchases_without_points: int
    redemptions_applied: int
    redemptions_refused: int
    seconds: float


def program() -> str:
    """The demo's program file."""
    return files("loyalty_ledger.demo").joinpath("program.toml").read_text(encoding="utf-8")


def open_ledger(path: Path) -> tuple[ll.Ledger, ll.ManualClock]:
    """A new ledger whose clock stands at the start of the year."""
    clock = ll.ManualClock(START)
    return ll.open(path, program=program(), clock=clock), clock


def replay(ledger: ll.Ledger, clock: ll.ManualClock, baskets: Baskets, advance: Callable[[int], None]) -> Replay:
    """Enrols every household, plays all events and sets the clock to the end of the year."""
    started = time.perf_counter()
    ledger.enroll_batch(baskets.member_table())
    purchases = without_points = applied = refused = 0
    for run in baskets.runs:
        if run.verb == "purchase":
            sales = ledger.purchase_batch(baskets.table(run))
            purchases += sales.applied
            without_points += baskets.count_without_points(sales)
        else:
            answers = ledger.redeem_batch(baskets.table(run))
            applied += answers.applied
            refused += answers.refused
        advance(len(run))
    clock.advance_to(END)
    return Replay(purchases, without_points, applied, refused, time.perf_counter() - started)
