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
    """The answer to one request: its code, and the balance right after it where a wallet was looked at."""

    code: str
    awarded: int | None = None
    balance: Balance | None = None
    replayed: bool = False
    sequence: int | None = None

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

    def again(self) -> "Outcome":
        """The same answer, given a second time."""
        return replace(self, replayed=True)

    @property
    def _balance(self) -> Balance:
        if self.balance is None:
            raise AttributeError(f"{self.code} carries no balance")
        return self.balance
