"""The compiled module: translation between Python and the engine. Use the package, not this."""

from typing import Final, Protocol, TypeAlias, TypedDict, final, type_check_only

from loyalty_ledger.documents import SourceParts
from loyalty_ledger.raw_reads import (
    RawExplanation,
    RawFriend,
    RawInfo,
    RawLadder,
    RawLink,
    RawOpenHold,
    RawReferral,
    RawReferralCode,
    RawReferralKpis,
    RawReport,
    RawRule,
    RawTillTotal,
    RawTreeMember,
    RawTrialBalance,
)

__all__ = [
    "CODES",
    "Answers",
    "Ledger",
    "ManualClock",
    "Posting",
    "Refusals",
    "Server",
    "log_to_stderr",
    "minor_digits",
    "new_token",
    "restore",
]

CODES: Final[tuple[tuple[int, str, str, str, str, bool], ...]]
"""Number, name, class, meaning, example, retryable."""

_Receipt: TypeAlias = tuple[str, str, int, str]
"""Store, terminal, days since 1970-01-01, number."""

_Named: TypeAlias = int | str | tuple[_Receipt, bool]
"""A sequence, a key, or a receipt and whether it is a return's."""

_Member: TypeAlias = str | tuple[str, str]
"""An id, or the kind and value of an alias."""

_Joining: TypeAlias = tuple[str | None, list[tuple[str, str]]]
"""An id, if stated, and kinds and values of aliases."""

_Referral: TypeAlias = tuple[str, str | None, str | None, list[str]]
"""Program, code, token, fingerprints."""

