"""A process of its own that fills a ledger and prints, as JSON lines, what its memory has grown by."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow as pa

import loyalty_ledger as ll
from benchmarks.ledgers import accrue
from benchmarks.workload import PROGRAM, counted, rows_for

# Small tables: what they leave behind in the process is small against what is measured.
ROWS_AT_ONCE = 65_536
FILLS = 8
UNMEASURED = 90_000_000
WARM_UP_MEMBERS = 1_024
WARM_UP_ROWS = 4 * ROWS_AT_ONCE


def main() -> None:
    """`python -m benchmarks.memory members|keys DIRECTORY COUNTS...`."""
    kind, directory, *counts = sys.argv[1:]
    measured = {"members": members_and_lots, "keys": keys}[kind]
    with ll.open(Path(directory) / "memory.ledger", program=PROGRAM) as ledger:
        warm_up(ledger)
        measured(ledger, *map(int, counts))


def warm_up(ledger: ll.Ledger) -> None:
    """Loads what is loaded once: Arrow's kernels, buffers of the ledger's threads. Its members are none of the rest."""
    for first in range(0, WARM_UP_ROWS, ROWS_AT_ONCE):
        numbers = [UNMEASURED + place % WARM_UP_MEMBERS for place in range(ROWS_AT_ONCE)]
        accrue(ledger, rows_for(pa.array(numbers), UNMEASURED + first), create_members=True)


def members_and_lots(ledger: ll.Ledger, members: int, further: int) -> None:
    """Members with their first lot, then further lots, spread over them evenly; a key for each row."""
    before = resident()
    for first in range(0, members, ROWS_AT_ONCE):
        count = min(ROWS_AT_ONCE, members - first)
        accrue(ledger, rows_for(counted(count, first), first), create_members=True)
    tell(what="member with one lot and its key", count=members, grown=resident() - before)
    before = resident()
    for first in range(0, further, ROWS_AT_ONCE):
        count = min(ROWS_AT_ONCE, further - first)
        numbers = [(first + place) * 7_919 % members for place in range(count)]
        accrue(ledger, rows_for(pa.array(numbers), members + first))
    tell(what="further lot and its key", count=further, grown=resident() - before)


def keys(ledger: ll.Ledger, count: int) -> None:
    """Redemptions that are refused: each leaves its key and nothing else. Told at several fills of the tables."""
    before = resident()
    used = 0
    for fill in range(1, FILLS + 1):
        while used < count * fill // FILLS:
            rows = min(ROWS_AT_ONCE, count * fill // FILLS - used)
            table = rows_for(pa.array([UNMEASURED] * rows), used, points=1 << 40)
            answers = ledger.redeem_batch(table)
            if answers.refused != rows:
                raise AssertionError(f"{answers.refused} of {rows} redemptions were refused, so keys are not alone")
            used += rows
        tell(what="key", count=used, grown=resident() - before)


def resident() -> int:
    """Bytes of memory that are this process's own, without the files it has mapped."""
    pa.default_memory_pool().release_unused()
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the system does not tell RssAnon")


def tell(**measured: object) -> None:
    print(json.dumps(measured), flush=True)


if __name__ == "__main__":
    main()
