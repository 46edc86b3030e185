"""What the naive ledger remembers of each request it journaled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from model.documents import Line, Receipt
from model.outcome import Outcome
from model.points import Hold, Lot, Point, State
from model.program import Program

if TYPE_CHECKING:
    from model.wallet import Wallet

REMEMBERED_REFUSALS = frozenset(
    {
        "INSUFFICIENT_POINTS",
        "AUTHORIZATION_EXPIRED",
        "CAPTURE_EXCEEDS_AUTHORIZATION",
        "ALREADY_CAPTURED",
        "ALREADY_VOIDED",
        "ALREADY_REVERSED",
        "REVERSAL_EXCEEDS_ORIGINAL",
        "POINTS_ALREADY_SPENT",
        "MEMBER_CLOSED",
        "MEMBER_BLOCKED",
        "CARD_LOST",
        "HOLDS_OPEN",
        "LIMIT_EXCEEDED",
        "TOO_OLD",
        "VERIFICATION_REQUIRED",
        "UNKNOWN_CODE",
        "CODE_DISABLED",
        "CODE_EXPIRED",
        "CODE_USED",
        "CODE_PENDING",
        "NO_ATTRIBUTION",
        "NOT_DISPUTED",
        *("WINDOW_EXPIRED", "TOUCH_AFTER_IDENTIFICATION"),
        *("BLOCKED", "SELF", "ALREADY_REFERRED", "NOT_NEW", "RETURNING", "SAME_IDENTITY"),
        *("CYCLE", "HAS_REFERRALS", "DEPTH"),
    }
)


class Refused(Exception):
    """The request is not applied, for the reason `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(eq=False)
class Basket:
    """What a purchase was about; of what came back only sums count, so that their order does not."""

    amount: int
    eligible: int
    lines: tuple[Line, ...] = ()
    is_stated: bool = False
    """The eligible amount was stated, and does not follow from the lines."""
    excluded: frozenset[int] = frozenset()
    money_back: int = 0
    quantities_back: dict[int, int] = field(default_factory=dict)

    def line_money(self, place: int, quantity: int) -> int:
        line = self.lines[place - 1]
        return line.amount * quantity // line.quantity

    @property
    def back_by_lines(self) -> int:
        return sum(self.line_money(place, quantity) for place, quantity in self.quantities_back.items())

    @property
    def back(self) -> int:
        return self.money_back + self.back_by_lines

    def eligible_left(self) -> int:
        """The eligible part of what was not returned, before what was paid with points."""
        amount, eligible, money = self.amount, self.eligible, self.money_back
        if self.is_stated:
            money += self.back_by_lines
        else:
            kept = [place for place in self.quantities_back if place not in self.excluded]
            amount -= self.back_by_lines
            eligible -= sum(self.line_money(place, self.quantities_back[place]) for place in kept)
        return eligible * (amount - money) // amount if amount else 0


@dataclass(eq=False)
class Take:
    """What a reversal took out of a wallet, point by point, and what was missing."""

    wallet: "Wallet"
    points: list[tuple[Point, State | None]]
    owed: int = 0
    spared: int = 0
    charged: int = 0
    lot: Lot | None = None
    """Of this lot the missing points were."""

    @property
    def was_gone(self) -> int:
        return sum(state in (State.EXPIRED, State.FORFEITED) for _, state in self.points)

    @property
    def count(self) -> int:
        return len(self.points) + self.owed + self.spared + self.charged


@dataclass(eq=False)
class Part:
    """What one reversal undid: points, or money and lines of a purchase; nothing stated is all that is left."""

    points: int | None = None
    money: int | None = None
    lines: tuple[tuple[int, int | None], ...] | None = None

    @property
    def is_whole(self) -> bool:
        return self.points is None and self.money is None and self.lines is None


@dataclass(eq=False)
class Transaction:
    """One journaled request; `total` and `reversed` count points, for a purchase minor units of money."""

    sequence: int
    verb: str
    key: str
    content: Mapping[str, object]
    recorded_at: datetime | None = None
    receipt: Receipt | None = None
    store: str = ""
    occurred: datetime | None = None
    partner: str = ""
    """On whose behalf it was asked."""
    verification: str = ""
    code: str | None = None
    """The one-time code that names the member."""
    outcome: Outcome = field(default_factory=lambda: Outcome("APPLIED"))
    member: str | None = None
    wallet: str | None = None
    points: list[Point] = field(default_factory=list)
    """Points issued; or drawn, in the order in which they were."""
    hold: Hold | None = None
    total: int = 0
    reversed: int = 0
    is_reversed_whole: bool = False
    program: Program | None = None
    basket: Basket | None = None
    award: int = 0
    award_back: int = 0
    spending_wallet: str | None = None
    draws: list[Point] = field(default_factory=list)
    """Points that a purchase was paid with."""
    draws_back: int = 0
    came_back_to: dict[Point, Lot] = field(default_factory=dict)
    """Of points drawn and given back: the lot they came back to, wherever they went from there."""
    receiver: str | None = None
    charged: int = 0
    """Points of this debit that the store pays."""
    moved_into: Lot | None = None
    """The first lot that a correction made."""
    used_offline: tuple[str, object, int] | None = None

    # Of a reversal alone: what it undid, and how.
    original: "Transaction | None" = None
    part: Part | None = None
    undid: int = 0
    undid_money: int = 0
    undid_quantities: dict[int, int] = field(default_factory=dict)
    gave_back: int = 0
    took: list[Take] = field(default_factory=list)
    shortfall: str = "debt"
    restore: str = "original"
    was_whole: bool = False
    is_undone: bool = False
    undoes_reversal: bool = False
    parked_for: object = None

    def emptied(self) -> "Transaction":
        """What stays of a refused request."""
        refused = Transaction(self.sequence, self.verb, self.key, self.content, self.recorded_at, self.receipt)
        refused.store, refused.member, refused.wallet = self.store, self.member, self.wallet
        refused.partner, refused.occurred = self.partner, self.occurred
        return refused

    @property
    def is_return_of_goods(self) -> bool:
        return self.original is not None and self.original.verb == "purchase"

    @property
    def is_refused(self) -> bool:
        return not self.outcome.is_applied
