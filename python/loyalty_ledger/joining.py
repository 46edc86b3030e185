"""How a request says that its member may be made on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from loyalty_ledger.arguments import alias_pairs, flag, optional_text
from loyalty_ledger.naming import MemberParts, member_or_card

Enroll: TypeAlias = bool | Mapping[str, str | Mapping[str, str] | None]
"""Whether an unknown member is made, or how: `{"id": "m-9", "aliases": {"card": "2760009"}}`, each if you like."""

Joining: TypeAlias = tuple[str | None, list[tuple[str, str]]]

_PARTS: Final = ("id", "aliases")


def joining_parts(argument: str, value: object) -> tuple[bool, Joining | None]:
    """Whether an unknown member is made, and the id and aliases stated for it."""
    if not isinstance(value, Mapping):
        if not isinstance(value, bool):
            hint = '{"id": "m-9", "aliases": {"card": "2760009"}}'
            raise TypeError(
                f"{argument} must be True or False, or a mapping such as {hint}, not {type(value).__name__}"
            )
        return flag(argument, value), None
    for part in value:
        if part not in _PARTS:
            raise ValueError(f"{argument} has no part {part!r}; it takes {' and '.join(_PARTS)}")
    identity = optional_text(f"{argument}['id']", value.get("id"))
    aliases = alias_pairs(f"{argument}['aliases']", value.get("aliases"))
    if identity is None and not aliases:
        raise ValueError(f"{argument} states neither id nor aliases; use {argument}=True for a member that is named")
    return False, (identity, aliases)


def named_or_joining(member: object, card: object, joining: Joining | None) -> MemberParts:
    """Who buys: as given, else as whoever joins is called."""
    if member is None and card is None and joining is not None:
        identity, aliases = joining
        return aliases[0] if identity is None else identity
    return member_or_card(member, card)
