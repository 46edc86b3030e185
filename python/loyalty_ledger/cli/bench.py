"""`loyalty-ledger bench`: what this machine's disk and processor make of the ledger, in a minute."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import duckdb
import typer

import loyalty_ledger as ll
from loyalty_ledger.cli.arguments import AsJson
from loyalty_ledger.cli.output import print_figures, print_json, tell

SINGLE_CALLS = 2_000
BALANCES = 20_000
BLOCK = bytes(4096)

Rows = Annotated[int, typer.Option("--rows", min=1, help="Accruals in the large batch.")]
Members = Annotated[int, typer.Option("--members", min=1, help="Members they are spread over.")]
Directory = Annotated[
    Path | None,
    typer.Option(
        "--directory", exists=True, file_okay=False, help="Where the ledger is made; else the temporary folder."
    ),
]


def bench(
    rows: Rows = 1_000_000, members: Members = 100_000, directory: Directory = None, json: AsJson = False
) -> None:
    """Measure durable accruals, redemptions, single calls, reads and reopening on this machine."""
    with TemporaryDirectory(dir=directory) as scratch:
        rates = measure(Path(scratch), rows, members)
    document = {"rows": rows, "members": members, "processors": os.cpu_count()} | rates
    if json:
        print_json(document)
    else:
        print_figures({name.replace("_", " "): value for name, value in document.items()})


def measure(folder: Path, rows: int, members: int) -> dict[str, Any]:
    """Runs everything once; rates are per second."""
    rates: dict[str, Any] = {"bare_syncs_per_second": bare_syncs(folder / "sync")}
    path = folder / "bench.ledger"
    tables = duckdb.connect()
    tables.execute(f"CREATE TABLE members AS SELECT 'member-' || range AS member FROM range({members})")
    tables.execute(
        f"CREATE TABLE accruals AS SELECT 'member-' || hash(range) % {members} AS member, "
        f"'bench/accrual/' || range AS key, CAST(10 AS BIGINT) AS points FROM range({rows})"
    )
    with ll.open(path) as ledger:
        tell("enrolling")
        enrolments = tables.sql("SELECT member, 'enroll/' || member AS key FROM members")
        rates["enrolments_per_second"] = rate(members, lambda: ledger.enroll_batch(enrolments))
        tell("accruing")
        accruals = tables.sql("SELECT member, key, points FROM accruals")
        rates["accruals_per_second"] = rate(rows, lambda: ledger.accrue_batch(accruals))
        tell("redeeming")
        redemptions = tables.sql(
            "SELECT member, 'bench/redeem/' || member AS key, CAST(10 AS BIGINT) AS points FROM members"
        )
        rates["redemptions_per_second"] = rate(members, lambda: ledger.redeem_batch(redemptions))
        tell("calling one by one")
        rates["single_calls_per_second"] = rate(SINGLE_CALLS, lambda: single_calls(ledger))
        rates["balances_per_second"] = rate(BALANCES, lambda: read_balances(ledger, members))
    tell("opening again")
    started = time.perf_counter()
    with ll.open(path) as ledger:
        rates["reopened_in_seconds"] = round(time.perf_counter() - started, 3)
        entries = ledger.info().entries
        rates["bytes_per_entry"] = round(ledger.info().journal_bytes / entries, 1)
    return rates


def rate(count: int, work: Callable[[], object]) -> int:
    """How many of `count` went through in a second."""
    started = time.perf_counter()
    work()
    return round(count / (time.perf_counter() - started))


def single_calls(ledger: ll.Ledger) -> None:
    """Durable accruals from one thread, each waiting for its answer."""
    for number in range(SINGLE_CALLS):
        ledger.accrue("member-0", 1, key=f"bench/single/{number}")


def read_balances(ledger: ll.Ledger, members: int) -> None:
    """Balances of many members, one call each."""
    for number in range(BALANCES):
        ledger.balance(f"member-{number * 7919 % members}")


def bare_syncs(path: Path) -> int:
    """What the disk itself allows: write 4 KiB and sync, in a loop."""
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        os.pwrite(file, BLOCK * SINGLE_CALLS, 0)
        os.fsync(file)

        def loop() -> None:
            for number in range(SINGLE_CALLS):
                os.pwrite(file, BLOCK, number * len(BLOCK))
                os.fdatasync(file)

        return rate(SINGLE_CALLS, loop)
    finally:
        os.close(file)
