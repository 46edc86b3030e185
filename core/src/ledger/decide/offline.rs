//! Points spent at a till that was offline: never refused for the member's state, borne by the member or the store.

use super::super::entry::{Entry, Fact, Figures, Flow, WalletId};
use super::super::lot::Lot;
use super::super::members::Status;
use super::super::program::Overdraft;
use super::super::rejection::Rejection;
use super::super::request::{Part, Text};
use super::activity::Activity;
use super::capture::wallet_of;
use super::case::{Case, Verdict};
use super::draft::Draft;
use super::expired::Expired;
use super::share::Share;

/// Who bears points that were spent offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    Member,
    Store,
}

/// Which points the till spent.
#[derive(Clone, Copy, Debug)]
pub enum Spent<'e> {
    /// Any that were spendable then.
    Any,
    /// Those of a hold that has lapsed since, by the entry that opened it.
    Held(&'e Entry<'static>),
}

/// A redemption, or a capture inside its hold, that is told late.
pub fn decide<'a>(
    case: &Case<'_>,
    wallet: WalletId,
    points: i64,
    spent: Spent<'_>,
) -> Result<Verdict<'a>, Rejection> {
    let mut draft = case.draft(wallet);
    let before = draft.balance();
    let bearer = take(case, &mut draft, points, spent)?;
    let (awarded, charged) = match bearer {
        Bearer::Member => (points, 0),
        Bearer::Store => (0, points),
    };
    let figures = Figures {
        requested: points,
        awarded,
        charged,
        ..Figures::default()
    };
    let mut verdict = Verdict::default();
    verdict.facts.push(fact(case, draft.id(), points, bearer)?);
    Ok(verdict.closed_by(Verdict::applied(draft, before, figures)))
}

/// Takes points from a settled wallet and owes the rest, or leaves the draft as it is and all of them to the store.
pub fn take(
    case: &Case<'_>,
    draft: &mut Draft,
    points: i64,
    spent: Spent<'_>,
) -> Result<Bearer, Rejection> {
    let wallet = draft.id();
    if !is_within_limits(case, wallet.member, points)? {
        return Ok(Bearer::Store);
    }
    let mut taken_from = draft.clone();
    if let Some(activity) = Activity::in_wallet(case, wallet)? {
        activity.note(case, &mut taken_from);
    }
    let taken = match spent {
        Spent::Any => take_any(case, &mut taken_from, points),
        Spent::Held(authorization) => take_held(case, &mut taken_from, points, authorization),
    };
    let missing = points - taken;
    if missing > 0 && case.program().offline.overdraft == Overdraft::DeclineToMerchant {
        return Ok(Bearer::Store);
    }
    taken_from.move_amount(Flow::RedeemOverdrawn, missing, 0);
    *draft = taken_from;
    Ok(Bearer::Member)
}

/// What the entry has to say of points that were spent offline.
pub fn fact<'a>(
    case: &Case<'_>,
    wallet: WalletId,
    points: i64,
    bearer: Bearer,
) -> Result<Fact<'a>, Rejection> {
    Ok(match bearer {
        Bearer::Member => Fact::OfflineUsed {
            member: wallet.member,
            day: day(case)?,
            points,
        },
        Bearer::Store => {
            let store = case.offline_at.as_deref().unwrap_or_default().to_owned();
            Fact::StoreCharged {
                store: Text::Owned(store),
                currency: wallet.currency,
                points,
            }
        }
    })
}

/// The reversal of points that the store bore: its account is credited, the wallet is untouched.
pub fn give_back<'a>(case: &Case<'_>, original: &Entry<'_>, part: &Part) -> Verdict<'a> {
    let wallet = wallet_of(original);
    let reversed_before = case.originals.so_far().reversed_points;
    let is_reversed = case.is_reversed_before(original);
    let draft = case.draft(wallet);
    let before = draft.balance();
    let share = match Share::of(original.figures.charged, reversed_before, is_reversed, part) {
        Ok(share) => share,
        Err((code, asked)) => return Verdict::refused(code, asked, before),
    };
    let figures = Figures {
        requested: share.asked,
        charged: -share.asked,
        reversed_points: share.reversed_after(),
        ..Figures::default()
    };
    let mut verdict = Verdict::default();
    let charge = charge_of(original).filter(|_| share.asked > 0);
    verdict
        .facts
        .extend(charge.map(|charge| credit(charge, share.asked)));
    verdict.closed_by(Verdict::applied(draft, before, figures))
}

/// What an entry says of the store that bears what it spent.
pub fn charge_of<'e, 'a>(entry: &'e Entry<'a>) -> Option<&'e Fact<'a>> {
    let is_charge =
        |fact: &&Fact<'a>| matches!(fact, Fact::StoreCharged { points, .. } if *points > 0);
    entry.facts.iter().find(is_charge)
}

/// Some of what a store was charged is given back to it.
pub fn credit<'a>(charge: &Fact<'_>, points: i64) -> Fact<'a> {
    let Fact::StoreCharged {
        store, currency, ..
    } = charge
    else {
        unreachable!("a charge names its store");
    };
    Fact::StoreCharged {
        store: Text::Owned(store.clone().into_owned()),
        currency: *currency,
        points: -points,
    }
}

/// Whether the member may spend so much more offline on that day.
fn is_within_limits(case: &Case<'_>, member: u32, points: i64) -> Result<bool, Rejection> {
    let objects = &case.state.objects;
    let is_known = member < objects.member_count();
    if is_known && objects.member(member).status != Status::Active {
        return Ok(false);
    }
    let Some(limit) = case.program().offline.floor_limit else {
        return Ok(true);
    };
    let used = objects.offline.get(&(member, day(case)?));
    Ok(used.copied().unwrap_or(0).saturating_add(points) <= limit)
}

/// The local day on which the points were spent.
fn day(case: &Case<'_>) -> Result<i32, Rejection> {
    Ok(case.calendar()?.local_date(case.occurred_at).days())
}

/// What was spendable then and still is, then what is available now; tells how many were found.
fn take_any(case: &Case<'_>, draft: &mut Draft, points: i64) -> i64 {
    let order = case.draw_order(draft.id());
    let then = draft.draw_where(Flow::Redeemed, points, order, |lot| {
        lot.activates_at <= case.occurred_at
    });
    then + draft.draw(Flow::Redeemed, points - then, order, 0)
}

/// What the hold would have given: points of its lots, also such that expired since, then others.
fn take_held(
    case: &Case<'_>,
    draft: &mut Draft,
    points: i64,
    authorization: &Entry<'static>,
) -> i64 {
    let held = held_by(authorization);
    let history = case.originals.history().rev();
    let is_held = |lot: &Lot| held.iter().any(|part| part.id == lot.id);
    let expired = Expired::of(draft.id(), history, draft.movements(), is_held);
    let order = case.draw_order(draft.id());
    let (mut left, mut wanted) = (points, points);
    for part in held.iter() {
        let share = part.amount.min(wanted);
        wanted -= share;
        let found = draft.draw_where(Flow::Redeemed, share, order, |lot| lot.id == part.id);
        let gone = expired.lot(part.id).map_or(0, |lot| lot.amount);
        let gone = gone.min(share - found);
        left -= found;
        if gone > 0 {
            left -= draft.redeem_expired(part.part(gone));
        }
    }
    points - left + draft.draw(Flow::Redeemed, left, order, 0)
}

/// What an authorization took into its hold, in order.
fn held_by(authorization: &Entry<'static>) -> Vec<Lot> {
    let effects = authorization.effects.iter();
    let parts = effects.flat_map(|effect| effect.parts(Flow::Held));
    parts.copied().collect()
}
