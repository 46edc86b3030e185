"""What the naive ledger knows about referrals: facts that were told, and what was decided from them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from model.referral.codes import Code, Coupon
from model.referral.rules import ReferralRules
from model.referral.vouchers import Voucher
from model.transactions import Take, Transaction


@dataclass(frozen=True)
class ReferralBy:
    """How a sign-up or a sale names who brought the friend; the program may be left out if there is only one."""

    code: str | None = None
    token: str | None = None
    fingerprints: tuple[str, ...] = ()
    program: str | None = None


@dataclass(eq=False)
class Touch:
    key: str
    method: str
    token: str | None
    code: Code | None
    """A direct visit came by no code."""
    touched_at: datetime

    @property
    def is_direct(self) -> bool:
        return self.code is None

    @property
    def advocate(self) -> str:
        """Whose it was; a direct visit was nobody's."""
        return "" if self.code is None else self.code.member

    @property
    def coupon(self) -> Coupon | None:
        return None if self.code is None else self.code.coupon


@dataclass(eq=False)
class Claim:
    """A friend's word that a code or a token was theirs; open until grace after its entry is over."""

    key: str
    friend: str
    code: str | None
    token: str | None
    fingerprints: frozenset[str]
    identified_at: datetime
    recorded_at: datetime
    at_checkout: bool = False
    came_late: bool = False
    """The edge was closed before: the friend had bought without anybody."""
    typed: Touch | None = None
    """The code, once it was found good: what becomes of it afterwards does not matter."""
    verdicts: dict[str, str | None] = field(default_factory=dict)
    """By touch, the first rule about others that denied it, decided once and in recorded order."""
    contacts: list[Touch] = field(default_factory=list)
    """Touches that have a part in the credit, in the order in which they happened; final when the claim is over."""


@dataclass(eq=False)
class Refund:
    """Money of a sale that came back, by a return or a chargeback."""

    source: Transaction
    amount: int
    occurred_at: datetime
    is_chargeback: bool = False


@dataclass(eq=False)
class Sale:
    """A purchase, also one that was undone before it came: that one earns nothing, but it happened."""

    key: str
    friend: str
    amount: int
    occurred_at: datetime
    recorded_at: datetime
    never_stood: bool = False
    log: list[tuple[Refund, int]] = field(default_factory=list)
    """Refunds as they were recorded, each with 1; with -1 when they were themselves undone."""

    def refunded(self, until: datetime | None) -> int:
        """The most that was ever refunded by returns that occurred before `until`."""
        standing = most = 0
        for refund, sign in self.log:
            if not refund.is_chargeback and (until is None or refund.occurred_at < until):
                standing += sign * refund.amount
                most = max(most, standing)
        return most

    def is_charged_back(self, until: datetime | None) -> bool:
        signs = [sign for one, sign in self.log if one.is_chargeback and (until is None or one.occurred_at < until)]
        return sum(signs) > 0


@dataclass(eq=False)
class StepDone:
    key: str
    friend: str
    step: str
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True)
class Event:
    """What fulfils the conditions: when, by which entry, and on which sale."""

    key: str
    occurred_at: datetime
    sale: Sale | None


@dataclass(eq=False)
class Reward:
    """What was decided for one role, and where its points went."""

    number: int
    role: str
    member: str
    points: int
    hold_ends_at: datetime
    currency: str
    kept: int = 0
    from_pool: bool = False
    was_issued: bool = False
    ended: str | None = None
    """CAP_LIMITED, CANCELLED or CLAWED, when nothing of it is left."""
    frozen_until: datetime | None = None
    clawed: int = 0
    """Points taken back after they had vested, less those given back."""
    charged_back: list[tuple[Take, Transaction, bool]] = field(default_factory=list)
    is_charged_back: bool = False
    """A chargeback ended it."""
    voucher: Voucher | None = None

    @property
    def origin(self) -> int:
        """What its lots say they come from; entries have positive numbers."""
        return -self.number


