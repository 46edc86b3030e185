"""Pictures of referral trees: where boxes stand, what they say, and what cannot be drawn."""

import random
import re
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest

from loyalty_ledger.tree_picture import html, svg

SVG = "{http://www.w3.org/2000/svg}"
Edges = list[tuple[str, str]]
FAMILY: Edges = [("anna", "bert"), ("anna", "cleo"), ("bert", "dora"), ("bert", "emil"), ("dora", "finn")]


@dataclass(frozen=True)
class Box:
    """A member as drawn: its title, its texts, and its place."""

    title: str
    texts: tuple[str, ...]
    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        return self.top + self.height // 2


def boxes(picture: str) -> dict[str, Box]:
    """The boxes of a picture by their titles, in their order."""
    found = {}
    for group in ElementTree.fromstring(picture).iterfind(f"{SVG}g/{SVG}g"):
        title, rectangle = group.findtext(f"{SVG}title"), group.find(f"{SVG}rect")
        assert title is not None and rectangle is not None
        texts = tuple(text.text or "" for text in group.iterfind(f"{SVG}text"))
        found[title] = Box(title, texts, *(int(rectangle.attrib[name]) for name in ("x", "y", "width", "height")))
    return found


def lines(picture: str) -> set[tuple[int, ...]]:
    """Where each line begins and ends."""
    paths = [path.attrib["d"] for path in ElementTree.fromstring(picture).iterfind(f"{SVG}g/{SVG}path")]
    numbers = [[int(number) for number in re.findall(r"\d+", path)] for path in paths]
    return {(*each[:2], *each[-2:]) for each in numbers}


def grown(seed: int, size: int) -> Edges:
    """A tree in which everybody is brought by somebody who came before."""
    chance = random.Random(seed)
    return [(f"m{chance.randrange(number)}", f"m{number}") for number in range(1, size)]


def test_every_member_has_a_box_and_every_edge_a_line() -> None:
    picture = svg("anna", FAMILY)
    drawn = boxes(picture)
    assert list(drawn) == ["anna", "bert", "cleo", "dora", "emil", "finn"]
    assert all(box.texts == (name,) for name, box in drawn.items())
    assert lines(picture) == {
        (drawn[advocate].left + drawn[advocate].width, drawn[advocate].middle, drawn[friend].left, drawn[friend].middle)
        for advocate, friend in FAMILY
    }


@pytest.mark.parametrize(("seed", "size"), [(1, 40), (2, 120), (3, 300)])
def test_boxes_are_in_layers_and_apart(seed: int, size: int) -> None:
    edges = grown(seed, size)
    picture = svg("m0", edges, {"m1": "5 points"})
    drawn = {box.texts[0]: box for box in boxes(picture).values()}
    assert len(drawn) == size
    for advocate, friend in edges:
        assert drawn[friend].left > drawn[advocate].left + drawn[advocate].width
    for left in {box.left for box in drawn.values()}:
        layer = sorted((box for box in drawn.values() if box.left == left), key=lambda box: box.top)
        assert all(below.top >= above.top + above.height + 6 for above, below in zip(layer, layer[1:], strict=False))
    canvas = ElementTree.fromstring(picture).attrib
    assert min(box.top for box in drawn.values()) == 16
    assert max(box.top + box.height for box in drawn.values()) + 16 == int(canvas["height"])
    assert max(box.left + box.width for box in drawn.values()) + 16 == int(canvas["width"])


@pytest.mark.parametrize("seed", [4, 5])
def test_an_advocate_stands_at_the_middle_of_its_friends_in_their_order(seed: int) -> None:
    edges = grown(seed, 200)
    drawn = boxes(svg("m0", edges))
    for advocate in {advocate for advocate, _ in edges}:
        middles = [drawn[friend].middle for other, friend in edges if other == advocate]
        assert middles == sorted(middles)
        assert abs(drawn[advocate].middle - (middles[0] + middles[-1]) / 2) <= 1


def test_equal_arguments_give_equal_pictures() -> None:
    notes = {"bert": "1", "cleo": "2"}
    assert svg("anna", FAMILY, notes) == svg("anna", list(FAMILY), dict(reversed(notes.items())))


