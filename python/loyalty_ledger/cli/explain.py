"""`loyalty-ledger explain`: how a member's balance came to be."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from loyalty_ledger.cli.arguments import AsJson, Card, LanguageOption, MemberId, OtherAlias, Wallet, named
from loyalty_ledger.cli.opening import Authorities, Place, Server, TokenFile, open_to_read, without_place
from loyalty_ledger.cli.output import print_json, print_line
from loyalty_ledger.wording import checked_language


def explain(
    ledger: Place = None,
    member: MemberId = None,
    card: Card = None,
    alias: OtherAlias = None,
    wallet: Wallet = "points",
    language: LanguageOption = "en",
    server: Server = None,
    token_file: TokenFile = None,
    ca: Authorities = None,
    json: AsJson = False,
) -> None:
    """Print what became of every lot and of debt; the sums add up to the balance."""
    ledger, member = without_place(ledger, member, server)
    who = named(member, card, alias)
    spoken = checked_language(language)
    with open_to_read(ledger, server, token_file, ca) as opened:
        explained = opened.explain(who, wallet=wallet)
        zone = ZoneInfo(opened.program().zone)
    if json:
        print_json(explained)
        return
    for line in explained.text(spoken, zone).splitlines():
        print_line(line)
