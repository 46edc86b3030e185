"""`loyalty-ledger balance`: what a member has, now or at another time."""

from __future__ import annotations

from loyalty_ledger.cli.arguments import AsJson, At, Card, MemberId, OtherAlias, Wallet, local, named, read_time
from loyalty_ledger.cli.opening import Authorities, Place, Server, TokenFile, open_to_read, without_place
from loyalty_ledger.cli.output import print_figures, print_json, print_table, print_title


def balance(
    ledger: Place = None,
    member: MemberId = None,
    card: Card = None,
    alias: OtherAlias = None,
    wallet: Wallet = "points",
    at: At = None,
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Print a member's balance with its lots and holds."""
    ledger, member = without_place(ledger, member, server)
    who = named(member, card, alias)
    time = read_time("--at", at)
    with open_to_read(ledger, server, token_file, ca) as opened:
        found = opened.balance(who, wallet=wallet, at=time)
        zone = opened.program().zone
    if json:
        print_json(found)
        return
    print_figures(
        {
            "available": found.available,
            "pending": found.pending,
            "held": found.held,
            "debt": found.debt,
            "next expiry": local(found.next_expiry, zone),
        }
    )
    if found.lots:
        print_title("Lots")
        lots = [
            (lot.points, lot.pending, local(lot.activates_at, zone), local(lot.expires_at, zone), str(lot.earned_by))
            for lot in found.lots
        ]
        print_table(("points", "pending", "activates", "expires", "entry"), lots)
    if found.holds:
        print_title("Holds")
        holds = [(hold.points, local(hold.lapses_at, zone), str(hold.authorization)) for hold in found.holds]
        print_table(("points", "lapses", "entry"), holds)
