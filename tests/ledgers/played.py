"""What a script may ask of a ledger, whichever one it is played on."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ledgers.referrals import PlayedReferrals
from model import Alias, Balance, Outcome
from model.local_time import instant_of
from model.reads import DEFAULT_WALLET
from model.wallet import SIGNS


def program(
    *,
    zone: str = "Europe/Berlin",
    pending: str = "P0D",
    expiry: str = "never",
    round_up_to: str | None = None,
    draw_order: str = "fefo",
    earning: tuple[int, int] = (1, 100),
    restore: str = "grace",
    others: str = "",
    earns: str = "points",
    shortfall: str = "debt",
    transfer: str | None = None,
    exclude: Sequence[str] = (),
    floor_limit: int | None = None,
    overdraft: str | None = None,
    verify_above: int | None = None,
) -> str:
    """The TOML of a program with one base rule; `others` are tables of currencies.

    `expiry` is "never", a period, or an inline table as the program file has it.
    """
    grace = 'grace = "P30D"\n' if restore == "grace" else ""
    return (
        f'zone = "{zone}"\n'
        f"{currency('points', pending, expiry, round_up_to, draw_order)}{others}"
        "[earning]\n"
        f'currency = "{earns}"\n'
        f"points = {earning[0]}\n"
        f"per_minor_units = {earning[1]}\n"
        'money = "EUR"\n'
        f"{_setting('exclude', list(exclude) or None)}"
        "[reversal]\n"
        f'shortfall = "{shortfall}"\n'
        f'restore = "{restore}"\n'
        f"{grace}{_setting('transfer', transfer)}"
        f"{_table('offline', floor_limit=floor_limit, overdraft=overdraft)}"
        f"{_table('partners', verify_above=verify_above)}"
    )


def currency(name: str, pending: str, expiry: str, round_up_to: str | None, draw_order: str) -> str:
    """The TOML table of one currency."""
    rounding = f', round_up_to = "{round_up_to}"' if round_up_to else ""
    policy = '"never"' if expiry == "never" else f'{{ rolling = "{expiry}"{rounding} }}'
    if expiry.startswith("{"):
        policy = expiry
    return f'[currencies.{name}]\nscale = 0\npending = "{pending}"\nexpiry = {policy}\ndraw_order = "{draw_order}"\n'


def _setting(name: str, value: object) -> str:
    """One line of TOML, or nothing for a default."""
    return "" if value is None else f"{name} = {json.dumps(value)}\n"


def _table(name: str, **settings: object) -> str:
    lines = "".join(_setting(*setting) for setting in settings.items())
    return f"[{name}]\n{lines}" if lines else ""


@dataclass(frozen=True)
class LotOf:
    """Names the first lot that the entry with a key made; nothing that is known, if it made none."""

    key: str


@dataclass(frozen=True)
class OneTime:
    """Names a member by the code that was issued under a key, whatever it is; by a code of nobody, if none was."""

    issued_by: str


Name = str | Alias | OneTime


class PlayedLedger(PlayedReferrals, ABC):
    """A ledger on a manual clock: verbs that answer with outcomes (refusals too), reads, and the passing of time."""

    zone: ZoneInfo

    def local(self, text: str) -> datetime:
        """The instant at which clocks in the program's zone show `text`; a text with an offset is taken as it is."""
        instant = datetime.fromisoformat(text)
        return instant if instant.tzinfo is not None else instant_of(instant, self.zone)

    def at(self, text: str) -> "PlayedLedger":
        """Moves the clock to a local time."""
        self.advance_to(self.local(text))
        return self

    def enroll(
        self, member: str, aliases: dict[str, str] | None = None, *, key: str | None = None, **rest: object
    ) -> Outcome:
        given = {"aliases": aliases} if aliases else {}
        named = {"key": key} if key is not None else {}
        return self.write("enroll", member, **given, **named, **rest)

    def add_alias(self, member: Name, kind: str, value: str, *, key: str) -> Outcome:
        return self.write("add_alias", member, kind, value, key=key)

    def remove_alias(self, member: Name, kind: str, value: str, *, key: str) -> Outcome:
        return self.write("remove_alias", member, kind, value, key=key)

    def purchase(self, member: Name | None = None, *, key: str, **rest: object) -> Outcome:
        named = () if member is None else (member,)
        return self.write("purchase", *named, key=key, currency="EUR", **rest)

    def quote(self, member: Name | None = None, **rest: object) -> Outcome:
        named = () if member is None else (member,)
        return self.write("quote", *named, currency="EUR", **rest)

    def accrue(self, member: Name, points: int, *, key: str, **rest: object) -> Outcome:
        return self.write("accrue", member, points, key=key, **rest)

    def redeem(self, member: Name, points: int, *, key: str, **rest: object) -> Outcome:
        return self.write("redeem", member, points, key=key, **rest)

    def authorize(
        self, member: Name, points: int, *, key: str, ttl: timedelta | None = None, **rest: object
    ) -> Outcome:
        given = {} if ttl is None else {"ttl": ttl}
        return self.write("authorize", member, points, key=key, **given, **rest)

    def capture(self, authorization: object, *, key: str, points: int | None = None, **rest: object) -> Outcome:
        given = {} if points is None else {"points": points}
        return self.write("capture", authorization, key=key, **given, **rest)

    def void(self, authorization: object, *, key: str, **rest: object) -> Outcome:
        return self.write("void", authorization, key=key, **rest)

    def reverse(self, original: object, *, key: str, **part: object) -> Outcome:
        return self.write("reverse", original, key=key, **part)

    def adjust(self, member: Name, points: int, *, key: str, **rest: object) -> Outcome:
        return self.write("adjust", member, points, key=key, reason="goodwill", actor="desk-1", **rest)

    def transfer(self, giver: Name, receiver: Name, points: int, *, key: str, **rest: object) -> Outcome:
        return self.write("transfer", giver, receiver, points, key=key, **rest)

    def block(self, member: Name, *, key: str) -> Outcome:
        return self.write("block", member, key=key, reason="fraud", actor="desk-1")

    def unblock(self, member: Name, *, key: str) -> Outcome:
        return self.write("unblock", member, key=key, reason="cleared", actor="desk-1")

    def close_member(self, member: Name, *, key: str) -> Outcome:
        return self.write("close_member", member, key=key, reason="wish", actor="desk-1")

    def erase_member(self, member: Name, *, key: str, **rest: object) -> Outcome:
        return self.write("erase_member", member, key=key, reason="wish", actor="desk-1", **rest)

    def replace_alias(self, member: Name, kind: str, old: str, new: str, *, key: str) -> Outcome:
        return self.write("replace_alias", member, kind, old, new, key=key)

    def forgive_debt(self, member: Name, points: int | None = None, *, key: str) -> Outcome:
        given = () if points is None else (points,)
        return self.write("forgive_debt", member, *given, key=key, reason="goodwill", actor="desk-1")

    def reinstate(self, member: Name, points: int | None = None, *, lot: object, key: str, **rest: object) -> Outcome:
        given = () if points is None else (points,)
        return self.write("reinstate", member, *given, lot=lot, key=key, reason="goodwill", actor="desk-1", **rest)

    def extend_lot(self, member: Name, *, lot: object, expires_at: datetime, key: str) -> Outcome:
        why = {"reason": "goodwill", "actor": "desk-1"}
        return self.write("extend", member=member, lot=lot, expires_at=expires_at, key=key, **why)

    def extend_hold(self, authorization: object, *, ttl: timedelta, key: str) -> Outcome:
        return self.write("extend", authorization, ttl=ttl, key=key)

    def activate(self, original: object, *, key: str) -> Outcome:
        return self.write("activate", original, key=key)

    def link(
        self, member: Name, partner: str, partner_member: str, *, key: str, scopes: Sequence[str], **rest: object
    ) -> Outcome:
        terms = {"consent": "c-1", "scopes": list(scopes), **rest}
        return self.write("link_member", member, partner, partner_member, key=key, **terms)

    def unlink(self, member: Name, partner: str, *, key: str, **rest: object) -> Outcome:
        return self.write("unlink_member", member, partner, key=key, **rest)

    def issue(self, member: Name, *, key: str, **rest: object) -> Outcome:
        """Gives the member a code; `OneTime(key)` names it from then on."""
        return self.write("issue_one_time_code", member, key=key, **rest)

    def found(self, name: Name) -> bool:
        """Whether a read finds anybody."""
        return self.read_code(name) is None

    def expect(self, member: Name, **parts: int) -> None:
        """Asserts the whole balance; parts not named are zero."""
        actual, expected = self.balance(member), Balance(**parts)
        assert actual == expected, f"{member}: {actual}, expected {expected}"

    def assert_sound(self) -> None:
        """The balance identity over all members, each statement's sum, and whatever the ledger verifies by itself."""
        figures = self.trial_balance()
        booked = sum(sign * figures[heading] for heading, sign in SIGNS.items())
        parts = figures["pending"] + figures["available"] + figures["held"] - figures["debt"]
        assert booked == parts, figures
        assert self.verify()

    @abstractmethod
    def now(self) -> datetime: ...

    @abstractmethod
    def advance_to(self, instant: datetime) -> None: ...

    @abstractmethod
    def write(self, verb: str, *args: object, **rest: object) -> Outcome:
        """Calls a verb; a refusal is returned, not raised."""

    @abstractmethod
    def write_batch(self, rows: Sequence[Mapping[str, object]], *, key: str | None = None) -> list[Outcome]:
        """Rows with a `verb` each; with a key all of them or none."""

    @abstractmethod
    def write_many(self, verb: str, rows: Sequence[Mapping[str, object]]) -> list[Outcome]:
        """One verb for many rows, in order; `recorded_at` moves the clock before its row."""

    @abstractmethod
    def write_in_parallel(self, calls: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
        """Makes all calls at once, each from a thread of its own if the ledger can bear it."""

    @abstractmethod
    def redeem_and_be_killed(self, member: str, points: int, *, key: str) -> None:
        """Redeems in a process that is killed as soon as it has its answer, then goes on with what is on disk."""

    @abstractmethod
    def sweep(self) -> None: ...

    @abstractmethod
    def restart(self) -> None:
        """Closes the ledger and opens it again."""

    @abstractmethod
    def crash(self) -> None:
        """Drops the process's state and goes on with what is on disk."""

    @abstractmethod
    def snapshot(self) -> None: ...

    @abstractmethod
    def balance(
        self,
        member: Name | None = None,
        *,
        card: str | None = None,
        at: datetime | None = None,
        wallet: str = DEFAULT_WALLET,
    ) -> Balance: ...

    @abstractmethod
    def lots(self, member: Name, *, wallet: str = DEFAULT_WALLET) -> list[tuple[object, ...]]:
        """Dates, points and terms of every lot with pending or available points; lapse and points of every hold."""

    @abstractmethod
    def lot_of(self, member: str, key: str) -> object:
        """What names the lot, alive now, that the entry with this key made."""

    @abstractmethod
    def totals(
        self, *, store: str, terminal: str | None = None, business_date: date
    ) -> dict[tuple[str, str], tuple[int, int, int]]:
        """Count, money and points by verb and code."""

    @abstractmethod
    def holds(self, *, store: str | None = None, older_than: timedelta | None = None) -> list[tuple[str, int]]:
        """Member and points of every open hold, oldest first."""

    @abstractmethod
    def ladder(self, member: Name | None = None, *, wallet: str = DEFAULT_WALLET) -> dict[date | None, int]: ...

    @abstractmethod
    def trial_balance(self, *, wallet: str = DEFAULT_WALLET, at: datetime | None = None) -> dict[str, int]: ...

    @abstractmethod
    def statement_figures(self, member: Name, *, wallet: str = DEFAULT_WALLET) -> dict[str, int]:
        """The signed points of the member's whole statement, summed up by heading; headings of zero left out."""

    @abstractmethod
    def require_explained(self, member: str, *, wallet: str = DEFAULT_WALLET) -> None:
        """Asserts that what is told of every lot and of debt adds up to the balance."""

    @abstractmethod
    def read_code(self, name: Name) -> str | None:
        """The code with which the read of a balance is refused, if it is."""

    @abstractmethod
    def expiry_of_code(self, key: str) -> datetime:
        """First instant at which the code that was issued under a key no longer works."""

    @abstractmethod
    def verify(self) -> bool: ...

    @abstractmethod
    def close(self) -> None: ...
