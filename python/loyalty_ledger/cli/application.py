"""Puts the commands together and turns what goes wrong into a message and an exit code."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated, NoReturn

import duckdb
import typer

import loyalty_ledger as ll
from loyalty_ledger.cli import (
    backup,
    balance,
    bench,
    demo,
    entries,
    explain,
    holds,
    import_rows,
    init,
    program,
    referral,
    restore,
    serve,
    statement,
    token,
    totals,
    verify,
)
from loyalty_ledger.cli.output import DIFFERENCES, ERROR, InputProblem, tell

INTERRUPTED = 130

app = typer.Typer(
    name="loyalty-ledger",
    help="An append-only ledger for loyalty points.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Data goes to stdout, messages to stderr. Exit code: 0 done, 1 differences or refusals, 2 error.",
)

app.command("demo")(demo.demo)
app.command("init")(init.init)
app.command("import")(import_rows.import_rows)
app.command("balance")(balance.balance)
app.command("statement")(statement.statement)
app.command("explain")(explain.explain)
app.command("entries")(entries.entries)
app.command("totals")(totals.totals)
app.command("holds")(holds.holds)
app.command("verify")(verify.verify)
app.command("backup")(backup.backup)
app.command("restore")(restore.restore)
app.command("serve")(serve.serve)
app.command("bench")(bench.bench)
app.add_typer(program.app, name="program")
app.add_typer(referral.app, name="referral")
app.add_typer(token.app, name="token")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("loyalty-ledger"))
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """An append-only ledger for loyalty points."""


def main() -> None:
    """Runs the command line; expected errors become one message and exit code 2."""
    try:
        app()
    except ll.Refused as refusal:
        tell(f"refused: {refusal}")
        sys.exit(DIFFERENCES)
    except ll.LedgerError as problem:
        code = f" [{problem.code}]" if problem.code and problem.code not in str(problem) else ""
        tell(f"error: {problem}{code}")
        sys.exit(ERROR)
    except (InputProblem, OSError, ValueError, duckdb.Error) as problem:
        tell(f"error: {problem}")
        sys.exit(ERROR)
    except SystemExit as ended:
        # Typer takes Ctrl-C for itself and ends with the shells' code for it, without a word.
        if ended.code != INTERRUPTED:
            raise
        _stopped()
    except RuntimeError as problem:
        # DuckDB's way to say that Ctrl-C ended a query.
        if str(problem) != "Query interrupted":
            raise
        _stopped()


def _stopped() -> NoReturn:
    tell("stopped; what was answered is on disk. Run the same command again to go on.")
    sys.exit(ERROR)