@type_check_only
class ArrowTable(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@type_check_only
class Attempt(TypedDict):
    key: str
    occurred_at: int | None
    receipt: _Receipt | None
    source: SourceParts | None
    offline: bool

@type_check_only
class Sale(TypedDict):
    member: _Member
    amount: tuple[int, str]
    lines: list[tuple[str, str, int, int, bool]]
    eligible: int | None
    redeem: int | None
    capture: _Named | None
    capture_points: int | None
    enroll: bool
    joining: _Joining | None
    referral: _Referral | None

@type_check_only
class RawBalance(TypedDict):
    pending: int
    available: int
    held: int
    debt: int

@type_check_only
class RawAnswer(TypedDict):
    code: str
    sequence: int
    recorded_at: int
    requested: int
    awarded: int
    spent: int
    cash: int
    kept_back: int
    spared: int
    charged: int
    taken_back: int
    flags: list[str]
    referral: str | None
    referral_code: str | None
    vested: int
    balance: RawBalance
    next_activation: int | None
    next_expiry: int | None
    original: int | None
    replayed: bool

@type_check_only
class RawLot(TypedDict):
    id: int
    made_by: int
    points: int
    activates_at: int | None
    expires_at: int | None
    earned_by: int
    funder: str | None
    price: tuple[int, str] | None
    pending: bool

@type_check_only
class RawHold(TypedDict):
    authorization: int
    lapses_at: int
    points: int

@type_check_only
class RawBalanceView(TypedDict):
    balance: RawBalance
    lots: list[RawLot]
    holds: list[RawHold]
    next_activation: int | None
    next_expiry: int | None
    next_expiry_points: int
    at: int

@type_check_only
class RawMove(TypedDict):
    flow: str
    points: int
    paid: int
    lot: int | None
    made_by: int
    activates_at: int | None
    expires_at: int | None
    due_at: int | None
    hold: int | None

@type_check_only
class RawStatementRow(TypedDict):
    at: int
    sequence: int | None
    verb: str
    code: str
    reason: str
    points: int
    change: RawBalance
    balance: RawBalance
    original: int | None
    key: str | None
    note: str | None
    moved: list[RawMove]
    position: str

@type_check_only
class RawPage(TypedDict):
    rows: list[RawStatementRow]
    next: str | None

@type_check_only
class RawEffect(TypedDict):
    member: str
    wallet: str
    moved: list[RawMove]
    balance: RawBalance
    next_activation: int | None
    next_expiry: int | None

@type_check_only
class RawEntry(TypedDict):
    sequence: int
    recorded_at: int
    occurred_at: int | None
    verb: str
    code: str
    caller: str
    key: str | None
    member: str | None
    program: int
    requested: int
    awarded: int
    original: int | None
    amount: tuple[int, str] | None
    reason: str | None
    actor: str | None
    effects: list[RawEffect]

@final
class ManualClock:
    def __new__(cls, start: int) -> ManualClock: ...
    def advance_to(self, to: int) -> None: ...
    def now(self) -> int: ...

@final
class Answers:
    """One answer per row of a batch, in its order: a table that any Arrow library reads.

    Columns: code, sequence, recorded_at, awarded, available, replayed. The four counts add up to the rows.
    """

    @property
    def applied(self) -> int:
        """Rows applied by this call."""

    @property
    def replayed(self) -> int:
        """Rows whose key was answered before; they got their first answer again, whatever it was."""

    @property
    def refused(self) -> int:
        """Rows that this call refused by the state of the ledger."""

    @property
    def rejected(self) -> int:
        """Rows that were not taken at all: wrong in shape, or naming something unknown."""

    @property
    def refused_row(self) -> int | None:
        """The first row for which an `all_or_nothing` batch was not applied, counted from 0."""

    def refusals(self) -> Refusals:
        """Every row that was not applied, also when replayed."""

    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Refusals:
    """The rows that were not applied: row, key, code, requested, available."""

    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Posting:
    """A table that is sent to a server in pieces, in order, each after the answer to the one before."""

    def __new__(cls, table: ArrowTable, rows: int, bytes: int) -> Posting: ...
    def __len__(self) -> int:
        """Rows of the table."""

    def piece(self) -> tuple[bytes, int]:
        """The next rows as an Arrow IPC stream, and how many; at least one, unless the table has none."""

    def answered(self, arrow_ipc: bytes) -> None:
        """Takes the answers to the piece."""

    def finish(self, refused_row: int | None) -> Answers:
        """All answers."""

@type_check_only
class Core(Protocol):
    """What verbs and reads call: the compiled engine, or a server behind a connection."""

    def close(self) -> None: ...
    def money(self) -> str: ...
    def enroll(
        self, member: str, aliases: list[tuple[str, str]], *, referral: _Referral | None, attempt: Attempt
    ) -> RawAnswer: ...
    def add_alias(self, member: _Member, kind: str, value: str, *, attempt: Attempt) -> RawAnswer: ...
    def remove_alias(self, member: _Member, kind: str, value: str, *, attempt: Attempt) -> RawAnswer: ...
    def replace_alias(
        self, member: _Member, kind: str, old: str, new: str, *, reason: str, attempt: Attempt
    ) -> RawAnswer: ...
    def block(self, member: _Member, *, reason: str, actor: str, attempt: Attempt) -> RawAnswer: ...
    def unblock(self, member: _Member, *, reason: str, actor: str, attempt: Attempt) -> RawAnswer: ...
    def close_member(self, member: _Member, *, reason: str, actor: str, attempt: Attempt) -> RawAnswer: ...
    def erase_member(self, member: _Member, *, reason: str, actor: str, attempt: Attempt) -> RawAnswer: ...
    def transfer(
        self, giver: _Member, receiver: _Member, points: int, *, wallet: str, attempt: Attempt
    ) -> RawAnswer: ...
    def link_member(
        self,
        member: _Member,
        partner: str,
        partner_member: str,
        *,
        scopes: list[str],
        consent: str,
        daily_points: int | None,
        starts_at: int | None,
        ends_at: int | None,
        attempt: Attempt,
    ) -> RawAnswer: ...
    def unlink_member(self, member: _Member, partner: str, *, reason: str, attempt: Attempt) -> RawAnswer: ...
    def issue_one_time_code(
        self, member: _Member, *, partner: str, points: int | None, ttl_micros: int | None, attempt: Attempt
    ) -> tuple[str, int, RawAnswer]: ...
    def links(self, member: _Member) -> list[RawLink]: ...
    def partner_entries(
        self, partner: str, member: _Member | None, limit: int, before: int | None
    ) -> tuple[list[RawEntry], int | None]: ...
    def issue_code(
        self,
        program: str,
        member: _Member,
        *,
        code: str | None,
        single_use: bool,
        expires_at: int | None,
        attempt: Attempt,
    ) -> RawAnswer: ...
    def disable_code(self, program: str, code: str, *, reason: str, actor: str, attempt: Attempt) -> RawAnswer: ...
    def record_touch(
        self, program: str, *, method: str, token: str | None, code: str | None, touched_at: int, attempt: Attempt
    ) -> RawAnswer: ...
    def bind_referral(self, friend: _Member, referral: _Referral, *, attempt: Attempt) -> RawAnswer: ...
    def record_step(self, program: str, friend: _Member, step: str, *, attempt: Attempt) -> RawAnswer: ...
    def review_referral(
        self,
        program: str,
        friend: _Member,
        decision: str,
        *,
        to: _Member | None,
        reason: str,
        actor: str,
        approved_by: str,
        attempt: Attempt,
    ) -> RawAnswer: ...
    def change_coupon(
        self, program: str, code: str, member: _Member, *, action: str, ttl_micros: int | None, attempt: Attempt
    ) -> RawAnswer: ...
    def dispute(self, original: _Named, *, outcome: str, attempt: Attempt) -> RawAnswer: ...
    def close_period(self, program: str, month: str, *, attempt: Attempt) -> RawAnswer: ...
    def referral(self, program: str, friend: _Member) -> RawReferral: ...
    def referral_code(self, program: str, code: str) -> RawReferralCode: ...
    def referrals(self, program: str, advocate: _Member, limit: int, after: int) -> list[RawFriend]: ...
    def referral_tree(
        self, program: str, member: _Member, *, up: bool, down: bool, depth: int | None
    ) -> list[RawTreeMember]: ...
    def referral_kpis(self, program: str) -> RawReferralKpis: ...
    def purchase(self, sale: Sale, *, attempt: Attempt) -> RawAnswer: ...
    def quote(self, sale: Sale, *, attempt: Attempt) -> RawAnswer: ...
    def accrue(
        self,
        member: _Member,
        points: int,
        *,
        activates_at: int | None,
        expires_at: int | None,
        funder: str | None,
        price: tuple[int, str] | None,
        wallet: str,
        enroll: bool,
        joining: _Joining | None,
        attempt: Attempt,
    ) -> RawAnswer: ...
    def redeem(self, member: _Member, points: int, *, wallet: str, attempt: Attempt) -> RawAnswer: ...
    def authorize(
        self,
        member: _Member,
        points: int,
        *,
        ttl_micros: int | None,
        allow_partial: bool,
        wallet: str,
        attempt: Attempt,
    ) -> RawAnswer: ...
    def capture(self, authorization: _Named, *, points: int | None, attempt: Attempt) -> RawAnswer: ...
    def void(self, authorization: _Named, *, attempt: Attempt) -> RawAnswer: ...
    def reverse(
        self,
        original: _Named,
        *,
        points: int | None,
        amount: tuple[int, str] | None,
        lines: list[tuple[int, int | None]] | None,
        member: _Member | None,
        shortfall: str | None,
        restore: str | None,
        attempt: Attempt,
    ) -> RawAnswer: ...
    def adjust(
        self,
        member: _Member,
        points: int,
        *,
        reason: str,
        actor: str,
        expires_at: int | None,
        overdraw: bool,
        wallet: str,
        attempt: Attempt,
    ) -> RawAnswer: ...
    def reinstate(
        self,
        member: _Member,
        points: int | None,
        *,
        lot: int,
        expires_at: int | None,
        reason: str,
        actor: str,
        wallet: str,
        attempt: Attempt,
    ) -> RawAnswer: ...
    def extend_lot(
        self, member: _Member, *, lot: int, expires_at: int, reason: str, actor: str, wallet: str, attempt: Attempt
    ) -> RawAnswer: ...
    def extend_hold(self, authorization: _Named, *, ttl_micros: int, attempt: Attempt) -> RawAnswer: ...
    def forgive_debt(
        self, member: _Member, points: int | None, *, reason: str, actor: str, wallet: str, attempt: Attempt
    ) -> RawAnswer: ...
    def activate(self, original: _Named, *, member: _Member | None, attempt: Attempt) -> RawAnswer: ...
    def enroll_batch(self, table: ArrowTable) -> Answers: ...
    def purchase_batch(self, table: ArrowTable, create_members: bool) -> Answers: ...
    def accrue_batch(self, table: ArrowTable, create_members: bool) -> Answers: ...
    def redeem_batch(self, table: ArrowTable) -> Answers: ...
    def post_batch(self, table: ArrowTable) -> Answers: ...
    def post_whole(self, table: ArrowTable, key: str) -> Answers: ...
    def publish(self, toml: str) -> RawAnswer: ...
    def sweep(self) -> int: ...
    def balance(self, member: _Member, *, wallet: str, at: int | None) -> RawBalanceView: ...
    def statement(self, member: _Member, *, wallet: str, limit: int, before: str | None) -> RawPage: ...
    def entry(self, sequence: int) -> RawEntry: ...
    def entry_by_key(self, key: str) -> RawEntry: ...
    def entry_by_receipt(self, parts: _Receipt, is_return: bool) -> RawEntry: ...
    def entries(self, first: int, limit: int) -> list[RawEntry]: ...
    def ladder(self, member: _Member | None, *, wallet: str) -> RawLadder: ...
    def explain(self, member: _Member, *, wallet: str) -> RawExplanation: ...
    def totals(self, store: str, terminal: str | None, business_date: int) -> list[RawTillTotal]: ...
    def holds(self, store: str | None, older_than_micros: int | None, after: int, limit: int) -> list[RawOpenHold]: ...
    def trial_balance(self, wallet: str, at: int | None) -> RawTrialBalance: ...
    def store_accounts(self, wallet: str) -> list[tuple[str, int]]: ...
    def verify(self) -> RawReport: ...
    def digest(self) -> str: ...
    def rule(self, program: int) -> RawRule | None: ...

@final
class Ledger(Core):
    @staticmethod
    def open(
        path: str, *, program: str | None, clock: ManualClock | None, read_only: bool, accept_clock: bool, create: bool
    ) -> Ledger: ...
    def info(self) -> RawInfo: ...
    def snapshot(self) -> None: ...
    def backup(self, target: str) -> int: ...

def new_token(id: str) -> tuple[str, str]: ...
def minor_digits(currency: str) -> int: ...
def restore(source: str, target: str, through: int | None = None) -> int: ...
def log_to_stderr(json: bool, verbose: bool) -> None: ...

@type_check_only
class ServerSettings(TypedDict):
    listen: str
    probes: str | None
    tls: tuple[str, str, str | None] | None
    principals: str | None
    limits: dict[str, float]
    sweep_seconds: float

@final
class Server:
    @staticmethod
    def start(ledger: Ledger, settings: ServerSettings, *, clock: ManualClock | None) -> Server: ...
    def address(self) -> str: ...
    def probes(self) -> str | None: ...
    def wait(self) -> None: ...
    def stop(self, grace_seconds: float) -> bool: ...
