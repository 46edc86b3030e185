//! When a referral counts, and what a return leaves of what was decided then.

use super::super::super::bounds::FRIEND_CONVERSIONS;
use super::super::super::program::ReferralRules;
use super::super::super::program::referral::{RewardAmount, Vest};
use super::super::super::referral::commands::Month;
use super::super::super::referral::file::{Conversion, File, Finding, Reward, RoleNumber, Rule};
use super::super::super::referral::splitting::{keep, take as split_taken};
use super::super::super::referral::standing::Event;
use super::super::super::rejection::Code;
use super::super::super::time::Instant;
use super::desk::{Desk, Subject};
use super::dues::{self, Due, conversion_name, role_of};
use super::{attribution, credit, posting, vouchers};

/// Decides anew whatever a new fact about a friend may have changed.
pub fn look_again<'s>(desk: &mut Desk<'_, 's>, subject: Subject<'s>) -> Result<(), Code> {
    let Subject { book, friend, .. } = subject;
    let mut file = desk.take(book, friend);
    if file.claim.is_none() {
        desk.keep(book, friend, file);
        return Ok(());
    }
    attribution::decide_edge(desk, subject, &mut file)?;
    decide_what_counts(desk, subject, &mut file)?;
    desk.keep(book, friend, file);
    Ok(())
}

/// Decides what counts for an edge that was decided just now.
pub fn look_on<'s>(desk: &mut Desk<'_, 's>, subject: Subject<'s>) -> Result<(), Code> {
    let Subject { book, friend, .. } = subject;
    let mut file = desk.take(book, friend);
    decide_what_counts(desk, subject, &mut file)?;
    desk.keep(book, friend, file);
    Ok(())
}

fn decide_what_counts<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    file: &mut File,
) -> Result<(), Code> {
    if file.bound().is_none() {
        return Ok(());
    }
    decide_conversions(desk, subject, file)?;
    let is_frozen = file.is_frozen;
    let mut conversions = file.conversions.iter_mut();
    conversions.try_for_each(|conversion| decide_dues(desk, subject, is_frozen, conversion))
}

fn decide_conversions<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    file: &mut File,
) -> Result<(), Code> {
    let present = file.conversions.first();
    let (rules, version) = match present {
        Some(present) => (desk.rules_of(subject, present), present.program),
        None => (subject.rules, desk.case.state.objects.program_version()),
    };
    share_anew(desk, subject, rules, file)?;
    let present = file.conversions.first();
    let standing = desk.standing(subject);
    let mut events = standing.events(rules, subject.friend, file).into_iter();
    let mut first_decided = desk.now();
    if rules.is_for_every_purchase() {
        for event in events {
            let has_room = file.conversions.len() < FRIEND_CONVERSIONS;
            let mut known = file.conversions.iter();
            if has_room && !known.any(|known| known.event == event.key) {
                convert(desk, subject, (rules, version), file, event, first_decided);
            }
        }
        return Ok(());
    }
    let event = events.next();
    if let Some(present) = present {
        let is_final = desk.now() >= standing.after(present.recorded_at, rules.grace);
        let is_same = |event: &Event| {
            (&event.key, event.occurred_at, event.sale)
                == (&present.event, present.occurred_at, present.sale)
        };
        if is_final || present.has_lapsed || event.as_ref().is_some_and(is_same) {
            return Ok(());
        }
        first_decided = present.recorded_at;
        cancel_all(desk, subject, file)?;
        file.conversions.clear();
    }
    if let Some(event) = event {
        convert(desk, subject, (rules, version), file, event, first_decided);
    }
    Ok(())
}

/// Conversions whose reward others share now than did are decided again, each in its place.
fn share_anew<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    rules: &'s ReferralRules,
    file: &mut File,
) -> Result<(), Code> {
    for place in 0..file.conversions.len() {
        let conversion = &file.conversions[place];
        if conversion.has_lapsed || credit::stands(desk, subject, rules, (file, conversion)) {
            continue;
        }
        let mut before = file.conversions.remove(place);
        cancel(desk, subject, &mut before)?;
        let (rules, version) = (desk.rules_of(subject, &before), before.program);
        let event = Event {
            key: before.event,
            occurred_at: before.occurred_at,
            sale: before.sale,
        };
        convert(
            desk,
            subject,
            (rules, version),
            file,
            event,
            before.recorded_at,
        );
        if let Some(anew) = file.conversions.pop() {
            file.conversions.insert(place, anew);
        }
    }
    Ok(())
}

