"""`loyalty-ledger init`: creates a ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import loyalty_ledger as ll
from loyalty_ledger.cli.arguments import AsJson, LedgerPath, read_time
from loyalty_ledger.cli.output import InputProblem, print_json, print_line

ProgramFile = Annotated[
    Path | None,
    typer.Option("--program", metavar="FILE", exists=True, dir_okay=False, help="Program file; else the default one."),
]
ManualStart = Annotated[
    str | None,
    typer.Option("--manual-clock", metavar="TIME", help="Make it for a clock that is set by hand, starting here."),
]


def init(
    ledger: LedgerPath, program: ProgramFile = None, manual_clock: ManualStart = None, json: AsJson = False
) -> None:
    """Create a ledger, with a program of your own if one is given."""
    if ledger.exists() and (not ledger.is_dir() or any(ledger.iterdir())):
        raise InputProblem(f"{ledger} exists already; choose another name or use the ledger that is there")
    start = read_time("--manual-clock", manual_clock)
    clock = None if start is None else ll.ManualClock(start)
    with ll.open(ledger, program=program, clock=clock):
        pass
    kind = "system" if clock is None else "manual"
    if json:
        print_json({"ledger": str(ledger), "program": None if program is None else str(program), "clock": kind})
    else:
        print_line(f"created {ledger} ({kind} clock, {program or 'default program'})")
