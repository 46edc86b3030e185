"""Codes that customers hand on: their letters, their check letter, and the life of a single-use coupon."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from blake3 import blake3

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 letters, a prime number of them, without 0 and O, without 1, I and L."""
LETTERS = 8
LONGEST = 32


class CouponState(Enum):
    OPEN = auto()
    RESERVED = auto()
    USED = auto()


@dataclass(eq=False)
class Coupon:
    """Can be used once: by an edge, or at a till, which may reserve it before and release it after."""

    state: CouponState = CouponState.OPEN
    friend: str | None = None
    reserved_until: datetime | None = None
    """Nothing if the reservation lasts until it is used or released."""
    has_edge: bool = False
    """An edge used it, and not a till."""

    def state_at(self, now: datetime) -> CouponState:
        until = self.reserved_until
        is_over = self.state is CouponState.RESERVED and until is not None and until <= now
        return CouponState.OPEN if is_over else self.state

    def holder(self, now: datetime) -> str | None:
        return None if self.state_at(now) is CouponState.OPEN else self.friend

    def validate(self, friend: str, now: datetime) -> str | None:
        """The reason why this friend can't be bound with it."""
        return None if self.holder(now) in (None, friend) else "CODE_USED"

    def reserve(self, friend: str, now: datetime, until: datetime | None = None) -> str | None:
        """Also anew, by whoever has reserved it already."""
        return self._become(CouponState.RESERVED, friend, now, until)

    def use(self, friend: str, now: datetime) -> str | None:
        return self._become(CouponState.USED, friend, now)

    def release(self, friend: str, now: datetime) -> str | None:
        refusal = "CODE_USED" if self.has_edge else self.validate(friend, now)
        if refusal is None:
            self.unbind()
        return refusal

    def bind(self, friend: str) -> None:
        """An edge uses it, also what its friend had reserved or used before."""
        self.state, self.friend, self.reserved_until, self.has_edge = CouponState.USED, friend, None, True

    def unbind(self) -> None:
        self.state, self.friend, self.reserved_until, self.has_edge = CouponState.OPEN, None, None, False

    def _become(self, state: CouponState, friend: str, now: datetime, until: datetime | None = None) -> str | None:
        if self.state is CouponState.USED or self.validate(friend, now) is not None:
            return "CODE_USED"
        self.state, self.friend, self.reserved_until = state, friend, until
        return None


@dataclass(eq=False)
class Code:
    text: str
    member: str
    expires_at: datetime | None = None
    disabled_at: datetime | None = None
    coupon: Coupon | None = None

    @property
    def method(self) -> str:
        """How somebody who types it was reached."""
        return "code" if self.coupon is None else "coupon"

    def refusal(self, instant: datetime, friend: str | None = None, now: datetime | None = None) -> str | None:
        """The reason why a use at this instant does not count; who has a coupon is a matter of the present."""
        if self.disabled_at is not None and instant >= self.disabled_at:
            return "CODE_DISABLED"
        if self.expires_at is not None and instant >= self.expires_at:
            return "CODE_EXPIRED"
        if self.coupon is None or friend is None or now is None:
            return None
        return self.coupon.validate(friend, now)


def check_letter(letters: str) -> str:
    """Another letter in one place, or two neighbours exchanged, always give another check letter."""
    return ALPHABET[sum(place * ALPHABET.index(letter) for place, letter in enumerate(letters, 1)) % len(ALPHABET)]


def derived(program: str, key: str, attempt: int = 0) -> str:
    """The code that follows from the key of the request that asked for it."""
    return _lettered(f"code\n{program}\n{key}\n{attempt}")


def voucher_code(program: str, friend: str, event: str, role: str, attempt: int = 0) -> str:
    """The code that follows from what a voucher is given for."""
    return _lettered(f"voucher\n{program}\n{friend}\n{event}\n{role}\n{attempt}")


def _lettered(text: str) -> str:
    number = int.from_bytes(blake3(text.encode()).digest()[:8], "big")
    letters = ""
    for _ in range(LETTERS):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return letters + check_letter(letters)


def normalised(text: str) -> str | None:
    """The code as it is stored, whatever its case, spaces and hyphens; nothing if it can't be a code.

    Nine characters, not all of them digits, are a code with a check letter, which must be right; all else is somebody's
    own choice.
    """
    if not text.isascii():
        return None
    plain = text.upper().replace(" ", "").replace("-", "")
    if not 1 <= len(plain) <= LONGEST or not plain.isalnum():
        return None
    if len(plain) != LETTERS + 1 or plain.isdigit():
        return plain
    is_right = all(letter in ALPHABET for letter in plain) and check_letter(plain[:-1]) == plain[-1]
    return plain if is_right else None
