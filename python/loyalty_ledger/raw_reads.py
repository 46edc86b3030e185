"""What reads answer, as it comes from the engine or from a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypedDict

if TYPE_CHECKING:
    from os import PathLike

    from loyalty_ledger import _core


RawLink: TypeAlias = tuple[str, list[str], int | None, int, int | None]
"""Partner, scopes, points of a day, first instants in force and no longer."""

RawVoucher: TypeAlias = tuple[str, str, str, int | None]
"""Code, label, state, end."""

RawReferralReward: TypeAlias = tuple[str, str, int, str, str | None, RawVoucher | None]
"""Role, member, points, state, reason, voucher."""

RawFriend: TypeAlias = tuple[str, str | None, str | None, int]
"""Friend, progress, open condition, points of the advocate."""

RawTreeMember: TypeAlias = tuple[int, str, str | None]
"""Level, member, advocate."""

RawReferralKpis: TypeAlias = list[tuple[str, int, int]]
"""Names of ratios, with what is counted and of what."""


class RawReferral(TypedDict):
    friend: str
    edge: str
    advocate: str | None
    progress: str | None
    rewards: list[RawReferralReward]
    open: str | None
    touches: list[tuple[str, str]]
    notes: list[tuple[str, str]]


class RawReferralCode(TypedDict):
    kind: str
    member: str
    state: str
    holder: str | None
    label: str | None
    expires_at: int | None
    reserved_until: int | None


class RawTillTotal(TypedDict):
    verb: str
    code: str
    count: int
    money: int
    points: int


class RawOpenHold(TypedDict):
    authorization: int
    member: str
    wallet: str
    points: int
    opened_at: int
    lapses_at: int
    store: str
    terminal: str
    key: str | None


class RawStoryLine(TypedDict):
    at: int
    sequence: int | None
    verb: str
    flow: str
    points: int
    paid: int
    original: int | None


class RawLotStory(TypedDict):
    lot: _core.RawLot
    came: int
    paid: int
    gone: int
    pending: int
    available: int
    held: int
    lines: list[RawStoryLine]


class RawExplanation(TypedDict):
    member: str
    wallet: str
    at: int
    balance: _core.RawBalance
    lots: list[RawLotStory]
    debt_made: int
    debt_paid: int
    debt_forgiven: int
    debt_lines: list[RawStoryLine]
    noted: list[RawStoryLine]


class RawLadder(TypedDict):
    steps: list[tuple[str, int, int]]
    never: int


class RawTrialLine(TypedDict):
    funder: str | None
    price: tuple[int, str] | None
    accounts: list[tuple[str, int]]


class RawTrialBalance(TypedDict):
    at: int
    balanced: bool
    lines: list[RawTrialLine]
    pending: int
    available: int
    held: int
    debt: int


class RawReport(TypedDict):
    ok: bool
    entries: int
    members: int
    problems: list[str]
    problem_count: int
    digest: str


class RawInfo(TypedDict):
    path: PathLike[str]
    id: str
    clock: str
    read_only: bool
    entries: int
    recorded_at: int
    now: int
    members: int
    program_version: int
    zone: str
    money: str
    journal_bytes: int
    snapshot: int
    notices: list[str]


class RawRule(TypedDict):
    points: int
    per_minor_units: int
    money: str
    wallet: str
