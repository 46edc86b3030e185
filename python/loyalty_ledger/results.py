"""What a ledger answers: frozen dataclasses. Times are datetimes in UTC, points are whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import InitVar, dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Balance:
    """The four parts of a wallet, each zero or more; with debt nothing is available."""

    pending: int
    available: int
    held: int
    debt: int


@dataclass(frozen=True)
class Change:
    """Signed changes of the four parts of a balance."""

    pending: int
    available: int
    held: int
    debt: int


@dataclass(frozen=True)
class Answer:
    """The answer to one write: a till prints a receipt from it."""

    code: str
    sequence: int
    recorded_at: datetime
    requested: int
    """Points asked for; of a purchase, points it is worth."""
    awarded: int
    """Points given or moved."""
    balance: Balance
    """After the entry."""
    next_activation: datetime | None
    next_expiry: datetime | None
    original: int | None
    """The entry that was captured, voided or reversed."""
    replayed: bool
    """Whether the key had been answered before; the rest is the first answer."""
    spent: int = 0
    """Points a purchase was paid with; of its reversal: points given back."""
    cash: int = 0
    """Minor units of money paid; of a reversal: to give back."""
    kept_back: int = 0
    """Minor units of money that stay with the shop for missing points."""
    spared: int = 0
    """Points written off."""
    charged: int = 0
    """Points charged to the store; those that a reversal credits it are below zero."""
    taken_back: int = 0
    """Points that undoing which came before this entry took at once."""
    flags: tuple[str, ...] = ()
    """`OFFLINE_OVERDRAFT`: more was spent offline than there was."""
    referral: str | None = None
    """What became of the referral that a sign-up or a sale named: a code; `None` if it named none."""
    referral_code: str | None = None
    """The referral code that was issued."""
    vested: int = 0
    """Of a closed month: how many rewards were let go."""
    explained: InitVar[Callable[[], str] | None] = None

    def __post_init__(self, explained: Callable[[], str] | None) -> None:
        object.__setattr__(self, "_explained", explained)

    def explain(self) -> str:
        """Why these points: the rule and its inputs, and every lot that moved. Reads the entry."""
        explained: Callable[[], str] | None = getattr(self, "_explained", None)
        if explained is None:
            raise ValueError("this answer was not made by a ledger; ask the ledger for the entry instead")
        return explained()

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "_explained"}


@dataclass(frozen=True)
class OneTimeCode:
    """A code that names its member once: show it as it is, and read it back as `Alias("one_time", code)`."""

    code: str
    """Ten digits and capital letters, none of which is taken for another."""
    expires_at: datetime
    """First instant at which it no longer works, unless it is used before."""
    answer: Answer


@dataclass(frozen=True)
class ReferralCode:
    """A code that an advocate hands on to friends."""

    code: str
    """As codes are kept: capital letters and digits."""
    answer: Answer


@dataclass(frozen=True)
class Link:
    """A partner's tie to a member."""

    partner: str
    scopes: tuple[str, ...]
    """Some of "earn", "redeem" and "balance"."""
    daily_points: int | None
    """Most points that it may take and hold on one day; `None`: any."""
    starts_at: datetime
    """First instant at which it is in force."""
    ends_at: datetime | None
    """First instant at which it is no longer in force; `None`: until it is ended."""


@dataclass(frozen=True)
class PartnerPage:
    """Entries that were made on behalf of a partner, newest first."""

    entries: tuple[Entry, ...]
    """Perhaps fewer than `limit`, even none, although there are more: a page looks through some of the journal."""
    next: int | None
    """`before` of the next page; `None` on the last."""


@dataclass(frozen=True)
class Lot:
    """Points of one accrual that are left, with their own dates and terms."""

    id: int
    """Names it for ever; corrections take it as `lot`."""
    points: int
    pending: bool
    activates_at: datetime | None
    """`None` while it waits for an event."""
    expires_at: datetime | None
    """First instant at which they are no longer there; `None` for never."""
    made_by: int
    """The entry that made the lot."""
    earned_by: int
    """The entry that earned its points."""
    funder: str | None
    price: Decimal | None
    """Money per point."""
    price_currency: str | None


@dataclass(frozen=True)
class Hold:
    """Points that an authorization keeps."""

    authorization: int
    points: int
    lapses_at: datetime


@dataclass(frozen=True)
class BalanceView(Balance):
    """A wallet at an instant: its four parts, its lots, its holds and what comes next."""

    lots: tuple[Lot, ...]
    """Pending and available lots by expiry; held points stand in `holds`."""
    holds: tuple[Hold, ...]
    next_activation: datetime | None
    next_expiry: datetime | None
    next_expiry_points: int
    at: datetime


@dataclass(frozen=True)
class Move:
    """Points of one lot on the move."""

    flow: str
    """How they moved, such as `accrued`, `activated`, `expired`, `redeemed`, `held`, `captured`, `accrual_reversed`,
    `overdrawn`, `transferred_in`, `forfeited` or `written_off`."""
    points: int
    paid: int
    """The part that paid debt instead."""
    lot: int | None
    """Id of the lot; `None` for points of no lot, such as debt."""
    made_by: int
    activates_at: datetime | None
    expires_at: datetime | None
    due_at: datetime | None
    """When time moved them; `None` for what the entry itself moved."""
    hold: int | None


