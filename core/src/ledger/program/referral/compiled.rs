//! The compiled form of referral programs: the fourth to the sixth part of a compiled program.
//!
//! ```text
//! count       u8, from 1 on; then per referral program, in order of names:
//! name        text
//! attribution u8 (0 first, 1 last) · windows of code, coupon, click, invite: 4 periods
//! grace       period · hold period · deadline period · review by period
//! clawback    u8 (0 for ever, 1 period)
//! friend      must be new u8 (0 no, 1 yes) · not enrolled u8 · very first only u8
//! graph       u8 (0 leaf only, 1 any) · depth i64 · touches i64
//! vest        u8 (0 at the hold's end, 1 at close) · shortfall u8 (0 debt, 1 clamp, 2 review)
//! velocity    binds i64, 0 without; otherwise then a period
//! too fast    u8 (0 never, 1 period)
//! steps       count u8, then per step u8: 0 first purchase, 1 every purchase: minimum i64; 2 newsletter;
//!             3 discount claim; 4 event: text · needs u8
//! rewards     count u8, then per reward role u8 (0 advocate, 1 friend, from 2 on the level of an upline) ·
//!             u8 (0 points, 1 basis points) · i64; roles rise
//! caps        advocate i64 · advocate and month i64 · program i64, −1 unlimited
//! levels      count u8, then basis points i64 each
//!
//! fifth part, if any referral program needs it; again per referral program:
//! credit      u8 (0 the edge's advocate alone, 1 first, 2 last, 3 last non-direct, 4 linear, 5 position, 6 w-shaped,
//!             7 set-linear, 8 time decay: half-life i64 in microseconds)
//! window      of direct: a period; without this part it is that of clicks
//! outlier     i64, −1 without
//! vouchers    per reward u8 (0 without, 1 with: label text · u8 (0 for ever, 1 period))
//! milestones  count u8, then friends i64 · points i64 · a voucher as above; friends rise
//!
//! sixth part, if any referral program has rules off; again per referral program:
//! rules off   u8: a bit by the number of each rule
//! ```

use std::num::NonZeroU64;

use super::super::bytes::{Reader, Writer, require};
use super::super::{CompiledError, Currency, Period};
use super::{
    Attribution, Caps, Credit, FraudRules, Graph, Method, Milestone, ReferralRules, RewardAmount,
    RewardRule, RewardShortfall, Role, Step, Velocity, Vest, VoucherRule, Windows,
};
use crate::ledger::bounds::REQUEST_POINTS;

/// Methods whose windows the fourth part has.
const EARLIER_METHODS: usize = Method::Direct as usize;
/// What stands for the decay with time, which has a half-life.
const TIME_DECAY: u8 = Credit::PLAIN.len() as u8 + 1;

pub(in super::super) fn write(writer: &mut Writer, referrals: &[ReferralRules]) {
    writer.length(referrals.len());
    for rules in referrals {
        settings(writer, rules);
        steps(writer, rules);
        rewards(writer, rules);
    }
}

fn settings(writer: &mut Writer, rules: &ReferralRules) {
    writer.text(&rules.name);
    writer.byte(rules.attribution as u8);
    for window in &rules.windows.0[..EARLIER_METHODS] {
        writer.period(*window);
    }
    for period in [rules.grace, rules.hold, rules.deadline, rules.review_by] {
        writer.period(period);
    }
    maybe(writer, rules.clawback);
    writer.byte(u8::from(rules.friend_must_be_new));
    writer.byte(u8::from(rules.friend_not_enrolled));
    writer.byte(u8::from(rules.very_first_only));
    writer.byte(rules.graph as u8);
    writer.number(i64::from(rules.depth));
    writer.number(i64::from(rules.touches));
    writer.byte(rules.vest as u8);
    writer.byte(rules.shortfall as u8);
    match rules.velocity {
        None => writer.number(0),
        Some(velocity) => {
            writer.number(i64::from(velocity.binds));
            writer.period(velocity.within);
        }
    }
    maybe(writer, rules.too_fast);
}

fn maybe(writer: &mut Writer, period: Option<Period>) {
    writer.byte(u8::from(period.is_some()));
    if let Some(period) = period {
        writer.period(period);
    }
}

