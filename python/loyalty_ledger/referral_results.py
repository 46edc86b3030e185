"""What a ledger tells about referrals: frozen dataclasses. Points are whole numbers, shares are exact."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class ReferralReward:
    """What was decided for one role when a friend qualified."""

    role: str
    """`advocate`, `friend`, or `upline-2` and so on."""
    member: str
    points: int
    """What is left of it; 0 if nothing was given or all was taken back."""
    state: str
    """`PENDING`, `FROZEN`, `WAITING`, `AVAILABLE`, `REDEEMED`, `EXPIRED`, `CANCELLED`, `CLAWED` or `CAP_LIMITED`."""
    reason: str | None = None
    """The code that says why nothing is given."""


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
    """`UNBOUND`, `BOUND`, `VOID`, `MOVED` or `CLOSED`."""
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
    """Friends bound, of touches recorded."""
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
