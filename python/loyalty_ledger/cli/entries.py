"""`loyalty-ledger entries`: the journal's entries, oldest first, or one of them."""

from __future__ import annotations

from typing import Annotated

import typer

from loyalty_ledger.cli.arguments import AsJson, local
from loyalty_ledger.cli.opening import Authorities, Place, Server, TokenFile, open_to_read
from loyalty_ledger.cli.output import print_json, print_table

First = Annotated[int, typer.Option("--from", metavar="N", min=1, help="First entry to print.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="Entries to print.")]
Key = Annotated[str | None, typer.Option("--key", help="Print the one entry written under this key.")]


def entries(
    ledger: Place = None,
    first: First = 1,
    limit: Limit = 50,
    key: Key = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Print entries of the journal, oldest first."""
    with open_to_read(ledger, server, token_file, ca) as opened:
        found = opened.entries(first, limit=limit) if key is None else [opened.entry(key=key)]
        zone = opened.program().zone
    if json:
        print_json(found)
        return
    rows = [
        (str(entry.sequence), local(entry.recorded_at, zone), entry.verb, entry.code, entry.member, entry.key)
        for entry in found
    ]
    print_table(("entry", "recorded", "verb", "code", "member", "key"), rows)
