//! What is known of one friend in one program: the claim, who won, what was done, and what was decided for it.

use super::commands::Month;
use super::touch::Method;
use super::voucher::Voucher;
use crate::ledger::entry::WalletId;
use crate::ledger::program::ReferralRules;
use crate::ledger::rejection::Code;
use crate::ledger::time::Instant;

/// Somebody was reached by a code; named by the key of the entry that told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    pub key: Box<str>,
    pub method: Method,
    /// Empty if nobody brought the visitor.
    pub code: Box<str>,
    /// `NOBODY` then.
    pub advocate: u32,
    pub touched_at: Instant,
}

impl Touch {
    /// The advocate of a visit that came by itself.
    pub const NOBODY: u32 = u32::MAX;

    pub fn is_direct(&self) -> bool {
        self.method == Method::Direct
    }
}

/// One friend in one program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    pub claim: Option<Box<Claim>>,
    /// Sequence of the entry that first told of a claim; 0 before.
    pub first_claim: u64,
    pub edge: Option<Edge>,
    /// Denied by a person, for good.
    pub is_void: bool,
    /// A person gave the friend to another advocate: no touch wins any more.
    pub is_moved: bool,
    /// Why the friend is bound to nobody, or why the edge is void.
    pub reason: Option<Code>,
    pub is_frozen: bool,
    /// No rule freezes this edge again.
    pub was_released: bool,
    pub notes: Notes,
    /// What was done that is no purchase, in the order in which it was told.
    pub steps: Vec<StepDone>,
    pub conversions: Vec<Conversion>,
}

/// A friend's word that a code or a token was theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub key: Box<str>,
    pub code: Option<Box<str>>,
    pub token: Option<Box<str>>,
    pub identified_at: Instant,
    pub recorded_at: Instant,
    pub at_checkout: bool,
    /// The edge was closed before.
    pub came_late: bool,
    /// The code, once it was found good.
    pub typed: Option<Touch>,
    /// By the key of a touch, the first rule about others that denied it, decided once.
    pub verdicts: Vec<(Box<str>, Option<Code>)>,
    /// Keys of the touches that have a part in what several share, in the order in which they happened.
    pub contacts: Vec<Box<str>>,
}

/// Who brought the friend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    pub advocate: u32,
    /// Key of the touch that won, and its code.
    pub touch: Box<str>,
    pub code: Box<str>,
    pub bound_at: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepDone {
    pub key: Box<str>,
    pub step: Box<str>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
}

/// A referral that fulfilled its conditions, decided for every role at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// Key of the entry that fulfilled them.
    pub event: Box<str>,
    pub occurred_at: Instant,
    /// Sequence of the purchase among the steps; 0 if there is none.
    pub sale: u64,
    /// The program whose rules decide.
    pub program: u32,
    /// When the first of the events that stood here was recorded.
    pub recorded_at: Instant,
    /// Of the event, in the program's zone.
    pub month: Month,
    /// Refunds that occurred from then on touch nothing.
    pub clawback_ends_at: Instant,
    /// What vests waits for the close of its month.
    pub vests_at_close: bool,
    pub rewards: Vec<Reward>,
    /// A freeze was not decided on in time.
    pub has_lapsed: bool,
}

/// What was decided for one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reward {
    pub role: RoleNumber,
    pub member: u32,
    pub currency: u8,
    /// As decided; `kept` is what nothing has taken since.
    pub points: i64,
    pub kept: i64,
    pub hold_ends_at: Instant,
    /// A share of what the levels get together.
    pub from_pool: bool,
    pub ended: Option<Ended>,
    /// Frozen until a person decides, and at most until then; `NEVER`: not frozen.
    pub frozen_until: Instant,
    /// A close has let it go.
    pub is_closed_out: bool,
    /// What its lots come from; 0 if none were given.
    pub origin: u64,
    /// Points taken back after they had vested, less those given back.
    pub clawed: i64,
    /// Points that a chargeback took, and how many of them had vested.
    pub charged_back: i64,
    pub charged_back_vested: i64,
    /// Given beside the points, or alone.
    pub voucher: Option<Box<Voucher>>,
}

/// Nothing of it is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Ended {
    CapLimited = 1,
    Cancelled = 2,
    Clawed = 3,
}

/// 0 the friend; then the level above, the advocate's being 1; from 16 on the advocate's milestones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleNumber(pub u8);

/// Rules about fraud that freeze or note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Rule {
    SameCluster = 0,
    Ring = 1,
    SharedDevice = 2,
    SharedIp = 3,
    Disposable = 4,
    Velocity = 5,
    TooFast = 6,
    AmountOutlier = 7,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Finding {
    /// The rule was not asked.
    #[default]
    None = 0,
    Passed = 1,
    Noted = 2,
    Froze = 3,
    NotEvaluated = 4,
}

