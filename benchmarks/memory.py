"""A process of its own that fills a ledger and prints, as JSON lines, what its memory has grown by."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow as pa

import loyalty_ledger as ll
from benchmarks.ledgers import accrue, everything_applied
from benchmarks.referrals import BINDINGS, REFERRALS, SALES, bindings, issue_codes, post, sales
from benchmarks.workload import PROGRAM, counted, rows_for
from benchmarks.workload import members as member_rows

# Small tables: what they leave behind in the process is small against what is measured.
ROWS_AT_ONCE = 65_536
FILLS = 8
UNMEASURED = 90_000_000
WARM_UP_MEMBERS = 1_024
WARM_UP_ROWS = 4 * ROWS_AT_ONCE


def main() -> None:
    """`python -m benchmarks.memory members|keys|friends|keys-of-friends DIRECTORY COUNTS...`."""
    kind, directory, *counts = sys.argv[1:]
    measured = {"members": members_and_lots, "keys": keys, "friends": of_friends, "keys-of-friends": keys_of_friends}[
        kind
    ]
    program = REFERRALS if kind.endswith("friends") else PROGRAM
    with ll.open(Path(directory) / "memory.ledger", program=program) as ledger:
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


def of_friends(ledger: ll.Ledger, members: int) -> None:
    """Of 100 members 35 are bound, then rewarded."""
    friends, advocates = friends_among(ledger, members)
    before = resident()
    for first in range(0, friends, ROWS_AT_ONCE):
        post(ledger, bindings(min(ROWS_AT_ONCE, friends - first), advocates, first))
    tell(what="bound", count=members, grown=resident() - before)
    before = resident()
    for first in range(0, friends, ROWS_AT_ONCE):
        post(ledger, sales(min(ROWS_AT_ONCE, friends - first), SALES, first))
    tell(what="rewarded, with two lots each", count=members, grown=resident() - before)


def keys_of_friends(ledger: ll.Ledger, members: int) -> None:
    """What the keys of the same rows take in the same ledger."""
    friends, _ = friends_among(ledger, members)
    for what, first_key in (("bound", BINDINGS), ("rewarded, with two lots each", SALES)):
        before = resident()
        for first in range(0, friends, ROWS_AT_ONCE):
            rows = min(ROWS_AT_ONCE, friends - first)
            ledger.redeem_batch(rows_for(pa.array([UNMEASURED] * rows), first_key + first, points=1 << 40))
        tell(what=what, count=members, grown=resident() - before)


def friends_among(ledger: ll.Ledger, members: int) -> tuple[int, int]:
    """How many friends and advocates there are, once all are members and the advocates have codes."""
    friends, advocates = members * 35 // 100, members // 20
    for first in range(0, members, ROWS_AT_ONCE):
        everything_applied(ledger.enroll_batch(member_rows(min(ROWS_AT_ONCE, members - first), first)))
    issue_codes(ledger, advocates, first_member=members - advocates)
    return friends, advocates


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
