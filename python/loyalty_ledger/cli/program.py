"""`loyalty-ledger program`: works on program files."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

import loyalty_ledger as ll
from loyalty_ledger.cli.arguments import AsJson
from loyalty_ledger.cli.output import DIFFERENCES, print_json, print_line

app = typer.Typer(help="Work on program files.", no_args_is_help=True)

ProgramFile = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="Program file.", show_default=False)
]


@app.callback()
def _group() -> None:
    """Work on program files."""


@app.command("check")
def check(file: ProgramFile, json: AsJson = False) -> None:
    """Check a program file; the first error is named with its line and column, and the exit code is 1."""
    problem = None
    with TemporaryDirectory() as scratch:
        try:
            ll.open(Path(scratch) / "check.ledger", program=file).close()
        except ll.ProgramInvalid as error:
            problem = str(error)
    if json:
        print_json({"file": str(file), "ok": problem is None, "problem": problem})
    else:
        print_line(f"{file}: {problem or 'all right'}")
    if problem is not None:
        raise typer.Exit(DIFFERENCES)
