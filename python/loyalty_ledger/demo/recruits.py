"""Who recruited whom among 264 New York jazz musicians: a real tree of referrals, from its coupons to its rewards.

`nyjazz.csv` has the coupon that each person came with and those that they were given to pass on (respondent-driven
sampling; from the public R package RDS, LGPL-2.1; only the columns of coupons are kept).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import duckdb

import loyalty_ledger as ll
from loyalty_ledger.tree_picture import svg

START = datetime(2018, 1, 2, tzinfo=UTC)
LATER = START + timedelta(days=15)
NAME = "jazz"
PROGRAM = """zone = "America/New_York"

[earning]
points = 0
money = "USD"

[referral.jazz]
graph = "any"
hold = "P14D"
steps = [{ step = "every_purchase" }]
levels = { basis_points = [100, 20, 10] }
"""

# Everybody joins with the coupon that brought them, has coupons issued, and buys once, for $100.00.
_ROWS = f"""
WITH people AS (SELECT * FROM read_csv($recruits, all_varchar = true)),
coupons AS (UNPIVOT people ON coupon_1, coupon_2, coupon_3, coupon_4, coupon_5, coupon_6, coupon_7
            INTO NAME slot VALUE coupon),
rows AS (
    SELECT 1 AS turn, 'enroll' AS verb, member, '' AS slot, 'enroll/' || member AS key, own_coupon AS code,
           CASE WHEN own_coupon IS NOT NULL THEN '{NAME}' END AS program, NULL AS amount FROM people
    UNION ALL
    SELECT 1, 'issue_code', member, slot, 'code/' || member || '/' || slot, coupon, '{NAME}', NULL FROM coupons
    UNION ALL
    SELECT 2, 'purchase', member, '', 'sale/' || member, NULL, NULL, CAST(100 AS DECIMAL(18, 2)) FROM people
)
SELECT verb, key, member, code, program, amount FROM rows ORDER BY turn, CAST(member AS BIGINT), slot
"""


@dataclass(frozen=True)
class Recruits:
    """The tree and what it came to, once all holds are over."""

    members: int
    edges: int
    roots: int
    depths: tuple[int, ...]
    """Members by their distance from a root."""
    points: int
    by_role: Mapping[str, int]
    best: str
    best_points: int
    largest: str
    """The root that most members are below."""
    size: int
    verified: bool
    friends: tuple[ll.TreeMember, ...]
    """Those below `best` on the three levels that it is rewarded for."""
    picture: str
    """The tree of `largest` as SVG."""


def recruit(folder: Path) -> Recruits:
    """Plays the coupons on a new ledger in a folder and looks at it when the holds are over."""
    clock = ll.ManualClock(START)
    with ll.open(folder / "recruits.ledger", program=PROGRAM, clock=clock) as ledger:
        members = _load(ledger)
        clock.advance_to(LATER)
        return _look(ledger, members)


def _load(ledger: ll.Ledger) -> list[str]:
    """All rows in one table; everybody's id, in order of its number."""
    with as_file(files("loyalty_ledger.demo").joinpath("nyjazz.csv")) as path, duckdb.connect() as connection:
        ledger.post_batch(connection.sql(_ROWS, params={"recruits": str(path)}))
        people = "SELECT member FROM read_csv($recruits, all_varchar = true) ORDER BY CAST(member AS BIGINT)"
        return [member for (member,) in connection.execute(people, {"recruits": str(path)}).fetchall()]


def _look(ledger: ll.Ledger, members: Sequence[str]) -> Recruits:
    states = {member: ledger.referral(NAME, member) for member in members}
    roots = [member for member, state in states.items() if state.advocate is None]
    trees = {root: ledger.referral_tree(NAME, root) for root in roots}
    levels = Counter(one.level for tree in trees.values() for one in tree)
    earned = {member: ledger.balance(member).available for member in members}
    by_role: Counter[str] = Counter()
    for state in states.values():
        by_role.update({one.role: one.points for one in state.rewards})
    best = max(members, key=lambda member: earned[member])
    largest = max(roots, key=lambda root: len(trees[root]))
    edges = [(one.advocate or largest, one.member) for one in trees[largest]]
    return Recruits(
        members=len(members),
        edges=len(members) - len(roots),
        roots=len(roots),
        depths=(len(roots), *(levels[level] for level in sorted(levels))),
        points=sum(earned.values()),
        by_role=dict(by_role),
        best=best,
        best_points=earned[best],
        largest=largest,
        size=len(edges) + 1,
        verified=ledger.verify().ok,
        friends=ledger.referral_tree(NAME, best, depth=3),
        picture=svg(largest, edges, {member: f"{points:,} points" for member, points in earned.items()}),
    )