/// What each rule found, three bits each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes(pub u32);

/// A purchase as a fact about its buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    pub sequence: u64,
    pub key: Box<str>,
    /// Minor units at the till.
    pub amount: i64,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    /// It was undone before it came: it earned nothing, but it happened.
    pub never_stood: bool,
    pub refunds: Vec<Refund>,
}

/// Money of a sale that came back, or that such a return was undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Sequence of the return.
    pub entry: u64,
    /// Minor units; below zero when it was undone.
    pub amount: i64,
    pub occurred_at: Instant,
    pub is_chargeback: bool,
    pub is_undone: bool,
}

impl File {
    /// The edge, unless it is void.
    pub fn bound(&self) -> Option<&Edge> {
        self.edge.as_ref().filter(|_| !self.is_void)
    }

    /// Whether a reward is for a part that somebody else than the advocate of the edge had in it.
    pub fn is_shared_with(&self, reward: &Reward) -> bool {
        let is_other = |edge: &Edge| edge.advocate != reward.member;
        reward.role == RoleNumber::ADVOCATE && !self.is_moved && self.bound().is_some_and(is_other)
    }

    /// What time alone has done: freezes that nobody decided on have lapsed.
    pub fn settle(&mut self, now: Instant) {
        for conversion in &mut self.conversions {
            for reward in &mut conversion.rewards {
                if reward.ended.is_none() && reward.frozen_until <= now {
                    reward.kept = 0;
                    reward.frozen_until = Instant::NEVER;
                    reward.ended = Some(Ended::Cancelled);
                    conversion.has_lapsed = true;
                }
            }
        }
    }

    pub fn rewards(&self) -> impl Iterator<Item = (&Conversion, &Reward)> {
        let of = |conversion: &'_ Conversion| conversion.rewards.len();
        self.conversions
            .iter()
            .flat_map(move |one| (0..of(one)).map(move |place| (one, &one.rewards[place])))
    }
}

impl Reward {
    /// A reward of nothing for the friend.
    #[cfg(test)]
    pub fn nothing() -> Reward {
        Reward {
            role: RoleNumber::FRIEND,
            member: 0,
            currency: 0,
            points: 0,
            kept: 0,
            hold_ends_at: Instant::NEVER,
            from_pool: false,
            ended: None,
            frozen_until: Instant::NEVER,
            is_closed_out: false,
            origin: 0,
            clawed: 0,
            charged_back: 0,
            charged_back_vested: 0,
            voucher: None,
        }
    }

    /// The wallet that its points are in.
    pub const fn wallet(&self) -> WalletId {
        WalletId {
            member: self.member,
            currency: self.currency,
        }
    }

    /// Whether a chargeback has taken of it.
    pub fn is_charged_back(&self) -> bool {
        let voucher = self.voucher.as_ref();
        self.charged_back > 0 || voucher.is_some_and(|voucher| voucher.is_charged_back)
    }

    /// A reward of the role advocate that counts against caps.
    pub fn counts(&self) -> bool {
        self.role == RoleNumber::ADVOCATE && self.ended.is_none()
    }

    /// Whether it may still wait for a close.
    pub fn may_wait(&self) -> bool {
        self.ended.is_none() && self.frozen_until == Instant::NEVER && !self.is_closed_out
    }
}

impl RoleNumber {
    pub const FRIEND: RoleNumber = RoleNumber(0);
    pub const ADVOCATE: RoleNumber = RoleNumber(1);
    const FIRST_MILESTONE: u8 = 16;

    /// The milestone at a place among the rules, from 0 on.
    pub const fn milestone(place: u8) -> RoleNumber {
        RoleNumber(Self::FIRST_MILESTONE + place)
    }

    pub const fn is_milestone(self) -> bool {
        self.0 >= Self::FIRST_MILESTONE
    }

    /// Whether rules can name it.
    pub const fn is_known(self) -> bool {
        let milestones = ReferralRules::MOST_MILESTONES as u8;
        let after = Self::FIRST_MILESTONE + milestones;
        self.0 as usize <= ReferralRules::MOST_LEVELS
            || (Self::FIRST_MILESTONE <= self.0 && self.0 < after)
    }

    /// `advocate`, `friend`, `upline-2`, `milestone-1` and so on.
    pub fn name(self) -> String {
        match self.0 {
            0 => "friend".to_owned(),
            1 => "advocate".to_owned(),
            level if level < Self::FIRST_MILESTONE => format!("upline-{level}"),
            milestone => format!("milestone-{}", milestone - Self::FIRST_MILESTONE + 1),
        }
    }
}

impl Ended {
    pub fn from_number(number: u8) -> Option<Ended> {
        [Ended::CapLimited, Ended::Cancelled, Ended::Clawed]
            .into_iter()
            .find(|ended| *ended as u8 == number)
    }
}