/// Every role gets its decision now; amount, hold and cap are those of this instant's rules.
fn convert<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    (rules, version): (&'s ReferralRules, u32),
    file: &mut File,
    event: Event,
    first_decided: Instant,
) {
    note_speed(desk, subject, rules, file, &event);
    note_amount(desk, subject, rules, file, &event);
    let standing = desk.standing(subject);
    let clawback = rules.clawback;
    let clawback_ends_at = clawback.map(|period| standing.after(event.occurred_at, period));
    let hold_ends_at = standing.after(event.occurred_at, rules.hold);
    file.conversions.push(Conversion {
        month: month_of(desk, event.occurred_at),
        clawback_ends_at: clawback_ends_at.unwrap_or(Instant::NEVER),
        event: event.key,
        occurred_at: event.occurred_at,
        sale: event.sale,
        program: version,
        recorded_at: first_decided,
        vests_at_close: rules.vest == Vest::AtClose,
        rewards: Vec::new(),
        has_lapsed: false,
    });
    let terms = Terms {
        currency: desk.case.program().earning.currency,
        hold_ends_at,
    };
    decide_roles(desk, subject, rules, file, terms);
}

/// What all rewards of a conversion have in common.
#[derive(Clone, Copy)]
struct Terms {
    currency: u8,
    hold_ends_at: Instant,
}

/// What every role gets of a file's latest conversion, and then the milestones that the advocate reaches with it.
fn decide_roles<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    rules: &'s ReferralRules,
    file: &mut File,
    terms: Terms,
) {
    let latest = file.conversions.last();
    let dues = latest.map(|latest| dues::of(desk, subject, rules, (file, latest)));
    for due in dues.unwrap_or_default() {
        give(desk, subject, rules, file, (terms, due));
    }
    for due in dues::milestones(desk, subject, rules, file) {
        give(desk, subject, rules, file, (terms, due));
    }
}

/// Gives what is due for a file's latest conversion, unless something withholds it. What stands there for the friend
/// already stays.
fn give<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    rules: &'s ReferralRules,
    file: &mut File,
    (terms, due): (Terms, Due<'s>),
) {
    let Some(conversion) = file.conversions.last_mut() else {
        return;
    };
    let is_due = |reward: &Reward| reward.role == RoleNumber::FRIEND && due.is_friends();
    if let Some(place) = conversion.rewards.iter().position(is_due) {
        conversion.rewards[place..].rotate_left(1);
        return;
    }
    let mut reward = due.reward(terms.currency, terms.hold_ends_at);
    let voucher = due.voucher;
    reward.voucher =
        voucher.and_then(|rule| vouchers::of(desk, subject, rules, (file, &reward), rule));
    reward.ended = dues::withheld(desk, subject, rules, file, &reward);
    match reward.ended {
        None => posting::issue(desk, rules, file.is_frozen, &mut reward),
        Some(_) => reward.voucher = None,
    }
    if let Some(conversion) = file.conversions.last_mut() {
        conversion.rewards.push(reward);
    }
}

/// The edge leads to another advocate: what was decided for all roles but the friend's is taken back, and decided again
/// by the same rules.
pub fn decide_again<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    file: &mut File,
    place: usize,
) -> Result<(), Code> {
    let conversion = &file.conversions[place];
    let rules = desk.rules_of(subject, conversion);
    let standing = desk.standing(subject);
    if standing.is_reversed(subject.friend, conversion) {
        return Ok(());
    }
    let terms = Terms {
        currency: desk.case.program().earning.currency,
        hold_ends_at: standing.after(conversion.occurred_at, rules.hold),
    };
    let is_friends = |reward: &Reward| reward.role == RoleNumber::FRIEND;
    // What is due is asked of the latest.
    let mut conversion = file.conversions.remove(place);
    for reward in &mut conversion.rewards {
        if reward.ended.is_none() && !is_friends(reward) {
            let kept = reward.kept;
            posting::take(desk, rules, reward, kept, false)?;
        }
    }
    desk.set_aside(subject, &conversion);
    conversion.rewards.retain(is_friends);
    file.conversions.push(conversion);
    decide_roles(desk, subject, rules, file, terms);
    if let Some(mut conversion) = file.conversions.pop() {
        decide_dues(desk, subject, file.is_frozen, &mut conversion)?;
        file.conversions.insert(place, conversion);
    }
    Ok(())
}

/// Whether the referral qualifies too soon after it was bound.
fn note_speed(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    rules: &ReferralRules,
    file: &mut File,
    event: &Event,
) {
    let (Some(too_fast), Some(edge), false) = (rules.too_fast, &file.edge, file.was_released)
    else {
        return;
    };
    let is_fast = event.occurred_at < desk.standing(subject).after(edge.bound_at, too_fast);
    let found = match is_fast {
        true => Finding::Froze,
        false => Finding::Passed,
    };
    file.notes = file.notes.with(Rule::TooFast, found);
    file.is_frozen |= is_fast;
}

