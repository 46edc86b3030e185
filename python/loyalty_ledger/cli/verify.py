"""`loyalty-ledger verify`: derives everything anew from the journal and compares."""

from __future__ import annotations

import typer

from loyalty_ledger.cli.arguments import AsJson, LedgerPath, open_to_read
from loyalty_ledger.cli.output import DIFFERENCES, print_json, print_line


def verify(ledger: LedgerPath, json: AsJson = False) -> None:
    """Check the journal's chain and every balance and total; exit code 1 if anything differs."""
    with open_to_read(ledger) as opened:
        report = opened.verify()
    if json:
        print_json(report)
    else:
        for problem in report.problems:
            print_line(problem)
        print_line(f"{report.entries:,} entries: {'all right' if report.ok else 'DIFFERENCES FOUND'}")
    if not report.ok:
        raise typer.Exit(DIFFERENCES)
