//! The rules of referral programs: one table `[referral.<name>]` of the program file each.

mod compiled;
mod parse;
mod sense;

pub(super) use compiled::{
    has_later_settings, has_rules_off, read, read_later, read_rules_off, require_sense, write,
    write_later, write_rules_off,
};
pub(super) use parse::referrals;

use std::num::NonZeroU64;

use super::Period;

/// The rules of one referral program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralRules {
    pub name: String,
    pub attribution: Attribution,
    /// How several who had a part in it share the advocate's reward; `None`: the advocate of the edge has it alone.
    pub credit: Option<Credit>,
    pub windows: Windows,
    /// How long late facts still join, between recorded times; not longer than `hold`.
    pub grace: Period,
    /// From the qualifying event until its rewards vest.
    pub hold: Period,
    /// From the qualifying event, as long as refunds touch its rewards; `None`: for ever.
    pub clawback: Option<Period>,
    /// From binding, as long as events count.
    pub deadline: Period,
    /// No purchase of the friend may have occurred before the touch.
    pub friend_must_be_new: bool,
    /// Nor may the friend have been a member before it.
    pub friend_not_enrolled: bool,
    pub graph: Graph,
    /// Most ancestors of an advocate in a graph of any shape; 0: no limit.
    pub depth: u32,
    /// Most tokens of touches that are kept; the oldest that nobody claims makes room.
    pub touches: u32,
    /// The friend's first purchase decides alone.
    pub very_first_only: bool,
    pub vest: Vest,
    /// From the end of the hold until a freeze that nobody decided on lapses.
    pub review_by: Period,
    pub shortfall: RewardShortfall,
    /// More binds than this freeze; `None`: any.
    pub velocity: Option<Velocity>,
    /// Qualifying sooner than this after binding freezes; `None`: never.
    pub too_fast: Option<Period>,
    /// A sale of so many minor units or more freezes; `None`: none does.
    pub outlier: Option<i64>,
    /// Rules that are not asked.
    pub rules_off: FraudRules,
    /// In the order of the file; each once.
    pub steps: Vec<Step>,
    /// So many of the steps qualify; from 1 on.
    pub needs: u8,
    /// In the order in which roles are decided; each role once.
    pub rewards: Vec<RewardRule>,
    pub caps: Caps,
    /// Basis points of a purchase by level, the advocate's first; empty without levels.
    pub levels: Vec<u32>,
    /// By the number of friends, rising.
    pub milestones: Vec<Milestone>,
}

/// Which of several touches of one method wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Attribution {
    #[default]
    First = 0,
    Last = 1,
}

/// How a friend was reached, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Method {
    /// A typed code.
    Code = 0,
    /// A code that can be used once.
    Coupon = 1,
    Click = 2,
    Invite = 3,
    /// The visitor came by itself: nobody brought them.
    Direct = 4,
}

/// How touches share the credit for a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credit {
    First,
    Last,
    /// The last that was not direct; the last if all were.
    LastNonDirect,
    Linear,
    /// 40 % to the first, 40 % to the last, 20 % to all between; two share equally.
    Position,
    /// 30 % each to the first, the middle and the last, 10 % to all others; up to three share equally.
    WShaped,
    /// Half as much for each half-life of age, in microseconds.
    TimeDecay(NonZeroU64),
    /// Each advocate once: Shapley's value where all that had a part win together.
    SetLinear,
}

/// How long a touch of each method counts, by the method's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows(pub [Period; Method::ALL.len()]);

/// Who may be referred by whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Graph {
    /// Members with referrals of their own can't be referred.
    #[default]
    LeafOnly = 0,
    /// Anybody who is not above the advocate.
    Any = 1,
}

/// When rewards vest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Vest {
    #[default]
    AtHoldEnd = 0,
    /// When the month is closed.
    AtClose = 1,
}

/// What happens to points of a reward that should be taken back and are gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum RewardShortfall {
    #[default]
    Debt = 0,
    /// Written off, and made good by points that come back later.
    Clamp = 1,
    /// Written off for good; a person looks at it.
    Review = 2,
}

/// So many binds of one advocate pass within a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Velocity {
    pub binds: u16,
    pub within: Period,
}

/// A rule against fraud that has no other setting, and that a program may do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FraudRule {
    Returning = 0,
    SameIdentity = 1,
    SameCluster = 2,
    Ring = 3,
    SharedDevice = 4,
    SharedIp = 5,
    Disposable = 6,
}

/// A set of them: a bit by the number of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FraudRules(u8);

