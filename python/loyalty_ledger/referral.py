"""How a sign-up or a sale says who brought the member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from loyalty_ledger.arguments import optional_text, text


@dataclass(frozen=True)
class Referral:
    """Who brought a member: `enroll("m-9", referral=ll.Referral(code="37C8QM8D7"))`.

    It never stands in the way of the sign-up or the sale: `answer.referral` says what became of it. With fingerprints
    alone, these are made known and nothing is answered.
    """

    code: str | None = None
    """The code that the friend typed; case, spaces and hyphens do not count."""
    token: str | None = None
    """The token of touches that reached the friend: 1 to 256 bytes."""
    fingerprints: Sequence[str] = ()
    """At most 32 keyed hashes of what tells persons apart, each `kind:value` in at most 64 bytes.

    `device`, `ip` and `disposable` are weak; one of any other kind in common with the advocate is `SAME_IDENTITY`,
    and in common with somebody who was erased `RETURNING`.
    """
    program: str | None = None
    """The referral program; `None`: the only one that there is."""


ReferralParts: TypeAlias = tuple[str, str | None, str | None, list[str]]
"""Program, code, token, fingerprints."""


def referral_parts(argument: str, value: object) -> ReferralParts | None:
    """A naming as the engine takes it."""
    if value is None:
        return None
    if not isinstance(value, Referral):
        raise TypeError(f"{argument} must be a loyalty_ledger.Referral, not {type(value).__name__}")
    return named(argument, value.program, value.code, value.token, value.fingerprints)


def named(argument: str, program: object, code: object, token: object, fingerprints: object) -> ReferralParts:
    """Checked parts; `argument` is where they stand, if they stand in one."""
    place = f"{argument}." if argument else ""
    if isinstance(fingerprints, str) or not isinstance(fingerprints, Sequence):
        hint = "a list such as ['card:5f2a']"
        raise TypeError(f"{place}fingerprints must be {hint}, not {type(fingerprints).__name__}")
    return (
        optional_text(f"{place}program", program) or "",
        optional_text(f"{place}code", code),
        optional_text(f"{place}token", token),
        [text(f"{place}fingerprints[{at}]", one) for at, one in enumerate(fingerprints)],
    )
