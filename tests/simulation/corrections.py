"""Random corrections: lots and holds that live longer, points that come back, forgiven debt, activations."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ledgers import LotOf
from simulation.history import Request

if TYPE_CHECKING:
    from simulation.author import Author

MAKERS = ("accrue", "purchase", "adjust", "reinstate", "extend", "activate")
WHY = {"reason": "goodwill", "actor": "desk-1"}


class Corrections:
    """Writes requests about what the author has made before."""

    def __init__(self, author: Author) -> None:
        self.author = author

    def request(self) -> Request | None:
        """One of the corrections; nothing if there is nothing yet to put right."""
        makers = self.author.earlier(*MAKERS)
        if not makers:
            return None
        maker = self.author.random.choice(makers[-10:])
        writers = [self._reinstate, self._reinstate, self._extend_lot, self._activate, self._activate, self._forgive]
        writer = self.author.random.choice([*writers, self._extend_hold])
        return writer(maker)

    def _reinstate(self, maker: Request) -> Request:
        rest = self._about_lot(maker)
        if self.author.random.random() < 0.6:
            rest["expires_at"] = self._date()
        some = (self.author.random.randrange(1, 40),) if self.author.random.random() < 0.4 else ()
        return Request("reinstate", (self._member_of(maker), *some), self.author.keyed(**rest))

    def _extend_lot(self, maker: Request) -> Request:
        rest = {"member": self._member_of(maker), "expires_at": self._date(), **self._about_lot(maker)}
        return Request("extend", (), self.author.keyed(**rest))

    def _extend_hold(self, maker: Request) -> Request:
        holds = self.author.earlier("authorize") or [maker]
        minutes = self.author.random.choice([1, 30, 600, 7 * 24 * 60, 0])
        hold = self.author.random.choice(holds[-3:])
        return Request("extend", (hold.key,), self.author.keyed(ttl=timedelta(minutes=minutes)))

    def _forgive(self, maker: Request) -> Request:
        in_debt = self.author.in_debt()
        member, wallet, debt = self.author.random.choice(in_debt or [(self._member_of(maker), "points", 1)])
        some = (self.author.random.randrange(1, debt + 2),) if self.author.random.random() < 0.5 else ()
        return Request("forgive_debt", (member, *some), self.author.keyed(wallet=wallet, **WHY))

    def _activate(self, maker: Request) -> Request:
        rest: dict[str, Any] = {}
        if self.author.random.random() < 0.2:
            rest["member"] = self.author.random.choice([self._member_of(maker), "m-1", "nobody"])
        return Request("activate", (maker.key,), self.author.keyed(**rest))

    def _about_lot(self, maker: Request) -> dict[str, Any]:
        wallet = self.author.wallet_of(maker)
        return {"lot": LotOf(maker.key), **({"wallet": wallet} if wallet else {}), **WHY}

    def _member_of(self, maker: Request) -> str:
        member = self.author.owner(maker)
        is_other = member is None or self.author.random.random() < 0.05
        return self.author.random.choice(["m-1", "m-2"]) if is_other or member is None else member

    def _date(self) -> object:
        minutes = self.author.random.choice([-10, 0, 1, self.author.random.randrange(60_000)])
        return self.author.model.now() + timedelta(minutes=minutes)
