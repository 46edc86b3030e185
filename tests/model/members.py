"""Who is enrolled, in which status, and who held which alias when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from model.documents import Alias
from model.transactions import Refused

MOST_ALIASES = 64
GONE = ("closed", "erased")


@dataclass(eq=False)
class _Holding:
    alias: Alias
    member: str
    since: datetime
    until: datetime | None = None
    is_lost: bool = False

    def covers(self, instant: datetime) -> bool:
        return self.since <= instant and (self.until is None or instant < self.until)


class Members:
    """The status of every member and the history of every alias."""

    def __init__(self) -> None:
        self.status: dict[str, str] = {}
        self.holdings: list[_Holding] = []

    def enroll(self, member: str, aliases: Iterable[tuple[str, str]], now: datetime) -> None:
        if member in self.status:
            raise Refused("MEMBER_EXISTS")
        aliases = [Alias(*alias) for alias in aliases]
        if any(self._is_taken(alias) for alias in aliases):
            raise Refused("ALIAS_IN_USE")
        self.status[member] = "active"
        for kind, value in aliases:
            self.add_alias(member, kind, value, now)

    def require(self, member: str) -> None:
        if member not in self.status:
            raise Refused("MEMBER_NOT_FOUND")

    def require_open(self, member: str, *, to_spend: bool = False) -> None:
        self.require(member)
        if self.has_left(member):
            raise Refused("MEMBER_CLOSED")
        if to_spend and self.status[member] == "blocked":
            raise Refused("MEMBER_BLOCKED")

    def has_left(self, member: str) -> bool:
        """Closed or erased; of whoever was never there it is not so."""
        return self.status.get(member) in GONE

    def is_erased(self, member: str) -> bool:
        return self.status.get(member) == "erased"

    def erase(self, member: str, now: datetime) -> None:
        """Leaves for good, and gives up what is held; what was lost stays lost."""
        self.status[member] = "erased"
        for holding in self.holdings:
            if holding.member == member and holding.until is None:
                holding.until = now

    def told(self, member: str) -> str:
        """By which name reads tell of a member: of an erased one the place in the order of enrolment is left."""
        return f"@{[*self.status].index(member) + 1}" if self.is_erased(member) else member

    def has_returned(self, member: str) -> bool:
        """Has ever held an alias that an erased member once held as well."""
        ever = {one.alias for one in self.holdings if one.member == member}
        return any(one.alias in ever for one in self.holdings if self.is_erased(one.member))

    def add_alias(self, member: str, kind: str, value: str, now: datetime) -> None:
        if self._is_taken(Alias(kind, value)):
            raise Refused("ALIAS_IN_USE")
        if sum(holding.member == member for holding in self.holdings) == MOST_ALIASES:
            raise Refused("INVALID_ID")
        self.holdings.append(_Holding(Alias(kind, value), member, now))

    def remove_alias(self, member: str, kind: str, value: str, now: datetime, *, is_lost: bool = False) -> None:
        holding = self._held(Alias(kind, value))
        if holding is None or holding.member != member:
            raise Refused("ALIAS_UNKNOWN")
        holding.until, holding.is_lost = now, is_lost

    def holder_of(self, alias: Alias, occurred: datetime) -> str:
        """Whoever held it then; before anybody did, its first holder."""
        holdings = [holding for holding in self.holdings if holding.alias == alias]
        if holdings and occurred < holdings[0].since:
            return holdings[0].member
        for holding in holdings:
            if holding.covers(occurred):
                return holding.member
        if any(holding.is_lost for holding in holdings):
            raise Refused("CARD_LOST")
        raise Refused("MEMBER_NOT_FOUND")

    def current_holder(self, kind: str, value: str) -> str | None:
        holding = self._held(Alias(kind, value))
        return None if holding is None else holding.member

    def _held(self, alias: Alias) -> _Holding | None:
        return next((one for one in self.holdings if one.alias == alias and one.until is None), None)

    def _is_taken(self, alias: Alias) -> bool:
        """Held by somebody now, or lost for ever."""
        return any(one.alias == alias and (one.until is None or one.is_lost) for one in self.holdings)
