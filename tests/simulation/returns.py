"""Returns in random histories: policies of the program and of one request, lines, returns that are undone again."""

from collections.abc import Sequence
from random import Random
from typing import Any

from ledgers import PlayedModel
from simulation.history import Request

SHORTFALLS = ("debt", "clamp", "charge_shortfall", "block", "pending_only")
RESTORES = ("grace", "original", "reissue")


def settings(random: Random) -> dict[str, str]:
    """What a program says about returns."""
    return {"shortfall": random.choice(SHORTFALLS), "restore": random.choice(RESTORES)}


def policies(random: Random) -> dict[str, Any]:
    """What a single return says itself, mostly nothing."""
    stated: dict[str, Any] = {}
    if random.random() < 0.2:
        stated["shortfall"] = random.choice(SHORTFALLS)
    if random.random() < 0.2:
        stated["restore"] = random.choice(RESTORES)
    return stated


def lines_of(random: Random, original: Request) -> dict[str, Any] | None:
    """Some lines of a purchase that had lines, with or without quantities; sometimes more than there are."""
    lines = original.rest.get("lines")
    if not isinstance(lines, Sequence) or not lines or random.random() < 0.3:
        return None
    places = random.sample(range(1, len(lines) + 1), random.randint(1, len(lines)))
    if random.random() < 0.05:
        places.append(len(lines) + 1)
    quantities = [random.choice([None, 1, random.randint(1, 3)]) for _ in places]
    return {"lines": list(zip(places, quantities, strict=True))}


def to_undo(random: Random, model: PlayedModel, requests: Sequence[Request]) -> Request | None:
    """A return that was recorded: mostly of what was not refused, sometimes one that is undone already."""
    known = model.ledger.by_key
    recorded = [one for one in requests if one.verb == "reverse" and one.key in known]
    applied = [one for one in recorded if not known[one.key].is_refused]
    pool = applied if random.random() < 0.9 else recorded
    return random.choice(pool[-8:]) if pool else None
