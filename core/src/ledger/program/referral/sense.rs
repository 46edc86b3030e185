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
    /// The compiled form can say so; a file can't.
    RewardOfNothing(usize),
    RewardBesideLevels(usize),
    LevelsWithoutPurchase,
    RewardWithoutPurchase(usize),
    RewardAboveBudget(usize),
    CreditWithoutReward,
    LevelsBesideCredit,
    UplineBesideCredit(usize),
    VoucherBesideCredit(usize),
    MilestonesBesideCredit,
    MilestonesWithoutReward,
    MilestonesDoNotRise(usize),
    MilestoneAboveBudget(usize),
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
            | Self::RewardOfNothing(_)
            | Self::RewardBesideLevels(_)
            | Self::RewardWithoutPurchase(_)
            | Self::UplineBesideCredit(_)
            | Self::VoucherBesideCredit(_)
            | Self::RewardAboveBudget(_) => "rewards.role",
            Self::LevelsWithoutPurchase | Self::LevelsBesideCredit => "levels",
            Self::CreditWithoutReward => "credit",
            Self::MilestonesBesideCredit
            | Self::MilestonesWithoutReward
            | Self::MilestonesDoNotRise(_)
            | Self::MilestoneAboveBudget(_) => "milestones",
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
            Self::RewardOfNothing(_) => "this role gets nothing; write `points` or a `voucher`",
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
            Self::CreditWithoutReward => {
                "there is no reward of role \"advocate\" to share; add one"
            }
            Self::LevelsBesideCredit => {
                "`credit` shares one reward among advocates; remove the levels, or the credit"
            }
            Self::UplineBesideCredit(_) => {
                "`credit` shares one reward among advocates; remove this upline, or the credit"
            }
            Self::VoucherBesideCredit(_) => "a voucher cannot be shared; remove it, or the credit",
            Self::MilestonesBesideCredit => {
                "`credit` shares one reward among advocates; remove the milestones, or the credit"
            }
            Self::MilestonesWithoutReward => {
                "milestones count rewards of the advocate; add one, or levels"
            }
            Self::MilestonesDoNotRise(_) => {
                "it asks for no more friends than the one before; put them in order"
            }
            Self::MilestoneAboveBudget(_) => {
                "the milestone is above `caps.program`; lower it, or raise the cap"
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
            .or_else(|| self.nonsense_of_credit())
            .or_else(|| self.nonsense_of_milestones())
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
        if let Some(place) = first(&RewardRule::is_nothing) {
            return Some(Nonsense::RewardOfNothing(place));
        }
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

    fn nonsense_of_credit(&self) -> Option<Nonsense> {
        self.credit?;
        let place = |is_meant: fn(&RewardRule) -> bool| self.rewards.iter().position(is_meant);
        if !self.levels.is_empty() {
            return Some(Nonsense::LevelsBesideCredit);
        }
        let Some(advocate) = place(|reward| reward.role == Role::Advocate) else {
            return Some(Nonsense::CreditWithoutReward);
        };
        if let Some(upline) = place(|reward| matches!(reward.role, Role::Upline(_))) {
            return Some(Nonsense::UplineBesideCredit(upline));
        }
        let has_voucher = self.rewards[advocate].voucher.is_some();
        if has_voucher {
            return Some(Nonsense::VoucherBesideCredit(advocate));
        }
        (!self.milestones.is_empty()).then_some(Nonsense::MilestonesBesideCredit)
    }

    fn nonsense_of_milestones(&self) -> Option<Nonsense> {
        let is_rewarded = self.rewards.iter().any(|one| one.role == Role::Advocate);
        if !self.milestones.is_empty() && !is_rewarded && self.levels.is_empty() {
            return Some(Nonsense::MilestonesWithoutReward);
        }
        let mut pairs = self.milestones.windows(2);
        if let Some(place) = pairs.position(|pair| pair[0].friends >= pair[1].friends) {
            return Some(Nonsense::MilestonesDoNotRise(place + 1));
        }
        let budget = self.caps.program.unwrap_or(i64::MAX);
        let above = self.milestones.iter().position(|one| one.points > budget);
        above.map(Nonsense::MilestoneAboveBudget)
    }

    /// Whether nothing qualifies without a purchase.
    fn always_has_purchase(&self) -> bool {
        let is_purchase = |step: &Step| step.minimum().is_some();
        usize::from(self.needs) == self.steps.len() && self.steps.iter().any(is_purchase)
    }
}

impl RewardRule {
    fn is_nothing(&self) -> bool {
        self.amount == RewardAmount::Points(0) && self.voucher.is_none()
    }

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
