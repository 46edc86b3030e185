"""Members who are erased now and then, and others who take over what names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.members import GONE
from simulation.history import Request

if TYPE_CHECKING:
    from simulation.author import Author

WHY = {"reason": "wish", "actor": "desk-1"}
CARDS = ("2760001", "2760002", "2760003", "2760004")


class Erasures:
    """Writes requests that erase somebody, and chooses aliases for who signs up."""

    def __init__(self, author: Author) -> None:
        self.author, self.random = author, author.random

    def request(self, members: tuple[str, ...]) -> Request:
        """Sometimes somebody who has left already; seldom without an actor, for no reason, or nobody at all."""
        gone = [one for one in members if self.author.model.ledger.members.status.get(one) in GONE]
        kind = self.random.random()
        member = self.random.choice(gone if gone and kind < 0.3 else ["nobody"] if kind > 0.97 else members)
        why: dict[str, str] = self.random.choice([WHY, WHY, WHY, {"reason": "wish"}, {"reason": ""}])
        return Request("erase_member", (member,), self.author.keyed(**why))

    def marks(self) -> list[str]:
        """Fingerprints that erased members left."""
        ledger = self.author.model.ledger
        return sorted(
            {mark for one, left in ledger.fingerprints.items() if ledger.members.is_erased(one) for mark in left}
        )

    def aliases(self) -> dict[str, str]:
        """A card that nobody has; mostly one that an erased member had, if there is one."""
        members = self.author.model.ledger.members
        held = [one for one in members.holdings if one.alias.kind == "card"]
        taken = {one.alias.value for one in held if one.until is None or one.is_lost}
        erased = [one.alias.value for one in held if members.is_erased(one.member)]
        free = [card for card in CARDS if card not in taken]
        given_up = [card for card in free if card in erased]
        among = given_up if given_up and self.random.random() < 0.7 else free
        return {"card": self.random.choice(among)} if among and self.random.random() < 0.95 else {"card": CARDS[0]}
