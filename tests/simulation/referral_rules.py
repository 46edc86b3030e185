"""Random referral programs: short periods, small caps, so that histories get to the edges of all of them."""

import json
from collections.abc import Mapping
from random import Random

STEPS = ("newsletter", "event:app")
MINIMA = (0, 1000, 2500, 4000)


def referral_table(random: Random, name: str) -> str:
    """The TOML of one referral program."""
    steps, needs, has_sale = _steps(random)
    settings = _settings(random) | ({} if needs is None else {"needs": needs})
    text = f"[referral.{name}]\n" + _lines(settings)
    rewards, levels = _rewards(random, has_sale=has_sale)
    for kind, rows in (("steps", steps), ("rewards", rewards)):
        text += "".join(f"[[referral.{name}.{kind}]]\n{_lines(row)}" for row in rows)
    caps = {
        "advocate": random.choice([None, 1, 1, 2]),
        "advocate_month": random.choice([None, None, 1, 2]),
        "program": random.choice([None, None, 40, 70]),
    }
    text += f"[referral.{name}.caps]\n{_lines(caps)}"
    return text + (f"[referral.{name}.levels]\n{_lines({'basis_points': levels})}" if levels else "")


def _settings(random: Random) -> dict[str, object]:
    choose = random.choice
    grace, hold = choose([("PT24H", "P14D"), ("PT24H", "P14D"), ("PT1H", "P3D"), ("P2D", "P1M"), ("PT24H", "P1D")])
    return {
        "window": choose(["P30D", "P3D", "P1M"]),
        "windows": choose([None, None, {"click": "P1D"}, {"invite": "PT2H", "coupon": "P2D"}]),
        "attribution": choose(["first", "last"]),
        "grace": grace,
        "hold": hold,
        "clawback": choose([None, None, "P10D", "P1M"]),
        "deadline": choose(["P90D", "P5D", "P1M"]),
        "friend_must_be_new": choose([True, True, False]),
        "friend_not_enrolled": choose([False, False, True]),
        "graph": choose(["leaf_only", "any"]),
        "depth": choose([0, 1, 2]),
        "very_first_only": choose([False, False, True]),
        "vest": choose(["at_hold_end", "at_hold_end", "at_close"]),
        "review_by": choose(["P30D", "P2D"]),
        "shortfall": choose(["debt", "clamp", "review"]),
        "velocity": choose([None, None, {"binds": 2, "within": "P3D"}, {"binds": 1, "within": "PT1H"}]),
        "too_fast": choose([None, None, "PT1H"]),
    }


def _steps(random: Random) -> tuple[list[dict[str, object]], int | None, bool]:
    """The steps, how many are needed, and whether there is no way around a purchase."""
    sale: dict[str, object] = {"step": "first_purchase", "minimum": random.choice(MINIMA)}
    others: list[dict[str, object]] = [{"step": step} for step in STEPS]
    kind = random.random()
    if kind < 0.5:
        return [sale], None, True
    if kind < 0.7:
        return [{**sale, "step": "every_purchase"}], None, True
    if kind < 0.85:
        return [others[0], sale], None, True
    if kind < 0.95:
        return [*others, sale], 2, False
    return others, random.choice([1, 2]), False


def _rewards(random: Random, *, has_sale: bool) -> tuple[list[dict[str, object]], list[int]]:
    """Rewards by role, and basis points of the levels."""
    friend = {"role": "friend", "points": random.choice([7, 10])}
    fixed = {"role": "advocate", "points": random.choice([12, 20])}
    kind = random.random() if has_sale else 0.0
    if kind < 0.45:
        return [fixed, friend], []
    if kind < 0.65:
        return [{"role": "advocate", "percent_bp": 50}, friend], []
    if kind < 0.85:
        above = {"role": "upline", "level": random.choice([2, 3])} | random.choice([{"points": 4}, {"percent_bp": 20}])
        return [fixed, {"role": "friend", "percent_bp": 30}, above], []
    return random.choice([[], [friend]]), random.choice([[40, 20, 10], [50], [30, 30]])


def _lines(settings: Mapping[str, object]) -> str:
    return "".join(f"{name} = {_toml(value)}\n" for name, value in settings.items() if value is not None)


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    return json.dumps(value)
