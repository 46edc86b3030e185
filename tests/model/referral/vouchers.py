"""Vouchers: rewards that are good for something at the till, once, and what becomes of them."""

from dataclasses import dataclass, field
from datetime import datetime

from model.local_time import Period
from model.referral.codes import Coupon, CouponState
from model.referral.rules import ReferralRules


@dataclass(eq=False)
class Voucher:
    """Belongs to one reward and its member; `label` is the caller's word for what it is good for."""

    code: str
    label: str
    member: str
    rules: ReferralRules
    valid: Period | None
    ready_at: datetime | None
    """Nothing while it is frozen or waits for a close."""
    coupon: Coupon = field(default_factory=Coupon)
    has_ended: bool = False
    """Its reward was taken back."""
    is_of_closed: bool = False
    was_ready: bool = False
    """When its member left."""

    @property
    def is_used(self) -> bool:
        return self.coupon.state is CouponState.USED

    @property
    def expires_at(self) -> datetime | None:
        """Known as soon as it is known when the voucher is ready."""
        if self.ready_at is None or self.valid is None:
            return None
        return self.rules.after(self.ready_at, self.valid)

    def waits(self, now: datetime) -> bool:
        """It may still become ready."""
        is_over = self.is_used or self.has_ended or self.is_of_closed
        return not is_over and not self._is_ready(now)

    def state(self, now: datetime) -> str:
        if self.is_used:
            return "UNRECOVERED" if self.has_ended else "REDEEMED"
        if self.has_ended or self.is_of_closed:
            return "DISABLED"
        if not self._is_ready(now):
            return "PENDING"
        if self.expires_at is not None and self.expires_at <= now:
            return "EXPIRED"
        return "RESERVED" if self.coupon.state_at(now) is CouponState.RESERVED else "AVAILABLE"

    def close(self, now: datetime) -> None:
        """Its member has left."""
        self.is_of_closed, self.was_ready = True, self._is_ready(now)

    def _is_ready(self, now: datetime) -> bool:
        return self.ready_at is not None and self.ready_at <= now
