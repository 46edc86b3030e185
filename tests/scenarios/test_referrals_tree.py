"""R12: a real tree of 264 people who recruited each other by coupons, told forwards and backwards."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from scenarios.conftest import Play
from scenarios.referral_program import referral_program

DATA = Path(__file__).parents[1] / "data" / "nyjazz.csv"
DEPTHS = [13, 32, 49, 41, 36, 30, 24, 15, 9, 8, 6, 1]
Row = dict[str, str]


def people(*, backwards: bool) -> list[Row]:
    with DATA.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return rows[::-1] if backwards else rows


def recruit(play: Play, rows: list[Row], **settings: object) -> PlayedLedger:
    """Everybody joins with the coupon that brought them and gets coupons to pass on; then everybody buys once.

    Coupons that nobody came with say nothing, and would only make the model slower.
    """
    used = {row["own_coupon"] for row in rows}
    ledger = play(referral_program(rewards=[], caps={}, **settings), "2026-03-01T12:00")
    for row in rows:
        named = ReferralBy(code=row["own_coupon"]) if row["own_coupon"] else None
        ledger.enroll(row["member"], referral=named)
        for place in range(1, 8):
            coupon = row[f"coupon_{place}"]
            if coupon in used - {""}:
                issued = ledger.issue_code(row["member"], code=coupon, key=f"{row['member']}/{place}")
                assert issued.answer.code in ("APPLIED", "CODE_TAKEN")
    for row in rows:
        ledger.purchase(row["member"], amount="100.00", key=f"sale/{row['member']}")
    return ledger


def depth(ledger: PlayedLedger, member: str) -> int:
    return len(ledger.referral_tree(member, up=True, down=False))


def test_r12_any_graph(play: Play) -> None:
    assert_any_graph(play, people(backwards=False))


@pytest.mark.engine
def test_r12_any_graph_backwards(play: Play) -> None:
    assert_any_graph(play, people(backwards=True))


def assert_any_graph(play: Play, rows: list[Row]) -> None:
    ledger = recruit(play, rows, graph="any", levels=[100, 20, 10])
    members = [row["member"] for row in rows]
    views = {member: ledger.referral(member) for member in members}
    assert sum(view.edge == "BOUND" for view in views.values()) == 251
    unknown = [member for member, view in views.items() if view.open == "UNKNOWN_CODE"]
    assert sorted(unknown) == ["187", "191", "200"]
    assert list(Counter(sorted(depth(ledger, member) for member in members)).values()) == DEPTHS
    roles: Counter[str] = Counter()
    for view in views.values():
        roles.update({one.role: one.points for one in view.rewards})
    assert roles == {"advocate": 25_100, "upline-2": 4_380, "upline-3": 1_700}
    earned = {member: ledger.balance(member).pending for member in members}
    assert sum(earned.values()) == 31_180
    assert max(earned.items(), key=lambda one: one[1]) == ("50", 1_120)


@pytest.mark.engine
def test_r12_leaf_only_backwards(play: Play) -> None:
    rows = people(backwards=True)
    ledger = recruit(play, rows, graph="leaf_only", levels=[100])
    members = [row["member"] for row in rows]
    assert sum(ledger.referral(member).edge == "BOUND" for member in members) == 163
    assert sum(ledger.balance(member).pending for member in members) == 16_300
