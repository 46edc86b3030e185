"""What a reversal takes back, and what becomes of points that are not there to be taken."""

from datetime import datetime
from typing import TYPE_CHECKING

from model.points import Lot, Point, State, WriteOff
from model.transactions import Refused, Take, Transaction
from model.wallet import Wallet

if TYPE_CHECKING:
    from model.ledger import NaiveLedger

LIVE = (State.PENDING, State.AVAILABLE)
GONE = (State.EXPIRED, State.FORFEITED)


def claw_back(
    ledger: "NaiveLedger", wallet: Wallet, reversal: Transaction, origin: int, count: int, refund: int, now: datetime
) -> Take:
    """Takes points of the lots of one accrual, then others; `refund` is the money that may be kept back instead."""
    lots = wallet.lots_of(origin)
    if reversal.shortfall == "pending_only" and not wallet.is_closed:
        own, others = wallet.own_points(lots, (State.PENDING,)), []
    else:
        own = wallet.own_points(lots, (*LIVE, *GONE))
        others = [point for point in wallet.draw(len(wallet.points)) if point.lot not in lots]
    held = len(wallet.own_points(lots, (State.HELD,)))
    lot = lots[0] if lots else None
    return _take(ledger, wallet, reversal, own, others, count, (held, refund), now, lot)


def take_lots(
    ledger: "NaiveLedger",
    wallet: Wallet,
    reversal: Transaction,
    lots: list[Lot],
    count: int,
    now: datetime,
    quotas: dict[Lot, int],
    state: State = State.TAKEN_BACK,
) -> Take:
    """Takes points that had come in, each lot's (in this order) up to its quota, then others."""
    own: list[Point] = []
    for lot in lots:
        own += wallet.own_points([lot], (*LIVE, *GONE))[: quotas[lot]]
    chosen = set(own)
    others = [point for point in wallet.draw(len(wallet.points)) if point not in chosen]
    return _take(ledger, wallet, reversal, own, others, count, (0, 0), now, lots[0] if lots else None, state)


def _take(
    ledger: "NaiveLedger",
    wallet: Wallet,
    reversal: Transaction,
    own: list[Point],
    others: list[Point],
    count: int,
    held_and_refund: tuple[int, int],
    now: datetime,
    lot: Lot | None,
    state: State = State.TAKEN_BACK,
) -> Take:
    held, refund = held_and_refund
    take = Take(wallet, wallet.take(own, others, count, now, state=state), lot=lot)
    missing = count - len(take.points)
    if missing == 0:
        reversal.took.append(take)
        return take
    policy = reversal.shortfall
    if wallet.is_closed:
        take.spared = missing
    elif policy == "block":
        raise Refused("POINTS_ALREADY_SPENT")
    elif policy in ("pending_only", "review"):
        take.spared = missing
    else:
        take.owed = min(missing, held)
        rest = missing - take.owed
        if policy == "clamp":
            take.spared = rest
            if rest:
                wallet.write_offs.append(WriteOff(reversal.sequence, rest))
        elif policy == "charge_shortfall":
            take.charged = _worth_at_most(reversal, ledger, rest, refund)
            take.owed += rest - take.charged
        else:
            take.owed += rest
    wallet.owe(take.owed, now)
    wallet.book(now, "written_off", take.spared, reversal.key)
    wallet.book(now, "settled_in_cash", take.charged, reversal.key)
    reversal.took.append(take)
    return take


def return_take(ledger: "NaiveLedger", take: Take, now: datetime) -> None:
    """All that was taken comes back: what was missing as a lot with the old dates, then the others to their lots."""
    wallet = take.wallet
    missing = take.owed + take.spared
    if missing and take.lot is not None:
        wallet.restore(_new_points(wallet, _like(ledger, take.lot), missing), now)
    wallet.restore([point for point, _ in take.points], now)


def undo_take(ledger: "NaiveLedger", take: Take, undone: Transaction, now: datetime) -> None:
    """What was taken goes back to its lots; what was owed is owed no more, or comes as a new lot if it was paid."""
    wallet = take.wallet
    gone = take.was_gone
    if not wallet.is_closed:
        # Gone again, as they were before; only what lives comes back.
        wallet.book(now, "reinstated", -gone, None)
        for point, before in take.points:
            if before in GONE:
                assert before is not None
                point.become(before, now)
        living = [point for point, before in take.points if before not in GONE]
    else:
        living = [point for point, _ in take.points]
    forgiven = wallet.forgive(take.owed, now)
    wallet.restore(living, now)
    made_good = _cancel_write_off(wallet, take, undone, now)
    wallet.book(now, "settled_in_cash", -take.charged, None)
    back = take.owed - forgiven + made_good
    if back and take.lot is not None:
        wallet.restore(_new_points(wallet, _like(ledger, take.lot), back), now)


def _cancel_write_off(wallet: Wallet, take: Take, undone: Transaction, now: datetime) -> int:
    """Takes the open write-off away; returns how many of its points were made good."""
    mine = [one for one in wallet.write_offs if one.sequence == undone.sequence]
    still_open = sum(one.open for one in mine) if mine else take.spared
    wallet.book(now, "written_off", -still_open, None)
    for one in mine:
        one.open = 0
    return take.spared - still_open


def _like(ledger: "NaiveLedger", old: Lot) -> Lot:
    ledger.lot_count += 1
    new = Lot(ledger.lot_count, old.origin, old.activates_at, old.own_expiry, old.funder, old.price)
    new.is_grace, new.goes_with = old.is_grace, old.goes_with
    return new


def _new_points(wallet: Wallet, lot: Lot, count: int) -> list[Point]:
    points = [Point(lot) for _ in range(count)]
    wallet.lots.append(lot)
    wallet.points.extend(points)
    return points


def _worth_at_most(reversal: Transaction, ledger: "NaiveLedger", points: int, refund: int) -> int:
    """How many of the points are worth no more than the refund, by the rule of the purchase."""
    original = reversal.original
    program = original.program if original and original.program else ledger.program
    while points and program.worth(points) > refund:
        points -= 1
    return points