/// What a friend does on the way to qualification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The first purchase of so many minor units or more.
    FirstPurchase {
        minimum: i64,
    },
    /// Each such purchase, by itself.
    EveryPurchase {
        minimum: i64,
    },
    Newsletter,
    DiscountClaim,
    /// Whatever the caller calls so.
    Event(String),
}

/// What one role gets for a qualification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RewardRule {
    pub role: Role,
    /// No points beside a voucher alone.
    pub amount: RewardAmount,
    pub voucher: Option<VoucherRule>,
}

/// A code that is worth something at the till, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoucherRule {
    /// What it is good for, in the words of whoever takes it.
    pub label: String,
    /// From the end of the hold; `None`: for ever.
    pub valid: Option<Period>,
}

/// What an advocate gets beside, once so many friends count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    pub friends: u32,
    /// 0 beside a voucher alone.
    pub points: i64,
    pub voucher: Option<VoucherRule>,
}

/// Whom a reward is for, in the order in which roles are decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Advocate,
    Friend,
    /// So many levels above the friend; the advocate would be level 1.
    Upline(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RewardAmount {
    Points(i64),
    /// Of a purchase's whole amount in minor units, rounded down.
    BasisPoints(u32),
}

/// Most that is given; `None` is unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// Rewards of the role advocate per advocate, for ever.
    pub advocate: Option<i64>,
    /// The same within one calendar month of the program's zone.
    pub advocate_month: Option<i64>,
    /// Points of all roles together.
    pub program: Option<i64>,
}

impl ReferralRules {
    /// Most referral programs of a ledger.
    pub const MOST: usize = 64;
    /// Most steps of a referral program.
    pub const MOST_STEPS: usize = 32;
    /// Most levels that are rewarded, the advocate's included.
    pub const MOST_LEVELS: usize = 10;
    /// The largest part of a purchase that a reward may be.
    pub const MOST_BASIS_POINTS: u32 = 1_000_000;
    /// Most tokens that can be kept.
    pub const MOST_TOUCHES: u32 = 100_000_000;
    /// The largest depth that can be stated.
    pub const MOST_DEPTH: u32 = 1_000_000;
    /// Most milestones of a referral program.
    pub const MOST_MILESTONES: usize = 16;
    /// Most friends that a milestone can ask for.
    pub const MOST_FRIENDS: u32 = 1_000_000;

    /// Rules with every setting at its default; steps have none.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            attribution: Attribution::default(),
            credit: None,
            windows: Windows([Period::of_days(30); Method::ALL.len()]),
            grace: Period {
                seconds: 86_400,
                ..Period::ZERO
            },
            hold: Period::of_days(14),
            clawback: None,
            deadline: Period::of_days(90),
            friend_must_be_new: true,
            friend_not_enrolled: false,
            graph: Graph::default(),
            depth: 0,
            touches: 1_000_000,
            very_first_only: false,
            vest: Vest::default(),
            review_by: Period::of_days(30),
            shortfall: RewardShortfall::default(),
            velocity: None,
            too_fast: None,
            outlier: None,
            rules_off: FraudRules::default(),
            steps: Vec::new(),
            needs: 0,
            rewards: Vec::new(),
            caps: Caps::default(),
            levels: Vec::new(),
            milestones: Vec::new(),
        }
    }

    /// Whether each purchase is a conversion of its own.
    pub fn is_for_every_purchase(&self) -> bool {
        matches!(self.steps.as_slice(), [Step::EveryPurchase { .. }])
    }
}

