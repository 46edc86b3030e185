//! When a referral counts, and what a return leaves of what was decided then.

use super::super::super::bounds::FRIEND_CONVERSIONS;
use super::super::super::program::ReferralRules;
use super::super::super::program::referral::{RewardAmount, Vest};
use super::super::super::referral::commands::Month;
use super::super::super::referral::file::{Conversion, File, Finding, Reward, Rule};
use super::super::super::referral::splitting::{keep, take as split_taken};
use super::super::super::referral::standing::Event;
use super::super::super::rejection::Code;
use super::super::super::time::Instant;
use super::desk::{Desk, Subject};
use super::dues::{self, conversion_name, role_of};
use super::{attribution, posting};

/// Decides anew whatever a new fact about a friend may have changed.
pub fn look_again<'s>(desk: &mut Desk<'_, 's>, subject: Subject<'s>) -> Result<(), Code> {
    let Subject { book, friend, .. } = subject;
    let mut file = desk.file(book, friend);
    if file.claim.is_none() {
        return Ok(());
    }
    attribution::decide_edge(desk, subject, &mut file)?;
    if file.bound().is_some() {
        decide_conversions(desk, subject, &mut file)?;
        for place in 0..file.conversions.len() {
            let mut conversion = file.conversions[place].clone();
            decide_dues(desk, subject, file.is_frozen, &mut conversion)?;
            file.conversions[place] = conversion;
        }
    }
    desk.keep(book, friend, file);
    Ok(())
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
    let currency = desk.case.program().earning.currency;
    for due in dues::of(desk, subject, rules, file) {
        let mut reward = due.reward(currency, hold_ends_at);
        reward.ended = dues::withheld(desk, subject, rules, file, &reward);
        if reward.ended.is_none() {
            posting::issue(desk, rules, file.is_frozen, &mut reward);
        }
        if let Some(conversion) = file.conversions.last_mut() {
            conversion.rewards.push(reward);
        }
    }
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
            .filter(|one| one.charged_back > 0);
        for reward in charged {
            posting::give_back(desk, reward)?;
            match is_frozen {
                true => posting::freeze(desk, rules, reward)?,
                false => posting::thaw(desk, rules, reward)?,
            }
        }
    }
    let steps = steps_down(desk, subject, rules, conversion);
    for (reward, count) in conversion.rewards.iter_mut().zip(steps) {
        if count > 0 {
            posting::take(desk, rules, reward, count, is_charged_back)?;
        }
    }
    Ok(())
}

/// What each reward loses now: all, its share of a percentage, or nothing if it is fixed.
fn steps_down(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    rules: &ReferralRules,
    conversion: &Conversion,
) -> Vec<i64> {
    let (standing, rewards) = (desk.standing(subject), &conversion.rewards);
    let is_live = |reward: &Reward| reward.ended.is_none();
    if standing.is_reversed(subject.friend, conversion) {
        let kept = |reward: &Reward| if is_live(reward) { reward.kept } else { 0 };
        return rewards.iter().map(kept).collect();
    }
    let Some(sale) = standing.sale(subject.friend, conversion) else {
        return vec![0; rewards.len()];
    };
    let refunded = sale.refunded(conversion.clawback_ends_at);
    let is_percent = |reward: &Reward| {
        let mut of_role = rules
            .rewards
            .iter()
            .filter(|rule| role_of(rule) == reward.role);
        of_role.any(|rule| matches!(rule.amount, RewardAmount::BasisPoints(_)))
    };
    let mut steps: Vec<i64> = rewards
        .iter()
        .map(
            |reward| match is_live(reward) && !reward.from_pool && is_percent(reward) {
                true => (reward.kept - keep(reward.points, sale.amount, refunded)).max(0),
                false => 0,
            },
        )
        .collect();
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
            steps[*place] = taken;
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
    for conversion in &mut file.conversions {
        let rules = desk.rules_of(subject, conversion);
        let standing = desk.standing(subject);
        let is_charged_back = standing.is_charged_back(subject.friend, conversion);
        let live = conversion
            .rewards
            .iter_mut()
            .filter(|one| one.ended.is_none());
        for reward in live {
            let kept = reward.kept;
            posting::take(desk, rules, reward, kept, is_charged_back)?;
        }
    }
    Ok(())
}
