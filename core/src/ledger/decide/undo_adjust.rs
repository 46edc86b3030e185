//! Reversal of an adjustment: what was given is taken like an accrual, what was taken comes back like a redemption.

use super::super::entry::{Entry, Figures, Flow};
use super::super::lot::Lot;
use super::super::program::Shortfall;
use super::super::rejection::Rejection;
use super::super::request::{Adjust, Reverse};
use super::capture::wallet_of;
use super::case::{Case, Verdict};
use super::draft::Draft;
use super::draw_order::sort_by_draw;
use super::share::Share;
use super::shortfall::Booking;
use super::take_of::{OwnPart, take_of};
use super::{give_back, gone};

pub fn decide<'a>(
    case: &mut Case<'_>,
    original: &Entry<'static>,
    adjust: &Adjust<'_>,
    reverse: &Reverse<'_>,
) -> Result<Verdict<'a>, Rejection> {
    if adjust.points < 0 {
        return give_back::decide(case, original, reverse, Flow::AdjustmentReturned);
    }
    let mut draft = case.draft(wallet_of(original));
    let before = draft.balance();
    let reversed_before = case.originals.so_far().reversed_points;
    let is_once = case.is_reversed_before(original);
    let share = match Share::of(adjust.points, reversed_before, is_once, &reverse.part) {
        Ok(share) => share,
        Err((code, asked)) => return Ok(Verdict::refused(code, asked, before)),
    };
    let own = own_parts(case, &draft, original);
    let policy = policy(reverse.shortfall, case.program().reversal.shortfall);
    let taken = take_of(
        case,
        &mut draft,
        own,
        share.asked,
        Booking::ADJUSTMENT,
        policy,
    );
    let spared = match taken {
        Ok(spared) => spared,
        Err(code) => return Ok(Verdict::refused(code, share.asked, before)),
    };
    let figures = Figures {
        requested: share.asked,
        awarded: share.asked,
        spared,
        reversed_points: share.reversed_after(),
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures))
}

/// What is missing is debt, unless nothing may be missing.
pub fn policy(stated: Option<Shortfall>, of_program: Shortfall) -> Shortfall {
    match stated.unwrap_or(of_program) {
        Shortfall::Block => Shortfall::Block,
        _ => Shortfall::Debt,
    }
}

/// The adjustment's lots in draw order, in each what is there before what is gone.
fn own_parts(case: &Case<'_>, draft: &Draft, original: &Entry<'static>) -> Vec<OwnPart> {
    let is_own = |lot: &Lot| lot.origin == original.sequence;
    let there = draft.wallet().lots().iter();
    let there = there.filter(|lot| is_own(lot) && lot.amount > 0 && !lot.pending);
    let gone = gone::since(case, original, draft, is_own);
    let there = there.map(|lot| OwnPart {
        lot: *lot,
        is_gone: false,
    });
    let gone = gone.into_values().map(|lot| OwnPart { lot, is_gone: true });
    let mut own: Vec<OwnPart> = there.chain(gone).collect();
    let order = case.program().currencies[usize::from(draft.id().currency)].draw_order;
    // Sorting keeps what is there before what is gone of the same lot.
    sort_by_draw(draft.wallet(), order, &mut own, |part| &part.lot);
    own
}