impl Attribution {
    pub const ALL: [(&'static str, Self); 2] = [("first", Self::First), ("last", Self::Last)];
}

impl Method {
    pub const ALL: [(&'static str, Self); 5] = [
        ("code", Self::Code),
        ("coupon", Self::Coupon),
        ("click", Self::Click),
        ("invite", Self::Invite),
        ("direct", Self::Direct),
    ];
}

impl Credit {
    /// Every model but the decay with time, which has a half-life.
    pub const PLAIN: [(&'static str, Self); 7] = [
        ("first", Self::First),
        ("last", Self::Last),
        ("last_non_direct", Self::LastNonDirect),
        ("linear", Self::Linear),
        ("position", Self::Position),
        ("w_shaped", Self::WShaped),
        ("set_linear", Self::SetLinear),
    ];
    pub const TIME_DECAY: &'static str = "time_decay";
}

impl VoucherRule {
    /// Longest label, in bytes.
    pub const LONGEST_LABEL: usize = 64;
}

impl Windows {
    pub fn of(&self, method: Method) -> Period {
        self.0[method as usize]
    }
}

impl Graph {
    pub const ALL: [(&'static str, Self); 2] = [("leaf_only", Self::LeafOnly), ("any", Self::Any)];
}

impl Vest {
    pub const ALL: [(&'static str, Self); 2] = [
        ("at_hold_end", Self::AtHoldEnd),
        ("at_close", Self::AtClose),
    ];
}

impl RewardShortfall {
    pub const ALL: [(&'static str, Self); 3] = [
        ("debt", Self::Debt),
        ("clamp", Self::Clamp),
        ("review", Self::Review),
    ];
}

impl Velocity {
    /// Most binds that can be stated.
    pub const MOST_BINDS: u16 = 1_000;
}

impl FraudRule {
    pub const ALL: [(&'static str, Self); 7] = [
        ("RETURNING", Self::Returning),
        ("SAME_IDENTITY", Self::SameIdentity),
        ("SAME_CLUSTER", Self::SameCluster),
        ("RING", Self::Ring),
        ("SHARED_DEVICE", Self::SharedDevice),
        ("SHARED_IP", Self::SharedIp),
        ("DISPOSABLE", Self::Disposable),
    ];
}

impl FraudRules {
    /// The set with these bits, if there is one.
    pub fn from_bits(bits: u8) -> Option<Self> {
        (bits >> FraudRule::ALL.len() == 0).then_some(Self(bits))
    }

    pub const fn bits(self) -> u8 {
        self.0
    }

    pub fn has(self, rule: FraudRule) -> bool {
        self.0 & (1 << rule as u8) != 0
    }

    #[must_use]
    pub fn with(self, rule: FraudRule) -> Self {
        Self(self.0 | 1 << rule as u8)
    }
}

impl Step {
    /// Longest name of an event, in bytes.
    pub const LONGEST_EVENT: usize = 64;
    /// What stands before the name of an event.
    pub const EVENT: &'static str = "event:";

    /// The step as the program file and requests name it.
    pub fn name(&self) -> String {
        match self {
            Self::FirstPurchase { .. } => "first_purchase".to_owned(),
            Self::EveryPurchase { .. } => "every_purchase".to_owned(),
            Self::Newsletter => "newsletter".to_owned(),
            Self::DiscountClaim => "discount_claim".to_owned(),
            Self::Event(name) => format!("{}{name}", Self::EVENT),
        }
    }

    /// The amount from which a purchase is this step; `None` if no purchase is.
    pub fn minimum(&self) -> Option<i64> {
        match self {
            Self::FirstPurchase { minimum } | Self::EveryPurchase { minimum } => Some(*minimum),
            Self::Newsletter | Self::DiscountClaim | Self::Event(_) => None,
        }
    }

    /// Whether both are the same step, whatever their minimum.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Event(one), Self::Event(another)) => one == another,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl RewardAmount {
    /// The points for a purchase of so many minor units; as many as fit a number.
    pub fn points(self, minor_units: i64) -> i64 {
        match self {
            Self::Points(points) => points,
            Self::BasisPoints(part) => {
                let whole = i128::from(minor_units).saturating_mul(i128::from(part)) / 10_000;
                i64::try_from(whole).unwrap_or(i64::MAX)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_numbered_in_the_order_of_their_names() {
        let numbers = |numbers: Vec<u8>| numbers.into_iter().enumerate();
        let all = [
            Attribution::ALL.map(|(_, one)| one as u8).to_vec(),
            Method::ALL.map(|(_, one)| one as u8).to_vec(),
            Graph::ALL.map(|(_, one)| one as u8).to_vec(),
            Vest::ALL.map(|(_, one)| one as u8).to_vec(),
            RewardShortfall::ALL.map(|(_, one)| one as u8).to_vec(),
            FraudRule::ALL.map(|(_, one)| one as u8).to_vec(),
        ];
        for (place, number) in all.into_iter().flat_map(numbers) {
            assert_eq!(usize::from(number), place);
        }
    }

    #[test]
    fn percentages_are_rounded_down() {
        let cases = [
            (RewardAmount::Points(500), 0, 500),
            (RewardAmount::BasisPoints(500), 12_000, 600),
            (RewardAmount::BasisPoints(500), 19, 0),
            (RewardAmount::BasisPoints(500), 20, 1),
            (RewardAmount::BasisPoints(1_000_000), i64::MAX, i64::MAX),
        ];
        for (amount, minor_units, points) in cases {
            assert_eq!(amount.points(minor_units), points, "{amount:?}");
        }
    }
}
