"""Undoing an earlier transaction, whole or part by part."""

from datetime import datetime
from typing import TYPE_CHECKING

from model.local_time import end_of_day
from model.transactions import Refused, Transaction
from model.wallet import Wallet

if TYPE_CHECKING:
    from model.ledger import NaiveLedger

REVERSIBLE = ("redeem", "capture", "accrue", "purchase")


def reverse(
    ledger: "NaiveLedger", reversal: Transaction, original: Transaction, part: int | None, now: datetime
) -> int:
    """Takes or gives back `part` of the original (all that is left without one); returns how many lots it made."""
    left = original.total - original.reversed
    if part is None:
        if original.is_reversed_whole or (left == 0 and original.total > 0):
            raise Refused("ALREADY_REVERSED")
        original.is_reversed_whole = True
        part = left
    elif part > left:
        raise Refused("REVERSAL_EXCEEDS_ORIGINAL")
    before = original.reversed
    original.reversed += part
    assert original.member is not None and original.wallet is not None
    wallet = ledger.wallets[original.member, original.wallet]
    if original.verb in ("redeem", "capture"):
        return _give_back(ledger, wallet, reversal, original, before, now)
    if original.verb == "accrue":
        points = part
    else:
        assert original.program is not None
        points = original.program.base_points(original.total - before)
        points -= original.program.base_points(original.total - original.reversed)
    reinstated = wallet.take_back(original.sequence, points, now)
    wallet.book(now, "reinstated", reinstated, reversal.key)
    wallet.book(now, "accrual_reversed", points, reversal.key)
    return 0


def _give_back(
    ledger: "NaiveLedger", wallet: Wallet, reversal: Transaction, original: Transaction, before: int, now: datetime
) -> int:
    """The last points drawn and not yet given back return to their lots."""
    end = original.total - before
    start = original.total - original.reversed
    grace_until = None
    if ledger.program.restore == "grace":
        zone = ledger.program.zone
        grace_until = end_of_day(ledger.program.grace.after(now.astimezone(zone).date()), zone)
    wallet.book(now, "redemption_reversed", end - start, reversal.key)
    return wallet.restore(original.points[start:end], now, grace_until, ledger.lot_count + 1)
