"""`loyalty-ledger holds`: holds that nobody has ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from loyalty_ledger.cli.arguments import AsJson, local
from loyalty_ledger.cli.opening import Authorities, Place, Server, TokenFile, open_to_read
from loyalty_ledger.cli.output import print_json, print_table, tell

Store = Annotated[str | None, typer.Option("--store", help="Only those of one store.")]
Minutes = Annotated[
    int | None, typer.Option("--older-than", metavar="MINUTES", min=0, help="Only those opened before.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="Holds to print.")]
After = Annotated[
    int, typer.Option("--after", metavar="ENTRY", min=0, help="Go on after the hold that a page ended with.")
]


def holds(
    ledger: Place = None,
    store: Store = None,
    older_than: Minutes = None,
    limit: Limit = 100,
    after: After = 0,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Print open holds, oldest first."""
    age = None if older_than is None else timedelta(minutes=older_than)
    with open_to_read(ledger, server, token_file, ca) as opened:
        found = opened.holds(store=store, older_than=age, limit=limit, after=after)
        zone = opened.program().zone
    if json:
        print_json(found)
        return
    rows = [
        (
            str(hold.authorization),
            hold.member,
            hold.wallet,
            hold.points,
            local(hold.opened_at, zone),
            local(hold.lapses_at, zone),
            f"{hold.store}/{hold.terminal}" if hold.terminal else hold.store,
        )
        for hold in found
    ]
    print_table(("entry", "member", "wallet", "points", "opened", "lapses", "till"), rows)
    if len(found) == limit:
        tell(f"more holds may follow: add --after {found[-1].authorization}")
