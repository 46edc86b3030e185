//! Rewards in wallets: ordinary lots that are given, frozen, let go, taken back and given back.

use std::collections::BTreeMap;

use super::super::super::entry::{Effect, Flow};
use super::super::super::lot::{Lot, LotId, TermsId, is_of_reward, origin_entry, origin_of_reward};
use super::super::super::program::referral::{RewardShortfall, Vest};
use super::super::super::program::{ReferralRules, Shortfall};
use super::super::super::referral::file::{Ended, Reward};
use super::super::super::rejection::Code;
use super::super::super::time::Instant;
use super::super::accrue::Dates;
use super::super::case::Case;
use super::super::draft::Draft;
use super::super::draw_order::sort_by_draw;
use super::super::gone;
use super::super::share::parts_after;
use super::super::shortfall::{Booking, Policy, bear, held_of};
use super::super::undo_reversal::open_write_off;
use super::desk::Desk;
use super::vouchers;

/// The lot of a reward that is due: pending until its hold ends, or until somebody lets it go.
pub fn issue(desk: &mut Desk<'_, '_>, rules: &ReferralRules, is_frozen: bool, reward: &mut Reward) {
    let waits = is_frozen || rules.vest == Vest::AtClose;
    let activates_at = if waits {
        Instant::NEVER
    } else {
        reward.hold_ends_at
    };
    reward.kept = reward.points;
    if is_frozen {
        reward.frozen_until = review_ends_at(desk, rules, reward);
    }
    vouchers::set_ready(desk, rules, reward, activates_at);
    if reward.points == 0 {
        return;
    }
    let id = LotId::reward(desk.case.sequence, desk.next_reward());
    reward.origin = origin_of_reward(id);
    let lot = Lot {
        id,
        amount: reward.points,
        activates_at,
        expires_at: expiry_of(desk.case, reward, activates_at),
        origin: reward.origin,
        terms: TermsId::NONE,
        pending: activates_at > desk.now(),
    };
    // A wallet that is full gets nothing: it is no reason against the friend's sale.
    if desk.add(reward.wallet(), Flow::Rewarded, lot).is_err() {
        desk.keep_reward();
        (reward.origin, reward.kept) = (0, 0);
        reward.frozen_until = Instant::NEVER;
        (reward.ended, reward.voucher) = (Some(Ended::Cancelled), None);
    }
}

/// When points of a reward expire that activate at an instant; frozen ones go when nobody can decide any more.
fn expiry_of(case: &Case<'_>, reward: &Reward, activates_at: Instant) -> Instant {
    if reward.frozen_until != Instant::NEVER {
        return reward.frozen_until;
    }
    let dates = Dates::of_policy(case, reward.currency, Some(activates_at));
    dates.map_or(Instant::NEVER, |dates| dates.expires_at)
}

fn review_ends_at(desk: &Desk<'_, '_>, rules: &ReferralRules, reward: &Reward) -> Instant {
    let from = desk.now().max(reward.hold_ends_at);
    let ends_at =
        super::super::super::referral::standing::after(desk.calendar, from, rules.review_by);
    ends_at.min(Instant::LAST)
}

/// Takes back as any clawback does: these lots, other available ones, then by the program's policy.
pub fn take(
    desk: &mut Desk<'_, '_>,
    rules: &ReferralRules,
    reward: &mut Reward,
    count: i64,
    is_charged_back: bool,
) -> Result<(), Code> {
    let had_vested = has_vested(desk, reward);
    if count > 0 {
        let mut draft = desk.draft(reward.wallet());
        take_from(desk.case, &mut draft, reward, count, shortfall_of(rules))?;
        desk.put(draft)?;
    }
    reward.kept -= count;
    let vested = if had_vested { count } else { 0 };
    reward.clawed += vested;
    if is_charged_back {
        reward.charged_back += count;
        reward.charged_back_vested += vested;
    }
    if reward.kept == 0 {
        reward.ended = Some(if had_vested {
            Ended::Clawed
        } else {
            Ended::Cancelled
        });
        reward.frozen_until = Instant::NEVER;
        if let Some(voucher) = &mut reward.voucher {
            voucher.is_charged_back = is_charged_back;
        }
    }
    Ok(())
}

/// Whether nothing of a reward waits any more.
fn has_vested(desk: &Desk<'_, '_>, reward: &Reward) -> bool {
    match &reward.voucher {
        Some(voucher) if reward.points == 0 => voucher.ready_at <= desk.now(),
        _ => pending_of(&desk.draft(reward.wallet()), reward).is_empty(),
    }
}

