"""The commands of referrals."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

import loyalty_ledger as ll

PROGRAM = """zone = "UTC"
[earning]
currency = "points"
points = 0
per_minor_units = 100
[referral.friends]
graph = "any"
friend_must_be_new = false
[[referral.friends.steps]]
step = "newsletter"
[[referral.friends.rewards]]
role = "advocate"
points = 500
"""


@pytest.fixture
def book(run: Any) -> str:
    """A ledger with a chain: m-1 brought m-2, who brought m-3."""
    run.write("program.toml", *PROGRAM.splitlines())
    assert run("init", "friends.ledger", "--program", "program.toml").code == 0
    run.write("members.csv", "member", "m-1", "m-2", "m-3")
    assert run("import", "friends.ledger", "members.csv", "--verb", "enroll").code == 0
    for number in (1, 2):
        wrote(run, "issue-code", "--member", f"m-{number}", "--code", f"code-{number}", "--key", f"c/{number}")
        wrote(run, "bind", "--friend", f"m-{number + 1}", "--code", f"code-{number}", "--key", f"b/{number}")
    return "friends.ledger"


def wrote(run: Any, verb: str, *arguments: str) -> Any:
    ended = run("referral", verb, "friends.ledger", "--program", "friends", *arguments)
    assert ended.code == 0, ended.err
    return ended


def test_writes_and_what_stands(run: Any, book: str) -> None:
    issued = wrote(run, "issue-code", "--member", "m-1", "--code", "code-1", "--key", "c/1")
    assert issued.out == "CODE1\n"
    wrote(run, "touch", "--code", "CODE1", "--token", "t", "--key", "t/1")
    wrote(run, "step", "--friend", "m-2", "--step", "newsletter", "--key", "s/1")
    shown = wrote(run, "show", "--friend", "m-2")
    assert "m-2 was brought by m-1." in shown.out and "PENDING" in shown.out
    wrote(run, "review", "--friend", "m-2", "--decision", "deny", "--reason", "fraud", "--actor", "ann", "--key", "r/1")
    assert "abgelehnt" in wrote(run, "show", "--friend", "m-2", "--language", "de").out
    wrote(run, "disable-code", "--code", "CODE1", "--reason", "abuse", "--actor", "ann", "--key", "d/1")
    assert "0" in wrote(run, "close", "--month", "2020-01", "--key", "m/1").out


def test_a_coupon_at_the_till(run: Any, book: str) -> None:
    wrote(run, "issue-code", "--member", "m-1", "--code", "once", "--single-use", "--key", "c/9")
    asked = ("coupon", "--code", "once", "--member", "m-3", "--action")
    assert "APPLIED" in wrote(run, *asked, "reserve", "--ttl", "900", "--key", "k/1").out
    shown = wrote(run, "code", "--code", "Once")
    assert "RESERVED" in shown.out and "m-3" in shown.out and "reserved until" in shown.out
    wrote(run, *asked, "use", "--key", "k/2")
    state = wrote(run, "code", "--code", "once", "--json").document
    assert (state["kind"], state["state"], state["holder"], state["label"]) == ("COUPON", "USED", "m-3", None)
    refused = run("referral", asked[0], book, "--program", "friends", *asked[1:], "use", "--key", "k/3")
    assert (refused.code, "CODE_USED" in refused.err) == (1, True)
    assert run("referral", "code", book, "--program", "friends", "--code", "none").code == 1


def test_a_referral_is_moved(run: Any, book: str) -> None:
    run.write("more.csv", "member", "m-9")
    run("import", book, "more.csv", "--verb", "enroll")
    asked = ("review", "--friend", "m-2", "--decision", "move", "--reason", "mistyped", "--actor", "ann")
    wrote(run, *asked, "--to", "m-9", "--approved-by", "ben", "--key", "r/1")
    assert "m-2 was brought by m-9, as an operator decided." in wrote(run, "show", "--friend", "m-2").out
    alone = run("referral", asked[0], book, "--program", "friends", *asked[1:], "--to", "m-1", "--key", "r/2")
    assert (alone.code, "APPROVER_MISSING" in alone.err) == (2, True)


def test_lists_trees_and_figures(run: Any, book: str) -> None:
    assert "m-2" in wrote(run, "list", "--advocate", "m-1").out
    tree = wrote(run, "tree", "--member", "m-2", "--up", "--json").document
    assert [(one["level"], one["member"], one["advocate"]) for one in tree] == [(-1, "m-1", None), (1, "m-3", "m-2")]
    assert wrote(run, "kpis", "--json").document["share_rate"] == {"numerator": 2, "denominator": 3}
    assert "share rate" in wrote(run, "kpis").out


def test_a_tree_is_drawn(run: Any, book: str) -> None:
    drawn = wrote(run, "tree", "--member", "m-1", "--svg", "tree.svg")
    assert drawn.out == "" and "3 members" in drawn.err
    root = ElementTree.fromstring((run.folder / "tree.svg").read_text(encoding="utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    assert [text.text for text in root.iter(f"{space}text")] == ["m-1", "m-2", "m-3"]
    assert len(list(root.iter(f"{space}path"))) == 2


def test_whom_nobody_names_any_more_is_drawn_without_a_name(run: Any, book: str) -> None:
    with ll.open(run.folder / book) as ledger:
        ledger.erase_member("m-2", reason="wish", key="erase")
    assert "m-2" not in wrote(run, "list", "--advocate", "m-1").out
    shown = wrote(run, "show", "--friend", "m-2").out
    assert "m-2" not in shown and "@2 was brought by m-1." in shown and "Who has an @ was erased." in shown
    drawn = wrote(run, "tree", "--member", "m-2", "--up", "--svg", "tree.svg")
    assert "3 members" in drawn.err
    picture = (run.folder / "tree.svg").read_text(encoding="utf-8")
    texts = ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")
    assert ([text.text for text in texts], "m-2" in picture) == (["m-1", "@2", "m-3"], False)


def test_refusals_and_errors(run: Any, book: str) -> None:
    named = ("referral", "bind", book, "--program", "friends", "--friend", "m-3")
    refused = run(*named, "--code", "nobody", "--key", "b/9")
    assert (refused.code, "UNKNOWN_CODE" in refused.err) == (1, True)
    assert run(*named, "--key", "b/10").code == 2
    assert run("referral", "kpis", book, "--program", "fiends").code == 2
    assert run("referral", "show", "--program", "friends", "--friend", "m-1").code == 2
