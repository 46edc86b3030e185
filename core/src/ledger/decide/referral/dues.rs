//! What every role gets when a referral counts, and why a role gets nothing.

use super::super::super::bounds::REQUEST_POINTS;
use super::super::super::program::ReferralRules;
use super::super::super::program::referral::{RewardRule, Role, VoucherRule};
use super::super::super::referral::book::Book;
use super::super::super::referral::commands::Month;
use super::super::super::referral::file::{Conversion, Ended, File, Reward, RoleNumber};
use super::super::super::referral::splitting::level_pool;
use super::super::super::time::Instant;
use super::credit;
use super::desk::{Desk, Subject};

/// What one role gets.
pub struct Due<'s> {
    role: RoleNumber,
    member: u32,
    points: i64,
    from_pool: bool,
    pub voucher: Option<&'s VoucherRule>,
}

impl Due<'_> {
    /// A part of what several get together.
    pub fn share(role: RoleNumber, member: u32, points: i64) -> Self {
        Self {
            role,
            member,
            points,
            from_pool: true,
            voucher: None,
        }
    }

    pub fn is_friends(&self) -> bool {
        self.role == RoleNumber::FRIEND
    }

    /// Member and points of a share.
    pub fn as_share(&self) -> Option<(u32, i64)> {
        self.from_pool.then_some((self.member, self.points))
    }

    /// The reward, before anything of it is given.
    pub fn reward(&self, currency: u8, hold_ends_at: Instant) -> Reward {
        Reward {
            role: self.role,
            member: self.member,
            currency,
            points: self.points,
            kept: 0,
            hold_ends_at,
            from_pool: self.from_pool,
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
}

/// What every role gets for a conversion of a file, the advocate first; milestones come after.
pub fn of<'s>(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    rules: &'s ReferralRules,
    (file, conversion): (&File, &Conversion),
) -> Vec<Due<'s>> {
    let Some(edge) = &file.edge else {
        return Vec::new();
    };
    let sale = desk.standing(subject).sale(subject.friend, conversion);
    let amount = sale.as_ref().map_or(0, |sale| sale.amount);
    let levels = above(desk.book(subject.book), edge.advocate, rules);
    let mut dues = Vec::new();
    if !rules.levels.is_empty() && sale.is_some() {
        let names: Vec<&str> = levels.iter().map(|member| desk.name(*member)).collect();
        let name = conversion_name(desk, subject, &conversion.event);
        let shares = level_pool(amount, &rules.levels, &names, &name);
        for ((member, points), level) in levels.iter().zip(shares).zip(1u8..) {
            dues.push(Due::share(RoleNumber(level), *member, points));
        }
    }
    for rule in &rules.rewards {
        let (role, points) = (
            role_of(rule),
            rule.amount.points(amount).min(REQUEST_POINTS),
        );
        if let (RoleNumber::ADVOCATE, Some(credit)) = (role, rules.credit) {
            let shares = credit::shares(desk, subject, (file, conversion), (credit, points));
            dues.extend(shares);
            continue;
        }
        let member = match role {
            RoleNumber::FRIEND => Some(subject.friend),
            RoleNumber(level) => levels.get(usize::from(level) - 1).copied(),
        };
        dues.extend(member.map(|member| Due {
            role,
            member,
            points,
            from_pool: false,
            voucher: rule.voucher.as_ref(),
        }));
    }
    dues
}

/// Milestones that the advocate reaches with a file's latest conversion.
pub fn milestones<'s>(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    rules: &'s ReferralRules,
    file: &File,
) -> Vec<Due<'s>> {
    if rules.milestones.is_empty() {
        return Vec::new();
    }
    let latest = file.conversions.last();
    let mut rewards = latest.iter().flat_map(|latest| &latest.rewards);
    let Some(counted) = rewards.find(|reward| reward.counts()) else {
        return Vec::new();
    };
    let advocate = counted.member;
    let friends = given(desk, subject, file, advocate, None);
    let mut dues = Vec::new();
    for (milestone, place) in rules.milestones.iter().zip(0..) {
        let role = RoleNumber::milestone(place);
        if i128::from(milestone.friends) <= friends
            && !stands(desk, subject, file, (advocate, role))
        {
            dues.push(Due {
                role,
                member: advocate,
                points: milestone.points,
                from_pool: false,
                voucher: milestone.voucher.as_ref(),
            });
        }
    }
    dues
}

