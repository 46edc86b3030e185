"""What whoever runs a ledger does with it."""

from __future__ import annotations

from loyalty_ledger.arguments import text
from loyalty_ledger.results import Answer
from loyalty_ledger.verbs.door import Door


class OperationVerbs(Door):
    """The program and the sweep."""

    def publish(self, toml: str) -> Answer:
        """Puts a new version of the program in force. The one in force again is one more with the same rules."""
        return self._answer(self._core.publish(text("toml", toml)))

    def sweep(self) -> int:
        """Writes down what time has moved; nobody can see a difference. Returns the number of wallets."""
        return self._core.sweep()
