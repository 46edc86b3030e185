"""The program of the scripts about referrals, and how they tell what became of one."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ledgers import PlayedLedger, program
from model.referral.reads import VoucherView

BOTH = [{"role": "advocate", "points": 500}, {"role": "friend", "points": 250}]
FIRST_ORDER = [{"step": "first_purchase", "minimum": 2500}]


def referral_program(
    *,
    rewards: Sequence[Mapping[str, object]] = BOTH,
    steps: Sequence[Mapping[str, object]] = FIRST_ORDER,
    caps: Mapping[str, int] | None = None,
    levels: Sequence[int] = (),
    zone: str = "UTC",
    earning: tuple[int, int] = (0, 100),
    ledger: Mapping[str, object] | None = None,
    **settings: object,
) -> str:
    """Window 30 days, first touch, grace 24 h, first order of 25.00 or more within 90 days, hold 14 days, cap 32."""
    text = program(zone=zone, earning=earning, **(ledger or {})) + "[referral.friends]\n"
    text += "".join(f"{name} = {_toml(value)}\n" for name, value in settings.items())
    for name, rows in (("steps", steps), ("rewards", rewards)):
        for row in rows:
            text += f"[[referral.friends.{name}]]\n"
            text += "".join(f"{key} = {_toml(value)}\n" for key, value in row.items())
    text += "[referral.friends.caps]\n"
    text += "".join(f"{key} = {value}\n" for key, value in ({"advocate": 32} if caps is None else caps).items())
    return text + (f"[referral.friends.levels]\nbasis_points = {list(levels)}\n" if levels else "")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def code_of(ledger: PlayedLedger, member: str) -> str:
    """The code that the member hands on; issued when it is asked for first."""
    code = ledger.issue_code(member, key=f"code/{member}").code
    assert code is not None
    return code


def rewards(ledger: PlayedLedger, friend: str) -> dict[str, tuple[int, str]]:
    """Points and state by role."""
    return {one.role: (one.points, one.state) for one in ledger.referral(friend).rewards}


def vouchers(ledger: PlayedLedger, friend: str) -> dict[str, VoucherView]:
    """Of the rewards that have one, by role."""
    return {one.role: one.voucher for one in ledger.referral(friend).rewards if one.voucher is not None}


def states(ledger: PlayedLedger, friend: str) -> dict[str, tuple[str, str]]:
    """States of the reward and of its voucher, by role."""
    given = ledger.referral(friend).rewards
    return {one.role: (one.state, one.voucher.state) for one in given if one.voucher is not None}


def pending(ledger: PlayedLedger, *members: str) -> list[int]:
    return [ledger.balance(member).pending for member in members]


def available(ledger: PlayedLedger, *members: str) -> list[int]:
    return [ledger.balance(member).available for member in members]


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)
