"""Random changes of members: blocked, closed, erased, cards lost; points that change hands; overdrawn corrections."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from simulation.erasing import Erasures
from simulation.history import Request

if TYPE_CHECKING:
    from simulation.author import Author

WHY = {"reason": "wish", "actor": "desk-1"}


class Members:
    """Writes requests about members as a whole, and between them."""

    def __init__(self, author: Author) -> None:
        self.author = author
        self.erasures = Erasures(author)

    def request(self, members: tuple[str, ...], cards: tuple[str, ...]) -> Request:
        kind = self.author.random.random()
        if kind < 0.25:
            return self._replace(members, cards)
        if kind < 0.5 and (undo := self._undo()) is not None:
            return undo
        writers = [self._transfer] * 6 + [self._overdraw] * 2 + [self._status] * 2
        return self.author.random.choice(writers)(members)

    def _transfer(self, members: tuple[str, ...]) -> Request:
        giver = self._one_of(members)
        receiver = self._one_of(members)
        if receiver == giver and self.author.random.random() < 0.9:
            receiver = members[members.index(giver) - 1]
        if self.author.random.random() < 0.03:
            giver, receiver = self.author.random.choice([("nobody", receiver), (giver, "nobody")])
        rest = self.author.named_wallet()
        points = self.author.points_near(self.author.available(giver, **rest))
        return Request("transfer", (giver, receiver, points), self.author.keyed(**rest))

    def _overdraw(self, members: tuple[str, ...]) -> Request:
        member, rest = self._one_of(members), self.author.named_wallet()
        points = self.author.points_near(self.author.available(member, **rest)) + self.author.random.choice([0, 1, 20])
        return Request("adjust", (member, -points), self.author.keyed(overdraw=True, **WHY, **rest))

    def _undo(self) -> Request | None:
        """The reversal of a gift or a correction, or the undo of one."""
        originals = self.author.earlier("transfer", "adjust")
        if self.author.random.random() < 0.4:
            keys = {one.key for one in originals}
            originals = [one for one in self.author.earlier("reverse") if one.args[0] in keys]
        if not originals:
            return None
        original = self.author.random.choice(originals[-6:])
        rest: dict[str, Any] = {}
        if original.verb != "reverse":
            points = abs(next(arg for arg in original.args if isinstance(arg, int)))
            if self.author.random.random() < 0.6:
                rest["points"] = self.author.random.choice([points, points + 1, self.author.random.randint(1, points)])
            if self.author.random.random() < 0.5:
                rest["shortfall"] = self.author.random.choice(["block", "debt", "debt", "clamp"])
        return Request("reverse", (original.key,), self.author.keyed(**rest))

    def _status(self, members: tuple[str, ...]) -> Request:
        verbs = ["block", "unblock", "unblock", "block", "unblock", "close_member", "erase_member"]
        verb = self.author.random.choice(verbs)
        if verb == "erase_member":
            return self.erasures.request(members)
        member = "nobody" if self.author.random.random() < 0.03 else self._one_of(members)
        holders = [str(self.author.owner(hold)) for hold in self.author.open_holds()]
        if verb == "close_member" and holders:
            member = holders[0]
        return Request(verb, (member,), self.author.keyed(**WHY))

    def _replace(self, members: tuple[str, ...], cards: tuple[str, ...]) -> Request:
        """New cards come into use as old ones get lost."""
        holder = partial(self.author.model.ledger.members.current_holder, "card")
        held = [card for card in cards if holder(card)]
        old, new = self.author.random.choice(held or cards), str(2_770_000 + self.author.random.randrange(6))
        member = holder(old) or self._one_of(members)
        if self.author.random.random() < 0.5:
            return Request("replace_alias", (member, "card", old, new), self.author.keyed())
        rest = self.author.keyed(
            card=self.author.random.choice([old, new, self.author.lost_card()]), amount=1700, currency="EUR"
        )
        return Request("purchase", (), rest)

    def _one_of(self, members: tuple[str, ...]) -> str:
        return self.author.random.choice(members)
