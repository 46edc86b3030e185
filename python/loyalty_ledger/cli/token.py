"""`loyalty-ledger token`: makes the tokens that callers of a server show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from loyalty_ledger import _core
from loyalty_ledger.cli.arguments import AsJson, read_time
from loyalty_ledger.cli.output import InputProblem, print_json, print_line, tell

app = typer.Typer(help="Make tokens for callers of a server.", no_args_is_help=True)

TokenId = Annotated[str, typer.Option("--id", help="Names the token: small letters, digits and dashes.")]
Expires = Annotated[
    str | None, typer.Option("--expires", metavar="TIME", help="When it ends, ISO 8601 with its offset; else never.")
]


@app.callback()
def _group() -> None:
    """Make tokens for callers of a server."""


@app.command("create")
def create(token_id: TokenId, expires: Expires = None, json: AsJson = False) -> None:
    """Make a token, and the line of the principals file that lets it in; the token is shown this once."""
    ends = read_time("--expires", expires)
    if ends is not None and ends <= datetime.now(UTC):
        raise InputProblem(f"--expires {expires!r} has passed; name a time ahead, or leave it out")
    token, digits = _core.new_token(token_id)
    if json:
        print_json({"id": token_id, "token": token, "hash": digits, "expires": ends})
        return
    print_line(token)
    print_line()
    print_line("tokens = [")
    print_line(f"    {_line(token_id, digits, ends)},")
    print_line("]")
    tell("The first line is for the caller and is kept nowhere else. The rest is for its principal in the file.")


def _line(token_id: str, digits: str, ends: datetime | None) -> str:
    expires = "" if ends is None else f", expires = {ends.isoformat()}"
    return f'{{ id = "{token_id}", hash = "{digits}"{expires} }}'
