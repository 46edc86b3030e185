"""What a request is answered with, and a balance with its four parts."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Balance:
    """The four parts of one wallet, each zero or more."""

    pending: int = 0
    available: int = 0
    held: int = 0
    debt: int = 0


@dataclass(frozen=True)
class Outcome:
    """The answer to one request: its code, and the balance right after it where a wallet was looked at.

    `spent` are points that a purchase was paid with (for a reversal: given back), `cash` is what was paid or is to be
    paid back in minor units of money, `kept_back` what of that stays with the shop for missing points, `spared` points
    that were written off, `charged` points that the store pays, `taken_back` what undoing that came before took,
    `referral` what became of the referral that a sign-up or sale named, `referral_code` the code that was issued,
    `vested` how many rewards a closed period let go.
    """

    code: str
    awarded: int | None = None
    balance: Balance | None = None
    replayed: bool = False
    sequence: int | None = None
    spent: int = 0
    cash: int = 0
    kept_back: int = 0
    spared: int = 0
    charged: int = 0
    taken_back: int = 0
    flags: tuple[str, ...] = ()
    referral: str | None = None
    referral_code: str | None = None
    vested: int = 0

    @property
    def pending(self) -> int:
        return self._balance.pending

    @property
    def available(self) -> int:
        return self._balance.available

    @property
    def held(self) -> int:
        return self._balance.held

    @property
    def debt(self) -> int:
        return self._balance.debt

    @property
    def is_applied(self) -> bool:
        return self.code in ("APPLIED", "PARKED")

    def again(self) -> "Outcome":
        """The same answer, given a second time."""
        return replace(self, replayed=True)

    @property
    def _balance(self) -> Balance:
        if self.balance is None:
            raise AttributeError(f"{self.code} carries no balance")
        return self.balance
