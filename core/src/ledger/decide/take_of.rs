//! Takes points of lots that had come in, those of them that are gone too, then of others: what undoing an adjustment
//! and a gift have in common.

use super::super::lot::Lot;
use super::super::program::Shortfall;
use super::super::rejection::Code;
use super::case::Case;
use super::draft::Draft;
use super::shortfall::{Booking, Policy, bear};

/// Takes `points` of these parts, in order, then what else is available; what is missing goes by policy. Tells how many
/// points were spared.
pub fn take_of(
    case: &Case<'_>,
    draft: &mut Draft,
    own: Vec<OwnPart>,
    points: i64,
    booking: Booking,
    shortfall: Shortfall,
) -> Result<i64, Code> {
    let (mut left, mut owed) = (points, 0);
    for OwnPart { lot, is_gone } in own {
        let part = lot.part(lot.amount.min(left));
        left -= part.amount;
        match (part.amount, is_gone) {
            (0, _) => {}
            (_, false) => draft.take_part(booking.taken, part),
            (_, true) => owed += draft.take_gone(booking.taken, part),
        }
    }
    let order = case.program().currencies[usize::from(draft.id().currency)].draw_order;
    left -= draft.draw(booking.taken, left, order, 0);
    // What is gone paid debt for a moment, and is owed anew.
    draft.move_amount(booking.owed, owed, 0);
    let policy = Policy {
        shortfall,
        refund: 0,
        spending: &case.program().spending,
    };
    Ok(bear(case, draft, booking, policy, (left, 0))?.spared)
}

/// What is there of a lot that had come in, or what of it is gone.
pub struct OwnPart {
    pub lot: Lot,
    pub is_gone: bool,
}

/// What is available of a lot.
pub fn available_of(draft: &Draft, lot: &Lot) -> i64 {
    let lots = draft.wallet().lots();
    match draft.wallet().position(lot) {
        Ok(at) if lots[at].id == lot.id && !lots[at].pending => lots[at].amount,
        _ => 0,
    }
}
