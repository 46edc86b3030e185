"""Who is enrolled, and who held which alias when."""

from dataclasses import dataclass
from datetime import datetime

from model.transactions import Refused


@dataclass
class _Holding:
    member: str
    since: datetime
    until: datetime | None = None

    def covers(self, instant: datetime) -> bool:
        return self.since <= instant and (self.until is None or instant < self.until)


class Members:
    """Enrolled members and the history of every alias."""

    def __init__(self) -> None:
        self._enrolled: set[str] = set()
        self._holdings: dict[tuple[str, str], list[_Holding]] = {}

    def enroll(self, member: str, aliases: dict[str, str], now: datetime) -> None:
        if member in self._enrolled:
            raise Refused("MEMBER_EXISTS")
        if any(self._held(alias) for alias in aliases.items()):
            raise Refused("ALIAS_IN_USE")
        self._enrolled.add(member)
        for kind, value in aliases.items():
            self.add_alias(member, kind, value, now)

    def require(self, member: str) -> None:
        if member not in self._enrolled:
            raise Refused("MEMBER_NOT_FOUND")

    def add_alias(self, member: str, kind: str, value: str, now: datetime) -> None:
        if self._held((kind, value)):
            raise Refused("ALIAS_IN_USE")
        self._holdings.setdefault((kind, value), []).append(_Holding(member, now))

    def remove_alias(self, member: str, kind: str, value: str, now: datetime) -> None:
        holding = self._held((kind, value))
        if holding is None or holding.member != member:
            raise Refused("ALIAS_UNKNOWN")
        holding.until = now

    def holder(self, member: str | None, card: str | None, occurred: datetime) -> str:
        """The member named directly, or whoever held the card then; before anybody did, its first holder."""
        if member is not None:
            self.require(member)
            return member
        holdings = self._holdings.get(("card", card or ""), [])
        if holdings and occurred < holdings[0].since:
            return holdings[0].member
        for holding in holdings:
            if holding.covers(occurred):
                return holding.member
        raise Refused("MEMBER_NOT_FOUND")

    def current_holder(self, kind: str, value: str) -> str | None:
        holding = self._held((kind, value))
        return None if holding is None else holding.member

    def _held(self, alias: tuple[str, str]) -> _Holding | None:
        for holding in self._holdings.get(alias, []):
            if holding.until is None:
                return holding
        return None