fn shortfall_of(rules: &ReferralRules) -> Shortfall {
    match rules.shortfall {
        RewardShortfall::Debt => Shortfall::Debt,
        RewardShortfall::Clamp => Shortfall::Clamp,
        RewardShortfall::Review => Shortfall::PendingOnly,
    }
}

fn take_from(
    case: &Case<'_>,
    draft: &mut Draft,
    reward: &Reward,
    count: i64,
    shortfall: Shortfall,
) -> Result<(), Code> {
    let is_own = |lot: &Lot| lot.origin == reward.origin;
    let order = case.draw_order(draft.id());
    let lots = draft.wallet().lots().iter();
    let there = lots.filter(|lot| is_own(lot) && lot.amount > 0);
    // Sorting keeps what is there before what is gone of the same lot.
    let mut own: Vec<(Lot, bool)> = there.map(|lot| (*lot, false)).collect();
    own.extend(
        gone_of(case, draft, reward)
            .into_values()
            .map(|lot| (lot, true)),
    );
    sort_by_draw(draft.wallet(), order, &mut own, |(lot, _)| lot);
    let mut left = count;
    for (lot, is_gone) in own {
        let part = lot.part(lot.amount.min(left));
        left -= part.amount;
        match (part.amount, is_gone) {
            (0, _) => break,
            (_, true) => draft.take_part(Flow::RewardExpiryTaken, part),
            (_, false) => draft.take_part(Flow::RewardTaken, part),
        }
    }
    left -= draft.draw(Flow::RewardTaken, left, order, 0);
    let held = held_of(draft, is_own);
    let policy = Policy {
        shortfall,
        refund: 0,
        spending: &case.program().spending,
    };
    bear(case, draft, Booking::REWARD, policy, (left, held)).map(|_| ())
}

/// What is gone of a reward's lots since it was given.
fn gone_of(case: &Case<'_>, draft: &Draft, reward: &Reward) -> BTreeMap<LotId, Lot> {
    let first = origin_entry(reward.origin);
    let history = case.originals.history().rev();
    let since = history.filter(|entry| entry.sequence >= first);
    gone::of_wallet(draft.id(), since, draft.movements(), |lot| {
        lot.origin == reward.origin
    })
}

/// Points of a reward that have not vested.
fn pending_of(draft: &Draft, reward: &Reward) -> Vec<Lot> {
    let lots = draft.wallet().lots().iter();
    let pending = lots.filter(|lot| lot.pending && lot.amount > 0 && lot.origin == reward.origin);
    let mut pending: Vec<Lot> = pending.copied().collect();
    pending.sort_unstable_by_key(|lot| lot.id);
    pending
}

/// What is pending waits for a person, whatever its hold.
pub fn freeze(
    desk: &mut Desk<'_, '_>,
    rules: &ReferralRules,
    reward: &mut Reward,
) -> Result<(), Code> {
    if has_vested(desk, reward) {
        return Ok(());
    }
    let until = review_ends_at(desk, rules, reward);
    if reward.frozen_until == until {
        return Ok(());
    }
    reward.frozen_until = until;
    move_pending(desk, rules, reward, Instant::NEVER).map(|_| ())
}

/// What waited for a person waits for the end of its hold, or for the close of its month.
pub fn thaw(
    desk: &mut Desk<'_, '_>,
    rules: &ReferralRules,
    reward: &mut Reward,
) -> Result<(), Code> {
    reward.frozen_until = Instant::NEVER;
    let activates_at = match rules.vest {
        Vest::AtHoldEnd => reward.hold_ends_at.max(desk.now()),
        Vest::AtClose => Instant::NEVER,
    };
    move_pending(desk, rules, reward, activates_at).map(|_| ())
}

/// What was waiting for its month to be closed is there; how many points.
pub fn vest(
    desk: &mut Desk<'_, '_>,
    rules: &ReferralRules,
    reward: &mut Reward,
) -> Result<i64, Code> {
    reward.is_closed_out = true;
    let now = desk.now();
    move_pending(desk, rules, reward, now)
}

/// To lots that activate at another time, with the voucher; their expiry counts from there.
fn move_pending(
    desk: &mut Desk<'_, '_>,
    rules: &ReferralRules,
    reward: &mut Reward,
    activates_at: Instant,
) -> Result<i64, Code> {
    vouchers::set_ready(desk, rules, reward, activates_at);
    if reward.points == 0 {
        return Ok(0);
    }
    let mut draft = desk.draft(reward.wallet());
    let pending = pending_of(&draft, reward);
    if pending.is_empty() {
        return Ok(0);
    }
    let expires_at = expiry_of(desk.case, reward, activates_at);
    let mut moved = 0;
    for old in pending {
        moved += old.amount;
        let new = Lot {
            id: desk.case.lots.take_for(old.id),
            activates_at,
            expires_at,
            pending: activates_at > desk.now(),
            ..old
        };
        draft.move_over(old, new);
    }
    desk.put(draft)?;
    Ok(moved)
}

