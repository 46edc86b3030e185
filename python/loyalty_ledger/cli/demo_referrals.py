"""The demo's referrals, for a person and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from loyalty_ledger.cli.output import plain, print_figures, print_line, print_table, print_title, print_tree
from loyalty_ledger.demo.friends import Story
from loyalty_ledger.demo.recruits import Recruits

OF_THE_TREE = ("members", "edges", "roots", "points", "best", "best_points", "largest", "size", "verified")


def as_document(tree: Recruits, picture: Path, story: Story) -> dict[str, Any]:
    """What the demo's JSON has of both; the picture is named, not shown."""
    figures = {name: getattr(tree, name) for name in (*OF_THE_TREE, "depths", "by_role")}
    return {"recruits": {**figures, "picture": str(picture)}, "story": plain(story)}


def present_recruits(tree: Recruits, picture: Path) -> None:
    """The tree of recruits, for a person."""
    print_title("Who recruited whom among 264 New York jazz musicians: 1 %, 0.2 % and 0.1 % of each sale")
    print_figures({name: getattr(tree, name) for name in ("members", "edges", "roots", "points")})
    print_table(("depth", "members"), list(enumerate(tree.depths)))
    print_table(("role", "points"), list(tree.by_role.items()))
    print_title(f"Member {tree.best} earned most: {tree.best_points:,} points, for these")
    print_tree(tree.best, [(one.advocate or tree.best, one.member) for one in tree.friends])
    print_line(f"The largest tree has {tree.size:,} members, member {tree.largest} first; it is drawn in {picture}")


def present_story(story: Story) -> None:
    """One referral, for a person."""
    print_title("One referral; points available + pending")
    rows = [(one.at, one.happened, one.progress, one.ann, one.bob) for one in story.scenes]
    print_table(("at", "what happens", "referral", "ann", "bob"), rows)
    print_line(story.told)