/// Whether a milestone of an advocate was given and not taken back.
fn stands(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    file: &File,
    (advocate, role): (u32, RoleNumber),
) -> bool {
    let is_meant = |reward: &Reward| {
        reward.ended.is_none() && (reward.member, reward.role) == (advocate, role)
    };
    let count = |file: &File| file.rewards().filter(|(_, one)| is_meant(one)).count() as i128;
    let in_book = desk.book(subject.book).milestones(advocate, role);
    i128::from(in_book) + differing(desk, subject, file, count) > 0
}

pub fn role_of(rule: &RewardRule) -> RoleNumber {
    match rule.role {
        Role::Friend => RoleNumber::FRIEND,
        Role::Advocate => RoleNumber::ADVOCATE,
        Role::Upline(level) => RoleNumber(level),
    }
}

/// The advocate and as many above as rules reward.
fn above(book: &Book, advocate: u32, rules: &ReferralRules) -> Vec<u32> {
    let by_role = rules
        .rewards
        .iter()
        .map(|rule| usize::from(role_of(rule).0));
    let most = by_role.max().unwrap_or(1).max(rules.levels.len()).max(1);
    let above = book.ancestors(advocate).take(most - 1);
    std::iter::once(advocate).chain(above).collect()
}

/// What decides ties between equal shares of a conversion.
pub fn conversion_name(desk: &Desk<'_, '_>, subject: Subject<'_>, event: &str) -> String {
    let (program, friend) = (&desk.book(subject.book).name, desk.name(subject.friend));
    format!("{program}\n{friend}\n{event}")
}

/// Why a role gets nothing: its member has left, there is nothing, or a cap is reached.
pub fn withheld(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    rules: &ReferralRules,
    file: &File,
    reward: &Reward,
) -> Option<Ended> {
    let conversion = file.conversions.last()?;
    let sale = desk.standing(subject).sale(subject.friend, conversion);
    let never_stood = sale.is_some_and(|sale| sale.never_stood);
    let has_left = desk.status(reward.member).has_left();
    let is_nothing = reward.points == 0 && reward.voucher.is_none();
    if has_left || is_nothing || never_stood || !desk.has_room() {
        return Some(Ended::Cancelled);
    }
    let (caps, is_advocate) = (&rules.caps, reward.role == RoleNumber::ADVOCATE);
    let is_reached = |most: Option<i64>, month: Option<Month>| {
        let given = || given(desk, subject, file, reward.member, month);
        most.is_some_and(|most| given() >= i128::from(most))
    };
    if is_advocate
        && (is_reached(caps.advocate, None)
            || is_reached(caps.advocate_month, Some(conversion.month)))
    {
        return Some(Ended::CapLimited);
    }
    let spent = || spent(desk, subject, file) + i128::from(reward.points);
    let is_over = |most: i64| reward.points > 0 && spent() > i128::from(most);
    let is_over = caps.program.is_some_and(is_over);
    is_over.then_some(Ended::CapLimited)
}

/// Rewards of the role advocate that count for a member, of all months or of one.
fn given(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    file: &File,
    member: u32,
    month: Option<Month>,
) -> i128 {
    let book = desk.book(subject.book);
    let in_books = match month {
        None => book.given(member),
        Some(month) => book.given_in(member, month),
    };
    let counts = |(conversion, reward): &(&Conversion, &Reward)| {
        let is_of_month = month.is_none_or(|month| month == conversion.month);
        reward.counts() && reward.member == member && is_of_month
    };
    let count = |file: &File| file.rewards().filter(counts).count() as i128;
    i128::from(in_books) + differing(desk, subject, file, count)
}

/// Points that all roles keep.
fn spent(desk: &Desk<'_, '_>, subject: Subject<'_>, file: &File) -> i128 {
    let kept = |file: &File| {
        let kept = file.rewards().map(|(_, reward)| i128::from(reward.kept));
        kept.sum()
    };
    desk.book(subject.book).spent() + differing(desk, subject, file, kept)
}

/// By how much a sum over all files differs from what the book says: for the file at hand, and for freezes that lapsed
/// without an entry that says so.
fn differing(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    file: &File,
    sum: impl Fn(&File) -> i128,
) -> i128 {
    let book = desk.book(subject.book);
    let stored = |friend: u32| match book.has_conversions(friend) {
        true => book.file(friend).map_or(0, |file| sum(&file)),
        false => 0,
    };
    let mut lapsed: Vec<u32> = book.lapsed(desk.now()).collect();
    lapsed.sort_unstable();
    lapsed.dedup();
    let others = lapsed.into_iter().filter(|other| *other != subject.friend);
    let of_others = others.map(|other| sum(&desk.file(subject.book, other)) - stored(other));
    sum(file) - stored(subject.friend) + of_others.sum::<i128>()
}
