"""Undoing an earlier transaction, whole or part by part; undoing that itself; and what has not arrived yet."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from model.documents import Name
from model.local_time import end_of_day
from model.money import minor_units
from model.outcome import Outcome
from model.points import Lot, Point, State
from model.shortfall import claw_back, return_take, take_lots, undo_take
from model.transactions import Part, Refused, Transaction
from model.verbs import Verbs, wrong_points
from model.wallet import Wallet

if TYPE_CHECKING:
    from model.ledger import NaiveLedger

REVERSIBLE = ("redeem", "capture", "accrue", "purchase", "adjust", "transfer", "reverse")
NOT_REVERSIBLE = (
    *("enroll", "add_alias", "remove_alias", "replace_alias", "block", "unblock", "close_member", "erase_member"),
    *("batch", "link_member", "unlink_member", "issue_one_time_code"),
    *("authorize", "void", "reinstate", "extend", "forgive_debt", "activate"),
    *("issue_code", "disable_code", "record_touch", "bind_referral", "record_step", "review_referral"),
    *("dispute", "close_period", "change_coupon"),
)
DEBITS = ("redeem", "capture")
ABOUT_EARLIER = ("capture", "reverse")


class Reversals(Verbs):
    def reverse(
        self,
        original: object,
        *,
        points: int | None = None,
        amount: int | str | Decimal | None = None,
        currency: str | None = None,
        lines: Sequence[tuple[int, int | None]] | None = None,
        member: Name | None = None,
        shortfall: str | None = None,
        restore: str | None = None,
        key: str,
        occurred_at: datetime | None = None,
        **ticket: Any,
    ) -> Outcome:
        money = None if amount is None else minor_units(amount)
        part = Part(points, money, None if lines is None else tuple(lines))
        policies = (shortfall, restore)

        def decide(transaction: Transaction, now: datetime) -> None:
            checked = None if member is None else self._named_member(transaction, member)
            transaction.part = part
            transaction.shortfall = shortfall or self.program.shortfall
            transaction.restore = restore or self.program.restore
            try:
                reversed_one = self._find(original)
            except Refused:
                self._park(transaction, original)  # type: ignore[attr-defined]
                transaction.member = checked
                return
            self._require_own(transaction, reversed_one)
            transaction.member, transaction.wallet = reversed_one.member, reversed_one.wallet
            self._require_fits(reversed_one, part, shortfall, currency)
            is_of_nobody = reversed_one.is_refused and reversed_one.verb in ABOUT_EARLIER
            if checked is not None and reversed_one.member not in (None, checked) and not is_of_nobody:
                raise Refused("MEMBER_MISMATCH")
            if reversed_one.verb == "transfer" and shortfall is None:
                transaction.shortfall = self.program.transfer_shortfall
            elif reversed_one.verb == "adjust" and shortfall is None:
                transaction.shortfall = "block" if self.program.shortfall == "block" else "debt"
            self._undo(transaction, reversed_one, now)

        wrong = wrong_points(points)
        if money is not None and money <= 0:
            wrong = "AMOUNT_NOT_POSITIVE"
        if lines is not None and (not lines or any(q is not None and q <= 0 for _, q in lines)):
            wrong = "LINE_INVALID"
        content = {
            "original": self._named(original),
            "total": (points, money, part.lines),
            "currency": currency,
            "member": member,
            "policies": policies,
        }
        return self._request("reverse", key, content, decide, wrong, occurred_at=occurred_at, **ticket)

    def apply_parked(self, parked: Transaction, original: Transaction, now: datetime) -> None:
        """The undo of a part that came before its original: at most what is left; what doesn't fit is dropped."""
        part = parked.part
        assert part is not None
        try:
            # Whom a code named is forgotten with it.
            if parked.code is None and parked.member not in (None, original.member):
                raise Refused("MEMBER_MISMATCH")
            self._require_fits(original, part, None, None)
        except Refused:
            return
        left = original.total - original.reversed
        if part.points is not None:
            part = Part(points=min(part.points, left))
        elif part.money is not None:
            part = Part(money=min(part.money, left))
        if (part.points or part.money or part.lines) and not part.is_whole and left:
            parked.member, parked.wallet = original.member, original.wallet
            parked.shortfall = "debt" if parked.shortfall == "block" else parked.shortfall
            parked.part = part
            outcome, first = parked.outcome, original.outcome
            before = original.award_back if original.basket else original.reversed
            self._undo_part(parked, original, now)
            parked.outcome, original.outcome = outcome, first
            taken = (original.award_back if original.basket else original.reversed) - before
            assert original.member is not None and original.wallet is not None
            balance = self._wallet(original.member, original.wallet).balance()
            original.outcome = replace(first, balance=balance, taken_back=first.taken_back + taken)

    def _require_fits(self, original: Transaction, part: Part, shortfall: str | None, currency: str | None) -> None:
        if original.verb not in REVERSIBLE or original.undoes_reversal:
            raise Refused("NOT_REVERSIBLE")
        if currency is not None and currency != self.program.money:
            raise Refused("MONEY_CURRENCY_NOT_ACCEPTED")
        if original.verb == "reverse":
            if not part.is_whole:
                raise Refused("WRONG_UNIT")
            return
        is_money = original.verb == "purchase"
        if (is_money and part.points is not None) or (not is_money and (part.money or part.lines)):
            raise Refused("WRONG_UNIT")
        if original.verb in ("transfer", "adjust") and shortfall not in (None, "debt", "block"):
            raise Refused("WRONG_UNIT")
        if part.lines and original.basket:
            known = range(1, len(original.basket.lines) + 1)
            if any(place not in known for place, _ in part.lines):
                raise Refused("LINE_UNKNOWN")

    def _undo(self, reversal: Transaction, original: Transaction, now: datetime) -> None:
        if original.is_refused:
            # Whom a code named is forgotten with it.
            if original.verb in ABOUT_EARLIER or original.member is None or original.code is not None:
                reversal.member = None
                reversal.outcome = Outcome("APPLIED", sequence=reversal.sequence)
            else:
                self._answer(reversal, original.member)
            return
        if original.verb == "reverse":
            self._undo_reversal(reversal, original, now)
        else:
            self._undo_part(reversal, original, now)

    def _undo_part(self, reversal: Transaction, original: Transaction, now: datetime) -> None:
        part = reversal.part
        assert part is not None and original.member is not None and original.wallet is not None
        left = original.total - original.reversed
        if part.is_whole:
            if left == 0 and (original.is_reversed_whole or original.total > 0):
                raise Refused("ALREADY_REVERSED")
            original.is_reversed_whole = reversal.was_whole = True
            count = left
        elif part.lines is not None:
            count = self._lines_money(reversal, original, part.lines)
        else:
            count = part.points or part.money or 0
        if count > left:
            raise Refused("REVERSAL_EXCEEDS_ORIGINAL")
        reversal.original, reversal.undid = original, count
        original.reversed += count
        if original.verb == "purchase":
            self._return_goods(reversal, original, count, now)
            return
        wallet = self._wallet(original.member, original.wallet)
        if original.charged:
            self._charge_back(original, count)
        elif original.verb == "accrue":
            claw_back(self._ledger, wallet, reversal, original.sequence, count, 0, now)
            wallet.book(now, "accrual_reversed", count, reversal.key)
        elif original.verb == "adjust" and not original.draws:
            claw_back(self._ledger, wallet, reversal, original.sequence, count, 0, now)
            wallet.book(now, "adjusted", -count, reversal.key)
        elif original.verb == "adjust":
            wallet.book(now, "adjusted", count, reversal.key)
            self._give_back(reversal, original, wallet, count, now)
        elif original.verb == "transfer":
            self._return_gift(reversal, original, wallet, count, now)
        else:
            wallet.book(now, "redemption_reversed", count, reversal.key)
            self._give_back(reversal, original, wallet, count, now)
        self._answer(reversal, original.member)
        if original.charged:
            reversal.outcome = replace(reversal.outcome, awarded=0, charged=-count)

    def _lines_money(
        self, reversal: Transaction, original: Transaction, lines: Sequence[tuple[int, int | None]]
    ) -> int:
        basket = original.basket
        assert basket is not None
        money = 0
        wanted: Counter[int] = Counter()
        for place, quantity in lines:
            before = basket.quantities_back.get(place, 0) + wanted[place]
            left = basket.lines[place - 1].quantity - before
            count = left if quantity is None else quantity
            if count > left or count == 0:
                raise Refused("REVERSAL_EXCEEDS_ORIGINAL")
            wanted[place] += count
            money += basket.line_money(place, before + count) - basket.line_money(place, before)
        reversal.undid_quantities = dict(wanted)
        return money

    def _return_goods(self, reversal: Transaction, original: Transaction, money: int, now: datetime) -> None:
        """Points that paid come back first, then what the rest of the basket would not have earned is taken."""
        basket, program = original.basket, original.program
        assert basket is not None and program is not None
        assert original.member is not None and original.wallet is not None
        for place, quantity in reversal.undid_quantities.items():
            basket.quantities_back[place] = basket.quantities_back.get(place, 0) + quantity
        reversal.undid_money = 0 if reversal.undid_quantities else money
        basket.money_back += reversal.undid_money
        draws = len(original.draws) + original.charged
        share = draws if basket.back == basket.amount else draws * basket.back // basket.amount
        given = max(0, share - original.draws_back)
        cash = money - (program.worth(original.draws_back + given) - program.worth(original.draws_back))
        if given and original.charged:
            self._charge_back(original, given)
            original.draws_back += given
            reversal.gave_back = given
        elif given:
            assert original.spending_wallet is not None
            spent_from = self._wallet(original.member, original.spending_wallet)
            spent_from.book(now, "redemption_reversed", given, reversal.key)
            self._give_back(reversal, original, spent_from, given, now)
        left = max(0, basket.eligible_left() - program.worth(draws - original.draws_back))
        taken = max(0, original.award - original.award_back - program.base_points(left))
        original.award_back += taken
        wallet = self._wallet(original.member, original.wallet)
        take = claw_back(self._ledger, wallet, reversal, original.sequence, taken, cash, now)
        wallet.book(now, "accrual_reversed", taken, reversal.key)
        kept_back = program.worth(take.charged)
        self._answer(reversal, original.member)
        spent, charged = (0, -given) if original.charged else (given, 0)
        reversal.outcome = replace(
            reversal.outcome,
            spent=spent,
            charged=charged,
            cash=cash - kept_back,
            kept_back=kept_back,
            spared=take.spared,
        )

    def _give_back(
        self, reversal: Transaction, original: Transaction, wallet: Wallet, count: int, now: datetime
    ) -> None:
        """The last points drawn and not yet given back return to their lots."""
        end = len(original.draws or original.points) - original.draws_back
        original.draws_back += count
        reversal.gave_back = count
        points = (original.draws or original.points)[end - count : end]
        anew = self._dates_anew(wallet, now)
        fresh: dict[str, Lot] = {}

        def lot_of(point: Point) -> Lot | None:
            """Points that were never there come back as if earned now."""
            if point.lot.number:
                return None
            if "lot" not in fresh:
                fresh["lot"] = self._lot(original, wallet, anew)
            return fresh["lot"]

        wallet.restore(points, now, self._stand_in(reversal, wallet, now), original.sequence, lot_of=lot_of)
        original.came_back_to |= {point: point.lot for point in points}

    def _dates_anew(self, wallet: Wallet, now: datetime) -> tuple[datetime, datetime | None]:
        return now, wallet.currency.expiry.of(now, self.program.zone)

    def _stand_in(self, reversal: Transaction, wallet: Wallet, now: datetime) -> Callable[[Lot], Lot | None] | None:
        """What an expired lot's points come back to."""
        zone = self.program.zone

        def grace(old: Lot) -> Lot | None:
            return None if old.is_grace else self._like(old, now, end_of_day(self._grace_day(now), zone), is_grace=True)

        def reissue(old: Lot) -> Lot:
            lot = self._like(old, *self._dates_anew(wallet, now))
            if lot.own_expiry is None and wallet.currency.expiry.sliding is not None:
                lot.goes_with = wallet
            return lot

        return {"grace": grace, "reissue": reissue}.get(reversal.restore)

    def _grace_day(self, now: datetime) -> Any:
        return self.program.grace.after(self._local_date(now))

    def _like(self, old: Lot, activates_at: datetime, expires_at: datetime | None, *, is_grace: bool = False) -> Lot:
        self.lot_count += 1
        return Lot(self.lot_count, old.origin, activates_at, expires_at, old.funder, old.price, is_grace)

    def _charge_back(self, original: Transaction, count: int) -> None:
        wallet = original.spending_wallet or original.wallet
        assert wallet is not None
        self.store_charges[original.store, wallet] -= count

    def _return_gift(
        self, reversal: Transaction, original: Transaction, giver: Wallet, count: int, now: datetime
    ) -> None:
        """The receiver gives up the moved lots, the last drawn first; the giver's own refill in that order."""
        assert original.receiver is not None and original.wallet is not None
        receiver = self._wallet(original.receiver, original.wallet)
        lots = receiver.lots_of_transfer(original.sequence)
        quotas = dict.fromkeys(lots, count)
        take_lots(self._ledger, receiver, reversal, lots[::-1], count, now, quotas)
        receiver.book(now, "transferred_out", count, reversal.key)
        giver.book(now, "transferred_in", count, reversal.key)
        end = len(original.draws) - original.draws_back
        original.draws_back += count
        reversal.gave_back = count
        points = original.draws[end - count : end]
        giver.restore(points, now, None, original.sequence)
        original.came_back_to |= {point: point.lot for point in points}

    def _undo_reversal(self, undo: Transaction, undone: Transaction, now: datetime) -> None:
        """The original is open again: what was taken returns, what was given back is taken again."""
        undo.undoes_reversal = True
        if undone.original is None:
            undo.member = None
        if undone.is_undone:
            raise Refused("ALREADY_REVERSED")
        undone.is_undone = True
        original = undone.original
        if original is None:
            undo.outcome = Outcome("APPLIED", sequence=undo.sequence)
            return
        assert original.member is not None and original.wallet is not None
        undo.shortfall = undone.shortfall
        original.reversed -= undone.undid
        original.is_reversed_whole = original.is_reversed_whole and not undone.was_whole
        for take in undone.took:
            if original.verb in ("adjust", "transfer"):
                heading = {"adjust": "adjusted", "transfer": "transferred_in"}[original.verb]
                take.wallet.book(now, heading, take.count, undo.key)
                return_take(self._ledger, take, now)
                continue
            take.wallet.book(now, "accrual_reversed", -take.count, undo.key)
            undo_take(self._ledger, take, undone, now)
            if original.verb == "purchase":
                original.award_back -= take.count
        if original.basket is not None:
            original.basket.money_back -= undone.undid_money
            for place, quantity in undone.undid_quantities.items():
                original.basket.quantities_back[place] -= quantity
        if original.charged and original.basket is not None:
            self._charge_back(original, -undone.gave_back)
            original.draws_back -= undone.gave_back
        elif original.charged:
            self._charge_back(original, -undone.undid)
        elif undone.gave_back:
            self._take_again(undo, original, undone.gave_back, now)
        self._answer(undo, original.member)

    def _take_again(self, undo: Transaction, original: Transaction, count: int, now: datetime) -> None:
        """Takes the draws at the boundary of what remains given back; what replaces them is the original's from now."""
        assert original.member is not None and original.wallet is not None
        draws = original.draws or original.points
        wallet = self._wallet(original.member, original.spending_wallet or original.wallet)
        begin = len(draws) - original.draws_back
        slots = [original.came_back_to.get(point, point.lot) for point in draws[begin : begin + count]]
        quotas = Counter(slots)
        lots = sorted(quotas, key=lambda lot: lot.draw_key(wallet.currency.draw_order))
        take = take_lots(self._ledger, wallet, undo, lots, count, now, dict(quotas), State.SPENT)
        undo.took.remove(take)
        draws[begin : begin + count] = _stand_ins(wallet, slots, quotas, [point for point, _ in take.points], now)
        original.draws_back -= count
        heading, sign = {
            "transfer": ("transferred_out", 1),
            "adjust": ("adjusted", -1),
        }.get(original.verb, ("redemption_reversed", -1))
        wallet.book(now, heading, sign * count, undo.key)

    @property
    def _ledger(self) -> "NaiveLedger":
        return cast("NaiveLedger", self)


def _stand_ins(
    wallet: Wallet, slots: list[Lot], quotas: Counter[Lot], taken: list[Point], now: datetime
) -> list[Point]:
    """For each point drawn before the one drawn now: of its own lot as far as that went, then what else was taken, and
    in the end points of its own lot that are not there."""
    own: dict[Lot, list[Point]] = {lot: [] for lot in quotas}
    others = []
    for point in taken:
        of_lot = own.get(point.lot)
        if of_lot is not None and len(of_lot) < quotas[point.lot]:
            of_lot.append(point)
        else:
            others.append(point)
    found = [own[slot].pop(0) if own[slot] else None for slot in slots]
    filled = []
    for slot, point in zip(slots, found, strict=True):
        if point is None:
            point = others.pop(0) if others else wallet.phantoms(slot, 1, now)[0]
        filled.append(point)
    return filled
