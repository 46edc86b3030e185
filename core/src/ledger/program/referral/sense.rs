//! What makes no sense in the rules of a referral program, though each setting alone is fine.

use std::fmt;

use super::{Period, ReferralRules, RewardAmount, RewardRule, Role, Step};

const DAYS_OF_SHORTEST_MONTH: u64 = 28;

/// The first thing that makes no sense; numbers are places in the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nonsense {
    GraceAboveHold,
    NoStep,
    StepTwice(usize),
    NeedsAboveSteps,
    EveryPurchaseAmongOthers(usize),
    RoleTwice(usize),
    RewardBesideLevels(usize),
    LevelsWithoutPurchase,
    RewardWithoutPurchase(usize),
    RewardAboveBudget(usize),
}

impl Nonsense {
    /// The field that is at fault.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::GraceAboveHold => "grace",
            Self::NoStep => "steps",
            Self::StepTwice(_) | Self::EveryPurchaseAmongOthers(_) => "steps.step",
            Self::NeedsAboveSteps => "needs",
            Self::RoleTwice(_)
            | Self::RewardBesideLevels(_)
            | Self::RewardWithoutPurchase(_)
            | Self::RewardAboveBudget(_) => "rewards.role",
            Self::LevelsWithoutPurchase => "levels",
        }
    }
}

impl fmt::Display for Nonsense {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::GraceAboveHold => "longer than `hold`; write a shorter one, or a longer `hold`",
            Self::NoStep => "there is no step; add one like { step = \"first_purchase\" }",
            Self::StepTwice(_) => "this step stands there twice; remove one",
            Self::NeedsAboveSteps => "there are fewer steps; write a smaller number",
            Self::EveryPurchaseAmongOthers(_) => {
                "\"every_purchase\" stands alone; remove the other steps"
            }
            Self::RoleTwice(_) => "this role is rewarded twice; remove one",
            Self::RewardBesideLevels(_) => {
                "`levels` reward the advocate and those above; remove this reward, or the levels"
            }
            Self::LevelsWithoutPurchase => {
                "levels share a purchase; add one as a step that is always needed"
            }
            Self::RewardWithoutPurchase(_) => {
                "percentages and uplines need a purchase; add one as a step that is always needed"
            }
            Self::RewardAboveBudget(_) => {
                "the reward is above `caps.program`; lower it, or raise the cap"
            }
        })
    }
}

impl ReferralRules {
    pub(super) fn nonsense(&self) -> Option<Nonsense> {
        if shortest_seconds(self.grace) > shortest_seconds(self.hold) {
            return Some(Nonsense::GraceAboveHold);
        }
        self.nonsense_of_steps()
            .or_else(|| self.nonsense_of_rewards())
    }

    fn nonsense_of_steps(&self) -> Option<Nonsense> {
        if self.steps.is_empty() {
            return Some(Nonsense::NoStep);
        }
        if let Some(place) = place_of_second(&self.steps, Step::is_same) {
            return Some(Nonsense::StepTwice(place));
        }
        if !(1..=self.steps.len()).contains(&usize::from(self.needs)) {
            return Some(Nonsense::NeedsAboveSteps);
        }
        let every = |step: &Step| matches!(step, Step::EveryPurchase { .. });
        let place = self.steps.iter().position(every);
        place
            .filter(|_| self.steps.len() > 1)
            .map(Nonsense::EveryPurchaseAmongOthers)
    }

    fn nonsense_of_rewards(&self) -> Option<Nonsense> {
        let is_same_role = |one: &RewardRule, other: &RewardRule| one.role == other.role;
        if let Some(place) = place_of_second(&self.rewards, is_same_role) {
            return Some(Nonsense::RoleTwice(place));
        }
        let first = |is_meant: &dyn Fn(&RewardRule) -> bool| self.rewards.iter().position(is_meant);
        let beside_levels = first(&|reward| reward.role != Role::Friend);
        if let Some(place) = beside_levels.filter(|_| !self.levels.is_empty()) {
            return Some(Nonsense::RewardBesideLevels(place));
        }
        if !self.always_has_purchase() {
            if !self.levels.is_empty() {
                return Some(Nonsense::LevelsWithoutPurchase);
            }
            if let Some(place) = first(&RewardRule::is_of_purchase) {
                return Some(Nonsense::RewardWithoutPurchase(place));
            }
        }
        let budget = self.caps.program.unwrap_or(i64::MAX);
        let is_above = |reward: &RewardRule| matches!(reward.amount, RewardAmount::Points(points) if points > budget);
        first(&is_above).map(Nonsense::RewardAboveBudget)
    }

    /// Whether nothing qualifies without a purchase.
    fn always_has_purchase(&self) -> bool {
        let is_purchase = |step: &Step| step.minimum().is_some();
        usize::from(self.needs) == self.steps.len() && self.steps.iter().any(is_purchase)
    }
}

impl RewardRule {
    /// Whether the reward is a part of a purchase, or goes beyond the advocate.
    fn is_of_purchase(&self) -> bool {
        let is_part = matches!(self.amount, RewardAmount::BasisPoints(_));
        is_part || matches!(self.role, Role::Upline(_))
    }
}

/// The place of the first that is the same as one before it.
fn place_of_second<T>(all: &[T], is_same: impl Fn(&T, &T) -> bool) -> Option<usize> {
    let is_second = |place: &usize| {
        let (before, rest) = all.split_at(*place);
        before.iter().any(|one| is_same(one, &rest[0]))
    };
    (0..all.len()).find(is_second)
}

/// The length of a period whose months are as short as they can be.
fn shortest_seconds(period: Period) -> u64 {
    let days = u64::from(period.months) * DAYS_OF_SHORTEST_MONTH + u64::from(period.days);
    days * 86_400 + u64::from(period.seconds)
}
