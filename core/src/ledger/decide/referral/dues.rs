//! What every role gets when a referral counts, and why a role gets nothing.

use super::super::super::bounds::REQUEST_POINTS;
use super::super::super::members::Status;
use super::super::super::program::ReferralRules;
use super::super::super::program::referral::{RewardRule, Role};
use super::super::super::referral::book::Book;
use super::super::super::referral::commands::Month;
use super::super::super::referral::file::{Conversion, Ended, File, Reward, RoleNumber};
use super::super::super::referral::splitting::level_pool;
use super::super::super::time::Instant;
use super::desk::{Desk, Subject};

/// What one role gets.
pub struct Due {
    role: RoleNumber,
    member: u32,
    points: i64,
    from_pool: bool,
}

impl Due {
    /// The reward, before anything of it is given.
    pub fn reward(self, currency: u8, hold_ends_at: Instant) -> Reward {
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
        }
    }
}

/// Role, member and points of every reward of a file's latest conversion, the advocate first.
pub fn of(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    rules: &ReferralRules,
    file: &File,
) -> Vec<Due> {
    let (Some(edge), Some(conversion)) = (&file.edge, file.conversions.last()) else {
        return Vec::new();
    };
    let sale = desk.standing(subject).sale(subject.friend, conversion);
    let amount = sale.map_or(0, |sale| sale.amount);
    let levels = above(desk.book(subject.book), edge.advocate, rules);
    let mut dues = Vec::new();
    if !rules.levels.is_empty() && sale.is_some() {
        let names: Vec<&str> = levels.iter().map(|member| desk.name(*member)).collect();
        let name = conversion_name(desk, subject, &conversion.event);
        let shares = level_pool(amount, &rules.levels, &names, &name);
        for ((member, points), level) in levels.iter().zip(shares).zip(1u8..) {
            dues.push(Due {
                role: RoleNumber(level),
                member: *member,
                points,
                from_pool: true,
            });
        }
    }
    for rule in &rules.rewards {
        let member = match role_of(rule) {
            RoleNumber::FRIEND => Some(subject.friend),
            RoleNumber(level) => levels.get(usize::from(level) - 1).copied(),
        };
        dues.extend(member.map(|member| Due {
            role: role_of(rule),
            member,
            points: rule.amount.points(amount).min(REQUEST_POINTS),
            from_pool: false,
        }));
    }
    dues
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
    let has_left = desk.status(reward.member) == Status::Closed;
    if has_left || reward.points == 0 || never_stood || !desk.has_room() {
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
    let is_over = caps.program.is_some_and(|most| spent() > i128::from(most));
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
    let stored = |friend: u32| book.file(friend).map_or(0, &sum);
    let mut lapsed: Vec<u32> = book.lapsed(desk.now()).collect();
    lapsed.sort_unstable();
    lapsed.dedup();
    let others = lapsed.into_iter().filter(|other| *other != subject.friend);
    let of_others = others.map(|other| sum(&desk.file(subject.book, other)) - stored(other));
    sum(file) - stored(subject.friend) + of_others.sum::<i128>()
}
