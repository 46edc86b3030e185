//! Reversal of an accrual or a purchase: what was earned is taken back; what is gone becomes debt.

use super::super::entry::{Entry, Figures, Flow, Movement};
use super::super::lot::Lot;
use super::super::rejection::Rejection;
use super::super::request::{Part, Purchase};
use super::capture::wallet_of;
use super::case::{Case, Verdict};
use super::expired::Expired;
use super::purchase::{check_money, earned};
use super::share::{Share, parts_after};

pub fn of_accrual<'a>(case: &mut Case<'_>, original: &Entry<'static>, part: &Part) -> Verdict<'a> {
    let latest = case.originals.latest.as_ref();
    let reversed_before = latest.map_or(0, |latest| latest.figures.reversed_points);
    match Share::of(original.figures.awarded, reversed_before, latest, part) {
        Ok(share) => take_back(case, original, share.asked, share.asked, 0),
        Err((code, asked)) => {
            Verdict::refused(code, asked, case.draft(wallet_of(original)).balance())
        }
    }
}

/// Recomputes what the remaining money earns under the original's own rule; the difference goes.
pub fn of_purchase<'a>(
    case: &mut Case<'_>,
    original: &Entry<'static>,
    purchase: &Purchase<'_>,
    part: &Part,
) -> Result<Verdict<'a>, Rejection> {
    let rule = &case.state.objects.programs[original.program as usize].earning;
    if let Part::Money(money) = part {
        check_money(rule, money)?;
    }
    let total = purchase.amount.minor_units;
    let latest = case.originals.latest.as_ref();
    let reversed_before = latest.map_or(0, |latest| latest.figures.reversed_money);
    let share = match Share::of(total, reversed_before, latest, part) {
        Ok(share) => share,
        Err((code, asked)) => {
            return Ok(Verdict::refused(
                code,
                asked,
                case.draft(wallet_of(original)).balance(),
            ));
        }
    };
    let kept = |reversed: i64| earned(rule, total - reversed);
    let points = kept(share.reversed_before) - kept(share.reversed_after());
    let points = i64::try_from(points).expect("a purchase earns at most 2^53 points");
    Ok(take_back(
        case,
        original,
        share.asked,
        points,
        share.reversed_after(),
    ))
}

/// Takes `points` back: from what the original earned, counting what of it expired, then from other available
/// lots; the rest is debt.
fn take_back<'a>(
    case: &mut Case<'_>,
    original: &Entry<'static>,
    requested: i64,
    points: i64,
    reversed_money: i64,
) -> Verdict<'a> {
    let wallet = wallet_of(original);
    let order = case.program().currencies[usize::from(wallet.currency)].draw_order;
    let before_this = case
        .originals
        .latest
        .as_ref()
        .map(|latest| latest.figures)
        .unwrap_or_default();
    let mut draft = case.draft(wallet);
    let before = draft.balance();
    let mut left = points - draft.take_back(original.sequence, points, order);
    let vanished = expired_of(case, original, draft.movements());
    let counted = parts_after(vanished.iter(), 0, left);
    for lot in &counted {
        left -= lot.amount;
        draft.count_expired(*lot);
    }
    left -= draft.draw(Flow::AccrualReversed, left, order, 0);
    draft.overdraw(left);
    let figures = Figures {
        requested,
        awarded: points,
        reversed_money,
        reversed_points: before_this.reversed_points + points,
        reversed_expired: before_this.reversed_expired
            + counted.iter().map(|lot| lot.amount).sum::<i64>(),
        ..Figures::default()
    };
    Verdict::applied(draft, before, figures)
}

/// Every part of what the original earned that has expired since and is still gone, oldest first.
fn expired_of(case: &Case<'_>, original: &Entry<'static>, now: &[Movement]) -> Vec<Lot> {
    let entries = std::iter::once(original).chain(case.originals.history.iter().rev());
    let earned = |lot: &Lot| lot.origin == original.sequence;
    Expired::of(wallet_of(original), entries, now, earned).into_parts()
}