@dataclass(eq=False)
class Conversion:
    """A referral that fulfilled its conditions: decided for every role at once, by the rules of that instant."""

    event: Event
    rules: ReferralRules
    recorded_at: datetime
    rewards: list[Reward] = field(default_factory=list)
    is_lapsed: bool = False
    """A freeze was not decided in time."""

    @property
    def shares(self) -> list[tuple[str, int]]:
        """To whom the credit went, and how many points, as it was decided."""
        return [(one.member, one.points) for one in self.rewards if one.role == "advocate"]

    @property
    def clawback_ends_at(self) -> datetime | None:
        period = self.rules.clawback
        return None if period is None else self.rules.after(self.event.occurred_at, period)


@dataclass(eq=False)
class Referral:
    """One friend in one program."""

    friend: str
    claim: Claim | None = None
    advocate: str | None = None
    touch: Touch | None = None
    bound_at: datetime | None = None
    is_void: bool = False
    is_moved: bool = False
    """An operator chose the advocate; no touch does any more."""
    reason: str | None = None
    """Why the friend is bound to nobody."""
    is_frozen: bool = False
    was_released: bool = False
    notes: dict[str, str] = field(default_factory=dict)
    """What each rule about fraud found: passed, noted, frozen or not evaluated."""
    conversions: list[Conversion] = field(default_factory=list)
    used: list[tuple[str, Reward]] = field(default_factory=list)
    """Rewards, each with the key of its event, that were taken back by this entry after their vouchers were used."""

    @property
    def is_bound(self) -> bool:
        return self.advocate is not None and not self.is_void


@dataclass(eq=False)
class Book:
    """All that one referral program knows."""

    name: str
    codes: dict[str, Code] = field(default_factory=dict)
    touches: list[Touch] = field(default_factory=list)
    steps: list[StepDone] = field(default_factory=list)
    referrals: dict[str, Referral] = field(default_factory=dict)
    passed_binds: dict[str, list[datetime]] = field(default_factory=dict)
    closed_months: set[str] = field(default_factory=set)

    @property
    def vouchers(self) -> dict[str, Voucher]:
        """By their codes; what another decision took the place of is gone."""
        given = [reward.voucher for _, _, reward in self.rewards()]
        return {one.code: one for one in given if one is not None}

    def things(self) -> Iterator[Any]:
        """Every object that may change."""
        yield self
        for code in self.codes.values():
            yield code
            if code.coupon is not None:
                yield code.coupon
        for voucher in self.vouchers.values():
            yield voucher
            yield voucher.coupon
        yield from self.touches
        for referral in self.referrals.values():
            yield referral
            if referral.claim is not None:
                yield referral.claim
            yield from referral.conversions
            yield from self.rewards_of(referral)

    def rewards_of(self, referral: Referral) -> Iterator[Reward]:
        for conversion in referral.conversions:
            yield from conversion.rewards

    def rewards(self) -> Iterator[tuple[Referral, Conversion, Reward]]:
        for referral in self.referrals.values():
            for conversion in referral.conversions:
                for reward in conversion.rewards:
                    yield referral, conversion, reward

    def advocate_of(self, member: str) -> str | None:
        referral = self.referrals.get(member)
        return referral.advocate if referral is not None and referral.is_bound else None

    def ancestors(self, member: str) -> list[str]:
        """Who brought the member, who brought that one, and so on."""
        found: list[str] = []
        above = self.advocate_of(member)
        while above is not None:
            found.append(above)
            above = self.advocate_of(above)
        return found

    def shared_with(self, member: str) -> list[str]:
        """Friends whom another brought, and for whom the member has a reward as an advocate all the same."""

        def has_a_share(one: Referral) -> bool:
            own = (reward for reward in self.rewards_of(one) if reward.role == "advocate" and reward.member == member)
            return one.is_bound and not one.is_moved and one.advocate != member and any(own)

        return [one.friend for one in self.referrals.values() if has_a_share(one)]

    def friends_of(self, member: str) -> list[str]:
        return [one.friend for one in self.referrals.values() if one.is_bound and one.advocate == member]
