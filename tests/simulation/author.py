"""Writes random histories that go to the edges: exact due instants, retries, reused keys, too much of everything."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from ledgers import PlayedModel, currency, program
from model import Outcome
from model.points import HoldState
from model.reads import DEFAULT_WALLET
from simulation import late, returns
from simulation.corrections import Corrections
from simulation.erasing import CARDS
from simulation.history import (
    Disturbance,
    History,
    Publish,
    Read,
    Request,
    Step,
    Write,
    WriteMany,
    WriteTogether,
    ask,
    write,
)
from simulation.members import WHY, Members
from simulation.mixed import Tables
from simulation.partners import Partners

MEMBERS = ("m-1", "m-2", "m-3")
REVERSIBLE = ("redeem", "capture", "accrue", "purchase", "adjust", "transfer")


def write_history(seed: int, length: int) -> History:
    """The same history for the same seed and length."""
    return Author(seed).write(length)


class Author:
    """Plays every step on a model of its own, to know what would be interesting next."""

    people: tuple[str, ...] = MEMBERS

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.has_stars = False
        start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=self.random.randrange(2 * 365 * 24 * 60))
        self.history = History(seed, self._program(), start)
        self.model = PlayedModel(self.history.program, start)
        self.requests: list[Request] = []
        self.codes: set[str] = set()
        self.keys = 0
        self.corrections = Corrections(self)
        self.members = Members(self)
        self.partners = Partners(self)
        self.tables = Tables(self)
        self.haste = self.random.choice([0.2, 0.5, 1.0])

    def write(self, length: int) -> History:
        for member in MEMBERS[: self.random.choice([2, 3, 3, 3])]:
            aliases = {"card": self.random.choice(CARDS)} if self.random.random() < 0.5 else None
            self._add_write(Request("enroll", (member,), {"aliases": aliases} if aliases else {}))
        while len(self.history.steps) < length:
            self.model.advance_to(self._next_instant())
            self._add_step()
        return self.history

    def _program(self) -> str:
        choose = self.random.choice
        has_stars = self.has_stars = self.has_stars or self.random.random() < 0.5
        return program(
            others=currency("stars", *self._policies()) if has_stars else "",
            earns=choose(["points", "points", "stars"]) if has_stars else "points",
            zone=choose(["Europe/Berlin", "America/New_York", "UTC", "Australia/Lord_Howe"]),
            **dict(zip(("pending", "expiry", "round_up_to", "draw_order"), self._policies(), strict=True)),
            earning=choose([(1, 100), (3, 200), (1, 250)]),
            **returns.settings(self.random),
            transfer=choose([None, "debt"]),
            floor_limit=choose([None, None, 20, 100]),
            overdraft=choose([None, "debt", "decline_to_merchant"]),
            verify_above=choose([None, None, 0, 10, 40]),
        )

    def _policies(self) -> tuple[str, str, str | None, str]:
        """Pending, expiry, rounding and draw order of a currency."""
        choose = self.random.choice
        return (
            choose(["P0D", "P0D", "P1D", "P14D", "P1M", "P1DT12H", "on_event"]),
            choose(["never", "P3D", "P1M", "P3M", "P12M", *late.EXPIRIES]),
            choose([None, "month", "quarter", "half_year", "year"]),
            choose(["fefo", "fefo", "fifo", "lifo"]),
        )

    def _next_instant(self) -> datetime:
        """A moment later (mostly, while a hold is open), a jump, or right at or a microsecond beside something due."""
        now, microsecond = self.model.now(), timedelta(microseconds=1)
        due = self.model.ledger.due_instants()
        is_soon = self.random.random() < 0.7 and (self.open_holds() or self.partners.is_expected())
        if self.random.random() > self.haste or is_soon:
            return now + timedelta(microseconds=self.random.randrange(1, 90_000_000))
        kind = self.random.random()
        if kind < 0.35:
            return now + timedelta(minutes=self.random.randrange(1, 600))
        if kind < 0.80 and due:
            instant = self.random.choice(due[:3]) + self.random.choice([-1, 0, 0, 1]) * microsecond
            return max(instant, now + microsecond)
        if kind < 0.97:
            return now + timedelta(days=self.random.randrange(0, 12), seconds=self.random.randrange(1, 86_400))
        return now + timedelta(days=self.random.randrange(20, 120))

    def _add_step(self) -> None:
        kind = self.random.random()
        now = self.model.now()
        if kind < 0.74:
            self._add_write(self.request())
        elif kind < 0.79:
            members = self.random.sample(self.people, self.random.choice([2, 3]))
            self._add(WriteTogether(now, tuple(self._for_member(member) for member in members)))
        elif kind < 0.84:
            self._add_batch()
        elif kind < 0.88:
            self._add(self.tables.step())
        elif kind < 0.92:
            self._add(Read(now, self._member(), self._wallet(), self._read_instant()))
        elif kind < 0.93:
            self._add(Publish(now, self._program()))
        else:
            kinds = ["sweep", "sweep", "snapshot", "restart", "crash"]
            self._add(Disturbance(now, self.random.choice(kinds)))

    def _add_write(self, request: Request) -> None:
        self._add(Write(self.model.now(), request))

    def _add(self, step: Step) -> None:
        self.history.steps.append(step)
        for request, outcome in ask(self.model, step):
            self.requests.append(request)
            self.codes.add(outcome.code)

    def ask(self, request: Request) -> Outcome:
        return write(self.model, request)

    def request(self) -> Request:
        if self.random.random() < (0.5 if self.partners.is_expected() else self.partners.share):
            return self.partners.request(self.people)
        kind = self.random.random()
        if kind < 0.07 and self.requests:
            return self.random.choice(self.requests)
        if kind < 0.11 and self.requests:
            return self._with_used_key(self.random.choice(self.requests))
        if kind < 0.15:
            return self._member_request()
        if kind < 0.20:
            return self._wrong()
        holds = self.open_holds()
        if kind < 0.36 and holds:
            request = self._end_of_hold(self.random.choice(holds))
        elif kind < 0.53:
            request = self._on_earlier()
        elif kind < 0.61 and (correction := self.corrections.request()) is not None:
            request = correction
        elif kind < 0.70:
            request = self.members.request(self.people, CARDS)
        else:
            request = self._for_member(self._member())
        return self.partners.told_by(late.told_late(self.random, self.model, request))

    def _for_member(self, member: str) -> Request:
        writers: list[tuple[int, Callable[[str], Request]]] = [
            (5, self._purchase),
            (5, self._accrue),
            (4, self._paid_purchase),
            (6, self._redeem),
            (8, self._authorize),
            (2, self._adjust),
        ]
        if self.available(member) == 0 and self.random.random() < 0.8:
            writers = writers[:3]
        weights = [weight for weight, _ in writers]
        return self.random.choices([writer for _, writer in writers], weights)[0](member)

    def _add_batch(self) -> None:
        """Half of the batches bring their instants along, as history that is imported does."""
        now, requests = self.model.now(), self._batch()
        instants = []
        if self.random.random() < 0.5:
            offsets = sorted(self.random.choice([0, self.random.randrange(300_000)]) for _ in requests)
            instants = [now + timedelta(minutes=offset / 10) for offset in offsets]
        self._add(WriteMany(now, requests, tuple(instants)))

    def _batch(self) -> tuple[Request, ...]:
        writer = self.random.choice([self._purchase, self._accrue_plainly, self._redeem])
        requests = [writer(self._member()) for _ in range(self.random.randrange(1, 12))]
        if self.random.random() < 0.4:
            requests.append(self.random.choice(requests))
        if self.random.random() < 0.2:
            requests.append(
                Request(requests[0].verb, ("nobody", *requests[0].args[1:]), self.keyed(**_part(requests[0])))
            )
        return tuple(requests)

    def _purchase(self, member: str) -> Request:
        amount = self.random.choice([0, self.random.randrange(1, 300), self.random.randrange(1, 6000)])
        rest: dict[str, object] = {"amount": amount, "currency": "EUR"}
        if self.random.random() < 0.3:
            minutes = self.random.choice([-1, 14, 16, *(-self.random.randrange(1, 90 * 24 * 60) for _ in range(5))])
            rest["occurred_at"] = self.model.now() + timedelta(minutes=minutes)
        return Request("purchase", (member,), self.keyed(**rest))

    def _paid_purchase(self, member: str) -> Request:
        """Points pay for a part: some that are available, or what an authorization held, whosever that was."""
        holds = self.earlier("authorize")
        if holds and self.random.random() < 0.4:
            hold = self.random.choice(holds[-4:])
            spent = self._part(hold)
            spend = {"capture": hold.key} | ({"capture_points": max(1, spent)} if self.random.random() < 0.6 else {})
        else:
            wallet = self.model.ledger.program.spending_currency
            spent = self.points_near(self.available(member, wallet=wallet))
            spend = {"redeem": spent}
        sale = self._purchase(member)
        amount = int(sale.rest["amount"]) + (spent if self.random.random() < 0.9 else 0)
        return Request("purchase", sale.args, {**sale.rest, **spend, "amount": amount})

    def _accrue(self, member: str) -> Request:
        request = self._accrue_plainly(member)
        terms = {"funder": self.random.choice(["shop-1", "shop-2"])} if self.random.random() < 0.2 else {}
        price = {"price": self.random.choice(["0.011", "0.01"])} if self.random.random() < 0.2 else {}
        return Request(request.verb, request.args, {**terms, **price, **request.rest})

    def _accrue_plainly(self, member: str) -> Request:
        rest: dict[str, object] = self.named_wallet()
        now = self.model.now()
        if self.random.random() < 0.4:
            rest["activates_at"] = now + timedelta(minutes=self.random.randrange(-3000, 10_000))
        if self.random.random() < 0.5:
            rest["expires_at"] = now + timedelta(minutes=self.random.randrange(-200, 60_000))
        if self.random.random() < 0.1:
            rest["expires_at"] = rest.get("activates_at", now)
        return Request("accrue", (member, self.random.randrange(1, 50)), self.keyed(**rest))

    def _redeem(self, member: str) -> Request:
        rest = self.named_wallet()
        return Request("redeem", (member, self.points_near(self.available(member, **rest))), self.keyed(**rest))

    def _authorize(self, member: str) -> Request:
        rest = self.named_wallet()
        points = self.points_near(self.available(member, **rest))
        if self.random.random() < 0.2:
            rest["allow_partial"] = True
            points += self.random.randrange(20)
        if self.random.random() < 0.7:
            rest["ttl"] = timedelta(seconds=self.random.choice([60, 1800, 7200, 86_400, 5 * 86_400]))
        return Request("authorize", (member, points), self.keyed(**rest))

    def _adjust(self, member: str) -> Request:
        rest = self.named_wallet()
        less = -self.points_near(self.available(member, **rest))
        points = self.random.choice([self.random.randrange(1, 30), less])
        return Request("adjust", (member, points), self.keyed(reason="goodwill", actor="desk-1", **rest))

    def _on_earlier(self) -> Request:
        """A capture, void or reversal of something that was asked before, whatever became of it."""
        holds = self.earlier("authorize")
        if holds and self.random.random() < 0.45:
            return self._end_of_hold(self.random.choice(holds[-4:]))
        undone = returns.to_undo(self.random, self.model, self.requests)
        if undone is not None and self.random.random() < 0.2:
            return Request("reverse", (undone.key,), self.keyed())
        originals = self.earlier(*self.random.choice([REVERSIBLE, ("redeem", "capture"), ("accrue", "purchase")]))
        if not originals:
            return self._accrue(self._member())
        original = self.random.choice(originals[-12:])
        name = "amount" if original.verb == "purchase" else "points"
        part: dict[str, Any] = {} if self.random.random() < 0.4 else {name: max(1, self._part(original))}
        part = (part and returns.lines_of(self.random, original)) or part
        part |= returns.policies(self.random)
        if self.random.random() < 0.2:
            part["member"] = self.random.choice([self.owner(original) or "nobody", self._member(), "nobody"])
        return Request("reverse", (original.key,), self.keyed(**part))

    def _end_of_hold(self, hold: Request) -> Request:
        if self.random.random() < 0.12:
            verb = self.random.choice(["close_member", "close_member", "erase_member"])
            return Request(verb, (self.owner(hold),), self.keyed(**WHY))
        if self.random.random() < 0.3:
            return Request("void", (hold.key,), self.keyed())
        part = {} if self.random.random() < 0.3 else {"points": self._part(hold)}
        return Request("capture", (hold.key,), self.keyed(**part))

    def _member_request(self) -> Request:
        member, card = self._member(), self.random.choice(CARDS)
        kind = self.random.randrange(5)
        if kind == 0:
            return Request("enroll", (member,), self.random.choice([{}, self.keyed()]))
        if kind == 1:
            return Request("enroll", (member,), {"aliases": {"card": card}})
        if kind == 2:
            return Request("remove_alias", (self._holder(card), "card", card), self.keyed())
        if kind == 3 and self._holder(card) != member:
            return Request("add_alias", (member, "card", card), self.keyed())
        rest = self.keyed(card=card, amount=self.random.randrange(0, 4000), currency="EUR")
        return Request("purchase", (), rest)

    def _wrong(self) -> Request:
        member = self._member()
        return self.random.choice(
            [
                Request("redeem", (member, 0), self.keyed()),
                Request("accrue", (member, -3), self.keyed()),
                Request("redeem", ("nobody", 3), self.keyed()),
                Request("purchase", ("nobody",), self.keyed(amount=500, currency="EUR")),
                Request("purchase", (member,), self.keyed(amount=500, currency="USD")),
                Request("reverse", (999_999,), self.keyed()),
                Request("reverse", (999_999,), self.keyed(member="nobody")),
                Request("capture", ("never-seen",), self.keyed()),
                Request("void", (999_999,), self.keyed()),
                Request("redeem", (member, 1), {"key": "k" * 129}),
                Request("transfer", (member, member, 1), self.keyed()),
                Request("authorize", (member, 1), self.keyed(ttl=timedelta())),
                Request("purchase", (), self.keyed(card=self.lost_card(), amount=900, currency="EUR")),
            ]
        )

    def lost_card(self) -> str:
        lost = [holding.alias[1] for holding in self.model.ledger.members.holdings if holding.is_lost]
        return self.random.choice(lost or CARDS)

    def _with_used_key(self, used: Request) -> Request:
        other = self._for_member(self._member())
        return Request(other.verb, other.args, {**other.rest, "key": used.key})

    def _read_instant(self) -> datetime:
        now, start = self.model.now(), self.history.start
        kind = self.random.random()
        if kind < 0.4:
            return self.random.choice(self.history.steps).at + self.random.choice([-1, 0, 1]) * timedelta(
                microseconds=1
            )
        if kind < 0.7:
            return start + (now - start) * self.random.random()
        due = self.model.ledger.due_instants()
        if due and kind < 0.85:
            return self.random.choice(due)
        return now + timedelta(days=self.random.randrange(0, 500))

    def earlier(self, *verbs: str) -> list[Request]:
        """Mostly those that were applied, sometimes whatever was asked."""
        asked = [request for request in self.requests if request.verb in verbs and self._is_remembered(request)]
        if self.random.random() < 0.1:
            return asked
        return [request for request in asked if self._is_applied(request)]

    def owner(self, request: Request) -> str | None:
        """Whose wallet an earlier request changed."""
        return self.owner_of_key(request.key)

    def owner_of_key(self, key: object) -> str | None:
        transaction = self.model.ledger.by_key.get(str(key))
        return None if transaction is None else transaction.member

    def wallet_of(self, request: Request) -> str | None:
        transaction = self.model.ledger.by_key.get(request.key)
        return None if transaction is None else transaction.wallet

    def in_debt(self) -> list[tuple[str, str, int]]:
        """Member, wallet and debt of all that owe points."""
        self.model.ledger.advance()
        wallets = self.model.ledger.wallets.items()
        debts = [(member, name, held.balance().debt) for (member, name), held in wallets]
        return [place for place in debts if place[2]]

    def open_holds(self) -> list[Request]:
        self.model.ledger.advance()
        held = {t.key for t in self.model.ledger.transactions if t.hold and t.hold.state is HoldState.OPEN}
        return [request for request in self.requests if request.key in held and request.verb == "authorize"]

    def _is_remembered(self, request: Request) -> bool:
        return request.key in self.model.ledger.by_key

    def _is_applied(self, request: Request) -> bool:
        transaction = self.model.ledger.by_key.get(request.key)
        return transaction is not None and transaction.verb == request.verb and not transaction.is_refused

    def _part(self, original: Request) -> int:
        whole = original.rest.get("amount") or next((arg for arg in original.args if isinstance(arg, int)), 1)
        assert isinstance(whole, int)
        whole = abs(whole)
        return self.random.choice([whole, whole + 1, self.random.randint(0, whole), self.random.randint(0, whole)])

    def points_near(self, available: int) -> int:
        return max(
            1, self.random.choice([available, available + 1, *(self.random.randint(0, available) for _ in range(4))])
        )

    def available(self, member: str, *, wallet: str = DEFAULT_WALLET) -> int:
        ledger = self.model.ledger
        ledger.advance()
        held = ledger.wallets.get((member, wallet))
        return 0 if held is None else held.balance().available

    def _wallet(self) -> str:
        return self.random.choice([DEFAULT_WALLET, DEFAULT_WALLET, "stars"])

    def named_wallet(self) -> dict[str, Any]:
        """Mostly one that the program has."""
        wallet = self._wallet()
        is_known = wallet in self.model.ledger.program.currencies
        return {"wallet": wallet} if is_known or self.random.random() < 0.05 else {}

    def _holder(self, card: str) -> str:
        return self.model.ledger.members.current_holder("card", card) or self._member()

    def _member(self) -> str:
        return self.random.choice(self.people)

    def keyed(self, **rest: object) -> dict[str, object]:
        self.keys += 1
        return {**rest, "key": f"k-{self.keys}"}


def _part(request: Request) -> Mapping[str, object]:
    return {name: value for name, value in request.rest.items() if name != "key"}
