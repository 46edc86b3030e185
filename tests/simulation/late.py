"""What tills tell late: sales and redemptions that happened before, captures of holds that have lapsed meanwhile."""

from datetime import timedelta
from random import Random

from ledgers import PlayedModel
from model import Source
from simulation.history import Request

EXPIRIES = (
    '{ sliding = "P3D" }',
    '{ sliding = "P1M" }',
    '{ fixed = ["02-29", "03-31", "09-30"], min_valid = "P1M" }',
)
STORES = ("store-1", "store-2")


def told_late(random: Random, model: PlayedModel, request: Request) -> Request:
    """The same request, sometimes from a till that was offline, sometimes of something that happened long ago."""
    if request.verb not in ("accrue", "purchase", "redeem", "capture") or "occurred_at" in request.rest:
        return request
    rest = dict(request.rest)
    if random.random() < 0.35:
        rest["occurred_at"] = model.now() - _delay(random, model, request)
    spends = request.verb in ("redeem", "capture") or not rest.keys().isdisjoint({"redeem", "capture"})
    if spends and random.random() < 0.35:
        rest |= {"offline": True, "source": Source(store=random.choice(STORES))}
    return Request(request.verb, request.args, rest)


def _delay(random: Random, model: PlayedModel, request: Request) -> timedelta:
    authorization = request.args[0] if request.verb == "capture" else request.rest.get("capture")
    hold = None if authorization is None else model.ledger.by_key.get(str(authorization))
    if hold is not None and hold.hold is not None and random.random() < 0.8:
        lived = hold.hold.lapses_at - hold.hold.opened_at
        return model.now() - hold.hold.opened_at - lived * random.choice([0, 0.5, random.random(), 1])
    return timedelta(minutes=random.choice([1, 60, random.randrange(20_000), random.randrange(100_000)]))