def test_notes_stand_below_names() -> None:
    drawn = boxes(svg("anna", FAMILY, {"bert": "250 points", "zoe": "is not in the tree"}))
    assert drawn["bert: 250 points"].texts == ("bert", "250 points")
    assert drawn["anna"].texts == ("anna",)
    assert drawn["anna"].height > boxes(svg("anna", FAMILY))["anna"].height


def test_a_part_of_a_program_is_drawn_from_all_its_edges() -> None:
    assert list(boxes(svg("bert", [*FAMILY, ("yves", "zoe")]))) == ["bert", "dora", "emil", "finn"]
    assert list(boxes(svg("nobody's advocate", FAMILY))) == ["nobody's advocate"]
    assert list(boxes(svg("anna", []))) == ["anna"]


def test_text_is_escaped() -> None:
    name, note = "<script>alert('&')</script>", '"]]> & <b>\x00\x1b\ufffe'
    drawn = list(boxes(svg(name, [(name, "a\nb\tc")], {name: note})).values())
    assert drawn[0].texts == (name, '"]]> & <b>\ufffd\ufffd\ufffd')
    assert drawn[1].texts == ("a b c",)
    page = html(name, [], {name: note}, title="</title><script>")
    assert "<script" not in page and "&lt;/title&gt;&lt;script&gt;" in page


@pytest.mark.parametrize("name", ["long name " * 20, "W" * 100, "陳小明" * 20, "e\u0301" * 100])
def test_long_text_is_cut_and_told_whole_by_the_title(name: str) -> None:
    box = boxes(svg(name, [], {name: name}))[f"{name}: {name}"]
    assert all(text.endswith("…") and name.startswith(text[:-1]) for text in box.texts)
    assert box.width <= 250 and all(len(text) >= 15 for text in box.texts)


def test_nothing_is_loaded_and_nothing_runs() -> None:
    page = html("anna", FAMILY)
    assert re.findall(r"https?://[^\"' ]*", page) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|<link|<image|href|url\(|@import|\son\w+=", page)


def test_a_page_holds_the_picture_and_a_title() -> None:
    page = html("anna", FAMILY, {"anna": "500 points"})
    assert page.startswith("<!doctype html>") and svg("anna", FAMILY, {"anna": "500 points"}) in page
    assert page.count("Referrals of anna") == 3 and "<p>Friends: 5. Levels: 3.</p>" in page
    assert "<title>Spring {2026}</title>" in html("anna", FAMILY, title="Spring {2026}")


def test_a_chain_as_long_as_trees_may_be() -> None:
    chain = [(f"m{number}", f"m{number + 1}") for number in range(1_999)]
    assert len({box.middle for box in boxes(svg("m0", chain)).values()}) == 1
    with pytest.raises(ValueError, match="'m0' has more than 2,000 members; draw it from one below"):
        svg("m0", [*chain, ("m1999", "m2000")])
    assert len(boxes(svg("m1", [*chain, ("m1999", "m2000")]))) == 2_000


@pytest.mark.parametrize(
    ("edges", "told"),
    [
        ([("a", "b"), ("c", "b")], "'b' has two advocates, 'a' and 'c'"),
        ([("a", "b"), ("a", "b")], "'b' has two advocates, 'a' and 'a'"),
        ([("a", "a")], "'a' is below itself"),
        ([("a", "b"), ("b", "c"), ("c", "a")], "'a' is below itself"),
        ([("a", "b"), ("z", "y"), ("y", "x"), ("x", "z"), ("y", "l")], "'x' is below itself"),
    ],
)
def test_what_is_no_tree(edges: Edges, told: str) -> None:
    for draw in (svg, html):
        with pytest.raises(ValueError, match=told):
            draw("a", edges)


def test_what_is_not_text() -> None:
    with pytest.raises(TypeError, match="root must be text"):
        svg(7, [])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"edges\[1\] must be a pair"):
        svg("a", [("a", "b"), "cd"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=r"edges\[0\] must be text"):
        svg("a", [("a", 7)])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=r"notes\['a'\] must be text"):
        svg("a", [], {"a": 500})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="notes must be a mapping"):
        svg("a", [], ["a"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="title must be text"):
        html("a", [], title=7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="cannot be written as UTF-8"):
        svg("\ud800", [])
