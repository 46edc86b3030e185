"""The rules of one referral program, read from its table of the program file and checked for sense."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from model.local_time import Period

METHODS = ("code", "coupon", "click", "invite")
"""How a friend was reached, the strongest first."""
PURCHASE_STEPS = ("first_purchase", "every_purchase")
MOST_LEVELS = 10
DAYS_OF_SHORTEST_MONTH = 28


@dataclass(frozen=True)
class Step:
    name: str
    minimum: int = 0


@dataclass(frozen=True)
class RewardRule:
    """A fixed reward in points, or one in basis points of a purchase's minor units."""

    role: str
    level: int
    points: int = 0
    percent_bp: int = 0

    @property
    def label(self) -> str:
        return f"upline-{self.level}" if self.role == "upline" else self.role


@dataclass(frozen=True)
class Caps:
    advocate: int | None
    advocate_month: int | None
    program: int | None


@dataclass(frozen=True)
class ReferralRules:
    name: str
    zone: ZoneInfo
    attribution: str
    windows: dict[str, Period]
    grace: Period
    hold: Period
    clawback: Period | None
    deadline: Period
    friend_must_be_new: bool
    friend_not_enrolled: bool
    graph: str
    depth: int
    very_first_only: bool
    vest: str
    review_by: Period
    shortfall: str
    velocity: tuple[int, Period] | None
    too_fast: Period | None
    steps: tuple[Step, ...]
    needs: int
    rewards: tuple[RewardRule, ...]
    caps: Caps
    levels: tuple[int, ...]

    def after(self, instant: datetime, period: Period) -> datetime:
        """Weeks, days and hours are exact time; months and years pass on the calendar of the program's zone."""
        if period.months == 0:
            return instant + exact(period)
        return period.later(instant, self.zone)

    @property
    def step_names(self) -> tuple[str, ...]:
        return tuple(step.name for step in self.steps)

    @property
    def is_for_every_purchase(self) -> bool:
        return self.step_names == ("every_purchase",)


def parse_referral(name: str, zone: ZoneInfo, table: dict[str, Any]) -> ReferralRules:
    steps = tuple(Step(one["step"], one.get("minimum", 0)) for one in table.get("steps", []))
    caps, velocity = table.get("caps", {}), table.get("velocity")
    everywhere = table.get("window", "P30D")
    windows = dict.fromkeys(METHODS, everywhere) | table.get("windows", {})
    rules = ReferralRules(
        name=name,
        zone=zone,
        attribution=table.get("attribution", "first"),
        windows={method: Period.parse(period) for method, period in windows.items()},
        grace=Period.parse(table.get("grace", "PT24H")),
        hold=Period.parse(table.get("hold", "P14D")),
        clawback=_period(table.get("clawback")),
        deadline=Period.parse(table.get("deadline", "P90D")),
        friend_must_be_new=table.get("friend_must_be_new", True),
        friend_not_enrolled=table.get("friend_not_enrolled", False),
        graph=table.get("graph", "leaf_only"),
        depth=table.get("depth", 0),
        very_first_only=table.get("very_first_only", False),
        vest=table.get("vest", "at_hold_end"),
        review_by=Period.parse(table.get("review_by", "P30D")),
        shortfall=table.get("shortfall", "debt"),
        velocity=None if velocity is None else (velocity["binds"], Period.parse(velocity["within"])),
        too_fast=_period(table.get("too_fast")),
        steps=steps,
        needs=table.get("needs", len(steps)),
        rewards=tuple(_reward(one) for one in table.get("rewards", [])),
        caps=Caps(caps.get("advocate"), caps.get("advocate_month"), caps.get("program")),
        levels=tuple(table.get("levels", {}).get("basis_points", [])),
    )
    wrong = _wrong(rules)
    if wrong is not None:
        raise ValueError(f"referral.{name}: {wrong}")
    return rules


def exact(period: Period) -> timedelta:
    return timedelta(days=period.days) + period.exact


def _wrong(rules: ReferralRules) -> str | None:
    """What is wrong with a program as a whole, in the order in which it is told."""
    choices = (
        (rules.attribution, ("first", "last")),
        (rules.graph, ("leaf_only", "any")),
        (rules.vest, ("at_hold_end", "at_close")),
        (rules.shortfall, ("debt", "clamp", "review")),
    )
    if any(chosen not in among for chosen, among in choices) or not set(rules.windows) <= set(METHODS):
        return "a setting has a value that is not known"
    if _shortest(rules.grace) > _shortest(rules.hold):
        return "grace is longer than hold"
    return _wrong_steps(rules) or _wrong_rewards(rules)


def _wrong_steps(rules: ReferralRules) -> str | None:
    names = rules.step_names
    simple = (*PURCHASE_STEPS, "newsletter", "discount_claim")
    if not names or any(name not in simple and not name.startswith("event:") for name in names):
        return "a step is not known, or there is none"
    if len(set(names)) < len(names) or not 1 <= rules.needs <= len(names):
        return "a step stands twice, or more are needed than there are"
    if "every_purchase" in names and len(names) > 1:
        return "every_purchase stands alone"
    return None


def _wrong_rewards(rules: ReferralRules) -> str | None:
    labels = [one.label for one in rules.rewards]
    if len(set(labels)) < len(labels):
        return "a role is rewarded twice"
    if len(rules.levels) > MOST_LEVELS or any(one.level > MOST_LEVELS for one in rules.rewards):
        return f"there are more than {MOST_LEVELS} levels"
    if any(bp <= 0 for bp in rules.levels) or any((one.points > 0) == (one.percent_bp > 0) for one in rules.rewards):
        return "a reward is either points or a percentage, above zero"
    if rules.levels and any(one.role != "friend" for one in rules.rewards):
        return "levels reward the advocate and those above"
    needs_sale = bool(rules.levels) or any(one.percent_bp or one.role == "upline" for one in rules.rewards)
    has_sale = rules.needs == len(rules.steps) and any(name in PURCHASE_STEPS for name in rules.step_names)
    if needs_sale and not has_sale:
        return "percentages and uplines need a purchase as a step that cannot be left out"
    if rules.caps.program is not None and any(one.points > rules.caps.program for one in rules.rewards):
        return "a reward is above the budget"
    return None


def _reward(one: dict[str, Any]) -> RewardRule:
    if one["role"] not in ("advocate", "friend", "upline"):
        raise ValueError(f"no role {one['role']!r}")
    level = one.get("level", 2) if one["role"] == "upline" else 1
    return RewardRule(one["role"], level, one.get("points", 0), one.get("percent_bp", 0))


def _period(text: str | None) -> Period | None:
    return None if text is None else Period.parse(text)


def _shortest(period: Period) -> timedelta:
    return timedelta(days=period.months * DAYS_OF_SHORTEST_MONTH) + exact(period)
