"""Ledgers that benchmarks work on: made anew, filled, and stripped of what is derived."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

import loyalty_ledger as ll
from benchmarks.bare import seconds
from benchmarks.workload import PROGRAM, accruals, members

FILLED_AT_ONCE = 1_000_000
ROOT = Path(__file__).parents[1]


class FreshLedgers:
    """One ledger after the other in the same place; the one before is closed and removed."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "fresh.ledger"
        self._open: ll.Ledger | None = None

    def next(self, enrolled: int = 0, program: str = PROGRAM) -> ll.Ledger:
        """An empty ledger, or one with so many members."""
        self.close()
        self._open = ll.open(self._path, program=program)
        if enrolled:
            everything_applied(self._open.enroll_batch(members(enrolled)))
        return self._open

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
        shutil.rmtree(self._path, ignore_errors=True)


def everything_applied(answers: ll.Answers) -> None:
    """A benchmark whose rows were refused has measured something else."""
    if answers.applied != len(answers):
        raise AssertionError(f"{answers.applied} of {len(answers)} rows were applied")


def accrue(ledger: ll.Ledger | ll.Client, table: pa.Table, *, create_members: bool = False) -> float:
    """Seconds until every row of a table is durable."""
    answers: list[ll.Answers] = []
    taken = seconds(lambda: answers.append(ledger.accrue_batch(table, create_members=create_members)))
    everything_applied(answers[0])
    return taken


def redeem(ledger: ll.Ledger, table: pa.Table) -> float:
    """Seconds until every row of a table is durable."""
    answers: list[ll.Answers] = []
    taken = seconds(lambda: answers.append(ledger.redeem_batch(table)))
    everything_applied(answers[0])
    return taken


def fill(ledger: ll.Ledger, rows: int, among: int, first_key: int = 0) -> None:
    """Accrues at random, in tables that fit in memory beside the ledger."""
    for first in range(0, rows, FILLED_AT_ONCE):
        count = min(FILLED_AT_ONCE, rows - first)
        accrue(ledger, accruals(count, among, first_key + first, seed=100 + first // FILLED_AT_ONCE))


def segments(path: Path) -> list[Path]:
    """The journal's files, oldest first."""
    return sorted(path.glob("segment-*.journal"))


def remove_snapshots(path: Path) -> None:
    """Takes away what lets an opening read less than the journal."""
    for suffix in ("snapshot", "keys"):
        for file in path.glob(f"*.{suffix}"):
            file.unlink()


def in_a_process(kind: str, directory: Path, *counts: int) -> list[dict[str, Any]]:
    """What the measuring process tells, line by line."""
    directory.mkdir(parents=True)
    command = [sys.executable, "-m", "benchmarks.memory", kind, str(directory), *map(str, counts)]
    told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in told.splitlines()]