@dataclass(frozen=True)
class StatementRow:
    """One movement of a member's wallet, and the balance after it."""

    at: datetime
    sequence: int | None
    """The entry; `None` for what time moved."""
    verb: str
    code: str
    reason: str
    """Why, in one stable word, such as `purchase`, `purchase_reversed`, `expired` or `hold_lapsed`: those that
    `loyalty_ledger.wording.REASONS` lists."""
    points: int
    """Change of the available points."""
    change: Change
    balance: Balance
    original: int | None
    key: str | None
    moved: tuple[Move, ...]
    position: str
    """Pass it as `before` for the rows before this one."""
    note: str | None = None
    """The reason given for what was done by hand."""
    text: str = ""
    """The row in words: what happened, the note, the earlier entry it is about, and how debt changed."""


@dataclass(frozen=True)
class Statement:
    """Rows of a statement, newest first."""

    rows: tuple[StatementRow, ...]
    next: str | None
    """Pass it as `before` for the next page; `None` on the last one."""

    def __iter__(self) -> Iterator[StatementRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Effect:
    """What one entry did to one wallet."""

    member: str
    wallet: str
    moved: tuple[Move, ...]
    balance: Balance
    next_activation: datetime | None
    next_expiry: datetime | None


@dataclass(frozen=True)
class Entry:
    """One record of the journal."""

    sequence: int
    recorded_at: datetime
    occurred_at: datetime | None
    verb: str
    code: str
    caller: str
    key: str | None
    member: str | None
    program: int
    """Version of the program it was decided under; 0 is the default one."""
    requested: int
    awarded: int
    original: int | None
    amount: Decimal | None
    currency: str | None
    reason: str | None
    actor: str | None
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class LadderStep:
    """Points that expire at one instant."""

    at: datetime
    on: date
    """The date in the program's zone."""
    points: int


class Ladder(Mapping[date | None, int]):
    """Points by the local date on which they expire; `None` is never. All of them add up to what is outstanding."""

    def __init__(self, steps: tuple[LadderStep, ...], never: int) -> None:
        self.steps = steps
        self.never = never
        days: dict[date | None, int] = {}
        for step in steps:
            days[step.on] = days.get(step.on, 0) + step.points
        if never:
            days[None] = never
        self._days = days

    def __getitem__(self, day: date | None) -> int:
        return self._days[day]

    def __iter__(self) -> Iterator[date | None]:
        return iter(self._days)

    def __len__(self) -> int:
        return len(self._days)

    def __repr__(self) -> str:
        return f"Ladder({self._days!r})"


@dataclass(frozen=True)
class Accounts:
    """Everything ever booked, above zero as people name it; `adjusted` and `outstanding` are signed.

    `written_off` and `settled_in_cash` are what members were spared.
    """

    outstanding: int
    accrued: int
    accrual_reversed: int
    redeemed: int
    redemption_reversed: int
    expired: int
    reinstated: int
    adjusted: int
    transferred_out: int
    transferred_in: int
    forfeited: int
    written_off: int
    settled_in_cash: int


@dataclass(frozen=True)
class TermsAccounts(Accounts):
    """The accounts of the lots of one funder and price."""

    funder: str | None
    price: Decimal | None
    price_currency: str | None


@dataclass(frozen=True)
class TrialBalance(Accounts):
    """All accounts of one currency of points at an instant, and what the members' wallets hold."""

    at: datetime
    wallet: str
    pending: int
    available: int
    held: int
    debt: int
    balanced: bool
    """Whether the accounts add up to zero and to what the wallets hold."""
    terms: tuple[TermsAccounts, ...]


@dataclass(frozen=True)
class Report:
    """What `verify` found."""

    ok: bool
    entries: int
    members: int
    problems: tuple[str, ...]
    """The first hundred, in words."""
    problem_count: int
    digest: str


@dataclass(frozen=True)
class Info:
    """What an open ledger says about itself."""

    path: str
    id: str
    clock: str
    """`system` or `manual`."""
    read_only: bool
    entries: int
    recorded_at: datetime | None
    now: datetime
    members: int
    program_version: int
    zone: str
    money: str
    journal_bytes: int
    snapshot: int
    notices: tuple[str, ...]
    """What opening found wanting and mended, and what goes wrong in the background."""


@dataclass(frozen=True)
class Program:
    """What a ledger's program in force says of times and money."""

    version: int
    """0 is the built-in one."""
    zone: str
    """IANA name of its time zone."""
    money: str
    """ISO 4217 code of the money that it earns on."""


@dataclass(frozen=True)
class Checkpoint:
    """Where a journal stands, and what the ledger says about itself wherever it is."""

    id: str
    """Tells ledgers apart."""
    sequence: int
    """Of the last entry; 0 if there is none."""
    recorded_at: datetime | None
    now: datetime
    clock: str
    """`system` or `manual`."""
    members: int
    program_version: int
    zone: str
    money: str
    journal_bytes: int
    snapshot: int
    notices: tuple[str, ...]
    digest: str | None
    """Of the whole state, in hexadecimal; `None` if it was not asked for."""