/// Whether the sale is so large that a person should look at it.
fn note_amount(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    rules: &ReferralRules,
    file: &mut File,
    event: &Event,
) {
    let (Some(outlier), false) = (rules.outlier, file.was_released) else {
        return;
    };
    let sale = desk.standing(subject).sale_of(subject.friend, event.sale);
    let found = match sale {
        None => Finding::NotEvaluated,
        Some(sale) if sale.amount >= outlier => Finding::Froze,
        Some(_) => Finding::Passed,
    };
    file.notes = file.notes.with(Rule::AmountOutlier, found);
    file.is_frozen |= found == Finding::Froze;
}

fn month_of(desk: &Desk<'_, '_>, instant: Instant) -> Month {
    let (year, month, _) = desk.calendar.local_date(instant).year_month_day();
    Month::of(year, month)
}

/// Takes what a return leaves nobody a right to; gives back what a lost dispute had taken.
fn decide_dues<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    is_frozen: bool,
    conversion: &mut Conversion,
) -> Result<(), Code> {
    let rules = desk.rules_of(subject, conversion);
    let standing = desk.standing(subject);
    let is_charged_back = standing.is_charged_back(subject.friend, conversion);
    if !is_charged_back && !conversion.has_lapsed {
        let charged = conversion
            .rewards
            .iter_mut()
            .filter(|one| one.is_charged_back());
        for reward in charged {
            posting::give_back(desk, reward)?;
            match is_frozen {
                true => posting::freeze(desk, rules, reward)?,
                false => posting::thaw(desk, rules, reward)?,
            }
        }
    }
    let steps = steps_down(desk, subject, rules, conversion);
    for (reward, step) in conversion.rewards.iter_mut().zip(steps) {
        if let Some(count) = step {
            posting::take(desk, rules, reward, count, is_charged_back)?;
        }
    }
    Ok(())
}

/// What each reward that loses something loses now: all, or its share of a percentage.
fn steps_down(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    rules: &ReferralRules,
    conversion: &Conversion,
) -> Vec<Option<i64>> {
    let (standing, rewards) = (desk.standing(subject), &conversion.rewards);
    let is_live = |reward: &Reward| reward.ended.is_none();
    if standing.is_reversed(subject.friend, conversion) {
        let kept = |reward: &Reward| is_live(reward).then_some(reward.kept);
        return rewards.iter().map(kept).collect();
    }
    let Some(sale) = standing.sale(subject.friend, conversion) else {
        return vec![None; rewards.len()];
    };
    let refunded = sale.refunded(conversion.clawback_ends_at);
    let is_percent = |role: RoleNumber| {
        let mut of_role = rules.rewards.iter().filter(|rule| role_of(rule) == role);
        of_role.any(|rule| matches!(rule.amount, RewardAmount::BasisPoints(_)))
    };
    let mut steps: Vec<Option<i64>> = rewards
        .iter()
        .map(
            |reward| match is_live(reward) && !reward.from_pool && is_percent(reward.role) {
                true => Some(reward.kept - keep(reward.points, sale.amount, refunded)),
                false => None,
            },
        )
        .map(|step| step.filter(|count| *count > 0))
        .collect();
    // Levels are parts of the sale; a fixed reward that is shared stays whole.
    if rules.levels.is_empty() && !is_percent(RoleNumber::ADVOCATE) {
        return steps;
    }
    let pool: Vec<usize> = (0..rewards.len())
        .filter(|place| rewards[*place].from_pool && is_live(&rewards[*place]))
        .collect();
    let left: i64 = pool.iter().map(|place| rewards[*place].kept).sum();
    let was_given = |reward: &&Reward| reward.from_pool && reward.origin != 0;
    let given: i64 = rewards.iter().filter(was_given).map(|one| one.points).sum();
    let step = left - keep(given, sale.amount, refunded);
    if step > 0 {
        let share = |place: &usize| (desk.name(rewards[*place].member), rewards[*place].kept);
        let remaining: Vec<(&str, i64)> = pool.iter().map(share).collect();
        let name = conversion_name(desk, subject, &conversion.event);
        for (place, taken) in pool.iter().zip(split_taken(step, &remaining, &name)) {
            steps[*place] = (taken > 0).then_some(taken);
        }
    }
    steps
}

/// All of it goes back: the referral is denied, or another event decides.
pub fn cancel_all<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    file: &mut File,
) -> Result<(), Code> {
    let mut conversions = file.conversions.iter_mut();
    conversions.try_for_each(|conversion| cancel(desk, subject, conversion))
}

fn cancel<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    conversion: &mut Conversion,
) -> Result<(), Code> {
    let rules = desk.rules_of(subject, conversion);
    let standing = desk.standing(subject);
    let is_charged_back = standing.is_charged_back(subject.friend, conversion);
    desk.set_aside(subject, conversion);
    let rewards = conversion.rewards.iter_mut();
    for reward in rewards.filter(|one| one.ended.is_none()) {
        let kept = reward.kept;
        posting::take(desk, rules, reward, kept, is_charged_back)?;
    }
    Ok(())
}
