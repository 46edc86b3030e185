"""`loyalty-ledger verify`: derives everything anew from the journal and compares."""

from __future__ import annotations

import typer

from loyalty_ledger.cli.arguments import AsJson
from loyalty_ledger.cli.opening import Authorities, Place, Server, TokenFile, open_to_read
from loyalty_ledger.cli.output import DIFFERENCES, print_json, print_line


def verify(
    ledger: Place = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Check the journal's chain and every balance and total; exit code 1 if anything differs."""
    with open_to_read(ledger, server, token_file, ca) as opened:
        report = opened.verify()
    if json:
        print_json(report)
    else:
        for problem in report.problems:
            print_line(problem)
        print_line(f"{report.entries:,} entries: {'all right' if report.ok else 'DIFFERENCES FOUND'}")
    if not report.ok:
        raise typer.Exit(DIFFERENCES)
