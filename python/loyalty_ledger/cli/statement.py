"""`loyalty-ledger statement`: a member's movements, newest first."""

from __future__ import annotations

from typing import Annotated

import typer

import loyalty_ledger as ll
from loyalty_ledger.cli.arguments import AsJson, Card, LanguageOption, MemberId, OtherAlias, Wallet, local, named
from loyalty_ledger.cli.opening import Authorities, Place, Server, TokenFile, open_to_read, without_place
from loyalty_ledger.cli.output import print_json, print_table, tell
from loyalty_ledger.wording import checked_language

Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="Rows to print.")]
Before = Annotated[str | None, typer.Option("--before", metavar="TOKEN", help="Go on where the last page ended.")]


def statement(
    ledger: Place = None,
    member: MemberId = None,
    card: Card = None,
    alias: OtherAlias = None,
    wallet: Wallet = "points",
    limit: Limit = 50,
    before: Before = None,
    language: LanguageOption = "en",
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Print a member's movements, newest first, with the balance after each."""
    ledger, member = without_place(ledger, member, server)
    who = named(member, card, alias)
    spoken = checked_language(language)
    with open_to_read(ledger, server, token_file, ca) as opened:
        page = opened.statement(who, wallet=wallet, limit=limit, before=before, language=spoken)
        zone = opened.program().zone
    if json:
        print_json(page)
        return
    print_rows(page, zone)
    if page.next is not None:
        tell(f"more rows: add --before {page.next}")


def print_rows(page: ll.Statement, zone: str) -> None:
    """A page as a table, its times in a zone."""
    rows = [
        (
            local(row.at, zone),
            row.text,
            row.change.available,
            row.change.pending,
            row.balance.available,
            row.balance.pending,
            row.key,
        )
        for row in page.rows
    ]
    print_table(("time", "what", "±available", "±pending", "available", "pending", "key"), rows)