fn steps(writer: &mut Writer, rules: &ReferralRules) {
    writer.length(rules.steps.len());
    for step in &rules.steps {
        match step {
            Step::FirstPurchase { minimum } => {
                writer.byte(0);
                writer.number(*minimum);
            }
            Step::EveryPurchase { minimum } => {
                writer.byte(1);
                writer.number(*minimum);
            }
            Step::Newsletter => writer.byte(2),
            Step::DiscountClaim => writer.byte(3),
            Step::Event(name) => {
                writer.byte(4);
                writer.text(name);
            }
        }
    }
    writer.byte(rules.needs);
}

fn rewards(writer: &mut Writer, rules: &ReferralRules) {
    writer.length(rules.rewards.len());
    for reward in &rules.rewards {
        writer.byte(match reward.role {
            Role::Advocate => 0,
            Role::Friend => 1,
            Role::Upline(level) => level,
        });
        let (kind, number) = match reward.amount {
            RewardAmount::Points(points) => (0, points),
            RewardAmount::BasisPoints(part) => (1, i64::from(part)),
        };
        writer.byte(kind);
        writer.number(number);
    }
    let caps = rules.caps;
    for cap in [caps.advocate, caps.advocate_month, caps.program] {
        writer.bound(cap);
    }
    writer.length(rules.levels.len());
    for part in &rules.levels {
        writer.number(i64::from(*part));
    }
}

/// Whether a referral program has settings that only the fifth part has.
pub(in super::super) fn has_later_settings(rules: &ReferralRules) -> bool {
    rules.credit.is_some()
        || rules.windows.of(Method::Direct) != rules.windows.of(Method::Click)
        || rules.outlier.is_some()
        || rules.rewards.iter().any(|reward| reward.voucher.is_some())
        || !rules.milestones.is_empty()
}

/// The fifth part.
pub(in super::super) fn write_later(writer: &mut Writer, referrals: &[ReferralRules]) {
    for rules in referrals {
        match rules.credit {
            None => writer.byte(0),
            Some(Credit::TimeDecay(half_life)) => {
                writer.byte(TIME_DECAY);
                writer.number(half_life.get() as i64);
            }
            Some(credit) => {
                let mut plain = Credit::PLAIN.iter();
                let place = plain.position(|(_, one)| *one == credit);
                writer.byte(place.map_or(0, |place| place as u8 + 1));
            }
        }
        writer.period(rules.windows.of(Method::Direct));
        writer.bound(rules.outlier);
        for reward in &rules.rewards {
            voucher(writer, reward.voucher.as_ref());
        }
        writer.length(rules.milestones.len());
        for milestone in &rules.milestones {
            writer.number(i64::from(milestone.friends));
            writer.number(milestone.points);
            voucher(writer, milestone.voucher.as_ref());
        }
    }
}

pub(in super::super) fn has_rules_off(rules: &ReferralRules) -> bool {
    rules.rules_off != FraudRules::default()
}

/// The sixth part.
pub(in super::super) fn write_rules_off(writer: &mut Writer, referrals: &[ReferralRules]) {
    for rules in referrals {
        writer.byte(rules.rules_off.bits());
    }
}

fn voucher(writer: &mut Writer, rule: Option<&VoucherRule>) {
    writer.byte(u8::from(rule.is_some()));
    if let Some(rule) = rule {
        writer.text(&rule.label);
        maybe(writer, rule.valid);
    }
}

/// The fourth part.
pub(in super::super) fn read(reader: &mut Reader<'_>) -> Result<Vec<ReferralRules>, CompiledError> {
    const PART: &str = "referral programs";
    let count = usize::from(reader.byte(PART)?);
    require((1..=ReferralRules::MOST).contains(&count), PART)?;
    let mut referrals: Vec<ReferralRules> = Vec::with_capacity(count);
    for _ in 0..count {
        let rules = reader.rules()?;
        let rises = referrals.last().is_none_or(|last| last.name < rules.name);
        require(rises, "referral name")?;
        referrals.push(rules);
    }
    Ok(referrals)
}

/// The fifth part.
pub(in super::super) fn read_later(
    reader: &mut Reader<'_>,
    referrals: &mut [ReferralRules],
) -> Result<(), CompiledError> {
    referrals
        .iter_mut()
        .try_for_each(|rules| reader.later(rules))
}

/// The sixth part.
pub(in super::super) fn read_rules_off(
    reader: &mut Reader<'_>,
    referrals: &mut [ReferralRules],
) -> Result<(), CompiledError> {
    const PART: &str = "rules that are off";
    for rules in referrals {
        let off = FraudRules::from_bits(reader.byte(PART)?);
        rules.rules_off = off.ok_or(CompiledError::Damaged(PART))?;
    }
    Ok(())
}

