"""What a ledger tells about referrals: frozen dataclasses. Points are whole numbers, shares are exact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction


@dataclass(frozen=True)
class ReferralVoucher:
    """A code that a reward is worth at the till, once."""

    code: str
    label: str
    """What it is good for, as the program file says it."""
    state: str
    """`PENDING`, `AVAILABLE`, `RESERVED`, `REDEEMED`, `EXPIRED`, `DISABLED`, or `UNRECOVERED`: used, and taken back."""
    expires_at: datetime | None
    """First instant at which it works no more; `None`: it stays, or it is not ready."""


@dataclass(frozen=True)
class ReferralReward:
    """What was decided for one role when a friend qualified."""

    role: str
    """`advocate`, `friend`, `upline-2` and so on, or `milestone-1` and so on."""
    member: str
    points: int
    """What is left of it; 0 if nothing was given or all was taken back."""
    state: str
    """`PENDING`, `FROZEN`, `WAITING`, `AVAILABLE`, `REDEEMED`, `EXPIRED`, `CANCELLED`, `CLAWED` or `CAP_LIMITED`."""
    reason: str | None = None
    """The code that says why nothing is given."""
    voucher: ReferralVoucher | None = None
    """Beside the points, or alone."""


@dataclass(frozen=True)
class ReferralTouch:
    """A touch of a friend's token."""

    key: str
    """The key that it was recorded under; of a token that no touch has named, the sign-up's."""
    state: str
    """`RECORDED`, `CANDIDATE`, `WON`, `LOST`, `STUB` or `ORPHANED`."""


@dataclass(frozen=True)
class ReferralNote:
    """What one rule against fraud found."""

    rule: str
    finding: str
    """`not evaluated` where it could not look."""


@dataclass(frozen=True)
class ReferralState:
    """How the referral of one friend stands."""

    friend: str
    edge: str
    """`UNBOUND`, `BOUND`, `VOID`, `MOVED`, `CLOSED`, or `ANONYMISED`: bound, and one of both was erased."""
    advocate: str | None
    progress: str | None
    """`ATTRIBUTED`, `IN_PROGRESS(1/2)`, `QUALIFIED`, `SETTLED`, `REVERSED`, `EXPIRED`, `DISQUALIFIED(BELOW_MINIMUM)` or
    `DISQUALIFIED(DENIED)`; `None` without an advocate."""
    rewards: tuple[ReferralReward, ...]
    open: str | None
    """The condition that is still to be met: the missing steps with commas between them, `HOLD`, `REVIEW`, `CLOSE`,
    `TOUCH`, or the code that says why nothing can; `None`: nothing is open."""
    touches: tuple[ReferralTouch, ...] = ()
    notes: tuple[ReferralNote, ...] = ()


@dataclass(frozen=True)
class ReferralCodeState:
    """How a code stands: what a till looks at before it takes one."""

    kind: str
    """`CODE`, which many may use, `COUPON`, which one may, or `VOUCHER`, which its member got as a reward."""
    member: str
    """Whose code it is."""
    state: str
    """`OPEN`, `RESERVED`, `USED`, `DISABLED` or `EXPIRED`; of a voucher as in `ReferralVoucher`."""
    holder: str | None
    """Who has it reserved, or has used it."""
    label: str | None
    """What a voucher is good for; `None` for others."""
    expires_at: datetime | None
    """First instant at which it no longer works; `None`: it stays."""
    reserved_until: datetime | None
    """When its reservation ends; `None` if it has none, or one without an end."""


@dataclass(frozen=True)
class Friend:
    """One of those whom an advocate brought."""

    friend: str
    """The friend's id; asterisks for partners."""
    progress: str | None
    open: str | None
    """As in `ReferralState`."""
    points: int
    """Points that the advocate keeps of it."""


@dataclass(frozen=True)
class TreeMember:
    """A member above or below another."""

    level: int
    """Levels below the member that was asked for; above it they are negative."""
    member: str
    advocate: str | None
    """Who brought this one."""


@dataclass(frozen=True)
class Ratio:
    """An exact share."""

    numerator: int
    denominator: int
    """0 where there is nothing yet."""

    @property
    def fraction(self) -> Fraction | None:
        """The share; `None` where there is nothing yet."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


@dataclass(frozen=True)
class ReferralKpis:
    """How a referral program does, from all that was recorded."""

    share_rate: Ratio
    """Members who had a code issued, of all members."""
    click_to_sign_up: Ratio
    """Touches that brought somebody, of touches recorded."""
    sign_up_to_qualified: Ratio
    """Friends qualified, of those bound."""
    k_gross: Ratio
    """Friends qualified per advocate who has shared."""
    k_net: Ratio
    """The same without those who were reversed."""
    reversal_rate: Ratio
    """Referrals reversed, of those that had qualified."""
    cost_per_net_friend: Ratio
    """Points kept per friend who qualified and was not reversed."""
    mean_cycle_seconds: Ratio
    """Seconds from the sign-up to the qualifying event, on average."""
