"""Pictures of referral trees: who brought whom, as SVG or as a page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from loyalty_ledger import arguments

MOST_MEMBERS = 2_000
"""The largest tree that is drawn."""
WIDEST_TEXT = 224
"""What a name or a note may take, in pixels; more is cut, and told whole by the title of its box."""

# All lengths are pixels. Those of letters are meant for wide fonts, as no font is at hand.
_LETTER, _CAPITAL, _BROAD_LETTER = 8, 10, 14
_PADDING = 10
_NAME_HEIGHT, _NOTE_HEIGHT = 26, 18
_SIBLING_GAP, _COUSIN_GAP = 6, 18
_LAYER_GAP = 44
_MARGIN = 16
# XML has no way to write them.
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 2rem; font: 16px/1.5 system-ui, sans-serif; color: #1f2937; background: #fff; }}
h1 {{ margin: 0; font-size: 1.4rem; }}
p {{ margin: 0 0 1rem; color: #4b5563; }}
div {{ overflow-x: auto; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{summary}</p>
<div>
{picture}</div>
</body>
</html>
"""


@dataclass
class _Node:
    """A member, and where it stands."""

    name: str
    note: str
    layer: int
    friends: list[_Node] = field(default_factory=list)
    shift: int = 0
    """Its middle below its advocate's; negative above."""
    middle: int = 0
    """Its middle below the top of the picture."""


def svg(root: str, edges: Sequence[tuple[str, str]], notes: Mapping[str, str] = {}) -> str:
    """The tree of `root` as an SVG picture that needs nothing else: advocates left, their friends right of them.

    `edges` are pairs of advocate and friend; friends stand below each other in their order. Edges that `root` does not
    lead to are left out, so any member of a program can be drawn from all its edges. `notes` are by member and stand
    below the name, such as points. Equal arguments give equal pictures.

    `TypeError` for what is not text; `ValueError` naming a member that has two advocates or is below itself, and for a
    tree of more than 2,000 members.
    """
    return _drawn(_tree(root, edges, notes))


def html(
    root: str, edges: Sequence[tuple[str, str]], notes: Mapping[str, str] = {}, *, title: str | None = None
) -> str:
    """The picture of `svg` in a page that loads nothing; its `title` is `"Referrals of <root>"` if not given."""
    nodes = _tree(root, edges, notes)
    heading = arguments.optional_text("title", title)
    return _PAGE.format(
        title=_escaped(f"Referrals of {root}" if heading is None else heading),
        summary=f"Friends: {len(nodes) - 1:,}. Levels: {nodes[-1].layer:,}.",
        picture=_drawn(nodes),
    )


def _tree(root: str, edges: Sequence[tuple[str, str]], notes: Mapping[str, str]) -> list[_Node]:
    """The root and all below, layer by layer; in a layer from top to bottom."""
    friends = _friends(edges)
    if not isinstance(notes, Mapping):
        raise TypeError(f"notes must be a mapping from members to text, not {type(notes).__name__}")
    nodes = [_node(arguments.text("root", root), notes, 0)]
    for node in nodes:
        node.friends = [_node(name, notes, node.layer + 1) for name in friends.get(node.name, ())]
        nodes += node.friends
        if len(nodes) > MOST_MEMBERS:
            raise ValueError(f"the tree of {root!r} has more than {MOST_MEMBERS:,} members; draw it from one below")
    return nodes


