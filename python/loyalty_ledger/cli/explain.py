"""`loyalty-ledger explain`: how a member's balance came to be."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from loyalty_ledger.cli.arguments import AsJson, Card, LanguageOption, LedgerPath, MemberId, Wallet, named, open_to_read
from loyalty_ledger.cli.output import print_json, print_line
from loyalty_ledger.wording import checked_language


def explain(
    ledger: LedgerPath,
    member: MemberId = None,
    card: Card = None,
    wallet: Wallet = "points",
    language: LanguageOption = "en",
    json: AsJson = False,
) -> None:
    """Print what became of every lot and of debt; the sums add up to the balance."""
    who = named(member, card)
    spoken = checked_language(language)
    with open_to_read(ledger) as opened:
        explained = opened.explain(**who, wallet=wallet)
        zone = ZoneInfo(opened.info().zone)
    if json:
        print_json(explained)
        return
    for line in explained.text(spoken, zone).splitlines():
        print_line(line)