/// A dispute was won: exactly what the chargeback took of a reward returns.
pub fn give_back(desk: &mut Desk<'_, '_>, reward: &mut Reward) -> Result<(), Code> {
    if let Some(voucher) = &mut reward.voucher {
        voucher.is_charged_back = false;
    }
    reward.ended = None;
    if reward.charged_back == 0 {
        return Ok(());
    }
    let wallet = reward.wallet();
    let mut draft = desk.draft(wallet);
    let lost = desk.case.originals.original.clone();
    let effect = lost.as_deref().and_then(|lost| {
        let effect = lost.effects.iter().find(|effect| effect.wallet == wallet);
        effect.map(|effect| (lost.sequence, effect))
    });
    let skip = desk.given_back.get(&wallet).copied().unwrap_or(0);
    let used = return_taken(desk.case, &mut draft, effect, reward, skip);
    *desk.given_back.entry(wallet).or_default() += used;
    desk.put(draft)?;
    reward.kept += reward.charged_back;
    reward.clawed -= reward.charged_back_vested;
    (reward.charged_back, reward.charged_back_vested) = (0, 0);
    Ok(())
}

/// What was taken returns to its lots; what was owed is owed no more; the rest, paid or made good meanwhile or taken by
/// another entry, comes as a new lot. Points that were no reward's own may have been taken for several rewards: `skip`
/// of them have gone back already; tells how many more go back now.
fn return_taken(
    case: &mut Case<'_>,
    draft: &mut Draft,
    effect: Option<(u64, &Effect)>,
    reward: &Reward,
    skip: i64,
) -> i64 {
    let movements = effect.map_or(&[][..], |(_, effect)| &effect.movements[..]);
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for one in movements.iter().filter(|one| one.due_at.is_none()) {
        match one.flow {
            Flow::RewardTaken | Flow::RewardExpiryTaken if one.lot.origin == reward.origin => {
                own.push((one.flow, one.lot));
            }
            Flow::RewardTaken if !is_of_reward(one.lot.origin) => others.push(one.lot),
            _ => {}
        }
    }
    let mut left = reward.charged_back - own.iter().map(|(_, lot)| lot.amount).sum::<i64>();
    let mut used = 0;
    let mut returning: Vec<Lot> = Vec::new();
    for lot in parts_after(others.iter(), skip, left.max(0)) {
        (left, used) = (left - lot.amount, used + lot.amount);
        returning.push(lot);
    }
    if let Some((lost, effect)) = effect {
        left -= forgive(draft, effect, lost, left);
    }
    for (flow, lot) in own.into_iter().rev() {
        match flow {
            Flow::RewardExpiryTaken if !draft.has_left() => {
                draft.take_part(Flow::RewardExpiryRestored, lot);
            }
            _ => returning.push(lot),
        }
    }
    draft.make_room(&returning);
    for lot in returning {
        restore(case, draft, lot);
    }
    if left > 0 {
        let activates_at = reward.hold_ends_at;
        let lot = Lot {
            id: case.lots.take_for(LotId::reward(case.sequence, 0)),
            amount: left,
            activates_at,
            expires_at: expiry_of(case, reward, activates_at),
            origin: reward.origin,
            terms: TermsId::NONE,
            pending: false,
        };
        restore(case, draft, lot);
    }
    used
}

/// Of so many missing points, debt that is owed no more and a write-off that is undone; how many that were.
fn forgive(draft: &mut Draft, effect: &Effect, lost: u64, most: i64) -> i64 {
    let owed: i64 = effect
        .parts(Flow::RewardOverdrawn)
        .map(|lot| lot.amount)
        .sum();
    let forgiven = owed.min(draft.balance().debt).min(most).max(0);
    draft.forgive(Flow::RewardDebtUndone, forgiven);
    let (_, open) = open_write_off(draft, effect, Flow::RewardWrittenOff, lost);
    let undone = open.points.min(most - forgiven).max(0);
    draft.move_amount(Flow::RewardWriteOffUndone, undone, open.entry);
    forgiven + undone
}

fn restore(case: &Case<'_>, draft: &mut Draft, lot: Lot) {
    let pending = lot.activates_at > case.now && !draft.has_left();
    draft.put(Flow::RewardRestored, Lot { pending, ..lot }, 0);
}
