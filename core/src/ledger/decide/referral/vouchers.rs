//! Vouchers: codes that rewards are worth at the till, which wait and vest as the reward does.

use super::super::super::program::ReferralRules;
use super::super::super::program::referral::VoucherRule;
use super::super::super::referral::codes;
use super::super::super::referral::coupon::Coupon;
use super::super::super::referral::file::{File, Reward, RoleNumber};
use super::super::super::referral::voucher::Voucher;
use super::super::super::time::Instant;
use super::desk::{Desk, Subject};
use super::dues::role_of;

/// The voucher of a reward that is about to be given for a file's latest conversion: not ready, or the one that was
/// used before this entry took the role's decision back.
pub fn of(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    rules: &ReferralRules,
    (file, reward): (&File, &Reward),
    rule: &VoucherRule,
) -> Option<Box<Voucher>> {
    let conversion = file.conversions.last()?;
    let event = rules.is_for_every_purchase().then_some(&*conversion.event);
    if let Some(used) = desk.used_voucher(subject, event, (reward.role, reward.member)) {
        return Some(Box::new(used.clone()));
    }
    let book = desk.book(subject.book);
    let exists = |code: &str| {
        let other = book.friend_of_voucher(code);
        let mut own = file
            .rewards()
            .filter_map(|(_, reward)| reward.voucher.as_ref());
        book.code(code).is_some()
            || other.is_some_and(|friend| friend != subject.friend)
            || own.any(|voucher| *voucher.code == *code)
    };
    let place = codes::Place {
        program: &book.name,
        friend: desk.name(subject.friend),
        event: &conversion.event,
        role: &reward.role.name(),
    };
    Some(Box::new(Voucher {
        code: codes::of_voucher(place, exists).into(),
        label: rule.label.as_str().into(),
        ready_at: Instant::NEVER,
        expires_at: Instant::NEVER,
        coupon: Coupon::Open,
        is_charged_back: false,
    }))
}

/// The rule of a role's voucher.
fn rule_of(rules: &ReferralRules, role: RoleNumber) -> Option<&VoucherRule> {
    let mut rewards = rules.rewards.iter();
    let reward = rewards.find(|rule| role_of(rule) == role);
    let mut milestones = rules.milestones.iter().zip(0..);
    let milestone = milestones.find(|(_, place)| RoleNumber::milestone(*place) == role);
    match reward {
        Some(reward) => reward.voucher.as_ref(),
        None => milestone?.0.voucher.as_ref(),
    }
}

/// A voucher that is not ready is ready from an instant on.
pub fn set_ready(desk: &Desk<'_, '_>, rules: &ReferralRules, reward: &mut Reward, at: Instant) {
    let waits = |voucher: &&mut Box<Voucher>| !voucher.is_used() && voucher.ready_at > desk.now();
    let role = reward.role;
    let Some(voucher) = reward.voucher.as_mut().filter(waits) else {
        return;
    };
    let valid = rule_of(rules, role).and_then(|rule| rule.valid);
    voucher.ready_at = at;
    voucher.expires_at = match valid {
        Some(valid) if at != Instant::NEVER => desk.after(at, valid),
        _ => Instant::NEVER,
    };
}
