"""How a member is named: by its id, or by an alias that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from loyalty_ledger.arguments import text


@dataclass(frozen=True)
class Alias:
    """Names whoever holds an alias, wherever a member is named: `redeem(ll.Alias("phone", "+4930901820"), 50, …)`.

    Nobody holding it raises `MemberNotFound`, a lost one `CardLost`. The ledger keeps no more of its value than a keyed
    hash.
    """

    kind: str
    """`card`, `phone`, `external_id`, `partner:<id>` or `one_time`."""
    value: str
    """In clear, as whoever holds it shows it."""


Member: TypeAlias = str | Alias
"""A member by its id, or by an alias."""

MemberParts: TypeAlias = str | tuple[str, str]
"""An id, or the kind and value of an alias."""


def member_name(argument: str, value: object) -> MemberParts:
    """A member as the engine finds it."""
    if isinstance(value, Alias):
        return text(f"{argument}.kind", value.kind), text(f"{argument}.value", value.value)
    if not isinstance(value, str):
        hint = 'loyalty_ledger.Alias such as Alias("card", "2760001")'
        raise TypeError(f"{argument} must be an id (str) or a {hint}, not {type(value).__name__}")
    return text(argument, value)


def optional_member_name(argument: str, value: object) -> MemberParts | None:
    """As `member_name`; nothing stays nothing."""
    return None if value is None else member_name(argument, value)


def member_or_card(member: object, card: object) -> MemberParts:
    """Who is meant: as `member=` says or as `card=` says, one of the two."""
    if (member is None) == (card is None):
        raise TypeError("name the member by its id or an alias, or by card=, one of the two")
    return member_name("member", member) if card is None else ("card", text("card", card))