pub(in super::super) fn require_sense(referrals: &[ReferralRules]) -> Result<(), CompiledError> {
    let mut all = referrals.iter();
    require(
        all.all(|rules| rules.nonsense().is_none()),
        "referral rules",
    )
}

impl Reader<'_> {
    fn rules(&mut self) -> Result<ReferralRules, CompiledError> {
        let name = self.text("referral name", Currency::LONGEST_NAME)?;
        require(Currency::is_name(&name), "referral name")?;
        let rules = ReferralRules {
            name,
            attribution: self.choice(&Attribution::ALL, "attribution")?,
            credit: None,
            windows: self.windows()?,
            grace: self.period("referral grace")?,
            hold: self.period("referral hold")?,
            deadline: self.period("referral deadline")?,
            review_by: self.period("review period")?,
            clawback: self.maybe_period("clawback period")?,
            friend_must_be_new: self.flag("new friends")?,
            friend_not_enrolled: self.flag("enrolled friends")?,
            very_first_only: self.flag("first purchases")?,
            graph: self.choice(&Graph::ALL, "referral graph")?,
            depth: self.within("referral depth", ReferralRules::MOST_DEPTH)?,
            touches: self.within("referral touches", ReferralRules::MOST_TOUCHES)?,
            vest: self.choice(&Vest::ALL, "vesting")?,
            shortfall: self.choice(&RewardShortfall::ALL, "reward shortfall")?,
            velocity: self.velocity()?,
            too_fast: self.maybe_period("fast qualification")?,
            outlier: None,
            rules_off: FraudRules::default(),
            steps: self.steps()?,
            needs: self.byte("needed steps")?,
            rewards: self.rewards()?,
            caps: self.caps()?,
            levels: self.levels()?,
            milestones: Vec::new(),
        };
        Ok(rules)
    }

    /// The settings that only the fifth part has.
    fn later(&mut self, rules: &mut ReferralRules) -> Result<(), CompiledError> {
        const PART: &str = "later settings of referrals";
        rules.credit = match self.byte(PART)? {
            0 => None,
            TIME_DECAY => {
                let half_life = u64::try_from(self.number(PART)?).ok();
                let half_life = half_life.and_then(NonZeroU64::new);
                Some(Credit::TimeDecay(
                    half_life.ok_or(CompiledError::Damaged(PART))?,
                ))
            }
            number => {
                let plain = Credit::PLAIN.get(usize::from(number) - 1);
                Some(plain.ok_or(CompiledError::Damaged(PART))?.1)
            }
        };
        rules.windows.0[Method::Direct as usize] = self.period(PART)?;
        rules.outlier = self.bound(PART)?;
        let fits = |amount: i64| (1..=REQUEST_POINTS).contains(&amount);
        require(rules.outlier.is_none_or(fits), PART)?;
        for reward in &mut rules.rewards {
            reward.voucher = self.voucher()?;
        }
        for _ in 0..self.byte(PART)? {
            require(
                rules.milestones.len() < ReferralRules::MOST_MILESTONES,
                PART,
            )?;
            let friends = self.within(PART, ReferralRules::MOST_FRIENDS)?;
            let milestone = Milestone {
                friends,
                points: self.points(0)?,
                voucher: self.voucher()?,
            };
            let is_some = milestone.points > 0 || milestone.voucher.is_some();
            require(friends > 0 && is_some, PART)?;
            rules.milestones.push(milestone);
        }
        Ok(())
    }

    fn voucher(&mut self) -> Result<Option<VoucherRule>, CompiledError> {
        const PART: &str = "a voucher";
        if !self.flag(PART)? {
            return Ok(None);
        }
        let label = self.text(PART, VoucherRule::LONGEST_LABEL)?;
        let valid = self.maybe_period(PART)?;
        require(valid.is_none_or(|valid| !valid.is_zero()), PART)?;
        Ok(Some(VoucherRule { label, valid }))
    }

    fn choice<T: Copy>(
        &mut self,
        all: &[(&str, T)],
        part: &'static str,
    ) -> Result<T, CompiledError> {
        let chosen = all.get(usize::from(self.byte(part)?));
        chosen
            .map(|(_, choice)| *choice)
            .ok_or(CompiledError::Damaged(part))
    }

    fn flag(&mut self, part: &'static str) -> Result<bool, CompiledError> {
        self.choice(&[("no", false), ("yes", true)], part)
    }

    fn maybe_period(&mut self, part: &'static str) -> Result<Option<Period>, CompiledError> {
        let is_there = self.flag(part)?;
        is_there.then(|| self.period(part)).transpose()
    }

    /// A whole number from 0 to `most`.
    fn within<T: TryFrom<i64> + PartialOrd>(
        &mut self,
        part: &'static str,
        most: T,
    ) -> Result<T, CompiledError> {
        let number = T::try_from(self.number(part)?).ok();
        number
            .filter(|number| *number <= most)
            .ok_or(CompiledError::Damaged(part))
    }

    fn windows(&mut self) -> Result<Windows, CompiledError> {
        let mut windows = [Period::ZERO; Method::ALL.len()];
        for window in &mut windows[..EARLIER_METHODS] {
            *window = self.period("attribution window")?;
        }
        windows[Method::Direct as usize] = windows[Method::Click as usize];
        Ok(Windows(windows))
    }

    fn velocity(&mut self) -> Result<Option<Velocity>, CompiledError> {
        const PART: &str = "velocity";
        let binds = self.within(PART, Velocity::MOST_BINDS)?;
        if binds == 0 {
            return Ok(None);
        }
        let within = self.period(PART)?;
        Ok(Some(Velocity { binds, within }))
    }

    fn steps(&mut self) -> Result<Vec<Step>, CompiledError> {
        const PART: &str = "referral steps";
        let count = usize::from(self.byte(PART)?);
        require(count <= ReferralRules::MOST_STEPS, PART)?;
        let mut steps = Vec::with_capacity(count);
        for _ in 0..count {
            steps.push(match self.byte(PART)? {
                0 => Step::FirstPurchase {
                    minimum: self.points(0)?,
                },
                1 => Step::EveryPurchase {
                    minimum: self.points(0)?,
                },
                2 => Step::Newsletter,
                3 => Step::DiscountClaim,
                4 => Step::Event(self.text(PART, Step::LONGEST_EVENT)?),
                _ => return Err(CompiledError::Damaged(PART)),
            });
        }
        Ok(steps)
    }

    fn rewards(&mut self) -> Result<Vec<RewardRule>, CompiledError> {
        const PART: &str = "referral rewards";
        let mut rewards: Vec<RewardRule> = Vec::new();
        for _ in 0..self.byte(PART)? {
            let role = match self.byte(PART)? {
                0 => Role::Advocate,
                1 => Role::Friend,
                level => Role::Upline(level),
            };
            let fits = !matches!(role, Role::Upline(level) if usize::from(level) > ReferralRules::MOST_LEVELS);
            let rises = rewards.last().is_none_or(|last| last.role < role);
            require(fits && rises, PART)?;
            let amount = match self.byte(PART)? {
                0 => RewardAmount::Points(self.points(0)?),
                1 => RewardAmount::BasisPoints(self.basis_points()?),
                _ => return Err(CompiledError::Damaged(PART)),
            };
            rewards.push(RewardRule {
                role,
                amount,
                voucher: None,
            });
        }
        Ok(rewards)
    }

    fn points(&mut self, least: i64) -> Result<i64, CompiledError> {
        const PART: &str = "referral points";
        let points = self.number(PART)?;
        require((least..=REQUEST_POINTS).contains(&points), PART)?;
        Ok(points)
    }

    fn basis_points(&mut self) -> Result<u32, CompiledError> {
        const PART: &str = "basis points";
        let part = self.within(PART, ReferralRules::MOST_BASIS_POINTS)?;
        require(part > 0, PART)?;
        Ok(part)
    }

    fn caps(&mut self) -> Result<Caps, CompiledError> {
        let mut caps = [None; 3];
        for cap in &mut caps {
            *cap = self.bound("caps")?;
            let fits = cap.is_none_or(|cap| cap <= REQUEST_POINTS);
            require(fits, "caps")?;
        }
        let [advocate, advocate_month, program] = caps;
        Ok(Caps {
            advocate,
            advocate_month,
            program,
        })
    }

    fn levels(&mut self) -> Result<Vec<u32>, CompiledError> {
        let count = usize::from(self.byte("levels")?);
        require(count <= ReferralRules::MOST_LEVELS, "levels")?;
        (0..count).map(|_| self.basis_points()).collect()
    }
}
