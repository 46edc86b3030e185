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
    """Can be used once: validated and reserved by one friend, then used, or released as a hold is."""

    state: CouponState = CouponState.OPEN
    friend: str | None = None

    def validate(self, friend: str) -> str | None:
        """The reason why this friend can't use it."""
        return None if self.state is CouponState.OPEN or self.friend == friend else "CODE_USED"

    def reserve(self, friend: str) -> str | None:
        refusal = self.validate(friend)
        if refusal is None and self.state is CouponState.OPEN:
            self.state, self.friend = CouponState.RESERVED, friend
        return refusal

    def use(self, friend: str) -> str | None:
        refusal = self.reserve(friend)
        if refusal is None:
            self.state = CouponState.USED
        return refusal

    def release(self, friend: str) -> str | None:
        if self.friend != friend:
            return self.validate(friend)
        self.state, self.friend = CouponState.OPEN, None
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

    def refusal(self, instant: datetime, friend: str | None = None) -> str | None:
        """The reason why a use at this instant does not count."""
        if self.disabled_at is not None and instant >= self.disabled_at:
            return "CODE_DISABLED"
        if self.expires_at is not None and instant >= self.expires_at:
            return "CODE_EXPIRED"
        if self.coupon is None or friend is None:
            return None
        return self.coupon.validate(friend)


def check_letter(letters: str) -> str:
    """Another letter in one place, or two neighbours exchanged, always give another check letter."""
    return ALPHABET[sum(place * ALPHABET.index(letter) for place, letter in enumerate(letters, 1)) % len(ALPHABET)]


def derived(program: str, key: str, attempt: int = 0) -> str:
    """The code that follows from the key of the request that asked for it."""
    number = int.from_bytes(blake3(f"code\n{program}\n{key}\n{attempt}".encode()).digest()[:8], "big")
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
