"""`loyalty-ledger totals`: what a till's slip of a day must match."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from loyalty_ledger.cli.arguments import AsJson
from loyalty_ledger.cli.opening import Authorities, Place, Server, TokenFile, open_to_read
from loyalty_ledger.cli.output import InputProblem, print_json, print_table
from loyalty_ledger.money import units

Store = Annotated[str, typer.Option("--store", help="Store of the receipts.", show_default=False)]
Terminal = Annotated[str | None, typer.Option("--terminal", help="One terminal; else all of the store.")]
Day = Annotated[str, typer.Option("--date", metavar="DATE", help="Business date, 2026-03-31.", show_default=False)]


def totals(
    store: Store,
    day: Day,
    ledger: Place = None,
    terminal: Terminal = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Print count, money and points of a till's day, by verb and outcome."""
    try:
        business_date = date.fromisoformat(day)
    except ValueError:
        raise InputProblem(f"--date {day!r} is not a date; write it as 2026-03-31") from None
    with open_to_read(ledger, server, token_file, ca) as opened:
        found = opened.totals(store=store, terminal=terminal, business_date=business_date)
        money = opened.program().money
    if json:
        print_json(found)
        return
    rows = [(row.verb, row.code, row.count, units(row.money, money), row.points) for row in found]
    print_table(("verb", "code", "count", money, "points"), rows)
