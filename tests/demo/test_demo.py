"""The demo's figures against the independent calculation, and the same figures on every run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import independent
from loyalty_ledger.demo import find_dataset

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
RECRUITS = ROOT / "tests" / "data" / "nyjazz.csv"
FIGURES = (
    "purchases",
    "purchases_without_points",
    "accrued",
    "redemptions_applied",
    "redemptions_refused",
    "redeemed",
    "pending",
    "available",
    "ladder",
    "top_members",
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `loyalty-ledger demo --json` prints."""
    kept = tmp_path_factory.mktemp("demo") / "demo.ledger"
    command = [sys.executable, "-m", "loyalty_ledger.cli", "demo", "--json", "--keep", str(kept)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert ended.returncode == 0, ended.stderr
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


@pytest.fixture(scope="module")
def expected() -> independent.Figures:
    """The year, worked out without the engine."""
    return independent.calculate(find_dataset(print))


def test_figures_equal_the_independent_calculation(demo: dict[str, Any], expected: independent.Figures) -> None:
    summary = expected.summary()
    assert set(summary) == set(FIGURES)
    assert {name: demo[name] for name in FIGURES} == summary


def test_the_year_is_whole(demo: dict[str, Any]) -> None:
    assert demo["purchases"] == 155_848
    assert demo["redemptions_applied"] + demo["redemptions_refused"] == 2_102
    assert sum(demo["ladder"].values()) == demo["pending"] + demo["available"]


def test_everything_is_verified_and_the_balance_identity_holds(demo: dict[str, Any]) -> None:
    assert demo["verified"] is True
    assert demo["balance_identity"] is True
    assert demo["accrued"] - demo["redeemed"] - demo["expired"] == demo["pending"] + demo["available"]


def test_points_expire_without_a_job(demo: dict[str, Any], expected: independent.Figures) -> None:
    later = demo["later"]
    at = independent.datetime(2018, 7, 1, tzinfo=independent.ZONE)
    assert later["at"] == at.isoformat()
    available, pending = expected.balance(later["member"], at)
    assert (later["available"], later["pending"]) == (available, pending)
    assert available < demo["top_members"][0]["available"]


def test_a_till_is_served_over_the_network(demo: dict[str, Any]) -> None:
    """Bought for $200.00 and $10.00 less 100 points, $50.00 brought back; sent twice, the first basket counts once."""
    assert [(step["available"], step["held"]) for step in demo["till"]] == [
        (0, 0),
        (0, 0),
        (200, 0),
        (50, 150),
        (109, 0),
        (59, 0),
        (59, 0),
    ]
    totals = {row["verb"]: (row["count"], row["money"], row["points"]) for row in demo["till_totals"]}
    assert totals == {"authorize": (1, 0, 150), "purchase": (2, 21_000, 209), "reverse": (1, 5_000, 50)}


def test_the_tree_of_recruits_equals_the_independent_calculation(demo: dict[str, Any]) -> None:
    told, expected = demo["recruits"], independent.recruits(RECRUITS)
    assert {name: told[name] for name in expected} == expected
    assert (told["edges"], told["points"], told["best"], told["best_points"]) == (251, 31_180, "50", 1_120)
    assert told["by_role"] == {"advocate": 25_100, "upline-2": 4_380, "upline-3": 1_700}
    assert told["verified"] is True
    text = README.read_text(encoding="utf-8")
    assert f"{told['edges']} edges, {told['roots']} roots" in text
    assert f"{told['points']:,} points" in text
    assert f"member {told['best']} with {told['best_points']:,}" in text


def test_the_largest_tree_is_drawn(demo: dict[str, Any]) -> None:
    told = demo["recruits"]
    picture = ElementTree.parse(told["picture"]).getroot()
    names = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert names[0] == told["largest"] == "4"
    assert sum(not name.endswith("points") for name in names if name) == told["size"] == 125


def test_both_copies_of_the_recruits_are_the_same() -> None:
    packaged = files("loyalty_ledger.demo").joinpath("nyjazz.csv").read_bytes()
    assert packaged == RECRUITS.read_bytes()


def test_a_return_takes_both_rewards_back(demo: dict[str, Any]) -> None:
    scenes = [(scene["progress"], scene["ann"], scene["bob"]) for scene in demo["story"]["scenes"]]
    assert scenes == [
        ("ATTRIBUTED", "0 + 0", "0 + 0"),
        ("QUALIFIED", "0 + 500", "0 + 250"),
        ("SETTLED", "500 + 0", "250 + 0"),
        ("REVERSED", "0 + 0", "0 + 0"),
    ]
    assert demo["story"]["told"].startswith("bob wurde von ann geworben. Sie war erfüllt und wurde rückgängig gemacht.")


def test_the_readme_tells_these_figures(demo: dict[str, Any]) -> None:
    text = README.read_text(encoding="utf-8")
    for name in FIGURES[:8]:
        assert re.search(rf"\| `{name}` \| {demo[name]:,} \|", text), name
    for day, points in demo["ladder"].items():
        assert f"| {day} | {points:,} |" in text
    later = demo["later"]
    assert f"Member {later['member']} still has {later['available']:,} points on 1 July 2018" in text
    into, out = (f"{demo['accrued']:,} accrued − {demo['redeemed']:,} redeemed", f"{demo['pending']:,} pending")
    assert f"{into} = {out} + {demo['available']:,} available." in text
    for row in demo["top_members"]:
        assert f"| {row['member']} | {row['available']:,} | {row['pending']:,} |" in text
