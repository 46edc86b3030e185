"""Random referral programs: short periods, small caps, so that histories get to the edges of all of them."""

import json
from collections.abc import Mapping
from random import Random

from model.referral.rules import SWITCHES
from model.referral.splitting import MODELS

STEPS = ("newsletter", "event:app")
LABELS = ("a coffee", "Kuchen", "20 % off")
MINIMA = (0, 1000, 2500, 4000)


def referral_table(random: Random, name: str) -> str:
    """The TOML of one referral program."""
    steps, needs, has_sale = _steps(random)
    settings = _settings(random) | ({} if needs is None else {"needs": needs})
    text = f"[referral.{name}]\n" + _lines(settings)
    rewards, levels, more = _rewards(random, has_sale=has_sale)
    text += _lines(more)
    for kind, rows in (("steps", steps), ("rewards", rewards)):
        text += "".join(f"[[referral.{name}.{kind}]]\n{_lines(row)}" for row in rows)
    caps = {
        "advocate": random.choice([None, None, 1, 2]),
        "advocate_month": random.choice([None, None, 1, 2]),
        "program": random.choice([None, None, None, 40, 70]),
    }
    text += f"[referral.{name}.caps]\n{_lines(caps)}"
    return text + (f"[referral.{name}.levels]\n{_lines({'basis_points': levels})}" if levels else "")


def _settings(random: Random) -> dict[str, object]:
    choose = random.choice
    long, short = [("PT24H", "P14D"), ("PT24H", "P14D"), ("P2D", "P1M")], [("PT1H", "PT1H"), ("PT24H", "P1D")]
    grace, hold = choose([*long, *short, *short, ("PT1H", "P3D")])
    return {
        "window": choose(["P30D", "P3D", "P1M"]),
        "windows": choose([None, None, {"click": "P1D", "direct": "P2D"}, {"invite": "PT2H", "coupon": "P2D"}]),
        "attribution": choose(["first", "last"]),
        "grace": grace,
        "hold": hold,
        "clawback": choose([None, None, "P10D", "P1M"]),
        "deadline": choose(["P90D", "P5D", "P1M"]),
        "friend_must_be_new": choose([True, False]),
        "friend_not_enrolled": choose([False, False, True]),
        "graph": choose(["leaf_only", "any"]),
        "depth": choose([0, 1, 2]),
        "very_first_only": choose([False, False, True]),
        "vest": choose(["at_hold_end", "at_hold_end", "at_close"]),
        "review_by": choose(["P30D", "P2D"]),
        "shortfall": choose(["debt", "clamp", "review"]),
        "velocity": choose([None, None, {"binds": 2, "within": "P3D"}, {"binds": 1, "within": "PT1H"}]),
        "too_fast": choose([None, None, "PT1H"]),
        "outlier": choose([None, None, None, 3000, 4500]),
        "rules_off": choose([None, None, None, [], random.sample(SWITCHES, choose([1, 1, 2, 3, len(SWITCHES)]))]),
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


Rewards = tuple[list[dict[str, object]], list[int], dict[str, object]]


def _rewards(random: Random, *, has_sale: bool) -> Rewards:
    """Rewards by role, with vouchers beside or instead; basis points of the levels; and credit or milestones."""
    rewards, levels = _points(random, has_sale=has_sale)
    is_simple = not levels and all(one["role"] != "upline" for one in rewards)
    more = _credit(random) if is_simple and random.random() < 0.65 else {}
    for reward in rewards:
        if random.random() < 0.5 and not (more and reward["role"] == "advocate"):
            reward |= _voucher(random)
            if random.random() < 0.4:
                reward.pop("points", None), reward.pop("percent_bp", None)
    if not more and random.random() < 0.4:
        more = {"milestones": _milestones(random)}
    return rewards, levels, more


def _points(random: Random, *, has_sale: bool) -> tuple[list[dict[str, object]], list[int]]:
    friend: dict[str, object] = {"role": "friend", "points": random.choice([7, 10])}
    fixed: dict[str, object] = {"role": "advocate", "points": random.choice([12, 20])}
    kind = random.random() if has_sale else 0.0
    if kind < 0.45:
        return [fixed, friend], []
    if kind < 0.65:
        return [{"role": "advocate", "percent_bp": 50}, friend], []
    if kind < 0.85:
        above = {"role": "upline", "level": random.choice([2, 3])} | random.choice([{"points": 4}, {"percent_bp": 20}])
        return [fixed, {"role": "friend", "percent_bp": 30}, above], []
    return random.choice([[], [friend]]), random.choice([[40, 20, 10], [50], [30, 30]])


def _credit(random: Random) -> dict[str, object]:
    credit = random.choice(MODELS)
    return {"credit": credit} | ({"half_life": random.choice(["PT1H", "P7D"])} if credit == "time_decay" else {})


def _voucher(random: Random) -> dict[str, object]:
    """What it is good for, and for how long."""
    valid = random.choice([None, None, "P3D", "P1M"])
    return {"voucher": random.choice(LABELS)} | ({} if valid is None else {"voucher_valid": valid})


def _milestones(random: Random) -> list[dict[str, object]]:
    friends = sorted(random.sample([1, 2, 3], random.choice([1, 1, 2])))
    kinds: list[dict[str, object]] = [{"points": 9}, _voucher(random), {"points": 5, **_voucher(random)}]
    return [{"friends": count, **random.choice(kinds)} for count in friends]


def _lines(settings: Mapping[str, object]) -> str:
    return "".join(f"{name} = {_toml(value)}\n" for name, value in settings.items() if value is not None)


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)
