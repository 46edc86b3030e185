"""`loyalty-ledger backup`: copies a ledger while others write to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loyalty_ledger.cli.arguments import AsJson, LedgerPath
from loyalty_ledger.cli.opening import open_directory
from loyalty_ledger.cli.output import print_json, print_line

Target = Annotated[Path, typer.Argument(metavar="TARGET", help="Directory to create.", show_default=False)]


def backup(ledger: LedgerPath, target: Target, json: AsJson = False) -> None:
    """Copy a ledger, up to its last durable entry, into a new directory."""
    with open_directory(ledger) as opened:
        through = opened.backup(target)
    if json:
        print_json({"ledger": str(ledger), "backup": str(target), "through": through})
    else:
        print_line(f"copied {ledger} up to entry {through:,} into {target}")
