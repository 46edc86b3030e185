"""Random business of partners: links, one-time codes, and requests on behalf of partners under all kinds of names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ledgers import Name, OneTime
from model import Alias, Source
from simulation.history import Request

if TYPE_CHECKING:
    from simulation.author import Author

PARTNERS = ("airline", "bank")
NAMES = ("P-1", "P-2", "P-3", "P-4")
SCOPES = (*[["earn", "redeem"]] * 5, ["redeem", "balance"], ["earn"], ["balance"])
MINUTE = timedelta(minutes=1)
NAMING = ("purchase", "accrue", "redeem", "authorize", "adjust", "transfer", "forgive_debt", "block", "unblock")
ABOUT_EARLIER = ("capture", "void", "reverse", "activate")


class Partners:
    """Writes requests about links and codes, and lets partners make those of others."""

    def __init__(self, author: Author) -> None:
        self.author = author
        self.share = author.random.choice([0.05, 0.25, 0.5])

    def request(self, members: tuple[str, ...]) -> Request:
        random = self.author.random
        linked = [member for member, _ in self.author.model.ledger.links]
        if shown := self._alive():
            member = self.author.model.ledger.codes[random.choice(shown)].member
            return random.choice([self._spend] * 9 + [self._link] * 3 + [self._unlink])(member)
        if not linked:
            return random.choice([self._link, self._link, self._issue])(random.choice(members))
        writers = [self._link] * 2 + [self._issue] * 4 + [self._unlink] + [self._spend] * 7
        return random.choice(writers)(random.choice(linked if random.random() < 0.85 else members))

    def is_expected(self) -> bool:
        """Whether a member stands there with a code, which lives for minutes alone."""
        return bool(self._alive())

    def told_by(self, request: Request) -> Request:
        """The same request, now and then on behalf of a partner, or about a member under another name."""
        random = self.author.random
        is_naming = request.verb in NAMING and request.args
        if request.verb in ABOUT_EARLIER and (partner := self._maker(request.args[0])) and random.random() < 0.5:
            return Request(request.verb, request.args, {**request.rest, "source": Source(partner=partner)})
        if random.random() > 0.15 or not (is_naming or request.verb in ABOUT_EARLIER):
            return request
        member = str(request.args[0]) if is_naming else self.author.owner_of_key(request.args[0])
        args, rest = request.args, dict(request.rest)
        if random.random() < 0.75:
            rest["source"] = self._source(member, rest.get("source"))
        if is_naming and random.random() < 0.6:
            args = (self._name(member), *args[1:])
        return Request(request.verb, args, rest)

    def _maker(self, key: object) -> str:
        """The partner on whose behalf an earlier request was made, if it was."""
        transaction = self.author.model.ledger.by_key.get(str(key))
        return "" if transaction is None else transaction.partner

    def _link(self, member: str) -> Request:
        random, now = self.author.random, self.author.model.now()
        partner = random.choice(PARTNERS)
        rest: dict[str, Any] = {"scopes": random.choice(SCOPES), "consent": "c-1"}
        if random.random() < 0.4:
            rest["daily_points"] = random.choice([1, 10, 40, 200, 0 if random.random() < 0.1 else 40])
        if random.random() < 0.2:
            rest["starts_at"] = now + random.choice([-1, 0, 1, 300, 3000]) * MINUTE
        if random.random() < 0.3:
            rest["ends_at"] = now + random.choice([0, 1, 600, 10_000, 50_000]) * MINUTE
        name: Name = self._name(member)
        if random.random() < 0.3:
            acting = partner if random.random() < 0.9 else random.choice(PARTNERS)
            rest["source"] = Source(partner=acting)
            name = self._code_of(member) or name
        return Request("link_member", (name, partner, random.choice(NAMES)), self.author.keyed(**rest))

    def _unlink(self, member: str) -> Request:
        random = self.author.random
        links = [place for place in self.author.model.ledger.links if place[0] == member]
        partner = random.choice(links)[1] if links and random.random() < 0.9 else random.choice(PARTNERS)
        rest = {"source": Source(partner=random.choice([partner, *PARTNERS]))} if random.random() < 0.3 else {}
        return Request("unlink_member", (self._name(member), partner), self.author.keyed(**rest))

    def _issue(self, member: str) -> Request:
        random = self.author.random
        rest: dict[str, Any] = {}
        if random.random() < 0.7:
            rest["points"] = random.choice([5, 30, 100, 1000])
        if random.random() < 0.3:
            rest["partner"] = random.choice(PARTNERS)
        if random.random() < 0.3:
            rest["ttl"] = random.choice([0, 1, 5, 10, 11]) * MINUTE
        if random.random() < 0.05:
            rest["source"] = Source(partner=random.choice(PARTNERS))
        name = self._name(member) if random.random() < 0.1 else member
        return Request("issue_one_time_code", (name,), self.author.keyed(**rest))

    def _spend(self, member: str) -> Request:
        """What a partner is most often there for."""
        random = self.author.random
        available = self.author.available(member)
        points = self.author.points_near(min(available, 60))
        rest: dict[str, Any] = {"source": self._source(member, None)}
        verb = random.choice(["redeem", "redeem", "authorize", "authorize", "purchase", "purchase", "accrue"])
        if available == 0 and random.random() < 0.9:
            verb, points = "accrue", random.randrange(10, 80)
        name = self._code_of(member) if random.random() < 0.6 else None
        name = name or self._name(member)
        if verb == "purchase":
            amount = random.randrange(100, 5000)
            rest |= {"amount": amount, "currency": "EUR", **({"redeem": points} if random.random() < 0.7 else {})}
            return Request(verb, (name,), self.author.keyed(**rest))
        if verb == "authorize" and random.random() < 0.3:
            rest["allow_partial"] = True
        elif verb == "accrue":
            rest["activates_at"] = self.author.model.now()
        return Request(verb, (name, points), self.author.keyed(**rest))

    def _source(self, member: str | None, told: object) -> Source:
        """Mostly of a partner that is linked with the member."""
        random = self.author.random
        linked = [partner for holder, partner in self.author.model.ledger.links if holder == member]
        partner = random.choice(linked) if linked and random.random() < 0.85 else random.choice(PARTNERS)
        verification = "app-1" if random.random() < 0.3 else ""
        source = told if isinstance(told, Source) else Source()
        return replace(source, partner=partner, verification=verification)

    def _name(self, member: str) -> Name:
        """The member's id, one of its aliases, or a code; sometimes one that is used up or was never issued."""
        random = self.author.random
        kind = random.random()
        code = self._code_of(member)
        if code is not None and kind < 0.4:
            return code
        if kind > 0.97:
            return OneTime(random.choice(["never-issued", *self.author.model.ledger.codes]))
        holdings = self.author.model.ledger.members.holdings
        held = [Alias(*one.alias) for one in holdings if one.member == member and one.until is None]
        return random.choice(held) if held and kind < 0.85 else member

    def _code_of(self, member: str) -> OneTime | None:
        """One of the codes that name the member now; sometimes one that did until it was used up."""
        codes = self.author.model.ledger.codes
        fresh = self._alive() if self.author.random.random() < 0.8 else self._not_over()
        own = [key for key in fresh if codes[key].member == member]
        return OneTime(self.author.random.choice(own)) if own else None

    def _alive(self) -> list[str]:
        return [key for key in self._not_over() if key not in self.author.model.ledger.used_codes]

    def _not_over(self) -> list[str]:
        now = self.author.model.now()
        return [key for key, code in self.author.model.ledger.codes.items() if code.expires_at > now]