impl Rule {
    pub const ALL: [(&'static str, Rule); 8] = [
        ("SAME_CLUSTER", Rule::SameCluster),
        ("RING", Rule::Ring),
        ("SHARED_DEVICE", Rule::SharedDevice),
        ("SHARED_IP", Rule::SharedIp),
        ("DISPOSABLE", Rule::Disposable),
        ("VELOCITY", Rule::Velocity),
        ("TOO_FAST", Rule::TooFast),
        ("AMOUNT_OUTLIER", Rule::AmountOutlier),
    ];
}

impl Finding {
    pub const ALL: [Finding; 5] = [
        Finding::None,
        Finding::Passed,
        Finding::Noted,
        Finding::Froze,
        Finding::NotEvaluated,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Finding::None => "not asked",
            Finding::Passed => "passed",
            Finding::Noted => "noted",
            Finding::Froze => "frozen",
            Finding::NotEvaluated => "not evaluated",
        }
    }
}

impl Notes {
    const BITS: u32 = 3;

    /// The notes that are stored as these bits; `None` if no rules can have found that.
    pub fn from_bits(bits: u32) -> Option<Notes> {
        let found = |place: usize| bits >> (place as u32 * Self::BITS) & 7;
        let all_are_known =
            (0..Rule::ALL.len()).all(|place| found(place) < Finding::ALL.len() as u32);
        let none_follow = bits >> (Rule::ALL.len() as u32 * Self::BITS) == 0;
        (all_are_known && none_follow).then_some(Notes(bits))
    }

    pub fn found(self, rule: Rule) -> Finding {
        let number = self.0 >> (rule as u32 * Self::BITS) & 7;
        Finding::ALL[(number as usize).min(Finding::ALL.len() - 1)]
    }

    #[must_use]
    pub fn with(self, rule: Rule, found: Finding) -> Notes {
        let shift = rule as u32 * Self::BITS;
        Notes(self.0 & !(7 << shift) | (found as u32) << shift)
    }

    /// Whether a rule asks for a freeze.
    pub fn freeze(self) -> bool {
        let mut rules = Rule::ALL.into_iter();
        rules.any(|(_, rule)| self.found(rule) == Finding::Froze)
    }
}

impl Sale {
    /// The most that ever stood of returns that occurred before an instant.
    pub fn refunded(&self, until: Instant) -> i64 {
        let (mut standing, mut most) = (0, 0);
        for refund in self.refunds_until(until).filter(|one| !one.is_chargeback) {
            standing += refund.amount;
            most = most.max(standing);
        }
        most
    }

    pub fn is_charged_back(&self, until: Instant) -> bool {
        let chargebacks = self.refunds_until(until).filter(|one| one.is_chargeback);
        let signs = chargebacks.map(|one| if one.is_undone { -1 } else { 1 });
        signs.sum::<i32>() > 0
    }

    /// The chargeback that stands, if one does.
    pub fn standing_chargeback(&self) -> Option<u64> {
        let is_undone = |entry| {
            let mut refunds = self.refunds.iter();
            refunds.any(|one| one.is_undone && one.entry == entry)
        };
        let mut chargebacks = self.refunds.iter().filter(|one| one.is_chargeback);
        let standing = chargebacks.find(|one| !one.is_undone && !is_undone(one.entry));
        standing.map(|one| one.entry)
    }

    fn refunds_until(&self, until: Instant) -> impl Iterator<Item = &Refund> {
        self.refunds
            .iter()
            .filter(move |refund| refund.occurred_at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_keeps_what_it_found() {
        let mut notes = Notes::default();
        for (place, (_, rule)) in Rule::ALL.into_iter().enumerate() {
            notes = notes.with(rule, Finding::ALL[place % Finding::ALL.len()]);
        }
        for (place, (_, rule)) in Rule::ALL.into_iter().enumerate() {
            assert_eq!(notes.found(rule), Finding::ALL[place % Finding::ALL.len()]);
        }
        assert!(notes.freeze());
        assert!(!notes.with(Rule::SharedIp, Finding::Noted).freeze());
    }

    #[test]
    fn an_undone_return_counts_once() {
        let refund = |entry, amount, is_undone| Refund {
            entry,
            amount,
            occurred_at: Instant(entry as i64),
            is_chargeback: false,
            is_undone,
        };
        let sale = Sale {
            sequence: 1,
            key: "k".into(),
            amount: 100,
            occurred_at: Instant(0),
            recorded_at: Instant(0),
            never_stood: false,
            refunds: vec![
                refund(2, 40, false),
                refund(2, -40, true),
                refund(4, 30, false),
            ],
        };
        assert_eq!(sale.refunded(Instant::NEVER), 40);
        assert_eq!(sale.refunded(Instant(2)), 0);
        assert_eq!(sale.standing_chargeback(), None);
    }
}