def _friends(edges: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The friends of each advocate, where each friend has one and nobody is below itself."""
    friends: dict[str, list[str]] = {}
    advocates: dict[str, str] = {}
    for place, edge in enumerate(edges):
        if not isinstance(edge, tuple) or len(edge) != 2:
            raise TypeError(f"edges[{place}] must be a pair of advocate and friend")
        advocate, friend = (arguments.text(f"edges[{place}]", name) for name in edge)
        if friend in advocates:
            first = advocates[friend]
            raise ValueError(f"{friend!r} has two advocates, {first!r} and {advocate!r}; keep one of these edges")
        advocates[friend] = advocate
        friends.setdefault(advocate, []).append(friend)
    below_a_root = [name for name in friends if name not in advocates]
    for name in below_a_root:
        below_a_root += friends.get(name, ())
    circling = advocates.keys() - set(below_a_root)
    if circling:
        raise ValueError(
            f"{_one_on_a_circle(circling, advocates)!r} is below itself; leave out the edge that closes it"
        )
    return friends


def _one_on_a_circle(circling: set[str], advocates: Mapping[str, str]) -> str:
    """The least name on the circle that some member is below."""
    name = min(circling)
    for _ in circling:
        name = advocates[name]
    circle = [name]
    while advocates[circle[-1]] != name:
        circle.append(advocates[circle[-1]])
    return min(circle)


def _node(name: str, notes: Mapping[str, str], layer: int) -> _Node:
    return _Node(name, arguments.text(f"notes[{name!r}]", notes.get(name, "")), layer)


def _place(nodes: Sequence[_Node], height: int) -> None:
    """Puts each advocate at the middle of its friends, and subtrees as close as their outlines allow.

    An outline is, layer by layer from its node on, how far the subtree reaches up and down from the node's middle.
    """
    outlines: dict[int, list[tuple[int, int]]] = {}
    for node in reversed(nodes):
        together: list[tuple[int, int]] = []
        for friend in node.friends:
            outline = outlines.pop(id(friend))
            gaps = [_SIBLING_GAP] + [_COUSIN_GAP] * len(outline)
            friend.shift = max(
                (down - up + gap for (_, down), (up, _), gap in zip(together, outline, gaps, strict=False)), default=0
            )
            moved = [(up + friend.shift, down + friend.shift) for up, down in outline]
            joined = [(first[0], last[1]) for first, last in zip(together, moved, strict=False)]
            together = joined + together[len(joined) :] + moved[len(joined) :]
        middle = (node.friends[0].shift + node.friends[-1].shift) // 2 if node.friends else 0
        for friend in node.friends:
            friend.shift -= middle
        outlines[id(node)] = [(-height // 2, height // 2), *((up - middle, down - middle) for up, down in together)]
    nodes[0].middle = _MARGIN - min(up for up, _ in outlines[id(nodes[0])])
    for node in nodes:
        for friend in node.friends:
            friend.middle = node.middle + friend.shift


def _drawn(nodes: Sequence[_Node]) -> str:
    """Nodes as SVG, after they were placed."""
    height = _NAME_HEIGHT + (_NOTE_HEIGHT if any(node.note for node in nodes) else 0)
    _place(nodes, height)
    widths = [0] * (nodes[-1].layer + 1)
    for node in nodes:
        text = max(_width(_cut(node.name)), _width(_cut(node.note)))
        widths[node.layer] = max(widths[node.layer], text + 2 * _PADDING)
    lefts = [_MARGIN + sum(widths[:layer]) + layer * _LAYER_GAP for layer in range(len(widths))]
    width = lefts[-1] + widths[-1] + _MARGIN
    bottom = max(node.middle for node in nodes) + height // 2 + _MARGIN
    lines = [_curve(node, friend, lefts, widths) for node in nodes for friend in node.friends]
    boxes = [_box(node, lefts[node.layer], widths[node.layer], height) for node in nodes]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{bottom}"'
            f' viewBox="0 0 {width} {bottom}" font-family="system-ui, DejaVu Sans, sans-serif" font-size="13">',
            f"<title>Referrals of {_escaped(nodes[0].name)}</title>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            '<g fill="none" stroke="#94a3b8" stroke-width="1.5">',
            *lines,
            "</g>",
            '<g fill="#1f2937" stroke-width="1">',
            *boxes,
            "</g>",
            "</svg>\n",
        ]
    )


def _curve(node: _Node, friend: _Node, lefts: Sequence[int], widths: Sequence[int]) -> str:
    """The line from an advocate to a friend."""
    start, end = lefts[node.layer] + widths[node.layer], lefts[friend.layer]
    bend = (start + end) // 2
    return f'<path d="M{start} {node.middle}C{bend} {node.middle} {bend} {friend.middle} {end} {friend.middle}"/>'


def _box(node: _Node, left: int, width: int, height: int) -> str:
    """A member's box, with its name and its note."""
    top, text_left = node.middle - height // 2, left + _PADDING
    below = _NOTE_HEIGHT if node.note else 0
    baseline = node.middle + 5 - below // 2
    fill, stroke = ("#dbeafe", "#2563eb") if node.layer == 0 else ("#f8fafc", "#94a3b8")
    title = f"{node.name}: {node.note}" if node.note else node.name
    parts = [
        f"<g><title>{_escaped(title)}</title>",
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="6" fill="{fill}" stroke="{stroke}"/>',
        f'<text x="{text_left}" y="{baseline}">{_escaped(_cut(node.name))}</text>',
    ]
    if node.note:
        note = _escaped(_cut(node.note))
        parts.append(f'<text x="{text_left}" y="{baseline + below}" font-size="12" fill="#4b5563">{note}</text>')
    return "".join([*parts, "</g>"])


def _cut(text: str) -> str:
    """Text on one line, no wider than it may be."""
    line = " ".join(text.split())
    if _width(line) <= WIDEST_TEXT:
        return line
    ends = range(min(len(line), WIDEST_TEXT // _LETTER), 0, -1)
    return next(line[:end].rstrip() + "…" for end in ends if _width(line[:end] + "…") <= WIDEST_TEXT)


def _width(text: str) -> int:
    """About what text takes, rather too much than too little."""
    return sum(_letter_width(letter) for letter in text)


def _letter_width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    if letter in "MWmw@%…" or unicodedata.east_asian_width(letter) in "WF":
        return _BROAD_LETTER
    return _CAPITAL if letter.isupper() else _LETTER


def _escaped(text: str) -> str:
    """Text as XML and HTML take it, between tags."""
    return escape(_UNWRITABLE.sub("\ufffd", text), quote=False)
