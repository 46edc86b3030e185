"""One referral from the click to the return that takes its rewards back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import loyalty_ledger as ll

OPENED = datetime(2018, 1, 2, 14, 0, tzinfo=UTC)
PROGRAM = """zone = "America/New_York"

[earning]
points = 0
money = "USD"

[referral.friends]
hold = "P14D"
steps = [{ step = "first_purchase", minimum = 2_500 }]
rewards = [{ role = "advocate", points = 500 }, { role = "friend", points = 250 }]
"""


@dataclass(frozen=True)
class Scene:
    """What happened, how far the referral is then, and what both have, available and pending."""

    at: datetime
    happened: str
    progress: str
    ann: str
    bob: str


@dataclass(frozen=True)
class Story:
    """The scenes, and what the referral says of itself at their end, in German."""

    scenes: tuple[Scene, ...]
    told: str


def friend_story(folder: Path) -> Story:
    """Plays the story on a new ledger in a folder; the same on every run."""
    clock = ll.ManualClock(OPENED)
    with ll.open(folder / "friends.ledger", program=PROGRAM, clock=clock) as ledger:
        scenes = tuple(_play(ledger, clock))
        return Story(scenes, ledger.explain_referral("friends", "bob", "de"))


def _play(ledger: ll.Ledger, clock: ll.ManualClock) -> list[Scene]:
    scenes: list[Scene] = []

    def scene(happened: str) -> None:
        progress = ledger.referral("friends", "bob").progress
        ann, bob = ledger.balance("ann"), ledger.balance("bob")
        shown = [f"{one.available} + {one.pending}" for one in (ann, bob)]
        scenes.append(Scene(clock.now(), happened, progress or "–", *shown))

    ledger.enroll("ann")
    code = ledger.issue_code("friends", "ann", key="code/ann").code
    ledger.record_touch("friends", method="click", token="v-1", code=code, touched_at=clock.now(), key="click/1")
    clock.advance_to(OPENED.replace(minute=5))
    joined = ledger.enroll("bob", referral=ll.Referral(token="v-1"))
    scene(f"bob follows ann's link and joins: {joined.referral}")
    clock.advance_to(OPENED.replace(day=5))
    sale = ledger.purchase("bob", amount="60.00", key="sale/1")
    scene("bob's first order, $60.00")
    clock.advance_to(OPENED.replace(day=19))
    scene("14 days later, without a job")
    clock.advance_to(OPENED.replace(day=22))
    ledger.reverse(sale, amount="40.00", key="return/1")
    scene("goods of $40.00 come back")
    return scenes
