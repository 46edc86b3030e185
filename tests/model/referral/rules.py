"""The rules of one referral program, read from its table of the program file and checked for sense."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from model.local_time import Period
from model.referral.splitting import MODELS

METHODS = ("code", "coupon", "click", "invite", "direct")
"""How a friend was reached, the strongest first; a direct visit came by itself."""
PURCHASE_STEPS = ("first_purchase", "every_purchase")
SWITCHES = ("RETURNING", "SAME_IDENTITY", "SAME_CLUSTER", "RING", "SHARED_DEVICE", "SHARED_IP", "DISPOSABLE")
"""Rules about fraud that a program may do without; the others have settings, or always hold."""
MOST_LEVELS = 10
MOST_MILESTONES = 16
LONGEST_LABEL = 64
DAYS_OF_SHORTEST_MONTH = 28


@dataclass(frozen=True)
class Step:
    name: str
    minimum: int = 0


@dataclass(frozen=True)
class RewardRule:
    """Points, fixed or in basis points of a purchase's minor units, a voucher, or both."""

    role: str
    level: int
    points: int = 0
    percent_bp: int = 0
    voucher: str | None = None
    """What a voucher is good for, in the caller's words."""
    voucher_valid: Period | None = None

    @property
    def label(self) -> str:
        return f"upline-{self.level}" if self.role == "upline" else self.role


@dataclass(frozen=True)
class Milestone:
    """What an advocate gets beside, once so many rewards count."""

    friends: int
    points: int = 0
    voucher: str | None = None
    voucher_valid: Period | None = None


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
    credit: str | None
    half_life: Period | None
    milestones: tuple[Milestone, ...]
    outlier: int | None
    rules_off: tuple[str, ...]

    def asks(self, rule: str) -> bool:
        return rule not in self.rules_off

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
        credit=table.get("credit"),
        half_life=_period(table.get("half_life")),
        milestones=tuple(_milestone(one) for one in table.get("milestones", [])),
        outlier=table.get("outlier"),
        rules_off=tuple(table.get("rules_off", [])),
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
    if rules.outlier is not None and rules.outlier < 1:
        return "outlier is an amount, above zero"
    if len(set(rules.rules_off)) < len(rules.rules_off) or not set(rules.rules_off) <= set(SWITCHES):
        return "rules_off names a rule twice, or one that is not known or cannot be switched off"
    checks = (_wrong_steps, _wrong_rewards, _wrong_vouchers, _wrong_milestones, _wrong_credit)
    return next((wrong for check in checks if (wrong := check(rules)) is not None), None)


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
    if any(bp <= 0 for bp in rules.levels) or any(_is_wrong_amount(one) for one in rules.rewards):
        return "a reward is either points or a percentage, above zero, or a voucher"
    if rules.levels and any(one.role != "friend" for one in rules.rewards):
        return "levels reward the advocate and those above"
    needs_sale = bool(rules.levels) or any(one.percent_bp or one.role == "upline" for one in rules.rewards)
    has_sale = rules.needs == len(rules.steps) and any(name in PURCHASE_STEPS for name in rules.step_names)
    if needs_sale and not has_sale:
        return "percentages and uplines need a purchase as a step that cannot be left out"
    points = [*(one.points for one in rules.rewards), *(one.points for one in rules.milestones)]
    if rules.caps.program is not None and any(count > rules.caps.program for count in points):
        return "a reward is above the budget"
    return None


def _is_wrong_amount(rule: RewardRule) -> bool:
    amounts = [amount for amount in (rule.points, rule.percent_bp) if amount]
    return any(amount < 0 for amount in amounts) or len(amounts) > 1 or not (amounts or rule.voucher is not None)


def _wrong_vouchers(rules: ReferralRules) -> str | None:
    given: list[RewardRule | Milestone] = [*rules.rewards, *rules.milestones]
    for one in given:
        if one.voucher is not None and not 1 <= len(one.voucher.encode()) <= LONGEST_LABEL:
            return f"a voucher is 1 to {LONGEST_LABEL} bytes"
        if one.voucher is None and one.voucher_valid is not None:
            return "voucher_valid is about a voucher"
    return None


def _wrong_milestones(rules: ReferralRules) -> str | None:
    friends = [one.friends for one in rules.milestones]
    if len(friends) > MOST_MILESTONES:
        return f"there are more than {MOST_MILESTONES} milestones"
    if any(count < 1 for count in friends) or friends != sorted(set(friends)):
        return "milestones rise, from 1"
    if any(one.points < 0 or (one.points == 0 and one.voucher is None) for one in rules.milestones):
        return "a milestone is points, above zero, or a voucher, or both"
    if friends and not rules.levels and all(one.role != "advocate" for one in rules.rewards):
        return "milestones need a reward of the advocate"
    return None


def _wrong_credit(rules: ReferralRules) -> str | None:
    half_life = rules.half_life
    if rules.credit is not None and rules.credit not in MODELS:
        return "credit has a value that is not known"
    if (half_life is not None) != (rules.credit == "time_decay"):
        return "half_life belongs to credit by time_decay, and to nothing else"
    if half_life is not None and (half_life.months or exact(half_life) < timedelta(seconds=1)):
        return "half_life is at least a second and knows no months"
    if rules.credit is None:
        return None
    if rules.levels or rules.milestones or any(one.role == "upline" for one in rules.rewards):
        return "credit and levels, uplines or milestones do not go together"
    shared = [one for one in rules.rewards if one.role == "advocate"]
    if not shared or shared[0].voucher is not None:
        return "credit needs a reward of the advocate, without a voucher"
    return None


def _reward(one: dict[str, Any]) -> RewardRule:
    if one["role"] not in ("advocate", "friend", "upline"):
        raise ValueError(f"no role {one['role']!r}")
    level = one.get("level", 2) if one["role"] == "upline" else 1
    amounts = (one.get("points", 0), one.get("percent_bp", 0))
    return RewardRule(one["role"], level, *amounts, one.get("voucher"), _period(one.get("voucher_valid")))


def _milestone(one: dict[str, Any]) -> Milestone:
    valid = _period(one.get("voucher_valid"))
    return Milestone(one["friends"], one.get("points", 0), one.get("voucher"), valid)


def _period(text: str | None) -> Period | None:
    return None if text is None else Period.parse(text)


def _shortest(period: Period) -> timedelta:
    return timedelta(days=period.months * DAYS_OF_SHORTEST_MONTH) + exact(period)
