"""Random histories of referrals: touches, claims and sales in any order, at and beside the ends of every period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ledgers.referrals import ReferralBy
from model.referral.codes import Coupon
from model.referral.facts import Book
from simulation.author import Author
from simulation.history import Disturbance, History, Publish, Read, Request
from simulation.journeys import Journeys
from simulation.referral_rules import STEPS, referral_table

PEOPLE = tuple(f"m-{number}" for number in range(1, 10))
TOKENS = ("t-1", "t-2", "t-3", "t-4", "t-5", "t-6")
CHOSEN = ("ANNA", "SUMMER26", "BERLIN", "123456789", "VIP")
SPELLINGS = {"ANNA": ("anna", "An-na"), "SUMMER26": ("summer 26",), "VIP": ("v i p",)}
MARKS = ("card:1", "card:2", "mail:1", "mail:2", "mail:3", "device:1", "device:2", "ip:1", "disposable:x")
METHODS = ("click", "click", "click", "click", "invite", "code", "coupon", "direct")
MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
WHY = {"reason": "fraud", "actor": "desk-1"}


def write_referral_history(seed: int, length: int) -> History:
    """The same history for the same seed and length."""
    return ReferralAuthor(seed).write(length)


class ReferralAuthor(Author):
    """Mostly writes what is about referrals; the other verbs spend, move and close what came of them."""

    people = PEOPLE
    programs: tuple[str, ...] = ()

    def write(self, length: int) -> History:
        for member in PEOPLE[:3]:
            self._add_write(Request("enroll", (member,), {}))
        for member in PEOPLE[:2]:
            self._add_write(Request("issue_code", (self.programs[0], member), self.keyed()))
        return super().write(length)

    def _program(self) -> str:
        self.programs = self.programs or self.random.choice([("friends",), ("friends",), ("friends", "guests")])
        return super()._program() + "".join(referral_table(self.random, name) for name in self.programs)

    def _next_instant(self) -> datetime:
        """Now and then right at the end of a period of some referral, or beside it."""
        now, kind = self.model.now(), self.random.random()
        due = sorted(instant for instant in self._ends() if instant > now)
        if due and kind < 0.12 * self.haste:
            instant = self.random.choice(due[:4]) + self.random.choice([-1, 0, 0, 1]) * MICROSECOND
            return max(instant, now + MICROSECOND)
        if kind < 0.14 * self.haste:
            return super()._next_instant()
        return now + self._moment()

    def _moment(self) -> timedelta:
        longest = self.random.choice([90, 90, 90, 3600])
        return timedelta(microseconds=self.random.randrange(1, longest * 1_000_000))

    def _ends(self) -> list[datetime]:
        """When windows, grace, deadlines, holds and freezes end, as far as anything is known."""
        ends: list[datetime] = []
        for book in self._books():
            rules = self.model.ledger.program.referral[book.name]
            ends += [rules.after(touch.touched_at, rules.windows[touch.method]) for touch in book.touches]
            ends += self._ends_of_codes(book)
            for referral in book.referrals.values():
                if referral.claim is not None:
                    ends.append(rules.after(referral.claim.recorded_at, rules.grace))
                if referral.bound_at is not None:
                    deadline = rules.after(referral.bound_at, rules.deadline)
                    ends += [deadline, rules.after(deadline, rules.grace)]
                for one in referral.conversions:
                    ends.append(rules.after(one.recorded_at, rules.grace))
                    ends += [one.clawback_ends_at] if one.clawback_ends_at is not None else []
            for _, _, reward in book.rewards():
                ends += [reward.hold_ends_at, *([reward.frozen_until] if reward.frozen_until is not None else [])]
        return ends

    def _ends_of_codes(self, book: Book) -> list[datetime]:
        """Of codes, vouchers and reservations."""
        vouchers = list(book.vouchers.values())
        ends = [one.expires_at for one in book.codes.values()] + [one.expires_at for one in vouchers]
        ends += [one.reserved_until for one in self._coupons(book)]
        return [end for end in ends if end is not None]

    def _coupons(self, book: Book) -> list[Coupon]:
        coupons = [one.coupon for one in book.codes.values() if one.coupon is not None]
        return [*coupons, *(one.coupon for one in book.vouchers.values())]

    def _add_step(self) -> None:
        kind, now = self.random.random(), self.model.now()
        if kind < 0.88:
            self._add_write(self.request())
        elif kind < 0.90:
            self._add_batch()
        elif kind < 0.94:
            self._add(Read(now, self._member(), self._wallet(), self._read_instant()))
        elif kind < 0.95:
            self._add(Publish(now, self._program()))
        else:
            self._add(Disturbance(now, self.random.choice(["sweep", "snapshot", "restart", "crash"])))

    def request(self) -> Request:
        kind = self.random.random()
        if kind < 0.05 and self.requests:
            return self.random.choice(self.requests)
        if kind < 0.18:
            return super().request()
        writers: list[tuple[int, Callable[[], Request]]] = [
            (8, self._issue),
            (28, Journeys(self).request),
            (30 if any(map(self._good_vouchers, self._books())) else 8, self._change_coupon),
            (2, self._disable),
            (14, self._touch),
            (22, self._bind),
            (6, self._step),
            (6, self._review),
            (3, self._move),
            (7, self._dispute),
            (3, self._close),
            (2, self._erase),
            (12, self._sign_up),
            (34, self._friends_purchase),
            (10, self._return),
            (2, self._odd),
        ]
        weights = [weight for weight, _ in writers]
        return self.random.choices([writer for _, writer in writers], weights)[0]()

    def _issue(self, **rest: Any) -> Request:
        if self.random.random() < 0.4:
            rest["code"] = self._spelled(self.random.choice(CHOSEN))
        if self.random.random() < 0.35:
            rest["single_use"] = True
        if self.random.random() < 0.25:
            rest["expires_at"] = self.model.now() + self.random.choice([0, 1, 60, 3000, 20_000]) * MINUTE
        name = self._name()
        member = self._friend(name) if self.random.random() < 0.5 else self._member()
        return Request("issue_code", (name, member), self.keyed(**rest))

    def _disable(self) -> Request:
        name = self._name()
        return Request("disable_code", (name, self.code(name)), self.keyed(**WHY))

    def _touch(self) -> Request:
        name, now = self._name(), self.model.now()
        rules = self.model.ledger.program.referral[name]
        method = self.random.choice(METHODS)
        claims = [one.claim.identified_at for one in self._referrals(name) if one.claim is not None]
        window = rules.windows[method]
        ago = [0, 1, 60, self.random.randrange(3000), self.random.randrange(60_000), -10, -16]
        touched = now - self.random.choice(ago) * MINUTE
        if claims and self.random.random() < 0.4:
            claimed = self.random.choice(claims)
            starts = claimed - (rules.after(claimed, window) - claimed)
            touched = self.random.choice([claimed, starts, starts]) + self.random.choice([-1, 0, 1]) * MICROSECOND
        rest: dict[str, Any] = {"method": method, "token": self._token(name), "touched_at": touched}
        if method != "direct" or self.random.random() < 0.05:
            rest["code"] = self.code(name)
        return Request("record_touch", (name,), self.keyed(**rest))

    def _bind(self) -> Request:
        name = self._name()
        rest = self._naming(name)
        touched = [one.touched_at for one in self.book(name).touches if one.token == rest.get("token")]
        if touched and self.random.random() < 0.4:
            rules = self.model.ledger.program.referral[name]
            clicked = self.random.choice(touched)
            end = self.random.choice([clicked, rules.after(clicked, rules.windows["click"])])
            occurred = end + self.random.choice([-1, 0, 1]) * MICROSECOND
            rest["occurred_at"] = min(occurred, self.model.now())
        elif self.random.random() < 0.3:
            rest["occurred_at"] = self.model.now() - self.random.choice([1, 600, self.random.randrange(9000)]) * MINUTE
        return Request("bind_referral", (name, self._unbound(name)), self.keyed(**rest))

    def _naming(self, name: str) -> dict[str, Any]:
        """A code or a token, sometimes both; and fingerprints."""
        kind, rest = self.random.random(), dict[str, Any]()
        if kind < 0.55:
            rest["token"] = self._token(name) or "t-1"
        if kind > 0.45:
            rest["code"] = self.code(name)
        left = self.members.erasures.marks()
        if left and self.random.random() < 0.25:
            rest["fingerprints"] = [self.random.choice(left)]
        elif self.random.random() < 0.35:
            rest["fingerprints"] = self.random.sample(MARKS, self.random.choice([1, 1, 2, 3]))
        return rest

    def _said(self) -> ReferralBy:
        name = self._name()
        rest = self._naming(name)
        if self.random.random() < 0.1:
            rest = {"fingerprints": [self.random.choice(MARKS)]}
        is_named = self.random.random() < (0.9 if len(self.programs) > 1 else 0.3)
        program = {"program": name} if is_named else {}
        return ReferralBy(**{**rest, **program, "fingerprints": tuple(rest.get("fingerprints", ()))})

    def _step(self) -> Request:
        step = self.random.choice([*STEPS, *STEPS, *STEPS, "first_purchase", "event:none"])
        name = self._name()
        friend = self._friend(name)
        return Request("record_step", (name, friend, step), self.keyed(**self._occurrence(name, friend)))

    def _review(self) -> Request:
        name = self._name()
        decision = self.random.choice(["freeze", "freeze", "freeze", "release", "release", "release", "deny"])
        return Request("review_referral", (name, self._friend(name), decision), self.keyed(**WHY))

    def _move(self) -> Request:
        """To anybody, mostly as two persons decide."""
        name = self._name()
        rest: dict[str, Any] = {
            "to": self._member(),
            "approved_by": "desk-2" if self.random.random() < 0.95 else " Desk-1",
        }
        if self.random.random() < 0.03:
            rest.pop(self.random.choice(list(rest)))
        decision = "move" if self.random.random() < 0.97 else "deny"
        return Request("review_referral", (name, self._friend(name), decision), self.keyed(**WHY, **rest))

    def _change_coupon(self) -> Request:
        """Mostly of somebody who may have it, and of a voucher mostly its member."""
        name, kind = self._name(), self.random.random()
        book = self.book(name)
        vouchers = {text: one.member for text, one in book.vouchers.items()}
        coupons = {text: one.coupon.friend for text, one in book.codes.items() if one.coupon is not None}
        among: dict[str, str | None] = {
            **(self._good_vouchers(book) if kind < 0.6 else vouchers if kind < 0.7 else coupons)
        }
        among = among or {**vouchers, **coupons}
        if not among:
            return self._issue(single_use=True)
        text = self.random.choice(list(among)[-6:]) if kind < 0.98 else self.code(name)
        holder = among.get(text)
        member = holder if holder is not None and self.random.random() < 0.85 else self._member()
        action = self.random.choice(["reserve", "reserve", "use", "use", "use", "release"])
        rest: dict[str, Any] = {"action": action}
        if self.random.random() < (0.7 if action == "reserve" else 0.03):
            rest["ttl"] = timedelta(seconds=self.random.choice([1, 60, 60, 3600, 86_400, 40 * 86_400, 0, 366 * 86_400]))
        return Request("change_coupon", (name, text, member), self.keyed(**rest))

    def _dispute(self) -> Request:
        sales = self.earlier("purchase")
        lost = [one for one in self.earlier("dispute") if one.rest["outcome"] == "lost"]
        if lost and self.random.random() < 0.5:
            return Request("dispute", (self.random.choice(lost).args[0],), self.keyed(outcome="won"))
        original = self.random.choice(sales[-8:]).key if sales and self.random.random() < 0.9 else self._promised()
        rest: dict[str, Any] = {"outcome": "lost" if self.random.random() < 0.9 else "won"}
        if self.random.random() < 0.3:
            rest["occurred_at"] = self._ago()
        return Request("dispute", (original,), self.keyed(**rest))

    def _close(self) -> Request:
        day = self.model.now() - timedelta(days=self.random.choice([0, 5, 20, 32, 40]))
        return Request("close_period", (self._name(), f"{day:%Y-%m}"), self.keyed())

    def _sign_up(self) -> Request:
        """Mostly of somebody who is not there yet."""
        absent = self._absent()
        member = self.random.choice(absent) if absent and self.random.random() < 0.9 else self._member()
        rest: dict[str, Any] = {"referral": self._said()} if self.random.random() < 0.8 else {}
        if self.random.random() < 0.3:
            rest["aliases"] = self.members.erasures.aliases()
        return Request("enroll", (member,), rest)

    def _erase(self) -> Request:
        """Of all members, or of those who left fingerprints."""
        known = tuple(one for one, marks in self.model.ledger.fingerprints.items() if marks)
        return self.members.erasures.request(known if known and self.random.random() < 0.5 else PEOPLE)

    def _absent(self) -> list[str]:
        return [one for one in PEOPLE if one not in self.model.ledger.members.status]

    def _friends_purchase(self) -> Request:
        """Of about what counts, mostly about when it counts; sometimes under a key that was undone before."""
        name = self._name()
        friend, absent = self._friend(name), self._absent()
        minimum = max(one.minimum for one in self.model.ledger.program.referral[name].steps)
        amount = max(0, self.random.choice([minimum, minimum - 1, minimum + 1, self.random.randrange(1, 6000)]))
        rest: dict[str, Any] = {"amount": amount, "currency": "EUR", **self._occurrence(name, friend)}
        if absent and self.random.random() < 0.1:
            friend, rest = self.random.choice(absent), {**rest, "enroll": True}
        if self.random.random() < (0.7 if "enroll" in rest else 0.2):
            rest["referral"] = self._said()
        rest = self.keyed(**rest)
        if self.random.random() < 0.15:
            rest["key"] = self._promised()
        return Request("purchase", (friend,), rest)

    def _return(self) -> Request:
        sales = [one for one in self.earlier("purchase") if "amount" in one.rest]
        returned = self.earlier("reverse")
        rest: dict[str, Any]
        if returned and self.random.random() < 0.15:
            return Request("reverse", (self.random.choice(returned[-6:]).key,), self.keyed())
        if not sales or self.random.random() < 0.15:
            return Request("reverse", (self._promised(),), self.keyed())
        used = self._sales_of_used_vouchers()
        if used and self.random.random() < 0.3:
            verb, rest = self.random.choice([("reverse", {}), ("dispute", {"outcome": "lost"})])
            return Request(verb, (self.random.choice(used),), self.keyed(**rest))
        sale = self.random.choice(sales[-10:])
        whole = int(sale.rest["amount"])  # type: ignore[call-overload]
        part = self.random.choice([None, whole, 1, max(1, whole // 3), max(1, whole - 2500), max(1, whole - 2499)])
        rest = {} if part is None else {"amount": part}
        if self.random.random() < 0.3:
            rest["occurred_at"] = self._ago()
        return Request("reverse", (sale.key,), self.keyed(**rest))

    def _odd(self) -> Request:
        """What makes no sense, or changes the standing of somebody."""
        name, member, now = self._name(), self._member(), self.model.now()
        click = {"method": "click", "touched_at": now, "code": self.code(name)}
        return self.random.choice(
            [
                Request("close_member", (member,), self.keyed(**WHY)),
                Request("block", (member,), self.keyed(**WHY)),
                Request("unblock", (member,), self.keyed(**WHY)),
                Request("unblock", (member,), self.keyed(**WHY)),
                Request("issue_code", ("no-such", member), self.keyed()),
                Request("issue_code", (name, "nobody"), self.keyed()),
                Request("issue_code", (name, member), self.keyed(code="22222222O")),
                Request("record_touch", (name,), self.keyed(**click, token="t" * 257)),
                Request("record_touch", (name,), self.keyed(**{**click, "method": "dream"})),
                Request("record_touch", (name,), self.keyed(method="direct", touched_at=now)),
                Request("change_coupon", (name, self.code(name), member), self.keyed(action="lose")),
                Request("issue_code", (name, member), self.keyed(code=self._voucher_code(name))),
                Request("bind_referral", (name, self._unbound(name)), self.keyed(code=self._voucher_code(name))),
                Request("bind_referral", (name, member), self.keyed()),
                Request("bind_referral", (name, "nobody"), self.keyed(code=self.code(name))),
                Request("review_referral", (name, member, "forget"), self.keyed(**WHY)),
                Request("dispute", ("k-1",), self.keyed(outcome="drawn")),
                Request("close_period", (name, "2024-13"), self.keyed()),
            ]
        )

    def _sales_of_used_vouchers(self) -> list[str]:
        given = [(one.voucher, conversion.event) for book in self._books() for _, conversion, one in book.rewards()]
        return [event.key for voucher, event in given if voucher is not None and voucher.is_used and event.sale]

    def _good_vouchers(self, book: Book) -> dict[str, str]:
        """Those that are ready or used, with their members."""
        now, among = self.model.now(), ("AVAILABLE", "RESERVED", "REDEEMED")
        return {one.code: one.member for one in book.vouchers.values() if one.state(now) in among}

    def _voucher_code(self, name: str) -> str:
        return self.random.choice([*self.book(name).vouchers, "VIP"])

    def _occurrence(self, name: str, friend: str) -> dict[str, Any]:
        """At the edge or within the time in which events of the friend count, or now."""
        now = self.model.now()
        referral = self.book(name).referrals.get(friend)
        if referral is None or referral.bound_at is None or self.random.random() < 0.6:
            return {"occurred_at": self._ago()} if self.random.random() < 0.2 else {}
        rules = self.model.ledger.program.referral[name]
        deadline = rules.after(referral.bound_at, rules.deadline)
        events = [one.event.occurred_at for one in referral.conversions]
        edge = self.random.choice([referral.bound_at, deadline, *events, *events])
        return {"occurred_at": min(now, edge + self.random.choice([-60_000_000, -1, 0, 1]) * MICROSECOND)}

    def _ago(self) -> datetime:
        minutes = self.random.choice([1, 60, self.random.randrange(3000), self.random.randrange(50_000)])
        return self.model.now() - minutes * MINUTE

    def _promised(self) -> str:
        """A key that is undone before it is used."""
        return f"later-{self.random.randrange(8)}"

    def _name(self) -> str:
        return self.random.choice(self.programs)

    def _friend(self, name: str) -> str:
        """Mostly somebody who is bound, and of these mostly one whose referral has yet to qualify."""
        bound = [one for one in self._referrals(name) if one.is_bound]
        fresh = [one for one in bound if not one.conversions]
        some = fresh if fresh and self.random.random() < 0.6 else bound
        return str(self.random.choice(some).friend) if some and self.random.random() < 0.85 else self._member()

    def _unbound(self, name: str) -> str:
        """Mostly a member who may still be brought by somebody."""
        known = self.book(name).referrals
        status = self.model.ledger.members.status
        free = [one for one in status if status[one] == "active" and (one not in known or not known[one].is_bound)]
        return self.random.choice(free) if free and self.random.random() < 0.85 else self._member()

    def code(self, name: str) -> str:
        """Mostly one that is good now, of somebody who may bring others."""
        codes, now = self.book(name).codes, self.model.now()
        good = [text for text, code in codes.items() if code.refusal(now) is None]
        kind = self.random.random()
        if good and kind < 0.8:
            return self._spelled(self.random.choice(good))
        return self._spelled(self.random.choice([*codes] if codes and kind < 0.92 else [*CHOSEN, "2222222"]))

    def _spelled(self, code: str) -> str:
        return self.random.choice([code, code, *SPELLINGS.get(code, ())])

    def _token(self, name: str) -> str | None:
        """Mostly one that was named by somebody."""
        if self.random.random() < 0.05:
            return None
        claimed: list[str | None] = [one.claim.token for one in self._referrals(name) if one.claim is not None]
        told = [one.token for one in self.book(name).touches[-4:]]
        named = [token for token in (*claimed, *told) if token is not None]
        return self.random.choice(named if named and self.random.random() < 0.5 else TOKENS)

    def _books(self) -> list[Book]:
        return list(self.model.ledger.books.values())

    def book(self, name: str) -> Book:
        return self.model.ledger.books.get(name) or Book(name)

    def _referrals(self, name: str) -> list[Any]:
        return list(self.book(name).referrals.values())
