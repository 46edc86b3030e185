"""`loyalty-ledger restore`: makes a ledger from a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import loyalty_ledger as ll
from loyalty_ledger.cli.arguments import AsJson
from loyalty_ledger.cli.output import print_json, print_line

Source = Annotated[Path, typer.Argument(metavar="BACKUP", help="Directory of the backup.", show_default=False)]
Target = Annotated[Path, typer.Argument(metavar="LEDGER", help="Directory to create.", show_default=False)]
Through = Annotated[int | None, typer.Option("--through", metavar="N", min=1, help="Stop after this entry.")]


def restore(source: Source, target: Target, through: Through = None, json: AsJson = False) -> None:
    """Make a ledger from a backup, whole or up to an entry; it is verified before this ends."""
    last = ll.restore(source, target, through=through)
    if json:
        print_json({"backup": str(source), "ledger": str(target), "through": last})
    else:
        print_line(f"restored {target} from {source} up to entry {last:,}")
