"""A tree of referrals as an SVG: one row per member, each level further to the right, a line to whoever brought it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from loyalty_ledger.referral_results import TreeMember

ROW = 24
INDENT = 28
MARGIN = 16
LETTER = 8
STYLE = (
    "text{font:13px sans-serif;fill:#1f2933}.own{font-weight:bold}"
    "path{fill:none;stroke:#9aa5b1}circle{fill:#3e4c59}.own circle{fill:#c2410c}"
)


def drawing(member: str, found: Sequence[TreeMember]) -> str:
    """The whole file; `member` is the one that the tree was asked for."""
    rows = list(_in_depth(member, found))
    first = min((level for level, *_ in rows), default=0)
    places = {name: (MARGIN + (level - first) * INDENT, MARGIN + at * ROW) for at, (level, name, _) in enumerate(rows)}
    width = max(x + 12 + LETTER * len(name) for name, (x, _) in places.items()) + MARGIN
    height = 2 * MARGIN + ROW * (len(rows) - 1)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f"<title>Referrals around {escape(member)}</title>",
        f"<style>{STYLE}</style>",
    ]
    for _, name, advocate in rows:
        x, y = places[name]
        if advocate in places:
            from_x, from_y = places[advocate]
            lines.append(f'<path d="M{from_x} {from_y}V{y}H{x}"/>')
    for _, name, _ in rows:
        x, y = places[name]
        own = ' class="own"' if name == member else ""
        lines.append(
            f'<g{own}><circle cx="{x}" cy="{y}" r="4"/><text x="{x + 10}" y="{y + 4}">{escape(name)}</text></g>'
        )
    return "\n".join([*lines, "</svg>", ""])


def _in_depth(member: str, found: Sequence[TreeMember]) -> Iterator[tuple[int, str, str]]:
    """Level, name and advocate: from the top to the member, then each below right after whoever brought it."""
    above = sorted((one for one in found if one.level < 0), key=lambda one: one.level)
    yield from ((one.level, one.member, one.advocate or "") for one in above)
    friends: dict[str, list[str]] = {}
    for one in found:
        if one.level > 0:
            friends.setdefault(one.advocate or member, []).append(one.member)
    waiting = [(0, member, above[-1].member if above else "")]
    while waiting:
        level, name, advocate = waiting.pop()
        yield level, name, advocate
        waiting += [(level + 1, friend, name) for friend in sorted(friends.get(name, ()), reverse=True)]
